"""Why one child is on the agenda of a sitting, what was decided, and what was agreed to be done."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from domain.agenda_closing import Closing, closing
from domain.authority import Authority
from domain.calendar import london_date
from domain.child_episode import ChildEpisode
from domain.clocks import Clock, clocks_of
from domain.derived import ENDS_WHOLE, Child, birthday
from domain.facts.exploitation import CaseHeardAtPanel, PanelActionAgreed, PanelActionDone
from domain.facts.missing import MissingEpisodeStarted
from domain.facts.protection_plan import PlanEnded, PlanStarted, ReviewHeld
from domain.sittings import Sitting
from domain.standing import Standing
from domain.timescales import Policy
from domain.words import say_day

GROWN_UP: Final = 18
REASONS: Final[Mapping[str, str]] = {
    "new": "new since the last sitting",
    "moved-in": "moved in from another authority",
    "not-heard": "not heard at the last sitting",
    "deferred": "deferred from the last sitting",
    "review-due": "review due",
    "missing": "missing since the last sitting",
    "turning-18": "turns 18 before the next sitting",
    "brought": "brought to this sitting",
}
"""Why a child can be on an agenda, in the words of its page, in the order in which they are said."""


@dataclass(frozen=True)
class Window:
    """One sitting between the ones before and after it."""

    panel: str
    sitting: Sitting
    previous: Sitting | None
    following: Sitting | None
    closings: tuple[Closing, ...]
    """When its agenda closes by the panel's own rule, and by any other one that says otherwise."""
    opened: date
    """Whatever came after this day was too late for the sitting before."""
    until: date
    """The day of the sitting after it; a month later where none is published."""

    @property
    def on(self) -> date:
        """The day on which the panel sits."""
        return self.sitting.sits_on

    @property
    def closes(self) -> date:
        """The last day of its agenda, by the panel's own rule."""
        return self.closings[0].on

    def is_in_time(self, on: date) -> bool:
        """Whether what came on a day is on this agenda."""
        return on <= self.closes

    def closes_for(self, clock: Clock, authority: Authority) -> date:
        """The last day of its agenda for a clock, by the rule and calendar that count it."""
        calendar = authority.calendar_of(clock.counted_by)
        return closing(self.sitting, clock.timescale, calendar).on

    def is_new(self, clock: Clock, authority: Authority) -> bool:
        """Whether a clock began too late for the sitting before."""
        if self.previous is None:
            return True
        calendar = authority.calendar_of(clock.counted_by)
        return clock.start.on > closing(self.previous, clock.timescale, calendar).on


@dataclass(frozen=True)
class Reason:
    """One reason for which a child is on an agenda, with its day."""

    kind: str
    on: date
    times: int = 1

    @property
    def sentence(self) -> str:
        """The reason in words: `review due by 9 December 2015`."""
        said = REASONS[self.kind]
        if self.kind == "missing" and self.times > 1:
            said = f"{said}, {self.times} times, last"
        joins = {"review-due": " by", "missing": " on" if self.times > 1 else ", on"}
        return f"{said}{joins.get(self.kind, ',')} {say_day(self.on)}"


@dataclass(frozen=True)
class Decision:
    """What a panel decided about a child, and the fact that says so."""

    decision: str
    fact: Standing


@dataclass(frozen=True)
class AgreedAction:
    """What a panel agreed that an agency does for a child by a day."""

    ref: str
    stream: UUID
    child: str
    kind: str
    agency: str
    agreed_on: date
    due_on: date
    done_on: date | None
    late: bool

    def is_open_before(self, on: date) -> bool:
        """Whether it comes from an earlier sitting and was not done before this one."""
        return self.agreed_on < on and (self.done_on is None or self.done_on >= on)


