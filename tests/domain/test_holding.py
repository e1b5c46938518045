"""A clock is held by a fact where its rule lets a named role decide it, and runs on by another."""

from datetime import timedelta
from functools import cache
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as some

from domain.anomalies import anomalies
from domain.authority import Authority, authority
from domain.child_episode import from_history, outstanding, perform
from domain.clocks import Clock, clocks, verdict
from domain.engine_events import BreachCured, ClockRetimed, TimescaleBreached
from domain.errors import UnreadablePolicy
from domain.event import Recorded
from domain.explanation import explain
from domain.lateness import lateness
from domain.packs import overlay
from domain.recorded_words import sentence
from domain.timescales import Policy
from domain.words import how_late, time_left
from tests.domain.packs import NATIONAL, form
from tests.histories import (
    CODE,
    day,
    england,
    history,
    moment,
    source,
    told,
    withdrawn,
    working_days,
)

ALLOWS: Final = """\
[[timescales]]
id = "assessment-45wd"
suspension = { by = ["service_manager"] }
"""
ALLOWS_MISSING: Final = """\
[[timescales]]
id = "missing-strategy-72h"
suspension = { by = ["service_manager"] }
"""
ALLOWS_PLAN: Final = """\
[[timescales]]
id = "cin-plan-review"
suspension = { by = ["service_manager"] }
"""
REFERRED: Final = told("referral-received", "Mon 7 Mar 2016 10:00")
MISSING: Final = told("missing-episode-started", "Mon 7 Mar 2016 10:00", type="M")


@cache
def local() -> Policy:
    """The national pack under one that lets two rules be held."""
    files = {
        "assessment.toml": ALLOWS, "missing.toml": ALLOWS_MISSING, "protection_plan.toml": ALLOWS_PLAN,
    }  # fmt: skip
    return overlay(NATIONAL, {"settled.toml": form(), **files})


def here() -> Authority:
    """An authority that judges by that pack."""
    return authority(CODE, local(), working_days(), history(source()))


def decision(name: str, at: str, **fields: Any) -> Recorded:
    """A decision about the assessment, by one who may decide it."""
    said = {
        "timescale": "assessment-45wd",
        "duty_ref": "referral-1",
        "decided_by_role": "service_manager",
        "reason": "child-in-hospital" if name == "clock-suspended" else "reason-ended",
    }
    return told(name, at, **(said | fields))


HELD: Final = decision("clock-suspended", "Mon 14 Mar 2016 12:00")
RESUMED: Final = decision("clock-resumed", "Mon 4 Apr 2016 09:00")


def clock(*facts: Recorded, rule: str = "assessment-45wd") -> Clock:
    """The clock of a rule that these facts have started."""
    return next(one for one in clocks(history(*facts), here()) if one.timescale.id == rule)


def said(one: Clock, at: str) -> str:
    """The verdict at a moment."""
    return verdict(one, moment(at)).value


def test_a_held_clock_warns_nobody_and_breaks_nothing() -> None:
    """From the hour it was held, and for as long as nothing lets it run on."""
    held = clock(REFERRED, HELD)

    assert said(held, "Mon 14 Mar 2016 11:59") == "running"
    assert said(held, "Mon 14 Mar 2016 12:00") == said(held, "Mon 7 Mar 2022 12:00") == "suspended"
    assert held.breaks_at is None
    assert held.warnings == ()


def test_what_was_left_runs_on() -> None:
    """Five of 45 days were used when it was held: forty are left from the day of resumption."""
    moved = clock(REFERRED, HELD, RESUMED)

    assert clock(REFERRED).due_on == working_days().add(moment("Mon 7 Mar 2016 10:00").date(), 45)
    assert moved.due_on == working_days().add(moment("Mon 4 Apr 2016 09:00").date(), 40)
    assert said(moved, "Fri 1 Apr 2016 09:00") == "suspended"
    assert said(moved, "Mon 4 Apr 2016 09:00") == "running"
    assert len(moved.warnings) == len(clock(REFERRED).warnings)
    assert all(at > moment("Mon 4 Apr 2016 09:00") for at in moved.warnings)


