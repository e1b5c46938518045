"""What a co-ordinator records of a sitting: who is invited, what was decided and agreed, who was there."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from domain.calendar import london_date
from domain.code_sets import CODE_SETS
from domain.event import CONSOLE, Event, Recorded
from domain.facts.authority import (
    PanelAttendanceRecorded,
    PanelInvitationExtended,
    PanelInvitationWithdrawn,
    PanelMemberInvited,
)
from domain.facts.corrections import FactCorrected
from domain.facts.exploitation import CaseHeardAtPanel, PanelActionAgreed, PanelActionDone
from domain.facts.fact import EventName, Fact
from domain.invitations import Invitation
from domain.words import say_day
from projections.agenda import Agenda
from projections.agenda_items import AgreedAction, Item
from web.console.look_back import day_typed
from web.console.pages import Pages
from web.console.sharing_form import share
from web.console.telling import Filled, Teller, begin, tell, told_before

DECISIONS: Final = CODE_SETS["panel_decision"].labels
AGENCIES: Final = CODE_SETS["agency"].labels
ACTIONS: Final = CODE_SETS["panel_action"].labels
SEVERAL: Final = ("present", "apologies")
"""The boxes of which several can be ticked."""
NOT_A_DATE: Final = "Enter a real date, for example 25 11 2026"
NOT_YET: Final = "This sitting has not been held yet"

Form = Callable[[Pages, Request, Agenda, Filled], Response | None]
"""Records what a form says; nothing where something is wrong with it, which it then holds."""


def address_of(found: Agenda) -> str:
    """The address of a sitting."""
    return f"/sittings/{found.panel}/{found.sitting.sits_on}"


def recorded(pages: Pages, found: Agenda, events: list[Event]) -> Response:
    """Record it, and go back to the page that shows it."""
    return RedirectResponse(f"{address_of(found)}?done={tell(pages, *events)}", 303)


def has_sat(found: Agenda, teller: Teller) -> bool:
    """Whether the day of the sitting has come."""
    return found.sitting.sits_on <= london_date(teller.now)


def child_of(found: Agenda, filled: Filled) -> Item | None:
    """The child of the agenda that was chosen; only such a child can be chosen."""
    chosen = filled.value("child")
    return next((one for one in found.everybody if one.stream.hex == chosen), None)


def decision(pages: Pages, request: Request, found: Agenda, filled: Filled) -> Response | None:
    """What the panel decided about a child; said again, it corrects what was said before."""
    teller = begin(pages, request, filled.typed, "decision")
    child, decided = child_of(found, filled), filled.value("decision")
    if not has_sat(found, teller):
        filled.faults["decision-child"] = NOT_YET
    elif child is None:
        filled.faults["decision-child"] = "Choose the child"
    if decided not in DECISIONS:
        filled.faults["decision"] = "Choose what was decided"
    if filled.faults or child is None:
        return None
    if child.decision is not None:
        if child.decision.decision == decided:
            return recorded_already(found)
        told = told_as(pages, child, child.decision.fact.event_id)
        return recorded(pages, found, [correction(teller, told, {"decision": decided})])
    return recorded(pages, found, heard(teller, found, child, decided))


def recorded_already(found: Agenda) -> Response:
    """Back to the page: it says so already."""
    return RedirectResponse(f"{address_of(found)}?done=known", 303)


def told_as(pages: Pages, child: Item, event_id: object) -> Recorded:
    """An event of a child, under whichever of the child's references it stands."""
    episode = pages.parts.log.episode(child.stream)
    assert episode is not None
    return next(one for one in episode.judged_by if one.event_id == event_id)


def correction(teller: Teller, told: Recorded, fields: dict[str, object]) -> Event:
    """The correction of a fact: nothing is edited."""
    said = FactCorrected(
        corrected_event=EventName(source=told.event.source, id=told.event.id),
        reason="wrong-code",
        fields=fields,
    )
    return teller.event(told.event.subject, said)


