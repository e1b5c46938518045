"""When an agenda closes and whose number says so: the sitting's own day, or the authority's number."""

from dataclasses import replace
from typing import Any

import pytest

from domain.agenda_closing import Closing, closing, closing_of, closings, said_of
from domain.authority import Authority
from domain.clocks import clocks
from domain.event import Recorded
from domain.explanation import explain
from domain.settling import changed, settled_by
from domain.timescales import Policy, Scalar
from tests.histories import core_only, day, england, here, moment, of_authority, told

MACSE = "cse-macse-next-panel"
ELSEWHERE = "cse-cicola-transfer-next-panel"


def sits(*named: dict[str, str], panel: str = "macse") -> Recorded:
    """The dates of a panel, as they were published."""
    return of_authority("panel-sittings-published", "Thu 1 Oct 2015", panel=panel, sittings=named)


def put_off(to: str, **more: Any) -> Recorded:
    """The sitting of November put off to another day."""
    return of_authority(
        "panel-sitting-postponed", "Mon 9 Nov 2015 09:00", panel="macse",
        sits_on="2015-11-11", moved_to=to, reason="other", **more,
    )  # fmt: skip


WHOSE = {
    "sitting": "This day was set for this sitting.",
    f"{MACSE}.agenda_cutoff": (
        "5 working days before the sitting: a judgement to be confirmed, not law."
    ),
    "marac-fortnightly.agenda_cutoff": (
        "8 calendar days before the sitting: a judgement to be confirmed, not law."
    ),
}
NOVEMBER = sits({"sits_on": "2015-11-11"})


def settled(**answers: dict[str, Scalar]) -> Policy:
    """The national pack with these answers, each rule by the words of its id."""
    named = {rule.replace("_", "-"): answer for rule, answer in answers.items()}
    return settled_by(england(), named)


def under(policy: Policy, *said: Recorded) -> Authority:
    """The authority of every story, judged by another pack."""
    return replace(here(*said), policy=policy)


def first(authority: Authority, panel: str = "macse") -> Closing:
    """When the agenda of the first sitting closes."""
    return closing_of(authority, panel, authority.sittings[panel][0])


@pytest.mark.parametrize(
    ("panel", "sitting", "closes", "number"),
    [
        ("macse", {"sits_on": "2015-11-11", "cutoff_on": "2015-11-09"}, "Mon 9 Nov 2015", "sitting"),
        ("macse", {"sits_on": "2015-11-11"}, "Wed 4 Nov 2015", f"{MACSE}.agenda_cutoff"),
        ("macse", {"sits_on": "2016-01-04"}, "Wed 23 Dec 2015", f"{MACSE}.agenda_cutoff"),
        ("marac", {"sits_on": "2016-01-04"}, "Sun 27 Dec 2015", "marac-fortnightly.agenda_cutoff"),
    ],
)  # fmt: skip
def test_the_sittings_own_day_wins_and_else_the_authority_has_a_number(
    panel: str, sitting: dict[str, str], closes: str, number: str
) -> None:
    """Working days are counted by the authority's calendar, calendar days through it."""
    found = first(here(sits(sitting, panel=panel)), panel)

    assert (found.on, found.number, found.whose) == (day(closes), number, WHOSE[number])


def test_settling_the_number_moves_the_close_and_says_so() -> None:
    """What was a judgement is then the authority's own; a sitting's own day is not touched."""
    policy = settled(cse_macse_next_panel={"agenda_cutoff": 3})
    own = sits({"sits_on": "2015-11-11", "cutoff_on": "2015-11-02"})
    found = first(under(policy, NOVEMBER))

    assert found.on == day("Fri 6 Nov 2015")
    assert found.whose == "3 working days before the sitting, as this authority has settled."
    assert first(under(policy, own)).on == day("Mon 2 Nov 2015")


