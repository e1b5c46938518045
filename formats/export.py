"""A history as files for an auditor, with a manifest by which a changed byte is found."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from domain.access_rules import PURPOSES
from domain.audited import say_periods
from domain.authority import Authority
from domain.errors import CannotPrint, UnreadableFile
from domain.own_matters import of_allegation
from domain.permission import DAY_NOT_SHOWN
from domain.words import say_day, say_due, say_moment, say_title, say_verdict
from formats.workbook import workbook
from projections.history import History, Judged, Line
from projections.history_documents import clock_json, event_json, say

MANIFEST: Final = "manifest.json"

PAPER: Final = """
#let told = json(bytes(sys.inputs.told))
#set document(title: told.title, date: none)
#set text(lang: "en", region: "GB", size: 9pt)
#set page(paper: "a4", flipped: true, numbering: "1 / 1", header: told.mark)
#title()
#for said in told.account [#par(said)]
#for part in told.parts [
  = #part.title
  #table(
    columns: part.rows.at(0).len(),
    table.header(..part.rows.at(0).map(strong)),
    ..part.rows.slice(1).flatten(),
  )
]
"""
"""How the history is set on paper; everything told comes as data and is never read as markup."""

EVENTS: Final = ("Recorded", "Happened", "Position", "What", "Who", "Source", "Later")
FILE_KINDS: Final[Mapping[str, str]] = {
    "pdf": "A document to read and print (PDF)",
    "xlsx": "Tables for Excel",
    "csv": "Tables for any program (CSV)",
    "json": "Everything for machines (JSON)",
}
"""The kinds of file, by how their names end."""

ABOUT: Final = "About"
"""The heading of what a row of the authority's own record is about."""

CLOCKS: Final = (
    "Status",
    "Could be said then",
    "Timescale",
    "Due",
    "Key",
    "Pack",
    "Calendar",
    "Pack name",
    "Pack version",
)


@dataclass(frozen=True)
class Taken:
    """Who took the export and when, and how far the log had grown by then."""

    by: str
    at: datetime
    position: int
    purpose: str
    """Why, as a code of the list from which people choose."""

    @property
    def mark(self) -> str:
        """Who, when and why, as every file carries it."""
        why = PURPOSES.get(self.purpose, self.purpose).lower()
        return f"Taken by {self.by}, {say_moment(self.at)}, for: {why}"


def export(
    replay: History,
    clocks: Sequence[Judged],
    taken: Taken,
    kinds: Collection[str] = FILE_KINDS,
) -> dict[str, bytes]:
    """Every file of an export by its name, of the kinds that are wanted, the manifest last."""
    events = [list(EVENTS), *map(event_cells, replay.lines)]
    judged = [list(CLOCKS), *(clock_cells(one, replay.authority) for one in clocks)]
    if replay.kind == "authority":
        said = [replay.spoken_of.get(one.recorded.event_id) for one in replay.lines]
        events = beside(events, [of_allegation(one) if one else "" for one in said])
        judged = beside(judged, [replay.about(one.clock) for one in clocks])
    about, mark = account(replay, taken), [[taken.mark], *([one] for one in limits(replay))]
    makers: Mapping[str, Callable[[], bytes]] = {
        "history.json": lambda: as_json(
            {
                **about,
                "events": [event_of(replay, one) for one in replay.lines],
                "clocks": [clock_of(replay, one) for one in clocks],
            }
        ),
        "events.csv": lambda: as_csv([*mark, *events]),
        "clocks.csv": lambda: as_csv([*mark, *judged]),
        "events.xlsx": lambda: workbook("Events", [*mark, *events]),
        "clocks.xlsx": lambda: workbook("Clocks", [*mark, *judged]),
        "history.pdf": lambda: on_paper(replay, taken, events, judged),
    }
    contents = {name: make() for name, make in makers.items() if name.rpartition(".")[2] in kinds}
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    return {**contents, MANIFEST: as_json({**about, "files": hashes})}


def account(replay: History, taken: Taken) -> dict[str, Any]:
    """What an export is of, as whose knowledge, by whom, when and by which rules."""
    return {
        "reference": replay.reference,
        "authority": replay.authority.code,
        "taken_by": taken.by,
        "taken_at": say(taken.at),
        "purpose": taken.purpose,
        "log_position": taken.position,
        "as_of": say(replay.as_of) if replay.as_of else None,
        "known_at": say(replay.known_at) if replay.known_at else None,
        "left_out": replay.left_out,
        **of_itself(replay),
        **of_days(replay),
        "policy_name": replay.authority.policy.name,
        "policy_version": replay.authority.policy.version,
        "policy_sha256": replay.authority.policy.sha256,
        "calendar_sha256": replay.authority.calendar.sha256,
    }


def event_of(replay: History, line: Line) -> dict[str, Any]:
    """One event as a document; in the authority's own record with the allegation it speaks of."""
    found = event_json(line)
    if replay.kind == "authority":
        found["allegation"] = replay.spoken_of.get(line.recorded.event_id)
    return found


def clock_of(replay: History, one: Judged) -> dict[str, Any]:
    """One clock as a document; in the authority's own record with what it is about."""
    return clock_json(one) | (
        {"about": replay.about(one.clock)} if replay.kind == "authority" else {}
    )


def of_itself(replay: History) -> dict[str, Any]:
    """What is said more of the authority's own record: of which allegation, and what is not in it."""
    if replay.kind == "child":
        return {}
    return {"whose": replay.whose, "allegation": replay.allegation, "not_included": replay.note}


