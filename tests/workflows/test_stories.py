"""What managers are told, and when, from the fact to the letter: real log, real rules, real workflows."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import TracerProvider
from temporalio.contrib.opentelemetry import TracingInterceptor

from domain.calendar import london_date
from domain.engine_events import EscalationRearmed, TimescaleBreached
from domain.event import Event
from domain.facts.corrections import FactWithdrawn
from domain.facts.emergency_and_court import PoliceProtectionEnded, PoliceProtectionTaken
from domain.facts.enquiry_and_conference import Section47Concluded, Section47Started
from domain.facts.fact import EventName
from domain.facts.missing import MissingEpisodeStarted
from domain.facts.whole_child import ChildReferencesJoined
from tests.workflows.worlds import CODE, DAY, HOUR, ROLES, World, skipping, until, world
from workflows.poking import Poke, keep_digest, poke_episode

TAKEN = PoliceProtectionTaken(police_protection_ref="P-1")
ENDED = PoliceProtectionEnded(police_protection_ref="P-1", outcome="returned-to-parents")
MISSING = MissingEpisodeStarted(
    missing_episode_ref="M-1", type="M", missing_from="placement", care_status="looked-after"
)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[World]:
    """A world with somebody in every role."""
    async with skipping() as environment, world(environment, tmp_path) as made:
        yield made


async def broken(place: World) -> Event:
    """Police protection that nobody ends: three warnings, then the breach."""
    taken = place.happened(TAKEN, 0 * HOUR)
    await place.follow()
    for number, hours in enumerate((24, 24, 18), start=1):
        await place.advance(hours * HOUR)
        await warned(place, number)
    await place.advance(6 * HOUR)
    await until(lambda: place.count("escalation-raised") == 1)
    await until(lambda: place.mail.told()[-1:] == ["hal"])
    await until(lambda: place.names()[-1] == "manager-notified")
    return taken


async def warned(place: World, times: int) -> None:
    """Wait until so many warnings are recorded."""
    await until(lambda: place.count("timescale-warned") == times)


async def test_a_power_that_lapses_is_warned_of_and_climbs_until_nobody_is_left(
    place: World,
) -> None:
    """Each manager hears at their hour, twice more while nobody answers, and the ladder ends by saying so."""
    await broken(place)
    await place.closed(place.episode_workflow)
    ladder = place.ladder_workflow
    await place.advance(24 * HOUR)
    await until(lambda: place.mail.told()[-1] == "dot")
    await place.advance(5 * DAY)
    await place.closed(ladder)

    assert place.names().count("timescale-breached") == 1
    assert place.names()[-1] == "escalation-exhausted"
    thrice = ["hal"] * 3 + ["dot"] * 3
    assert place.mail.told() == ["tom", "tom", "tom", "sam", *thrice]
    breached = next(
        one.event.said
        for one in place.episode.engine
        if isinstance(one.event.said, TimescaleBreached)
    )
    assert breached.due_at == place.start + 72 * HOUR
    assert timedelta() <= place.when("timescale-breached") - breached.due_at < HOUR


async def test_a_promise_halts_the_climb_until_its_day_and_no_longer(place: World) -> None:
    """Nobody ends a ladder with a button: when the day has passed it goes on where it stood."""
    await broken(place)
    promised = london_date(place.now) + 2 * DAY
    place.acknowledged("hal", promised)
    await place.follow()
    await place.advance(36 * HOUR)
    told_meanwhile = place.mail.told()[-1]
    await place.advance(2 * DAY)
    await until(lambda: place.mail.told()[-1] == "dot")

    assert told_meanwhile == "hal"
    rearmed = next(
        one for one in place.episode.engine if isinstance(one.event.said, EscalationRearmed)
    )
    assert london_date(rearmed.recorded_at) == promised + DAY


async def test_what_is_done_in_time_is_never_spoken_of(place: World) -> None:
    """The workflow ends when nothing is outstanding."""
    place.happened(TAKEN, 0 * HOUR)
    await place.follow()
    await place.advance(20 * HOUR)
    place.happened(ENDED, 19 * HOUR)
    await place.follow()
    await place.closed(place.episode_workflow)

    assert place.names() == ["police-protection-taken", "police-protection-ended"]
    assert place.mail.told() == []


async def test_what_was_done_in_time_but_told_late_cures_the_breach_and_ends_the_ladder(
    place: World,
) -> None:
    """The episode had completed; the late fact starts it again."""
    await broken(place)
    await place.closed(place.episode_workflow)
    ladder = place.ladder_workflow
    place.happened(ENDED, 70 * HOUR)
    await place.follow()
    await until(lambda: place.names()[-1] == "breach-cured")
    await place.follow()
    await place.closed(ladder)
    await place.closed(place.episode_workflow)

    assert place.mail.told()[-1] == "hal"


async def test_what_is_done_late_ends_the_ladder_and_leaves_the_breach(place: World) -> None:
    """Nobody further up is told once it is done."""
    await broken(place)
    ladder = place.ladder_workflow
    place.happened(ENDED, 73 * HOUR)
    await place.follow()
    await place.advance(26 * HOUR)
    await place.closed(ladder)

    assert place.count("breach-cured") == 0
    assert place.mail.told()[-1] == "hal"


async def test_a_breach_that_is_cured_and_comes_back_is_told_again(place: World) -> None:
    """The cure is withdrawn: the second breach has a ladder of its own and is not silent."""
    await broken(place)
    first = place.ladder
    ended = place.happened(ENDED, 70 * HOUR)
    await place.follow()
    await until(lambda: place.names()[-1] == "breach-cured")
    place.happened(
        FactWithdrawn(
            corrected_event=EventName(source=ended.source, id=ended.id), reason="wrong-child"
        ),
        74 * HOUR,
    )
    await place.follow()
    await until(lambda: place.count("escalation-raised") == 2)
    await until(lambda: place.mail.told().count("hal") == 2)

    assert place.ladder != first
    assert place.count("timescale-breached") == 2


async def test_a_late_stop_that_is_withdrawn_lets_the_same_ladder_go_on(place: World) -> None:
    """The ladder's workflow had completed; it starts again where it stood."""
    await broken(place)
    late = place.happened(ENDED, 73 * HOUR)
    await place.follow()
    await place.advance(26 * HOUR)
    await place.closed(place.ladder_workflow)
    place.happened(
        FactWithdrawn(
            corrected_event=EventName(source=late.source, id=late.id), reason="wrong-child"
        ),
        99 * HOUR,
    )
    await place.follow()
    await until(lambda: place.mail.told()[-1] == "dot")

    assert place.count("escalation-raised") == 1
    assert place.mail.told().count("hal") == 1


