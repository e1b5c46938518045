"""The commands about whose a clock is: unallocated and reassign."""

from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from uuid import uuid4

from assembly import Daymark
from commands.asking import asked
from commands.doubting import say_doubts, stream_of_clock, trusted, written
from commands.printing import DONE, LOOK, Options, document, known, table
from domain.code_sets import CODE_SETS
from domain.errors import Grown, NotFound
from domain.event import Event
from domain.handover import reassign as reassigned
from domain.words import VERDICTS, say_day, say_list, say_moment, say_role, say_title
from projections.unallocated import WHY, Queue, unallocated


def now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


def queue(options: Options) -> int:
    """Every clock that is nobody's, and whose name the queue carries."""
    with asked() as daymark:
        authority, at = daymark.authority(), now()
        found, doubts = unallocated(daymark.views, authority, at), trusted(daymark, at).doubts
        look = LOOK if doubts or is_nobodys(found) else DONE
        if options.json:
            document(asdict(found) | {"doubts": written(doubts)})
            return look
        rows = [
            (
                VERDICTS[one.row.status],
                one.row.reference,
                say_title(authority.policy.timescale(one.row.timescale)),
                say_moment(one.row.due_at) if one.row.due_on is None else say_day(one.row.due_on),
                WHY[one.why] if one.why == "no-team" else f"no {say_role(one.role)}",
                one.row.clock,
            )
            for one in found.waiting
        ]
    say_doubts(doubts, "this list")
    table(
        ("Status", "Child", "Timescale", "Due", "Why", "Clock"),
        rows,
        "Not known: whether every clock is somebody's." if doubts else "Every clock is somebody's.",
    )
    if found.keepers:
        print(f"The queue is kept by {say_list(list(found.keepers), 'and')}.")
    else:
        print("Nobody keeps this queue: give a person the role unallocated_queue.")
    return look


def is_nobodys(found: Queue) -> bool:
    """Whether something waits in a queue that nobody keeps."""
    return bool(found.waiting) and not found.keepers


def reassign(options: Options) -> int:
    """Hand a clock over to another owner, up to a day."""
    reason = known(options.reason, "reason", CODE_SETS["reassignment_reason"].labels)
    with asked() as daymark:
        event = handed_over(daymark, options, reason)
    if options.json:
        said = event.said.model_dump(mode="json", exclude={"note"})
        document({"event_id": event.event_id, **said})
    else:
        print(
            f"Handed over: {options.to} answers for it until {say_day(options.until)}."
            " Whoever is told when it is late is told as before."
        )
    return DONE


def handed_over(daymark: Daymark, options: Options, reason: str) -> Event:
    """The handing over, recorded on what the log says at that moment."""
    stream = stream_of_clock(daymark, options.clock)
    token = uuid4().hex
    while True:
        episode = daymark.log.episode(stream) if stream else None
        if episode is None:
            message = "no clock is known under this key: `daymark clocks CHILD` lists a child's"
            raise NotFound(message)
        event = reassigned(
            episode,
            daymark.authority(),
            options.clock,
            by=options.by,
            owner=options.to,
            until=options.until,
            reason=reason,
            note=options.note,
            token=token,
            now=now(),
        )
        with suppress(Grown):
            daymark.log.save(episode, [event])
            return event