def test_hours_are_held_to_the_second() -> None:
    """Seventy-two hours, ten of them used: sixty-two are left."""
    about = {"timescale": "missing-strategy-72h", "duty_ref": "missing_episode-1"}
    held = decision("clock-suspended", "Mon 7 Mar 2016 20:00", **about)
    resumed = decision("clock-resumed", "Fri 11 Mar 2016 08:30", **about)
    moved = clock(MISSING, held, resumed, rule="missing-strategy-72h")

    assert moved.due_at == moment("Fri 11 Mar 2016 08:30") + timedelta(hours=62)
    assert said(moved, "Fri 11 Mar 2016 08:29") == "suspended"


def test_months_are_held_by_the_day() -> None:
    """A review that is due three months on comes as many days later as it was held, Sundays too."""
    about = {"timescale": "cin-plan-review", "duty_ref": "plan-1"}
    begun = told("plan-started", "Mon 7 Mar 2016", kind="child-in-need")
    held = decision("clock-suspended", "Mon 14 Mar 2016", **about)
    resumed = decision("clock-resumed", "Thu 24 Mar 2016", **about)
    moved = clock(begun, held, resumed, rule="cin-plan-review")

    assert clock(begun, rule="cin-plan-review").due_on == day("Tue 7 Jun 2016")
    assert moved.due_on == day("Fri 17 Jun 2016")


def test_it_can_be_held_again() -> None:
    """A second hold counts from where the first let it run on; one inside the first counts for nothing."""
    inside = decision("clock-suspended", "Wed 16 Mar 2016 12:00")
    again = decision("clock-suspended", "Mon 11 Apr 2016 12:00")
    on = decision("clock-resumed", "Mon 18 Apr 2016 12:00")
    moved = clock(REFERRED, HELD, inside, RESUMED, again, on)

    assert [hold.since.earliest for hold in moved.holds] == [
        moment("Mon 14 Mar 2016 12:00"),
        moment("Mon 11 Apr 2016 12:00"),
    ]
    assert moved.due_on == working_days().add(moment("Mon 18 Apr 2016 12:00").date(), 35)


def test_what_is_done_while_it_is_held_is_done_in_time() -> None:
    """And a birthday or a closed case ends it, however far off."""
    done = told(
        "assessment-authorised",
        "Mon 4 Jul 2016",
        kind="child-and-family",
        referral_ref="referral-1",
    )
    closed = told("case-closed", "Mon 4 Jul 2016 10:00")

    assert said(clock(REFERRED, HELD, done), "Tue 5 Jul 2016 09:00") == "met"
    assert said(clock(REFERRED, HELD, closed), "Tue 5 Jul 2016 09:00") == "cancelled"


def test_a_hold_beyond_the_calendar_is_not_guessed() -> None:
    """It runs on where nobody has published which days are worked."""
    late = decision("clock-resumed", "Fri 15 Dec 2028 09:00", recorded="Mon 4 Apr 2016 09:00")

    assert said(clock(REFERRED, HELD, late), "Mon 18 Dec 2028 09:00") == "undecidable"


NOT_RUNNING: Final = "no such clock was running then, or it was held already."
NOT_ITS: Final = {"decided_by_role": "social_worker"}
WITHOUT_EFFECT: Final = [
    (
        (decision("clock-suspended", "Mon 14 Mar 2016", timescale="no-such-rule"),),
        "no rule is called so.",
    ),
    (
        (decision("clock-suspended", "Mon 14 Mar 2016", timescale="referral-decision-1wd"),),
        "its rule does not allow that.",
    ),
    (
        (decision("clock-suspended", "Mon 14 Mar 2016", **NOT_ITS),),
        "the social worker may not decide that.",
    ),
    ((decision("clock-suspended", "Mon 14 Mar 2016", duty_ref="referral-2"),), NOT_RUNNING),
    ((decision("clock-suspended", "Fri 4 Mar 2016"),), NOT_RUNNING),
    ((decision("clock-suspended", "Wed 1 Jun 2016"),), NOT_RUNNING),
    ((decision("clock-resumed", "Mon 14 Mar 2016"),), "no such clock was held then."),
    (
        (
            MISSING,
            decision(
                "clock-suspended",
                "Tue 8 Mar 2016",
                timescale="missing-strategy-72h",
                duty_ref="missing_episode-1",
            ),
        ),
        "its rule counts hours, and only the day is known.",
    ),
]


