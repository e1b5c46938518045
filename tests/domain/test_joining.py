"""Two references that prove to be one child, and may prove not to be."""

from dataclasses import replace
from uuid import UUID

import pytest

from domain.authority import Authority
from domain.child_episode import ChildEpisode, from_history, outstanding, perform
from domain.clocks import Clock
from domain.event import Recorded
from domain.joining import joined_history, joined_with, named_in
from tests.histories import corrected, here, moment, record, told, withdrawn
from tests.projections.lives import lives

ONE, TWO, THREE = "CH-1", "CH-2", "CH-3"


def under(reference: str, *events: Recorded, since: int = 0) -> tuple[Recorded, ...]:
    """Events as they stand in the stream of a reference."""
    return tuple(
        Recorded(
            replace(one.event, subject=reference, id=f"{reference}:{one.event.id}"),
            UUID(int=int(reference[-1])), number, since + number, one.recorded_at,
        )
        for number, one in enumerate(events, 1)
    )  # fmt: skip


def joins(other: str, at: str = "Mon 2 Mar 2026 09:00", name: str = "joined") -> Recorded:
    """Two references are one child, or are not."""
    return told(f"child-references-{name}", at, other_child=other)


def child(reference: str, *streams: tuple[Recorded, ...]) -> ChildEpisode:
    """The child of one reference, with what stands under the others."""
    named = {stream[0].event.subject: stream for stream in streams}
    return from_history(named[reference], joined_history(reference, named))


GONE = told("missing-episode-started", "Tue 10 Mar 2026 09:00", type="M")
MET = told(
    "strategy-meeting-held", "Thu 12 Mar 2026 08:00", missing_episode_refs=("missing_episode-1",)
)


def strategy(episode: ChildEpisode) -> list[Clock]:
    """The clocks of the strategy meeting that this stream has started."""
    found = episode.clocks(here())
    return [one for one in found if one.timescale.id == "missing-strategy-72h"]


def test_a_meeting_under_the_other_reference_stops_the_clock() -> None:
    """The clock stays in the stream of the fact that started it, and is judged over both."""
    one, two = under(ONE, joins(TWO), GONE), under(TWO, MET, since=10)
    (clock,) = strategy(child(ONE, one, two))

    assert clock.ending == "met"
    assert strategy(child(TWO, one, two)) == []
    assert strategy(from_history(one))[0].stop is None


def test_parted_references_are_judged_apart_again() -> None:
    """What happened last of one pair counts, under whichever reference it was told."""
    one = under(ONE, joins(TWO), GONE)
    two = under(TWO, MET, joins(ONE, "Mon 16 Mar 2026 09:00", "parted"), since=10)

    assert strategy(child(ONE, one, two))[0].stop is None
    assert joined_with(ONE, {ONE: one, TWO: two}) == ()


def test_a_withdrawn_joining_joins_nobody() -> None:
    """It is enough to withdraw it where it was told."""
    joined = joins(TWO)
    gone = withdrawn(
        replace(joined, event=replace(joined.event, id=f"{ONE}:{joined.event.id}")),
        "Tue 3 Mar 2026 09:00",
    )
    one, two = under(ONE, joined, gone, GONE), under(TWO, MET, since=10)

    assert strategy(child(ONE, one, two))[0].stop is None


def test_whoever_is_joined_with_one_is_joined_with_the_other() -> None:
    """Three references, joined two by two; one that is named and holds nothing is nobody."""
    one, two = under(ONE, joins(TWO), GONE), under(TWO, joins(THREE), since=10)
    three = under(THREE, MET, since=20)
    streams = {ONE: one, TWO: two, THREE: three}

    assert joined_with(ONE, streams) == (TWO, THREE)
    assert joined_with(THREE, streams) == (ONE, TWO)
    assert strategy(child(ONE, one, two, three))[0].ending == "met"
    assert joined_with(ONE, {ONE: one}) == ()


def test_a_corrected_reference_is_named_too() -> None:
    """The reference it was corrected to must be told; one that names itself names nobody."""
    joined = joins(TWO)
    fixed = corrected(joined, "Tue 3 Mar 2026 09:00", other_child=THREE)

    assert named_in([joined, fixed, MET]) == {TWO, THREE}
    assert named_in([replace(joins(ONE), event=replace(joins(ONE).event, subject=ONE))]) == set()


