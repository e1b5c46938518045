"""The commands that record: import, record, acknowledge, sources and people."""

import contextlib
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from uuid import UUID, uuid4

from assembly import Daymark, assemble, take_in_people
from commands.asking import asked
from commands.doubting import stream_of_escalation
from commands.printing import DONE, LOOK, Options, WrongCommand, document, known, progress, table
from domain.answering import acknowledge as acknowledged
from domain.calendar import london_date
from domain.code_sets import CODE_SETS
from domain.errors import Grown, NotFound, UnknownFact, UnreadableFact
from domain.event import Event
from domain.facts.authority import PersonAssigned, ShiftRostered
from domain.facts.fact import Fact
from domain.facts.vocabulary import FACTS
from domain.own_matters import THREADS_WITHOUT_A_CHILD
from domain.words import say_day, say_fact, say_moment
from formats.by_hand import build_event
from formats.importing import import_file
from formats.opening import open_file
from formats.people import read_people_file
from formats.recording import Report
from settings import read_settings


@contextlib.contextmanager
def opened() -> Iterator[Daymark]:
    """Daymark as the settings describe it, closed afterwards."""
    with closing(assemble(read_settings())) as daymark:
        yield daymark


def now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


# Facts ------------------------------------------------------------------------------------------


def record(options: Options) -> int:
    """Record one fact by hand, read exactly as one that a case system sends."""
    model = FACTS[known(options.fact, "fact", FACTS)]
    with opened() as daymark:
        code = daymark.settings.authority
        words = [*fields_and_subject(model, options, code), when(model, options)]
        if options.id:
            words.append(f"id={options.id}")
        try:
            event = build_event(options.fact, words, authority=code, now=now())
        except UnreadableFact as error:
            raise WrongCommand(as_typed(error)) from None
        except UnknownFact as error:
            raise WrongCommand(str(error)) from None
        (receipt,) = daymark.log.append([event])
    if options.json:
        document({"source": event.source, "id": event.id, **receipt._asdict()})
    else:
        print(f"{say_fact(event.name)}: {receipt.result}, as {event.source} {event.id}.")
    return DONE


def fields_and_subject(model: type[Fact], options: Options, code: str) -> list[str]:
    """The fields, and the child whose fact it is; a fact of no child is the authority's own."""
    fields, child = list(options.fields), options.child
    if not options.authority:
        if child is None or child.partition("=")[0] in model.model_fields:
            message = f"say whose fact it is: daymark record {model.NAME} CHILD, or --authority"
            raise WrongCommand(message)
        return [*fields, f"child={child}"]
    if model.THREAD not in THREADS_WITHOUT_A_CHILD and "allegation_ref" not in model.model_fields:
        message = f"{model.NAME} is about a child: name it instead of --authority"
        raise WrongCommand(message)
    # Without a child the first field stands where a child would.
    return [*([] if child is None else [child]), *fields, f"child={code}"]


def as_typed(error: UnreadableFact) -> str:
    """What is wrong with a fact, by the names that were typed instead of the places in a document."""
    said = []
    for place, reason in error.errors:
        field = place.removeprefix("#/").removeprefix("data/")
        missing = reason == "Field required"
        said.append(f"{field} is missing: add {field}=..." if missing else f"{field}: {reason}")
    return "; ".join(said)


def when(model: type[Fact], options: Options) -> str:
    """When it happened, as said; else now, or today for what is known by its day."""
    if options.on is None and (options.at is not None or model.PRECISION == "instant"):
        return f"time={(options.at or now()).isoformat()}"
    return f"on={options.on or london_date(now())}"


def import_files(options: Options) -> int:
    """Record what files say; a second time nothing is recorded, a changed return is corrected."""
    if options.json and len(options.files) > 1:
        message = "--json prints one document: give one file"
        raise WrongCommand(message)
    unreadable = 0
    with opened() as daymark:
        for path in options.files:
            file = open_file(
                path, daymark.settings.authority, options.source, options.format, options.as_at
            )
            with progress(path.name, file.size) as show:
                report = import_file(daymark.log, file, progress=show)
            unreadable += len(report.unreadable)
            if options.json:
                document(report.document())
            else:
                say_report(path, report)
    return LOOK if unreadable else DONE


def say_report(path: Path, report: Report) -> None:
    """What became of one file, and each line that somebody should look at."""
    print(
        f"{path.name}: {report.recorded} recorded, {report.duplicate} known already,"
        f" {report.corrected} corrected, {len(report.unreadable)} unreadable,"
        f" {len(report.not_stated_any_more)} not stated any more"
    )
    for said, notes in (("unreadable", report.unreadable), ("look at", report.warnings)):
        for note in notes:
            print(f"  line {note.line}: {said}: {note.text}")


