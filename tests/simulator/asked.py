"""What rules ask that no single fact says: ages, ordinals, regimes; for the oracle."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from tests.simulator.days import ONE_DAY, london_day, months_on
from tests.simulator.known import HERE, Happening, World
from tests.simulator.law import AGES, Asked, Mention


def born(world: World) -> date | None:
    """The date of birth, from the birth or from the child's details."""
    for name in ("child-born", "child-details-recorded"):
        for one in reversed(world.named(name)):
            if one.fields.get("date_of_birth") is not None:
                found: date = one.fields["date_of_birth"]
                return found
    return None


def birthday(world: World, years: int) -> date | None:
    """The day an age is reached; a birthday of 29 February is clamped, like any month."""
    day = born(world)
    return None if day is None else months_on(day, 12 * years)


def age(world: World, one: Happening) -> int | None:
    """Whole years on a fact's day, one birthday after another."""
    day = born(world)
    if day is None or day > one.day:
        return None
    years = 0
    while months_on(day, 12 * (years + 1)) <= one.day:
        years += 1
    return years


def school_age_ends(world: World) -> date | None:
    """The last Friday in June of the school year, begun in September, in which the child is 16."""
    sixteen = birthday(world, 16)
    if sixteen is None:
        return None
    found = date(sixteen.year + 1 if sixteen >= date(sixteen.year, 9, 1) else sixteen.year, 6, 30)
    while found.isoweekday() != 5:
        found -= ONE_DAY
    return found


def school_age(world: World, one: Happening) -> bool | None:
    """Of compulsory school age on the fact's day."""
    begins, ends = birthday(world, 5), school_age_ends(world)
    return None if begins is None or ends is None else begins <= one.day <= ends


def until(one: Happening, facts: Iterable[Happening]) -> list[Happening]:
    """The facts that happened no later than another."""
    return [other for other in facts if other.low <= one.high]


def placed_by_other(world: World, one: Happening) -> bool:
    """Whether another authority answers for a child who is here, by this fact or what was last told."""
    changes = until(one, world.named("responsible-authority-changed"))
    last = changes[-1].fields if changes else {}
    answers = one.fields.get("responsible_authority") or last.get("responsible_authority") or HERE
    host = one.fields.get("host_authority") or last.get("host_authority") or HERE
    if answers != host and host == HERE:
        return True
    for placed in until(one, world.named("cicola-placement-notified")):
        reference = placed.fields["cicola_placement_ref"]
        ends = world.about("cicola-placement-ended", "cicola_placement_ref", reference)
        if not any(end.high <= one.low for end in ends):
            return True
    return False


def missing_type(world: World, one: Happening) -> str | None:
    """M or A, as the episode was last classified."""
    reference = one.fields.get("missing_episode_ref")
    told = [
        other
        for name in ("missing-episode-started", "missing-episode-reclassified")
        for other in until(one, world.about(name, "missing_episode_ref", reference))
    ]
    return max(told, key=lambda o: (o.low, o.id)).fields["type"] if told else None


def is_out(world: World, one: Happening, reference: str) -> bool:
    """Whether an episode had not ended by a fact's time, or was reopened since."""
    told = [
        other
        for name in ("missing-episode-ended", "missing-episode-reopened")
        for other in until(one, world.about(name, "missing_episode_ref", reference))
    ]
    return not told or max(told, key=lambda o: (o.low, o.id)).name == "missing-episode-reopened"


def plan_open_at_birth(world: World, one: Happening) -> Happening | None:
    """The child protection plan open on the day of birth."""
    for plan in world.named("plan-started"):
        if plan.fields["kind"] == "child-protection" and plan.day <= one.day:
            ends = world.about("plan-ended", "plan_ref", plan.fields["plan_ref"])
            if all(end.day >= one.day for end in ends):
                return plan
    return None


def macse_history(world: World, one: Happening) -> bool:
    """Any MACSE plan or panel hearing by then."""
    told = [*world.named("plan-started"), *world.named("case-heard-at-panel")]
    return any(other.fields["kind"] == "macse" for other in until(one, told))


def completed_reviews(world: World, one: Happening) -> list[Happening]:
    """The looked-after reviews of a period of care that were not adjourned."""
    care = one.fields.get("care_ref")
    return [
        other
        for other in world.about("review-held", "care_ref", care)
        if other.fields["kind"] == "looked-after" and not other.fields.get("adjourned")
    ]


