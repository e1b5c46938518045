"""One child's missing episodes at a moment, and whether anything says that somebody has seen the child."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from domain.authority import Authority
from domain.child_episode import ChildEpisode, team_of
from domain.clocks import Clock, Verdict, clocks_of, verdict
from domain.derived import Child, missing_type, said
from domain.facts.enquiry_and_conference import StrategyMeetingHeld
from domain.facts.missing import (
    MissingEpisodeEnded,
    MissingEpisodeReclassified,
    MissingEpisodeReopened,
    MissingEpisodeStarted,
    PreventionInterviewHeld,
    ReturnInterviewDeclined,
    ReturnInterviewHeld,
    ReturnInterviewOffered,
)
from domain.rights import worker_of
from domain.standing import Standing
from domain.starting import merged_away, ordinal
from domain.timescales import Window

REF: Final = "missing_episode_ref"
SEEN: Final = frozenset({ReturnInterviewHeld.NAME, PreventionInterviewHeld.NAME})
"""Facts that say by themselves that somebody was with the child."""
MATTERS: Final = frozenset(
    {
        MissingEpisodeStarted.NAME,
        "plan-started",
        "child-became-looked-after",
        "cicola-placement-notified",
    }
)
"""The facts without one of which a child is never on the page."""
ENDS_PLANS: Final = ("child-died", "case-transferred")
LIVES: Final = {
    "looked-after": ("child-became-looked-after", "child-ceased-to-be-looked-after", "care_ref"),
    "placed-here": ("cicola-placement-notified", "cicola-placement-ended", "cicola_placement_ref"),
    "elsewhere": ("placement-started", "placement-ended", "placement_ref"),
}
"""Where a child lives: what begins it, what ends it, and by which reference."""


@dataclass(frozen=True)
class Duty:
    """A meeting or an interview that an episode calls for: how it stands, and when it is or was due."""

    state: str
    """`held`, `declined`, `offered`, `due`, `late`, `not-known` or `none`."""
    at: Standing | None = None
    """What says so; nothing where nothing has happened."""
    due: Clock | None = None
    """The clock by which it is due first."""


@dataclass(frozen=True)
class Missing:
    """One time that a child was missing, as it stood at the moment asked of."""

    stream: UUID
    child: str
    others: tuple[str, ...]
    """The other references of the same child."""
    ref: str
    started: Standing
    ended: Standing | None
    type: str
    grade: str | None
    team: str | None
    worker: str | None
    placing: str | None
    """The authority that placed the child here; an empty word where it is another one, not named."""
    plan: str | None
    """The reference of the exploitation panel's plan that is open."""
    nth: int | None
    """Which time it is within the window; nothing where none is counted."""
    meeting: Duty
    interview: Duty
    interviews: tuple[Standing, ...]
    """Everything recorded of its return interview, in order."""

    def hours_out(self, moment: datetime) -> int:
        """The whole hours since the child was last seen, or until the child was back."""
        until = self.ended.earliest if self.ended else moment
        return max(0, int((until - self.started.earliest).total_seconds() // 3600))

    @property
    def reasons(self) -> tuple[str, ...]:
        """The coded reasons that the interview gave."""
        given = (said(one, "reasons") or () for one in self.interviews)
        return tuple(dict.fromkeys(code for codes in given for code in codes))


@dataclass(frozen=True)
class Unheard:
    """A child of whom nothing is recorded for longer than is expected, and why somebody should look."""

    stream: UUID
    child: str
    team: str | None
    why: str
    """The reason that is longest overdue: missing, a kind of plan, looked after or placed here."""
    since: Standing
    """The last fact that says the child was seen or heard from; else what began."""
    seen: bool
    """Whether that fact says so, or only that it began."""
    days: int
    allowed: int


@dataclass(frozen=True)
class Life:
    """One child at a moment: every missing episode, where the child lives, and the count of times."""

    stream: UUID
    child: str
    team: str | None
    worker: str | None
    episodes: tuple[Missing, ...]
    """By when they began."""
    count: int | None
    """How many times counted in the window up to the moment."""
    window: Window | None
    placing: str | None
    area: str | None
    """Where a child of ours is placed outside the area; an empty word where it is not named."""
    unheard: Unheard | None

    @property
    def about_to_be_nth(self) -> bool:
        """Whether one more time calls for a strategy meeting."""
        if self.window is None or self.count is None:
            return False
        return self.count > 0 and self.count % self.window.nth == self.window.nth - 1


def life_of(
    episode: ChildEpisode,
    authority: Authority,
    moment: datetime,
    clocks: Sequence[Clock] | None = None,
) -> Life:
    """One child as the page asks of it; whoever has wound its clocks already hands them over."""
    facts = tuple(one for one in episode.standing if one.earliest <= moment)
    child = Child(authority, facts)
    window = window_on(authority, moment)
    clocks = clocks_of(facts, authority) if clocks is None else clocks
    plans = tuple(open_plans(child, moment))
    macse = next((said(one, "plan_ref") for one in plans if said(one, "kind") == "macse"), None)
    placing, area = placing_authority(child), placed_elsewhere(child)
    team, worker = team_of(episode), worker_of(facts)
    away = merged_away(child)
    found = []
    for one in child.by_name.get(MissingEpisodeStarted.NAME, ()):
        if one.event_id in away:
            continue
        ref = str(said(one, REF))
        ended = last_end(child, ref, moment)
        rule = window_on(authority, one.earliest)
        found.append(
            Missing(
                stream=episode.id,
                child=episode.child,
                others=tuple(sorted({other.event.subject for other in episode.joined})),
                ref=ref,
                started=one,
                ended=ended,
                type=missing_type(child, latest_of(child, ref) or one) or "",
                grade=grade_of(child, one, ref),
                team=team,
                worker=worker,
                placing=placing_of(one, authority, placing),
                plan=macse,
                nth=ordinal(rule, child, one.earliest, one.event_id.int) if rule else None,
                meeting=meeting_of(child, ref, clocks, moment),
                interview=interview_of(child, ref, clocks, moment),
                interviews=tuple(interviews_of(child, ref)),
            )
        )
    return Life(
        stream=episode.id,
        child=episode.child,
        team=team,
        worker=worker,
        episodes=tuple(found),
        count=ordinal(window, child, moment) if window else None,
        window=window,
        placing=placing,
        area=area,
        unheard=unheard(episode, child, authority, found, plans, moment),
    )


def is_looked_for(episode: ChildEpisode) -> bool:
    """Whether the page can be about a child at all."""
    return not MATTERS.isdisjoint(one.event.name for one in episode.judged_by)


def window_on(authority: Authority, at: datetime) -> Window | None:
    """The window in which times missing are counted, by the rules of that day; nothing where none does."""
    policy = authority.policy_on(at.date())
    counting = (one.window for one in policy.timescales if policy.in_use(one) and one.window)
    return next((one for one in counting if one.counts.fact == MissingEpisodeStarted.NAME), None)


def last_end(child: Child, ref: str, moment: datetime) -> Standing | None:
    """What ended an episode, if it is over: the last word counts, a return found wrong reopens it."""
    names = (MissingEpisodeEnded.NAME, MissingEpisodeReopened.NAME)
    words = [one for name in names for one in child.carrying(name, REF, ref)]
    last = max(words, key=lambda one: (one.earliest, one.event_id), default=None)
    if last is not None and last.name == MissingEpisodeEnded.NAME:
        return last
    over = [one for name in ENDS_PLANS for one in child.by_name.get(name, ())]
    if child.turned_18 is not None and child.turned_18.earliest <= moment:
        over.append(child.turned_18)
    return min(over, key=lambda one: one.earliest, default=None)


def latest_of(child: Child, ref: str) -> Standing | None:
    """The last word about the type of an episode."""
    words = child.carrying(MissingEpisodeReclassified.NAME, REF, ref)
    return words[-1] if words else None


def grade_of(child: Child, started: Standing, ref: str) -> str | None:
    """The grade that the police last gave."""
    words = (started, *child.carrying(MissingEpisodeReclassified.NAME, REF, ref))
    given = [grade for one in words if (grade := said(one, "police_grade"))]
    return str(given[-1]) if given else None


def meeting_of(child: Child, ref: str, clocks: Sequence[Clock], moment: datetime) -> Duty:
    """The strategy meeting about an episode: held, else by when it is due."""
    held = child.carrying(StrategyMeetingHeld.NAME, REF, ref)
    if held:
        return Duty("held", held[-1])
    return waited_for(StrategyMeetingHeld.NAME, ref, clocks, moment)


def interview_of(child: Child, ref: str, clocks: Sequence[Clock], moment: datetime) -> Duty:
    """The return interview of an episode: held or declined, else by when it is due, and offered or not."""
    for name, state in (
        (ReturnInterviewHeld.NAME, "held"),
        (ReturnInterviewDeclined.NAME, "declined"),
    ):
        if found := child.carrying(name, REF, ref):
            return Duty(state, found[-1])
    due = waited_for(ReturnInterviewHeld.NAME, ref, clocks, moment)
    if offered := child.carrying(ReturnInterviewOffered.NAME, REF, ref):
        return Duty("offered", offered[-1], due.due)
    return due


def waited_for(name: str, ref: str, clocks: Sequence[Clock], moment: datetime) -> Duty:
    """How what is not yet recorded stands: due, late, not to be known, or not called for."""
    mine = [
        one
        for one in clocks
        if one.reference == ref
        and one.timescale.thread == "missing"
        and name in one.timescale.stopped_by
        # What an offer alone meets is about the offer.
        and ReturnInterviewOffered.NAME not in one.timescale.stopped_by
    ]
    open_ones = [(one, verdict(one, moment)) for one in mine]
    open_ones = [one for one in open_ones if one[1] in WAITING]
    if not open_ones:
        return Duty("none")
    first, how = min(open_ones, key=lambda one: one[0].due_at)
    return Duty(WAITING[how], due=first)


WAITING: Final = {
    Verdict.RUNNING: "due",
    Verdict.DUE_SOON: "due",
    Verdict.BREACHED: "late",
    Verdict.AWAITING_FEED: "awaited",
    Verdict.UNDECIDABLE: "not-known",
    Verdict.UNOBSERVABLE: "not-known",
}
"""What the page says of a duty of which this can be said and that nothing has ended."""


def interviews_of(child: Child, ref: str) -> Iterator[Standing]:
    """What is recorded of the return interview, in the order in which it happened."""
    names = (ReturnInterviewOffered.NAME, ReturnInterviewDeclined.NAME, ReturnInterviewHeld.NAME)
    found = [one for name in names for one in child.carrying(name, REF, ref)]
    yield from sorted(found, key=lambda one: (one.earliest, one.event_id))


def open_plans(child: Child, moment: datetime) -> Iterator[Standing]:
    """The plans that are open."""
    if any(child.by_name.get(name) for name in (*ENDS_PLANS, "case-closed")) or (
        child.turned_18 is not None and child.turned_18.earliest <= moment
    ):
        return
    for one in child.by_name.get("plan-started", ()):
        if not child.carrying("plan-ended", "plan_ref", said(one, "plan_ref")):
            yield one


def living(child: Child, where: str) -> list[Standing]:
    """What began where a child now lives and has not ended."""
    begins, ends, ref = LIVES[where]
    return [
        one
        for one in child.by_name.get(begins, ())
        if not child.carrying(ends, ref, said(one, ref))
    ]


def placing_authority(child: Child) -> str | None:
    """The authority by which the child is placed here."""
    placed = living(child, "placed-here")
    return str(said(placed[-1], "placing_authority")) if placed else None


def placed_elsewhere(child: Child) -> str | None:
    """Where a child of ours is placed outside the area."""
    placed = [one for one in living(child, "elsewhere") if said(one, "out_of_area")]
    return str(said(placed[-1], "area_authority") or "") if placed else None


def placing_of(started: Standing, authority: Authority, placing: str | None) -> str | None:
    """Whose child it is where it is another authority's: as the notice or the report says."""
    answers = said(started, "responsible_authority")
    if answers and answers != authority.code:
        return str(answers)
    if placing is None and said(started, "care_status") == "other-authority":
        return ""
    return placing


def unheard(
    episode: ChildEpisode,
    child: Child,
    authority: Authority,
    episodes: Sequence[Missing],
    plans: Sequence[Standing],
    moment: datetime,
) -> Unheard | None:
    """The reason longest overdue for which nobody has been recorded as seeing the child; nothing if none."""
    expected = authority.policy_on(moment.date()).heard_within_days
    heard = [one for one in child.facts if says_seen(one)]
    last = max(heard, key=lambda one: (one.earliest, one.event_id), default=None)
    found = []
    for why, began in looked_for(child, episodes, plans, moment):
        allowed = expected.get(why)
        if allowed is None:
            continue
        seen = last is not None and last.earliest >= began.earliest
        since = last if last is not None and seen else began
        if moment - since.earliest > timedelta(days=allowed):
            days = (moment - since.earliest).days
            one = Unheard(
                episode.id, episode.child, team_of(episode), why, since, seen, days, allowed
            )
            found.append(one)
    return max(found, key=lambda one: (one.days - one.allowed, one.why), default=None)


def looked_for(
    child: Child, episodes: Sequence[Missing], plans: Sequence[Standing], moment: datetime
) -> Iterator[tuple[str, Standing]]:
    """Everything for which somebody should see the child now, with what began it."""
    for one in episodes:
        if one.ended is None:
            yield "missing", one.started
    for plan in plans:
        yield str(said(plan, "kind")), plan
    if child.turned_18 is not None and child.turned_18.earliest <= moment:
        return
    if any(child.by_name.get(name) for name in ENDS_PLANS):
        return
    for where in ("looked-after", "placed-here"):
        for began in living(child, where):
            yield where, began


def says_seen(one: Standing) -> bool:
    """Whether a fact says that somebody was with the child, or heard from the child."""
    if one.name == MissingEpisodeEnded.NAME:
        return said(one, "how") not in {"turned-18", "died", "other"}
    return one.name in SEEN or said(one, "child_seen") is True