@pytest.mark.parametrize(("facts", "why"), WITHOUT_EFFECT)
def test_what_may_not_hold_a_clock_changes_nothing(facts: tuple[Recorded, ...], why: str) -> None:
    """It is recorded, it is an anomaly with its reason, and every clock is as it was."""
    found = anomalies(history(REFERRED, *facts), here())
    kept = [one for one in facts if one.event.name == "missing-episode-started"]

    assert any(one.kind == "changes nothing" and one.sentence.endswith(why) for one in found)
    assert clocks(history(REFERRED, *facts), here()) == clocks(history(REFERRED, *kept), here())


def test_a_hold_that_works_surprises_nobody() -> None:
    """Neither the decision to hold it nor the one to let it run on."""
    assert not anomalies(history(REFERRED, HELD, RESUMED), here())


def test_no_national_rule_may_be_held() -> None:
    """The catalogue allows it nowhere; only an authority's own pack may."""
    assert not [rule.id for rule in england().timescales if rule.suspension is not None]
    assert local().timescale("assessment-45wd").basis == "local"


IN_IT: Final = "assessment.toml:3: assessment-45wd: suspension."


@pytest.mark.parametrize(
    ("rule", "file", "key", "sentence_"),
    [
        (
            "assessment-45wd",
            "assessment",
            'by = ["cheif"]',
            IN_IT + "by: cheif is not a role Daymark knows",
        ),
        (
            "assessment-45wd",
            "assessment",
            "by = []",
            IN_IT + "by: Tuple should have at least 1 item",
        ),
        (
            "assessment-45wd",
            "assessment",
            'for = ["x"]',
            IN_IT + "for: Extra inputs are not permitted",
        ),
        (
            "epo-8d",
            "emergency_and_court",
            'by = ["service_manager"]',
            "emergency_and_court.toml:3: epo-8d: suspension: its due day is not only counted",
        ),
        (
            "cse-macse-next-panel",
            "exploitation",
            'by = ["service_manager"]',
            "exploitation.toml:3: cse-macse-next-panel: suspension: what is left of next sitting",
        ),
    ],
)
def test_a_wrong_permission_is_placed(rule: str, file: str, key: str, sentence_: str) -> None:
    """A role nobody knows, nobody at all, or a rule of which nothing can be left."""
    text = f'[[timescales]]\nid = "{rule}"\nsuspension = {{ {key} }}\n'
    with pytest.raises(UnreadablePolicy) as why:
        overlay(NATIONAL, {"settled.toml": form(), f"{file}.toml": text})

    assert str(why.value).startswith(sentence_)


def driven(*facts: Recorded, until: str) -> list[Recorded]:
    """The stream after Daymark has done all that was due of the assessment by a moment."""
    now, log = moment(until), list(history(*facts))
    while True:
        episode = from_history(tuple(log))
        stages = [
            one
            for one in outstanding(episode, here())
            if one.at <= now and one.timescale == "assessment-45wd"
        ]
        if not stages:
            return log
        for event in perform(episode, here(), stages[0], now):
            number = len(log) + 1
            log.append(Recorded(event, log[0].stream, number, number, now))


def later(log: list[Recorded], fact: Recorded, until: str) -> list[Recorded]:
    """The same after one more fact."""
    return driven(*log, fact, until=until)


def test_a_hold_heard_of_late_cures_a_breach_and_a_resumption_retimes_it() -> None:
    """Each change is an event that names the decision as its cause."""
    broken = driven(REFERRED, until="Mon 6 Jun 2016 09:00")
    assert any(isinstance(one.event.said, TimescaleBreached) for one in broken)
    held = later(broken, HELD, "Tue 7 Jun 2016 09:00")
    cured = next(one.event.said for one in held if isinstance(one.event.said, BreachCured))
    both = later(broken, RESUMED, "Tue 7 Jun 2016 09:00")
    resumed = driven(*both, HELD, until="Tue 7 Jun 2016 10:00")
    moved = next(
        one.event.said for one in resumed if isinstance(one.event.said, BreachCured | ClockRetimed)
    )

    assert (cured.verdict, cured.cause) == ("suspended", HELD.event_id)
    assert isinstance(moved, ClockRetimed)
    assert moved.cause == HELD.event_id
    assert moved.due_at == clock(REFERRED, HELD, RESUMED).due_at