def test_what_daymark_does_goes_to_the_stream_of_the_start() -> None:
    """And it holds only while neither stream has grown."""
    one, two = (
        under(ONE, joins(TWO), GONE),
        under(TWO, told("referral-received", "Mon 2 Mar 2026 12:00"), since=10),
    )
    episode = child(ONE, one, two)
    stage = next(s for s in outstanding(episode, here()) if s.timescale == "missing-strategy-72h")
    (event, *_) = perform(episode, here(), stage, stage.at)

    assert event.subject == ONE
    assert episode.read_at == {UUID(int=1): 2, UUID(int=2): 1}
    assert not any(
        s.timescale == "missing-strategy-72h" for s in outstanding(child(TWO, one, two), here())
    )


def test_a_cure_told_under_the_other_reference_names_its_cause() -> None:
    """The cause is looked for in both streams."""
    one, two = under(ONE, joins(TWO), GONE), under(TWO, MET, since=10)
    alone = from_history(one)
    stage = next(s for s in outstanding(alone, here()) if s.stage == "breached")
    events = perform(alone, here(), stage, stage.at)
    broken = (*one, *(
        Recorded(event, one[0].stream, 3 + n, 5 + n, stage.at) for n, event in enumerate(events)
    ))  # fmt: skip
    episode = child(ONE, broken, two)
    (cure,) = [s for s in outstanding(episode, here()) if s.stage == "cured"]
    (cured,) = perform(episode, here(), cure, moment("Fri 13 Mar 2026 12:00"))

    assert cured.said.model_dump()["cause"] == two[0].event_id


def test_as_known_before_the_joining_they_were_two() -> None:
    """The joining itself must have been recorded."""
    one = under(ONE, GONE, joins(TWO, "Mon 16 Mar 2026 09:00"))
    two = under(TWO, MET, since=10)
    episode = child(ONE, one, two)

    assert strategy(episode)[0].stop is not None
    assert strategy(episode.as_known_at(moment("Sun 15 Mar 2026 09:00")))[0].stop is None
    assert strategy(episode.as_known_at(moment("Tue 17 Mar 2026 09:00")))[0].stop is not None


@pytest.mark.parametrize("number", range(12))
def test_joined_is_as_if_everything_were_in_one_stream(number: int) -> None:
    """The same clocks, whichever stream each fact stands in; parted, the same as never joined."""
    authority = here()
    lived = [record(event, at) for event, at in lives(number, children=2, facts=60)]
    facts = [one for one in lived if one.event.kind == "child"]
    apart = {
        name: tuple(
            Recorded(one.event, UUID(int=place), n, n * 10 + place, one.recorded_at)
            for n, one in enumerate(facts)
            if one.event.subject == name
        )
        for place, name in enumerate((ONE, TWO), 1)
    }
    join = under(ONE, joins(TWO), since=10_000)
    joined = apart | {ONE: (*apart[ONE], *join)}
    both = [from_history(joined[name], joined_history(name, joined)) for name in (ONE, TWO)]
    in_one = tuple(
        replace(one, event=replace(one.event, subject=ONE))
        for one in sorted((*joined[ONE], *joined[TWO]), key=lambda one: one.position)
    )

    assert judged(authority, *both) == judged(authority, from_history(in_one))
    part = under(TWO, joins(ONE, "Fri 1 May 2026 09:00", "parted"), since=20_000)
    parted = joined | {TWO: (*apart[TWO], *part)}
    again = [from_history(parted[name], joined_history(name, parted)) for name in (ONE, TWO)]
    never = [from_history(apart[name]) for name in (ONE, TWO)]
    assert judged(authority, *again) == judged(authority, *never)


def judged(authority: Authority, *episodes: ChildEpisode) -> list[Clock]:
    """Every clock of these streams, in one order."""
    found = [clock for episode in episodes for clock in episode.clocks(authority)]
    return sorted(found, key=lambda clock: (clock.due_at, clock.key))