def import_people(options: Options) -> int:
    """Take in who is who and who holds which role, and keep the file for names and addresses."""
    with opened() as daymark:
        report = take_in_people(daymark, options.file, now())
        print(
            f"{len(daymark.people)} people; {report.recorded} roles recorded,"
            f" {report.duplicate} known already, {report.corrected} changed."
        )
        for gone in report.not_stated_any_more:
            print(f"  not in the file any more, and still held: {' '.join(gone.values())}")
    strange = list(strange_roles(options.file))
    for note in strange:
        print(note)
    return LOOK if strange else DONE


def strange_roles(path: Path) -> Iterator[str]:
    """Each line of a people file whose role no timescale can tell: it is recorded, and does nothing."""
    roles = CODE_SETS["role"].labels
    for line, said in read_people_file(path).assigned:
        if isinstance(said, PersonAssigned | ShiftRostered) and said.role not in roles:
            nearest = " or ".join(get_close_matches(said.role, roles, cutoff=0))
            yield f"  line {line}: look at: nobody is ever told as {said.role}: did you mean {nearest}?"


# Promises ---------------------------------------------------------------------------------------


def acknowledge(options: Options) -> int:
    """Promise to deal with what is late, or warned of, by a day."""
    reason = known(options.reason, "reason", CODE_SETS["breach_reason"].labels)
    with asked() as daymark:
        authority, today = daymark.authority(), london_date(now())
        here = {one.person for one in authority.assignments if one.holds(today)}
        for person in filter(None, (options.owner, options.by)):
            if person not in here:
                message = f"nobody who holds a role here today has the reference {person}"
                raise NotFound(message)
        found = stream_of_escalation(daymark, options.escalation)
        if found is None:
            message = "no escalation is known under this reference: `daymark board` shows each"
            raise NotFound(message)
        event = promised(daymark, found, options, reason)
    if options.json:
        said = event.said.model_dump(mode="json", exclude={"note"})
        document({"event_id": event.event_id, **said})
    else:
        print(
            f"Acknowledged: {options.owner} deals with it by {say_day(options.until)}."
            " If it is still late after that, the next manager is told."
        )
    return DONE


def promised(daymark: Daymark, stream: UUID, options: Options, reason: str) -> Event:
    """The promise, recorded on what the log says at that moment."""
    token = uuid4().hex
    while True:
        episode = daymark.log.episode(stream)
        if episode is None:
            message = "no escalation is known under this reference"
            raise NotFound(message)
        event = acknowledged(
            episode,
            daymark.authority(),
            options.escalation,
            by=options.by or options.owner,
            owner=options.owner,
            until=options.until,
            reason=reason,
            note=options.note,
            token=token,
            now=now(),
        )
        with contextlib.suppress(Grown):
            daymark.log.save(episode, [event])
            return event


# Sources ----------------------------------------------------------------------------------------


def add_source(options: Options) -> int:
    """Let a system send facts; its token is shown this once."""
    with opened() as daymark:
        show_token(options.source, daymark.tokens.add(daymark.settings.authority, options.source))
    return DONE


def rotate_source(options: Options) -> int:
    """Give a system a new token; the old one is good no longer."""
    with opened() as daymark:
        show_token(
            options.source, daymark.tokens.rotate(daymark.settings.authority, options.source)
        )
    return DONE


def show_token(source: str, token: str) -> None:
    """The token alone on standard output, so that it can be put straight into a file."""
    print(f"{source}: its token is shown only this once.", file=sys.stderr)
    print(token)


def revoke_source(options: Options) -> int:
    """End a system's token."""
    with opened() as daymark:
        daymark.tokens.revoke(daymark.settings.authority, options.source)
    print(f"{options.source} can send nothing from now on.")
    return DONE


def list_sources(options: Options) -> int:
    """Every system that was ever given a token."""
    with opened() as daymark:
        code = daymark.settings.authority
        rows = [row for row in daymark.tokens.list() if row.authority == code]
    if options.json:
        document([row._asdict() for row in rows])
        return DONE
    said = [
        (row.source, say_moment(row.added_at), row.revoked_at and say_moment(row.revoked_at))
        for row in rows
    ]
    table(("Source", "Token since", "Ended"), said, "No system has a token: `daymark sources add`.")
    return DONE
