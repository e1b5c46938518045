"""The commands of an auditor: a history as files, and the board as one person could see it."""

import hashlib
import secrets
from dataclasses import asdict, replace
from datetime import UTC, datetime
from uuid import UUID

from assembly import Daymark
from commands.answers import print_rows, record_asked, row_json
from commands.asking import asked
from commands.printing import DONE, LOOK, Options, WrongCommand, document, known
from domain.access_events import RecordRead
from domain.access_rules import PURPOSES
from domain.event import CONSOLE, Event
from domain.words import say_day, say_moment, say_role
from formats.export import MANIFEST, Taken, differences, export
from projections.as_seen import CANNOT_TELL, AsSeen, as_seen
from projections.feeds_then import FeedThen
from projections.history import history, judged


def export_history(options: Options) -> int:
    """Write a history as files with a manifest, or compare such files with theirs."""
    if options.verify is not None:
        return verify(options)
    whose = options.child or options.authority or options.allegation
    if not (whose and options.out and options.by and options.purpose):
        message = (
            "say whose history, where to, by whom and why:"
            " daymark export CHILD (or --authority) --out DIR --by PERSON --purpose CODE"
        )
        raise WrongCommand(message)
    purpose = known(options.purpose, "purpose", PURPOSES)
    if options.out.exists() and any(options.out.iterdir()):
        message = f"{options.out} is not empty: name a new folder, so that nothing is mixed"
        raise WrongCommand(message)
    with asked() as daymark:
        at, position = datetime.now(UTC), daymark.log.head()
        stream, matter = record_asked(daymark, options)
        # Recorded before anything is written: where it cannot be, nothing is.
        daymark.log.append([look_of(daymark, stream, options.by, purpose, at)])
        replay = history(
            daymark.log,
            stream,
            authority=daymark.authority(),
            as_of=options.as_of,
            known_at=options.known_at,
            matter=matter,
        )
        taken = Taken(options.by, at, position, purpose)
        files = export(replay, judged(daymark.log, replay, at), taken)
    options.out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (options.out / name).write_bytes(content)
    print(f"{len(files)} files are in {options.out}.")
    print(manifest_said(files[MANIFEST]))
    return DONE


def look_of(daymark: Daymark, stream: UUID, by: str, purpose: str, at: datetime) -> Event:
    """The record that a history was taken away, in the stream of whoever took it."""
    said = RecordRead(
        route="daymark export", child=stream.hex, purpose=purpose, rule="command-line"
    )
    return Event(
        authority=daymark.settings.authority,
        kind="reads",
        subject=by,
        source=CONSOLE,
        id=f"export-{secrets.token_urlsafe(16)}",
        said=said,
        occurred_at=at,
        by=by,
    )


def verify(options: Options) -> int:
    """Compare the files of an export with its manifest."""
    found = differences(options.verify)
    for sentence in found:
        print(sentence)
    if not found:
        print("Every file is as it was exported.")
    print(manifest_said((options.verify / MANIFEST).read_bytes()))
    return LOOK if found else DONE


def manifest_said(content: bytes) -> str:
    """The hash of the manifest itself, which somebody keeps elsewhere."""
    return f"SHA-256 of the manifest, to be kept elsewhere: {hashlib.sha256(content).hexdigest()}"


def as_seen_then(options: Options) -> int:
    """The board as one person could see it at a past moment, and what had reached them by then."""
    if options.at > datetime.now(UTC):
        message = "that moment has not come yet: name one that has passed"
        raise WrongCommand(message)
    with asked() as daymark:
        authority = daymark.authority()
        seen = as_seen(daymark.log, authority, options.person, options.at)
    rows, total = seen.board.rows(limit=options.limit)
    if options.json:
        document(
            {
                "person": seen.person,
                "at": seen.at,
                "log_position": seen.position,
                "posts": sorted({one.role for one in seen.posts}),
                "counts": seen.board.counts(),
                "total": total,
                "rows": [row_json(row) for row in rows],
                "told": [asdict(one) for one in seen.told],
                "promised": [asdict(one) for one in seen.promised],
                "looked": [asdict(one) for one in seen.looked],
                "forced": [
                    asdict(replace(one, clocks=()))
                    | {"clocks": [row_json(row) for row in one.clocks]}
                    for one in seen.forced
                ],
                "away": seen.away,
                "cover": [asdict(one) for one in seen.cover],
                "feeds": [asdict(one) for one in seen.feeds],
                "sittings": [asdict(one) for one in seen.sittings],
                "doubts": [asdict(one) for one in seen.doubts],
                "operators": [asdict(one) for one in seen.operators],
                "cannot_tell": CANNOT_TELL,
            }
        )
        return DONE
    for sentence in said_of(seen):
        print(sentence)
    print_rows(rows, total, authority)
    for sentence in CANNOT_TELL:
        print(f"The log cannot tell: {sentence}")
    return DONE


def said_of(seen: AsSeen) -> list[str]:
    """What is said above the rows: posts, messages, promises and looks."""
    posts = ", ".join(sorted({say_role(one.role) for one in seen.posts})) or "no post"
    arrived = sum(one.delivered for one in seen.told)
    looked = f"last {say_moment(seen.looked[-1].at)}" if seen.looked else "none"
    return [
        f"What {seen.person} ({posts}) could see at {say_moment(seen.at)}.",
        f"Messages delivered by then: {arrived}, and not delivered: {len(seen.told) - arrived}.",
        f"Promises by then: {len(seen.promised)}.",
        f"Pages sent to them in the day before: {len(seen.looked)} ({looked}).",
        *(
            f"Opened by force: {one.reference}, until {say_moment(one.until)}."
            for one in seen.forced
        ),
        *(["They were away that day."] if seen.away else []),
        *(
            f"Cover: {one.person} held the role of {say_role(one.role)} for {one.covers}."
            for one in seen.cover
        ),
        *(
            f"Invited to {one.panel.upper()} on {say_day(one.sits_on)}, whose agenda they could open."
            for one in seen.sittings
        ),
        *map(heard, seen.feeds),
        *(f"The board could not be relied on then: {one.sentence}" for one in seen.doubts),
        *(
            f"An operator was told of a doubt about the {one.doubt} at {say_moment(one.at)}."
            for one in seen.operators
        ),
    ]


def heard(one: FeedThen) -> str:
    """How far a source had been heard, in a sentence."""
    if one.complete_to is not None:
        return f"{one.source} had told everything up to {say_moment(one.complete_to)}."
    if one.last_heard is not None:
        return f"{one.source} was last heard at {say_moment(one.last_heard)}."
    return f"{one.source} had never been heard."
