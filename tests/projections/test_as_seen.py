"""The board as one person could see it: the same as it was, whatever was recorded later."""

from collections.abc import Callable

import pytest

from domain.access_events import AccessForced, RecordRead
from domain.access_rules import Action
from domain.engine_events import EscalationAcknowledged, ManagerNotified
from domain.event import Event
from domain.permission import visible
from projections.as_seen import AsSeen, as_seen, asker_then
from projections.board import BoardRow, counts, rows
from projections.trust import trust
from tests.histories import CHILD, CODE, corrected, moment, of_authority, person, source, told
from tests.projections.lived import Story
from tests.projections.world import MANAGERS, World, feed, of

MISSING = "Fri 3 Apr 2026 18:00"
SEEN = "Tue 7 Apr 2026 09:00"
LATER = "Thu 9 Apr 2026 09:00"
PEOPLE = (*MANAGERS, "designated_officer", "relative", "named", "west", "nobody")


@pytest.fixture
def busy(copy_of: Callable[[Story], World]) -> World:
    """An installation where much is going on."""
    return copy_of(three_are_missing)


def three_are_missing(world: World) -> None:
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


def test_what_was_forced_open_is_told_while_it_was_open(busy: World) -> None:
    """On no board, and to be opened all the same: by that person alone, and until it closed again."""
    opened = "Tue 7 Apr 2026 08:00"
    said = AccessForced(until=moment("Tue 7 Apr 2026 12:00"), reason="a reason of twenty letters")
    busy.record(
        Event(
            authority=CODE,
            kind="child",
            subject="CH-2",
            source="console",
            id="forced-1",
            said=said,
            occurred_at=moment(opened),
            by="west",
        ),
        at="Tue 7 Apr 2026 09:00",
    )
    open_then = replayed(busy, "west", "Tue 7 Apr 2026 10:00").forced
    (one,) = open_then

    assert (one.reference, one.stream) == ("CH-2", busy.stream("CH-2").hex)
    assert one.until == moment("Tue 7 Apr 2026 12:00")
    assert replayed(busy, "west", "Tue 7 Apr 2026 12:00").forced == ()
    assert replayed(busy, "named", "Tue 7 Apr 2026 10:00").forced == ()


def test_who_covered_for_whom_is_told_of_that_day(busy: World) -> None:
    """Of both of them, and only while it lasted; the row that cover opens is on the board."""
    days = {"from_on": "2026-04-08", "to_on": "2026-04-08"}
    busy.record(
        of_authority("person-away", "Tue 7 Apr 2026 10:00", person_ref="head_of_service", **days),
        person("head_of_service", "west", covers="head_of_service", **days),
        at="Tue 7 Apr 2026 10:00",
    )
    before, on, after = "Tue 7 Apr 2026 11:00", "Wed 8 Apr 2026 09:00", "Thu 9 Apr 2026 09:00"
    mine = replayed(busy, "west", on)
    theirs = replayed(busy, "head_of_service", on)

    assert [(one.person, one.covers) for one in mine.cover] == [("west", "head_of_service")]
    assert theirs.cover == mine.cover
    assert (mine.away, theirs.away) == (False, True)
    assert CHILD in {row.reference for row in mine.board.every}
    for at in (before, after):
        assert replayed(busy, "west", at).cover == ()
        assert replayed(busy, "west", at).board.every == ()


def test_how_far_each_source_had_been_heard_is_told(busy: World) -> None:
    """A feed that was late then was doubted then, whatever came afterwards; one to come is not there."""
    busy.record(
        source("nightly", delivers="batch", states=["visit-made"], late_after_hours=36),
        source("next-year", states=["visit-made"], from_on="2027-01-01"),
        at="Tue 7 Apr 2026 10:00",
    )
    busy.record(feed(moment("Tue 7 Apr 2026 12:00"), "nightly"), at="Tue 7 Apr 2026 12:00")
    in_time, late = "Wed 8 Apr 2026 09:00", "Thu 9 Apr 2026 09:00"
    before = trust(busy.log, busy.views, busy.authority(), moment(late)).doubts
    busy.record(feed(moment("Fri 10 Apr 2026 12:00"), "nightly"), at="Fri 10 Apr 2026 12:00")
    good, bad = replayed(busy, "named", in_time), replayed(busy, "named", late)
    feeds = {one.source: one for one in bad.feeds}

    assert {*feeds} == {"story", "nightly"}
    assert feeds["nightly"].complete_to == moment("Tue 7 Apr 2026 12:00")
    assert feeds["nightly"].late_from == moment("Thu 9 Apr 2026 00:00")
    assert feeds["story"].last_heard == moment("Tue 7 Apr 2026 12:00")
    assert feeds["story"].late_from is None
    assert {one.kind for one in good.doubts} == {"coverage"}
    assert list(bad.doubts) == [one for one in before if one.kind in {"feed", "coverage"}]


def test_whoever_asks_is_shown_only_what_they_may_see(busy: World) -> None:
    """An auditor's scope cuts every part of the replay, and leaves no count of what it cut."""
    missing = busy.stream("CH-3")
    said = RecordRead(
        route="/children/{ref}", child=missing.hex, purpose="case", rule="whole-authority"
    )
    busy.record(
        Event(
            authority=CODE,
            kind="reads",
            subject="named",
            source="console",
            id="read-one",
            said=said,
            occurred_at=moment(SEEN),
            by="named",
        ),
        at=SEEN,
    )
    whole = replayed(busy, "named")
    kept = whole.kept_to(lambda stream, _clock: stream == missing, lambda stream: stream == missing)
    none = whole.kept_to(lambda _stream, _clock: False, lambda _stream: False)

    assert {row.reference for row in kept.board.every} == {"CH-3"}
    assert [one.child for one in kept.looked] == [missing.hex]
    assert (none.board.every, none.told, none.promised, none.looked) == ((), (), (), ())


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
