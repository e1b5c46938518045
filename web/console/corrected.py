"""A correction that surprises: what was said, what it was corrected to, and which of them is right."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from domain.anomalies import Anomaly
from domain.child_episode import ChildEpisode
from domain.event import Event, Recorded
from domain.facts.corrections import FactCorrected, FactWithdrawn
from domain.facts.fact import EventName, Fact, guarded_fields
from domain.standing import Standing, named, stands
from domain.words import say_day, say_field, say_moment
from formats.fact_forms import HAS_ITS_PAGE
from web.console.telling import Teller
from web.console.timeline import answer_in_words
from web.console.wording import capital

SAID: Final = "said"
RIGHT: Final = "right"
NO_ORDER: Final = "order not given"
"""The kind of surprise in which several corrections of one fact are in doubt together."""


@dataclass(frozen=True)
class Corrected:
    """A fact of a child, and the corrections or withdrawals of it that are in doubt."""

    name: EventName
    """How they call the fact that they change."""
    told: Recorded | None
    """What first told it; nothing where that is not known here."""
    rivals: tuple[Recorded, ...]
    """Those in doubt, in the order in which they were recorded."""
    others: tuple[Recorded, ...]
    """Every other correction of the same fact, which nobody doubts."""

    def as_if(self, *counted: Recorded) -> Standing | None:
        """The fact if only these of those in doubt had come; nothing where none would stand."""
        return None if self.told is None else stands(self.told, (*self.others, *counted))

    @property
    def now(self) -> Standing | None:
        """The fact as it stands now."""
        return self.as_if(*self.rivals)

    @property
    def may_change(self) -> bool:
        """Whether a person can have the fact stand otherwise: a withdrawal is never taken back."""
        return self.now is not None and self.now.name not in HAS_ITS_PAGE

    def called(self, number: int) -> str:
        """One of those in doubt, in the middle of a sentence."""
        return f"correction {number + 1}" if self.rivals[1:] else "the correction"

    @property
    def answers(self) -> dict[str, Standing | None]:
        """How the fact would stand under each answer."""
        found = {SAID: self.as_if()}
        return found | {f"change-{n}": self.as_if(one) for n, one in enumerate(self.rivals)}


def corrected(episode: ChildEpisode, found: Sequence[Anomaly]) -> Corrected | None:
    """What a correction that surprises is about; nothing where what surprises is no correction."""
    about = {one.event_id for one in found}
    odd = [one for one in changes_in(episode) if one.event_id in about]
    if not odd:
        return None
    of, name = changed_by(odd[0]), name_in(odd[0])
    every = [one for one in changes_in(episode) if changed_by(one) == of]
    unordered = any(one.kind == NO_ORDER for one in found)
    rivals = [one for one in every if one in odd or (unordered and has_no_order(one.event))]
    told = [one for one in episode.judged_by if one.event_id == of and tells(one)]
    return Corrected(
        name,
        told[0] if told else None,
        tuple(rivals),
        tuple(one for one in every if one not in rivals),
    )


def changes_in(episode: ChildEpisode) -> Iterator[Recorded]:
    """Every correction and withdrawal by which a child's facts are judged."""
    for one in episode.judged_by:
        if isinstance(one.event.said, FactCorrected | FactWithdrawn):
            yield one


def name_in(change: Recorded) -> EventName:
    """How a correction calls what it corrects."""
    said = change.event.said
    assert isinstance(said, FactCorrected | FactWithdrawn)
    return said.corrected_event


def changed_by(change: Recorded) -> UUID:
    """The id of what a correction corrects."""
    return named(change.event, name_in(change))


def has_no_order(event: Event) -> bool:
    """Whether its source did not say when it comes among others."""
    return event.sequence is None and event.source_recorded_at is None


def tells(one: Recorded) -> bool:
    """Whether an event told a fact of its own."""
    said = one.event.said
    return isinstance(said, Fact) and not isinstance(said, FactCorrected | FactWithdrawn)