def heard(teller: Teller, found: Agenda, child: Item, decided: str) -> list[Event]:
    """That a child was heard: once for all that waits for this panel; once for each MARAC referral."""
    on, about = found.sitting.sits_on, child.refs
    if found.panel == "marac":
        refs: tuple[str | None, ...] = about.get("marac_ref", ()) or (None,)
        return [
            teller.event(
                child.reference,
                CaseHeardAtPanel(kind=found.panel, marac_ref=ref, decision=decided),
                on=on,
                number=number,
            )
            for number, ref in enumerate(refs, 1)
        ]
    places: tuple[str | None, ...] = about.get("cicola_placement_ref", ()) or (None,)
    return [
        teller.event(
            child.reference,
            CaseHeardAtPanel(
                kind=found.panel,
                exploitation_refs=about.get("exploitation_ref", ()),
                cicola_placement_ref=place,
                decision=decided,
            ),
            on=on,
            number=number,
        )
        for number, place in enumerate(places, 1)
    ]


def action(pages: Pages, request: Request, found: Agenda, filled: Filled) -> Response | None:
    """That an agency does something for a child by a day."""
    teller = begin(pages, request, filled.typed, "action")
    child = child_of(found, filled)
    due, filled.days["due"] = day_typed(filled.typed, "due")
    if not has_sat(found, teller):
        filled.faults["action-child"] = NOT_YET
    elif child is None:
        filled.faults["action-child"] = "Choose the child"
    if filled.value("kind") not in ACTIONS:
        filled.faults["kind"] = "Choose what is to be done"
    if filled.value("agency") not in AGENCIES:
        filled.faults["agency"] = "Choose the agency that does it"
    if due is None:
        filled.faults["due-day"] = NOT_A_DATE
    elif due < found.sitting.sits_on:
        filled.faults["due-day"] = "It must be due on the day of the sitting, or later"
    if filled.faults or child is None or due is None:
        return None
    about = child.refs.get("exploitation_ref", ())
    said = PanelActionAgreed(
        action_ref=f"{CONSOLE}-{teller.token.partition('.')[0]}",
        exploitation_ref=about[0] if len(about) == 1 else None,
        panel=found.panel,
        kind=filled.value("kind"),
        agency=filled.value("agency"),
        due_on=due,
    )
    return recorded(pages, found, [teller.event(child.reference, said, on=found.sitting.sits_on)])


def done(pages: Pages, request: Request, found: Agenda, filled: Filled) -> Response | None:
    """That what was agreed was done on a day."""
    teller = begin(pages, request, filled.typed, "done")
    chosen = action_of(found, filled.value("action"))
    on, filled.days["on"] = day_typed(filled.typed, "on")
    if chosen is None:
        filled.faults["done-action"] = "Choose the action"
    filled.faults |= faults_of_day(on, chosen, london_date(teller.now))
    if filled.faults or chosen is None:
        return None
    said = PanelActionDone(action_ref=chosen.ref)
    return recorded(pages, found, [teller.event(chosen.child, said, on=on)])


def action_of(found: Agenda, ref: str) -> AgreedAction | None:
    """The open action that was chosen."""
    every = (*found.actions, *found.agreed)
    return next((one for one in every if one.ref == ref and one.done_on is None), None)


def faults_of_day(on: date | None, chosen: AgreedAction | None, today: date) -> Mapping[str, str]:
    """What is wrong with the day on which it was done."""
    if on is None:
        return {"on-day": NOT_A_DATE}
    if on > today:
        return {"on-day": "The day on which it was done must be today or in the past"}
    if chosen is not None and on < chosen.agreed_on:
        return {"on-day": f"It was agreed only on {say_day(chosen.agreed_on)}"}
    return {}


