"""The people file: names stay in it, roles go into the log."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from domain.errors import UnreadableFile
from domain.facts.authority import PersonAssigned, ShiftRostered
from domain.standing import standing
from formats import people
from formats.importing import import_file
from formats.opening import open_file
from formats.people import Person, read_people, read_people_file
from store.log import Log
from tests.formats.returns import written
from tests.store.events import Place

TOP = "person_ref,name,email,role,team_ref,from_on,to_on,covers"
ANN = "p1,Ann Ackroyd,ann@council.example,team_manager,T1,2026-01-01,,"
BOB = "p2,Bob Booth,bob@council.example,head_of_service,,2026-01-01,2026-12-31,"
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
TUESDAY = datetime(2026, 1, 6, tzinfo=UTC)


def file(folder: Path, *rows: str) -> Path:
    """A people file with these rows."""
    return written(folder, "\n".join([TOP, *rows]), "people.csv")


def test_people_and_their_roles_are_read(tmp_path: Path) -> None:
    """One person may hold several roles; blank rows and spaces are passed over."""
    again = " p1 ,Ann Ackroyd,ann@council.example,auditor,,2026-02-01,,p2"
    path = file(tmp_path, ANN, BOB, ",,,,,,,", again)
    found = read_people_file(path)

    assert read_people(path) == {
        "p1": Person("p1", "Ann Ackroyd", "ann@council.example"),
        "p2": Person("p2", "Bob Booth", "bob@council.example"),
    }
    assert [line for line, _ in found.assigned] == [2, 3, 5]
    assert found.assigned[1][1] == PersonAssigned(
        person_ref="p2",
        role="head_of_service",
        from_on=date(2026, 1, 1),
        to_on=date(2026, 12, 31),
    )


def test_a_spreadsheets_file_is_read(tmp_path: Path) -> None:
    """With a byte order mark, Windows endings, another order of columns and more of them."""
    columns = "email,person_ref,role,phone,name,team_ref,from_on,to_on,covers"
    row = 'ann@council.example,p1,team_manager,0151,"Ackroyd, Ann",T1,2026-01-01,,'
    path = written(tmp_path, f"{columns}\r\n{row}\r\n".encode("utf-8-sig"), "people.csv")

    assert read_people(path)["p1"].name == "Ackroyd, Ann"


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([ANN, ANN], "people.csv:3: the same person, role, team and day stand above"),
        ([ANN, ANN.replace("ann@", "a@")], "people.csv:3: the same person_ref stands above"),
        ([ANN.replace("2026-01-01", "1/1/26")], "people.csv:2: from_on: write it like 2016-01-09"),
        ([ANN.replace("2026-01-01", "")], "people.csv:2: from_on: needed"),
        ([ANN.replace("Ann Ackroyd", "")], "people.csv:2: name: needed"),
        ([ANN.replace("ann@", "")], "people.csv:2: email: not an address"),
        ([ANN.replace("ann@", "a nn@")], "people.csv:2: email: not an address"),
        ([ANN.replace("Ann", "A\x07nn")], "people.csv:2: a control character"),
        (['p1,"Ann'], "people.csv: unexpected end of data"),
    ],
)
def test_a_fault_refuses_the_file_with_its_line(
    tmp_path: Path, rows: list[str], reason: str
) -> None:
    """Half a people file would leave somebody untold, so it is refused whole, naming nobody."""
    with pytest.raises(UnreadableFile) as caught:
        read_people(file(tmp_path, *rows))

    assert str(caught.value).startswith(reason)
    assert "Ann" not in str(caught.value)


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    """One run of the command shows all there is to mend."""
    with pytest.raises(UnreadableFile, match=r":2: name: needed; people.csv:3: email: not"):
        read_people(file(tmp_path, ANN.replace("Ann Ackroyd", ""), BOB.replace("bob@", "")))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "people.csv:1: no column person_ref, name"),
        (b"person_ref,name", "people.csv:1: no column email"),
        (b"\xff\xff", "people.csv: not UTF-8"),
    ],
)
def test_what_is_no_people_file_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    """Its columns are looked for by name."""
    with pytest.raises(UnreadableFile, match=reason):
        read_people(written(tmp_path, content, "people.csv"))


def test_a_giant_people_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read whole, so it has a bound."""
    monkeypatch.setattr(people, "LARGEST_FILE", 10)
    with pytest.raises(UnreadableFile, match="larger than"):
        read_people(file(tmp_path, ANN))