@dataclass(frozen=True)
class Item:
    """One child on an agenda."""

    stream: UUID
    reference: str
    others: tuple[str, ...]
    """The other references of the same child."""
    reasons: tuple[Reason, ...]
    after_cutoff: tuple[Reason, ...]
    """What came too late for this sitting and is the next one's."""
    decision: Decision | None
    actions: tuple[AgreedAction, ...]
    refs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The references by which a decision says what it is about."""


def names_that_matter(policy: Policy, panel: str) -> frozenset[str]:
    """The facts without one of which a child cannot come before a panel."""
    waits = (one for one in policy.timescales if one.sitting and one.sitting.panel == panel)
    starts = {start.fact for one in waits for start in one.starts}
    kinds = (PlanStarted, CaseHeardAtPanel, PanelActionAgreed)
    return frozenset(starts | {kind.NAME for kind in kinds})


def on_the_agenda(
    episode: ChildEpisode, authority: Authority, window: Window, moment: datetime
) -> tuple[Item | None, tuple[AgreedAction, ...]]:
    """The child's place on an agenda, if there is one, and what was ever agreed for the child."""
    facts = episode.standing
    child = Child(authority, facts)
    clocks = clocks_of(facts, authority)
    heard = [
        one
        for one in facts
        if isinstance(one.fact, CaseHeardAtPanel) and one.fact.kind == window.panel
    ]
    waiting = [one for one in clocks if waits(one, window)]
    plans = open_plans(child, window)
    brought = [(one, one.start.on <= window.closes_for(one, authority)) for one in waiting]
    known = bool(plans or [one for one, in_time in brought if in_time])
    reasons = [
        *about_waiting(brought, heard, window, authority),
        *about_reviews(clocks, plans, window),
        *(about_missing(child, window) if plans or waiting else ()),
        *(about_age(child, window) if known else ()),
    ]
    decided = [one for one in heard if one.on == window.on]
    if decided and not any(in_time for _, in_time in reasons):
        reasons.append((Reason("brought", window.on), True))
    actions = tuple(agreed(episode, facts, window.panel, moment))
    if not reasons:
        return None, actions
    order = list(REASONS)
    reasons.sort(key=lambda one: (order.index(one[0].kind), one[0].on))
    item = Item(
        stream=episode.id,
        reference=episode.child,
        others=tuple(sorted({one.event.subject for one in episode.joined})),
        reasons=tuple(reason for reason, in_time in reasons if in_time),
        after_cutoff=tuple(reason for reason, in_time in reasons if not in_time),
        decision=decision_of(decided),
        actions=tuple(one for one in actions if one.agreed_on <= window.on),
        refs=references(waiting, plans, heard),
    )
    return item, actions


Weighed = tuple[Reason, bool]
"""A reason, and whether it came before the cut-off."""


def waits(clock: Clock, window: Window) -> bool:
    """Whether a clock waits for this panel on the morning of the sitting."""
    sitting = clock.timescale.sitting
    if sitting is None or sitting.panel != window.panel or clock.start.on > window.on:
        return False
    return clock.stop is None or clock.stop.on >= window.on


def about_waiting(
    brought: Sequence[tuple[Clock, bool]],
    heard: Sequence[Standing],
    window: Window,
    authority: Authority,
) -> Iterator[Weighed]:
    """New, moved in, deferred, or not heard at the last sitting."""
    last = [one for one in heard if one.on < window.on][-1:]
    put_off = last[0].on if last and decision_said(last[0]) == "deferred" else None
    if put_off is not None:
        yield Reason("deferred", put_off), True
    for clock, in_time in brought:
        on = clock.start.on
        if put_off is not None and on <= put_off:
            continue
        moved = "moved-in" if clock.timescale.thread == "out-of-area" else "new"
        is_new = window.is_new(clock, authority)
        yield Reason(moved if is_new else "not-heard", on), in_time


def about_reviews(
    clocks: Sequence[Clock], plans: Sequence[PlanStarted], window: Window
) -> Iterator[Weighed]:
    """A plan whose review would be late if it waited for the next sitting."""
    refs = {plan.plan_ref for plan in plans}
    due = [
        (clock.due_on, clock.start.on)
        for clock in clocks
        if clock.reference in refs
        and ReviewHeld.NAME in clock.timescale.stopped_by
        and clock.start.on < window.on
        and (clock.stop is None or clock.stop.on >= window.on)
        and clock.due_on is not None
        and clock.due_on < window.until
    ]
    for due_on, began in due:
        yield Reason("review-due", due_on), window.is_in_time(began)


