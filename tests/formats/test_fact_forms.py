"""The form of a fact is made of its model: what it asks, how, and of which references it lets one choose."""

import re
from collections.abc import Sequence

import pytest

from domain.child_episode import from_history
from domain.event import CONSOLE, Recorded
from domain.facts.vocabulary import FACTS
from domain.standing import Standing
from formats.fact_forms import (
    NEW,
    Kind,
    Question,
    defined,
    kind_of,
    observed_here,
    questions,
    recordable,
    unstated,
)
from tests.histories import day, here, history, source, told

TODAY = day("Mon 11 Jan 2016")


def standing(*facts: Recorded) -> Sequence[Standing]:
    """The facts of a child that stand."""
    return from_history(history(*facts)).standing if facts else ()


def asked(name: str, *facts: Recorded) -> dict[str, Question]:
    """What the form of a fact asks about a child of whom these are known."""
    return {one.name: one for one in questions(FACTS[name], standing(*facts))}


def choices(question: Question) -> list[str]:
    """The answers among which one chooses."""
    return [value for value, _ in question.choices]


@pytest.mark.parametrize(
    ("fact", "field", "kind"),
    [
        ("return-interview-held", "independent", "yes-no"),
        ("return-interview-held", "reasons", "several"),
        ("return-interview-held", "missing_episode_refs", "references"),
        ("return-interview-declined", "declined_by", "one"),
        ("return-interview-declined", "missing_episode_ref", "reference"),
        ("conference-scheduled", "scheduled_for", "moment"),
        ("order-extended", "expires_at", "moment"),
        ("cicola-placement-notified", "placed_on", "day"),
        ("conference-report-shared", "agency", "one"),
        ("case-allocated", "worker_ref", "text"),
    ],
)
def test_each_field_is_asked_as_what_it_is(fact: str, field: str, kind: Kind) -> None:
    """A day as a day, a moment with its hour, codes as choices; who works here is typed, not chosen."""
    assert asked(fact)[field].kind == kind


@pytest.mark.parametrize(
    ("fact", "field"),
    [
        ("referral-received", "sibling_subjects"),
        ("panel-sittings-published", "sittings"),
        ("fact-corrected", "corrected_event"),
        ("fact-corrected", "fields"),
    ],
)
def test_what_is_more_than_a_form_can_ask_is_not_asked(fact: str, field: str) -> None:
    """A list of words, a table or another event."""
    assert kind_of(FACTS[fact], field) is None
    assert field not in asked(fact)


def test_every_fact_on_offer_can_be_told_whole() -> None:
    """Whatever a fact must say, its form asks and insists on."""
    for name, model in recordable().items():
        must = {one for one, field in model.model_fields.items() if field.is_required()}

        assert {one.name for one in asked(name).values() if one.required} == must


def test_a_thread_is_chosen_among_those_of_the_child_the_latest_first() -> None:
    """However many times a fact names it, and whether alone or with others."""
    first = told("missing-episode-started", "Sun 3 Jan 2016 09:00", missing_episode_ref="A")
    then = told("missing-episode-started", "Tue 5 Jan 2016 09:00", missing_episode_ref="B")
    held = told("return-interview-held", "Wed 6 Jan 2016 09:00", missing_episode_refs=("A",))

    for name, field in (
        ("return-interview-held", "missing_episode_refs"),
        ("return-interview-declined", "missing_episode_ref"),
    ):
        assert choices(asked(name, first, then)[field]) == ["B", "A"]
        assert choices(asked(name, first, then, held)[field]) == ["A", "B"]
        assert choices(asked(name)[field]) == []


def test_a_duty_is_chosen_among_all_threads_of_the_child() -> None:
    """What is decided about a clock may be about any of them; what two facts carry is offered once."""
    known = (
        told("referral-received", "Mon 4 Jan 2016 09:00", referral_ref="R"),
        told("referral-decided", "Mon 4 Jan 2016 10:00", referral_ref="R"),
        told("missing-episode-started", "Tue 5 Jan 2016 09:00", missing_episode_ref="M"),
        told("fact-confirmed", "Wed 6 Jan 2016 09:00", about={"source": "s", "id": "1"}, kind="k"),
        told("case-allocated", "Thu 7 Jan 2016", duty_ref="D"),
    )

    assert choices(asked("clock-suspended", *known)["duty_ref"]) == ["D", "M", "R"]


def test_no_two_answers_read_alike() -> None:
    """Each answer has words of its own: a role its name, a care order another than a supervision order."""
    asked_of = {name: asked(name) for name in recordable()}
    for name, form in asked_of.items():
        for question in form.values():
            said = [text for _, text in question.choices]

            assert len(set(said)) == len(said), (name, question.name)

    orders = dict(asked_of["order-made"]["kind"].choices)
    roles = dict(asked_of["clock-suspended"]["decided_by_role"].choices)

    assert (orders["care"], orders["supervision"]) == ("Care (s31)", "Supervision (s31)")
    assert roles["mash_team_manager"] == "MASH team manager"


def test_a_reference_is_asked_for_in_a_question() -> None:
    """Which of them it is about; what people write in capitals has them."""
    assert asked("return-interview-held")["missing_episode_refs"].text == "Which missing episode?"
    assert asked("return-interview-held")["harm_disclosed"].text == "Harm disclosed"
    assert asked("marac-referral-received")["marac_ref"].text == "Which MARAC?"


def test_a_fact_is_defined_without_a_word_of_the_programs() -> None:
    """Fields and facts that a definition names are called as people call them."""
    said = [text for model in recordable().values() for text in defined(model)]

    assert "duty exception recorded" in " ".join(said)
    assert [one for one in said if re.search(r"[a-z]_[a-z]|[A-Z][a-z]+[A-Z][a-z]", one)] == []


def test_only_what_begins_a_thread_offers_a_new_one() -> None:
    """An episode begins with its start, a visit and a meeting nobody called with themselves."""
    started = asked("missing-episode-started")
    visit = asked("visit-made", told("plan-started", "Mon 4 Jan 2016", plan_ref="P"))

    assert choices(started["missing_episode_ref"]) == [NEW]
    assert choices(visit["visit_ref"]) == [NEW]
    assert choices(visit["plan_ref"]) == ["P"]
    assert choices(asked("strategy-meeting-held")["meeting_ref"]) == [NEW]
    assert choices(asked("missing-episode-ended")["missing_episode_ref"]) == []


def test_what_no_system_states_is_offered_what_is_recorded_most_first() -> None:
    """The console's own registration takes nothing off the list; another source's does, from its day."""
    own = source(CONSOLE, states=["return-interview-held"])
    nightly = source(
        "nightly", states=["return-interview-held", "visit-made"], from_on="2016-01-11"
    )
    town = here(own, nightly)
    before = unstated(town, day("Sun 10 Jan 2016"))

    assert before[0] == "referral-decided"
    assert set(before) - set(unstated(town, TODAY)) == {"return-interview-held", "visit-made"}
    assert observed_here(town, TODAY) == {"return-interview-held"}