def test_a_page_says_who_held_it_and_why() -> None:
    """The same words on page, command and e-mail, and each day left out is named."""
    held, now = clock(REFERRED, HELD), moment("Fri 1 Jul 2016 09:00")
    told_then = explain(held, here(), now)
    after = explain(clock(REFERRED, HELD, RESUMED), here(), moment("Tue 5 Apr 2016 09:00"))

    assert (told_then.question, told_then.status) == ("Why is this held?", "Held")
    assert told_then.answer.endswith(
        "is held since 14 March 2016 at midday: child in hospital, decided by the service manager."
        " What is left of its time runs on once it is resumed."
    )
    assert dict(told_then.lines)["Held"].endswith("Nothing has let it run on yet.")
    assert dict(told_then.lines)["Due"].endswith("had it not been held.")
    assert "reason ended, decided by the service manager" in dict(after.lines)["Held"]
    assert [day.on.isoformat() for day in after.days if day.why_not == "Held"][:2] == [
        "2016-03-15",
        "2016-03-16",
    ]
    assert (how_late(held, now, working_days()), time_left(held, now, working_days())) == ("", "")
    assert time_left(held, moment("Tue 15 Mar 2016 09:00"), working_days()) == ""
    assert lateness(held, now) is None


def test_a_history_says_what_was_decided() -> None:
    """In one sentence each, with the title of the rule, or its id where it is not known."""
    unknown = decision("clock-suspended", "Mon 14 Mar 2016", timescale="no-such-rule")
    title = local().timescale("assessment-45wd").title

    assert sentence(HELD, local()) == (
        f"{title}: to be held (child in hospital, decided by the service manager)."
    )
    assert sentence(RESUMED, local()) == (
        f"{title}: to run on (reason ended, decided by the service manager)."
    )
    assert sentence(unknown, local()).startswith("no-such-rule: to be held")


DECISIONS: Final = (
    HELD,
    RESUMED,
    decision("clock-suspended", "Wed 16 Mar 2016"),
    decision("clock-suspended", "Mon 11 Apr 2016 12:00"),
    decision("clock-resumed", "Mon 18 Apr 2016"),
    decision("clock-resumed", "Tue 3 May 2016 12:00", **NOT_ITS),
    withdrawn(RESUMED, "Mon 9 May 2016 10:00"),
)


@given(some.lists(some.sampled_from(DECISIONS), max_size=9), some.integers())
def test_order_and_duplicates_change_nothing(decided: list[Recorded], seed: int) -> None:
    """However decisions arrive, and however often, the clock is the same."""
    facts = [REFERRED, *dict.fromkeys(decided)]
    again = [*facts, *decided]
    Random(seed).shuffle(again)  # noqa: S311 (nothing is secret here)

    assert clock(*again) == clock(*facts)


def test_an_hour_rule_may_be_warned_of_by_the_hour_and_by_the_day() -> None:
    """What follows from the instant of the start and what follows from the due day are both counted."""
    files = {
        "missing.toml": ALLOWS_MISSING
        + 'warn = [{ after_start = { amount = 24, unit = "hours" } }, { on_due_date_at = "08:00" }]\n'
    }
    policy = overlay(NATIONAL, {"settled.toml": form(), **files})
    ours = authority(CODE, policy, working_days(), history(source()))
    (found,) = [
        one for one in clocks(history(MISSING), ours) if one.timescale.id == "missing-strategy-72h"
    ]

    assert found.due_at == moment("Thu 10 Mar 2016 10:00")
    assert found.warnings == (moment("Tue 8 Mar 2016 10:00"), moment("Thu 10 Mar 2016 08:00"))
