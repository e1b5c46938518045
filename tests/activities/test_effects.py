"""Each effect asks the log at the moment of use, and may be repeated without being doubled."""

from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import TracerProvider
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.effects import LOOKS_AGAIN, Effects
from activities.messages import (
    DigestRef,
    EpisodeQuestion,
    Firing,
    LadderPlan,
    LadderQuestion,
    Plan,
    Telling,
    TellingRef,
)
from domain.authority import Authority
from domain.calendar import london_date
from domain.child_episode import engine_event
from domain.engine_events import ManagerNotified, TimescaleBreached
from domain.facts.emergency_and_court import PoliceProtectionEnded, PoliceProtectionTaken
from domain.facts.enquiry_and_conference import Section47Started
from formats.people import Person
from tests.histories import moment
from tests.workflows.worlds import CODE, HOUR, World, effects, founded

TAKEN = PoliceProtectionTaken(police_protection_ref="P-1")
ENDED = PoliceProtectionEnded(police_protection_ref="P-1", outcome="returned-to-parents")


@pytest.fixture
def store(server: str | None) -> str | None:
    """Every story of this file is told on both stores."""
    return server


@pytest.fixture
def place(tmp_path: Path, store: str | None) -> Iterator[World]:
    """A log with nobody at work, at 9am on a Monday."""
    with founded(tmp_path, moment("Mon 13 Apr 2026 09:00"), server=store) as made:
        yield made


async def plan(place: World, activities: Effects | None = None) -> Plan:
    """What is outstanding."""
    question = EpisodeQuestion(episode=place.ref, reached=place.now)
    return await ActivityEnvironment().run((activities or effects(place)).plan, question)


async def fire(place: World, activities: Effects | None = None, **changes: object) -> Plan:
    """Fire whatever is planned, as a workflow whose time is this world's."""
    firing = Firing(
        episode=place.ref,
        keys=tuple(stage.key for stage in (await plan(place)).stages),
        reached=place.now,
    )
    asked = firing.model_copy(update=changes)
    return await ActivityEnvironment().run((activities or effects(place)).fire, asked)


def ladder(place: World) -> TellingRef:
    """The ladder that has been raised."""
    return TellingRef(episode=place.ref, telling=place.ladder)


async def next_of(place: World) -> LadderPlan:
    """What the ladder waits for."""
    question = LadderQuestion(ladder=ladder(place), reached=place.now)
    return await ActivityEnvironment().run(effects(place).plan_ladder, question)


async def tell(place: World, activities: Effects, **changes: object) -> LadderPlan:
    """Do the ladder's next step."""
    step = (await next_of(place)).step
    assert step is not None
    telling = Telling(ladder=ladder(place), key=step.key, reached=place.now)
    return await ActivityEnvironment().run(activities.tell, telling.model_copy(update=changes))


async def broken(place: World) -> None:
    """A breach with its ladder."""
    place.happened(TAKEN, -80 * HOUR)
    await fire(place)


async def test_an_overdue_clock_gives_its_breach_and_no_stale_warning(place: World) -> None:
    """The latest instant is recorded first; what it makes untrue is never said."""
    await broken(place)

    assert place.names() == ["police-protection-taken", "timescale-breached", "escalation-raised"]


async def test_firing_twice_records_once(place: World) -> None:
    """Temporal promises at least once; the log makes it once."""
    place.happened(TAKEN, -80 * HOUR)
    keys = tuple(stage.key for stage in (await plan(place)).stages)
    for _ in range(2):
        await fire(place, keys=keys)

    assert place.count("timescale-breached") == 1


async def test_a_stage_that_is_no_longer_outstanding_is_not_recorded(place: World) -> None:
    """The plan was stale: the child has come back since."""
    place.happened(TAKEN, -80 * HOUR)
    keys = tuple(stage.key for stage in (await plan(place)).stages)
    place.happened(ENDED, -10 * HOUR)
    found = await fire(place, keys=keys)

    assert place.count("timescale-breached") == 0
    assert found.stages == ()


