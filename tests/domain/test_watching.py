"""Who hears that Daymark cannot be relied on: an operator first, the head of service a day later."""

from dataclasses import replace
from datetime import timedelta

from domain.authority import Authority
from domain.authority import authority as authority_of
from domain.engine_events import OperatorTold
from domain.watching import LADDER, told, words
from tests.histories import CODE, england, moment, person, working_days

SINCE = moment("Fri 3 Apr 2026 18:00")
MINUTES = timedelta(minutes=1)
HOURS = timedelta(hours=1)


def staffed() -> Authority:
    """An authority with an operator and a head of service."""
    people = (person("administrator", "ada"), person("head_of_service", "hal"))
    return authority_of(CODE, england(), working_days(), people)


def heard(after: timedelta, known: Authority | None = None) -> list[tuple[int, str]]:
    """Who has been told of a silent source, so long after it fell silent."""
    found = words(known or staffed(), "feed", "liquidlogic", SINCE, SINCE + after)
    return [(one.rung, one.person) for one in found]


def test_what_passes_by_itself_wakes_nobody() -> None:
    """A process that is started again is not worth a letter; ten minutes are."""
    assert heard(9 * MINUTES) == []
    assert heard(10 * MINUTES) == [(1, "ada")]


def test_a_day_later_the_head_of_service_hears_it_too() -> None:
    """An operator who is away keeps nobody in the dark, bank holiday or not."""
    assert heard(24 * HOURS) == [(1, "ada")]
    assert heard(24 * HOURS + 10 * MINUTES) == [(1, "ada"), (2, "hal")]


def test_each_person_hears_of_a_doubt_once_a_london_day() -> None:
    """The same word of the same day has the same identity; the next day's has another."""
    first, second, tomorrow = (
        next(words(staffed(), "feed", "liquidlogic", SINCE, SINCE + after))
        for after in (10 * MINUTES, 5 * HOURS, 7 * HOURS)
    )
    events = [told(staffed(), one, SINCE) for one in (first, second, tomorrow)]

    assert first.key == second.key == "doubt/feed/liquidlogic/2026-04-03/told/1/ada/email"
    assert events[0].identity == events[1].identity != events[2].identity
    assert events[0].kind == "authority"


def test_what_has_no_beginning_is_told_at_once() -> None:
    """A row that cannot be read does not say since when."""
    (word,) = words(staffed(), "parked", "", None, SINCE)
    said = told(staffed(), word, SINCE, "no-address").said

    assert isinstance(said, OperatorTold)
    assert (said.about, said.delivered, said.failure) == (None, False, "no-address")


def test_a_pack_without_that_ladder_tells_nobody() -> None:
    """A local pack may have none; doctor then has nobody to miss."""
    known = staffed()
    ladders = {name: one for name, one in known.policy.ladders.items() if name != LADDER}
    bare = replace(known, policy=known.policy.model_copy(update={"ladders": ladders}))

    assert heard(48 * HOURS, bare) == []
