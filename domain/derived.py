"""What rules ask of one child's facts that no single fact says, each worked out once.

Every value here is a function of what stands, so neither the order of arrival nor a duplicate changes it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, NamedTuple
from uuid import UUID

from domain.authority import Authority, Span
from domain.calendar import add_months, london_date, midnight
from domain.standing import Standing, happened
from domain.timescales import Cancel, Counting, Restart, Timescale, Trigger

SCHOOL_BEGINS: Final = 5
SCHOOL_ENDS: Final = 16
ENDS_WHOLE: Final = frozenset({"child-died", "case-transferred", "case-closed"})
"""What may end every clock of a child, beside the eighteenth birthday."""
EARLY_ARRANGEMENTS: Final = frozenset(
    {"parent-before-assessment", "temporary-approval", "interim-order-at-home"}
)
FOUR_WEEKLY: Final = frozenset({"temporary-approval", "interim-order-at-home"})
WITH_A_PARENT: Final = "P1"


class Counted(NamedTuple):
    """When each fact that a window counts happened, and when each that resets it, oldest first."""

    facts: list[tuple[datetime, int]]
    """Each with its event's id as a number, which is quicker to compare."""
    resets: list[datetime]
    left_out: set[UUID]


class Tellers(NamedTuple):
    """Who could state what meets a rule."""

    spans: tuple[Span, ...]
    heard_to: datetime | None
    """How far they have spoken, where no continuous source could state it."""


class Enders(NamedTuple):
    """What may end the clocks of a rule, of what happened to a child at all."""

    stops: tuple[Trigger, ...]
    cancels: tuple[Cancel, ...]
    resumed_by: tuple[Restart, ...]
    whole: bool
    """Whether a day or something that ends every clock may end it too."""


@dataclass(slots=True)
class Child:
    """One child's facts as they stand, indexed by what they say."""

    authority: Authority
    facts: tuple[Standing, ...]
    by_name: dict[str, list[Standing]] = field(default_factory=dict)
    """The facts of each name, in the order in which they happened."""
    by_reference: dict[tuple[str, str], dict[object, list[Standing]]] = field(default_factory=dict)
    """For a name and a field, the facts that carry each reference, alone or in a list."""
    counted: dict[int, Counted] = field(default_factory=dict)
    """For a window, as the object it is, when each fact that it counts or that resets it happened."""
    matched: dict[tuple[int, str, object], list[Standing]] = field(default_factory=dict)
    """For a trigger, as the object it is, and a reference, the facts that say what it asks."""
    ends: dict[Counting, Enders] = field(default_factory=dict)
    """For a rule, by how it counts, what may end its clocks."""
    tellers: dict[frozenset[str], tuple[Tellers, date, date]] = field(default_factory=dict)
    """The sources that could state one of these stops, and between which days all of them could."""
    turned_18: Standing | None = None
    """The eighteenth birthday, as a fact that happens by itself."""
    accepted_elsewhere: tuple[Standing, ...] = ()
    """The transfers that another authority accepted."""
    may_end_whole: bool = False
    """Whether anything is known that ends every clock of a child."""

    def __post_init__(self) -> None:
        """Sort the facts by what they say."""
        for one in self.facts:
            self.by_name.setdefault(one.name, []).append(one)
        self.turned_18 = eighteenth_birthday(self)
        transfers = self.by_name.get("case-transferred", ())
        self.accepted_elsewhere = tuple(one for one in transfers if said(one, "accepted"))
        self.may_end_whole = self.turned_18 is not None or not ENDS_WHOLE.isdisjoint(self.by_name)

    def who_can_stop(self, timescale: Timescale, on: date) -> Tellers:
        """The sources that could state what meets a rule, for a start on a London day."""
        stops = timescale.stopped_by
        found = self.tellers.get(stops)
        if found is None:
            able = self.authority.who_can_state(stops)
            first = max((span.from_on for span in able), default=date.min)
            last = min((span.to_on or date.max for span in able), default=date.max)
            all_of_them = Tellers(able, self.authority.heard_to(able))
            found = self.tellers[stops] = all_of_them, first, last
        tellers, first, last = found
        if first <= on <= last:
            return tellers
        covering = tuple([span for span in tellers.spans if span.covers(on)])
        return Tellers(covering, self.authority.heard_to(covering))

    def enders(self, rule: Timescale, counting: Counting) -> Enders:
        """What may end the clocks of a rule, once worked out: what never happened is not asked for again."""
        known = self.by_name
        found = self.ends[counting] = Enders(
            tuple([one for one in rule.stops if one.fact in known]),
            tuple([one for one in rule.cancels if one.fact in known]),
            tuple([one for one in rule.resumed_by if one.fact in known]),
            self.may_end_whole or rule.ends_on is not None,
        )
        return found

    def carrying(self, name: str, match: str, reference: object) -> Sequence[Standing]:
        """The facts of one name that carry a reference in this field, alone or in a list."""
        if match == "child":
            return self.by_name.get(name, ())
        index = self.by_reference.get((name, match))
        if index is None:
            index = indexed(self.by_name.get(name, ()), match)
            self.by_reference[name, match] = index
        return index.get(reference, ())

    def latest(self, name: str, match: str, one: Standing) -> Standing | None:
        """The last fact of a name in the same thread as a fact, no later than it."""
        reference = getattr(one.fact, match, None)
        found = [s for s in self.carrying(name, match, reference) if s.earliest <= one.latest]
        return found[-1] if found else None


