"""A fact by hand, in words."""

from datetime import UTC, date, datetime

import pytest

from domain.errors import UnknownFact, UnreadableFact
from domain.event import Event
from formats.by_hand import build_event

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)


def built(line: str) -> Event:
    """The event of a fact and its words, separated by spaces."""
    fact, *words = line.split()
    return build_event(fact, words, authority="343", now=NOW, by="p1")


def test_a_fact_in_words() -> None:
    """A time without a zone is London's; the source says that it was by hand, and by whom."""
    event = built(
        "missing-episode-started child=C1 time=2026-07-01T18:00 missing_episode_ref=M1 type=M"
        " missing_from=care care_status=x reported_at=2026-07-01T20:00"
    )

    assert (event.subject, event.source, event.by) == ("C1", "/by-hand/343", "p1")
    assert event.occurred_at == datetime(2026, 7, 1, 17, tzinfo=UTC)
    assert event.said.model_dump()["reported_at"] == datetime(2026, 7, 1, 19, tzinfo=UTC)
    assert event.source_recorded_at is None


def test_the_same_words_are_the_same_fact() -> None:
    """In any order; an id of one's own makes another."""
    one = built("referral-received child=C1 on=2026-01-05 referral_ref=R1 source=6")
    same = built("referral-received referral_ref=R1 source=6 on=2026-01-05 child=C1")
    other = built("referral-received child=C1 on=2026-01-06 referral_ref=R1 source=6")
    own = built("referral-received child=C1 on=2026-01-05 referral_ref=R1 source=6 id=mine")

    assert one == same
    assert len({one.id, other.id, own.id}) == 3
    assert (one.occurred_on, own.id) == (date(2026, 1, 5), "mine")


@pytest.mark.parametrize(
    ("words", "field", "value"),
    [
        ("child_seen=yes", "child_seen", True),
        ("child_seen=false", "child_seen", False),
    ],
)
def test_yes_and_no(words: str, field: str, value: object) -> None:
    """As people write them."""
    event = built(f"visit-made child=C1 on=2026-01-05 kind=child-protection visit_ref=V {words}")

    assert getattr(event.said, field) == value


def test_lists_and_numbers() -> None:
    """Several values with commas, or the word several times, or as JSON; a number in digits."""
    start = "referral-received child=C1 on=2026-01-05 referral_ref=R1 source=6"
    for words in (
        "sibling_subjects=C2,C3",
        "sibling_subjects=C2 sibling_subjects=C3",
        'sibling_subjects=["C2","C3"]',
    ):
        assert getattr(built(f"{start} {words}").said, "sibling_subjects", None) == ("C2", "C3")
    plan = built("plan-started child=C1 on=2026-01-05 plan_ref=P kind=x previous_plans_here=2")

    assert getattr(plan.said, "previous_plans_here", None) == 2


def test_a_correction_by_hand() -> None:
    """It names the fact it corrects in two words, and counts as said now."""
    event = built(
        "fact-corrected child=C1 time=2026-07-01T09:00+01:00 corrected_event.source=s"
        ' corrected_event.id=1 reason=wrong-date occurred_on=2026-01-05 fields={"kind":"x"}'
    )
    withdrawn = built(
        'fact-withdrawn child=C1 on=2026-07-01 corrected_event={"source":"s","id":"1"} reason=other'
    )

    assert event.said.model_dump(mode="json", exclude_none=True) == {
        "corrected_event": {"source": "s", "id": "1"},
        "reason": "wrong-date",
        "occurred_on": "2026-01-05",
        "fields": {"kind": "x"},
    }
    assert (event.occurred_at, event.source_recorded_at) == (
        datetime(2026, 7, 1, 8, tzinfo=UTC),
        NOW,
    )
    assert withdrawn.source_recorded_at == NOW


def test_a_fact_of_the_authority_needs_no_child() -> None:
    """Its subject is the authority."""
    event = built("feed-advanced time=2026-07-01T03:00 source=nightly complete_to=2026-07-01T02:10")

    assert (event.kind, event.subject) == ("authority", "343")


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("case-closed child=C1 on=2026-01-05 referral_ref", "#/2"),
        ("case-closed =C1", "#/0"),
        ("case-closed child=C1 on=2026-01-05 referral_ref=R", "#/data/reason"),
        ("case-closed on=2026-01-05 referral_ref=R reason=RC1", "#/subject"),
        ("case-closed child=C1 referral_ref=R reason=RC1", "#/time"),
        ("case-closed child=C1 time=noon referral_ref=R reason=RC1", "#/time"),
        ("case-closed child=C1 time=2026-13-01T00:00 referral_ref=R reason=RC1", "#/time"),
        (
            "case-closed child=C1 on=2026-01-05 referral_ref=R reason=RC1 no_such=1",
            "#/data/no_such",
        ),
        (
            "visit-made child=C1 on=2026-01-05 kind=x visit_ref=V child_seen=perhaps",
            "#/data/child_seen",
        ),
        (
            "plan-started child=C1 on=2026-01-05 plan_ref=P kind=x previous_plans_here=two",
            "#/data/previous_plans_here",
        ),
        (
            "referral-received child=C1 on=2026-01-05 referral_ref=R source=6 sibling_subjects=[x",
            "#/data/sibling_subjects",
        ),
        (
            "fact-withdrawn child=C1 on=2026-07-01 corrected_event=x corrected_event.id=1 reason=x",
            "#/data/corrected_event",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(line: str, place: str) -> None:
    """The same sentences as over HTTP, for a person at a keyboard."""
    with pytest.raises(UnreadableFact) as caught:
        built(line)

    assert place in [at for at, _ in caught.value.errors]


def test_an_unknown_fact_is_refused() -> None:
    """By its name."""
    with pytest.raises(UnknownFact, match="moon-landed is not a fact Daymark knows"):
        built("moon-landed child=C1")
