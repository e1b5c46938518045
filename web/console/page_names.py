"""What each page is called where somebody reads who looked at what, and by which right it was shown."""

from collections.abc import Mapping
from typing import Final

from domain.permission import OWN_RECORD
from projections.looks import NOT_FOUND

CALLED: Final[Mapping[str, str]] = {
    "/anomalies": "What does not fit together",
    "/audit/as-seen": "What somebody’s board showed",
    "/audit/exports": "Exports of many records",
    "/audit/exports/{export}": "An export of many records",
    "/audit/exports/{export}/pack.zip": "An export of many records, taken away",
    "/audit/reads": "Who looked at what",
    "/audit/reads.csv": "Who looked at what, as a file",
    "/audit/reads/mine": "Their own looks",
    "/audit/scopes": "Audit scopes",
    "/audit/scopes/{scope}": "An audit scope",
    "/audit/scopes/{scope}/end": "Ending an audit scope",
    "/audit/scopes/{scope}/export": "Proposing to take a scope away",
    "/audit/scopes/{scope}/pack.zip": "The pack of an audit scope",
    "/authority": "The authority’s own record",
    "/authority/allegations/{mark}": "An allegation",
    "/authority/allegations/{mark}/compare": "Two moments of an allegation",
    "/authority/allegations/{mark}/export": "Taking an allegation away",
    "/authority/allegations/{mark}/export.zip": "An allegation, taken away as files",
    "/authority/clocks/{key}": "A clock of the authority",
    "/authority/compare": "Two moments of the authority’s own record",
    "/authority/export": "Taking the authority’s own record away",
    "/authority/export.zip": "The authority’s own record, taken away as files",
    "/board": "The board",
    "/board.csv": "The board, as a file",
    "/board.xlsx": "The board, as a file",
    "/board/hand-over": "Handing clocks over",
    "/children": "Find a child",
    "/children/{ref}": "The child’s record",
    "/children/{ref}/clocks": "The child’s timescales against time",
    "/children/{ref}/clocks/{key}": "How a clock was worked out",
    "/children/{ref}/compare": "Two moments of the record",
    "/children/{ref}/export": "Taking the record away",
    "/children/{ref}/export.zip": "The record, taken away as files",
    "/children/{ref}/missing": "Times missing",
    "/children/{ref}/missing.csv": "Times missing, as a file",
    "/children/{ref}/anomalies/{event}": "What does not fit together",
    "/children/{ref}/record": "Recording something about the child",
    "/children/{ref}/record/{fact}": "Recording something about the child",
    "/children/{ref}/recorded/{event}": "Something recorded by hand",
    "/children/{ref}/restriction": "Who may see the record",
    "/children/{ref}/restriction/names": "Who may see the record",
    "/children/{ref}/restriction/lift": "Opening a restricted record again",
    "/cover": "Who is away and who covers",
    "/escalations/{telling}": "What is late, and the answer to it",
    "/escalations/{telling}/acknowledge": "What is late, and the answer to it",
    "/escalations/{telling}/explain": "What is late, and the answer to it",
    "/figures/breaches": "What ran late, week by week",
    "/figures/breaches.csv": "What ran late, as a file",
    "/figures/plans": "Plans open for long",
    "/figures/plans.csv": "Plans open for long, as a file",
    "/figures/timeliness": "How much was done in time",
    "/figures/timeliness.csv": "How much was done in time, as a file",
    "/forced-access": "Forcing a record open",
    "/forced-access/reviews": "Records that were forced open",
    "/forced-access/reviews/{stream}/{event}": "Records that were forced open",
    "/going-live": "Going live",
    "/kept": "What they had typed, kept for them",
    "/mailbox": "The e-mails that were sent",
    "/mailbox/{name}": "An e-mail that was sent",
    "/missing": "Missing children today",
    "/missing.csv": "Missing children, as a file",
    "/morning": "This morning",
    "/record": "Recording what no system tells",
    "/restrictions": "Restricted records nobody can open",
    "/restrictions/{event}/lift": "Restricted records nobody can open",
    "/record/here": "Recording what no system tells",
    "/settle": "What must be settled",
    "/sittings": "When the panels sit",
    "/sittings/{panel}/{day}": "A sitting of a panel",
    "/sittings/{panel}/{day}/action": "A sitting of a panel",
    "/sittings/{panel}/{day}/attendance": "A sitting of a panel",
    "/sittings/{panel}/{day}/decision": "A sitting of a panel",
    "/sittings/{panel}/{day}/done": "A sitting of a panel",
    "/sittings/{panel}/{day}/invite": "A sitting of a panel",
    "/sittings/{panel}/{day}/pack": "The pack of a sitting",
    "/sittings/{panel}/{day}/postpone": "Putting a sitting off",
    "/sittings/{panel}/{day}/share": "A sitting of a panel",
    "/sittings/{panel}/{day}/withdraw": "A sitting of a panel",
    "/why/{stream}": "Why they open a record",
    "/workload": "What falls due",
    "daymark export": "The record, taken away by a command",
}
"""Pages and files by their address; the log keeps the address."""

ALLOWED: Final[Mapping[str, str]] = {
    "told": "Told of a clock",
    "told-answers": "Told of a clock",
    "allocated": "Allocated to them",
    "allocated-work": "Allocated to them",
    "coordinates": "Their teams",
    "own-teams": "Their teams",
    "own-teams-then": "Their teams",
    "whole-authority": "The whole authority",
    "whole-authority-then": "The whole authority",
    "allegations": "Designated officer",
    "partner": "Owed by their agency",
    "invited": "Invited to the sitting",
    "in-scope": "An audit scope",
    "answers-request": "A request by the person concerned",
    "answers-request-with": "A request by the person concerned",
    "has-scopes": "An audit scope",
    "takes-in-bulk": "An audit scope",
    "confirms-in-bulk": "Watching over information",
    "forced": "Forced open",
    "reviews": "Who reviews what was forced open",
    OWN_RECORD: "Refused: their own record or family",
    NOT_FOUND: "Not shown: no such child, or one they may not see",
    "command-line": "Whoever runs Daymark",
    "trial": "A trial, without sign-in",
    "trial-pages": "A trial, without sign-in",
}
"""The rules of permission as their reader knows them."""


def page_called(route: str) -> str:
    """A page by its name; by its address where it has none here."""
    return CALLED.get(route, route)


def allowed_by(rule: str, *, of_a_child: bool) -> str:
    """By which right something was shown; a list shows each reader only what they may see."""
    if not of_a_child:
        return "Only what they may see"
    said = rule.replace("-", " ")
    return ALLOWED.get(rule, said[:1].upper() + said[1:])
