"""When each panel sits: its dates and cut-offs, entered and put off by whoever keeps them."""

from collections.abc import Mapping, Sequence
from datetime import date

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from domain.access_rules import Action
from domain.agenda_closing import Closing, closing_of, closings, said_of, waiting_for
from domain.authority import Authority
from domain.calendar import london_date
from domain.code_sets import CODE_SETS
from domain.facts.authority import PanelSittingPostponed, PanelSittingsPublished
from domain.facts.authority import Sitting as Published
from domain.invitations import called
from domain.permission import Record, may
from domain.sittings import Sitting, sitting_on
from domain.timescales import spelled
from domain.words import say_list, say_weekday
from web.access import needs
from web.addresses import Addresses
from web.console.gate import access
from web.console.look_back import day_typed
from web.console.pages import Page, Pages, texts
from web.console.telling import Filled, begin, may_record, tell, told_before
from web.console.wording import capital

TITLE = "When the panels sit"
PANELS = CODE_SETS["panel_kind"].labels
REASONS = CODE_SETS["postponement_reason"].labels
NOT_A_DATE = "Enter a real date, for example 11 11 2026"


def sittings(pages: Pages) -> Addresses:
    """The dates of every panel, and the forms that change them."""
    routes = pages.door()

    @routes.get("/sittings")
    @needs(Action.OPEN, "staff")
    def page(request: Request, done: str = "") -> Response:
        return show(pages, request, Filled(), done=done)

    @routes.post("/sittings")
    @needs(Action.RECORD, "list")
    async def entered(request: Request) -> Response:
        form = texts(await request.form())
        return await run_in_threadpool(enter, pages, request, form)

    @routes.get("/sittings/{panel}/{day}/postpone")
    @needs(Action.SEE, "sitting")
    def ask(request: Request, panel: str, day: str) -> Response:
        return show_postponing(pages, request, known(pages, panel, day), panel, Filled())

    @routes.post("/sittings/{panel}/{day}/postpone")
    @needs(Action.RECORD, "list")
    async def postponed(request: Request, panel: str, day: str) -> Response:
        form = texts(await request.form())
        return await run_in_threadpool(postpone, pages, request, form, panel, day)

    return routes


def known(pages: Pages, panel: str, day: str) -> Sitting:
    """The sitting that an address names; HTTPException 404 where there is none."""
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise HTTPException(404) from None
    dates = pages.parts.authority(pages.parts.code).sittings
    found = sitting_on(dates.get(panel, ()), on) if on.isoformat() == day else None
    if found is None:
        raise HTTPException(404)
    return found


def show(pages: Pages, request: Request, filled: Filled, *, done: str = "") -> Response:
    """The list of dates with the form for a new one."""
    authority, today = pages.parts.authority(pages.parts.code), london_date(pages.parts.now())
    faults = filled.faults
    return pages.form(
        request,
        "sittings.html",
        Page(TITLE, "sittings", error=bool(faults), relies_on="nothing"),
        400 if faults else 200,
        panels=[of_panel(pages, request, authority, panel, today) for panel in PANELS],
        choices=[{"value": panel, "text": panel.upper()} for panel in PANELS],
        closing_hint=closing_hint(authority),
        filled=filled,
        done=done,
        may_record=may_record(pages, request),
    )


def closing_hint(authority: Authority) -> str:
    """What counts where no day is entered on which the agenda closes, for every panel."""
    said = [f"{counted(authority, one)} for {one.upper()}" for one in PANELS]
    return f"Where you leave it empty, it closes {say_list(said, 'and')}"


def of_panel(
    pages: Pages, request: Request, authority: Authority, panel: str, today: date
) -> dict[str, object]:
    """One panel with the dates that open to the reader: what is to come first, then what was."""
    known = authority.sittings.get(panel, ())
    dates = [one for one in known if opens(pages, request, called(panel, one.sits_on))]
    coming = [one for one in dates if one.sits_on >= today]
    past = [one for one in reversed(dates) if one.sits_on < today][:6]
    return {
        "name": panel.upper(),
        "what": capital(PANELS[panel]),
        "code": panel,
        "coming": [line(closings(authority, panel, one), today) for one in coming],
        "past": [line(closings(authority, panel, one), today) for one in past],
    }


def counted(authority: Authority, panel: str) -> str:
    """When the agenda of a panel closes whose sitting names no day, in words."""
    rule = next(iter(waiting_for(authority.policy, panel)), None)
    ahead = None if rule is None else rule.agenda_cutoff
    return "on the day itself" if ahead is None else f"{spelled(ahead.amount, ahead.unit)} before"


def opens(pages: Pages, request: Request, sitting: str) -> bool:
    """Whether the page of a sitting opens to whoever asks."""
    let, record = access(request), Record("sitting", pages.parts.code, sitting=sitting)
    return may(let.asker, Action.SEE, record, let.purpose, pages.parts.now()).allowed


def line(closes: Sequence[Closing], today: date) -> dict[str, str]:
    """One date in words, with whose number closes its agenda where it is not its own."""
    one, *others = closes
    return {
        "iso": one.sitting.sits_on.isoformat(),
        "sits": say_weekday(one.sitting.sits_on),
        "closes": say_weekday(one.on),
        "whose": "" if one.own else " ".join((one.whose, *map(said_of, others))),
        "standing": "Agenda closed" if one.on < today else "Agenda open",
    }