def change_rows(
    found: Corrected, change: Recorded, reasons: Mapping[str, str]
) -> list[tuple[str, str]]:
    """What a correction says, row by row; what is sealed in the fact is named and not shown."""
    event, said = change.event, change.event.said
    assert isinstance(said, FactCorrected | FactWithdrawn)
    rows = [
        ("Recorded", say_moment(change.recorded_at)),
        ("Told by", event.source),
        ("Fact number", change.event_id.hex[:12]),
        ("Reason", capital(reasons.get(said.reason, said.reason))),
    ]
    if isinstance(said, FactWithdrawn):
        return [*rows, ("Says", "That it never happened, or not to this child")]
    if (said.occurred_at or said.occurred_on) and is_of_sealed_time(found):
        rows.append(("Happened", "sealed"))
    elif said.occurred_at is not None:
        rows.append(("Happened", say_moment(said.occurred_at)))
    elif said.occurred_on is not None:
        rows.append(("Happened", say_day(said.occurred_on)))
    return [*rows, *field_rows(found, said.fields or {})]


def kind_of(found: Corrected) -> type[Fact] | None:
    """Which kind of fact was corrected; nothing where that is not known here."""
    said = found.told.event.said if found.told else None
    return type(said) if isinstance(said, Fact) else None


def is_of_sealed_time(found: Corrected) -> bool:
    """Whether when the fact happened is itself sealed, or may be: what is not known here may be anything."""
    kind = kind_of(found)
    return kind is None or kind.GUARDED_TIME


def field_rows(found: Corrected, fields: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Each answer that a correction gives; one that the fact has no place for may say anything."""
    kind = kind_of(found)
    known = kind.model_fields.keys() if kind else set[str]()
    sealed = guarded_fields(kind) if kind else frozenset[str]()
    for name in fields.keys() & known:
        assert kind is not None
        said = "sealed" if name in sealed else answer_in_words(kind, name, fields[name])
        yield capital(say_field(name)), said
    if unknown := len(fields.keys() - known):
        what = "1 answer" if unknown == 1 else f"{unknown} answers"
        where = "that this fact has no place for" if kind else "to a fact that is not known here"
        yield "More", f"{what} {where}"


def choices(found: Corrected) -> dict[str, str]:
    """What can be said of a correction."""
    if found.told is None:
        return {RIGHT: "Leave it: nothing that it could correct is known here"}
    if not found.may_change:
        return {RIGHT: "It is right as it stands"}
    aside = "every correction" if found.rivals[1:] else "the correction"
    said = {SAID: f"What was said is right: set {aside} aside"}
    if found.rivals[1:]:
        for n, _ in enumerate(found.rivals):
            said[f"change-{n}"] = f"{capital(found.called(n))} is right: set the others aside"
    return said | {RIGHT: "It is right as it stands now"}


def restated(found: Corrected, what: str, reason: str, teller: Teller) -> Iterator[Event]:
    """The correction by which the fact stands as was answered; nothing where it does so already."""
    now, wanted = found.now, found.answers.get(what)
    if now is None or wanted is None or found.told is None:
        return
    said: dict[str, Any] = {}
    if fields := changed_fields(now.fact, wanted.fact):
        said["fields"] = fields
    if (now.earliest, now.latest) != (wanted.earliest, wanted.latest):
        to_day = wanted.to_the_day
        said |= {"occurred_on": wanted.on} if to_day else {"occurred_at": wanted.earliest}
    if not said:
        return
    change = FactCorrected(corrected_event=found.name, reason=reason, **said)
    event = teller.event(found.told.event.subject, change)
    yield after_all(event, [*found.rivals, *found.others])


def after_all(event: Event, changes: Iterable[Recorded]) -> Event:
    """What a person says of a fact, ordered after all that was said of it and before what comes next.

    Where a source numbers its corrections, what has no number would come before them and change nothing.
    """
    numbers = [one.event.sequence for one in changes]
    return replace(event, sequence=max((n for n in numbers if n is not None), default=None))


def changed_fields(now: Fact, wanted: Fact) -> dict[str, Any]:
    """The answers in which a fact as it stands differs from what is wanted, as that has them."""
    stood = now.model_dump(mode="json")
    return {
        name: value
        for name, value in wanted.model_dump(mode="json").items()
        if stood[name] != value
    }
