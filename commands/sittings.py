"""The commands about panels: when each sits, and what stands on the agenda of one sitting."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from commands.asking import asked
from commands.printing import DONE, Options, document, known, progress, table
from domain.agenda_closing import closings, said_of
from domain.calendar import london_date
from domain.code_sets import CODE_SETS
from domain.words import say_agency, say_day, say_moment
from projections.agenda import Agenda, agenda, next_sitting_of
from projections.agenda_items import AgreedAction, Item

PANELS = CODE_SETS["panel_kind"].labels
ACTIONS = CODE_SETS["panel_action"].labels
DECISIONS = CODE_SETS["panel_decision"].labels


def now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


def sittings(options: Options) -> int:
    """When each panel sits, and the last day for each agenda."""
    wanted = [known(options.panel, "panel", PANELS)] if options.panel else list(PANELS)
    with asked() as daymark:
        authority, today = daymark.authority(), london_date(now())
    found = [
        (panel, closings(authority, panel, one))
        for panel in wanted
        for one in authority.sittings.get(panel, ())
    ]
    if options.json:
        document(
            [
                {
                    "panel": panel,
                    "sits_on": closes[0].sitting.sits_on,
                    "cutoff_on": closes[0].on,
                    "cutoff_by": closes[0].number,
                }
                for panel, closes in found
            ]
        )
        return DONE
    rows = [
        (
            panel.upper(),
            say_day(one.sitting.sits_on),
            say_day(one.on),
            " ".join((one.whose, *map(said_of, others))),
            "sat" if one.sitting.sits_on < today else "closed" if one.on < today else "open",
        )
        for panel, (one, *others) in found
    ]
    nothing = "No sitting is published: `daymark record panel-sittings-published`."
    table(("Panel", "Sits on", "Agenda closes", "Whose number", "Agenda"), rows, nothing)
    return DONE


def the_agenda(options: Options) -> int:
    """Who stands on the agenda of a sitting and why, what was decided and what is to be done."""
    panel, at = known(options.panel, "panel", PANELS), now()
    with asked() as daymark:
        authority = daymark.authority()
        then = options.as_of or options.known_at
        # The log is asked, not the board: what was only just recorded stands on it too.
        with progress("the log", daymark.log.head()) as show:
            found = agenda(
                daymark.log,
                authority,
                panel,
                options.date or next_sitting_of(authority, panel, then or at),
                at,
                as_of=options.as_of,
                known_at=options.known_at,
                reached=show,
            )
    if options.json:
        document(agenda_json(found))
        return DONE
    said = "" if then is None else f" As it was at {say_moment(found.moment)}."
    print(
        f"{panel.upper()} on {say_day(found.sitting.sits_on)};"
        f" the agenda closes on {say_day(found.closing.on)}.{said}"
    )
    print(" ".join((found.closing.whose, *map(said_of, found.closings[1:]))))
    for one in found.invited:
        print(f"Invited: {one.agency}{f' ({one.person})' if one.person else ''}.")
    table(
        ("Child", "Why", "After the cut-off, next sitting", "Decided"),
        [row(one) for one in found.everybody],
        "No child stands on it.",
    )
    say_actions("Open from earlier sittings", found.actions)
    say_actions("Agreed at this sitting", found.agreed)
    return DONE


def row(item: Item) -> tuple[str, str, str, str]:
    """One child of an agenda as a row."""
    return (
        " = ".join((item.reference, *item.others)),
        "; ".join(one.sentence for one in item.reasons),
        "; ".join(one.sentence for one in item.after_cutoff),
        DECISIONS.get(item.decision.decision, item.decision.decision) if item.decision else "",
    )


def say_actions(heading: str, actions: Sequence[AgreedAction]) -> None:
    """Actions by agency and day, where there are any."""
    if not actions:
        return
    print(f"\n{heading}:")
    rows = [
        (
            say_agency(one.agency),
            ACTIONS.get(one.kind, one.kind),
            one.child,
            say_day(one.due_on),
            f"done on {say_day(one.done_on)}" if one.done_on else "late" if one.late else "open",
            one.ref,
        )
        for one in actions
    ]
    table(("Agency", "Action", "Child", "Due", "Status", "Reference"), rows, "")


def agenda_json(found: Agenda) -> dict[str, object]:
    """The agenda as a document for machines; its names are a contract."""
    return {
        "panel": found.panel,
        "sits_on": found.sitting.sits_on,
        "cutoff_on": found.closing.on,
        "cutoff_by": found.closing.number,
        "moved_from": [getattr(one.fact, "sits_on", None) for one in found.moved_from],
        "moment": found.moment,
        "items": [item_json(one) for one in found.items],
        "next_sitting": [item_json(one) for one in found.next_time],
        "actions_open": [action_json(one) for one in found.actions],
        "actions_agreed": [action_json(one) for one in found.agreed],
        "attendance": asdict(found.attendance) if found.attendance else None,
        "invited": [asdict(one) for one in found.invited],
    }


def item_json(item: Item) -> dict[str, object]:
    """One child of an agenda as a document."""
    return {
        "child": item.reference,
        "also_known_as": list(item.others),
        "reasons": [asdict(one) for one in item.reasons],
        "after_cutoff": [asdict(one) for one in item.after_cutoff],
        "decision": item.decision.decision if item.decision else None,
        "about": {name: list(refs) for name, refs in item.refs.items()},
    }


def action_json(action: AgreedAction) -> dict[str, object]:
    """One action as a document."""
    return {name: said for name, said in asdict(action).items() if name != "stream"}
