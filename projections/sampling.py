"""From which children a sample is drawn: strata of all that were known at a moment, from the log alone."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

from domain.audit_period import Period
from domain.authority import Authority
from domain.child_episode import from_history
from domain.rights import admitted
from domain.words import VERDICTS, say_title
from projections.audited import cut_at, is_of
from projections.board import BoardRow
from projections.board_then import rows_of
from projections.history import as_told, known_by, own_stream
from projections.whole_log import every_stream, joined_in
from store.log import Log

STRATA: Final[Mapping[str, str]] = MappingProxyType(
    {
        "thread": "Area of work",
        "timescale": "Timescale",
        "verdict": "Status",
        "team": "Team",
    }
)
"""What strata can be made of, in words."""

WORDS: Final[Mapping[str, Callable[[BoardRow, Authority], str]]] = MappingProxyType(
    {
        "thread": lambda row, _: row.thread.replace("-", " ").replace("_", " "),
        "timescale": lambda row, authority: say_title(authority.policy.timescale(row.timescale)),
        "verdict": lambda row, _: VERDICTS[row.status],
        "team": lambda row, _: f"team {row.team}" if row.team else "no team",
    }
)


def frame(
    log: Log,
    authority: Authority,
    known_at: datetime,
    strata: Sequence[str],
    person: str,
    period: Period | None = None,
) -> dict[str, frozenset[str]]:
    """The children of each stratum, by opaque id, as they were known at a moment.

    Left out is what the person for whom it is drawn might not see: what is restricted, and their own family.
    Of a period it is only children with anything in it, by the clocks in it, as known by its end.
    """
    at = known_at if period is None else min(known_at, period.last)
    then = as_told(authority, known_by(own_stream(log, authority), at))
    streams = every_stream(log, authority.code, known_at=known_at)
    joined = joined_in(streams)
    found: dict[str, set[str]] = defaultdict(set)
    for stream, history in streams.items():
        if history[0].event.kind != "child":
            continue
        episode = from_history(tuple(history), joined.get(stream, ()))
        if not admitted(history, episode.standing, [person]):
            continue
        if period is not None and not is_of(episode, then, None, period, at):
            continue
        if not strata:
            found["every child"].add(stream.hex)
            continue
        for row in rows_of(stream, cut_at(episode, at) if period else episode, then, at):
            if period and not period.holds(row.started_at, row.stopped_at, row.due_at):
                continue
            name = ", ".join(WORDS[one](row, then) for one in strata)
            found[name].add(stream.hex)
    return {name: frozenset(of) for name, of in found.items()}
