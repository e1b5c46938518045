"""What a source may be believed: how far it has told, what it can state, and how long it may be silent."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as some

from domain.clocks import Verdict, clocks, verdict
from domain.event import Recorded
from domain.sources import heard_ahead, never_silent
from tests.histories import HOUR, day, here, history, moment, of_authority, record, source, told

NIGHTLY = source("nightly", delivers="batch", late_after_hours=30)
BACK = told("missing-episode-ended", "Mon 2 Mar 2026 10:00", source="nightly")
NOON = "Thu 5 Mar 2026 12:00"
"""Two hours after the return interview was due."""


def word(at: str, to: str, *, recorded: str | None = None) -> Recorded:
    """The nightly feed says how far it has come."""
    said = of_authority("feed-advanced", at, source="nightly", complete_to=moment(to))
    return record(said.event, moment(recorded or at))


TYPO = word("Thu 5 Mar 2026 02:10", "Sun 5 Mar 2062 02:10")


def interview(*facts: Recorded) -> Verdict:
    """What is said at noon of the interview that was due at ten."""
    authority = here(NIGHTLY, *facts)
    found = clocks(history(BACK), authority)
    return verdict(next(c for c in found if c.timescale.id == "missing-rhi-72h"), moment(NOON))


def test_a_mistyped_year_vouches_for_nothing_that_is_still_to_come() -> None:
    """The feed is waited for as if it had spoken that night; it is late when the next night is silent."""
    authority = here(NIGHTLY, TYPO)
    (span,) = authority.sources

    assert interview(TYPO) is Verdict.AWAITING_FEED
    assert authority.feeds == {"nightly": moment("Thu 5 Mar 2026 02:10")}
    assert authority.late_at(span) == moment("Fri 6 Mar 2026 08:10")


@given(some.lists(some.tuples(some.integers(0, 400), some.integers(-400, 400_000)), min_size=1))
def test_no_source_is_heard_beyond_the_moment_it_spoke(words: list[tuple[int, int]]) -> None:
    """Whatever it claims and in whatever order it says so, and never less far than it truly told."""
    begun = moment("Mon 2 Mar 2026 00:00")
    told_at = [(begun + HOUR * at, begun + HOUR * to) for at, to in words]
    said = [
        replace(of_authority("feed-advanced", source="nightly", complete_to=to), recorded_at=at)
        for at, to in told_at
    ]
    unlike = [replace(one, event=replace(one.event, id=f"w{n}")) for n, one in enumerate(said)]
    heard = here(NIGHTLY, *unlike).feeds["nightly"]

    assert heard == max(min(at, to) for at, to in told_at)
    assert heard <= max(at for at, _ in told_at)


def test_whoever_runs_daymark_is_told_of_a_feed_that_speaks_of_what_is_to_come() -> None:
    """Until it speaks again; a clock a little fast is nothing to speak of."""
    (sentence,) = heard_ahead(history(NIGHTLY, TYPO))
    since = word("Fri 6 Mar 2026 02:10", "Fri 6 Mar 2026 02:15")

    assert sentence == (
        "the source nightly said on 5 March 2026 at 2:10am that it had told everything"
        " up to 5 March 2062 at 2:10am, which had not come yet"
    )
    assert list(heard_ahead(history(NIGHTLY, TYPO, since))) == []


def test_a_source_that_speaks_at_once_and_names_no_limit_is_never_silent() -> None:
    """Neither a nightly one nor one that has ended is meant."""
    today = day("Thu 5 Mar 2026")
    authority = here(
        NIGHTLY, source("live"), source("watched", late_after_hours=24), source("gone", to_on="2026-03-04")
    )  # fmt: skip

    assert never_silent(authority, today) == ("live",)


def again(*states: str, at: str = "Mon 2 Mar 2026 09:00", **fields: object) -> Recorded:
    """A source registers once more."""
    said = dict(source("live", states=states).event.said)
    return of_authority("source-registered", at, **(said | fields))


LIVE = again("visit-made", "review-held", at="Mon 5 Jan 2026 09:00")


def changed(of: Recorded, by: str, name: str = "fact-withdrawn", **fields: object) -> Recorded:
    """A registration is withdrawn or corrected."""
    about = {"source": of.event.source, "id": of.event.id}
    said = of_authority(
        name, "Tue 3 Mar 2026 09:00", corrected_event=about, reason="other", **fields
    )
    return replace(said, event=replace(said.event, source=by))


def spoken(by: str, registered: Recorded) -> Recorded:
    """The same registration, told by the source itself or by somebody else."""
    return replace(registered, event=replace(registered.event, source=by))


def test_what_a_source_does_not_state_any_more_is_known_by_name() -> None:
    """Registered again with less, with the day since when."""
    (gone,) = here(LIVE, again("visit-made")).dropped

    assert (gone.source, gone.names) == ("live", frozenset({"review-held"}))
    assert gone.since == moment("Mon 2 Mar 2026 09:00")
    assert here(LIVE).dropped == ()
    assert here(LIVE, again("visit-made", "review-held")).dropped == ()


def test_what_another_source_states_is_not_gone() -> None:
    """One system is replaced by another, which states the same from the same day."""
    other = source("new", states=("review-held",))

    assert here(LIVE, again("visit-made"), other).dropped == ()


def test_a_registration_that_ends_takes_nothing_away_from_its_own_days() -> None:
    """The system was switched off in March, and says so."""
    assert here(LIVE, again("visit-made", "review-held", to_on="2026-03-01")).dropped == ()


def test_a_registration_withdrawn_by_its_source_is_gone_and_by_somebody_here_was_a_mistake() -> (
    None
):
    """A token speaks for its own source alone, so whoever else takes it back works here."""
    own = spoken("live", LIVE)
    (gone,) = here(own, changed(own, "live")).dropped

    assert gone.names == {"visit-made", "review-held"}
    assert here(own, changed(own, "console")).dropped == ()


def test_a_correction_by_its_source_may_take_something_away() -> None:
    """Corrected to state less; what it still states is not gone."""
    own = spoken("live", LIVE)
    less = changed(own, "live", "fact-corrected", fields={"states": ["visit-made"]})
    (gone,) = here(own, less).dropped

    assert gone.names == {"review-held"}