def attendance(pages: Pages, request: Request, found: Agenda, filled: Filled) -> Response | None:
    """Which agencies were there; said again, the last word counts."""
    teller = begin(pages, request, filled.typed, "attendance")
    present, apologies = (
        tuple(one for one in AGENCIES if one in filled.chosen.get(name, ())) for name in SEVERAL
    )
    if not has_sat(found, teller):
        filled.faults["present"] = NOT_YET
    elif not present:
        filled.faults["present"] = "Choose every agency that was there"
    if set(present) & set(apologies):
        filled.faults["apologies"] = "An agency that was there has sent no apologies"
    if filled.faults:
        return None
    said = PanelAttendanceRecorded(
        panel=found.panel,
        sits_on=found.sitting.sits_on,
        present=present,
        apologies=apologies or None,
    )
    return recorded(pages, found, [teller.event(teller.code, said, kind="authority")])


def invite(pages: Pages, request: Request, found: Agenda, filled: Filled) -> Response | None:
    """That an agency, or one person of it, is invited: they may open the agenda and the pack up to a day."""
    teller = begin(pages, request, filled.typed, "invite")
    agency, person = filled.value("agency"), filled.value("person") or None
    if agency not in AGENCIES:
        filled.faults["invited-agency"] = "Choose the agency"
    if person is not None and person not in pages.parts.people:
        filled.faults["person"] = "Choose from the list"
    until, filled.days["until"] = day_typed(filled.typed, "until")
    before = next((o for o in found.invited if (o.agency, o.person) == (agency, person)), None)
    opens = before is not None and london_date(teller.now) <= before.last_on
    if any(filled.days["until"]) or not opens:
        filled.faults |= faults_of_until(filled, until, found, london_date(teller.now))
    if filled.faults:
        return None
    said = list(invited_so(found, agency, person, until, before))
    if not said:
        return recorded_already(found)
    events = [
        teller.event(teller.code, one, kind="authority", number=number)
        for number, one in enumerate(said, 1)
    ]
    return recorded(pages, found, events)


def faults_of_until(
    filled: Filled, until: date | None, found: Agenda, today: date
) -> Mapping[str, str]:
    """What is wrong with the last day on which somebody may read an agenda."""
    sits_on = found.sitting.sits_on
    if until is None and any(filled.days["until"]):
        return {"until-day": NOT_A_DATE}
    if (until or sits_on) < today:
        again = "It must be today or later" if until else "The sitting is over: say up to which day"
        return {"until-day": again}
    if until is not None and until < sits_on:
        return {"until-day": "It must be the day of the sitting, or later"}
    return {}


def invited_so(
    found: Agenda,
    agency: str,
    person: str | None,
    until: date | None,
    before: Invitation | None,
) -> Iterator[Fact]:
    """What has to be said so that somebody is invited up to a day; nothing where it stands so already."""
    whom: dict[str, Any] = {
        "panel": found.panel,
        "sits_on": found.sitting.sits_on,
        "agency": agency,
        "person_ref": person,
    }
    if before is None:
        yield PanelMemberInvited(**whom)
    if until not in {None, before.last_on if before else found.sitting.sits_on}:
        yield PanelInvitationExtended(**whom, until_on=until)


def said_of(one: Invitation) -> str:
    """An invitation as the form of its withdrawal names it."""
    return f"{one.agency}/{one.person or ''}"


def withdraw(pages: Pages, request: Request, found: Agenda, filled: Filled) -> Response | None:
    """That an invitation is withdrawn: from now on it opens nothing."""
    teller, chosen = begin(pages, request, filled.typed, "withdraw"), filled.value("invitation")
    one = next((one for one in found.invited if said_of(one) == chosen), None)
    if one is None:
        if told_before(pages, teller):
            return recorded_already(found)
        filled.faults["invitation"] = "Choose the invitation"
        return None
    said = PanelInvitationWithdrawn(
        panel=found.panel,
        sits_on=found.sitting.sits_on,
        agency=one.agency,
        person_ref=one.person,
    )
    return recorded(pages, found, [teller.event(teller.code, said, kind="authority")])


FORMS: Final[Mapping[str, Form]] = {
    "invite": invite,
    "withdraw": withdraw,
    "decision": decision,
    "action": action,
    "done": done,
    "attendance": attendance,
    "share": share,
}
"""The forms of a sitting's page, by the last word of their address."""
