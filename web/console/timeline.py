"""What happened to a child, latest first: each fact with its corrections beside it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from domain.calendar import london_date
from domain.event import Recorded
from domain.facts.corrections import FactCorrected, FactWithdrawn
from domain.facts.fact import Fact, guarded_fields
from domain.permission import DAY_NOT_SHOWN
from domain.standing import Standing, bounds, standing
from domain.words import say_day, say_field, say_list, say_moment
from formats.fact_forms import labels, marks_of
from formats.people import People
from projections.history import Line
from web.console.wording import name_of

A_PAGE: Final = 100
"""How many entries one page of a timeline holds."""

REMARKABLE_DAYS: Final = 2
"""From how many days on a late recording is pointed out."""


@dataclass(frozen=True)
class Happening:
    """When something happened, no more precisely than it was said."""

    at: datetime
    on: date
    to_the_day: bool

    @property
    def said(self) -> str:
        """The same in words."""
        return f"{say_day(self.on)}, time not given" if self.to_the_day else say_moment(self.at)

    @property
    def machine(self) -> str:
        """The same for programs that read the page."""
        return self.on.isoformat() if self.to_the_day else self.at.isoformat()


@dataclass(frozen=True)
class Change:
    """A correction or withdrawal beside its fact, with its own number, by which it can be led to."""

    number: str
    sentence: str


@dataclass(frozen=True)
class Done:
    """Something Daymark did, or a person through its pages, on one line."""

    when: str
    sentence: str
    by: str


@dataclass(frozen=True)
class Entry:
    """One entry of the timeline: a fact, or a run of what Daymark did."""

    sentence: str = ""
    when: str = ""
    machine_when: str = ""
    recorded: str = ""
    lag: str = ""
    source: str = ""
    number: str = ""
    withdrawn: bool = False
    changes: list[Change] = field(default_factory=list)
    engine: list[Done] = field(default_factory=list)


def entries(
    lines: Sequence[Line], people: People, page: int = 1, most: int = A_PAGE
) -> tuple[tuple[Entry, ...], int]:
    """One page of every event once, and how many pages there are.

    Corrections stand beside their fact, what Daymark did is folded; only what is shown is put in words.
    """
    known = {line.recorded.event_id: line.recorded for line in lines}
    stands, runs = as_now_known(lines), in_order(lines)
    found = (
        fact_entry(run[0], at(run[0], stands), known)
        if run[0].reported
        else Entry(engine=list(folded(run, people)))
        for run in runs[(page - 1) * most : page * most]
    )
    return tuple(found), max(1, -(-len(runs) // most))


def number_of(event_id: UUID) -> str:
    """What a fact is called on a page, and in an address that leads to it."""
    return event_id.hex[:12]


def in_order(lines: Sequence[Line]) -> list[list[Line]]:
    """What stands as one entry each, latest first: a fact alone, and a run of what Daymark did."""
    stands = as_now_known(lines)
    beside = {event_id for line in lines for event_id in line.corrected_by}
    shown = [line for line in lines if line.recorded.event_id not in beside]
    shown.sort(key=lambda line: (at(line, stands).at, line.recorded.position))
    runs: list[list[Line]] = []
    for reported, group in groupby(reversed(shown), key=lambda line: line.reported):
        run = list(group)
        runs += [[line] for line in run] if reported else [run]
    return runs


def as_now_known(lines: Sequence[Line]) -> dict[UUID, Standing]:
    """Each fact as its corrections leave it."""
    return {one.event_id: one for one in standing([line.recorded for line in lines])}


def at(line: Line, stands: Mapping[UUID, Standing]) -> Happening:
    """When something happened, by what is known of it now."""
    corrected = stands.get(line.recorded.event_id)
    return happening(line.recorded) if corrected is None else as_it_stands(corrected)


def happening(recorded: Recorded) -> Happening:
    """When an event happened, as it was first told; a day is put at its beginning."""
    return when(recorded.event.occurred_at, recorded.event.occurred_on)


def as_it_stands(one: Standing) -> Happening:
    """When a fact happened by what is known of it now."""
    return when(None, one.on) if one.to_the_day else when(one.earliest, None)


def when(occurred_at: datetime | None, occurred_on: date | None) -> Happening:
    """A moment, or a day of which no time is known."""
    at, _, on = bounds(occurred_at, occurred_on)
    return Happening(at, on, to_the_day=occurred_at is None)


def folded(run: Sequence[Line], people: People) -> Iterator[Done]:
    """What Daymark did at one moment about one clock on one line, in the order it did it."""

    def about(line: Line) -> tuple[str, str, str]:
        title, _, _ = line.sentence.partition(": ")
        by = line.recorded.event.by
        return happening(line.recorded).said, title, "" if by is None else name_of(people, by)

    for (at, title, by), same in groupby(run, key=about):
        said = [line.sentence.partition(": ")[2].removesuffix(".") for line in reversed([*same])]
        yield Done(at, f"{title}: {'; '.join(said)}." if all(said) else title, by)


def fact_entry(line: Line, happened: Happening, known: Mapping[UUID, Recorded]) -> Entry:
    """One fact, with its corrections beside it."""
    recorded = line.recorded
    days = 0 if line.sealed else (london_date(recorded.recorded_at) - happened.on).days
    changes = [known[event_id] for event_id in line.corrected_by if event_id in known]
    return Entry(
        sentence=line.sentence.removesuffix("."),
        when=DAY_NOT_SHOWN if line.sealed else happened.said,
        machine_when="" if line.sealed else happened.machine,
        recorded=say_moment(recorded.recorded_at),
        lag=f"Recorded {days} days later" if days >= REMARKABLE_DAYS else "",
        source=recorded.event.source,
        number=number_of(recorded.event_id),
        withdrawn=line.withdrawn,
        changes=[
            Change(number_of(change.event_id), said)
            for change, said in zip(changes, changed(line, changes), strict=True)
        ],
    )


def changed(line: Line, changes: Sequence[Recorded]) -> Iterator[str]:
    """What each correction of a fact put in place of what; a sealed field is named and not shown."""
    recorded, fact = line.recorded, line.recorded.event.said
    assert isinstance(fact, Fact)
    stood: dict[str, Any] = fact.model_dump()
    sealed, was_when = guarded_fields(type(fact)), happening(recorded)
    for change in changes:
        said, on = change.event.said, say_moment(change.recorded_at)
        if isinstance(said, FactWithdrawn):
            yield f"Withdrawn on {on}: {plain(said.reason)}."
            continue
        assert isinstance(said, FactCorrected)
        parts = []
        if said.occurred_at is not None or said.occurred_on is not None:
            now_when = when(said.occurred_at, said.occurred_on)
            moved = "" if line.sealed else f", from {was_when.said} to {now_when.said}"
            parts.append(f"when it happened{moved}")
            was_when = now_when
        for name, value in (said.fields or {}).items():
            label = say_field(name)
            was, now = (quoted(type(fact), name, one) for one in (stood.get(name), value))
            moved = f", from {was} to {now}"
            parts.append(label if name in sealed else label + moved)
            stood[name] = value
        yield f"Corrected on {on}: {say_list(parts, 'and') or 'nothing said'}."


def answer_in_words(model: type[Fact], name: str, value: object) -> str:
    """What a fact says in one of its fields: a code as its set words it, a reference as it was given."""
    if isinstance(value, list | tuple):
        return say_list([answer_in_words(model, name, one) for one in value], "and") or "nothing"
    if not isinstance(value, str):
        return plain(value)
    if name.endswith(("_ref", "_refs")):
        return value
    known = labels(model, name) if name in model.model_fields and marks_of(model, name) else {}
    return known.get(value) or plain(value)


def quoted(model: type[Fact], name: str, value: object) -> str:
    """The same within a sentence: in quotation marks, but for nothing."""
    return "nothing" if value in (None, (), []) else f"“{answer_in_words(model, name, value)}”"


def plain(value: object) -> str:
    """A value as words."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return say_list([plain(one) for one in value], "and") or "nothing"
        case datetime():
            return say_moment(value)
        case date():
            return say_day(value)
        case _:
            return str(value).replace("-", " ").replace("_", " ")
