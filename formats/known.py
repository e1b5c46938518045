"""What earlier imports of the same source left in one stream, and what a new one adds to it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson

from domain.event import Event, Recorded, event_id
from domain.facts.corrections import FactCorrected, FactWithdrawn
from domain.facts.fact import NOT_STATED, EventName, Fact
from domain.standing import Standing, named, standing
from formats.statement import KnownRow, Period, RowKind, Stated, fact_id, hashed

NEXT: Final = timedelta(microseconds=1)
SAME_EXTRACTION: Final = timedelta(seconds=1)
"""Statements of one extraction stand this close together; see `said_next`."""


@dataclass(frozen=True, slots=True)
class Known:
    """One stream as one source told it."""

    authority: str
    source: str
    subject: str
    told: Mapping[UUID, Recorded]
    """The first telling of each of its facts."""
    own: Mapping[UUID, Standing]
    """What the source itself said last of each; what others corrected is not its word."""
    stands: frozenset[UUID]
    """Those that nobody has withdrawn."""
    said_at: Mapping[UUID, datetime]
    """When the source last said something of each."""
    dated: Mapping[UUID, int]
    """Where in the log it last said on which day each was."""

    def id_of(self, message_id: str) -> UUID:
        """The event id of what this source says under an id."""
        return event_id(self.authority, self.source, message_id)

    def older(self, fact: UUID, extracted_at: datetime) -> bool:
        """Whether the source has spoken of this fact since a file was extracted."""
        said = self.said_at.get(fact)
        return said is not None and said - SAME_EXTRACTION > extracted_at

    def said_next(self, fact: UUID, extracted_at: datetime) -> datetime:
        """When a correction counts as said: at the extraction, but after what it corrects.

        Corrections stand in the order their source gave them, and some systems stamp two returns alike.
        """
        said = self.said_at.get(fact, extracted_at - NEXT)
        return max(extracted_at, said + NEXT)


def known_of(history: Iterable[Recorded], authority: str, source: str, subject: str) -> Known:
    """What one source has told in one stream."""
    everything = tuple(history)
    of_source = tuple(one for one in everything if one.event.source == source)
    told: dict[UUID, Recorded] = {}
    said_at: dict[UUID, datetime] = {}
    dated: dict[UUID, int] = {}
    for recorded in of_source:
        said = recorded.event.said
        if isinstance(said, FactCorrected | FactWithdrawn):
            fact = named(recorded.event, said.corrected_event)
        else:
            fact = recorded.event_id
            told.setdefault(fact, recorded)
        if not isinstance(said, FactCorrected | FactWithdrawn) or _moves(said):
            dated[fact] = recorded.position
        moment = recorded.event.source_recorded_at
        if moment is not None:
            said_at[fact] = max(moment, said_at.get(fact, moment))
    return Known(
        authority=authority,
        source=source,
        subject=subject,
        told=told,
        own={one.event_id: one for one in standing(of_source)},
        stands=frozenset(one.event_id for one in standing(everything)),
        said_at=said_at,
        dated=dated,
    )


def _moves(said: FactCorrected | FactWithdrawn) -> bool:
    return isinstance(said, FactCorrected) and said.occurred_on is not None


def rows_of(known: Known, kinds: Mapping[str, RowKind], period: Period | None) -> list[KnownRow]:
    """The rows that earlier imports left of a child.

    Without a period every one is expected to be stated again; with one, those of its year: begun by
    its end, and open or ended since its beginning.
    """
    return [row for row, _ in _rows(known, kinds, period)]


def to_be_stated(
    known: Known, kinds: Mapping[str, RowKind], period: Period | None, extracted_at: datetime
) -> dict[UUID, Recorded]:
    """The facts a file must state again if nothing has gone, each with its first telling."""
    expected = {fact for row, fact in _rows(known, kinds, period) if row.expected}
    for fact, one in known.own.items():
        if period is None or period.from_on <= one.on <= period.to_on:
            expected.add(fact)
    return {
        fact: told
        for fact, told in known.told.items()
        if fact in expected and fact in known.stands and not known.older(fact, extracted_at)
    }


def _rows(
    known: Known, kinds: Mapping[str, RowKind], period: Period | None
) -> Iterator[tuple[KnownRow, UUID]]:
    for fact, one in known.own.items():
        for kind, found in kinds.items():
            if one.name == found.begins and _matches(one.fact, found.where):
                ref = getattr(one.fact, found.ref_field)
                within = getattr(one.fact, found.parent_field) if found.parent_field else None
                expected = period is None or _of_year(
                    period, one.on, _ended(known, found, ref, one)
                )
                yield (
                    KnownRow(
                        kind, within or known.subject, ref, one.on, known.dated[fact], expected
                    ),
                    fact,
                )


def _matches(fact: Fact, where: Mapping[str, object]) -> bool:
    return all(getattr(fact, field) == value for field, value in where.items())


def _ended(known: Known, kind: RowKind, ref: str, begun: Standing) -> date | None:
    """When a row ended; nothing while it is open."""
    if not kind.ends:
        return begun.on
    ends = (known.own.get(known.id_of(fact_id(known.subject, name, ref))) for name in kind.ends)
    return max((one.on for one in ends if one is not None), default=None)


def _of_year(period: Period, begun: date, ended: date | None) -> bool:
    return begun <= period.to_on and (ended is None or ended >= period.from_on)


def first_telling(stated: Stated, known: Known, extracted_at: datetime | None) -> Event:
    """The event of a fact that the source has not told before."""
    return Event(
        authority=known.authority,
        kind=stated.kind,
        subject=stated.subject,
        source=known.source,
        id=stated.id,
        said=stated.said,
        occurred_at=stated.occurred_at,
        occurred_on=stated.occurred_on,
        source_recorded_at=extracted_at,
    )


def correction(stated: Stated, known: Known, extracted_at: datetime) -> Event | None:
    """What a statement changes in what the source said last; nothing where it says the same."""
    fact = known.id_of(stated.id)
    before = known.own[fact]
    fields = _changes(_plain(before.fact), _plain(stated.said))
    moved = stated.occurred_on != before.on and not stated.chosen
    if not fields and not moved:
        return None
    said_at = known.said_next(fact, extracted_at)
    on = stated.occurred_on if moved else None
    content = orjson.dumps([fields, on], option=orjson.OPT_SORT_KEYS).decode()
    return Event(
        authority=known.authority,
        kind=stated.kind,
        subject=stated.subject,
        source=known.source,
        id=hashed(stated.id, said_at.isoformat(), content),
        said=FactCorrected(
            corrected_event=EventName(source=known.source, id=stated.id),
            # A return says what is so, and never why it says otherwise than before.
            reason=NOT_STATED,
            occurred_on=on,
            fields=fields or None,
        ),
        occurred_at=said_at,
        source_recorded_at=said_at,
    )


def _plain(fact: Fact) -> dict[str, Any]:
    return fact.model_dump(mode="json", exclude_none=True)


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Each field that now says something else; nothing in it where it says nothing any more."""
    names = sorted({*before, *after})
    return {name: after.get(name) for name in names if before.get(name) != after.get(name)}
