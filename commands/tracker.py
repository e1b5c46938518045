"""The command that sets today's tracker beside Daymark, while rules are in shadow."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from uuid import uuid4

from assembly import Daymark
from commands.asking import asked
from commands.going_live import write_csv
from commands.printing import DONE, LOOK, Options, document, table
from domain.calendar import london_date
from domain.child_episode import ChildEpisode, from_history
from domain.event import CONSOLE, Event
from domain.facts.authority import TrackerCompared
from domain.words import say_day, say_title
from formats.tracker import read_names, read_tracker
from projections.tracked import Line, compared, counts
from projections.whole_log import every_stream, joined_in


def compare(options: Options) -> int:
    """What both say, what only one says, and where dates differ; 1 where they differ at all."""
    lines = [
        Line(one.line, one.child, one.timescale, one.due_on, one.done_on)
        for one in read_tracker(options.file, read_names(options.names))
    ]
    now = datetime.now(UTC)
    with asked() as daymark:
        found = compared(lines, children(daymark), daymark.authority(), now)
        rules = daymark.authority().policy.by_id
        if options.keep:
            daymark.log.append([kept(daymark.settings.authority, counts(found), now)])
    rows = [asdict(one) for one in found]
    if options.csv:
        write_csv(options.csv, rows)
    totals = counts(found)
    same = all(one.result == "both" for one in found)
    if options.json:
        document({"counts": totals, "rows": rows})
        return DONE if same else LOOK
    table(
        ("Result", "Child", "Rule", "Tracker due", "Daymark due", "Why"),
        [
            (
                one.result,
                one.child,
                say_title(rules[one.timescale]) if one.timescale in rules else one.timescale,
                say_day(one.tracker_due) if one.tracker_due else "",
                say_day(one.daymark_due) if one.daymark_due else "",
                one.reason,
            )
            for one in found
            if one.result != "both"
        ],
        "The tracker and Daymark say the same.",
    )
    print(", ".join(f"{count} {result}" for result, count in totals.items()))
    return DONE if same else LOOK


def kept(code: str, counted: Mapping[str, int], now: datetime) -> Event:
    """The counts of a day as a fact of the authority's stream: the last of a day counts."""
    said = TrackerCompared(
        compared_on=london_date(now),
        **{name.replace("-", "_"): count for name, count in counted.items()},
    )
    return Event(
        authority=code,
        kind="authority",
        subject=code,
        source=CONSOLE,
        id=uuid4().hex,
        said=said,
        occurred_at=now,
    )


def children(daymark: Daymark) -> dict[str, ChildEpisode]:
    """Every child of the authority, by the case system's reference."""
    streams = every_stream(daymark.log, daymark.settings.authority)
    joined = joined_in(streams)
    return {
        history[0].event.subject: from_history(tuple(history), joined.get(stream, ()))
        for stream, history in streams.items()
        if history[0].event.kind == "child"
    }
