"""What Daymark knows of one authority: its rules, its sources and how far each has spoken, its people.

All of it is folded from the authority's own stream, so that it too can be asked as known at a moment.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from domain.adoption import (
    Adopted,
    CalendarInUse,
    Law,
    PackAdopted,
    adopted,
    calendars_of,
    packs_of,
    school_terms_of,
    together,
)
from domain.calendar import WorkingDays
from domain.event import Recorded
from domain.facts.authority import (
    FeedAdvanced,
    SourceRegistered,
)
from domain.facts.corrections import FactCorrected, FactWithdrawn
from domain.going_live import GoingLive, going_live
from domain.invitations import Invitation, invitations
from domain.permission import Scope
from domain.rights import scopes_given
from domain.sittings import (
    Sitting,
    before_each,
    changes_of_sittings,
    sittings_of,
    told_of_sittings,
)
from domain.staff import Assignment, Staff, staff
from domain.standing import Standing, named, standing
from domain.timescales import Policy


@dataclass(frozen=True, slots=True)
class Span:
    """One registration of a source: what it can state, and of which days."""

    source: str
    continuous: bool
    states: frozenset[str]
    times_happened: bool
    from_on: date
    to_on: date | None
    late_after: timedelta | None
    since: datetime

    def covers(self, on: date) -> bool:
        """Whether what happened on this London day lies within it; both ends are included."""
        return self.from_on <= on and (self.to_on is None or on <= self.to_on)


class Dropped(NamedTuple):
    """What a source once said it can state, and nobody says so now: what it would have ended is not known."""

    source: str
    names: frozenset[str]
    since: datetime
    """When what the source can state was last changed."""


@dataclass(frozen=True)
class Authority:
    """What clocks are judged by in one authority, and who is told."""

    code: str
    policy: Policy
    """The newest pack, with the rules of older ones that it has dropped: for what no start dates."""
    calendar: WorkingDays
    """The newest calendar."""
    sources: tuple[Span, ...] = ()
    feeds: Mapping[str, datetime] = field(default_factory=dict)
    """Each source with the instant up to which it has said everything."""
    dropped: tuple[Dropped, ...] = ()
    """What sources could state before and nobody can now."""
    sittings: Mapping[str, tuple[Sitting, ...]] = field(default_factory=dict)
    sittings_told: tuple[Recorded, ...] = ()
    """What published, changed, corrected and withdrew the sittings, in the order in which it was recorded."""
    invitations: tuple[Invitation, ...] = ()
    """Who is invited to which sitting."""
    scopes: tuple[tuple[str, Scope], ...] = ()
    """What auditors and guests were given to look at, each with whose it is."""
    staff: Staff = field(default_factory=Staff)
    """Who works here."""
    going_live: GoingLive = field(default_factory=GoingLive)
    """Which rules are told in which teams."""
    law: Law | None = None
    """What judges where nothing is adopted, and what can be adopted here."""
    adopted: tuple[Adopted, ...] = ()
    packs: tuple[PackAdopted, ...] = ()
    """The packs adopted, by their first day."""
    calendars: tuple[CalendarInUse, ...] = ()
    """The calendars adopted, the newest last."""
    school_terms: tuple[CalendarInUse, ...] = ()
    """The school terms adopted, the newest last, each with those it follows."""

    def policy_on(self, on: date) -> Policy:
        """The pack that governs what starts on a London day."""
        if not self.packs:
            return self.policy
        for pack in reversed(self.packs):
            if pack.from_on <= on:
                return pack.policy
        return self.first_policy

    @property
    def first_policy(self) -> Policy:
        """The pack that governs before the first adopted day."""
        return self.law.before if self.law and self.packs else self.policy

    def policy_of(self, pack: str) -> Policy:
        """The pack of this hash that governs a clock; the newest where it is not known here."""
        known = (*(one.policy for one in self.packs), self.first_policy)
        return next((one for one in known if one.sha256 == pack), self.policy)

    @property
    def first_calendar(self) -> WorkingDays:
        """The calendar that counted before the first adoption."""
        return self.law.calendar if self.law and self.calendars else self.calendar

    def calendar_of(self, calendar: str) -> WorkingDays:
        """The calendar of this hash that counts a clock; the newest where it is not known here."""
        adopted = (*self.calendars, *self.school_terms)
        known = (*(one.calendar for one in adopted), self.first_calendar)
        return next((one for one in known if one.sha256 == calendar), self.calendar)

    def before_each_adoption(self) -> tuple[tuple[UUID, "Authority"], ...]:
        """Each adoption, the newest first, with the authority as it was until then."""
        return tuple(
            (self.adopted[number].event_id, under(self, self.adopted[:number]))
            for number in reversed(range(len(self.adopted)))
        )

    def before_each_sitting(self, panel: str) -> tuple[tuple[UUID, "Authority"], ...]:
        """Each change of a panel's dates, the newest first, with the authority as it was until then."""
        changes = before_each(self.sittings_told, panel)
        return tuple((change, replace(self, sittings=dates)) for change, dates in changes)

    def who_can_state(self, names: frozenset[str]) -> tuple[Span, ...]:
        """The sources who can state one of these facts, whatever days they cover."""
        return tuple(s for s in self.sources if not names.isdisjoint(s.states))

    def heard_to(self, spans: Sequence[Span]) -> datetime | None:
        """How far the feeds have spoken that alone could state something; nothing where one is continuous."""
        for span in spans:
            if span.continuous:
                return None
        return min((self.feeds.get(span.source, span.since) for span in spans), default=None)

    def late_at(self, span: Span) -> datetime:
        """The instant from which a feed is itself late, by its own timescale."""
        heard = self.feeds.get(span.source, span.since)
        allowed = span.late_after or timedelta(hours=self.policy.feed_late_after_hours)
        return heard + allowed

    @property
    def assignments(self) -> tuple[Assignment, ...]:
        """Who holds which role, at any time."""
        return self.staff.assignments


