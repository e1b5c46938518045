"""What the oracle knows: facts as they stand, sources, sittings; all from plain dictionaries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid5

from tests.simulator.days import london_day, midnight, midnight_after

Told = Mapping[str, Any]

HERE: Final = "343"
NAMESPACE: Final = UUID("8b7c64c5-02f5-5a2e-a2fb-6f1c4f6f0d11")
NEVER: Final = datetime.min.replace(tzinfo=UTC)
LATE_FEED: Final = timedelta(hours=36)
CHANGES: Final = ("fact-corrected", "fact-withdrawn")

FAULTS: Final = (
    "weekends count",
    "the due instant is in time",
    "the last correction to arrive wins",
    "a withdrawn fact still stands",
    "a cancel undoes a breach",
    "an early visit does not rebase",
    "a feed is believed complete",
    "hours are counted on London's clocks",
    "duplicates count",
)
"""Faults that can be planted in the oracle, to see that the comparison would find them."""


@lru_cache(maxsize=2_000)
def name_of(authority: str, source: str, said: str) -> str:
    """The id of an event: the same for every resend, each part with its length before it."""
    parts = f"{len(authority)}:{authority}{len(source)}:{source}{len(said)}:{said}"
    return str(uuid5(NAMESPACE, parts))


@dataclass(slots=True)
class Happening:
    """A fact as it now stands: between which instants it happened, and on which London day."""

    id: str
    name: str
    fields: Mapping[str, Any]
    low: datetime
    high: datetime
    day: date
    learned: datetime
    """When its source recorded it, or where that is not told the log."""
    vague: bool = False
    """Known only to the day."""
    recorded: datetime = NEVER
    """When it was first recorded."""


def stands(told: Iterable[Told], fault: str = "") -> list[Happening]:
    """The facts that stand, corrected and without what was withdrawn, in the order they happened."""
    first: dict[tuple[str, str], Told] = {}
    changes: dict[tuple[str, str], list[Told]] = {}
    for one in told:
        if one["name"] in CHANGES:
            about = one["fields"]["corrected_event"]
            changes.setdefault((about["source"], about["id"]), []).append(one)
        else:
            first.setdefault((one["source"], one["id"]), one)
    found = []
    for name, one in first.items():
        happening = changed(one, changes.get(name, []), fault)
        if happening is not None:
            found.append(happening)
    return sorted(found, key=lambda one: (one.low, one.id))


def changed(one: Told, changes: list[Told], fault: str) -> Happening | None:
    """A fact with its corrections, in the order its source made them; nothing once withdrawn."""
    if fault != "a withdrawn fact still stands" and any(
        change["name"] == "fact-withdrawn" for change in changes
    ):
        return None
    fields, at, on = dict(one["fields"]), one.get("at"), one.get("on")
    in_order = sorted(changes, key=arrival if fault.startswith("the last corr") else made)
    for change in in_order:
        said = change["fields"]
        if said.get("occurred_at") or said.get("occurred_on"):
            at, on = said.get("occurred_at"), said.get("occurred_on")
        fields |= said.get("fields") or {}
    learned = one.get("source_recorded_at") or one["recorded_at"]
    name = name_of(HERE, one["source"], one["id"])
    if at is not None:
        return Happening(
            name, one["name"], fields, at, at, london_day(at), learned, recorded=one["recorded_at"]
        )
    assert on is not None
    return Happening(
        name, one["name"], fields, midnight(on), midnight_after(on), on, learned, True,  # noqa: FBT003
        one["recorded_at"],
    )  # fmt: skip


def made(change: Told) -> tuple[int, datetime, str]:
    """The order its source gave a correction: sequence, then the source's own time, then its id."""
    order = change.get("sequence")
    return (
        -1 if order is None else order,
        change.get("source_recorded_at") or NEVER,
        name_of(HERE, change["source"], change["id"]),
    )


def arrival(change: Told) -> tuple[datetime, str]:
    """The order in which corrections came: wrong, and planted as a fault."""
    return change["recorded_at"], change["id"]


@dataclass(slots=True)
class Source:
    """A source from a day to a day: what it can state, and how far it has spoken."""

    continuous: bool
    states: frozenset[str]
    first: date
    last: date | None
    late_after: timedelta
    heard: datetime


