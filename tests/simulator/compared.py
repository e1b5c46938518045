"""One story put to the product and to the oracle: the same clocks, the same verdicts, in any order."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from hashlib import sha256
from random import Random
from typing import Final, NoReturn
from uuid import UUID

from domain.adoption import Law
from domain.authority import Authority, authority
from domain.child_episode import from_history
from domain.clocks import Clock, clocks, verdict
from domain.event import Event, Kind, Recorded
from domain.facts.vocabulary import FACTS
from domain.holding import why_never_held
from domain.joining import by_reference, joined_history
from domain.timescales import Policy, Suspension, Timescale
from tests.histories import CODE, STREAM, england, working_days
from tests.simulator import oracle
from tests.simulator.days import EXTRA_HOLIDAY, london_day
from tests.simulator.held import MAY_HOLD
from tests.simulator.histories_made import Saying, Story, known_at
from tests.simulator.joins import FIRST, of_child
from tests.simulator.known import Happening, name_of, stands
from tests.simulator.law import LONG, MORE, OFF_IN_SECOND
from tests.simulator.oracle import Watch, judge

MANY_QUARTERS: Final = 0.9
"""How many of the clocks of quarters are compared only by when they are due."""
STREAMS: Final = {"CH-1": STREAM, "CH-2": UUID(int=2), "CH-3": UUID(int=3)}
INSTANT: Final = timedelta(microseconds=1)


class Different(AssertionError):
    """The product and the oracle do not say the same of one history."""


def differ(sentence: str) -> NoReturn:
    """They part: say where."""
    raise Different(sentence)


LOST: Final = "a delivery is lost"
"""A fault that can be planted in the shuffling, to see that it is noticed."""


@cache
def policy(*, optional: bool) -> Policy:
    """The shipped pack, as it is or with every optional rule switched on."""
    shipped = england()
    if not optional:
        return shipped
    held = {name: getattr(shipped, name) for name in type(shipped).model_fields}
    return Policy(**held | {"switched": {one.id: True for one in shipped.timescales}})


def hashed(name: str) -> str:
    """The hash by which a tried pack or calendar is known."""
    return sha256(name.encode()).hexdigest()


@cache
def law(*, optional: bool) -> Law:
    """What judges, and what can be adopted: two packs and two calendars.

    With the optional rules every clock that can be held may be held, by two roles.
    """
    shipped = policy(optional=optional)
    packs = {name: changed(shipped, name) for name in ("first", "second")}
    days = working_days()
    extra = {
        on: "A day off"
        for on in map(date.fromordinal, days.ordinals)
        if on.day == EXTRA_HOLIDAY and on not in days.holidays
    }
    left = tuple(n for n in days.ordinals if date.fromordinal(n) not in extra)
    second = replace(
        days, sha256=hashed("second"), holidays={**days.holidays, **extra}, ordinals=left
    )
    return Law(
        packs["first"],
        days,
        policies={hashed(name): one for name, one in packs.items()},
        calendars={
            hashed("first"): replace(days, sha256=hashed("first")),
            hashed("second"): second,
        },
    )


def changed(shipped: Policy, name: str) -> Policy:
    """One of the two tried packs: the first is the shipped one but for who may hold a clock."""
    held = {field: getattr(shipped, field) for field in type(shipped).model_fields}
    if any(shipped.switched.values()):
        by = Suspension(by=MAY_HOLD)
        held["timescales"] = tuple(
            one.model_copy(update={"suspension": by}) if why_never_held(one) is None else one
            for one in shipped.timescales
        )
    held["sha256"] = hashed(name)
    if name == "second":
        held["timescales"] = tuple(map(three_days_more, held["timescales"]))
        held["switched"] = {**shipped.switched, **dict.fromkeys(OFF_IN_SECOND, False)}
    return Policy(**held)


def three_days_more(rule: Timescale) -> Timescale:
    """The rule as the second pack has it: three working days more where there are ten or more."""
    if rule.convention != "working-days-day-zero" or rule.amount < LONG:
        return rule
    return rule.model_copy(update={"amount": rule.amount + MORE})


def recorded(saying: Saying, kind: Kind, number: int) -> Recorded:
    """A saying as the log holds it."""
    fields = saying["fields"]
    if saying["name"] in {"policy-adopted", "calendar-adopted"}:
        fields = fields | {"sha256": hashed(fields.get("pack") or fields["calendar"])}
    child = saying.get("of", FIRST)
    event = Event(
        authority=CODE,
        kind=kind,
        subject=child if kind == "child" else CODE,
        source=saying["source"],
        id=saying["id"],
        said=FACTS[saying["name"]].model_validate(fields),
        occurred_at=saying.get("at"),
        occurred_on=saying.get("on"),
        source_recorded_at=saying.get("source_recorded_at"),
        sequence=saying.get("sequence"),
    )
    stream = STREAMS[child] if kind == "child" else STREAM
    return Recorded(event, stream, number, number, saying["recorded_at"])


def in_log(told: Iterable[Saying], kind: Kind) -> list[Recorded]:
    """Sayings in the order in which they were recorded."""
    in_order = sorted(told, key=lambda one: (one["recorded_at"], one["id"]))
    return [recorded(one, kind, number) for number, one in enumerate(in_order, 1)]


@dataclass
class Trial:
    """One story, put to the product and to the oracle."""

    story: Story
    fault: str = ""
    """A fault put in on purpose; a simulator that does not find it is worth nothing."""
    drawn: Random = field(init=False)
    facts: list[Recorded] = field(init=False)
    office: list[Recorded] = field(init=False)
    reached: set[str] = field(default_factory=set)
    """The rules of which the oracle found a clock."""
    authorities: dict[int, Authority] = field(default_factory=dict)
    """The authority, by how much of what it says is known."""
    offices: dict[int, list[Happening]] = field(default_factory=dict)
    """What of that stands for the oracle."""
    in_the_end: dict[str, Clock] = field(init=False)
    """The product's clocks, once everything is known."""

    def __post_init__(self) -> None:
        """Put the story into the log."""
        self.drawn = Random(self.story.seed)  # noqa: S311 (nothing is secret here)
        self.facts = in_log(self.story.told, "child")
        self.office = in_log(self.story.of_authority, "authority")
        if self.story.about == "authority":
            self.facts = in_log([*self.story.told, *self.story.of_authority], "authority")

    def run(self) -> int:
        """Compare everything known in the end, and at one moment before; how many verdicts."""
        compared = self.compare(None)
        moments = [one["recorded_at"] for one in self.story.told]
        if moments:
            compared += self.compare(self.drawn.choice(moments))
        self.shuffle()
        return compared

    def here(self, known: datetime | None) -> Authority:
        """The authority, as known at an instant: worked out once for as long as nothing more is told."""
        held = [one for one in self.office if known is None or one.recorded_at <= known]
        if len(held) not in self.authorities:
            judges = law(optional=self.story.optional)
            now = authority(CODE, judges.policy, judges.calendar, held, judges)
            self.authorities[len(held)] = now
        return self.authorities[len(held)]

    def mine(self, known: datetime | None) -> dict[str, Watch]:
        """The oracle's clocks, as known at an instant."""
        told, said = self.story.told, self.story.of_authority
        if known is not None:
            told, said = known_at(told, known), known_at(said, known)
        office = self.offices.get(len(said))
        if office is None:
            office = self.offices[len(said)] = stands(said, self.fault)
        optional, about = self.story.optional, self.story.about
        if about == "authority":
            return judge([*told, *said], office, optional=optional, fault=self.fault, about=about)
        mine = {
            name_of(CODE, one["source"], one["id"]) for one in told if one.get("of", FIRST) == FIRST
        }
        told = tuple(of_child(told, apart=self.fault == "joined references stay apart"))
        found = judge(told, office, optional=optional, fault=self.fault)
        return {key: one for key, one in found.items() if one.start.id in mine}

    def theirs(self, known: datetime | None) -> dict[str, Clock]:
        """The product's clocks, as known at an instant."""
        held = [one for one in self.facts if known is None or one.recorded_at <= known]
        return {one.key: one for one in self.judged(held, self.here(known))}

    def judged(self, held: list[Recorded], here: Authority) -> tuple[Clock, ...]:
        """The product's clocks of the story's first reference, or of the authority itself."""
        histories = by_reference(held)
        if self.story.about == "authority" or histories.keys() <= {FIRST}:
            return clocks(held, here)
        if FIRST not in histories:
            return ()
        # A reference that was only named has a stream all the same: Daymark notes there who named it.
        every = dict.fromkeys(STREAMS, ()) | histories
        return from_history(histories[FIRST], joined_history(FIRST, every)).clocks(here)

    def compare(self, known: datetime | None) -> int:
        """The same clocks, due at the same instant, with the same verdicts at every telling moment."""
        mine, theirs = self.mine(known), self.theirs(known)
        if known is None:
            self.in_the_end = theirs
        self.reached |= {watch.rule.id for watch in mine.values()}
        when = "" if known is None else f" (as known at {known:%Y-%m-%d %H:%M})"
        for key in sorted(mine.keys() ^ theirs.keys()):
            side = "the oracle" if key in mine else "the product"
            differ(f"only {side} knows a clock of {named(key)}{when}")
        compared = 0
        for key, watch in mine.items():
            clock = theirs[key]
            if watch.countable and watch.due != clock.due_at:
                differ(
                    f"{named(key)} is due {watch.due:%Y-%m-%d %H:%M:%S}, "
                    f"says the oracle; {clock.due_at:%Y-%m-%d %H:%M:%S}, says the product{when}"
                )
            if clock.due_on is not None and clock.due_on != london_day(clock.due_at - INSTANT):
                differ(f"{named(key)} says {clock.due_on}, and is due {clock.due_at}")
            if watch.rule.each_quarter and self.drawn.random() < MANY_QUARTERS:
                continue
            for now in self.moments(watch):
                said, expected = verdict(clock, now), oracle.verdict(watch, now, self.fault)
                if said != expected:
                    differ(
                        f"{named(key)} at {now:%Y-%m-%d %H:%M:%S.%f} is {expected}, "
                        f"says the oracle; {said.value}, says the product{when}"
                    )
                compared += 1
        return compared

    def moments(self, watch: Watch) -> Iterator[datetime]:
        """Just before, at and just after whatever may change a verdict, and long after."""
        told = [watch.due, watch.latest, watch.warned, watch.unheard_until]
        told.append(watch.end.low if watch.end else None)
        for since, until in watch.held:
            told += [since, until]
        for at in told:
            if at is not None and at.year > 1:
                yield from (at - INSTANT, at, at + INSTANT)
        yield watch.start.low + timedelta(days=self.drawn.randint(0, 400))

    def shuffle(self) -> None:
        """The order of delivery changes nothing, nor does a duplicate."""
        again = [*self.facts, *self.drawn.choices(self.facts, k=min(2, len(self.facts)))]
        self.drawn.shuffle(again)
        if self.fault == LOST:
            again = [one for one in again if one.event_id != again[0].event_id]
        if {one.key: one for one in self.judged(again, self.here(None))} != self.in_the_end:
            differ("the order of delivery, or a duplicate, changed a clock")


def named(key: str) -> str:
    """A clock as a person reads it: its rule, and enough of its id to tell it apart."""
    rule, _, rest = key.partition(".")
    return f"{rule} ({rest[:8]})"