def authority(
    code: str,
    policy: Policy,
    calendar: WorkingDays,
    history: Sequence[Recorded] = (),
    law: Law | None = None,
) -> Authority:
    """The authority its own stream tells of; `law` is what it may have adopted.

    Raises AdoptedMissing where a pack or calendar that it adopted is not at hand.
    """
    facts = standing(history)
    sources = tuple(spans(facts))
    law = law or Law(policy, calendar)
    bare = Authority(
        code=code,
        policy=policy,
        calendar=calendar,
        sources=sources,
        feeds=feeds(facts),
        dropped=dropped(history, sources),
        sittings=sittings_of(changes_of_sittings(facts)),
        sittings_told=told_of_sittings(history),
        invitations=invitations(facts),
        scopes=tuple(scopes_given(history)),
        staff=staff(facts),
        going_live=going_live(facts, history),
        law=law,
    )
    return under(bare, adopted(facts, law))


def under(authority: Authority, adoptions: tuple[Adopted, ...]) -> Authority:
    """The authority judged by these adoptions and no others."""
    law = authority.law
    if law is None or not (adoptions or authority.adopted):
        return authority
    packs, calendars = packs_of(adoptions), calendars_of(adoptions)
    governed = [law.before, *(one.policy for one in packs)] if packs else [law.policy]
    return replace(
        authority,
        policy=together(governed),
        calendar=calendars[-1].calendar if calendars else law.calendar,
        adopted=adoptions,
        packs=packs,
        calendars=calendars,
        school_terms=school_terms_of(adoptions),
    )


def told_again(known: Authority, history: Sequence[Recorded]) -> Authority:
    """The same authority, by the same law, as another history of its own stream tells of it."""
    law = known.law or Law(known.policy, known.calendar)
    policy, calendar = known.policy, known.calendar
    if known.adopted:
        policy, calendar = law.policy, law.calendar
    return authority(known.code, policy, calendar, history, law)


def spans(facts: Sequence[Standing]) -> list[Span]:
    """Every registration of every source; a later one of the same beginning replaces the earlier."""
    found: dict[tuple[str, date], Span] = {}
    for one in facts:
        if isinstance(one.fact, SourceRegistered):
            said = one.fact
            hours = said.late_after_hours
            found[said.source, said.from_on] = Span(
                source=said.source,
                continuous=said.delivers == "continuous",
                states=frozenset(said.states),
                times_happened=said.times == "happened",
                from_on=said.from_on,
                to_on=said.to_on,
                late_after=None if hours is None else timedelta(hours=hours),
                since=one.earliest,
            )
    return list(found.values())


def dropped(history: Sequence[Recorded], sources: Sequence[Span]) -> tuple[Dropped, ...]:
    """What was registered once and is taken back, by source, in the order of the log.

    A registration that another than the source itself has corrected or withdrawn was a mistake, which
    takes nothing away: no token speaks for another source, so somebody here did that.
    """
    told = {one.event_id: one for one in history if isinstance(one.event.said, SourceRegistered)}
    changes = [
        (of, one)
        for one in history
        if isinstance(change := one.event.said, FactCorrected | FactWithdrawn)
        and (of := named(one.event, change.corrected_event)) in told
    ]
    made = [(one.event_id, one) for one in told.values()]
    mistaken = {of for of, one in changes if one.event.source != said_of(told[of]).source}
    if len(told) == len(sources) and not changes:
        return ()  # each stands as it was made
    lost: dict[str, set[str]] = {}
    since: dict[str, datetime] = {}
    for of, one in sorted([*made, *changes], key=lambda each: each[1].recorded_at):
        said = said_of(told[of])
        since[said.source] = one.recorded_at
        if of not in mistaken:
            still = (span.states for span in sources if span.covers(said.from_on))
            lost.setdefault(said.source, set()).update(frozenset(said.states).difference(*still))
    return tuple(Dropped(name, frozenset(gone), since[name]) for name, gone in lost.items() if gone)


def said_of(recorded: Recorded) -> SourceRegistered:
    """What a registration says, as it was first told."""
    assert isinstance(recorded.event.said, SourceRegistered)
    return recorded.event.said


def feeds(facts: Sequence[Standing]) -> dict[str, datetime]:
    """How far each source has spoken: never beyond the moment at which it said so.

    A mistyped year would otherwise vouch for what is still to come, and never let the feed be late again.
    """
    found: dict[str, datetime] = {}
    for one in facts:
        if isinstance(one.fact, FeedAdvanced):
            source, told = one.fact.source, min(one.fact.complete_to, one.visible_at)
            found[source] = max(found.get(source, told), told)
    return found
