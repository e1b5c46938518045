"""Exports of many records: what was proposed, and whose decision of it counts."""

from datetime import datetime
from typing import Final
from uuid import UUID

from domain.access_events import BulkExportDecided, BulkExportProposed, BulkExportTaken, ScopeEnded
from domain.bulk_exports import BulkExport, bulk_exports, hash_of, may_decide
from domain.engine_events import EngineEvent
from domain.event import Event, Recorded
from tests.histories import CODE, moment

NOW: Final = moment("Mon 11 Jan 2016 09:00")
UNTIL: Final = moment("Mon 18 Jan 2016 00:00")
LATER: Final = moment("Fri 1 Apr 2016 00:00")
ASKED: Final = BulkExportProposed(
    scope=UUID(int=9), purpose="audit", kinds=("pdf",), children=("a", "b")
)


def told(*said: tuple[str | None, EngineEvent]) -> BulkExport:
    """The export that an authority's stream tells of, after what was said by whom."""
    history = [
        Recorded(
            Event(
                authority=CODE, kind="authority", subject=CODE, source="console", id=str(number),
                said=each, occurred_at=NOW, by=by,
            ),
            UUID(int=1), number, number, NOW,
        )
        for number, (by, each) in enumerate((("Q", ASKED), *said), start=1)
    ]  # fmt: skip
    (found,) = bulk_exports(history)
    return found


def decision(
    *, confirmed: bool = True, sha256: str = "", until: datetime | None = UNTIL
) -> EngineEvent:
    """What somebody decides of it."""
    first = told()
    return BulkExportDecided(
        proposed=first.event_id, sha256=sha256 or hash_of(ASKED), confirmed=confirmed, until=until
    )


def test_only_a_second_person_decides() -> None:
    """Nobody their own, and nobody whose name is not known."""
    assert not told(("Q", decision())).confirmed
    assert not told((None, decision())).confirmed
    assert told(("P", decision())).confirmed
    assert not may_decide(told(), "Q")


def test_a_decision_of_something_else_does_not_count() -> None:
    """It carries the hash of what was shown to whoever decides."""
    other = ASKED.model_copy(update={"children": ("a", "b", "c")})

    assert not told(("P", decision(sha256=hash_of(other)))).confirmed
    assert hash_of(other) != hash_of(ASKED)


def test_the_first_decision_stands() -> None:
    """What was declined is not confirmed afterwards by somebody else."""
    found = told(("P", decision(confirmed=False, until=None)), ("R", decision()))

    assert (found.confirmed, found.decided_by) == (False, "P")
    assert not found.waits(LATER, NOW)
    assert not found.is_open(LATER, NOW)


def test_it_is_open_for_some_days_and_no_longer_than_its_scope() -> None:
    """Before its decision it waits, while its scope lasts."""
    waits, found = told(), told(("P", decision()))

    assert waits.waits(LATER, NOW)
    assert not waits.waits(NOW, NOW)
    assert not waits.is_open(LATER, NOW)
    assert found.is_open(LATER, NOW)
    assert not found.is_open(LATER, UNTIL)
    assert not found.is_open(NOW, NOW)


def test_each_taking_is_kept() -> None:
    """What belongs to no export that was proposed is no export."""
    first = told()
    taken = BulkExportTaken(proposed=first.event_id, children=("a",), sha256="f")
    stray = BulkExportTaken(proposed=UUID(int=3), children=("a",), sha256="f")
    lost = BulkExportDecided(proposed=UUID(int=3), sha256="f", confirmed=True)
    found = told(
        ("P", decision()),
        ("Q", taken),
        ("Q", stray),
        ("P", lost),
        ("P", ScopeEnded(scope=UUID(int=9))),
    )

    assert [(one.at, one.children, one.sha256) for one in found.taken] == [(NOW, ("a",), "f")]