def indexed(facts: Sequence[Standing], match: str) -> dict[object, list[Standing]]:
    """Facts by the references that each carries in a field, alone or in a list; none has no such field."""
    found: dict[object, list[Standing]] = {}
    several = f"{match}s"
    for one in facts:
        fields = one.fact.__dict__
        plural = fields.get(several)
        if plural is None:
            plural = () if (alone := fields.get(match)) is None else (alone,)
        for reference in plural:
            if reference in found:
                found[reference].append(one)
            else:
                found[reference] = [one]
    return found


def said(one: Standing | None, name: str) -> Any:  # noqa: ANN401  (whatever the fact holds)
    """What a fact says in a field; nothing where there is no such fact or field."""
    return None if one is None else vars(one.fact).get(name)


def missing_type(child: Child, one: Standing) -> str | None:
    """The type of the missing episode a fact belongs to, as it stood when the fact happened."""
    reference = said(one, "missing_episode_ref")
    names = "missing-episode-started", "missing-episode-reclassified"
    last = newest(child, names, reference, one)
    return None if last is None else str(said(last, "type"))


def newest(child: Child, names: Sequence[str], reference: object, one: Standing) -> Standing | None:
    """The last of the facts of these names about a missing episode, no later than a fact."""
    last: Standing | None = None
    for name in names:
        if name not in child.by_name:
            continue
        for told in child.carrying(name, "missing_episode_ref", reference):
            if told.earliest > one.latest:
                break
            if last is None or happened(told) >= happened(last):
                last = told
    return last


def birth_date(child: Child) -> date | None:
    """The child's date of birth as last told; nothing if none is known, or the key is lost."""
    for name in ("child-born", "child-details-recorded"):
        for one in reversed(child.by_name.get(name, [])):
            born = said(one, "date_of_birth")
            if isinstance(born, date):
                return born
    return None


def birthday(child: Child, years: int) -> date | None:
    """The day the child reaches an age; a birthday of 29 February is clamped like any month."""
    born = birth_date(child)
    return None if born is None else add_months(born, 12 * years)


def age_years(child: Child, one: Standing) -> int | None:
    """Whole years of age on the day of a fact; nothing if no birth date is known."""
    born = birth_date(child)
    if born is None or born > one.on:
        return None
    years = one.on.year - born.year
    return years if add_months(born, 12 * years) <= one.on else years - 1


def school_age(child: Child, one: Standing) -> bool | None:
    """Whether the child was of compulsory school age on the day of a fact."""
    begins, ends = birthday(child, SCHOOL_BEGINS), compulsory_school_age_ends(child, one)
    return None if begins is None or ends is None else begins <= one.on <= ends


def compulsory_school_age_ends(child: Child, _one: Standing) -> date | None:
    """The last Friday in June of the school year in which the child is 16."""
    sixteen = birthday(child, SCHOOL_ENDS)
    if sixteen is None:
        return None
    autumn = 9
    last = date(sixteen.year + (sixteen.month >= autumn), 6, 30)
    return last - timedelta(days=(last.weekday() - 4) % 7)


def fifth_birthday(child: Child, _one: Standing) -> date | None:
    """The fifth birthday."""
    return birthday(child, 5)


def private_fostering_age_limit(child: Child, _one: Standing) -> date | None:
    """The 16th birthday, the 18th for a disabled child."""
    details = child.by_name.get("child-details-recorded", [])
    disabled = any(said(one, "disabled") is True for one in details)
    return birthday(child, 18 if disabled else 16)


