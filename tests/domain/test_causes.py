"""Every change of what is said of a clock names the event that caused it."""

from uuid import UUID

from domain.child_episode import from_history, outstanding, perform
from domain.engine_events import BreachCured, BreachWorsened, ClockRetimed
from domain.event import Recorded
from tests.domain.play import Play, begin
from tests.domain.test_escalation import GONE, MET
from tests.histories import corrected, moment, told, withdrawn

CONFERENCE = told("section-47-started", "Mon 2 Mar 2026")
FIRM = told("section-47-concluded", "Mon 2 Mar 2026", conference_required=True)


def causes(
    play: Play, kind: type[BreachCured | BreachWorsened | ClockRetimed]
) -> list[UUID | None]:
    """What each change of one kind names as its cause."""
    return [said.cause for one in play.events if isinstance(said := one.event.said, kind)]


def broken() -> Play:
    """A child missing since Tuesday, with the breach told."""
    play = begin("Tue 10 Mar 2026 09:30", GONE)
    play.until("Fri 13 Mar 2026 09:30")
    return play


def moved(to: str, number: int) -> Recorded:
    """The child was last seen at another time than was first told."""
    at = f"Fri 13 Mar 2026 1{number}:00"
    return corrected(GONE, at, sequence=number, identity=f"c{number}", occurred_at=to)


def test_a_cure_names_the_fact_that_shows_it_was_done() -> None:
    """Not a note that came in after it, and not the start."""
    play = broken()
    play.tell(MET, told("case-allocated", "Fri 13 Mar 2026"))
    play.until("Fri 13 Mar 2026 10:00")

    assert causes(play, BreachCured) == [MET.event_id]


def test_a_cure_names_the_withdrawal_of_what_never_was() -> None:
    """There is no clock left to ask."""
    play = broken()
    gone = withdrawn(GONE, "Fri 13 Mar 2026 10:00")
    play.tell(gone)
    play.until("Fri 13 Mar 2026 11:00")

    assert causes(play, BreachCured) == [gone.event_id]


def test_a_cure_names_the_correction_of_the_stop() -> None:
    """The meeting was told late, then proved to have been held in time."""
    play = broken()
    late = told(
        "strategy-meeting-held", "Fri 13 Mar 2026 10:00",
        missing_episode_refs=("missing_episode-1",),
    )  # fmt: skip
    play.tell(late)
    play.until("Fri 13 Mar 2026 11:00")
    earlier = corrected(late, "Fri 13 Mar 2026 12:00", occurred_at="Fri 13 Mar 2026 08:00")
    play.tell(earlier)
    play.until("Fri 13 Mar 2026 13:00")

    assert causes(play, BreachCured) == [earlier.event_id]


def test_a_breach_made_worse_names_the_correction_each_time() -> None:
    """Late for longer twice over: two events, each with its own cause."""
    play = broken()
    first, second = moved("Tue 10 Mar 2026 06:00", 1), moved("Tue 10 Mar 2026 05:00", 2)
    for one in (first, second):
        play.tell(one)
        play.until(f"Fri 13 Mar 2026 1{1 + (one is second)}:30")

    assert causes(play, BreachWorsened) == [first.event_id, second.event_id]


def test_a_clock_moved_names_the_correction() -> None:
    """The start was later than was told."""
    play = broken()
    later = moved("Tue 10 Mar 2026 10:00", 1)
    play.tell(later)
    play.until("Fri 13 Mar 2026 11:30")

    assert causes(play, ClockRetimed) == [later.event_id]


def test_a_message_recorded_meanwhile_hides_no_cause() -> None:
    """The letter about the breach went out just as the meeting was recorded."""
    play = begin("Tue 10 Mar 2026 09:30", GONE)
    play.until("Fri 13 Mar 2026 08:59")
    play.now = moment("Fri 13 Mar 2026 09:00")
    play.do()
    play.tell(MET)
    episode = from_history(tuple(play.events))
    (stage,) = [one for one in outstanding(episode, play.authority) if one.doing == "cure"]
    told_before = play.count(BreachCured)
    for event in perform(episode, play.authority, stage, play.now):
        play.record(event, play.now)

    assert told_before == 0
    assert causes(play, BreachCured) == [MET.event_id]
