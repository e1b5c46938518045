"""History judged again by another pack, another calendar or another way of counting.

Nothing is recorded: every clock is worked out twice from the same facts, and the two are compared.
"""

import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal, NamedTuple
from uuid import UUID

from domain.authority import Authority
from domain.calendar import london_date
from domain.clocks import Clock, Verdict, clocks_of, verdict
from domain.event import Recorded
from domain.joining import starts_in
from domain.standing import standing
from projections.whole_log import Streams, joined_in, nobody_looks

Way = Literal["better", "worse", "neither"]

GOOD: Final = frozenset(
    {
        Verdict.MET,
        Verdict.CANCELLED,
        Verdict.DECLINED,
        Verdict.SUPERSEDED,
        Verdict.RUNNING,
        Verdict.DUE_SOON,
        Verdict.SUSPENDED,
    }
)
BAD: Final = frozenset({Verdict.BREACHED, Verdict.MET_LATE})
STILL_RUNNING: Final = frozenset({Verdict.RUNNING, Verdict.DUE_SOON})
"""That a warning comes a day sooner or later turns nobody over."""
CHUNKS: Final = 64
"""Into so many parts the children are dealt out, so that word of progress comes often."""
WORTH_SHARING: Final = 500
"""So many children are worth the start of other processes."""


class Told(NamedTuple):
    """What is compared of one clock."""

    timescale: str
    verdict: Verdict
    due: date
    role: str
    """The role told first."""
    counted: bool
    """Whether its due day could be counted."""


class Flip(NamedTuple):
    """A clock of which something else would be said."""

    stream: UUID
    reference: str
    clock: str
    timescale: str
    before: Verdict | None
    """Nothing where it would start only under the other."""
    after: Verdict | None
    """Nothing where it would never have started."""
    way: Way
    due_before: date | None
    due_after: date | None


Counts = dict[str, Counter[str]]
Weeks = Counter[tuple[str, str]]