async def test_what_is_told_between_reading_and_recording_is_heeded(place: World) -> None:
    """The stream has grown, so everything is read and decided again."""
    place.happened(TAKEN, -80 * HOUR)
    keys = tuple(stage.key for stage in (await plan(place)).stages)
    asked: list[str] = []

    def late(code: str) -> Authority:
        """The authority, asked after the stream was read: meanwhile a fact comes."""
        if not asked:
            place.happened(ENDED, -10 * HOUR)
        asked.append(code)
        return place.authority(code)

    await fire(place, replace(effects(place), authority=late), keys=keys)

    assert place.count("timescale-breached") == 0


async def test_a_workflow_whose_clock_is_ahead_is_asked_back_when_it_is_time(
    place: World,
) -> None:
    """Nothing is recorded early, whatever any machine's clock says."""
    place.happened(TAKEN, -23 * HOUR)
    slow = replace(effects(place), now=lambda _reached: place.now)

    with pytest.raises(ApplicationError) as error:
        await fire(place, slow, reached=place.now + 1 * HOUR)

    assert error.value.next_retry_delay == LOOKS_AGAIN
    assert place.count("timescale-warned") == 0


async def test_a_child_nobody_knows_has_nothing_outstanding(place: World) -> None:
    """A poke for a stream without events ends at once."""
    found = await plan(place)

    assert (found.stages, found.tellings) == ((), ())


async def test_telling_twice_tells_once(place: World) -> None:
    """The second finds another step next, and does nothing."""
    await broken(place)
    key = (await next_of(place)).step
    assert key is not None
    activities = effects(place)
    for _ in range(2):
        await tell(place, activities, key=key.key)

    assert place.mail.told() == ["hal"]


async def test_a_letter_whose_acceptance_was_not_heard_is_sent_again_under_the_same_id(
    place: World,
) -> None:
    """The reader's mail system sees that it is the same letter."""
    await broken(place)
    deaf: list[EmailMessage] = []

    async def send(letter: EmailMessage) -> str | None:
        """The relay takes the letter; once the line is cut before its answer."""
        await place.mail(letter)
        if not deaf:
            deaf.append(letter)
            raise ConnectionError
        return None

    activities = replace(effects(place), send=send)
    with pytest.raises(ConnectionError):
        await tell(place, activities)
    await tell(place, activities)

    assert len({letter["Message-ID"] for letter in place.mail.letters}) == 1
    assert [one.person for one in place.notified()] == ["hal"]


async def test_somebody_without_an_address_is_recorded_as_not_reached(place: World) -> None:
    """The ladder goes on to the next rung, and the log says why."""
    await broken(place)
    await tell(place, replace(effects(place), people=lambda _code: {}))

    assert [(one.delivered, one.failure) for one in place.notified()] == [(False, "no-address")]


async def test_a_step_that_is_recorded_and_still_next_sends_no_letter(place: World) -> None:
    """A fault of ours must not become a letter every minute."""
    await broken(place)
    step = (await next_of(place)).step
    assert step is not None
    clock, version, name = step.key.split("/", 2)
    said = ManagerNotified(
        clock=clock,
        clock_version=int(version),
        timescale="police-protection-72h",
        telling=place.ladder,
        about="breach",
        rung=3,
        role="head_of_service",
        person="sam",
        channel="email",
        repeat=0,
        delivered=True,
    )
    event = engine_event(place.episode, clock, f"{version}/{name}", said, place.now)
    place.log.append([event])

    with pytest.raises(ApplicationError):
        await tell(place, effects(place))
    assert place.mail.told() == []


async def test_what_is_recorded_carries_the_trace_that_led_to_it(place: World) -> None:
    """An operator follows one trace from the fact to the breach."""
    place.happened(TAKEN, -80 * HOUR)
    with TracerProvider().get_tracer("test").start_as_current_span("poke") as span:
        await fire(place)

    traced = f"{span.get_span_context().trace_id:032x}"
    breached = [
        one.event for one in place.episode.engine if isinstance(one.event.said, TimescaleBreached)
    ]
    assert [str(event.trace).split("-")[1] for event in breached] == [traced]