def enter(pages: Pages, request: Request, form: dict[str, str]) -> Response:
    """Publish one more date of a panel, or show the form again with what is wrong."""
    teller = begin(pages, request, form, "sitting")
    if told_before(pages, teller):
        return RedirectResponse("/sittings?done=known", 303)
    filled = Filled("enter", form)
    panel = form.get("panel", "")
    sits, filled.days["sits"] = day_typed(form, "sits")
    closes, filled.days["closes"] = day_typed(form, "closes")
    authority = pages.parts.authority(teller.code)
    dates = authority.sittings.get(panel, ())
    if panel not in PANELS:
        filled.faults["panel"] = "Choose which panel sits"
    if sits is None:
        filled.faults["sits-day"] = NOT_A_DATE
    elif sits < london_date(teller.now):
        filled.faults["sits-day"] = "The day on which it sits must be today or later"
    elif sitting_on(dates, sits) is not None:
        filled.faults["sits-day"] = "The panel sits on that day already"
    if any(filled.days["closes"]):
        filled.faults |= faults_of_closing(closes, sits)
    if filled.faults or sits is None:
        return show(pages, request, filled)
    # A publication replaces every date from its first one on: the later ones are said again.
    later = [said_again(authority, panel, one) for one in dates if one.sits_on > sits]
    said = PanelSittingsPublished(
        panel=panel, sittings=(Published(sits_on=sits, cutoff_on=closes), *later)
    )
    became = tell(pages, teller.event(teller.code, said, kind="authority"))
    return RedirectResponse(f"/sittings?done={became}", 303)


def said_again(authority: Authority, panel: str, one: Sitting) -> Published:
    """A sitting that stays as it is; one put off keeps the day on which its agenda closes."""
    put_off = one.first_on != one.sits_on
    closes = closing_of(authority, panel, one).on if put_off else one.cutoff_on
    return Published(sits_on=one.sits_on, cutoff_on=closes)


def faults_of_closing(closes: date | None, sits: date | None) -> dict[str, str]:
    """What is wrong with the last day for the agenda."""
    if closes is None:
        return {"closes-day": NOT_A_DATE}
    if sits is not None and closes > sits:
        return {"closes-day": "The agenda must close on the day it sits, or before"}
    return {}


def show_postponing(
    pages: Pages, request: Request, sitting: Sitting, panel: str, filled: Filled
) -> Response:
    """The form that puts a sitting off."""
    faults = filled.faults
    name = f"{panel.upper()} on {say_weekday(sitting.sits_on)}"
    page = Page(
        f"Put off {name}",
        "sittings",
        (("Sittings", "/sittings"),),
        error=bool(faults),
        relies_on="nothing",
    )
    return pages.form(
        request,
        "postpone.html",
        page,
        400 if faults else 200,
        address=f"/sittings/{panel}/{sitting.sits_on}",
        closes=say_weekday(closes_on(pages, panel, sitting)),
        reasons=[{"value": code, "text": capital(label)} for code, label in REASONS.items()],
        filled=filled,
        may_record=may_record(pages, request),
    )


def postpone(
    pages: Pages, request: Request, form: dict[str, str], panel: str, day: str
) -> Response:
    """Put a sitting off, or show the form again with what is wrong."""
    teller = begin(pages, request, form, "postpone")
    if told_before(pages, teller):
        return RedirectResponse("/sittings?done=known", 303)
    sitting = known(pages, panel, day)
    closes, today = closes_on(pages, panel, sitting), london_date(teller.now)
    filled, moved_to, cutoff_on = read_postponing(form, closes, today)
    if not filled.faults and moved_to is not None and moved_to != sitting.sits_on:
        dates = pages.parts.authority(teller.code).sittings.get(panel, ())
        if sitting_on(dates, moved_to) is not None:
            filled.faults["moved-day"] = "The panel sits on that day already"
    if filled.faults:
        return show_postponing(pages, request, sitting, panel, filled)
    said = PanelSittingPostponed(
        panel=panel,
        sits_on=sitting.sits_on,
        moved_to=moved_to,
        cutoff_on=cutoff_on,
        reason=form["reason"],
    )
    became = tell(pages, teller.event(teller.code, said, kind="authority"))
    return RedirectResponse(f"/sittings?done={became}", 303)


def closes_on(pages: Pages, panel: str, sitting: Sitting) -> date:
    """The last day for the agenda of a sitting, its own or counted."""
    return closing_of(pages.parts.authority(pages.parts.code), panel, sitting).on


def read_postponing(
    form: Mapping[str, str], closes: date, today: date
) -> tuple[Filled, date | None, date | None]:
    """What the form of a postponement says: the new day and cut-off, where there are any."""
    filled = Filled("postpone", form)
    moved_to, filled.days["moved"] = day_typed(form, "moved")
    cutoff_on, filled.days["closes"] = day_typed(form, "closes")
    if form.get("held") not in {"later", "no"}:
        filled.faults["held"] = "Say whether it sits on another day"
    if form.get("reason") not in REASONS:
        filled.faults["reason"] = "Choose a reason"
    if form.get("held") != "later":
        return filled, None, None
    if moved_to is None:
        filled.faults["moved-day"] = NOT_A_DATE
    elif moved_to < today:
        filled.faults["moved-day"] = "The new day must be today or later"
    if any(filled.days["closes"]):
        filled.faults |= faults_of_closing(cutoff_on, moved_to)
    elif moved_to is not None and closes > moved_to:
        filled.faults["closes-day"] = "The agenda must close on the new day, or before: enter a day"
    return filled, moved_to, cutoff_on
