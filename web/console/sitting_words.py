"""The words of a sitting: its agenda, who was there, what is to be done, and what each member is given."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from domain.agenda_closing import said_of
from domain.code_sets import CODE_SETS
from domain.facts.authority import PanelSittingPostponed
from domain.invitations import called
from domain.sharing import share_of
from domain.sittings import Sitting
from domain.words import say_agency, say_day, say_list, say_weekday
from projections.agenda import Agenda, Attendance
from projections.agenda_items import AgreedAction, Item
from web.console.statuses import Tag
from web.console.wording import capital

DECISIONS: Final = CODE_SETS["panel_decision"].labels
ACTIONS: Final = CODE_SETS["panel_action"].labels
REASONS: Final = CODE_SETS["postponement_reason"].labels
SHARES: Final = CODE_SETS["panel_share"].labels
WHOLE: Final = (
    "This is the whole agenda, for whoever runs the sitting."
    " Choose a member to print what the sharing agreement gives that member."
)
"""What is said of the pack that is no member's."""


def title_of(found: Agenda) -> str:
    """The sitting in words: `MACSE on Wednesday 11 November 2015`."""
    return f"{found.panel.upper()} on {say_weekday(found.sitting.sits_on)}"


def agenda_said(
    found: Agenda, today: date, opening: Callable[[str], bool] = lambda _sitting: False
) -> dict[str, Any]:
    """All that the page and the pack say of a sitting; `opening` says which others open to the reader."""
    sits = found.sitting
    return {
        "address": f"/sittings/{found.panel}/{sits.sits_on}",
        "panel": found.panel.upper(),
        "closes": say_weekday(found.closing.on),
        "closing": [found.closing.whose, *map(said_of, found.closings[1:])],
        "is_closed": found.closing.on < today,
        "moved": [moved(one.fact) for one in found.moved_from],
        "previous": neighbour(found.panel, found.previous, opening),
        "following": neighbour(found.panel, found.following, opening),
        "items": [item_line(one) for one in found.items],
        "next_time": [item_line(one) for one in found.everybody if one.after_cutoff],
        "actions": [action_line(one) for one in found.actions],
        "agreed": [action_line(one) for one in found.agreed],
        "attendance": attendance_said(found.attendance),
        "decided": found.decided,
    }


def moved(fact: object) -> str:
    """How the sitting came to be on this day."""
    assert isinstance(fact, PanelSittingPostponed)
    return f"Put off from {say_weekday(fact.sits_on)}: {named(REASONS, fact.reason).lower()}"


def neighbour(
    panel: str, other: Sitting | None, opening: Callable[[str], bool]
) -> dict[str, str] | None:
    """The sitting before or after, with its address where it opens to the reader."""
    if other is None:
        return None
    sitting = called(panel, other.sits_on)
    href = f"/sittings/{sitting}" if opening(sitting) else ""
    return {"href": href, "text": say_weekday(other.sits_on)}


def item_line(item: Item) -> dict[str, object]:
    """One child of the agenda."""
    return {
        "ref": item.stream.hex,
        "child": item.reference,
        "others": say_list([*item.others], "and"),
        "reasons": [capital(one.sentence) for one in item.reasons],
        "after": [capital(one.sentence) for one in item.after_cutoff],
        "decision": named(DECISIONS, item.decision.decision) if item.decision else "",
        "about": [ref for refs in item.refs.values() for ref in refs],
    }


def action_line(action: AgreedAction) -> dict[str, object]:
    """One action, with how it stands in words and colour."""
    if action.done_on is not None:
        late = " late" if action.late else ""
        tag = Tag(f"Done{late}", "orange" if late else "green")
    elif action.late:
        tag = Tag("Late", "red")
    else:
        tag = Tag("Open", "blue")
    return {
        "ref": action.ref,
        "href": f"/children/{action.stream.hex}",
        "child": action.child,
        "agency": say_agency(action.agency),
        "kind": named(ACTIONS, action.kind),
        "due": say_day(action.due_on),
        "done": f"on {say_day(action.done_on)}" if action.done_on else "",
        "tag": tag,
    }


def attendance_said(told: Attendance | None) -> dict[str, str] | None:
    """Who was there, in words."""
    if told is None:
        return None
    return {
        "present": say_list([say_agency(one) for one in told.present], "and") or "Nobody",
        "apologies": say_list([say_agency(one) for one in told.apologies], "and"),
    }


def shared_said(found: Agenda, members: Sequence[str]) -> str:
    """What is given to whoever comes for some members, and by which agreement, in a sentence."""
    share = share_of(found.sharing, members)
    what = f"{SHARES[share.shares]}, and what it is to do itself"
    if share.agreement is None or share.since is None:
        return (
            f"No sharing agreement for this member is recorded here, so it is given {what}."
            " Whoever answers for the panel can record one."
        )
    by = (
        f"Under the sharing agreement “{share.agreement}”, as it holds since {say_day(share.since)}"
    )
    return f"{by}, this member is given {what}."


def sharing_said(found: Agenda) -> list[str]:
    """What each member is given, a line each; those of whom nothing else is said come last."""
    known = found.sharing
    every = sorted((one for one in known if one is not None), key=say_agency)
    lines = [f"{say_agency(one)}: {SHARES[known[one].shares]}" for one in every]
    rest = SHARES[share_of(known, [""]).shares]
    return [*lines, f"{'Every other member' if lines else 'Every member'}: {rest}"]


def named(labels: Mapping[str, str], code: str) -> str:
    """A code in words; the code itself where the set does not know it."""
    return capital(labels.get(code, code))
