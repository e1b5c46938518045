"""What surprises is recorded and listed for a person to settle."""

from dataclasses import replace

import pytest

from domain.anomalies import anomalies
from domain.engine_events import IdReused
from domain.event import Event, Recorded
from tests.histories import (
    CHILD,
    CODE,
    corrected,
    here,
    history,
    of_authority,
    record,
    source,
    told,
    withdrawn,
)

STARTED = told("missing-episode-started", "Mon 2 Mar 2026 10:00")
RETURNED = told("missing-episode-ended", "Tue 3 Mar 2026 10:00")


def kinds(*facts: Recorded) -> list[str]:
    """What surprises about these facts."""
    return [one.kind for one in anomalies(history(*facts), here())]


def test_an_ordinary_history_surprises_nobody() -> None:
    """Gone and come back: nothing to settle."""
    assert kinds(STARTED, RETURNED) == []


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ((RETURNED,), "nothing before it"),
        ((RETURNED, told("missing-episode-started", "Wed 4 Mar 2026 10:00")), "out of order"),
        ((STARTED, told("missing-episode-started", "Wed 4 Mar 2026 10:00")), "begun twice"),
        ((told("section-47-concluded", "Mon 2 Mar 2026", outcome="x"),), "unknown code"),
        ((told("strategy-meeting-held", "Mon 2 Mar 2026 10:00", kind="missing"),), "something is missing"),
        ((told("child-died", "Mon 2 Mar 2026"), told("missing-episode-started", "Tue 3 Mar 2026 10:00")), "after the child died"),
        ((told("child-died", "Wed 4 Mar 2026", recorded="Tue 3 Mar 2026 10:00"),), "dated in the future"),
        ((told("missing-episode-started", "Mon 2 Mar 2026 10:00", recorded="Mon 2 Mar 2026 09:00"),), "dated in the future"),
        ((told("case-closed", "Mon 2 Mar 2026", unmapped={"x": "y"}), told("referral-received", "Mon 2 Mar 2026 09:00")), "more was said"),
        ((corrected(STARTED, "Mon 2 Mar 2026 11:00", type="A"),), "corrects nothing"),
        ((STARTED, corrected(STARTED, "Mon 2 Mar 2026 11:00", nonsense="A")), "does not fit"),
        ((withdrawn(STARTED, "Mon 2 Mar 2026 11:00"),), "corrects nothing"),
    ],
)  # fmt: skip
def test_what_surprises(facts: tuple[Recorded, ...], kind: str) -> None:
    """Each surprise has a name and a sentence, and hides nothing that was recorded."""
    assert kind in kinds(*facts)


def test_a_restriction_names_nobody_more_by_itself() -> None:
    """Whom the one in force does not name it does not let in: that is said, and its names are not."""

    def restricted(day: str, *people: str) -> Recorded:
        return told("record-restricted", f"{day} Mar 2026 10:00", people=people, reason="review")

    first, less = restricted("Mon 2", "P-1", "P-2"), restricted("Tue 3", "P-1")
    more = restricted("Wed 4", "P-1", "P-2")
    found = anomalies(history(first, less, more), here())

    assert kinds(first, less) == []
    assert [one.kind for one in found] == ["names not taken"]
    assert found[0].event_id == more.event_id
    assert "P-" not in found[0].sentence


def test_a_field_is_named_in_words() -> None:
    """Whoever settles it reads what a field is called, never how it is stored."""
    code = told("section-47-concluded", "Mon 2 Mar 2026", outcome="x")
    lacking = told("strategy-meeting-held", "Mon 2 Mar 2026 10:00", kind="missing")
    said = {one.sentence for one in anomalies(history(code, lacking), here())}

    assert "Section 47 concluded: “outcome” has a code that is not known." in said
    assert (
        "Strategy meeting held: “missing episode references” is needed and was not stated." in said
    )


def test_what_somebody_confirmed_surprises_no_more_until_it_changes() -> None:
    """Both stand; a correction after that is looked at again."""
    again = told("missing-episode-started", "Wed 4 Mar 2026 10:00")
    name = {"source": again.event.source, "id": again.event.id}
    right = told("fact-confirmed", "Thu 5 Mar 2026 10:00", about=name, kind="begun twice")
    of_other = told("fact-confirmed", "Thu 5 Mar 2026 10:00", about=name, kind="out of order")
    changed = corrected(again, "Fri 6 Mar 2026 10:00", type="M")
    (found,) = anomalies(history(STARTED, again), here())

    assert (found.event_id, found.against) == (again.event_id, STARTED.event_id)
    assert kinds(STARTED, again, right) == []
    assert kinds(STARTED, again, of_other) == ["begun twice"]
    assert kinds(STARTED, again, right, changed) == ["begun twice"]


def test_two_corrections_without_an_order() -> None:
    """A source that gives neither sequence nor time leaves the order to a person."""
    one = corrected(STARTED, "Tue 3 Mar 2026 09:00", occurred_at="Mon 2 Mar 2026 09:00")
    other = corrected(
        STARTED, "Tue 3 Mar 2026 10:00", identity="2", occurred_at="Mon 2 Mar 2026 08:00"
    )
    again = replace(one, event=replace(one.event, id="again"))

    ordered = corrected(STARTED, "Tue 3 Mar 2026 11:00", sequence=3, identity="3", type="A")

    assert kinds(STARTED, one, other) == ["order not given"]
    assert kinds(STARTED, one, ordered) == []
    assert kinds(STARTED, one, again) == []


def test_an_id_used_again_is_listed() -> None:
    """What came under a known id is kept and shown; the first stands."""
    event = Event(
        authority=CODE, kind="child", subject=CHILD, source=str(STARTED.event_id), id="1/reused/x",
        said=IdReused(reused=STARTED.event_id, came={"type": "A"}),
    )  # fmt: skip

    assert kinds(STARTED, record(event, STARTED.recorded_at)) == ["id used again"]


def test_a_source_that_says_what_it_is_not_registered_for() -> None:
    """A fact its source cannot state is recorded, judged, and listed."""
    authority = here(source(states=("missing-episode-ended",)))

    assert [one.kind for one in anomalies((STARTED,), authority)] == ["not its to say"]


def adopted(version: str, at: str, sha256: str) -> Recorded:
    """The adoption of a version from 1 April 2016 on."""
    return of_authority(
        "policy-adopted", at, pack="sefton", version=version, sha256=sha256, from_on="2016-04-01"
    )


def test_two_packs_for_one_day_are_listed() -> None:
    """Which governs is said, and why; the same pack adopted again is nothing new."""
    first = adopted("1", "Tue 1 Mar 2016 09:00", "a")
    second = adopted("2", "Wed 2 Mar 2016 09:00", "b")
    again = adopted("2", "Thu 3 Mar 2016 09:00", "b")

    (found,) = anomalies(history(first, second, again), here())
    assert (found.kind, found.event_id) == ("adopted twice", second.event_id)
    assert found.sentence == (
        "Policy adopted: sefton 2 governs from 1 April 2016, for it was recorded last;"
        " sefton 1 had been adopted for the same day."
    )
    assert not anomalies(history(first, again), here())[1:]
