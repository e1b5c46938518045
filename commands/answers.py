"""The commands that answer questions: clocks, explain, history and board."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from assembly import Daymark, known_child
from commands.asking import asked
from commands.doubting import say_doubts, stream_of_clock, trusted
from commands.going_live import where_listed
from commands.printing import DONE, LOOK, Options, document, progress, table
from domain.authority import Authority
from domain.calendar import london_date
from domain.clocks import Clock
from domain.errors import NotFound
from domain.explanation import explain as explained
from domain.going_live import shadows
from domain.lateness import first_told
from domain.own_matters import Matter, allegations_in, whose
from domain.permission import DAY_NOT_SHOWN
from domain.stages import UNTOLD
from domain.words import (
    VERDICTS,
    say_day,
    say_due,
    say_list,
    say_moment,
    say_role,
    say_title,
    say_verdict,
    say_weekday,
)
from projections import board as the_board
from projections.board import BoardRow
from projections.board_then import board_then
from projections.going_live import rules_of
from projections.history import History, Line, judged
from projections.history import history as replay_of
from projections.history_documents import clocks_json, event_json
from projections.trust import Trust
from projections.unallocated import Queue, unallocated


def now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


def replayed(daymark: Daymark, options: Options) -> History:
    """The child or the authority itself as asked for; NotFound when nothing is recorded of it."""
    asked, matter = whose_record(daymark, options)
    return replay_of(
        daymark.log,
        asked,
        authority=daymark.authority(),
        as_of=options.as_of,
        known_at=options.known_at,
        matter=matter,
    )


def whose_record(daymark: Daymark, options: Options) -> tuple[UUID, Matter | None]:
    """The stream that is asked for, and the allegation in it where only one is."""
    if options.child is not None:
        return known_child(daymark, options.child), None
    stream = daymark.own_stream
    if options.allegation is None:
        return stream, None
    if options.allegation not in allegations_in(daymark.log.history(stream)).values():
        message = f"no allegation without a known child is recorded as {options.allegation}"
        raise NotFound(message)
    return stream, Matter(options.allegation)


def record_asked(daymark: Daymark, options: Options) -> tuple[UUID, Matter | None]:
    """The stream that is asked for, as its page shows it: of the authority itself without feeds and posts."""
    stream, matter = whose_record(daymark, options)
    return stream, Matter() if matter is None and options.child is None else matter


def clocks(options: Options) -> int:
    """Every clock of a child, or of the authority itself, with verdicts."""
    with asked() as daymark:
        replay, at = replayed(daymark, options), now()
        if options.json:
            document(clocks_json(daymark.log, replay, at))
            return DONE
        headings, own = ["Status", "Timescale", "Due", "Clock"], options.child is None
        rows = [
            [
                say_verdict(one.clock, one.verdict),
                *([of_authority(one.clock)] if own else []),
                say_title(one.clock.timescale),
                say_due(one.clock),
                one.clock.key,
            ]
            for one in judged(daymark.log, replay, at)
        ]
        if own:
            headings.insert(1, "About")
        table(headings, rows, "No clock has started.")
        return DONE


def of_authority(clock: Clock) -> str:
    """What a clock of the authority's own stream is about."""
    return whose("authority", "", clock.timescale.thread, clock.reference)


def history(options: Options) -> int:
    """The replay of a child, or of the authority itself, one sentence per event."""
    with asked() as daymark:
        replay = replayed(daymark, options)
        if options.json:
            document(replay_json(replay))
            return DONE
        if replay.lines:
            rows = [
                [say_moment(line.recorded.recorded_at), happened(line), said_of(line)]
                for line in replay.lines
            ]
            table(["Recorded", "Happened", "What"], rows, "")
        if replay.left_out:
            print(f"{replay.left_out} left out: recorded or happened later.")
        return DONE


def happened(line: Line) -> str:
    """When a fact happened by what was first told of it; empty for what Daymark itself did."""
    event = line.recorded.event
    if not line.reported:
        return ""
    if line.sealed:
        return DAY_NOT_SHOWN
    if event.occurred_at is not None:
        return say_moment(event.occurred_at)
    return "" if event.occurred_on is None else say_day(event.occurred_on)


def said_of(line: Line) -> str:
    """One event in a sentence, and whether it was withdrawn or corrected since."""
    changed = " (withdrawn)" if line.withdrawn else " (corrected)" if line.corrected_by else ""
    return f"{line.sentence}{changed}"


def replay_json(replay: History) -> dict[str, Any]:
    """The replay as a document."""
    return {
        **(
            {"child": replay.reference}
            if replay.kind == "child"
            else {"authority": replay.reference}
        ),
        "left_out": replay.left_out,
        "events": [event_json(line) for line in replay.lines],
    }


def explain(options: Options) -> int:
    """Why a clock is where it is: facts, rule and clause, each day, and what would stop it."""
    with asked() as daymark:
        clock, told_at, replay = clock_of(daymark, options)
        at = replay.told.get(clock.key, UNTOLD).breached_at
        found = explained(clock, replay.authority, replay.moment(now()), told_at, at)
        if options.json:
            # A name may come again, as of every hold: a list keeps each.
            evidence = [{"name": name, "says": said} for name, said in found.lines]
            named = {"key": clock.key, "policy_sha256": clock.pack}
            document({**named, **asdict(found), "lines": evidence})
            return DONE
        print(f"{found.question}\n{found.answer}\n")
        width = max(len(name) for name, _ in found.lines)
        for name, said in found.lines:
            print(f"{name:<{width}}  {said}")
        for one in found.days:
            number = "not counted" if one.number is None else f"day {one.number}"
            said = "start" if one.is_start else "due" if one.is_due else one.why_not or ""
            print(f"{say_weekday(one.on):<29} {number:<12} {said}".rstrip())
        for stop in found.stops:
            print(f"Stopped by: {stop}")
        return DONE