@dataclass
class WhatIf:
    """What would be otherwise."""

    flips: list[Flip] = field(default_factory=list)
    before: Counts = field(default_factory=dict)
    """How many clocks of each rule are met, late and so on, as they are judged."""
    after: Counts = field(default_factory=dict)
    due_before: Weeks = field(default_factory=Counter)
    """How many clocks each role first told of them has due in each week."""
    due_after: Weeks = field(default_factory=Counter)
    children: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all would be otherwise."""
        same_load = self.due_before == self.due_after
        return not self.flips and self.before == self.after and same_load

    def flipped(self, way: Way) -> int:
        """How many clocks would turn over one way."""
        return sum(flip.way == way for flip in self.flips)

    def take_in(self, other: "WhatIf") -> None:
        """Add what was found of other children."""
        self.flips += other.flips
        for mine, theirs in ((self.before, other.before), (self.after, other.after)):
            for rule, counted in theirs.items():
                mine.setdefault(rule, Counter()).update(counted)
        self.due_before.update(other.due_before)
        self.due_after.update(other.due_after)
        self.children += other.children


@dataclass(frozen=True)
class Question:
    """Which clocks are judged, by what, and at which moment."""

    ours: Authority
    others: tuple[Authority, ...]
    """Each is compared with ours."""
    from_on: date
    to_on: date
    """Clocks that start between these days are judged; both ends are included."""
    now: datetime


def what_if(
    streams: Streams,
    question: Question,
    *,
    reached: Callable[[int], None] = nobody_looks,
    processes: int = 1,
) -> tuple[WhatIf, ...]:
    """What would be otherwise under each of the others; `reached` is told how many children are judged."""
    found = tuple(WhatIf() for _ in question.others)
    done = 0
    joined = joined_in(streams)
    every = [(stream, history, joined.get(stream, ())) for stream, history in streams.items()]
    for size, parts in judged(every, question, processes):
        for whole, part in zip(found, parts, strict=True):
            whole.take_in(part)
        done += size
        reached(done)
    for one in found:
        one.flips.sort(key=lambda flip: (flip.timescale, flip.reference, flip.clock))
    return found


Stream = tuple[UUID, Sequence[Recorded], Sequence[Recorded]]
"""A stream, what is recorded in it, and what is recorded of the same child under other references."""

WORK: list[tuple[Sequence[Stream], Question]] = []
"""What the processes that share the work were born with: nothing is sent to them but a number."""


def judged(
    streams: Sequence[Stream], question: Question, processes: int
) -> Iterator[tuple[int, tuple[WhatIf, ...]]]:
    """What is found of each part of the children, with how many they are."""
    parts = [streams[n::CHUNKS] for n in range(CHUNKS) if streams[n::CHUNKS]]
    if processes == 1 or len(streams) < WORTH_SHARING:
        for part in parts:
            yield len(part), judge(part, question)
        return
    WORK[:] = [(part, question) for part in parts]
    try:
        born = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(processes, mp_context=born) as pool:
            for part, found in zip(parts, pool.map(judge_part, range(len(parts))), strict=True):
                yield len(part), found
    finally:
        WORK.clear()


def judge_part(number: int) -> tuple[WhatIf, ...]:
    """One part, in a process of its own."""
    return judge(*WORK[number])


def judge(streams: Sequence[Stream], question: Question) -> tuple[WhatIf, ...]:
    """What would be otherwise for some children, under each of the others."""
    found = tuple(WhatIf() for _ in question.others)
    # The calendar starts clocks of quarters that have not ended yet: they are nobody's work so far.
    last = min(question.to_on, london_date(question.now))
    for stream, history, joined in streams:
        event, facts = history[0].event, standing((*history, *joined))
        mine = starts_in(history) if joined else None

        def told(authority: Authority) -> dict[str, Told]:
            """What one authority says of this child."""
            clocks = clocks_of(facts, authority, event.kind)  # noqa: B023  (called at once)
            return {
                clock.key: of_clock(clock, authority, question.now)
                for clock in clocks
                if question.from_on <= clock.start.on <= last
                and (mine is None or clock.start.event_id in mine)  # noqa: B023
            }

        ours = told(question.ours)
        for one, other in zip(found, question.others, strict=True):
            theirs = ours if other is question.ours else told(other)
            one.children += event.kind == "child"
            compare(one, stream, event.subject, ours, theirs)
    return found


def of_clock(clock: Clock, authority: Authority, now: datetime) -> Told:
    """What is compared of one clock."""
    rungs = authority.policy.ladders[clock.timescale.ladder].rungs
    return Told(
        timescale=clock.timescale.id,
        verdict=verdict(clock, now),
        due=clock.due_on or london_date(clock.due_at),
        role=rungs[0].role,
        counted=clock.uncounted is None,
    )


def compare(
    found: WhatIf,
    stream: UUID,
    reference: str,
    ours: Mapping[str, Told],
    theirs: Mapping[str, Told],
) -> None:
    """Take in how one child is judged both ways."""
    for counts, weeks, said in (
        (found.before, found.due_before, ours),
        (found.after, found.due_after, theirs),
    ):
        for one in said.values():
            counts.setdefault(one.timescale, Counter())[one.verdict.value] += 1
            if one.counted:
                weeks[one.role, week_of(one.due)] += 1
    for key in {**ours, **theirs}:
        before, after = ours.get(key), theirs.get(key)
        if is_otherwise(before, after):
            found.flips.append(flip(stream, reference, key, before, after))


def is_otherwise(before: Told | None, after: Told | None) -> bool:
    """Whether something else is said of a clock."""
    if before is None or after is None:
        return before is not after
    said = {before.verdict, after.verdict}
    return len(said) > 1 and not said <= STILL_RUNNING


def flip(stream: UUID, reference: str, key: str, before: Told | None, after: Told | None) -> Flip:
    """What is said of a clock both ways."""
    one = before or after
    assert one is not None
    return Flip(
        stream,
        reference,
        key,
        one.timescale,
        before.verdict if before else None,
        after.verdict if after else None,
        which_way(before, after),
        before.due if before else None,
        after.due if after else None,
    )


def which_way(before: Told | None, after: Told | None) -> Way:
    """Whether a clock that was late is not, or one that was not is."""
    was_late = before is not None and before.verdict in BAD
    is_late = after is not None and after.verdict in BAD
    if was_late and (after is None or after.verdict in GOOD):
        return "better"
    if is_late and (before is None or before.verdict in GOOD):
        return "worse"
    return "neither"


def week_of(on: date) -> str:
    """The week of a day, as calendars number it: 2026-W08."""
    year, week, _ = on.isocalendar()
    return f"{year}-W{week:02}"