def review_ordinal(world: World, one: Happening) -> int | None:
    """The position of a completed review in its period of care."""
    for number, other in enumerate(completed_reviews(world, one), 1):
        if other.id == one.id:
            return number
    return None


def first_placement(world: World, one: Happening) -> bool:
    """Whether a placement is the first of its period of care."""
    placed = world.about("placement-started", "care_ref", one.fields.get("care_ref"))
    return bool(placed) and placed[0].id == one.id


def placement(world: World, one: Happening) -> Happening | None:
    """The placement a fact names, else the latest begun in its period of care."""
    by = "placement_ref" if one.fields.get("placement_ref") else "care_ref"
    found = until(one, world.about("placement-started", by, one.fields.get(by)))
    return found[-1] if found else None


def with_parent(world: World, one: Happening) -> bool:
    """Whether the current placement is with a parent."""
    here = placement(world, one)
    return here is not None and here.fields.get("type") == "P1"


def meant_to_last(world: World, here: Happening, by: datetime) -> bool:
    """Whether a placement was meant to last to 18, as last said by an instant."""
    said = [here, *world.about("permanence-plan-changed", "placement_ref",
                               here.fields["placement_ref"])]  # fmt: skip
    told = [one for one in said if one is here or one.low < by]
    return bool(told[-1].fields.get("intended_to_18"))


def regime(world: World, one: Happening) -> str:
    """How often a looked-after child is visited."""
    here = placement(world, one)
    if here is None:
        return "six-weekly"
    arrangement = here.fields["arrangement"]
    reviewed = bool(until(one, completed_reviews(world, one)))
    if not reviewed and arrangement in {
        "parent-before-assessment", "temporary-approval", "interim-order-at-home",
    }:  # fmt: skip
        return "weekly"
    if arrangement in {"temporary-approval", "interim-order-at-home"}:
        return "four-weekly"
    year_over = one.day >= months_on(here.day, 12)
    after = one.high + timedelta(microseconds=1)
    return "three-monthly" if year_over and meant_to_last(world, here, after) else "six-weekly"


def aware(world: World, one: Happening) -> date | None:
    """The London day on which the authority knew of a private fostering arrangement."""
    told = world.about(
        "private-fostering-notified", "arrangement_ref", one.fields.get("arrangement_ref")
    )
    return london_day(told[0].learned) if told else None


def arrangement_year(world: World, one: Happening) -> int | None:
    """1 in the first year since the authority knew, 2 in the second, and so on."""
    knew = aware(world, one)
    if knew is None or one.day < knew:
        return None
    years = 1
    while months_on(knew, 12 * years) <= one.day:
        years += 1
    return years


DERIVED: Final = {
    "derived.age_years": age,
    "derived.arrangement_year": arrangement_year,
    "derived.first_placement": first_placement,
    "derived.has_macse_history": macse_history,
    "derived.living_with_parent": with_parent,
    "derived.missing_type": missing_type,
    "derived.placed_by_other_authority": placed_by_other,
    "derived.prebirth_plan_open": lambda world, one: plan_open_at_birth(world, one) is not None,
    "derived.review_ordinal": review_ordinal,
    "derived.school_age": school_age,
    "derived.visit_regime": regime,
}


def says(
    mention: Mention, one: Happening, world: World, reference: str | date | None = None
) -> bool:
    """Whether a fact says all that a sentence asks."""
    if not mention.where:
        return True
    return all(satisfied(asked, one, world, reference) for asked in mention.where)


def ageless(mention: Mention, one: Happening, world: World, reference: str | None) -> bool:
    """Whether only the age is not known of all that a sentence asks: then nothing can be decided."""
    if not mention.of_age or born(world) is not None:
        return False
    others = (asked for asked in mention.where if asked.field not in AGES)
    return all(satisfied(asked, one, world, reference) for asked in others)


def satisfied(asked: Asked, one: Happening, world: World, reference: str | date | None) -> bool:
    """Whether a fact satisfies one condition; a field it lacks satisfies only `none of`."""
    if asked.field == "derived.still_missing":
        return isinstance(reference, str) and is_out(world, one, reference)
    derived = DERIVED.get(asked.field)
    said = derived(world, one) if derived else one.fields.get(asked.field)
    if asked.how == "none-of":
        return said not in asked.values
    if asked.how == "at-least":
        return isinstance(said, int) and said >= int(asked.values[0])
    return said is not None and said in asked.values
