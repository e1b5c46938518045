"""Every parameter of the pack is a question, and its answer changes a clock or is said to change none."""

from datetime import date
from functools import cache
from typing import Any, Final

import pytest

from domain.authority import authority
from domain.clocks import Clock, clocks
from domain.event import Recorded
from domain.form import answered, by_thread, write_form
from domain.packs import overlay
from domain.settling import (
    EFFECTS,
    Question,
    differences,
    off,
    questions,
    read_answer,
    settle,
    unsettled,
)
from domain.timescales import Policy, Scalar, Timescale
from tests.domain.packs import LADDER, NATIONAL, RULE, form
from tests.histories import CODE, england, history, of_authority, source, told, working_days

AT: Final = "Mon 4 Apr 2016 23:30"
CHANGES: Final = """\
[settled.cp-visit]
amount = 20
seen_alone_required = false
[settled.missing-rhi-72h]
missing_again = "runs-on"
[switched]
cin-visit = true
"""
PARAMETERS: Final = """\
parameters = [{ name = "amount", default = 8, unit = "calendar-days", meaning = "to be agreed" }]
"""
QUESTIONS: Final = questions(england())
OTHERS: Final[dict[str, Scalar]] = {"held": "called", "cancels": "runs-on"}


def away(number: int, day: str) -> Recorded:
    """A child was away without authorisation."""
    ref = f"away-{number}"
    return told("missing-episode-started", f"{day} 09:00", type="A", missing_episode_ref=ref)


def missing(number: int, day: str) -> Recorded:
    """A child went missing."""
    ref = f"missing-{number}"
    return told("missing-episode-started", f"{day} 09:00", type="M", missing_episode_ref=ref)


THRICE: Final = (
    missing(1, "Mon 4 Apr 2016"), missing(2, "Mon 11 Apr 2016"), missing(3, "Mon 18 Apr 2016"),
)  # fmt: skip
STRATEGY: Final[dict[str, Any]] = {"kind": "missing", "missing_episode_refs": ("missing-1",)}
REFERRED: Final = told(
    "strategy-meeting-held", AT, kind="exploitation", outcome="macse",
    exploitation_refs=("exploitation-1",),
)  # fmt: skip
VISIT: Final[dict[str, Any]] = {
    "kind": "child-protection",
    "plan_ref": "plan-1",
    "child_seen": True,
}
TAUGHT: Final[dict[str, Any]] = {"kind": "home-education", "education_ref": "education-1"}

STORIES: Final[dict[str, tuple[Recorded, ...]]] = {
    "missing-strategy-72h.stop_counts_when": (
        missing(1, "Mon 4 Apr 2016"),
        told("strategy-meeting-called", "Tue 5 Apr 2016 09:00", **STRATEGY),
    ),
    "missing-strategy-third-episode.window": (
        *THRICE[:2], missing(3, "Mon 4 Jul 2016"),
    ),
    "missing-strategy-third-episode.amount": THRICE,
    "missing-strategy-third-episode.counter_resets_on_meeting": (
        *THRICE[:2], told("strategy-meeting-held", "Fri 15 Apr 2016 09:00", **STRATEGY), THRICE[2],
    ),
    "missing-strategy-third-episode.count_away_without_authorisation": (
        *THRICE[:2], away(3, "Mon 18 Apr 2016"),
    ),
    "missing-longterm-review.amount": (
        THRICE[0], told("strategy-meeting-held", "Thu 7 Apr 2016 09:00", **STRATEGY),
    ),
    "missing-longterm-review.after_28_days": (
        THRICE[0], told("strategy-meeting-held", "Mon 9 May 2016 09:00", **STRATEGY),
    ),
    "missing-rhi-72h.away_without_authorisation": (
        away(1, "Mon 4 Apr 2016"),
        told("missing-episode-ended", "Tue 5 Apr 2016 09:00", missing_episode_ref="away-1"),
    ),
    "missing-rhi-72h.missing_again": (
        THRICE[0],
        told("missing-episode-ended", "Tue 5 Apr 2016 09:00", missing_episode_ref="missing-1"),
        missing(2, "Wed 6 Apr 2016"),
    ),
    "cp-visit.seen_alone_required": (
        told("plan-started", "Mon 4 Apr 2016", kind="child-protection"),
        told("visit-made", "Tue 12 Apr 2016", seen_alone=False, **VISIT),
    ),
    "ehe-annual-visit.declined_visit_counts": (
        told("home-education-registered", "Mon 4 Apr 2016"),
        told("visit-made", "Mon 3 Apr 2017", child_seen=False, **TAUGHT),
    ),
    "cse-macse-next-panel.hard_limit": (REFERRED,),
    "cp-review-after-birth.amount": (
        told("plan-started", "Thu 31 Mar 2016", kind="child-protection"),
        told("child-born", "Mon 4 Apr 2016", date_of_birth="2016-04-04"),
    ),
    "missing-cicola-notify-placing-la.amount": (
        told("cicola-placement-notified", "Mon 1 Feb 2016 09:00"), THRICE[0],
    ),
    "cse-cicola-leaving-handover.amount": (
        told("plan-started", "Mon 1 Feb 2016", kind="macse"),
        told("cicola-placement-ended", "Mon 4 Apr 2016"),
    ),
    "report-missing-quarterly.amount": (),
    "report-cse-quarterly.amount": (),
}  # fmt: skip
"""What must have happened for an answer to matter; elsewhere the start of the rule alone."""
SITS: Final = tuple(
    of_authority(
        "panel-sittings-published", "Tue 1 Mar 2016", panel=panel,
        sittings=({"sits_on": "2016-04-13"},),
    )
    for panel in ("macse", "marac")
)  # fmt: skip
"""Both panels sit a week later, and nobody said when their agendas close."""


