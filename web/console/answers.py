"""What the log says of one escalation, in the words of its page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.all_clear import why_not_known
from domain.authority import Authority
from domain.calendar import london_date
from domain.child_episode import ChildEpisode
from domain.clocks import Clock, Verdict, verdict
from domain.code_sets import CODE_SETS
from domain.engine_events import BreachExplained, EscalationAcknowledged
from domain.escalation import next_of
from domain.event import Recorded
from domain.explanation import whose_time
from domain.lateness import first_told
from domain.own_matters import allegation_of, page_of, whose
from domain.permission import Decision, as_read
from domain.raised import Raised
from domain.words import (
    how_late,
    say_day,
    say_due,
    say_fact,
    say_list,
    say_moment,
    say_role,
    say_title,
    say_when,
    time_left,
)
from formats.people import People
from web.console.statuses import Tag, tag
from web.console.wording import capital, last_day, name_of

REARMED: Final = {
    "promise-passed": "the promised day passed",
    "owner-left": "whoever promised has left",
    "owner-absent": "whoever promised is away",
}


@dataclass(frozen=True)
class Telling:
    """One person of one rung: told, or not to be reached; or nobody held the role."""

    who: str
    when: str
    failure: str
    watcher: bool


@dataclass(frozen=True)
class Answer:
    """A promise or a reason that somebody recorded."""

    sentence: str
    reason: str
    note: str
    recorded: str


@dataclass(frozen=True)
class Said:
    """Everything the page of one escalation says."""

    answer: str
    warns: bool
    """Whether it is a warning: nothing is late yet."""
    open: bool
    whose: str
    """The child's reference, or what stands in its place where it is about no child."""
    of_a_child: bool
    page: str
    """Where all that happened is told, as an address."""
    clock_page: str
    """Where the clock is explained; empty where it is no more."""
    timescale: str
    allowance: str
    tag: Tag | None
    due: str
    late: str
    time_went: tuple[tuple[str, str], ...]
    """Whose time it was: how long it took to be reported, to be recorded and to be done, adding up."""
    told: tuple[Telling, ...]
    next: str
    promises: tuple[Answer, ...]
    reasons: tuple[Answer, ...]
    promised: bool
    until: str
    """The last day of the promise that holds; empty where none does."""
    all_the_same: str
    """The role that is told in any case, whatever is promised, where it has not been told; else empty."""
    watching: frozenset[str]
    """Who was told only to watch."""

    def only_watches(self, person: str) -> bool:
        """Whether a person was told and cannot halt the climb."""
        return person in self.watching


def said_of(
    ladder: Raised,
    episode: ChildEpisode,
    authority: Authority,
    people: People,
    now: datetime,
    let: Decision,
) -> Said:
    """What is late, who was told, what was promised, and what happens next."""
    clock, timescale = ladder.clock, authority.policy.timescale(ladder.timescale)
    verdict_now = verdict(clock, now) if clock else None
    is_open = not ladder.ended(now) or (
        ladder.exhausted and clock is not None and clock.stop is None
    )
    promise = ladder.promise if is_open else None
    reference = clock.reference if clock else None
    about = allegation_of(episode.history, timescale.thread, reference, ladder.key)
    page = page_of(episode.kind, episode.id)
    return Said(
        warns=ladder.kind == "warning",
        answer=in_a_sentence(ladder, say_title(timescale), authority, now),
        open=is_open,
        whose=whose(episode.kind, episode.child, timescale.thread, about),
        of_a_child=episode.kind == "child",
        page=page_of(episode.kind, episode.id, about),
        clock_page=f"{page}/clocks/{ladder.key}" if clock else "",
        timescale=say_title(timescale),
        allowance=timescale.allowance,
        tag=tag(clock, verdict_now) if clock and verdict_now else None,
        due=due_of(clock) if clock else "",
        late=how_late(clock, now, authority.calendar) if clock and is_late(verdict_now) else "",
        time_went=tuple(whose_time(clock, now, first_told(episode.history).get(ladder.key)))
        if clock and is_late(verdict_now)
        else (),
        told=tuple(told(ladder, people)),
        next=what_next(ladder, episode, authority, people, now) if is_open else "",
        promises=tuple(promises(ladder, episode, people, let)),
        reasons=tuple(reasons(ladder, episode, people, let)),
        promised=promise is not None,
        until=say_day(last_day(promise.until)) if promise else "",
        all_the_same=all_the_same(ladder) if is_open else "",
        watching=watching(ladder),
    )


def due_of(clock: Clock) -> str:
    """By when a clock had to be stopped, or that this cannot be counted."""
    return "a day that cannot be counted" if clock.uncounted else say_due(clock)


def is_late(verdict_now: Verdict | None) -> bool:
    """Whether a clock is or was late."""
    return verdict_now in {Verdict.BREACHED, Verdict.MET_LATE}


def title_of(said: Said, *, asks: bool) -> str:
    """What the page is called: it asks only who may answer."""
    if not said.open:
        return "Nothing is needed"
    what = "What is due" if said.warns else "What is late"
    return f"{what}, and what do you want to do?" if asks else what


