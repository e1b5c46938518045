"""Who is poked, and whose workflow begins anew, where very many are overdue: nobody waits for ever."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from uuid import UUID

import pytest
from temporalio.service import RPCError, RPCStatusCode

import reconciler
from domain.errors import Unavailable
from projections.outstanding import Waiting
from reconciler import AGAIN, AT_ONCE, WITHOUT_EFFECT, Turn, sent, turns
from tests.histories import moment

DUE = moment("Mon 9 Mar 2026 09:00")


def crowd(many: int) -> list[Waiting]:
    """So many children of whom something is overdue."""
    return [Waiting("north", UUID(int=number), DUE) for number in range(many)]


def looked(late: Iterable[Waiting], times: int) -> list[Turn]:
    """Several looks at children whom nothing moves."""
    found = [turns(tuple(late), {}, worked_off=False)]
    while len(found) < times:
        found.append(turns(tuple(late), found[-1].tries, worked_off=False))
    return found


def test_every_workflow_of_a_crowd_that_stands_still_begins_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As after an upgrade that none of them survives: some at each look, the most urgent first."""
    monkeypatch.setattr(reconciler, "ANEW", 2)
    late = crowd(5)
    found = looked(late, WITHOUT_EFFECT + 3)

    assert [turn.anew for turn in found] == [*[[]] * WITHOUT_EFFECT, late[:2], late[2:4], late[4:]]


def test_who_cannot_be_moved_does_not_keep_the_others_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where more are overdue than one look can poke, each is poked before any is poked again."""
    monkeypatch.setattr(reconciler, "BATCH", 2)
    late = crowd(9)
    pokes = Counter(one for turn in looked(late, 9) for one in turn.again)

    assert set(pokes) == set(late)
    assert set(pokes.values()) == {2}


def test_who_was_not_poked_is_not_held_to_be_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    """A workflow begins anew after so many pokes, and not after so much waiting for one."""
    monkeypatch.setattr(reconciler, "BATCH", 1)
    late = crowd(9)
    pokes, before = Counter[Waiting](), Counter[int]()
    for turn in looked(late, 45):
        before.update(pokes.pop(one) for one in turn.anew)
        pokes.update(turn.again)

    assert set(before) == {WITHOUT_EFFECT // AGAIN}


def test_while_a_crowd_is_worked_off_nobody_is_poked_and_nothing_counts() -> None:
    """It waits for the worker, and a workflow that waits is not stuck."""
    late = crowd(3)
    before = looked(late, 3)[-1]
    meanwhile = turns(late[:2], before.tries, worked_off=True)

    assert (meanwhile.anew, meanwhile.again) == ([], [])
    assert meanwhile.tries == dict.fromkeys(late[:2], 3)
    assert turns(late[:2], meanwhile.tries, worked_off=False).again == late[:2]


async def test_once_temporal_is_not_reached_the_rest_is_not_tried() -> None:
    """Each would wait until it gives up; what fails for a reason of its own stops no other."""
    tried = Counter[str]()

    async def refused() -> None:
        tried["refused"] += 1
        message = "this one cannot be judged"
        raise Unavailable(message)

    async def unreached() -> None:
        tried["unreached"] += 1
        await asyncio.sleep(0)
        message = "Timeout expired"
        raise RPCError(message, RPCStatusCode.CANCELLED, b"")

    async def accepted() -> None:
        tried["accepted"] += 1

    went, failed = await sent([refused, *[accepted] * 30])
    none, away = await sent([unreached] * 3 * AT_ONCE)

    assert (went, len(failed)) == (30, 1)
    assert (none, len(away)) == (0, AT_ONCE)
    assert tried == {"refused": 1, "accepted": 30, "unreached": AT_ONCE}