def placed_by_other_authority(child: Child, one: Standing) -> bool:
    """Whether another authority answers for a child who is here."""
    here = child.authority.code
    answers, host = one.fact.responsible_authority, one.fact.host_authority
    for change in reversed(child.by_name.get("responsible-authority-changed", ())):
        if change.earliest <= one.latest:
            answers = answers or said(change, "responsible_authority")
            host = host or said(change, "host_authority")
            break
    if answers not in (None, here) and (host or here) == here:
        return True
    placements = child.by_name.get("cicola-placement-notified")
    return placements is not None and any(
        notified.earliest <= one.latest
        and not ended(child, notified, one, "cicola-placement-ended")
        for notified in placements
    )


def ended(child: Child, start: Standing, one: Standing, name: str) -> bool:
    """Whether a placement had ended by the time of a fact."""
    key = type(start.fact).KEY
    ends = child.carrying(name, key, said(start, key))
    return any(end.latest <= one.earliest for end in ends)


def still_missing(child: Child, one: Standing) -> bool:
    """Whether an episode that a meeting covers had not ended, or was reopened since."""
    return any(out(child, reference, one) for reference in said(one, "missing_episode_refs") or ())


def out(child: Child, reference: str, one: Standing) -> bool:
    """Whether a missing episode was open at the time of a fact."""
    last = newest(child, ("missing-episode-ended", "missing-episode-reopened"), reference, one)
    return last is None or last.name == "missing-episode-reopened"


def missing_since(child: Child, one: Standing, reference: object = None) -> date | None:
    """The day since which a child has been missing, in one episode or in any that a meeting covers."""
    several = said(one, "missing_episode_refs") or (said(one, "missing_episode_ref"),)
    references = several if reference is None else (reference,)
    starts = [
        start.on
        for reference in references
        for start in child.carrying("missing-episode-started", "missing_episode_ref", reference)
    ]
    return min(starts, default=None)


def has_macse_history(child: Child, one: Standing) -> bool:
    """Whether the child ever had a MACSE plan or was heard at the panel."""
    names = ("plan-started", "case-heard-at-panel")
    facts = (told for name in names for told in child.by_name.get(name, ()))
    return any(said(told, "kind") == "macse" and told.earliest <= one.latest for told in facts)


def prebirth_plan_open(child: Child, one: Standing) -> bool:
    """Whether a child protection plan was open on the date of birth."""
    return open_plan(child, one) is not None


def open_plan(child: Child, one: Standing) -> Standing | None:
    """The child protection plan that was open on the day of a fact."""
    for plan in child.by_name.get("plan-started", ()):
        if said(plan, "kind") == "child-protection" and plan.on <= one.on:
            ends = child.carrying("plan-ended", "plan_ref", said(plan, "plan_ref"))
            if not any(end.on < one.on for end in ends):
                return plan
    return None


def first_protection_review_due(child: Child, one: Standing) -> date | None:
    """Three months after the conference that made the plan open at birth: the first review's own limit."""
    plan = open_plan(child, one) or one
    rule = child.authority.policy_on(plan.on).by_id.get("cp-review-first-3m")
    conferences = [
        told
        for told in child.by_name.get("conference-held", ())
        if said(told, "kind") in {"initial", "transfer-in"}
        and said(told, "outcome") == "cp-plan"
        and said(told, "plan_ref") == said(plan, "plan_ref")
    ]
    started = conferences[-1] if conferences else plan
    return None if rule is None else add_months(started.on, rule.amount)


def first_looked_after_review(child: Child, one: Standing) -> date | None:
    """The day of the first looked-after review actually held in the same period of care."""
    held = completed_reviews(child, one)
    return held[0].on if held else None


def completed_reviews(child: Child, one: Standing) -> list[Standing]:
    """The looked-after reviews of the same period of care that were completed, oldest first."""
    reviews = child.carrying("review-held", "care_ref", said(one, "care_ref"))
    return [
        r for r in reviews if said(r, "kind") == "looked-after" and said(r, "adjourned") is not True
    ]


def review_ordinal(child: Child, one: Standing) -> int | None:
    """The position of a completed looked-after review in its period of care."""
    ids = [review.event_id for review in completed_reviews(child, one)]
    return ids.index(one.event_id) + 1 if one.event_id in ids else None


def first_placement(child: Child, one: Standing) -> bool:
    """Whether a placement is the first of its period of care."""
    placements = child.carrying("placement-started", "care_ref", said(one, "care_ref"))
    return bool(placements) and placements[0].event_id == one.event_id


def current_placement(child: Child, one: Standing) -> Standing | None:
    """The placement a fact belongs to: the one it names, else the last begun in its period of care."""
    if said(one, "placement_ref") is not None:
        return child.latest("placement-started", "placement_ref", one)
    return child.latest("placement-started", "care_ref", one)


def living_with_parent(child: Child, one: Standing) -> bool:
    """Whether the current placement is with a parent."""
    return bool(said(current_placement(child, one), "type") == WITH_A_PARENT)