def of_days(replay: History) -> dict[str, Any]:
    """The days that an export is kept to, where whoever took it was given no others."""
    if not replay.periods:
        return {}
    return {"periods": [{"from": one.from_on, "to": one.to_on} for one in replay.periods]}


def limits(replay: History) -> tuple[str, ...]:
    """In a sentence, what is not in an export because whoever took it was given only some days."""
    if not replay.periods:
        return ()
    days = say_periods(replay.periods)
    return (
        f"Only what is about the days {days}: their timescales, and the history up to their end.",
    )


def beside(rows: Sequence[list[str]], about: Sequence[str]) -> list[list[str]]:
    """Rows of the authority's own record, with what each is about: its allegations stand together there."""
    return [[*row[:3], one, *row[3:]] for row, one in zip(rows, (ABOUT, *about), strict=True)]


def event_cells(line: Line) -> list[str]:
    """One event of the history as a row."""
    event = line.recorded.event
    if line.sealed:
        happened = DAY_NOT_SHOWN
    elif event.occurred_at is not None:
        happened = say_moment(event.occurred_at)
    else:
        happened = say_day(event.occurred_on) if event.occurred_on else ""
    return [
        say_moment(line.recorded.recorded_at),
        happened,
        str(line.recorded.position),
        line.sentence,
        event.by or "",
        event.source,
        "withdrawn" if line.withdrawn else "corrected" if line.corrected_by else "",
    ]


def clock_cells(one: Judged, authority: Authority) -> list[str]:
    """One clock as a row, with the hashes of the pack and the calendar that judge it, and the pack's name."""
    pack = authority.policy_of(one.clock.pack)
    known = pack.sha256 == one.clock.pack
    return [
        say_verdict(one.clock, one.verdict),
        say_verdict(one.clock, one.verdict_then) if one.verdict_then else "",
        say_title(one.clock.timescale),
        say_due(one.clock),
        one.clock.key,
        one.clock.pack,
        one.clock.counted_by,
        # Another pack stands in for one that is not at hand, and must not lend it its name.
        pack.name if known else "",
        pack.version if known else "",
    ]


def as_json(value: object) -> bytes:
    """A document as its bytes."""
    return (json.dumps(value, indent=2, default=written, ensure_ascii=False) + "\n").encode()


def written(value: object) -> str:
    """What JSON has no word for: instants and days as ISO 8601, ids as text."""
    if isinstance(value, date):
        return value.isoformat().replace("+00:00", "Z")
    return str(value)


def as_csv(rows: Sequence[Sequence[str]]) -> bytes:
    """Rows as a file that a spreadsheet opens as text and never as a formula."""
    out = io.StringIO()
    csv.writer(out).writerows(
        [f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell for cell in row]
        for row in rows
    )
    return out.getvalue().encode("utf-8-sig")


def on_paper(
    replay: History, taken: Taken, events: Sequence[Sequence[str]], clocks: Sequence[Sequence[str]]
) -> bytes:
    """The history as a PDF that a screen reader can read aloud in order."""
    said = [f"{taken.mark}; at position {taken.position} of the log.", *limits(replay)]
    for what, at in (("As of", replay.as_of), ("As known at", replay.known_at)):
        if at is not None:
            said.append(f"{what} {say_moment(at)}.")
    if replay.left_out:
        said.append(f"{replay.left_out} left out: recorded or happened later.")
    if replay.note:
        said.append(replay.note)
    # The hashes and keys stay with the other files: no page is wide enough for them.
    wide = 4 if replay.kind == "child" else 5
    paper = [
        {"title": "What happened", "rows": [row[:wide] + row[-1:] for row in map(list, events)]},
        {"title": "Clocks", "rows": [list(row[:wide]) for row in clocks]},
    ]
    title = f"History of {in_a_sentence(replay)}"
    return printed({"title": title, "mark": taken.mark, "account": said, "parts": paper})


def printed(told: Mapping[str, object]) -> bytes:
    """A title, its mark, what is said of it and tables as a PDF; CannotPrint where nothing can be printed."""
    try:
        import typst  # noqa: PLC0415 -- only who prints needs it
    except ImportError:
        message = "nothing can be printed here: install Daymark with its pdf extra"
        raise CannotPrint(message) from None
    return bytes(
        typst.compile(
            PAPER.encode(),
            format="pdf",
            pdf_standards=["ua-1"],
            sys_inputs={"told": json.dumps(told)},
        )
    )


def in_a_sentence(replay: History) -> str:
    """Whose record it is, in the middle of a sentence."""
    whose = replay.whose
    return whose if replay.kind == "child" else whose[:1].lower() + whose[1:]


def in_one(files: Mapping[str, bytes], at: datetime) -> bytes:
    """The files of an export in one ZIP file, all of that moment."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kept:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, at.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            kept.writestr(entry, content)
    return out.getvalue()


def differences(folder: Path) -> list[str]:
    """What in a folder is not as its manifest says, one sentence each; none when nothing changed."""
    path = folder / MANIFEST
    try:
        hashes: Mapping[str, str] = json.loads(path.read_bytes())["files"]
        named = {str(name): str(sha256) for name, sha256 in hashes.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        message = f"{path} is not the manifest of an export"
        raise UnreadableFile(message) from None
    present = {one.name for one in folder.iterdir()} - {MANIFEST}
    found = [f"{name} is not in the manifest." for name in sorted(present - named.keys())]
    for name, sha256 in named.items():
        if name not in present:
            found.append(f"{name} is missing.")
        elif hashlib.sha256((folder / name).read_bytes()).hexdigest() != sha256:
            found.append(f"{name} is not as it was exported.")
    return found
