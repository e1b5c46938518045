"""Who looked at what, and what of it is unusual."""

from datetime import timedelta

from domain.access_events import AccessForced, OwnRecordAsked, RecordRead, SearchMissed
from domain.event import CONSOLE, Event
from domain.permission import Condition, Grant, Visible
from projections.board_view import rebuild
from projections.looks import MANY, MISSES, NOT_FOUND, Asked, looks, to_review, unusual
from store.sealing import Said
from tests.histories import CODE, moment
from tests.projections.world import World

NOON = moment("Mon 11 Jan 2016 12:00")
NIGHT = moment("Mon 11 Jan 2016 22:00")
SUNDAY = moment("Sun 10 Jan 2016 12:00")


def read(
    world: World, person: str, number: int, rule: str = "own-teams", purpose: str = "case"
) -> None:
    """Somebody is shown one child."""
    said = RecordRead(route="/children/{ref}", child=f"c{number}", purpose=purpose, rule=rule)
    world.log.append(
        [
            Event(
                authority=CODE, kind="reads", subject=person, source=CONSOLE, by=person,
                id=f"{person}-{number}-{rule}-{world.now}", said=said, occurred_at=world.now,
            )
        ]
    )  # fmt: skip


def note(world: World, person: str, *said: Said) -> None:
    """Something is added to the record of somebody's looks."""
    world.log.append(
        [
            Event(
                authority=CODE, kind="reads", subject=person, source=CONSOLE, by=person,
                id=f"{person}-{one.NAME}-{number}", said=one, occurred_at=world.now,
            )
            for number, one in enumerate(said)
        ]
    )  # fmt: skip


def test_looks_are_listed_as_they_are_asked_for(world: World) -> None:
    """The latest first, narrowed and counted in the database; rebuilding adds none twice."""
    for at, person, number, purpose in (
        (SUNDAY, "P-1", 1, "case"),
        (NOON, "P-1", 2, "audit"),
        (NIGHT, "P-2", 1, "case"),
    ):
        world.now = at
        read(world, person, number, purpose=purpose)
    rebuild(world.views, world.log, world.authority)
    every, total = looks(world.views, CODE, Asked())
    asked = [
        Asked(person="P-1"),
        Asked(child="c1"),
        Asked(purpose="audit"),
        Asked(from_at=NOON, to_at=NIGHT),
    ]

    assert [one.person for one in every] == ["P-2", "P-1", "P-1"]
    assert total == 3
    assert [looks(world.views, CODE, one)[1] for one in asked] == [2, 2, 1, 1]
    assert looks(world.views, CODE, Asked(), offset=1, limit=1)[0] == (every[1],)


def test_what_is_unusual_is_named(world: World) -> None:
    """Many children in a day, out of hours, forced open, of other teams; not the work of a night duty."""
    world.now = SUNDAY
    read(world, "P-4", 2)
    world.now = NOON
    for number in range(MANY):
        read(world, "P-1", number)
    read(world, "P-2", 1, rule="told")
    read(world, "P-3", 1, rule="forced")
    world.now = NIGHT
    read(world, "P-4", 1)
    read(world, "P-5", 1)
    rebuild(world.views, world.log, world.authority)
    found = unusual(world.views, CODE, Asked(), {"P-5"})

    assert {(one.person, one.kind, one.count) for one in found} == {
        ("P-1", "many-children", MANY),
        ("P-2", "of-other-teams", 1),
        ("P-3", "forced-open", 1),
        ("P-4", "out-of-hours", 1),
    }
    assert len(found) == 5


def test_who_asked_for_their_own_record_is_named_and_does_not_learn_of_it(world: World) -> None:
    """Whoever watches reads of each attempt; among a person's own looks nothing says that it exists."""
    world.now = NOON
    read(world, "P-1", 1)
    refused = OwnRecordAsked(route="/children/{ref}", child="c2", purpose="case", rule="own-record")
    for number in (1, 2):
        world.log.append(
            [
                Event(
                    authority=CODE, kind="reads", subject="P-1", source=CONSOLE, by="P-1",
                    id=f"asked-{number}", said=refused, occurred_at=NOON,
                )
            ]
        )  # fmt: skip
    rebuild(world.views, world.log, world.authority)
    (found,) = unusual(world.views, CODE, Asked(), set())

    assert (found.person, found.kind, found.count) == ("P-1", "own-family", 2)
    assert looks(world.views, CODE, Asked("P-1"))[1] == 3
    assert [one.child for one in looks(world.views, CODE, Asked("P-1", own=True))[0]] == ["c1"]