class Sat(NamedTuple):
    """A day on which a panel sits, the last one for its agenda if any is told, and the day first set."""

    day: date
    closes: date | None
    first: date


@dataclass
class World:
    """Everything known: one child's facts as they stand, and the authority's own."""

    facts: list[Happening]
    of_authority: list[Happening]
    optional: bool = False
    """Whether the optional rules are switched on."""
    fault: str = ""
    by_name: dict[str, list[Happening]] = field(default_factory=dict)
    sources: list[Source] = field(default_factory=list)
    sittings: dict[str, list[Sat]] = field(default_factory=dict)
    packs: dict[date, str] = field(default_factory=dict)
    """Which pack governs what starts from a day on; of two for one day the last recorded."""
    calendars: list[tuple[datetime, str]] = field(default_factory=list)
    """Since when which calendar counts, the newest last."""

    def __post_init__(self) -> None:
        """Sort what is known by what it says."""
        for one in self.facts:
            self.by_name.setdefault(one.name, []).append(one)
        spans: dict[tuple[str, date], Happening] = {}
        heard: dict[str, datetime] = {}
        for one in self.of_authority:
            said = one.fields
            if one.name == "source-registered":
                spans[said["source"], said["from_on"]] = one
            elif one.name == "feed-advanced":
                # Nobody has told of what was still to come when it was said.
                told = min(said["complete_to"], one.recorded)
                heard[said["source"]] = max(heard.get(said["source"], NEVER), told)
            elif one.name == "panel-sittings-published":
                self.publish(said["panel"], said["sittings"])
            elif one.name == "panel-sitting-postponed":
                self.put_off(said)
        for one in sorted(self.of_authority, key=lambda one: (one.recorded, one.id)):
            if one.name == "policy-adopted":
                self.packs[one.fields["from_on"]] = one.fields["pack"]
            elif one.name == "calendar-adopted":
                self.calendars.append((one.recorded, one.fields["calendar"]))
        for (name, _), one in spans.items():
            self.sources.append(source(one, heard.get(name, one.low)))

    def pack_on(self, day: date) -> str:
        """The pack that governs what starts on a day: the first one where none is adopted by then."""
        begun = [first for first in self.packs if first <= day]
        return self.packs[max(begun)] if begun else "first"

    def publish(self, panel: str, named: Sequence[Mapping[str, date]]) -> None:
        """New dates replace a panel's sittings from the first date named."""
        first = min(sitting["sits_on"] for sitting in named)
        kept = [one for one in self.sittings.get(panel, []) if one.day < first]
        new = [Sat(one["sits_on"], one.get("cutoff_on"), one["sits_on"]) for one in named]
        self.sittings[panel] = [*kept, *new]

    def put_off(self, said: Mapping[str, Any]) -> None:
        """The old date goes; the new one keeps the old cut-off where no other is told."""
        old, new = said["sits_on"], said.get("moved_to")
        held = self.sittings.get(said["panel"], [])
        kept = [one for one in held if one.day not in {old, new}]
        if new is not None:
            gone = next((one for one in held if one.day == old), Sat(new, new, new))
            kept.append(Sat(new, said.get("cutoff_on") or gone.closes, gone.first))
        self.sittings[said["panel"]] = kept

    def named(self, name: str) -> list[Happening]:
        """The facts of one name, in the order they happened."""
        return self.by_name.get(name, [])

    def about(self, name: str, by: str, reference: Any) -> list[Happening]:
        """The facts of one name that belong to a thread."""
        return [one for one in self.named(name) if carries(one, by, reference)]


def source(one: Happening, heard: datetime) -> Source:
    """A source as it registered itself."""
    said = one.fields
    hours = said.get("late_after_hours")
    return Source(
        said["delivers"] == "continuous",
        frozenset(said["states"]),
        said["from_on"],
        said.get("to_on"),
        LATE_FEED if hours is None else timedelta(hours=hours),
        heard,
    )


def carries(one: Happening, by: str, reference: Any) -> bool:
    """Whether a fact carries a reference, alone or in a list; every fact of the child carries `child`."""
    if by == "child":
        return True
    several = one.fields.get(f"{by}s")
    if several is not None:
        return reference in several
    return reference is not None and one.fields.get(by) == reference