def clock_of(daymark: Daymark, options: Options) -> tuple[Clock, datetime | None, History]:
    """The clock of a key, when the first was told of it, and the replay it stands in.

    NotFound when there is none, or was none then.
    """
    key = options.clock
    stream = stream_of_clock(daymark, key)
    if stream:
        replay = replay_of(
            daymark.log,
            stream,
            authority=daymark.authority(),
            as_of=options.as_of,
            known_at=options.known_at,
        )
        for clock in replay.clocks:
            if clock.key == key:
                told = first_told(line.recorded for line in replay.lines)
                return clock, told.get(key), replay
    message = (
        f"no clock is known as {key}: `daymark clocks CHILD` lists a child's,"
        " and `daymark clocks --authority` the authority's own"
    )
    raise NotFound(message)


def board(options: Options) -> int:
    """What is late, due and acknowledged, and whether the board can be trusted."""
    with asked() as daymark:
        at = now()
        if options.as_of or options.known_at:
            return board_of_then(daymark, options, at)
        found = trusted(daymark, at)
        if any(doubt.kind == "policy" for doubt in found.doubts):
            return nothing_judged(options, found)
        authority = daymark.authority()
        rows, total = the_board.rows(daymark.views, authority.code, at, limit=options.limit)
        if options.json:
            document(
                {
                    **asdict(found),
                    "counts": the_board.counts(daymark.views, authority.code, at),
                    "total": total,
                    "unallocated": len(unallocated(daymark.views, authority, at).waiting),
                    "rows": [row_json(row) for row in rows],
                }
            )
        else:
            say_doubts(found.doubts, "this board")
            if shadows(authority.going_live, rules_of(authority), at):
                print(where_listed(authority, at))
            queue = unallocated(daymark.views, authority, at)
            print_rows(rows, total, authority, say_queue(queue))
    return LOOK if found.doubts else DONE


def nothing_judged(options: Options, found: Trust) -> int:
    """The board where its rules do not lie on this machine: no row, and why."""
    if options.json:
        document(asdict(found))
    else:
        say_doubts(found.doubts, "this board")
    return LOOK


def board_of_then(daymark: Daymark, options: Options, at: datetime) -> int:
    """What was late and due at another moment, as it was known at another."""
    authority = daymark.authority()
    with progress("the log", daymark.log.head()) as show:
        then = board_then(
            daymark.log,
            authority,
            at,
            as_of=options.as_of,
            known_at=options.known_at,
            reached=show,
        )
    rows, total = then.rows(limit=options.limit)
    if options.json:
        document(
            {
                "as_of": options.as_of,
                "known_at": options.known_at,
                "moment": then.moment,
                "children": then.children,
                "counts": then.counts(),
                "total": total,
                "rows": [row_json(row) for row in rows],
            }
        )
        return DONE
    known = "" if options.known_at is None else f", known at {say_moment(options.known_at)}"
    print(f"Not the board as it stands now: as it was at {say_moment(then.moment)}{known}.")
    print_rows(rows, total, authority)
    return DONE


def row_json(row: BoardRow) -> dict[str, Any]:
    """One row as a document, with whose it is in words."""
    return {**asdict(row), "whose": row.whose}


def say_queue(queue: Queue) -> str:
    """How many clocks are nobody's, and who sees to them; empty where every clock is somebody's."""
    if not queue.waiting:
        return ""
    kept = say_list(list(queue.keepers), "and") or "nobody"
    number = len(queue.waiting)
    return (
        f"{number} of them {'is' if number == 1 else 'are'} nobody's, in a queue kept by {kept}:"
        " `daymark unallocated` lists them."
    )


def print_rows(rows: Sequence[BoardRow], total: int, authority: Authority, note: str = "") -> None:
    """The rows of a board as a table, with a note beneath."""
    said = [
        (
            VERDICTS[row.status],
            row.whose,
            say_title(authority.policy.timescale(row.timescale)),
            say_moment(row.due_at) if row.due_on is None else say_day(row.due_on),
            told(row),
            row.escalation,
        )
        for row in rows
    ]
    headings = ("Status", "Child", "Timescale", "Due", "Told", "Escalation")
    table(headings, said, "Nothing is running.")
    if note:
        print(note)
    if total > len(rows):
        print(f"{total - len(rows)} more: --limit {total} shows all.")


def told(row: BoardRow) -> str:
    """Who was told last, and what was promised."""
    if row.acknowledged_owner and row.acknowledged_until:
        by_when = say_day(london_date(row.acknowledged_until - timedelta(microseconds=1)))
        return f"acknowledged by {row.acknowledged_owner} until {by_when}"
    whom = say_role(row.told_role) if row.told_role else "nobody yet"
    return f"{whom}, escalating again" if row.rearmed else whom
