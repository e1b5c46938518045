"""What stands: the facts of one stream once corrections and withdrawals are applied.

Corrections of one fact are ordered by what their source said last, never by arrival:
by sequence, then by the source's own recorded time, and where it gives neither by event id.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import Final, NamedTuple
from uuid import UUID

from pydantic import ValidationError

from domain.calendar import end_of, london_date, midnight
from domain.event import Event, Recorded, event_id
from domain.facts.corrections import FactCorrected, FactWithdrawn
from domain.facts.fact import EventName, Fact

NEVER: Final = datetime.min.replace(tzinfo=UTC)
CHANGES: Final = frozenset({FactCorrected.NAME, FactWithdrawn.NAME})
"""What changes another fact and is none of its own."""


class Standing(NamedTuple):
    """A fact as it now stands, with the two bounds of when it happened.

    `earliest` and `latest` (UTC) are the same instant, or the beginning of its London day and of the next.
    `visible_at` is when the log learned it in this form: its first recording or its last correction.
    """

    event_id: UUID
    name: str
    fact: Fact
    earliest: datetime
    latest: datetime
    on: date
    to_the_day: bool
    recorded_at: datetime
    visible_at: datetime
    source: str
    source_recorded_at: datetime | None = None
    cause: UUID | None = None
    """The correction that gave it this form; nothing if it stands as first told."""

    @property
    def last_said(self) -> UUID:
        """The event that last changed it, or first told it."""
        return self.cause or self.event_id


def standing(history: Iterable[Recorded]) -> tuple[Standing, ...]:
    """The facts that stand, in the order in which they happened; ties by event id."""
    # By the number of the id: hashing it is a good part of reading a short history.
    told: dict[int, Recorded] = {}
    changes: dict[int, list[Recorded]] = {}
    for recorded in history:
        event = recorded.event
        if event.said.NAME in CHANGES:
            assert isinstance(event.said, FactCorrected | FactWithdrawn)
            changes.setdefault(named(event, event.said.corrected_event).int, []).append(recorded)
        elif isinstance(event.said, Fact):
            told.setdefault(event.event_id.int, recorded)
    if changes:
        found = [stands(one, changes.get(key, ())) for key, one in told.items()]
        return tuple(sorted([one for one in found if one is not None], key=happened))
    return tuple(sorted(map(first_told, told.values()), key=happened))


happened: Final = attrgetter("earliest", "event_id")
"""The order in which facts happened; ties by event id."""


def named(event: Event, name: EventName) -> UUID:
    """The id of the event that another event of the same authority names."""
    return event_id(event.authority, name.source, name.id)


def stands(told: Recorded, changes: Sequence[Recorded]) -> Standing | None:
    """A fact with its corrections in the order their source gave them; nothing once withdrawn."""
    current = first_told(told)
    for change in sorted(changes, key=said_last):
        if isinstance(change.event.said, FactWithdrawn):
            return None
        current = corrected(current, change)
    return current


def said_last(change: Recorded) -> tuple[int, datetime, str]:
    """The order of corrections: sequence, then the source's recorded time, then event id."""
    event = change.event
    sequence = -1 if event.sequence is None else event.sequence
    return sequence, event.source_recorded_at or NEVER, str(change.event_id)


def first_told(recorded: Recorded) -> Standing:
    """A fact as it was first told."""
    event = recorded.event
    said = event.said
    at = event.occurred_at
    if at is None and event.occurred_on is None:
        at = recorded.recorded_at  # its time was sealed under a key that is lost: not known
    if at is None:
        earliest, latest, on = bounds(None, event.occurred_on)
    else:
        earliest, latest, on = at, at, london_date(at)
    # By position, as one tuple: naming each field would take a third of reading a short history.
    return Standing._make(
        (
            event.event_id,
            said.NAME,
            said,
            earliest,
            latest,
            on,
            event.occurred_on is not None,
            recorded.recorded_at,
            recorded.recorded_at,
            event.source,
            event.source_recorded_at,
            None,
        )
    )


def bounds(at: datetime | None, on: date | None) -> tuple[datetime, datetime, date]:
    """Between which instants something happened, and on which London day."""
    if at is not None:
        return at, at, london_date(at)
    assert on is not None
    return midnight(on), end_of(on), on


def corrected(current: Standing, change: Recorded) -> Standing:
    """The fact with the named fields or the time replaced.

    A correction whose fields do not fit the fact changes its time only, and is an anomaly.
    """
    said = change.event.said
    assert isinstance(said, FactCorrected)
    found = current._replace(
        visible_at=max(current.visible_at, change.recorded_at),
        cause=change.event_id,
    )
    if said.occurred_at is not None or said.occurred_on is not None:
        earliest, latest, on = bounds(said.occurred_at, said.occurred_on)
        to_the_day = said.occurred_at is None
        found = found._replace(earliest=earliest, latest=latest, on=on, to_the_day=to_the_day)
    fact = with_fields(current.fact, said.fields or {})
    return found._replace(fact=fact) if fact is not None else found


def with_fields(fact: Fact, fields: Mapping[str, object]) -> Fact | None:
    """The fact with these fields replaced; nothing where they do not fit it."""
    try:
        return type(fact).model_validate(fact.model_dump() | dict(fields))
    except ValidationError:
        return None