async def waiting_for_the_digest(place: World, children: int) -> DigestRef:
    """Children whose early warning is to be told at eight o'clock on the next Tuesday."""
    for number in range(children):
        enquiry = Section47Started(enquiry_ref=f"E-{number}", meeting_ref=f"S-{number}")
        place.happened(enquiry, place.start, on=london_date(place.start))
    place.reach(moment("Mon 20 Apr 2026 08:30"))
    await fire(place)
    place.reach(moment("Tue 21 Apr 2026 08:00"))
    place.project()
    return DigestRef(authority=CODE, reached=place.now)


async def test_one_letter_a_morning_holds_everything_for_one_person(place: World) -> None:
    """Two warnings of two enquiries are one letter, and two records."""
    digest = await waiting_for_the_digest(place, 2)
    found = await ActivityEnvironment().run(effects(place).tell_digest, digest)

    assert place.mail.told() == ["tom"]
    assert len(place.notified()) == 2
    assert found.at == moment("Wed 22 Apr 2026 08:00")


async def test_a_second_digest_on_the_same_morning_says_nothing(place: World) -> None:
    """What was told is not outstanding any more."""
    digest = await waiting_for_the_digest(place, 1)
    for _ in range(2):
        await ActivityEnvironment().run(effects(place).tell_digest, digest)
        place.project()

    assert place.mail.told() == ["tom"]


async def test_a_morning_that_was_missed_is_made_up_for_at_once(place: World) -> None:
    """Temporal was away at eight o'clock."""
    digest = await waiting_for_the_digest(place, 1)
    late = digest.model_copy(update={"reached": place.reach(place.now + 3 * HOUR)})
    found = await ActivityEnvironment().run(effects(place).plan_digest, late)

    assert found.at == late.reached


async def test_before_eight_the_next_digest_is_at_eight(place: World) -> None:
    """Nothing is outstanding: the workflow waits for the next working morning."""
    question = DigestRef(authority=CODE, reached=place.reach(moment("Fri 17 Apr 2026 09:00")))
    found = await ActivityEnvironment().run(effects(place).plan_digest, question)

    assert found.at == moment("Mon 20 Apr 2026 08:00")


async def test_a_digest_that_cannot_be_handed_over_is_tried_again(place: World) -> None:
    """Nothing is recorded as told before the relay has taken it."""
    digest = await waiting_for_the_digest(place, 1)
    place.mail.breaks = 1
    with pytest.raises(ConnectionError):
        await ActivityEnvironment().run(effects(place).tell_digest, digest)
    before = len(place.notified())
    await ActivityEnvironment().run(effects(place).tell_digest, digest)

    assert before == 0
    assert len(place.notified()) == 1


async def test_the_digest_of_somebody_without_an_address_is_recorded_as_not_told(
    place: World,
) -> None:
    """It does not come back every morning."""
    digest = await waiting_for_the_digest(place, 1)
    await ActivityEnvironment().run(
        replace(effects(place), people=lambda _code: {}).tell_digest, digest
    )

    assert [one.failure for one in place.notified()] == ["no-address"]


async def test_whom_their_own_way_does_not_reach_is_told_by_e_mail(place: World) -> None:
    """What is recorded is the way it went; the digest and everybody else are told by e-mail."""
    tried: list[tuple[str, str]] = []
    fails = ["refused-503", None]

    async def way(letter: EmailMessage, person: Person) -> str | None:
        tried.append((person.ref, str(letter["Message-ID"])))
        return fails.pop(0)

    await broken(place)
    ours = effects(place)
    people = {ref: replace(one, channel="teams") for ref, one in ours.people("X99000001").items()}
    ours = replace(ours, people=lambda _code: people, ways={"teams": way})
    await tell(place, ours)
    by_mail = place.mail.told()
    place.reach(place.now + 8 * HOUR)
    await tell(place, ours)

    assert by_mail == place.mail.told() == ["hal"]
    assert [person for person, _ in tried] == ["hal", "hal"]
    assert tried[0][1] != tried[1][1]
    assert [(one.channel, one.repeat, one.delivered) for one in place.notified()] == [
        ("email", 0, True), ("teams", 1, True),
    ]  # fmt: skip
