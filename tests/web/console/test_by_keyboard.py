"""Whole journeys by keyboard alone, and without scripts: what managers and officers do in a form."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from domain.access_events import AccessForced, ScopeGiven
from domain.clocks import Clock, Verdict, verdict
from domain.engine_events import ClockReassigned
from domain.packs import overlay
from tests.domain.packs import NATIONAL, form
from tests.histories import CODE
from tests.web.console.conftest import World, be, be_at_once, be_person, opened, serving
from tests.web.console.states import AUDITOR, OFFICER, guard
from tests.web.console.test_answering import Busy, press_until, said
from tests.web.console.test_day_as_told import follow
from tests.web.console.town import NOW, Town, begin

WHY = "The duty worker is ill and the police are asking now."


@pytest.fixture
def page(window: Page) -> Page:
    """One window for every story of this file: none of them leaves anything in it but who was there."""
    return window


@pytest.fixture
def watched(lived: Path, tmp_path: Path) -> Iterator[World]:
    """A town of one's own in which somebody watches over who looks, and somebody audits."""
    town = opened(lived, tmp_path)
    parts = town.parts(people=guard(town))
    with serving(parts) as site:
        yield World(town, parts, site)
    town.close()


@pytest.fixture
def bare(browser: Browser) -> Iterator[Page]:
    """A page of a browser that runs no scripts."""
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def type_in(page: Page, name: str, text: str) -> None:
    """Go to a field by Tab, and type."""
    press_until(page, f"e.id == '{name}'")
    page.keyboard.type(text)


def type_day(page: Page, name: str, day: str) -> None:
    """Type a day into its three boxes, each reached by Tab."""
    for box, text in zip(("day", "month", "year"), day.split(), strict=True):
        type_in(page, f"{name}-{box}", text)


def given(town: Town) -> list[ScopeGiven]:
    """Every scope that was given to the auditor."""
    history = town.log.history(town.own_stream)
    return [one.event.said for one in history if isinstance(one.event.said, ScopeGiven)]


def test_clocks_are_handed_over_from_the_board_by_keyboard(page: Page, busy: Busy) -> None:
    """Ticked on the board, handed over in one form, and said on the board that it leads back to."""
    town, site = busy
    be_at_once(page, site, "Hannah Brook")
    page.goto(f"{site}/board")
    press_until(page, "e.id.startsWith('choose-')")
    page.keyboard.press("Space")
    follow(page, "Hand over the chosen clocks")
    type_in(page, "owner", "Amara")
    type_day(page, "until", "14 1 2016")
    press_until(page, "e.name == 'reason'")
    page.keyboard.press("Space")
    follow(page, "Hand over")
    expect(page.get_by_role("alert")).to_contain_text("1 clock was handed over.")

    assert handed_over(town) == ["P-1"]


def handed_over(town: Town) -> list[str]:
    """To whom clocks of the town's children were handed over."""
    return [
        one.owner
        for number in range(1, 10)
        for one in said(town, f"CH-000{number}", ClockReassigned)
        if isinstance(one, ClockReassigned)
    ]


def test_clocks_are_handed_over_without_scripts(bare: Page, busy: Busy) -> None:
    """The boxes, the form and the answer are there without any."""
    town, site = busy
    be(bare, site, "Hannah Brook")
    bare.goto(f"{site}/board")
    bare.locator("input[name=clock]").first.check()
    bare.get_by_role("button", name="Hand over the chosen clocks").click()
    bare.locator("#owner").select_option("P-1")
    for box, text in (("day", "14"), ("month", "1"), ("year", "2016")):
        bare.locator(f"#until-{box}").fill(text)
    bare.locator("input[name=reason]").first.check()
    bare.get_by_role("button", name="Hand over").click()
    expect(bare.get_by_role("alert")).to_contain_text("1 clock was handed over.")

    assert handed_over(town) == ["P-1"]


def test_a_scope_is_given_by_keyboard(page: Page, watched: World) -> None:
    """Who looks, for what, until when, a sample and the authority itself: each reached by Tab."""
    be_person(page.context, watched, OFFICER)
    before = len(given(watched.town))
    page.goto(f"{watched.site}/audit/scopes")
    type_in(page, "person", "Anselm")
    type_in(page, "purpose", "Audit")
    type_day(page, "until", "29 1 2016")
    press_until(page, "e.name == 'itself'")
    page.keyboard.press("Space")
    follow(page, "Give this scope")
    expect(page.get_by_role("heading", name="Audit scope")).to_be_visible()
    scope = given(watched.town)[-1]

    assert len(given(watched.town)) == before + 1
    assert (scope.person, scope.purpose) == (AUDITOR, "audit")
    assert scope.children[-1] == watched.town.own_stream.hex


