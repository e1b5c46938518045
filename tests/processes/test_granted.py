"""An operator's day on PostgreSQL under the narrow roles of production, the vault in its own database."""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from assembly import Daymark
from domain.event import Recorded
from drills.granted import as_role
from drills.working import present
from settings import read_settings
from store.group_commit import GroupCommit
from tests.processes.conftest import Command, Said, judge, show
from tests.throwaway_postgres import database
from tests.web.client import TestClient
from web.app import build
from web.parts import Parts

OURS = {"sec-fetch-site": "same-origin"}
CLOUD = {"content-type": "application/cloudevents+json"}
TOKEN = re.compile(r'name="token" value="([^"]+)"')
PEOPLE = """person_ref,name,email,role,team_ref,from_on,to_on,covers
P-2,Bryn Howells,bryn@sample.example,head_of_service,,2020-01-01,,
"""


@pytest.fixture
def given(daymark: Command, postgres: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Said]:
    """What `daymark migrate` says as the owner grants both roles their rights; the settings are theirs."""
    service, vault = f"service_{uuid4().hex}", f"vault_{uuid4().hex}"
    with database(bare=True) as apart:
        addresses = {"DAYMARK_DATABASE": (postgres, service), "DAYMARK_VAULT": (apart, vault)}
        for name, (url, role) in addresses.items():
            monkeypatch.setenv(name, url)
            with psycopg.connect(url, autocommit=True) as owner:
                owner.execute(f"CREATE ROLE {role} LOGIN".encode())
        said = daymark("migrate", "--role", service, "--vault-role", vault)
        for name, (url, role) in addresses.items():
            monkeypatch.setenv(name, as_role(url, role))
        yield said
        for url, role in addresses.values():
            with psycopg.connect(url, autocommit=True) as owner:
                owner.execute(f"DROP OWNED BY {role}".encode())
                owner.execute(f"DROP ROLE {role}".encode())


@pytest.fixture
def narrow(given: Said, parts: Daymark) -> Daymark:
    """What the processes are made of, as these roles."""
    assert given.code == 0, given.err
    return parts


def told(daymark: Command, tmp_path: Path) -> None:
    """Say who is told and which system speaks, and record a fact with a field that is sealed."""
    (tmp_path / "people.csv").write_text(PEOPLE)
    for words in (
        ("people", "import", str(tmp_path / "people.csv")),
        (
            *("record", "source-registered", "--authority", "source=mosaic", "delivers=continuous"),
            *("states=strategy-meeting-held", "times=happened", "from_on=2020-01-01"),
        ),
        ("record", "child-details-recorded", "CH-1", "--on", "2020-01-01", "sex=f"),
        (
            *("record", "section-47-started", "CH-1", "enquiry_ref=E-1", "meeting_ref=M-1"),
            *("--on", "2020-01-01"),
        ),
    ):
        said = daymark(*words)
        assert said.code == 0, said.err


def test_whatever_an_operator_types_is_within_the_rights_of_production(
    daymark: Command, narrow: Daymark, tmp_path: Path
) -> None:
    """Facts in, clocks and board out, the board made again, and each part of the database well."""
    told(daymark, tmp_path)
    judge(narrow, "CH-1")
    show(narrow)
    clocks = daymark("clocks", "CH-1", "--json").document()
    before = daymark("board", "--json").document()["rows"]
    again = daymark("rebuild", "projections")
    after = daymark("board", "--json").document()["rows"]
    looked = {one["name"]: one for one in daymark("doctor", "--json").document()["checks"]}

    assert clocks
    assert before
    assert (again.code, after) == (0, before)
    assert [
        name for name in ("keys", "log", "authority", "timescales") if not looked[name]["well"]
    ] == []
    assert "the vault has a database of its own" in looked["log"]["said"]
    assert not looked["copies"]["well"]
    assert "archives nothing (archive_mode is off)" in looked["copies"]["said"]
    assert looked["copies"]["said"].count("no nightly copy of the PostgreSQL") == 2


def test_the_doors_work_within_the_rights_of_production(
    daymark: Command, narrow: Daymark, tmp_path: Path
) -> None:
    """A case system's fact is received, somebody signs in and looks, and the measures miss the copies."""
    told(daymark, tmp_path)
    token = daymark("sources", "add", "mosaic").out.strip()
    show(narrow)
    settings, commits = read_settings(), GroupCommit(narrow.log)
    parts = Parts(
        log=narrow.log, commits=commits, tokens=narrow.tokens, sessions=narrow.sessions,
        views=narrow.views, authority=narrow.authority, code=settings.authority,
        people=narrow.people, now=present, session_key=narrow.keys.session,
        url=settings.url, council="Sample council", archives=narrow.archives,
    )  # fmt: skip
    sent = {
        "specversion": "1.0", "type": "daymark.strategy-meeting-held.v1", "source": "mosaic", "id": "1",
        "subject": "CH-1", "time": "2020-01-02T10:00:00Z",
        "data": {"meeting_ref": "M-1", "kind": "section-47", "outcome": "section-47-single"},
    }  # fmt: skip
    with TestClient(build(parts), base_url=settings.url, headers=OURS) as client:
        receipt = client.post(
            "/events", json=sent, headers={"authorization": f"Bearer {token}", **CLOUD}
        )
        form = TOKEN.findall(client.get("/me").text)[0]
        client.post("/me", data={"token": form, "person": "P-2"}, follow_redirects=False)
        show(narrow)
        board = client.get("/board")
        measures = client.get("/metrics").text
    commits.close()

    assert receipt.status_code == 202, receipt.text
    assert [one["result"] for one in receipt.json()] == ["recorded"]
    assert (board.status_code, "CH-1" in board.text) == (200, True)
    assert "record-read" in [
        one.event.name for one in narrow.log.after(0) if isinstance(one, Recorded)
    ]
    for part in ("log", "vault"):
        assert f'daymark_archive_waiting_seconds{{part="{part}"}} +Inf' in measures
        assert f'daymark_copied_seconds{{part="{part}"}} +Inf' in measures
