"""A clock that is held says so everywhere and tells nobody; a rule to be confirmed is labelled everywhere."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from domain.authority import Authority, authority
from domain.clocks import Verdict
from domain.engine_events import BreachCured, EscalationRaised, TimescaleWarned
from domain.facts.whole_child import ClockResumed, ClockSuspended, DutyExceptionRecorded
from domain.packs import overlay
from projections.board import counts, rows
from tests.domain.packs import NATIONAL, form
from tests.histories import CODE, core_only, moment, working_days
from tests.web.client import TestClient
from tests.web.console.states import first_clock, of_child
from tests.web.console.town import URL, Town, begin
from web.app import build
from web.console.by_hand import asked

CHILD: Final = "CH-0042"
RULE: Final = "assessment-45wd"
ALLOWS: Final = f"""\
[[timescales]]
id = "{RULE}"
suspension = {{ by = ["service_manager"] }}
"""
LOCAL: Final = overlay(
    NATIONAL, {"settled.toml": form(first="2012-01-02"), "assessment.toml": ALLOWS}
)
REASON: Final = "child in hospital, decided by the service manager"
UNCONFIRMED: Final = "missing-strategy-72h"
LABEL: Final = "to be confirmed"


class Lenient(Town):
    """A town whose own pack lets a service manager hold an assessment."""

    def authority(self, code: str = CODE) -> Authority:
        """The authority by its own pack."""
        stream = self.log.stream(code, "authority", code)
        return authority(code, LOCAL, working_days(), self.log.history(stream))


@pytest.fixture
def lenient(tmp_path: Path) -> Iterator[Town]:
    """One child, whose assessment has to be done by the middle of May."""
    made = Lenient(tmp_path)
    begin(made)
    made.tell(CHILD, "referral-received", "Mon 7 Mar 2016 10:00")
    made.tell(CHILD, "referral-decided", "Mon 7 Mar 2016 11:00", outcome="statutory-assessment")
    made.tell(CHILD, "referrer-acknowledged", "Mon 7 Mar 2016 12:00")
    yield made
    made.close()


def decided(town: Town, name: str, at: str, recorded: str | None = None) -> None:
    """A service manager decides about the assessment."""
    said: dict[str, Any] = {
        "timescale": RULE,
        "duty_ref": "referral-1",
        "decided_by_role": "service_manager",
        "reason": "child-in-hospital" if name == "clock-suspended" else "reason-ended",
    }
    town.tell(CHILD, name, at, recorded=recorded, **said)


def reach(town: Town, at: str) -> None:
    """Let everything happen up to a moment, and bring the board up to it."""
    town.pass_to(moment(at))
    town.show()


def page(town: Town, address: str) -> str:
    """A page as it is sent."""
    answer = TestClient(build(town.parts()), base_url=URL).get(address)
    assert answer.status_code == 200, address
    return answer.text


def words(text: str) -> str:
    """What a person reads of it, with single spaces."""
    bare = re.sub(r"<(script|style)\b.*?</\1>", " ", text, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def of_the_rule(town: Town, kind: type[Any]) -> list[Any]:
    """What Daymark recorded of the assessment, of one kind."""
    episode = town.log.episode(town.log.stream(CODE, "child", CHILD))
    assert episode is not None
    return [
        one.event.said
        for one in episode.engine
        if isinstance(one.event.said, kind) and one.event.said.timescale == RULE
    ]


def row_of(town: Town) -> tuple[Verdict, bool]:
    """What the board says of the assessment, and whether anybody is told of it."""
    found, _ = rows(town.views, CODE, town.now)
    (row,) = [one for one in found if one.timescale == RULE]
    return row.status, bool(row.escalation)


def test_a_held_clock_is_held_on_every_page_and_climbs_no_ladder(lenient: Town) -> None:
    """Long past the day on which it would have run out: a grey word with its reason, and nobody told."""
    decided(lenient, "clock-suspended", "Mon 14 Mar 2016 12:00")
    reach(lenient, "Wed 1 Jun 2016 09:00")
    clock = lenient.clock(CHILD, RULE)
    board = page(lenient, "/board?status=suspended")
    child = page(lenient, f"/children/{lenient.ref(CHILD)}")
    alone = words(page(lenient, f"/children/{lenient.ref(CHILD)}/clocks/{clock}"))
    drawn = words(page(lenient, f"/children/{lenient.ref(CHILD)}/clocks"))

    for shown in (board, child):
        assert re.search(r"govuk-tag--grey[^>]*>\s*Held\s*<", shown)
        assert "govuk-tag--red" not in shown
    assert f"Held since 14 March 2016 at midday: {REASON}." in words(child)
    assert "Why is this held?" in alone
    assert f"is held since 14 March 2016 at midday: {REASON}." in alone
    assert "had it not been held" in alone
    assert "Held" in drawn
    assert row_of(lenient) == (Verdict.SUSPENDED, False)
    assert counts(lenient.views, CODE, lenient.now)[Verdict.SUSPENDED] == 1
    assert of_the_rule(lenient, TimescaleWarned) == of_the_rule(lenient, EscalationRaised) == []
    assert lenient.ladders(CHILD) == []


@pytest.mark.parametrize(
    ("model", "let"),
    [(ClockSuspended, [RULE]), (ClockResumed, [RULE]), (DutyExceptionRecorded, [])],
)
def test_the_clock_that_a_decision_is_about_is_chosen_in_words(
    lenient: Town, model: Any, let: list[str]
) -> None:
    """Among the child's clocks whose rule lets it be decided so, by their titles."""
    episode = lenient.log.episode(lenient.log.stream(CODE, "child", CHILD))
    assert episode is not None
    questions = {one.name: one for one in asked(model, episode, lenient.authority())}
    which, who = questions["timescale"], questions.get("decided_by_role")

    assert who is None or who.choices == (("service_manager", "Service manager"),)
    assert (which.text, which.kind) == ("Which clock?", "one")
    assert which.choices == tuple((rule, LOCAL.by_id[rule].title) for rule in let)


