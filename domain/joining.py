"""Two references that prove to be one child: joined and parted by facts, each stream staying as it is.

Clocks are judged over the facts of both; what Daymark records of a clock stays with the fact that started it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from domain.engine_events import ReferenceNamed
from domain.event import Event, Recorded
from domain.facts.corrections import FactCorrected
from domain.facts.whole_child import ChildReferencesJoined, ChildReferencesParted
from domain.standing import standing


def named_by(event: Event) -> str | None:
    """The other reference that an event says is the same child, or is not after all."""
    said = event.said
    match said:
        case ChildReferencesJoined() | ChildReferencesParted() | ReferenceNamed():
            other: object = said.other_child
        case FactCorrected():
            other = (said.fields or {}).get("other_child")
        case _:
            return None
    return other if isinstance(other, str) and other != event.subject else None


def named_in(history: Iterable[Recorded]) -> set[str]:
    """Every other reference that was ever named in a stream, here or there."""
    return {other for one in history if (other := named_by(one.event)) is not None}


def joined_with(subject: str, histories: Mapping[str, Sequence[Recorded]]) -> tuple[str, ...]:
    """The references that are the same child as one, by what stands in the streams of all of them.

    Of one pair what happened last counts. Whoever is joined with one is joined with the other.
    """
    pairs: dict[frozenset[str], tuple[datetime, UUID, bool]] = {}
    for mine, history in histories.items():
        for one in standing(history):
            fact = one.fact
            if isinstance(fact, ChildReferencesJoined | ChildReferencesParted):
                pair = frozenset({mine, fact.other_child})
                told = one.earliest, one.event_id, isinstance(fact, ChildReferencesJoined)
                pairs[pair] = max(pairs.get(pair, told), told)
    found, waiting = {subject}, [subject]
    while waiting:
        one_of = waiting.pop()
        for pair, (_, _, are_one) in pairs.items():
            if are_one and one_of in pair:
                fresh = (pair - found) & histories.keys()
                found |= fresh
                waiting += fresh
    return tuple(sorted(found - {subject}))


def joined_history(
    subject: str, histories: Mapping[str, Sequence[Recorded]]
) -> tuple[Recorded, ...]:
    """What is recorded under the other references of one child, in the order of the log."""
    others = (one for name in joined_with(subject, histories) for one in histories[name])
    return tuple(sorted(others, key=lambda one: one.position))


def by_reference(recorded: Iterable[Recorded]) -> dict[str, tuple[Recorded, ...]]:
    """Events under the reference of whose stream they stand in, in the order given."""
    found: dict[str, tuple[Recorded, ...]] = {}
    for one in recorded:
        found[one.event.subject] = (*found.get(one.event.subject, ()), one)
    return found


def starts_in(stream: Iterable[Recorded]) -> frozenset[UUID]:
    """The events a clock of this stream can begin with."""
    return frozenset(one.event_id for one in stream)