def test_a_scope_is_given_without_scripts(bare: Page, watched: World) -> None:
    """The same form, chosen by reference."""
    be_person(bare.context, watched, OFFICER)
    bare.goto(f"{watched.site}/audit/scopes")
    bare.locator("#person").select_option(AUDITOR)
    bare.locator("#purpose").select_option("audit")
    for box, text in (("day", "29"), ("month", "1"), ("year", "2016")):
        bare.locator(f"#until-{box}").fill(text)
    bare.get_by_label("These children, by the case system’s reference").check()
    bare.locator("#references").fill("CH-0004")
    bare.get_by_role("button", name="Give this scope").click()
    expect(bare.get_by_text("Chosen by reference")).to_be_visible()

    assert given(watched.town)[-1].children == (watched.town.ref("CH-0004"),)


def test_a_record_is_forced_open_by_keyboard(page: Page, watched: World) -> None:
    """The reference, the reason, and the record with its limit; recorded with who and why."""
    be_person(page.context, watched, "P-2")
    page.goto(f"{watched.site}/forced-access")
    type_in(page, "reference", "CH-0001")
    type_in(page, "reason", WHY)
    follow(page, "Open the record")
    expect(page.get_by_role("heading", level=1)).to_contain_text("CH-0001")

    assert forced(watched.town) == ["P-2"]


def test_a_record_is_forced_open_without_scripts(bare: Page, watched: World) -> None:
    """Breaking the glass must not hang on a script."""
    be_person(bare.context, watched, "P-2")
    bare.goto(f"{watched.site}/forced-access")
    bare.locator("#reference").fill("CH-0001")
    bare.locator("#reason").fill(WHY)
    bare.get_by_role("button", name="Open the record").click()
    expect(bare.get_by_role("heading", level=1)).to_contain_text("CH-0001")

    assert forced(watched.town) == ["P-2"]


def forced(town: Town) -> list[str | None]:
    """Who forced the record of the child open."""
    history = town.log.history(town.log.stream(CODE, "child", "CH-0001"))
    return [one.event.by for one in history if isinstance(one.event.said, AccessForced)]


APPROVAL = "lac-temporary-approval-16w"
ASSESSMENT = "assessment-45wd"
OURS = overlay(
    NATIONAL,
    {
        "settled.toml": form(first="2012-01-02"),
        "assessment.toml": f'[[timescales]]\nid = "{ASSESSMENT}"\n'
        'suspension = { by = ["service_manager"] }\n',
    },
)
"""A pack that lets a service manager hold an assessment."""


@pytest.fixture
def warned(tmp_path: Path) -> Iterator[Busy]:
    """A town with an approval that may be lengthened and an assessment that may be held, warned of both."""
    town = Town(tmp_path, policy=lambda: OURS)
    begin(town)
    town.tell("CH-0001", "temporary-approval-given", "Thu 1 Oct 2015", is_extension=False)
    town.tell("CH-0002", "referral-received", "Mon 9 Nov 2015 10:00")
    town.tell("CH-0002", "referral-decided", "Mon 9 Nov 2015 11:00", outcome="statutory-assessment")
    town.tell("CH-0002", "referrer-acknowledged", "Mon 9 Nov 2015 12:00")
    town.pass_to(NOW)
    town.now = NOW
    town.show()
    with serving(town.parts()) as site:
        yield town, site
    town.close()


def warning_of(town: Town, child: str, rule: str) -> str:
    """The page of the last warning of a clock."""
    key = town.clock(child, rule)
    return f"/escalations/{[one.id for one in town.tellings(child) if one.clock == key][-1]}"


def clock_of(town: Town, child: str, rule: str) -> Clock:
    """A child's clock of a rule, as it stands."""
    episode = town.log.episode(town.log.stream(CODE, "child", child))
    assert episode is not None
    return next(one for one in episode.clocks(town.authority()) if one.timescale.id == rule)


def test_a_clock_is_lengthened_and_another_held_by_keyboard(page: Page, warned: Busy) -> None:
    """From the page of each warning, through the form of the decision, to its receipt; the clock obeys."""
    town, site = warned
    be_at_once(page, site, "Hannah Brook")
    page.goto(site + warning_of(town, "CH-0001", APPROVAL))
    follow(page, "Temporary approval given: 8 weeks more")
    type_day(page, "when", "11 1 2016")
    press_until(page, "e.name == 'placement_ref'")
    page.keyboard.press("Space")
    press_until(page, "e.id == 'is_extension'")
    page.keyboard.press("Space")
    follow(page, "Record it")
    expect(page.get_by_text("Recorded. Every clock that it concerns")).to_be_visible()
    page.goto(site + warning_of(town, "CH-0002", ASSESSMENT))
    follow(page, "It is held, by the decision of somebody who may")
    type_day(page, "when", "11 1 2016")
    expect(page.locator("[name=timescale]:checked")).to_have_value(ASSESSMENT)
    expect(page.locator("[name=duty_ref]:checked")).to_have_value("referral-1")
    press_until(page, "e.id == 'reason'")
    page.keyboard.press("Space")
    type_in(page, "decided_by_role", "Service manager")
    follow(page, "Record it")
    expect(page.get_by_text("Recorded. Every clock that it concerns")).to_be_visible()
    longer, held = clock_of(town, "CH-0001", APPROVAL), clock_of(town, "CH-0002", ASSESSMENT)

    assert longer.due_on == date(2016, 3, 17)
    assert verdict(held, NOW) is Verdict.SUSPENDED
