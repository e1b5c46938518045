"""One step of a ladder or a notice: whom a rung tells, when, and in which way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.authority import Authority
from domain.child_episode import ChildEpisode, team_of
from domain.raised import Raised
from domain.rungs import joining, may_know, role_of, whom
from domain.telling_hours import digest_after, plus, working_moment
from domain.timescales import Breach, Rung, Span, breach_amount

Channel = Literal["email", "digest", "none"]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing a ladder or a notice must do next, at an instant (UTC)."""

    telling: str
    at: datetime
    doing: Literal["tell", "rearm", "exhaust"]
    stage: str
    """`told/<rung>/<person>/<channel>/<repeat>`, `rearmed/<n>`, `exhausted`."""
    clock: str
    clock_version: int
    timescale: str
    about: str
    """`breach`, `warning/n` or `cured`."""
    summary: str
    rung: int = 0
    role: str = ""
    person: str | None = None
    channel: Channel = "none"
    watcher: bool = False
    reason: Literal["promise-passed", "owner-left", "owner-absent"] = "promise-passed"
    team: str | None = None
    unheld: bool = False
    """Whether nobody holds the role, so that whoever keeps the queue is told in its stead."""
    skipped: tuple[str, ...] = ()
    """The roles below that nobody holds, for which the ladder came straight here."""

    @property
    def key(self) -> str:
        """What is unique in the log."""
        return f"{self.clock}/{self.clock_version}/{self.name}"

    @property
    def name(self) -> str:
        """The stage, kept apart for each thing that is told of."""
        return self.stage if self.about == "breach" else f"{self.about}/{self.stage}"


def again_steps(
    one: Raised, rung: Rung, episode: ChildEpisode, authority: Authority, now: datetime
) -> Iterator[Step]:
    """Whoever was told on a rung and has not answered is told again, so often as the ladder says."""
    again = one.ladder.again
    mine = [(event, at) for event, at in one.told if event.rung == rung.rung and event.person]
    if again is None or rung.watcher or not mine:
        return
    role = role_of(rung, one.ladder, [event for event, _ in mine])
    for person in whom(one, rung, episode, authority, now, role).people:
        heard = [(event, at) for event, at in mine if event.person == person]
        # Whom no message reaches is not tried again: the ladder climbs.
        if not heard or not heard[-1][0].delivered or heard[-1][0].repeat >= again.times:
            continue
        event, told_at = heard[-1]
        at = plus(max([told_at, *one.rearmed[-1:]]), again.after, authority.calendar)
        due, lane = lane_of(one, at, authority)
        yield step(one, rung, due, event.role, person, lane, episode, repeat=event.repeat + 1)


def joining_steps(
    one: Raised, rung: Rung, episode: ChildEpisode, authority: Authority, now: datetime
) -> Iterator[Step]:
    """Whoever takes over a rung that was told, on the day on which that is so already planned."""
    mine = [event for event, _ in one.told if event.rung == rung.rung]
    if not mine or stood_in(one, rung):
        return
    found = joining(one, rung, episode, authority, now, mine)
    if found is not None:
        due, lane = lane_of(one, found[0], authority)
        for person in found[1].people:
            unheld = found[1].unheld
            yield step(one, rung, due, found[1].role, person, lane, episode, unheld=unheld)


def rung_at(one: Raised, climb: Sequence[Rung], index: int, authority: Authority) -> datetime:
    """When a rung is due: the difference of the amounts after the rung before was told.

    A rung that had nobody to tell takes no time; a ladder that re-armed goes on at once where it stood.
    """
    at = one.at
    if index == 0:
        at = plus(at, amount_of(climb[0], breach_amount(climb[0])), authority.calendar)
    else:
        before, rung = climb[index - 1], climb[index]
        told = [(event, when) for event, when in one.told if event.rung == before.rung]
        reached = [when for event, when in told if event.person is not None and not event.repeat]
        if not told:
            # A promise halted the climb before the rung below was told: then the breach counts.
            at = plus(at, amount_of(rung, breach_amount(rung)), authority.calendar)
        elif reached:
            gap = breach_amount(rung) - breach_amount(before)
            at = plus(max(reached), amount_of(rung, gap), authority.calendar)
        else:
            at = max(when for _, when in told)
    return max([at, *one.rearmed[-1:]])


def amount_of(rung: Rung, amount: int) -> Span:
    """So much of the unit in which a rung is counted."""
    assert isinstance(rung.told, Breach)
    return Span(amount=amount, unit=rung.told.breach.unit)


def tell_rung(
    one: Raised,
    rung: Rung,
    at: datetime,
    episode: ChildEpisode,
    authority: Authority,
    now: datetime,
) -> Iterator[Step]:
    """Each person of a rung who has not been told yet; a rung with nobody says so once."""
    mine = [event for event, _ in one.told if event.rung == rung.rung]
    left = one.kind == "breach" and any(event.rung > rung.rung for event, _ in one.told)
    if (left and mine) or stood_in(one, rung):
        return  # who joined a rung after the ladder had left it is told by the rungs above
    day_and_night = one.ladder.hours == "day-and-night"
    moment = at if day_and_night else working_moment(at, authority.calendar)
    due, lane = lane_of(one, at, authority)
    role = role_of(rung, one.ladder, mine)
    found = whom(one, rung, episode, authority, max(moment, now), role)
    told = {event.person for event in mine}
    if not found.people and not mine:
        yield step(one, rung, at, found.role, None, "none", episode)
    for person in found.people:
        if person not in told:
            yield step(one, rung, due, found.role, person, lane, episode, unheld=found.unheld)


def stood_in(one: Raised, rung: Rung) -> bool:
    """Whether who stood in out of hours has been told, and so stood for this rung too."""
    stands_in = one.ladder.stands_in
    told = any(event.role == stands_in for event, _ in one.told)
    return told and not isinstance(rung.told, Breach)


def lane_of(one: Raised, at: datetime, authority: Authority) -> tuple[datetime, Channel]:
    """When what is due at an instant is told, and whether by itself or in the digest."""
    if not one.single:
        return digest_after(at, authority.calendar), "digest"
    if one.ladder.hours == "day-and-night":
        return at, "email"
    return working_moment(at, authority.calendar), "email"


def step(
    one: Raised,
    rung: Rung,
    at: datetime,
    role: str,
    person: str | None,
    channel: Channel,
    episode: ChildEpisode,
    *,
    repeat: int = 0,
    unheld: bool = False,
) -> Step:
    """Telling one person on one rung."""
    return Step(
        telling=one.id,
        at=at,
        doing="tell",
        stage=f"told/{rung.rung}/{person or '-'}/{channel}/{repeat}",
        clock=one.key,
        clock_version=one.clock_version,
        timescale=one.timescale,
        about=one.about,
        summary=f"{one.timescale}: {one.about.replace('/', ' ')}, rung {rung.rung}, {role}",
        rung=rung.rung,
        role=role,
        person=person,
        channel=channel,
        watcher=rung.watcher,
        team=team_of(episode) if may_know(episode, person) else None,
        unheld=unheld,
        skipped=skipped(one) if one.kind == "breach" else (),
    )


def skipped(one: Raised) -> tuple[str, ...]:
    """The roles that had nobody to tell since somebody was told."""
    found: list[str] = []
    for event, _ in one.told:
        found = [] if event.person else [*found, event.role]
    return tuple(dict.fromkeys(found))