def story(question: Question) -> tuple[Recorded, ...]:
    """What has happened where the answer matters."""
    if question.name in STORIES:
        return STORIES[question.name]
    start = question.rule.starts[0]
    says: dict[str, Any] = {
        name: value if isinstance(value, bool | int | str) else first(value)
        for name, value in start.where.items()
        if not name.startswith("derived.")
    }
    return (told(start.fact, AT, **says),)


def first(condition: object) -> object:
    """A value that a list of values allows."""
    assert isinstance(condition, tuple)
    return condition[0]


def other(question: Question) -> Scalar:
    """Another answer than the default."""
    default = question.parameter.default
    if isinstance(default, bool):
        return not default
    return default + 3 if isinstance(default, int) else OTHERS[default]


@cache
def settled(rule: str, name: str | None = None, value: Scalar = 0) -> Policy:
    """The national pack with one rule in use, and perhaps one of its questions settled."""
    shipped = england()
    kept = {field: getattr(shipped, field) for field in Policy.model_fields}
    rules = tuple(
        settle(one, {name: value}) if name and one.id == rule else one for one in shipped.timescales
    )
    return Policy.model_validate(kept | {"timescales": rules, "switched": {rule: True}})


def judged(question: Question, policy: Policy) -> list[Clock]:
    """The clocks of a question's rule under a pack."""
    own = question.rule.subject == "authority"
    published = of_authority("report-published", "Mon 4 Jan 2016")
    stream = history(published) if own else history(*story(question))
    known = (source(), *(SITS if question.parameter.name == "agenda_cutoff" else ()))
    where = authority(CODE, policy, working_days(), history(*known))
    return [one for one in clocks(stream, where) if one.timescale.id == question.rule.id]


def seen(found: list[Clock]) -> list[object]:
    """What of a clock may change with an answer."""
    return [(one.key, one.due_at, one.ending, one.stop and one.stop.event_id) for one in found]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one.name)
def test_every_answer_changes_a_clock_or_is_said_to_change_none(question: Question) -> None:
    """Nobody is asked a question whose answer is lost without being told so."""
    before = judged(question, settled(question.rule.id))
    answer = other(question)
    after = judged(question, settled(question.rule.id, question.parameter.name, answer))

    if question.effect.change is None:
        assert question.effect.note
        assert seen(after) == seen(before)
    else:
        assert not question.effect.note
        assert seen(after) != seen(before)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one.name)
def test_the_default_settled_changes_nothing(question: Question) -> None:
    """Confirming a default is an answer too, and leaves every clock as it was."""
    default = question.parameter.default
    before = judged(question, settled(question.rule.id))
    after = judged(question, settled(question.rule.id, question.parameter.name, default))

    assert seen(after) == seen(before)