async def test_pokes_may_be_repeated_disordered_or_lost(place: World) -> None:
    """The log is asked before anything is said, so a stale plan says nothing."""
    place.happened(TAKEN, 0 * HOUR)
    await place.follow()
    dispatcher = place.dispatcher()
    dispatcher.codes = []  # digest and watch have stories of their own
    for _ in range(3):
        await dispatcher.everything()
    await place.advance(20 * HOUR)
    place.happened(ENDED, 19 * HOUR)  # nobody pokes
    await place.advance(10 * HOUR)
    await place.closed(place.episode_workflow)

    assert place.count("timescale-warned") == 0
    assert place.notified() == []


async def test_history_is_recorded_and_wakes_nobody(place: World) -> None:
    """What an import shows to have been late long ago is counted, and nobody is told."""
    place.happened(TAKEN, -900 * HOUR)
    await place.follow()
    await place.closed(place.episode_workflow)

    assert place.names() == ["police-protection-taken", "timescale-breached"]
    assert place.mail.told() == []


async def test_a_director_is_told_of_a_missing_child_whatever_was_promised(place: World) -> None:
    """Some rungs are told regardless of an acknowledgement."""
    place.happened(MISSING, 0 * HOUR)
    await place.follow()
    await place.advance(72 * HOUR)
    await until(lambda: "hal" in place.mail.told())
    place.acknowledged("hal", london_date(place.now) + 5 * DAY)
    await place.follow()
    await place.advance(25 * HOUR)
    await until(lambda: "dot" in place.mail.told())

    assert place.count("escalation-rearmed") == 0


async def test_a_permanent_refusal_is_recorded_and_the_ladder_climbs(place: World) -> None:
    """A manager whose address is dead holds nobody up, and the log says what happened."""
    place.mail.refuses = frozenset({"hal"})
    await broken(place)
    await place.advance(24 * HOUR)
    await until(lambda: place.mail.told()[-1] == "dot")

    failed = [one for one in place.notified() if one.person == "hal"]
    assert [(one.delivered, one.failure) for one in failed] == [(False, "refused-550")]