def intended_to_18(child: Child, placement: Standing, one: Standing) -> bool:
    """Whether a placement was meant to last to 18, as last said by the time of a fact."""
    changed = child.carrying(
        "permanence-plan-changed", "placement_ref", said(placement, "placement_ref")
    )
    last = [c for c in changed if c.earliest <= one.latest]
    return bool(said(last[-1] if last else placement, "intended_to_18"))


def placement_first_anniversary(child: Child, one: Standing) -> date | None:
    """A year after a placement meant to last to 18 began; nothing for any other."""
    placement = current_placement(child, one)
    return None if placement is None else anniversary_of(child, placement, one)


def anniversary_of(child: Child, placement: Standing, one: Standing) -> date | None:
    """A year after a placement began, if by the time of a fact it was meant to last to 18."""
    return add_months(placement.on, 12) if intended_to_18(child, placement, one) else None


def visit_regime(child: Child, one: Standing) -> str | None:
    """How often the law has a looked-after child visited, as it stood when a fact happened."""
    placement = current_placement(child, one)
    if placement is None:
        return "six-weekly"  # what no other interval covers (regs 28(2) to (4))
    arrangement = said(placement, "arrangement")
    reviewed = [r for r in completed_reviews(child, one) if r.earliest <= one.latest]
    if arrangement in EARLY_ARRANGEMENTS and not reviewed:
        return "weekly"
    if arrangement in FOUR_WEEKLY:
        return "four-weekly"
    anniversary = placement_first_anniversary(child, one)
    return "three-monthly" if anniversary is not None and one.on >= anniversary else "six-weekly"


def aware_on(child: Child, one: Standing) -> date | None:
    """The day the authority became aware of a private fostering arrangement."""
    reference = said(one, "arrangement_ref")
    told = child.carrying("private-fostering-notified", "arrangement_ref", reference)
    if not told:
        return None
    at = told[0].source_recorded_at or told[0].recorded_at
    return london_date(at)


def arrangement_year(child: Child, one: Standing) -> int | None:
    """1 in the first year since the authority became aware of a private fostering arrangement."""
    aware = aware_on(child, one)
    if aware is None:
        return None
    years = one.on.year - aware.year
    return years + 1 if add_months(aware, 12 * years) <= one.on else years


def arrangement_first_anniversary(child: Child, one: Standing) -> date | None:
    """A year after the authority became aware of a private fostering arrangement."""
    aware = aware_on(child, one)
    return None if aware is None else add_months(aware, 12)


Asked = Callable[[Child, Standing], object]

VALUES: Final[Mapping[str, Asked]] = MappingProxyType(
    {
        "derived.age_years": age_years,
        "derived.arrangement_year": arrangement_year,
        "derived.first_placement": first_placement,
        "derived.has_macse_history": has_macse_history,
        "derived.living_with_parent": living_with_parent,
        "derived.missing_type": missing_type,
        "derived.placed_by_other_authority": placed_by_other_authority,
        "derived.prebirth_plan_open": prebirth_plan_open,
        "derived.review_ordinal": review_ordinal,
        "derived.school_age": school_age,
        "derived.still_missing": still_missing,
        "derived.visit_regime": visit_regime,
    }
)
"""What a rule may ask of a fact, by its name in the table."""

DAYS: Final[Mapping[str, Callable[[Child, Standing], date | None]]] = MappingProxyType(
    {
        "derived.arrangement_first_anniversary": arrangement_first_anniversary,
        "derived.compulsory_school_age_ends": compulsory_school_age_ends,
        "derived.fifth_birthday": fifth_birthday,
        "derived.first_looked_after_review": first_looked_after_review,
        "derived.missing_since": missing_since,
        "derived.first_protection_review_due": first_protection_review_due,
        "derived.placement_first_anniversary": placement_first_anniversary,
        "derived.private_fostering_age_limit": private_fostering_age_limit,
    }
)
"""The days a rule may name, by their name in the table."""


def eighteenth_birthday(child: Child) -> Standing | None:
    """The day the child turns 18, as a fact that happens by itself; nothing if no birth date is known."""
    on = birthday(child, 18)
    for name in ("child-born", "child-details-recorded"):
        for one in reversed(child.by_name.get(name, [])):
            if on is not None and said(one, "date_of_birth") is not None:
                return by_itself(one, "turned-18", on)
    return None


def by_itself(one: Standing, name: str, on: date) -> Standing:
    """Something that happens at the beginning of a day because of a fact, without being told."""
    at = midnight(on)
    return one._replace(name=name, earliest=at, latest=at, on=on, to_the_day=False)