def test_a_clock_that_runs_on_is_due_later_and_climbs_again(lenient: Town) -> None:
    """What was left of its time runs from the day of resumption; then it warns, runs out and is told of."""
    decided(lenient, "clock-suspended", "Mon 14 Mar 2016 12:00")
    decided(lenient, "clock-resumed", "Mon 4 Apr 2016 09:00")
    reach(lenient, "Mon 4 Apr 2016 10:00")
    running = row_of(lenient)
    child = words(page(lenient, f"/children/{lenient.ref(CHILD)}"))
    clock = lenient.clock(CHILD, RULE)
    alone = words(page(lenient, f"/children/{lenient.ref(CHILD)}/clocks/{clock}"))
    reach(lenient, "Mon 6 Jun 2016 09:00")

    assert running == (Verdict.RUNNING, False)
    assert "40 working days left" in child
    assert "It runs on since 4 April 2016 at 9am: reason ended" in alone
    assert row_of(lenient) == (Verdict.BREACHED, True)
    assert of_the_rule(lenient, TimescaleWarned) != []
    assert len(of_the_rule(lenient, EscalationRaised)) == 1


def test_a_hold_told_too_late_ends_the_ladder_it_would_have_spared(lenient: Town) -> None:
    """Decided in time and recorded after the breach: it is not late after all, for it is held."""
    reach(lenient, "Tue 17 May 2016 09:00")
    before = row_of(lenient)
    decided(lenient, "clock-suspended", "Mon 14 Mar 2016 12:00", recorded="Tue 17 May 2016 10:00")
    reach(lenient, "Tue 17 May 2016 11:00")
    (cured,) = of_the_rule(lenient, BreachCured)
    child = words(page(lenient, f"/children/{lenient.ref(CHILD)}"))

    assert before == (Verdict.BREACHED, True)
    assert row_of(lenient) == (Verdict.SUSPENDED, False)
    assert cured.verdict == "suspended"
    assert (
        "not late after all: it is held, because of clock suspended recorded on 17 May 2016"
        in child
    )