def test_the_table_is_closed() -> None:
    """It holds every parameter of the pack and no other."""
    assert {one.parameter.name for one in QUESTIONS} == set(EFFECTS)
    assert len(QUESTIONS) == 48
    assert len({one.rule.id for one in QUESTIONS}) == 38


def parameter_of(name: str) -> Question:
    """A question by its name."""
    return next(one for one in QUESTIONS if one.name == name)


@pytest.mark.parametrize(
    ("name", "said", "answer"),
    [
        ("cp-visit.amount", 20, 20),
        ("cp-visit.amount", " 20 working days ", 20),
        ("cp-visit.amount", "1 Working-Day", 1),
        ("missing-strategy-72h.due_offset", "0", 0),
        ("missing-strategy-72h.stop_counts_when", "called", "called"),
        ("cp-visit.seen_alone_required", "Yes", True),
        ("cp-visit.seen_alone_required", "no", False),
        ("cp-visit.seen_alone_required", True, True),
    ],
)
def test_an_answer_is_read(name: str, said: object, answer: Scalar) -> None:
    """As a file says it or as a person types it, with or without its unit."""
    assert read_answer(parameter_of(name).parameter, said) == answer


@pytest.mark.parametrize(
    ("name", "said", "sentence"),
    [
        ("cp-visit.amount", "4 weeks", "it is counted in working days: for weeks replace"),
        ("cp-visit.amount", "-1", "say a whole number of working days, such as 10"),
        ("cp-visit.amount", "", "say a whole number"),
        ("cp-visit.amount", None, "say a whole number"),
        ("cp-visit.amount", "99999999999999", "say a whole number"),
        ("cp-visit.amount", "123456", "between 1 and 9999"),
        ("missing-strategy-72h.stop_counts_when", "planned", "choose held or called"),
        ("cp-visit.seen_alone_required", "maybe", "say true or false"),
    ],
)
def test_what_is_no_answer_is_said(name: str, said: object, sentence: str) -> None:
    """One sentence says what to write instead."""
    with pytest.raises(ValueError, match=sentence):
        read_answer(parameter_of(name).parameter, said)


def test_what_stands_at_its_default_is_listed() -> None:
    """A default confirmed is settled; the others are still to be."""
    answers = "[settled.cp-visit]\namount = 10\n"
    policy = overlay(NATIONAL, {"settled.toml": form(answers)})

    assert len(unsettled(england())) == 48
    assert {one.name for one in unsettled(england())} - {one.name for one in unsettled(policy)} == {
        "cp-visit.amount"
    }


def test_every_rule_that_judges_nobody_says_why() -> None:
    """Optional, switched off, or waiting for school terms."""
    policy = overlay(
        NATIONAL, {"settled.toml": form("[switched]\ncp-visit = false\ncin-visit = true\n")}
    )
    reasons = {one.rule.id: one.reason for one in off(policy)}

    assert reasons["cp-visit"] == "switched off by sefton 1"
    assert "cin-visit" not in reasons
    assert reasons["care-proceedings-26w"] == "optional: an authority may switch it on"
    assert {name for name, reason in reasons.items() if "school terms" in reason} == {
        rule.id for rule in policy.timescales if rule.unit == "school-days"
    }


def filled(answers: dict[str, Scalar], policy: Policy | None = None) -> str:
    """The form with some answers."""
    return write_form(
        policy or england(), answers, name="sefton", version="3", first=date(2016, 4, 1)
    )


def test_an_unanswered_form_settles_nothing() -> None:
    """It asks all 48 questions with their defaults, and leaves the pack as it is."""
    text = filled({})
    policy = overlay(NATIONAL, {"settled.toml": text})

    assert policy.timescales == england().timescales
    assert text.count("; the default is") == 48
    assert text.count("It changes nothing yet: only the first review has a clock") == 1
    assert text.count("It changes nothing yet: ") == sum(
        bool(one.effect.why_not) for one in QUESTIONS
    )
    assert text.count("It changes no clock: it counts in the figure “Plans open for long”.") == 1
    assert "# Enquiry and conference\n# ----------------------\n" in text
    assert "# cin-visit = true" in text


