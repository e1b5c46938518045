"""Made-up lives: for a number, always the same children and the same facts, in the order recorded."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from domain.event import Event, Recorded
from domain.facts.vocabulary import FACTS
from tests.histories import CODE, HOUR, STORY, fact, moment, of_authority, person, source
from tests.projections.world import MANAGERS, World, feed, short

FIRST: Final = moment("Mon 2 Mar 2026 09:00")
NIGHTLY: Final = "nightly"

KINDS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("missing-episode-started", {"type": "M"}),
    ("missing-episode-ended", {}),
    ("strategy-meeting-held", {"missing_episode_refs": ["missing_episode-1"]}),
    ("return-interview-held", {}),
    ("referral-received", {}),
    ("referral-decided", {}),
    ("assessment-started", {}),
    ("assessment-authorised", {}),
    ("section-47-started", {}),
    ("section-47-concluded", {"conference_required": True}),
    ("conference-held", {"kind": "initial"}),
    ("case-allocated", {"team_ref": "north"}),
    ("case-allocated", {"team_ref": "south"}),
    ("child-details-recorded", {"date_of_birth": "2008-03-20"}),
    ("fact-corrected", {}),
    ("fact-withdrawn", {}),
)
KNOWN: Final = tuple((name, fields) for name, fields in KINDS if name in FACTS)


def lives(number: int, children: int = 4, facts: int = 40) -> Iterator[tuple[Event, datetime]]:
    """Events with the moments they are recorded at, never going back."""
    random, at = Random(number), FIRST  # noqa: S311  (the same lives each time, not secrets)
    yield from ((one.event, at) for one in (*beginnings(), *(person(role) for role in MANAGERS)))
    told: list[Event] = []
    for index in range(facts):
        at += random.randint(0, 40) * HOUR
        if random.random() < 0.15:
            yield feed(at - random.randint(0, 30) * HOUR, NIGHTLY).event, at
            continue
        event = happening(random, index, at, f"CH-{random.randint(1, children)}", told)
        told.append(event)
        yield event, at


def beginnings() -> tuple[Recorded, ...]:
    """One source that speaks at once and knows of children missing, one that speaks each night."""
    by_day = {name for name in FACTS if FACTS[name].THREAD in {"missing", "whole-child"}}
    return (
        source(STORY, states=sorted(by_day)),
        source(NIGHTLY, delivers="batch", states=sorted(set(FACTS) - by_day)),
        of_authority("report-published", "Mon 2 Jan 2012"),
    )


def happening(random: Random, index: int, at: datetime, child: str, told: list[Event]) -> Event:
    """Something about a child, to the instant or to the day, some hours before it is recorded."""
    name, fields = random.choice(KNOWN)
    happened = at - random.randint(-4, 200) * HOUR
    on = happened.date() if random.random() < 0.4 else None
    mine = [one for one in told if one.subject == child]
    if name in {"fact-corrected", "fact-withdrawn"}:
        if not mine:
            name, fields = KNOWN[0]
        else:
            named = random.choice(mine)
            fields = {"corrected_event": {"source": named.source, "id": named.id}}
            if name == "fact-corrected":
                fields |= {"occurred_at": happened - timedelta(days=2)}
    return Event(
        authority=CODE,
        kind="child",
        subject=child,
        source=STORY,
        id=str(index),
        said=fact(name, **fields),
        occurred_at=None if on else happened,
        occurred_on=on,
        sequence=index,
    )


def live(world: World, number: int, *, engine: bool = True) -> None:
    """Let a world live through made-up lives, its engine running now and then."""
    random = Random(number)  # noqa: S311
    for event, at in lives(number):
        world.record(short(event), at=max(at, world.now))
        if engine and event.kind == "child" and random.random() < 0.3:
            world.run_engine(event.subject, world.now)


def subjects(world: World) -> list[str]:
    """The children something is recorded about."""
    found = {one.event.subject for one in world.log.after(0, 5000) if isinstance(one, Recorded)}
    return sorted(found - {CODE})
