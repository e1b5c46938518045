"""What surprises: recorded all the same, and listed for a person to settle."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Final
from uuid import UUID

from domain.authority import Authority
from domain.clocks import Clock, clocks_of
from domain.code_sets import CODE_SETS
from domain.engine_events import IdReused
from domain.event import Event, Recorded, event_id
from domain.facts.authority import PolicyAdopted
from domain.facts.corrections import FactConfirmed, FactCorrected, FactWithdrawn
from domain.facts.fact import CodeSet, Fact, NeededWhen, marks
from domain.facts.whole_child import ClockResumed, ClockSuspended, RecordRestricted
from domain.own_matters import REGISTRY
from domain.rights import restricting
from domain.standing import Standing, named, standing, with_fields
from domain.words import say_day, say_fact, say_field, say_role

ADOPTED_TWICE: Final = "adopted twice"
"""Two packs for one day: what the doctor looks for too."""


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Something recorded that a person should look at; `event_id` is where to look."""

    kind: str
    event_id: UUID
    sentence: str
    recorded_at: datetime
    against: UUID | None = None
    """The other fact, where two contradict each other."""


def anomalies(history: Sequence[Recorded], authority: Authority) -> tuple[Anomaly, ...]:
    """Everything about one stream that surprises, in the order it was recorded.

    In an authority's own stream who speaks and who is told is left to `daymark doctor`.
    """
    registry = {one.event_id for one in history if one.event.name in REGISTRY}
    facts = standing(history)
    found = [one for recorded in history for one in of_event(recorded)]
    found += [one for fact in facts for one in of_standing(fact, authority)]
    found += contradictions(facts)
    found += decisions_without_effect(facts, authority, history)
    found += corrections(history)
    found += names_not_taken(history)
    told = [one for one in found if one.event_id not in registry] + adopted_for_one_day(facts)
    right = confirmed(facts, history[0].event.authority) if history else {}
    told = [
        one
        for one in told
        if (said := right.get((one.event_id, one.kind))) is None or said < one.recorded_at
    ]
    unique = {(one.kind, one.event_id): one for one in told}
    return tuple(sorted(unique.values(), key=lambda one: (one.recorded_at, one.event_id, one.kind)))


def confirmed(facts: Iterable[Standing], authority: str) -> dict[tuple[UUID, str], datetime]:
    """What a person has said is right although it surprises, by fact and kind, and when last."""
    return {
        (event_id(authority, said.about.source, said.about.id), said.kind): one.recorded_at
        for one in sorted(facts, key=in_log_order)
        if isinstance(said := one.fact, FactConfirmed)
    }


def of_event(recorded: Recorded) -> Iterator[Anomaly]:
    """What surprises in one event, whatever else is known."""
    event = recorded.event
    if isinstance(event.said, IdReused):
        yield Anomaly(
            "id used again",
            event.said.reused,
            "A source used this id again for something else; the first stands.",
            recorded.recorded_at,
        )
    if isinstance(event.said, Fact) and is_future(event, recorded.recorded_at):
        yield Anomaly(
            "dated in the future",
            recorded.event_id,
            f"{say_fact(event.name)} is dated after it was recorded.",
            recorded.recorded_at,
        )


def is_future(event: Event, recorded_at: datetime) -> bool:
    """Whether a fact is dated after the moment it was recorded; a day counts from its beginning."""
    if event.occurred_at is not None:
        return event.occurred_at > recorded_at
    return event.occurred_on is not None and event.occurred_on > recorded_at.date()


def of_standing(one: Standing, authority: Authority) -> Iterator[Anomaly]:
    """What surprises in one fact as it stands: its codes, what it lacks, its source."""
    for field, code_sets, needs in asked_of(type(one.fact)):
        value, said = getattr(one.fact, field), say_field(field)
        for code_set in code_sets:
            for code in value if isinstance(value, tuple) else (value,):
                if code is not None and not CODE_SETS[code_set.name].holds(code):
                    yield say(one, "unknown code", f"“{said}” has a code that is not known.")
        for needed in needs:
            if value in (None, ()) and is_needed(one.fact, needed):
                yield say(one, "something is missing", f"“{said}” is needed and was not stated.")
    # A file is registered only for what it can always state, and says more where it can.
    spans = [s for s in authority.sources if s.source == one.source and s.continuous]
    if spans and not any(one.name in span.states for span in spans):
        yield say(one, "not its to say", "its source is not registered to state this.")
    if one.fact.unmapped:
        yield say(one, "more was said", "the file said more than Daymark has a place for.")


