"""The made-up authority shows a newcomer clocks in every state, whatever the hour."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID, uuid5

import pytest

from assembly import assemble
from domain.access_rules import GROUPS
from domain.anomalies import anomalies
from domain.authority import Authority
from domain.authority import authority as fold
from domain.clocks import clocks, verdict
from domain.event import Event, Recorded
from domain.facts.authority import PersonAssigned
from domain.facts.corrections import FactCorrected, FactWithdrawn
from domain.invitations import invited_to
from domain.permission import Post
from formats.people import read_people_file, stated_by
from formats.sample_authority import POSTS, beginnings, heard, people_file
from formats.sample_children import HEARD_LATE, THE_CHILD, afterwards, children
from projections.agenda import Agenda, agenda, next_sitting_of
from projections.missing import missing_page
from settings import Settings
from tests.projections.world import World

MOMENTS = [
    datetime(2026, 11, 23, 9, 40, tzinfo=UTC),  # a Monday morning
    datetime(2026, 6, 7, 1, 20, tzinfo=UTC),  # Sunday, in the night before the feed
    datetime(2026, 12, 26, 23, 59, tzinfo=UTC),  # Boxing Day, before midnight
    datetime(2027, 3, 28, 2, 30, tzinfo=UTC),  # Easter Sunday, after the clocks went forward
]
CODE = "sample"


@cache
def bare() -> Authority:
    """The shipped timescales and calendar, with nothing known of the authority."""
    parts = assemble(Settings())
    return fold(CODE, parts.policy, parts.calendar)


def recorded(events: tuple[Event, ...], now: datetime) -> dict[str, tuple[Recorded, ...]]:
    """Each stream as the log would hold it."""
    streams: dict[str, list[Recorded]] = defaultdict(list)
    for position, event in enumerate(events, start=1):
        stream = streams[event.subject]
        number = len(stream) + 1
        stream.append(Recorded(event, uuid5(UUID(int=0), event.subject), number, position, now))
    return {subject: tuple(stream) for subject, stream in streams.items()}


def authority_at(now: datetime) -> Authority:
    """The authority as its systems describe it at a moment."""
    hour = now.replace(minute=0)
    events = beginnings(CODE, hour) + heard(CODE, now)
    return fold(CODE, bare().policy, bare().calendar, recorded(events, now)[CODE])


def histories(now: datetime) -> dict[str, tuple[Recorded, ...]]:
    """Each child's stream at a moment."""
    return recorded(children(CODE, now.replace(minute=0), bare().calendar), now)


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_every_state_is_seen_at_once(now: datetime) -> None:
    """Running, nearly over, waiting for the night's feed, late, done, done late, not needed, unknown."""
    here = authority_at(now)
    found = Counter(
        verdict(clock, now).value
        for told in histories(now).values()
        for clock in clocks(told, here)
    )

    assert set(found) >= {
        "running", "due-soon", "awaiting-feed", "breached", "met", "met-late", "cancelled",
        "declined", "unobservable",
    }  # fmt: skip
    assert found["breached"] < found["running"]


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_surprises_are_among_them(now: datetime) -> None:
    """A return of nobody missing, an unknown code, a date to come; corrections and a withdrawal."""
    here, told = authority_at(now), histories(now)

    kinds = {one.kind for history in told.values() for one in anomalies(history, here)}
    said = {type(one.event.said) for history in told.values() for one in history}

    assert kinds >= {"nothing before it", "unknown code", "dated in the future"}
    assert said >= {FactCorrected, FactWithdrawn}


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_the_named_child_is_late_now(now: datetime) -> None:
    """The README's story begins with a meeting that is late by some hours."""
    now_late = [
        clock.timescale.id
        for clock in clocks(histories(now)[THE_CHILD], authority_at(now))
        if verdict(clock, now) == "breached"
    ]

    assert now_late == ["missing-strategy-72h"]


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_a_late_word_cures(now: datetime) -> None:
    """An interview held in time and typed late: late as known before, done in time as known after."""
    before = histories(now)[HEARD_LATE]
    last = afterwards(CODE, now.replace(minute=0), bare().calendar)
    after = (*before, *recorded(last, now)[HEARD_LATE])

    def said(history: tuple[Recorded, ...]) -> str:
        found = {one.timescale.id: one for one in clocks(history, authority_at(now))}
        return verdict(found["missing-rhi-72h"], now).value

    assert (said(before), said(after)) == ("breached", "met")
    assert last[0].id not in {one.event.id for one in before}


