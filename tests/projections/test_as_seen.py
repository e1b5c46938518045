"""The board as one person could see it: the same as it was, whatever was recorded later."""

import pytest

from domain.engine_events import EscalationAcknowledged, ManagerNotified, RecordRead
from domain.event import Event
from domain.permission import Action, visible
from projections.as_seen import AsSeen, as_seen, asker_then
from projections.board import BoardRow, counts, rows
from tests.histories import CHILD, CODE, corrected, moment, person, source, told
from tests.projections.world import MANAGERS, World, of

MISSING = "Fri 3 Apr 2026 18:00"
SEEN = "Tue 7 Apr 2026 09:00"
LATER = "Thu 9 Apr 2026 09:00"
PEOPLE = (*MANAGERS, "designated_officer", "relative", "named", "west", "nobody")


@pytest.fixture
def busy(world: World) -> World:
    """Three children are missing: one restricted, one a relative's; some of it is long late."""
    world.record(
        source(),
        *(person(role) for role in (*MANAGERS, "designated_officer")),
        person("head_of_service", "relative"),
        person("head_of_service", "named"),
        person("team_manager", "west", team_ref="west"),
    )
    began = told("missing-episode-started", MISSING, type="M")
    world.record(began, of("CH-2", began), of("CH-3", began), at=MISSING)
    closed = told("record-restricted", MISSING, people=("named",), reason="adoption")
    related = told("staff-relation-declared", MISSING, person_ref="relative")
    world.record(of("CH-2", closed), of("CH-3", related), at=MISSING)
    world.run_engine(CHILD, SEEN)
    world.take_in()
    return world


def replayed(world: World, who: str, at: str = SEEN) -> AsSeen:
    """What somebody could see at a moment, asked now."""
    return as_seen(world.log, world.authority(), who, moment(at))


def live(world: World, who: str) -> tuple[tuple[BoardRow, ...], dict[str, int]]:
    """What the board of this moment shows somebody, and how it counts."""
    asker = asker_then(world.authority(), who, world.now)
    allowed = visible(asker, Action.SEE, "list", "case", world.now)
    found, _ = rows(world.views, CODE, world.now, visible=allowed, limit=1000)
    return found, dict(counts(world.views, CODE, world.now, visible=allowed))


def go_on(world: World) -> None:
    """Later a fact is corrected, a meeting is told of, a record is opened to others, a post ends."""
    held = told(
        "strategy-meeting-held", "Mon 6 Apr 2026 10:00", missing_episode_refs=["missing_episode-1"]
    )
    began = told("missing-episode-started", MISSING, type="M")
    world.record(held, at="Wed 8 Apr 2026 09:00")
    world.record(
        corrected(began, "Wed 8 Apr 2026 10:00", occurred_at="Thu 2 Apr 2026 18:00"),
        of("CH-1", told("record-restricted", LATER, people=("nobody",), reason="adoption")),
        person("head_of_service", "nobody"),
        at="Wed 8 Apr 2026 10:00",
    )
    world.run_engine(CHILD, LATER)
    world.take_in()


@pytest.mark.parametrize("who", PEOPLE)
def test_what_was_seen_is_seen_again_whatever_came_later(busy: World, who: str) -> None:
    """The rows and the counts are those the board itself showed at that moment."""
    shown, counted = live(busy, who)
    go_on(busy)
    seen = replayed(busy, who)

    assert seen.board.rows(limit=1000)[0] == shown
    assert dict(seen.board.counts()) == counted


def test_people_do_see_different_boards(busy: World) -> None:
    """The comparison would prove nothing if everybody saw everything, or nothing."""
    head, relative, named, west = (
        {row.reference for row in replayed(busy, who).board.every}
        for who in ("head_of_service", "relative", "named", "west")
    )

    assert {CHILD, "CH-3"} <= head
    assert "CH-2" not in head
    assert "CH-3" not in relative
    assert {CHILD, "CH-2", "CH-3"} <= named
    assert west == set()


def test_what_had_reached_somebody_and_what_they_promised(busy: World) -> None:
    """What was told and promised by then counts, and nothing of later; nor anybody else's."""
    first = replayed(busy, "return_interview_team_manager")
    told_then = [
        one.event.said
        for one in busy.log.history(busy.stream(CHILD))
        if isinstance(one.event.said, ManagerNotified)
    ]
    breach = next(one for one in told_then if one.person and one.about == "breach")
    whom = str(breach.person)
    mine = [one for one in told_then if one.person == whom]
    clock = breach.clock
    promise = EscalationAcknowledged(
        clock=clock,
        clock_version=breach.clock_version,
        timescale=breach.timescale,
        escalation=breach.telling,
        owner=whom,
        until=moment(LATER),
        reason="capacity",
    )
    busy.record(
        Event(
            authority=CODE,
            kind="child",
            subject=CHILD,
            source="daymark",
            id="promise-1",
            said=promise,
            occurred_at=moment("Tue 7 Apr 2026 10:00"),
            by=whom,
        ),
        at="Tue 7 Apr 2026 10:00",
    )
    before, after = replayed(busy, whom), replayed(busy, whom, "Tue 7 Apr 2026 10:00")

    assert first.position == before.position < after.position
    assert [(one.clock, one.about, one.delivered) for one in before.told] == [
        (one.clock, one.about, one.delivered) for one in mine
    ]
    assert before.promised == ()
    assert [(one.clock, one.until) for one in after.promised] == [(clock, moment(LATER))]


def test_looks_near_the_moment_are_listed(busy: World) -> None:
    """Pages sent in the day before, to this person; not older ones, nor another's, nor later ones."""
    for number, (who, at) in enumerate(
        (
            ("named", "Wed 8 Apr 2026 08:00"),
            ("west", "Wed 8 Apr 2026 09:00"),
            ("named", "Fri 10 Apr 2026 09:00"),
            ("named", "Fri 10 Apr 2026 11:00"),
        )
    ):
        said = RecordRead(route="/board", purpose="oversight", rule="whole-authority")
        look = Event(
            authority=CODE,
            kind="reads",
            subject=who,
            source="console",
            id=f"read-{number}",
            said=said,
            occurred_at=moment(at),
            by=who,
        )
        busy.record(look, at=at)
    near = replayed(busy, "named", "Fri 10 Apr 2026 10:00")

    assert [(one.at, one.route) for one in near.looked] == [
        (moment("Fri 10 Apr 2026 09:00"), "/board")
    ]
    assert replayed(busy, "west", "Fri 10 Apr 2026 10:00").looked == ()