@cache
def asked_of(
    kind: type[Fact],
) -> tuple[tuple[str, tuple[CodeSet, ...], tuple[NeededWhen, ...]], ...]:
    """The fields of a kind of fact that are held against a list of codes or needed for others.

    Worked out once: a long history asks it of thousands of facts.
    """
    found = (
        (field, marks(kind, field, CodeSet), marks(kind, field, NeededWhen))
        for field in kind.model_fields
    )
    return tuple(one for one in found if one[1] or one[2])


def is_needed(fact: Fact, needed: NeededWhen) -> bool:
    """Whether a field is needed by what the fact's other fields say."""
    return any(getattr(fact, name) in values for name, values in needed.any_of.items())


def say(one: Standing, kind: str, rest: str, against: Standing | None = None) -> Anomaly:
    """An anomaly of one fact, in a sentence that begins with its name."""
    other = None if against is None else against.event_id
    known = one.visible_at if against is None else max(one.visible_at, against.visible_at)
    return Anomaly(kind, one.event_id, f"{say_fact(one.name)}: {rest}", known, other)


Pair = tuple[str, str, str]

NEEDS_BEFORE: Final[tuple[Pair, ...]] = (
    ("contact-screened", "contact-received", "contact_ref"),
    ("referral-decided", "referral-received", "referral_ref"),
    ("case-closed", "referral-received", "referral_ref"),
    ("section-47-concluded", "section-47-started", "enquiry_ref"),
    ("police-protection-ended", "police-protection-taken", "police_protection_ref"),
    ("order-extended", "order-made", "order_ref"),
    ("order-ended", "order-made", "order_ref"),
    ("plan-ended", "plan-started", "plan_ref"),
    ("core-group-held", "plan-started", "plan_ref"),
    ("missing-episode-ended", "missing-episode-started", "missing_episode_ref"),
    ("missing-episode-reopened", "missing-episode-ended", "missing_episode_ref"),
)
"""A fact, the fact that must have come before it, and the reference that ties them."""


def contradictions(facts: Sequence[Standing]) -> list[Anomaly]:
    """Facts that cannot both be so, or that lack what must have come before."""
    found: list[Anomaly] = []
    by_name: dict[str, list[Standing]] = {}
    for one in facts:
        by_name.setdefault(one.name, []).append(one)
    for name, before, field in NEEDS_BEFORE:
        first = earliest(by_name.get(before, ()), field)
        for one in by_name.get(name, ()):
            reference = getattr(one.fact, field)
            if reference not in first:
                found.append(
                    say(one, "nothing before it", f"no {say_fact(before).lower()} is known.")
                )
            elif one.latest < first[reference].earliest:
                words = f"it is dated before {say_fact(before).lower()}."
                found.append(say(one, "out of order", words, first[reference]))
    for check in (two_starts, happened_after_death):
        found += check(by_name)
    return found


def earliest(facts: Iterable[Standing], field: str) -> dict[str, Standing]:
    """The first fact of each reference."""
    found: dict[str, Standing] = {}
    for one in facts:
        found.setdefault(getattr(one.fact, field), one)
    return found


STARTED_ONCE: Final = (
    ("missing-episode-started", "missing_episode_ref"),
    ("referral-received", "referral_ref"),
    ("section-47-started", "enquiry_ref"),
    ("plan-started", "plan_ref"),
)


def two_starts(by_name: dict[str, list[Standing]]) -> list[Anomaly]:
    """Two beginnings of one thread, told under different ids."""
    found: list[Anomaly] = []
    for name, field in STARTED_ONCE:
        seen: dict[str, Standing] = {}
        for one in by_name.get(name, ()):
            first = seen.setdefault(getattr(one.fact, field), one)
            if first is not one:
                words = "this reference had begun already."
                found.append(say(one, "begun twice", words, first))
    return found


def happened_after_death(by_name: dict[str, list[Standing]]) -> list[Anomaly]:
    """What cannot have happened to a child who had died."""
    deaths = by_name.get("child-died", ())
    if not deaths:
        return []
    died = deaths[0]
    living = ("missing-episode-started", "visit-made", "return-interview-held")
    return [
        say(one, "after the child died", "it is dated after the child’s death.", died)
        for name in living
        for one in by_name.get(name, ())
        if one.earliest >= died.latest
    ]