def test_roles_are_recorded_once_and_corrected(log: Log, tmp_path: Path) -> None:
    """The file again is nothing new; a last day in it is a correction; a row gone is listed."""

    def imported(as_at: datetime, *rows: str) -> tuple[int, int, int, int]:
        report = import_file(log, open_file(file(tmp_path, *rows), "343", as_at=as_at))
        gone = len(report.not_stated_any_more)
        return report.recorded, report.duplicate, report.corrected, gone

    first = imported(MONDAY, ANN, BOB)
    again = imported(TUESDAY, ANN, BOB)
    changed = imported(TUESDAY, ANN.replace("-01-01,,", "-01-01,2026-06-30,"))
    history = log.history(log.stream("343", "authority", "343"))
    [ann, _] = sorted(standing(history), key=lambda one: getattr(one.fact, "person_ref", ""))

    assert (first, again, changed) == ((2, 0, 0, 0), (0, 2, 0, 0), (0, 0, 1, 1))
    assert isinstance(ann.fact, PersonAssigned)
    assert ann.fact.to_on == date(2026, 6, 30)
    assert {one.event.source for one in history} == {"people-file"}


def test_no_name_reaches_the_log(place: Place, log: Log, tmp_path: Path) -> None:
    """The log holds opaque ids only."""
    import_file(log, open_file(file(tmp_path, ANN), "343", as_at=MONDAY))
    kept = place.everything()

    assert b"team_manager" in kept
    assert b"Ackroyd" not in kept
    assert b"ann@" not in kept


WIDE = f"{TOP},kind,from_at,to_at,within,channel,webhook"
WHO = "p1,Ann Ackroyd,ann@council.example,emergency_duty_team,T1,2026-01-01,,"


def wide(folder: Path, *rows: str) -> Path:
    """A people file with every column."""
    return written(folder, "\n".join([WIDE, *rows]), "people.csv")


def test_rotas_absences_and_teams_are_read_beside_roles(log: Log, tmp_path: Path) -> None:
    """A time without a zone is London's; each row is a fact, and the same file again is nothing new."""
    path = wide(
        tmp_path,
        f"{WHO},,,,,teams,https://hooks.example/x",
        "p1,,,emergency_duty_team,T1,,,,shift,2026-07-01 17:00,2026-07-02T08:00:00Z,,,",
        "p1,,,,,2026-08-03,2026-08-14,,away,,,,,",
        ",,,,T1,2026-01-01,,,team,,,north,,",
    )
    found = read_people_file(path)
    first = import_file(log, open_file(path, "343", as_at=MONDAY))
    again = import_file(log, open_file(path, "343", as_at=TUESDAY))
    town = standing(log.history(log.stream("343", "authority", "343")))

    assert found.people["p1"].channel == "teams"
    assert found.people["p1"].webhook == "https://hooks.example/x"
    assert (first.recorded, again.recorded, again.duplicate) == (4, 0, 4)
    assert {one.fact.NAME for one in town} == {
        "person-assigned", "shift-rostered", "person-away", "team-placed",
    }  # fmt: skip
    shift = next(one.fact for one in town if isinstance(one.fact, ShiftRostered))
    assert shift.from_at == datetime(2026, 7, 1, 16, tzinfo=UTC)
    assert shift.to_at == datetime(2026, 7, 2, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([f"{WHO},holiday,,,,,"], ":2: kind: one of role, shift, away, team"),
        ([f"{WHO},,,,,pigeon,"], ":2: channel: one of email, teams, notify"),
        ([f"{WHO},,,,,teams,"], ":2: webhook: needed where the channel is teams"),
        (["p1,,,emergency_duty_team,,,,,shift,soon,2026-07-02 08:00,,,"], ":2: from_at: "),
        (["p1,,,,,2026-08-03,,,away,,,,,"], ":2: person_ref: has no row with a role"),
        ([WHO + ",,,,,,", *["p1,,,,,2026-08-03,,,away,,,,,"] * 2], ":4: the same person and day"),
        ([",,,,T1,,,,team,,,north,,"], ":2: from_on: needed"),
    ],
)
def test_a_fault_in_another_row_refuses_the_file_too(
    tmp_path: Path, rows: list[str], reason: str
) -> None:
    """With its line, and what would be right."""
    with pytest.raises(UnreadableFile, match=reason):
        read_people(wide(tmp_path, *rows))