def test_what_was_forced_open_waits_for_somebody_else(world: World) -> None:
    """Nobody reviews what they did themselves, nor what they may not see."""
    world.now = NOON
    said = AccessForced(
        until=NOON + timedelta(hours=4), reason="she is at the door, nobody else is here"
    )
    world.log.append(
        [
            Event(
                authority=CODE, kind="child", subject="CH-1", source=CONSOLE, by="P-1",
                id="t-forced", said=said, occurred_at=NOON,
            )
        ]
    )  # fmt: skip
    rebuild(world.views, world.log, world.authority)

    everything = (Grant("whole-authority", CODE, None),)
    north = (Grant("own-teams", CODE, Condition("team", frozenset({"north"}))),)

    def waiting(person: str, grants: tuple[Grant, ...]) -> list[str]:
        seen = Visible(grants, person)
        return [one.person for one in to_review(world.views, CODE, person, NOON, visible=seen)]

    assert waiting("P-1", everything) == []
    assert waiting("P-2", everything) == ["P-1"]
    assert waiting("P-2", north) == []
    assert waiting("P-2", ()) == []


def test_a_file_is_found_by_each_child_whom_it_carried(world: World) -> None:
    """And by no other; it is one look, counted once, and no look at one child."""
    world.now = NOON
    read(world, "P-1", 1)
    file = RecordRead(
        route="/board.csv",
        purpose="case",
        rule="own-teams",
        children=("c1", "c2", "c1"),
        sha256="a",
    )
    note(world, "P-2", file)
    rebuild(world.views, world.log, world.authority)
    rebuild(world.views, world.log, world.authority)
    of_both, total = looks(world.views, CODE, Asked(child="c1"))
    (carried,), _ = looks(world.views, CODE, Asked(child="c2"))

    assert {one.person for one in of_both} == {"P-1", "P-2"}
    assert total == 2
    assert (carried.child, carried.carried, carried.sha256) == (None, 2, "a")
    assert looks(world.views, CODE, Asked(child="c3")) == ((), 0)
    assert looks(world.views, "344", Asked(child="c1")) == ((), 0)
    assert looks(world.views, CODE, Asked(of_children=True))[1] == 1


def test_what_refreshes_itself_is_listed_and_not_unusual(world: World) -> None:
    """A board left open at night is no look of anybody."""
    world.now = NIGHT
    by_itself = RecordRead(route="/board", purpose="case", rule="own-teams", unattended=True)
    note(world, "P-1", by_itself, by_itself.model_copy(update={"unattended": False}))
    rebuild(world.views, world.log, world.authority)
    found, _ = looks(world.views, CODE, Asked())

    assert sorted(one.unattended for one in found) == [False, True]
    assert [(one.kind, one.count) for one in unusual(world.views, CODE, Asked(), set())] == [
        ("out-of-hours", 1)
    ]


def test_searches_that_find_nothing_are_unusual_once_they_are_many(world: World) -> None:
    """They are no looks, whatever the hour; among a person's own looks nothing says of them."""
    world.now = NIGHT
    for person, times in (("P-1", MISSES), ("P-2", MISSES - 1)):
        missed = [
            SearchMissed(route="/children", child=f"c{number}", purpose="case")
            for number in range(times)
        ]
        note(world, person, *missed)
    rebuild(world.views, world.log, world.authority)
    found = unusual(world.views, CODE, Asked(), set())

    assert [(one.person, one.kind, one.count) for one in found] == [("P-1", "searched", MISSES)]
    assert {one.rule for one in looks(world.views, CODE, Asked("P-2"))[0]} == {NOT_FOUND}
    assert looks(world.views, CODE, Asked("P-1", own=True)) == ((), 0)
