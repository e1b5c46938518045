"""Loads the made-up authority of `daymark up --demo`, and plays what its managers then do.

Its facts go through the log like any others, and what Daymark makes of them is Daymark's own doing:
a manager promises only once a ladder was really raised, and another leaves only after promising.
Everything has an id of its own, so that a second start goes on where the first one stopped.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from assembly import Daymark, take_in_people
from domain.answering import acknowledge
from domain.calendar import london_date
from domain.child_episode import ChildEpisode
from domain.engine_events import EscalationRaised, TimescaleBreached
from domain.errors import Grown
from domain.event import CONSOLE, Event, Identity, engine_realm
from formats import sample_authority, sample_children

PATIENCE: Final = 120.0
"""Seconds to wait for Daymark to have judged what was loaded."""
AT_ONCE: Final = 100


def load(daymark: Daymark) -> datetime:
    """Record the facts of the made-up authority, and give the hour around which they lie."""
    code, now = daymark.settings.authority, datetime.now(UTC)
    first = sample_authority.beginnings(code, now)[0]
    known = daymark.log.find(first.identity)
    at = known.event.occurred_at if known else None
    hour = at or now.replace(minute=0, second=0, microsecond=0)
    record(daymark, *sample_authority.beginnings(code, hour))
    if not daymark.settings.people_file.exists():
        say_who(daymark, sample_authority.people_file(hour))
    record(daymark, *sample_authority.heard(code, now))
    record(daymark, *sample_children.children(code, hour, daymark.calendar))
    return hour


def say_who(daymark: Daymark, people: str) -> None:
    """Take in the made-up people as any people file is."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "people.csv"
        file.write_text(people, encoding="utf-8")
        take_in_people(daymark, file, datetime.now(UTC))


def record(daymark: Daymark, *events: Event) -> None:
    """Append events, many at a time."""
    for begin in range(0, len(events), AT_ONCE):
        daymark.log.append(events[begin : begin + AT_ONCE])


def play(daymark: Daymark, hour: datetime, stopped: Callable[[], bool]) -> None:
    """Do what managers and the nightly feed do next, once Daymark has said what they answer."""
    code = daymark.settings.authority
    posts, leaver = sample_authority.POSTS, sample_authority.LEAVER
    head = next(post for post in posts if post.role == leaver.role)
    promise(daymark, sample_children.PROMISED, head.ref, stopped)
    if promise(daymark, sample_children.BROKEN_PROMISE, leaver.ref, stopped):
        say_who(daymark, sample_authority.people_file(hour, leaver_has_left=True))
    if wait_for(daymark, sample_children.HEARD_LATE, has_broken, stopped):
        record(daymark, *sample_children.afterwards(code, hour, daymark.calendar))


def promise(daymark: Daymark, child: str, owner: str, stopped: Callable[[], bool]) -> bool:
    """A manager promises to deal with a child's late meeting within two days; whether just now."""
    code, token = daymark.settings.authority, f"sample-{child}"
    if daymark.log.find(Identity(engine_realm(code), CONSOLE, token)):
        return False
    while episode := wait_for(daymark, child, ladders, stopped):
        now = datetime.now(UTC)
        promised = acknowledge(
            episode,
            daymark.authority(),
            ladders(episode)[0],
            by=owner,
            owner=owner,
            until=london_date(now + timedelta(days=2)),
            reason="staff_capacity",
            token=token,
            now=now,
        )
        try:
            daymark.log.save(episode, [promised])
        except Grown:
            continue
        return True
    return False


def ladders(episode: ChildEpisode) -> list[str]:
    """The ladders raised for a child."""
    said = (one.event.said for one in episode.engine)
    return [event.escalation for event in said if isinstance(event, EscalationRaised)]


def has_broken(episode: ChildEpisode) -> bool:
    """Whether the interview after the child's return was judged late."""
    said = (one.event.said for one in episode.engine)
    return any(
        isinstance(event, TimescaleBreached) and event.timescale == "missing-rhi-72h"
        for event in said
    )


def wait_for(
    daymark: Daymark,
    child: str,
    wanted: Callable[[ChildEpisode], object],
    stopped: Callable[[], bool],
) -> ChildEpisode | None:
    """The child once something is so; nothing when it does not come about, or all is stopped."""
    end = time.monotonic() + PATIENCE
    while not stopped() and time.monotonic() < end:
        episode = daymark.log.episode(daymark.child(child))
        if episode and wanted(episode):
            return episode
        time.sleep(0.2)
    return None