def test_a_fully_answered_form_is_read_back() -> None:
    """What is written is what was answered, and a form written from it says the same."""
    answers = {one.name: other(one) for one in QUESTIONS}
    policy = overlay(NATIONAL, {"settled.toml": filled(answers) + "cp-visit = false\n"})

    assert unsettled(policy) == ()
    assert answered(policy) == answers
    again = overlay(NATIONAL, {"settled.toml": filled(answered(policy), policy)})
    assert again.timescales == policy.timescales
    assert again.switched == policy.switched


def test_the_questions_of_a_thread_stand_together() -> None:
    """The form has a part for each thread."""
    titles = [title for title, _ in by_thread(QUESTIONS)]

    assert len(titles) == len(set(titles))
    assert isinstance(QUESTIONS[0].rule, Timescale)
    assert parameter_of("missing-rhi-72h.missing_again").choices == ("cancels", "runs-on")


def test_the_difference_of_two_packs_is_said_rule_by_rule() -> None:
    """What is settled, switched, replaced, added and dropped; a pack beside itself differs in nothing."""
    after = overlay(
        NATIONAL,
        {"settled.toml": form(CHANGES), "front_door.toml": RULE, "ladders.toml": LADDER},
    )
    found = {(one.rule, one.what): (one.was, one.now) for one in differences(england(), after)}

    assert found == {
        ("cp-visit", "amount"): ("10 (default)", "20"),
        ("cp-visit", "seen_alone_required"): ("false (default)", "false"),
        ("cp-visit", "allowance"): ("10 working days", "20 working days"),
        ("missing-rhi-72h", "missing_again"): ("cancels (default)", "runs-on"),
        ("missing-rhi-72h", "cancels"): ("", "changed"),
        ("cin-visit", "in use"): ("off", "on"),
        ("sefton-call-1wd", "rule"): ("", "added"),
    }
    assert ("sefton-call-1wd", "rule", "", "dropped") in list(differences(after, england()))
    assert list(differences(after, after)) == []


def test_a_question_added_by_a_pack_is_no_difference_of_answers() -> None:
    """Only what both packs ask can be answered otherwise."""
    asked = '[[timescales]]\nid = "epo-8d"\n' + PARAMETERS
    after = overlay(NATIONAL, {"settled.toml": form(), "emergency_and_court.toml": asked})

    assert list(differences(england(), after)) == []


NEXT_REVIEWS: Final = """\
[[timescales]]
id = "sefton-allegation-next-review"
title = "Allegation reviewed again"
basis = "local"
tier = "core"
kind = "recurring"
meaning = "duty"
duty_holder = "responsible-authority"
match = "allegation_ref"
starts = [{ fact = "review-held", where = { kind = "allegation" } }]
stops = [{ fact = "review-held", where = { kind = "allegation" } }]
cancels = [{ fact = "allegation-concluded" }]
restarts = [{ fact = "review-held", where = { kind = "allegation" }, how = "rebase" }]
amount = 1
unit = "months"
convention = "months-clamped"
warn = [{ before_due = { amount = 5, unit = "calendar-days" } }]
ladder = "allegation"
digest = true
confidence = "high"
source = { document = "Board minute of 4 May 2016", found = false }
in_force = { from = 2016-05-04 }
"""


def test_a_local_rule_gives_the_later_reviews_of_an_allegation_their_clock() -> None:
    """As the form says of the one question that no rule of the catalogue answers yet."""
    local = overlay(NATIONAL, {"settled.toml": form(), "allegation.toml": NEXT_REVIEWS})
    where = authority(CODE, local, working_days(), history(source()))
    reviews = [
        told("review-held", on, kind="allegation", allegation_ref="allegation-1")
        for on in ("Mon 9 May 2016", "Mon 6 Jun 2016")
    ]
    found = [
        one
        for one in clocks(history(*reviews), where)
        if one.timescale.id == "sefton-allegation-next-review"
    ]

    assert "a local rule can give the others one" in EFFECTS["next_reviews"].note
    assert [one.due_on for one in found] == [date(2016, 6, 9), date(2016, 7, 6)]