def test_a_breach_of_which_nobody_can_tell_any_more_stands_on_its_pages(lenient: Town) -> None:
    """The source states less than it did: the ladder is still to be answered, and says why nobody knows."""
    reach(lenient, "Tue 17 May 2016 09:00")
    lenient.tell_of_itself(
        "source-registered",
        "Tue 17 May 2016 09:30",
        source="case-system",
        delivers="continuous",
        states=["referral-received"],
        times="happened",
        from_on="2012-01-02",
    )
    reach(lenient, "Tue 17 May 2016 11:00")
    (ladder,) = of_the_rule(lenient, EscalationRaised)
    asked_for = words(page(lenient, f"/escalations/{ladder.escalation}"))
    clock = lenient.clock(CHILD, RULE)
    alone = words(page(lenient, f"/children/{lenient.ref(CHILD)}/clocks/{clock}"))
    why = "no source that is registered now can say whether it was done."

    assert row_of(lenient) == (Verdict.UNOBSERVABLE, True)
    assert of_the_rule(lenient, BreachCured) == []
    assert f"was told as late, and that stands. Now nobody can tell, for {why}" in asked_for
    assert "what do you want to do?" in asked_for
    assert "That stands until something shows that it was none; now nobody can tell" in alone
    assert "does not state any more what it did" in alone


def ladder_of(town: Town) -> str:
    """The page on which one answers for a rule that is to be confirmed."""
    episode = town.log.episode(town.log.stream(CODE, "child", "CH-0005"))
    assert episode is not None
    raised = [one.event.said for one in episode.engine]
    (ladder,) = {
        one.escalation
        for one in raised
        if isinstance(one, EscalationRaised) and one.timescale == UNCONFIRMED
    }
    return f"/escalations/{ladder}"


def own_clock(town: Town) -> str:
    """The page of that clock."""
    return f"/children/{town.ref('CH-0005')}/clocks/{town.clock('CH-0005', UNCONFIRMED)}"


@pytest.mark.parametrize(
    "address",
    [
        "/board",
        "/board.csv",
        "/morning",
        "/figures/breaches",
        "/figures/breaches.csv",
        "/settle?thread=missing",
        "/going-live",
        of_child("CH-0005"),
        of_child("CH-0005", "/clocks"),
        own_clock,
        ladder_of,
    ],
)
def test_a_rule_to_be_confirmed_is_labelled_wherever_its_name_stands(
    town: Town, address: Any
) -> None:
    """Its title is never on a page or in a file without the words."""
    title = core_only().timescale(UNCONFIRMED).title
    shown = words(page(town, address if isinstance(address, str) else address(town)))
    after = [part[:120] for part in shown.split(title)[1:]]

    assert after
    assert all(LABEL in part for part in after), after


def test_a_rule_of_law_is_not_labelled(town: Town) -> None:
    """The words mean something."""
    title = core_only().timescale("icpc-15wd").title
    shown = words(page(town, first_clock(town)))

    assert title in shown
    assert LABEL not in shown


def test_two_moments_name_every_hold(lenient: Town) -> None:
    """A clock held twice has two holds in both explanations; none of them stands in for the other."""
    decided(lenient, "clock-suspended", "Mon 14 Mar 2016 12:00")
    decided(lenient, "clock-resumed", "Mon 21 Mar 2016 12:00")
    decided(lenient, "clock-suspended", "Mon 28 Mar 2016 12:00")
    lenient.show()
    compared = of_child(CHILD, "/compare?known-at=2016-03-15")(lenient)
    said = words(page(lenient, compared))
    first = f"Since 14 March 2016 at midday: {REASON}"

    assert f"{first}. Nothing has let it run on yet." in said
    assert f"{first}. It runs on since 21 March 2016 at midday" in said
    assert f"Since 28 March 2016 at midday: {REASON}. Nothing has let it run on yet." in said