def test_about_seventy_children_and_nothing_twice() -> None:
    """Within an hour the facts are the same, each under an id of its own."""
    hour = MOMENTS[0].replace(minute=0)
    first = children(CODE, hour, bare().calendar)

    assert first == children(CODE, hour, bare().calendar)
    assert 65 <= len({event.subject for event in first}) <= 75
    assert len({event.identity for event in first}) == len(first)
    assert all(event.source_recorded_at <= hour for event in first if event.source_recorded_at)


def test_somebody_stands_on_every_rung(tmp_path: Path) -> None:
    """Every role of every ladder is held, and the people file can be taken in."""
    file = tmp_path / "people.csv"
    file.write_text(people_file(MOMENTS[0]))
    people = read_people_file(file)
    roles = {rung.role for ladder in bare().policy.ladders.values() for rung in ladder.rungs}

    assert roles <= {post.role for post in POSTS}
    assert {post.team for post in POSTS} == {"north", "south", None}
    assert len(list(stated_by(people, CODE))) == len(POSTS)
    assert all(person.email.endswith(".example") for person in people.people.values())


def test_the_leaver_s_last_day_was_yesterday(tmp_path: Path) -> None:
    """Whoever promised and left holds no ladder any more."""
    file = tmp_path / "people.csv"
    file.write_text(people_file(MOMENTS[0], leaver_has_left=True))

    said = [one for _, one in read_people_file(file).assigned]
    gone = [one for one in said if isinstance(one, PersonAssigned) and one.to_on]

    assert [one.to_on for one in gone] == [MOMENTS[0].date() - timedelta(days=1)]


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_the_next_sitting_has_a_full_agenda(now: datetime, tmp_path: Path) -> None:
    """Every reason for which a child can be on it, some too late, and actions in every state."""
    world = World(tmp_path, now=now)
    hour = now.replace(minute=0)
    world.log.append(beginnings(CODE, hour))
    world.log.append(children(CODE, hour, bare().calendar))
    here = world.authority(CODE)
    found = {
        panel: agenda(world.log, here, panel, next_sitting_of(here, panel, now), now)
        for panel in ("macse", "marac")
    }
    world.close()
    kinds = {reason.kind for one in found["macse"].items for reason in one.reasons}
    late = {reason.kind for one in found["macse"].next_time for reason in one.after_cutoff}
    last = agenda_of_last(found["macse"])

    assert kinds >= {"new", "moved-in", "deferred", "review-due", "missing", "turning-18"}
    assert "new" in late
    assert last < now.date()
    assert {one.late for one in found["macse"].actions} == {True, False}
    assert {one.agency for one in found["macse"].actions} >= {"childrens_social_care", "school"}
    assert found["marac"].everybody


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_every_part_of_the_missing_page_has_something_to_show(
    now: datetime, tmp_path: Path
) -> None:
    """Out, back, about to be third, other authorities' children and ours elsewhere, and nobody heard from."""
    world = World(tmp_path, now=now)
    hour = now.replace(minute=0)
    world.log.append(beginnings(CODE, hour))
    world.log.append(children(CODE, hour, bare().calendar))
    found = missing_page(world.log, world.authority(CODE), now)
    world.close()

    assert found.out
    assert found.back
    assert found.about_to_be_nth
    assert found.unheard
    assert {(one.placed_here, one.out) for one in found.elsewhere} == {
        (True, True),
        (True, False),
        (False, False),
    }


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_partners_are_invited_to_the_next_sitting(now: datetime) -> None:
    """An agency, and one person by name; one of them was invited, and is not any more."""
    here = authority_at(now)
    sits = next_sitting_of(here, "macse", now)
    partners = {
        post.ref: (Post(CODE, post.role, None),) for post in POSTS if "partner" in GROUPS[post.role]
    }
    invited = {
        ref for ref, posts in partners.items()
        if (CODE, f"macse/{sits}") in invited_to(here.invitations, CODE, ref, posts)
    }  # fmt: skip

    assert invited == {"P-18", "P-22"} == set(partners)
    assert {one.agency for one in here.invitations if one.sits_on == sits} == {
        "police",
        "camhs",
        "school",
    }


def agenda_of_last(found: Agenda) -> date:
    """The day of the sitting before."""
    assert found.previous is not None
    return found.previous.sits_on
