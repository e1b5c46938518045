"""Who is told of what, in which order and when: ladders of breaches, and notices of warnings.

A breach raises a ladder of its own; each rung is told a set amount after the one before *was told*,
so an outage shortens nobody's time. A promise halts the climb until its day; then the ladder re-arms.
Only the stop, a cure, a cancellation or its own end ends a ladder, never a button.
Whoever was told of a breach is told once when it proves to be none.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from domain.authority import Authority
from domain.child_episode import ChildEpisode, engine_event, team_of
from domain.engine_events import (
    EngineEvent,
    EscalationAcknowledged,
    EscalationExhausted,
    EscalationRearmed,
    ManagerNotified,
)
from domain.event import Event
from domain.going_live import GoingLive
from domain.raised import Kind, Raised, raised_tellings
from domain.rights import restriction
from domain.rungs import DIRECTOR, OWNER, handed_to, may_know
from domain.telling_hours import digest_after, plus, working_moment
from domain.telling_steps import (
    Channel,
    Step,
    again_steps,
    joining_steps,
    lane_of,
    rung_at,
    step,
    tell_rung,
)
from domain.timescales import Breach, Rung, breach_amount


@dataclass(frozen=True, slots=True)
class Telling:
    """A ladder or a notice; open while something remains for a workflow to wait for."""

    id: str
    kind: Kind
    clock: str
    clock_version: int
    about: str
    open: bool


def tellings(episode: ChildEpisode, authority: Authority, now: datetime) -> tuple[Telling, ...]:
    """Every ladder and notice of this child, and whether a workflow still has to wait on it."""
    return tuple(
        Telling(
            id=one.id,
            kind=one.kind,
            clock=one.key,
            clock_version=one.clock_version,
            about=one.about,
            open=next_of(one, episode, authority, now) is not None,
        )
        for one in raised_tellings(episode, authority).values()
    )


def next_step(
    episode: ChildEpisode, authority: Authority, telling: str, now: datetime
) -> Step | None:
    """What a ladder or notice must do next; nothing when it has ended or waits for the digest."""
    one = raised_tellings(episode, authority).get(telling)
    return None if one is None else next_of(one, episode, authority, now)


def next_of(one: Raised, episode: ChildEpisode, authority: Authority, now: datetime) -> Step | None:
    """The earliest step of one ladder or notice that is not left to the digest."""
    if one.ended(now):
        return None
    steps = STEPS[one.kind](one, episode, authority, now)
    found = as_decided(
        one, (step for step in steps if step.channel != "digest"), episode, authority, now
    )
    return min(found, key=lambda step: step.at, default=None)


def as_decided(
    one: Raised,
    steps: Iterator[Step],
    episode: ChildEpisode,
    authority: Authority,
    now: datetime,
) -> Iterator[Step]:
    """The steps that may be done by what was decided of the rule and the team.

    A ladder stands still while its rule is in shadow and goes on where it stood, after the amnesty.
    A warning recorded in shadow, or caught by it, is not told later: it would be stale.
    """
    decided = authority.going_live
    if not decided.decisions:
        yield from steps
        return
    team = team_of(episode)
    for found in steps:
        wanted = max(found.at, now)
        at = decided.told_from(one.timescale, team, wanted, one.at)
        if at == wanted and (one.kind != "warning" or was_told(one, team, decided)):
            yield found
        elif at is not None and one.kind != "warning":
            due = lane_of(one, at, authority)[0] if found.person else at
            yield replace(found, at=due)


def was_told(one: Raised, team: str | None, decided: GoingLive) -> bool:
    """Whether a rule was told in a team when a warning of it was recorded."""
    return decided.spell_at(one.timescale, team, one.at).on


def notice_steps(
    one: Raised, episode: ChildEpisode, authority: Authority, now: datetime
) -> Iterator[Step]:
    """Whom a warning still has to tell: at once, or in the next working hours."""
    for rung in one.ladder.rungs:
        if rung.told == "warning" or (rung.told == "last-warning" and one.last):
            for steps in (
                tell_rung(one, rung, one.at, episode, authority, now),
                joining_steps(one, rung, episode, authority, now),
            ):
                yield from (s for s in steps if not s.person or not is_quiet(one, s.person))


def is_quiet(one: Raised, person: str) -> bool:
    """Whether a promise made on an earlier warning spares somebody this one."""
    return person in one.quiet and one.at < one.quiet[person]


def cure_steps(
    one: Raised, episode: ChildEpisode, authority: Authority, _now: datetime
) -> Iterator[Step]:
    """A word to each person who was told of the breach, the way they were told, on their own rung."""
    due = one.at
    if not one.single:
        due = digest_after(due, authority.calendar)
    elif one.ladder.hours != "day-and-night":
        due = working_moment(due, authority.calendar)
    rungs = {rung.rung: rung for rung in one.ladder.rungs}
    for person, heard in one.owed.items():
        if heard.role != DIRECTOR and not may_know(episode, person):
            continue  # the record was closed to them since they were told
        # A rung that a later pack has taken away is spoken for by the first.
        rung = rungs.get(heard.rung, one.ladder.rungs[0])
        lane: Channel = "digest" if heard.channel == "digest" else "email"
        yield step(one, rung, due, heard.role, person, lane, episode)


def ladder_steps(
    one: Raised, episode: ChildEpisode, authority: Authority, now: datetime
) -> Iterator[Step]:
    """What a ladder may do next: re-arm, tell the next rung, or end exhausted."""
    if one.promise is not None:
        yield rearm(one, one.promise, authority)
        yield from regardless_steps(one, episode, authority, now)
        return
    yield from owner_steps(one, episode, authority, now)
    if one.clock is not None and one.clock.provisional:
        # Until it is certain that the duty binds, nobody above the team manager is told of a breach.
        yield from provisional_steps(one, episode, authority, now)
        return
    climb, steps = one.ladder.climb, [exhaust(one, authority)]
    reached: list[Rung] = []
    for index, rung in enumerate(climb):
        at = rung_at(one, climb, index, authority)
        if found := list(tell_rung(one, rung, at, episode, authority, now)):
            steps = found
            break
        reached.append(rung)
    yield from steps
    yield from meanwhile(one, reached, min(each.at for each in steps), episode, authority, now)


def meanwhile(
    one: Raised,
    reached: Sequence[Rung],
    until: datetime,
    episode: ChildEpisode,
    authority: Authority,
    now: datetime,
) -> Iterator[Step]:
    """Until the next rung is due: the last one told again, and whoever joins it by date."""
    for rung in reached:
        if until > now and breach_amount(rung) == breach_amount(reached[-1]):
            for found in (again_steps, joining_steps):
                yield from (s for s in found(one, rung, episode, authority, now) if s.at < until)


def owner_steps(
    one: Raised, episode: ChildEpisode, authority: Authority, now: datetime
) -> Iterator[Step]:
    """Whom a clock was handed over to since it broke is told so, once; no rung is answered by that."""
    if one.handed is None or one.handed[1] < one.at:
        return
    due, lane = lane_of(one, one.handed[1], authority)
    owner = handed_to(one.handed, authority, max(due, now))
    new = all(event.person != owner for event, _ in one.told)
    if owner and new and may_know(episode, owner):
        # No rung of the ladder: it stands for what is below them all.
        rung = one.ladder.rungs[0].model_copy(update={"rung": 0, "watcher": False})
        yield step(one, rung, due, OWNER, owner, lane, episode)


def provisional_steps(
    one: Raised, episode: ChildEpisode, authority: Authority, now: datetime
) -> Iterator[Step]:
    """The rungs told of warnings are told of a breach that may yet prove not to bind."""
    for rung in one.ladder.rungs:
        if not isinstance(rung.told, Breach):
            yield from tell_rung(one, rung, one.at, episode, authority, now)


def regardless_steps(
    one: Raised, episode: ChildEpisode, authority: Authority, now: datetime
) -> Iterator[Step]:
    """The rungs that are told whatever was promised."""
    climb = one.ladder.climb
    for index, rung in enumerate(climb):
        if rung.regardless:
            at = rung_at(one, climb, index, authority)
            yield from tell_rung(one, rung, at, episode, authority, now)


def rearm(one: Raised, promise: EscalationAcknowledged, authority: Authority) -> Step:
    """The ladder goes on when the promised day has passed, or its owner has left before."""
    gone = authority.staff.gone(promise.owner, one.promised_at or one.at)
    early = gone if gone is not None and gone[0] < promise.until else None
    at = early[0] if early else promise.until
    number = len(one.rearmed) + 1
    return Step(
        telling=one.id,
        at=at,
        doing="rearm",
        stage=f"rearmed/{number}",
        clock=one.key,
        clock_version=one.clock_version,
        timescale=one.timescale,
        about=one.about,
        summary=f"{one.timescale}: re-armed {number}",
        reason=early[1] if early else "promise-passed",
    )


def exhaust(one: Raised, authority: Authority) -> Step:
    """The end of a ladder whose last rung was told and which nothing ended."""
    told = [when for event, when in one.told if event.rung and not event.repeat]
    last = max(told + one.rearmed[-1:], default=one.at)
    at = plus(last, authority.policy.exhausted_after, authority.calendar)
    return Step(
        telling=one.id,
        at=at,
        doing="exhaust",
        stage="exhausted",
        clock=one.key,
        clock_version=one.clock_version,
        timescale=one.timescale,
        about=one.about,
        summary=f"{one.timescale}: ladder exhausted",
    )


def perform_step(
    episode: ChildEpisode,
    step: Step,
    now: datetime,
    *,
    delivered: bool = False,
    failure: str | None = None,
    by: str | None = None,
) -> tuple[Event, ...]:
    """The event that says a step was done; for a telling, whether the message was handed over.

    `by` is the channel it went, where that is not the one the step names.
    """
    clock = {
        "clock": step.clock,
        "clock_version": step.clock_version,
        "timescale": step.timescale,
    }
    event: EngineEvent
    match step.doing:
        case "tell":
            event = ManagerNotified.model_validate(
                clock
                | {
                    "telling": step.telling,
                    "about": step.about,
                    "rung": step.rung,
                    "role": step.role,
                    "person": step.person,
                    "channel": by or step.channel,
                    "repeat": int(step.stage.rsplit("/", 1)[1]),
                    "delivered": delivered,
                    "failure": failure if step.person else nobody(episode),
                }
            )
        case "rearm":
            event = EscalationRearmed.model_validate(
                clock
                | {
                    "escalation": step.telling,
                    "number": int(step.stage.rsplit("/", 1)[1]),
                    "reason": step.reason,
                }
            )
        case _:  # exhaust
            event = EscalationExhausted.model_validate(clock | {"escalation": step.telling})
    return (engine_event(episode, step.clock, f"{step.clock_version}/{step.name}", event, now),)


def nobody(episode: ChildEpisode) -> str:
    """Why a rung had nobody to tell."""
    closed = restriction(episode.history) is not None
    return "nobody who may see the record holds this role" if closed else "nobody holds this role"


def digest_steps(episode: ChildEpisode, authority: Authority, now: datetime) -> tuple[Step, ...]:
    """What the 8am digest still has to tell of this child, each with its instant."""
    found: list[Step] = []
    for one in raised_tellings(episode, authority).values():
        if one.single or one.ended(now):
            continue
        steps = STEPS[one.kind](one, episode, authority, now)
        digest = (step for step in steps if step.channel == "digest")
        found += as_decided(one, digest, episode, authority, now)
    return tuple(sorted(found, key=lambda step: (step.at, step.key)))


STEPS: Final[
    Mapping[str, Callable[[Raised, ChildEpisode, Authority, datetime], Iterator[Step]]]
] = MappingProxyType({"warning": notice_steps, "breach": ladder_steps, "cured": cure_steps})
"""What each kind of telling still has to do."""