def in_a_sentence(ladder: Raised, title: str, authority: Authority, now: datetime) -> str:
    """The page's first line: how late it is, or what ended it."""
    clock = ladder.clock
    if clock is None:
        return f"{title}: the fact that began it was withdrawn, so nothing is late."
    if clock.stop is None and ladder.superseded:
        due = say_due(clock)
        return f"{title} is due by {due}, by what is now known. If it runs out, you are told again."
    if clock.stop is None and ladder.kind == "warning":
        left = time_left(clock, now, authority.calendar)
        left = "it runs out today" if left == "today" else f"{left} left"
        return f"{title} is due by {say_due(clock)}: {left}."
    if clock.stop is None and (why := why_not_known(clock)):
        return f"{title} was told as late, and that stands. Now nobody can tell, for {why}."
    if clock.stop is None:
        late = how_late(clock, now, authority.calendar)
        return f"{title} was due by {say_due(clock)} and is late by {late}."
    return ended_by(clock, now, title)


def ended_by(clock: Clock, now: datetime, title: str) -> str:
    """What ended a clock, and when that was recorded."""
    stop = clock.stop
    assert stop is not None
    how = {
        Verdict.MET: "was done in time",
        Verdict.MET_LATE: "was done late",
        Verdict.DECLINED: "was declined in time",
    }.get(verdict(clock, now), "is not waited for any more")
    recorded = say_day(london_date(stop.recorded_at))
    return (
        f"{title} {how}: {say_fact(stop.name).lower()} on {say_when(stop)}, recorded on {recorded}."
    )


def told(ladder: Raised, people: People) -> Iterator[Telling]:
    """Everybody told so far, the first first."""
    watchers = {rung.rung for rung in ladder.ladder.rungs if rung.watcher}
    for event, at in ladder.told:
        role = say_role(event.role)
        if event.person is None:
            yield Telling(f"Nobody holds the role of {role}", say_moment(at), "", watcher=False)
        else:
            who = f"{name_of(people, event.person)}, {role}"
            failure = "" if event.delivered else (event.failure or "could not be told")
            yield Telling(who, say_moment(at), failure, event.rung in watchers)


def watching(ladder: Raised) -> frozenset[str]:
    """Who was told only by rungs that watch."""
    watchers = {rung.rung for rung in ladder.ladder.rungs if rung.watcher}
    people = [(event.person, event.rung in watchers) for event, _ in ladder.told if event.person]
    acting = {person for person, watches in people if not watches}
    return frozenset(person for person, _ in people) - acting


def what_next(
    ladder: Raised, episode: ChildEpisode, authority: Authority, people: People, now: datetime
) -> str:
    """What happens if nothing is recorded and nobody answers."""
    if ladder.exhausted:
        return "Everybody has been told. Nobody is left to tell."
    if ladder.kind == "warning":
        return "If it runs out, managers are told of that, whatever is promised here."
    step = next_of(ladder, episode, authority, now)
    if step is None:
        return "The next manager is told in the 8am summary of the next working day."
    if ladder.promise is not None and step.doing == "rearm":
        why = "" if step.reason == "promise-passed" else f", because {REARMED[step.reason]}"
        return f"If this is still late after {say_day(last_day(step.at))}, the next manager is told{why}."
    if step.doing == "exhaust":
        return "Everybody on the ladder has been told."
    when = "now" if step.at <= now else f"on {say_moment(step.at)}"
    if step.person is None:
        return f"{capital(say_role(step.role))}, {when}; nobody holds that role."
    promised = ", whatever is promised" if ladder.promise is not None else ""
    return f"{name_of(people, step.person)}, {say_role(step.role)}, {when}{promised}."


def all_the_same(ladder: Raised) -> str:
    """Who is told whatever is promised, in words; empty where they have been told or nobody is."""
    told = {event.rung for event, _ in ladder.told}
    roles = [
        say_role(rung.role)
        for rung in ladder.ladder.climb
        if rung.regardless and rung.rung not in told
    ]
    return say_list(roles, "and")


def promises(
    ladder: Raised, episode: ChildEpisode, people: People, let: Decision
) -> Iterator[Answer]:
    """Every promise made on this ladder, the latest first."""
    for recorded in reversed(episode.engine):
        event = recorded.event.said
        if isinstance(event, EscalationAcknowledged) and event.escalation == ladder.id:
            until = say_day(last_day(event.until))
            owner = name_of(people, event.owner)
            words = f"{owner} is dealing with it, by the end of {until}."
            note = as_read(event.note, recorded.recorded_at, let)
            yield answer(words, event.reason, note, recorded, people)


def reasons(
    ladder: Raised, episode: ChildEpisode, people: People, let: Decision
) -> Iterator[Answer]:
    """Every reason recorded for this breach, the latest first."""
    for recorded in reversed(episode.engine):
        event = recorded.event.said
        if isinstance(event, BreachExplained) and event.clock == ladder.key:
            note = as_read(event.note, recorded.recorded_at, let)
            yield answer("", event.reason, note, recorded, people)


def answer(words: str, reason: str, note: str, recorded: Recorded, people: People) -> Answer:
    """Something a person recorded, with who and when."""
    label = CODE_SETS["breach_reason"].labels.get(reason, reason)
    by = name_of(people, recorded.event.by)
    said = f"Recorded by {by} on {say_moment(recorded.recorded_at)}"
    return Answer(words, capital(label), note, said)
