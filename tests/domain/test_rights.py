"""Who may see what, as the streams say it."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from domain.access_events import (
    AccessForced,
    ForcedAccessReviewed,
    RestrictionLifted,
    RestrictionLiftProposed,
    RestrictionWidened,
    RestrictionWideningProposed,
)
from domain.access_rules import Action
from domain.engine_events import EngineEvent, ManagerNotified
from domain.event import CONSOLE, Event, Recorded
from domain.facts.corrections import FactWithdrawn
from domain.facts.fact import EventName, Fact
from domain.facts.whole_child import (
    CaseAllocated,
    ChildReferencesJoined,
    RecordRestricted,
    StaffRelationDeclared,
)
from domain.permission import Asker, Post, Record, may, visible
from domain.rights import LEADS_TO, WITHHOLDS, forced, forced_open, led_to, restriction, withheld
from tests.histories import moment

NOW = moment("Mon 11 Jan 2016 09:00")
STREAM = UUID(int=1)


def said(number: int, what: Fact | EngineEvent, by: str | None) -> Recorded:
    """Something a person did, as recorded."""
    event = Event(
        authority="344", kind="child", subject="CH-1", source=CONSOLE, id=str(number),
        said=what, occurred_at=NOW, by=by,
    )  # fmt: skip
    return Recorded(event, STREAM, number, number, NOW)


CLOSED = said(1, RecordRestricted(people=("P-1", "P-2"), reason="adoption"), "P-1")
PROPOSED = said(2, RestrictionLiftProposed(restricted=CLOSED.event_id), "P-1")


def test_two_people_lift_a_restriction() -> None:
    """One alone does not, nor nobody, nor a confirmation of something else."""
    mine = said(3, RestrictionLifted(proposed=PROPOSED.event_id), "P-1")
    nobodys = said(3, RestrictionLifted(proposed=PROPOSED.event_id), None)
    other = said(3, RestrictionLifted(proposed=CLOSED.event_id), "P-2")
    theirs = said(3, RestrictionLifted(proposed=PROPOSED.event_id), "P-2")

    for confirmed in (mine, nobodys, other):
        found = restriction([CLOSED, PROPOSED, confirmed])
        assert found is not None
        assert found.named == {"P-1", "P-2"}
    assert restriction([CLOSED, PROPOSED, theirs]) is None
    assert restriction([PROPOSED, theirs]) is None


def test_what_withholds_a_record_is_told_by_few_events() -> None:
    """By their names alone: a relation that was withdrawn is none, and everything else is left aside."""
    kin = said(3, StaffRelationDeclared(person_ref="P-9"), None)
    gone = said(
        4,
        FactWithdrawn(corrected_event=EventName(source=CONSOLE, id="3"), reason="never-happened"),
        None,
    )
    record = Record("child", "344", stream=STREAM.hex)
    told = [CLOSED, PROPOSED, kin]

    assert {one.event.name for one in (*told, gone)} <= set(WITHHOLDS)
    assert withheld(told, record) == replace(
        record, restricted=True, named=frozenset({"P-1", "P-2"}), family=frozenset({"P-9"})
    )
    assert withheld([*told, gone], record).family == frozenset()
    assert withheld([], record) == record


def test_to_whom_a_record_leads_is_told_by_few_events() -> None:
    """Whose it is now, who was told of the clock; where another reference was named, only the whole tells."""
    first = said(
        1, CaseAllocated(duty_ref="d", team_ref="north", worker_ref="W", role="lead"), None
    )
    second = said(2, CaseAllocated(duty_ref="d", team_ref="south", role="lead"), None)
    told = said(
        3,
        ManagerNotified(
            clock="c", clock_version=1, timescale="t", telling="l", about="breach", rung=1,
            role="r", person="P-4", channel="email", repeat=0, delivered=True,
        ),
        None,
    )  # fmt: skip
    other = said(4, ChildReferencesJoined(other_child="CH-2"), None)
    record = Record("clock", "344", stream=STREAM.hex)
    last = max(first, second, key=lambda one: one.event_id)

    assert {one.event.name for one in (first, second, told, other)} <= set(LEADS_TO)
    assert led_to([first, told], record, "c") == replace(
        record, team="north", worker="W", told=frozenset({"P-4"})
    )
    assert led_to([first, told], record, None) == replace(record, team="north", worker="W")
    found = led_to([first, second], record, None)
    assert found is not None
    assert isinstance(last.event.said, CaseAllocated)
    assert found.team == last.event.said.team_ref
    assert led_to([], record, "c") == record
    assert led_to([first, other], record, "c") is None


def restricted_to(number: int, *people: str, by: str | None = None) -> Recorded:
    """A restriction to some people, by one of them or by a source."""
    return said(number, RecordRestricted(people=people, reason="review"), by)


def named(*history: Recorded) -> set[str]:
    """Who may see the record after all that."""
    found = restriction(history)
    return set(found.named) if found else set()


def test_whoever_restricts_again_takes_names_away_and_adds_none() -> None:
    """One of those named, or a source; where nobody would be left it changes nothing."""
    assert named(CLOSED, restricted_to(3, "P-2", by="P-2")) == {"P-2"}
    assert named(CLOSED, restricted_to(3, "P-2", "P-3", by="P-2")) == {"P-2"}
    assert named(CLOSED, restricted_to(3, "P-3", "P-4")) == {"P-1", "P-2"}
    assert named(CLOSED, restricted_to(3)) == {"P-1", "P-2"}


def test_two_people_let_more_people_see_it() -> None:
    """One alone does not, nor nobody, nor a confirmation of something else."""
    asked = RestrictionWideningProposed(restricted=CLOSED.event_id, people=("P-3",))
    wants = said(3, asked, "P-1")
    unsigned = said(4, asked, None)
    unknown = said(4, asked.model_copy(update={"restricted": STREAM}), "P-2")

    def confirmed(by: str | None, of: UUID = wants.event_id) -> Recorded:
        return said(5, RestrictionWidened(proposed=of), by)

    for one in (confirmed("P-1"), confirmed(None), confirmed("P-2", CLOSED.event_id)):
        assert named(CLOSED, wants, one) == {"P-1", "P-2"}
    assert named(CLOSED, wants, confirmed("P-2")) == {"P-1", "P-2", "P-3"}
    assert named(CLOSED, wants, unsigned, unknown, confirmed("P-2")) == {"P-1", "P-2", "P-3"}
    assert named(CLOSED, confirmed("P-2")) == {"P-1", "P-2"}
    assert named(wants, confirmed("P-2")) == set()
    # Once, and never again by the same word.
    less = restricted_to(6, "P-1", "P-2", by="P-2")
    assert named(CLOSED, wants, confirmed("P-2"), less, confirmed("P-2")) == {"P-1", "P-2"}


def test_what_was_proposed_waits_whoever_restricts_again() -> None:
    """It may name the restriction by whichever time it was stated; after the lifting it names nothing."""
    again = restricted_to(3, "P-1", "P-2", by="P-2")
    late = said(4, RestrictionLiftProposed(restricted=again.event_id), "P-1")
    lifted = said(5, RestrictionLifted(proposed=PROPOSED.event_id), "P-2")
    anew = restricted_to(6, "P-7")
    old = said(7, RestrictionLiftProposed(restricted=CLOSED.event_id), "P-1")

    assert not named(CLOSED, PROPOSED, again, lifted)
    assert not named(CLOSED, again, late, said(5, RestrictionLifted(proposed=late.event_id), "P-2"))
    assert named(
        CLOSED,
        PROPOSED,
        lifted,
        anew,
        old,
        said(8, RestrictionLifted(proposed=old.event_id), "P-2"),
    ) == {"P-7"}


def test_a_record_is_open_to_who_forced_it_and_nobody_reviews_himself() -> None:
    """Until the last of the hours; a review counts only by another."""
    until = NOW + timedelta(hours=4)
    opened = said(
        1, AccessForced(until=until, reason="she is at the door, nobody else here"), "P-1"
    )
    nobodys = said(
        2, AccessForced(until=until, reason="she is at the door, nobody else here"), None
    )
    mine = said(3, ForcedAccessReviewed(forced=opened.event_id, right=True), "P-1")
    theirs = said(4, ForcedAccessReviewed(forced=opened.event_id, right=True), "P-2")

    assert forced_open([opened, nobodys], "P-1") == until
    assert forced_open([opened], "P-2") is None
    assert [one.reviewed_by for one in forced([opened, mine])] == [None]
    assert [one.reviewed_by for one in forced([opened, mine, theirs])] == ["P-2"]


def test_a_post_in_one_authority_opens_nothing_in_another() -> None:
    """One person may work in several, each with posts of its own."""
    both = Asker(
        "P-1",
        (
            Post("344", "head_of_service", None),
            Post("343", "team_manager", frozenset({"north"})),
        ),
    )

    def sees(authority: str, team: str, at: datetime = NOW) -> bool:
        record = Record("child", authority, stream="s", team=team)
        return may(both, Action.SEE, record, "case", at).allowed

    assert sees("344", "south")
    assert sees("343", "north")
    assert not sees("343", "south")
    assert not sees("342", "north")
    assert {one.authority for one in visible(both, Action.SEE, "child", "case", NOW).grants} == {
        "344",
        "343",
    }