async def test_a_relay_that_is_away_for_a_while_delays_and_loses_nothing(place: World) -> None:
    """The same letter is handed over again until it is accepted."""
    place.happened(TAKEN, 0 * HOUR)
    await place.follow()
    place.mail.breaks = 1
    await place.advance(24 * HOUR)
    await until(lambda: place.count("manager-notified") == 1)

    assert place.mail.told() == ["tom"]


async def test_a_store_that_is_down_for_a_while_costs_no_history(place: World) -> None:
    """The workflow waits it out: the retries of an ordinary activity leave no events behind."""
    place.happened(TAKEN, 0 * HOUR)
    place.outages = 5
    await poke_episode(place.client, place.ref, Poke(place.log.head()))
    handle = place.client.get_workflow_handle(place.episode_workflow)
    await until(lambda: not place.outages)
    await place.advance(24 * HOUR)
    await until(lambda: place.count("timescale-warned") == 1)

    assert (await handle.describe()).history_length < 30


async def test_the_morning_digest_tells_what_can_wait(place: World) -> None:
    """An early warning of a working-day rule goes out at 8am, one letter for all of them."""
    enquiry = Section47Started(enquiry_ref="E-1", meeting_ref="S-1")
    await keep_digest(place.client, CODE)
    place.happened(enquiry, place.start, on=london_date(place.start))
    await place.follow()
    await place.advance_to(place.start + 7 * DAY - 3 * HOUR)
    await until(lambda: place.count("timescale-warned") >= 1)
    await place.follow()
    await place.advance(1 * DAY)
    await until(lambda: place.mail.letters)

    (letter,) = place.mail.letters
    assert place.mail.told() == ["tom"]
    assert str(letter["Subject"]).startswith("This morning: ")
    assert {one.channel for one in place.notified()} == {"digest"}


async def test_a_watcher_is_told_with_the_first_rung(place: World) -> None:
    """The chair of conferences is told of a late conference beside the manager who must act."""
    begun, on = place.start, london_date(place.start)
    place.happened(Section47Started(enquiry_ref="E-1", meeting_ref="S-1"), begun, on=on)
    place.happened(
        Section47Concluded(enquiry_ref="E-1", outcome="conference", conference_required=True),
        begun,
        on=on + 2 * DAY,
    )
    await place.follow()
    await place.advance(22 * DAY)
    await until(lambda: "cho" in place.mail.told())

    told = [one.person for one in place.notified() if one.about == "breach"]
    assert told[:2] == ["sal", "cho"]


async def test_an_empty_rung_is_skipped_at_once(tmp_path: Path) -> None:
    """Nobody is head of service: the director hears at the breach, and the log says why."""
    roles = {ref: role for ref, role in ROLES.items() if ref != "hal"}
    async with skipping() as environment, world(environment, tmp_path, roles) as place:
        place.happened(TAKEN, 0 * HOUR)
        await place.follow()
        await place.advance(72 * HOUR)
        await until(lambda: "dot" in place.mail.told())

        empty = [one for one in place.notified() if one.person is None]
        assert [one.role for one in empty] == ["head_of_service"]
        assert place.now - place.start < 73 * HOUR


async def test_one_trace_leads_from_the_fact_to_the_letter(tmp_path: Path) -> None:
    """An operator who has the request's trace finds who was told because of it."""
    tracing = TracingInterceptor(TracerProvider().get_tracer("test"))
    asked = "0af7651916cd43dd8448eb211c80319c"
    async with skipping(tracing) as environment, world(environment, tmp_path) as place:
        place.happened(TAKEN, -80 * HOUR, trace=f"00-{asked}-b7ad6b7169203331-01")
        await place.follow()
        await until(lambda: place.count("manager-notified") == 1)

        traces = [one.event.trace for one in place.episode.history]
        assert {str(trace).split("-")[1] for trace in traces} == {asked}


async def test_a_fact_under_one_reference_pokes_the_other(place: World) -> None:
    """Two references prove to be one child: what ended under the second stops the first's clock."""
    place.happened(TAKEN, 0 * HOUR)
    place.happened(ChildReferencesJoined(other_child="CH-other"), 1 * HOUR)
    await place.follow()
    await place.advance(20 * HOUR)
    place.happened(ENDED, 19 * HOUR, child="CH-other")
    await place.follow()
    await place.closed(place.episode_workflow)

    assert place.count("timescale-warned") == 0
    assert place.mail.told() == []