def decisions_without_effect(
    facts: Sequence[Standing], authority: Authority, history: Sequence[Recorded]
) -> list[Anomaly]:
    """Decisions to hold a clock or to let it run on that change nothing, each with the reason."""
    decided = [one for one in facts if isinstance(one.fact, ClockSuspended | ClockResumed)]
    if not decided:
        return []
    clocks = clocks_of(facts, authority, history[0].event.kind)
    used = {
        one.event_id
        for clock in clocks
        for hold in clock.holds
        for one in (hold.since, hold.until)
        if one is not None
    }
    return [
        say(one, "changes nothing", why_without_effect(one, clocks, authority))
        for one in decided
        if one.event_id not in used
    ]


def why_without_effect(one: Standing, clocks: Sequence[Clock], authority: Authority) -> str:
    """Why a decision changes no clock: its rule, its role, its hour, or that nothing was running or held."""
    said = one.fact
    assert isinstance(said, ClockSuspended | ClockResumed)
    mine = [clock for clock in clocks if clock.timescale.id == said.timescale]
    rule = mine[0].timescale if mine else authority.policy_on(one.on).by_id.get(said.timescale)
    if rule is None:
        return "no rule is called so."
    if rule.suspension is None:
        return "its rule does not allow that."
    if said.decided_by_role not in rule.suspension.by:
        return f"the {say_role(said.decided_by_role)} may not decide that."
    if isinstance(said, ClockResumed):
        return "no such clock was held then."
    if one.to_the_day and rule.counts_hours:
        return "its rule counts hours, and only the day is known."
    return "no such clock was running then, or it was held already."


def names_not_taken(history: Sequence[Recorded]) -> Iterator[Anomaly]:
    """Restrictions that name somebody whom the one in force does not: that needs two people."""
    for one in restricting(history):
        said = one.recorded.event.said
        if not isinstance(said, RecordRestricted) or one.before is None:
            continue
        if not one.before.named.issuperset(said.people):
            yield Anomaly(
                "names not taken",
                one.recorded.event_id,
                f"{say_fact(said.NAME)}: it names people who may not see the record;"
                " only two people name more, on the page of who may see it.",
                one.recorded.recorded_at,
            )


def adopted_for_one_day(facts: Sequence[Standing]) -> list[Anomaly]:
    """Packs adopted for a day for which another had been adopted: the last recorded governs."""
    found: list[Anomaly] = []
    by_day: dict[date, PolicyAdopted] = {}
    for one in sorted(facts, key=in_log_order):
        said = one.fact
        if not isinstance(said, PolicyAdopted):
            continue
        replaced = by_day.get(said.from_on)
        if replaced is not None and replaced.sha256 != said.sha256:
            words = (
                f"{said.pack} {said.version} governs from {say_day(said.from_on)}, for it was recorded"
                f" last; {replaced.pack} {replaced.version} had been adopted for the same day."
            )
            found.append(say(one, ADOPTED_TWICE, words))
        by_day[said.from_on] = said
    return found


def in_log_order(one: Standing) -> tuple[datetime, UUID]:
    """The order in which adoptions count: as they were recorded, ties by event id."""
    return one.recorded_at, one.event_id


def corrections(history: Sequence[Recorded]) -> list[Anomaly]:
    """Corrections of nothing known, that do not fit, or whose order their source did not give."""
    told = {one.event_id: one for one in history if isinstance(one.event.said, Fact)}
    found: list[Anomaly] = []
    unordered: dict[UUID, list[Recorded]] = {}
    for one in history:
        said = one.event.said
        if not isinstance(said, FactCorrected | FactWithdrawn):
            continue
        of = named(one.event, said.corrected_event)
        if of not in told:
            found.append(correction(one, "corrects nothing", "what it corrects is not known here."))
            continue
        if isinstance(said, FactCorrected) and not fits(told[of].event, said):
            found.append(correction(one, "does not fit", "its fields do not fit what it corrects."))
        if one.event.sequence is None and one.event.source_recorded_at is None:
            unordered.setdefault(of, []).append(one)
    for several in unordered.values():
        if len({content(one.event) for one in several}) > 1:
            words = "two corrections of one fact differ and their source gave no order."
            found.append(correction(several[-1], "order not given", words))
    return found


def fits(event: Event, said: FactCorrected) -> bool:
    """Whether a correction's fields make a fact of the same kind."""
    assert isinstance(event.said, Fact)
    return with_fields(event.said, said.fields or {}) is not None


def content(event: Event) -> str:
    """What a correction says, to be compared."""
    return event.said.model_dump_json()


def correction(one: Recorded, kind: str, rest: str) -> Anomaly:
    """An anomaly of a correction or withdrawal."""
    return Anomaly(kind, one.event_id, f"{say_fact(one.event.name)}: {rest}", one.recorded_at)