def test_what_is_put_off_stays_shut_unless_a_day_is_said() -> None:
    """It is counted from the day first set, however often it is put off; a new day of its own wins."""
    moved = first(here(NOVEMBER, put_off("2015-11-18")))
    opened = first(here(NOVEMBER, put_off("2015-11-18", cutoff_on="2015-11-13")))
    unknown = first(here(put_off("2015-11-18")))

    assert moved.on == day("Wed 4 Nov 2015")
    assert moved.whose == (
        "5 working days before 11 November 2015, the day first set:"
        " a judgement to be confirmed, not law."
    )
    assert (opened.on, opened.own) == (day("Fri 13 Nov 2015"), True)
    assert (unknown.on, unknown.own) == (day("Wed 18 Nov 2015"), True)


def test_two_rules_of_one_panel_may_be_settled_apart() -> None:
    """The panel's own rule comes first, and the other is said beside it where its day is another."""
    same = under(england(), NOVEMBER)
    apart = under(settled(cse_cicola_transfer_next_panel={"agenda_cutoff": 2}), NOVEMBER)
    own, other = closings(apart, "macse", apart.sittings["macse"][0])

    assert len(closings(same, "macse", same.sittings["macse"][0])) == 1
    assert (own.on, other.on) == (day("Wed 4 Nov 2015"), day("Mon 9 Nov 2015"))
    assert said_of(other) == (
        "Incoming child on another area's CSE plan discussed (to be confirmed): 9 November 2015."
        " 2 working days before the sitting, as this authority has settled."
    )


def test_a_panel_whose_rule_is_off_still_closes_by_its_number() -> None:
    """The rule starts no clock, and its number is known all the same."""
    assert first(
        under(core_only(), sits({"sits_on": "2016-01-04"}, panel="marac")), "marac"
    ).on == (day("Sun 27 Dec 2015"))


def test_where_no_rule_says_anything_an_agenda_closes_as_the_panel_sits() -> None:
    """No number is made up."""
    shipped = england()
    kept = {name: getattr(shipped, name) for name in Policy.model_fields}
    rules = tuple(one for one in shipped.timescales if one.sitting is None)
    bare = under(Policy.model_validate(kept | {"timescales": rules}), NOVEMBER)
    silent = changed(shipped.timescale(MACSE), parameters=())
    sitting = bare.sittings["macse"][0]
    found = [first(bare), closing(sitting, silent, bare.calendar)]

    assert {(one.on, one.number) for one in found} == {(day("Wed 11 Nov 2015"), "none")}
    assert found[0].whose == found[1].whose
    assert found[0].whose == said_of(found[0])
    assert said_of(found[0]) == (
        "The day of the sitting: neither it nor a rule says how long before."
    )


def test_beyond_the_calendar_nobody_guesses() -> None:
    """An agenda that cannot be counted is open until the panel sits, and says why."""
    far = here(sits({"sits_on": "2031-02-05"}))

    assert first(far).on.isoformat() == "2031-02-05"
    assert first(far).whose == (
        "5 working days before the sitting, which no calendar reaches:"
        " until one is adopted it stays open."
    )


def test_a_clock_explains_whose_number_closed_the_agenda() -> None:
    """The same words as on the page of the sitting; a sitting's own day needs none."""
    referred = told(
        "strategy-meeting-held", "Wed 4 Nov 2015 10:00", kind="exploitation", outcome="macse",
        exploitation_refs=("X",),
    )  # fmt: skip
    said = []
    for where in (
        here(NOVEMBER),
        under(settled(cse_macse_next_panel={"agenda_cutoff": 6}), NOVEMBER),
    ):
        (clock,) = (one for one in clocks([referred], where) if one.timescale.id == MACSE)
        found = explain(clock, where, moment("Thu 5 Nov 2015 12:00"))
        said.append((f"{clock.due_on}", dict(found.lines)["Counting"]))

    assert said[0][0] == "2015-11-11"
    assert said[0][1].endswith(
        "and its agenda closes on 4 November 2015, 5 working days before the sitting:"
        " a judgement to be confirmed, not law."
    )
    assert said[1][0] == "2015-12-04"
    assert said[1][1].endswith("was closed: the limit of 1 month stands in.")
