"""Every event that can be recorded stands in the table of what it wakes."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from opentelemetry import trace

from domain.child_episode import escalation_id
from domain.engine_events import (
    BreachCured,
    ClockReassigned,
    ClockRetimed,
    EngineEvent,
    EscalationAcknowledged,
    ManagerNotified,
)
from domain.engine_vocabulary import ENGINE_EVENTS
from domain.event import Event, Kind, Recorded
from domain.facts import authority, corrections
from domain.facts.emergency_and_court import PoliceProtectionTaken
from domain.facts.fact import Fact
from domain.facts.vocabulary import FACTS
from domain.own_matters import REGISTRY
from tests.histories import fact
from workflows.poking import OF_A_CHILD, OF_THE_AUTHORITY, Poke, Wakes, going_on_from, pokes, wakes

STREAM = UUID(int=1)
NOW = datetime(2026, 4, 3, 18, tzinfo=UTC)
CLOCK = {
    "clock": "police-protection-72h.x",
    "clock_version": 2,
    "timescale": "police-protection-72h",
}
TOLD = {
    **CLOCK,
    "telling": "t-1",
    "about": "breach",
    "rung": 3,
    "role": "head_of_service",
    "person": "hal",
    "repeat": 0,
    "delivered": True,
}


def recorded(said: Fact | EngineEvent, position: int = 7, kind: Kind = "child") -> Recorded:
    """An event as the log has it."""
    event = Event(
        authority="sample",
        kind=kind,
        subject="C-1",
        source="liquidlogic",
        id=str(position),
        said=said,
        occurred_at=NOW,
        trace=f"00-{position:032x}-{position:016x}-01",
    )
    return Recorded(event, STREAM, 1, position, NOW)


def test_every_fact_and_every_event_of_ours_is_in_the_table() -> None:
    """A new event cannot be forgotten: nobody would notice a clock that is never asked about."""
    assert OF_A_CHILD.keys() == FACTS.keys() | ENGINE_EVENTS.keys()


def test_everything_an_authority_can_say_of_itself_is_in_its_table() -> None:
    """Whatever stands in its stream wakes its own episode, but for who speaks and who is told."""
    own = {name for name, wakes in OF_THE_AUTHORITY.items() if wakes != OF_A_CHILD[name]}

    assert OF_THE_AUTHORITY.keys() == OF_A_CHILD.keys()
    assert own == REGISTRY | {corrections.FactCorrected.NAME, corrections.FactWithdrawn.NAME}
    assert Wakes.EPISODE not in {OF_THE_AUTHORITY[name] for name in REGISTRY}


def test_every_fact_about_a_child_wakes_its_episode() -> None:
    """Corrections and withdrawals are facts too."""
    assert {OF_A_CHILD[name] for name in FACTS} == {Wakes.EPISODE}


def test_a_batch_gives_one_poke_for_each_child_with_the_newest_position() -> None:
    """Sixty facts imported about one child wake it once."""
    fact = PoliceProtectionTaken(police_protection_ref="P-1")

    found = pokes(recorded(fact, position) for position in (7, 8, 9))

    assert [poke.position for poke in found.episodes.values()] == [9]
    assert not found.ladders


@pytest.mark.parametrize(
    ("said", "ladder"),
    [
        (
            EscalationAcknowledged.model_validate(
                CLOCK | {"escalation": "e-1", "owner": "hal", "until": NOW, "reason": "other"}
            ),
            "e-1",
        ),
        (
            BreachCured.model_validate(CLOCK | {"verdict": "met"}),
            escalation_id("sample", "police-protection-72h.x", 2),
        ),
        (
            ClockRetimed.model_validate(CLOCK | {"from_due_at": NOW, "due_at": NOW}),
            escalation_id("sample", "police-protection-72h.x", 2),
        ),
        (ManagerNotified.model_validate(TOLD | {"channel": "digest"}), "t-1"),
    ],
)
def test_what_ends_or_changes_a_ladder_wakes_it(said: EngineEvent, ladder: str) -> None:
    """A promise, a cure, a new due instant, and what the morning digest told."""
    found = pokes([recorded(said)])

    assert [ref.telling for ref in found.ladders] == [ladder]
    assert not found.episodes


def test_what_a_ladder_told_by_itself_wakes_nothing() -> None:
    """It holds the newer plan already."""
    found = pokes([recorded(ManagerNotified.model_validate(TOLD | {"channel": "email"}))])

    assert not found.ladders


def test_a_handing_over_wakes_what_its_new_owner_is_told_by() -> None:
    """The open ladder or notice; nothing where none is open."""
    said = {"clock": "k", "clock_version": 1, "timescale": "t", "owner": "p", "until": NOW,
            "reason": "absence"}  # fmt: skip
    open_one = ClockReassigned.model_validate(said | {"telling": "ladder-1"})
    none_open = ClockReassigned.model_validate(said)

    assert [ref.telling for ref in pokes([recorded(open_one)]).ladders] == ["ladder-1"]
    assert not pokes([recorded(none_open)]).ladders


def test_what_an_authority_says_wakes_all_its_children_or_all_its_ladders() -> None:
    """A feed that has spoken may decide what waits for one; a person who leaves may free any promise."""
    fed = authority.FeedAdvanced(source="liquidlogic", complete_to=NOW)
    left = authority.PersonAssigned(person_ref="hal", role="head_of_service", from_on=NOW.date())
    report = authority.ReportPublished(
        kind="missing-quarterly", report_ref="R-1", period_ends_on=NOW.date()
    )

    found = pokes(
        recorded(fact, position, "authority") for position, fact in enumerate((fed, left, report))
    )

    assert found.fed_episodes == {"sample": Poke(0, f"00-{0:032x}-{0:016x}-01")}
    assert found.all_ladders.keys() == {"sample"}
    assert not found.all_episodes
    assert [poke.position for poke in found.episodes.values()] == [2]


@pytest.mark.parametrize(
    ("corrected", "woken"),
    [
        ("allegation-made", Wakes.EPISODE),
        ("person-away", Wakes.ALL_LADDERS),
        ("feed-advanced", Wakes.FED_EPISODES),
        ("policy-adopted", Wakes.ALL_EPISODES),
        ("tracker-compared", Wakes.NOTHING),
        ("fact-corrected", Wakes.ALL_EPISODES),
        (None, Wakes.ALL_EPISODES),
    ],
)
def test_a_correction_of_the_authority_wakes_whom_its_fact_woke(
    corrected: str | None, woken: Wakes
) -> None:
    """Not everybody: only where it is not known what it corrects, or where that woke everybody."""
    for name in ("fact-corrected", "fact-withdrawn"):
        said = recorded(fact(name), kind="authority")

        assert wakes(said, corrected) == woken
        assert wakes(recorded(fact(name)), corrected) == Wakes.EPISODE


def test_a_poke_goes_on_under_the_trace_of_the_request_that_told_the_fact() -> None:
    """One trace leads from the door to the letter."""
    with going_on_from(Poke(7, f"00-{7:032x}-{7:016x}-01")):
        inside = trace.get_current_span().get_span_context().trace_id

    assert inside == 7
    assert not trace.get_current_span().get_span_context().is_valid


def test_a_poke_without_a_trace_begins_its_own() -> None:
    """The reconciler's pokes belong to no request."""
    with going_on_from(Poke(7)):
        assert not trace.get_current_span().get_span_context().is_valid


def test_a_panel_s_dates_poke_everybody_who_may_wait_for_them() -> None:
    """Published or put off they wake every open episode; who was asked or in the room wakes nobody."""
    dates = fact("panel-sittings-published"), fact("panel-sitting-postponed")
    for said in dates:
        found = pokes([recorded(said, kind="authority")])

        assert list(found.all_episodes) == ["sample"]
    for name in (
        "panel-attendance-recorded",
        "panel-member-invited",
        "panel-invitation-extended",
        "panel-invitation-withdrawn",
        "panel-sharing-agreed",
    ):
        assert pokes([recorded(fact(name), kind="authority")]) == pokes([])