def about_missing(child: Child, window: Window) -> Iterator[Weighed]:
    """A child of the panel's who went missing since the last sitting, before the cut-off and after."""
    went = [one.on for one in child.by_name.get(MissingEpisodeStarted.NAME, ())]
    before = [on for on in went if window.opened < on <= window.closes]
    after = [on for on in went if window.closes < on <= window.on]
    for days, in_time in ((before, True), (after, False)):
        if days:
            yield Reason("missing", max(days), len(days)), in_time


def about_age(child: Child, window: Window) -> Iterator[Weighed]:
    """A child of the panel's who will be grown up when it sits again."""
    on = birthday(child, GROWN_UP)
    if on is not None and window.on <= on < window.until:
        yield Reason("turning-18", on), True


def open_plans(child: Child, window: Window) -> tuple[PlanStarted, ...]:
    """The panel's own plans that are open on the morning of the sitting."""
    grown = birthday(child, GROWN_UP)
    over = [one for name in ENDS_WHOLE - {"case-closed"} for one in child.by_name.get(name, ())]
    if any(one.on < window.on for one in over) or (grown is not None and grown < window.on):
        return ()
    ended = {
        one.fact.plan_ref
        for one in child.by_name.get(PlanEnded.NAME, ())
        if isinstance(one.fact, PlanEnded) and one.on < window.on
    }
    return tuple(
        one.fact
        for one in child.by_name.get(PlanStarted.NAME, ())
        if isinstance(one.fact, PlanStarted)
        and one.fact.kind == window.panel
        and one.on < window.on
        and one.fact.plan_ref not in ended
    )


def decision_said(one: Standing) -> str:
    """What a hearing decided."""
    assert isinstance(one.fact, CaseHeardAtPanel)
    return one.fact.decision


def decision_of(decided: Sequence[Standing]) -> Decision | None:
    """What was decided last at a sitting; nothing where nothing was."""
    return Decision(decision_said(decided[-1]), decided[-1]) if decided else None


def agreed(
    episode: ChildEpisode, facts: Sequence[Standing], panel: str, moment: datetime
) -> Iterator[AgreedAction]:
    """What a panel ever agreed for a child, each with the day on which it was done."""
    done = {one.fact.action_ref: one.on for one in facts if isinstance(one.fact, PanelActionDone)}
    today = london_date(moment)
    for one in facts:
        said = one.fact
        if isinstance(said, PanelActionAgreed) and said.panel == panel:
            done_on = done.get(said.action_ref)
            yield AgreedAction(
                ref=said.action_ref,
                stream=episode.id,
                child=episode.child,
                kind=said.kind,
                agency=said.agency,
                agreed_on=one.on,
                due_on=said.due_on,
                done_on=done_on,
                late=(done_on or today) > said.due_on,
            )


def references(
    waiting: Sequence[Clock], plans: Sequence[PlanStarted], heard: Sequence[Standing]
) -> Mapping[str, tuple[str, ...]]:
    """What a decision is about: what waits, else what the plan is for, else what was last heard."""
    found: dict[str, dict[str, None]] = {}
    for clock in (one for one in waiting if one.reference is not None):
        found.setdefault(clock.timescale.match, {})[str(clock.reference)] = None
    for plan in [] if found else plans:
        for ref in plan.exploitation_refs or ():
            found.setdefault("exploitation_ref", {})[ref] = None
    for one in [] if found else heard[-1:]:
        said = one.fact
        assert isinstance(said, CaseHeardAtPanel)
        for name, refs in (
            ("exploitation_ref", said.exploitation_refs or ()),
            ("marac_ref", filter(None, [said.marac_ref])),
            ("cicola_placement_ref", filter(None, [said.cicola_placement_ref])),
        ):
            found.setdefault(name, {}).update(dict.fromkeys(refs))
    return {name: tuple(refs) for name, refs in found.items() if refs}
