"""Whatever lists or counts children takes what may be seen, and leaves out what may not."""

import inspect
import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, Final

import pytest

import projections
from domain.permission import Condition, Grant, Visible
from projections.trust import trust
from projections.unallocated import unallocated
from store.views import Views
from tests.histories import CODE, moment, person, source, told
from tests.projections.test_unallocated import GONE, MISSING
from tests.projections.world import MANAGERS, World

NOT_FOR_PEOPLE: Final = {
    "projections.outstanding": "what the dispatcher waits for; no page shows it",
    "projections.digest": "what the worker has to tell, whom the domain admits one by one",
    "projections.measures": "what the machinery is measured by; no page shows it",
    "projections.signs_of_life": "when processes and feeds were heard, and of no child",
    "projections.looks": "who looked at what, for the information-governance officer",
    "projections.permitted": "the condition itself",
    "projections.tables": "the tables themselves",
    "projections.alike": "what processes run with, and of no child",
    "projections.shape": "of which release the tables are, and of no child",
    "projections.board_view": "how the tables are filled",
    "projections.agenda": "kept to what may be seen by its page, child by child",
}
"""The rooms whose functions ask the views for something else than a person's list, and why."""
ASKED_BY_ID: Final = {
    "projections.board.find_clock": "the gate asks the rules of what it finds",
    "projections.trust.late_since": "of feeds",
    "projections.kept_record.kept_record": "what the gate asks the rules of",
    "projections.board.find_escalation": "the gate asks the rules of what it finds",
    "projections.board.find_child": "the gate asks the rules of it",
    "projections.board.children": "what the command line lists for an operator",
    "projections.trust.behind": "of the projector",
    "projections.trust.silent": "of the dispatcher",
    "projections.trust.late_feeds": "of feeds",
    "projections.trust.unreadable": "of rows that nobody can read",
    "projections.trust.unlike": "of processes",
    "projections.trust.trust_in": "the whole of it, for who runs Daymark",
    "projections.restricted.restricted_records": "of which a head learns only how many nobody can open",
}
NOBODY: Final = Visible((), "x")
ALL: Final = Visible((Grant("whole-authority", CODE, None),), "x")
OTHERS: Final = Visible((Grant("own-teams", CODE, Condition("team", frozenset({"west"}))),), "x")


def asking() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every public function of the projections that is given the views to read."""
    for found in pkgutil.iter_modules(projections.__path__, "projections."):
        if found.name in NOT_FOR_PEOPLE:
            continue
        for name, value in vars(import_module(found.name)).items():
            mine = inspect.isfunction(value) and value.__module__ == found.name
            if mine and not name.startswith("_") and given_views(value):
                yield f"{found.name}.{name}", value


def given_views(function: Callable[..., Any]) -> bool:
    """Whether a function reads the views, and so may list."""
    return any(
        one.annotation is Views
        for one in inspect.signature(function, eval_str=True).parameters.values()
    )


def test_every_function_that_lists_or_counts_takes_what_may_be_seen() -> None:
    """One that forgets it would show, or count, a restricted child to everybody."""
    forgetful = {
        name
        for name, function in asking()
        if "visible" not in inspect.signature(function).parameters and name not in ASKED_BY_ID
    }

    assert forgetful == set()


@pytest.fixture
def alone(world: World) -> World:
    """A restricted child is missing, and nobody manages the return interviews."""
    others = [person(role) for role in MANAGERS if role != "return_interview_team_manager"]
    world.record(source(), *others)
    world.record(GONE, at=MISSING)
    world.record(told("record-restricted", MISSING, people=("named",), reason="adoption"))
    world.take_in()
    return world


@pytest.mark.parametrize("seen", [NOBODY, ALL, OTHERS])
def test_a_restricted_child_is_counted_in_no_queue_and_no_doubt(
    alone: World, seen: Visible
) -> None:
    """Neither the queue nor the trust line of who is not named knows of it, whatever else they see."""
    late = moment("Tue 7 Apr 2026 09:00")
    queue = unallocated(alone.views, alone.authority(), moment(MISSING), visible=seen)
    found = trust(alone.log, alone.views, alone.authority(), late, visible=seen)

    assert (queue.waiting, found.total, found.covered) == ((), 0, 0)
    assert not any(one.kind == "coverage" for one in found.doubts)


def test_who_is_named_sees_it_counted(alone: World) -> None:
    """The control."""
    late, named = moment("Tue 7 Apr 2026 09:00"), ALL._replace(person="named")
    queue = unallocated(alone.views, alone.authority(), moment(MISSING), visible=named)
    found = trust(alone.log, alone.views, alone.authority(), late, visible=named)

    assert queue.waiting
    assert found.total > found.covered
    assert any(one.kind == "coverage" for one in found.doubts)
