"""Two servers with different people, timescales, settings or releases: doctor, doors and a move notice it."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from structlog.testing import capture_logs
from temporalio.testing import ActivityEnvironment

from activities.effects import Effects
from activities.mail import Letters
from activities.messages import WatchPlan, WatchRef
from activities.watch import BoardSeen, Watch
from assembly import Daymark
from commands.stating import UNREADABLE, stated, stating
from domain.authority import Authority
from domain.event import Event
from domain.facts.authority import FeedAdvanced
from drills.installation import until
from projections.alike import LIVES, ROLLING, running, state
from projections.signs_of_life import sign
from projections.trust import DISPATCHER
from settings import read_settings
from store.group_commit import GroupCommit
from tests.processes.conftest import Command, show
from web.app import build
from web.parts import Parts

CODE = "sample"
AFAR = "server-two~f00d/77/ab12"
PEOPLE = """\
person_ref,name,email,role,team_ref,from_on,to_on,covers
P-01,Ada CANARY,ada@council.example,administrator,,2012-01-02,,
"""


@pytest.fixture
def staffed(daymark: Command, parts: Daymark, tmp_path: Path) -> Daymark:
    """An authority with an administrator, and a board."""
    (tmp_path / "people.csv").write_text(PEOPLE)
    assert daymark("people", "import", tmp_path / "people.csv").code == 0
    show(parts)
    sign(parts.views, DISPATCHER, datetime.now(UTC))
    return parts


def told_by_both(parts: Daymark, at: datetime, minutes: int = 0, **other: str) -> None:
    """So many minutes long, up to a moment, our web says what it runs with, and another's what differs."""
    ours = stated(parts, "web", CODE)
    for before in range(minutes, -1, -1):
        for holder, said in (("server-one~cafe/11/x", ours), (AFAR, ours | other)):
            state(parts.views, holder, "web", {CODE: said}, at - timedelta(minutes=before))


def check(daymark: Command, name: str) -> dict[str, Any]:
    """What the doctor says of one part."""
    return next(
        one for one in daymark("doctor", "--json").document()["checks"] if one["name"] == name
    )


def test_what_a_process_runs_with_is_named_by_its_content(staffed: Daymark) -> None:
    """The same is named alike, another otherwise; no name and no address of anybody can be read in it."""
    file = staffed.settings.people_file
    before = stated(staffed, "web", CODE)
    again = stated(staffed, "web", CODE)
    file.write_text(PEOPLE.replace("ada@", "dot@"))
    moved = stated(staffed, "web", CODE)
    file.write_text("no people file at all")
    spoilt = stated(staffed, "worker", CODE)

    assert before == again
    assert before.keys() == {"people", "rules", "calendar", "release", "web-settings"}
    assert {about for about in before if before[about] != moved[about]} == {"people"}
    assert spoilt["people"] == UNREADABLE
    assert "CANARY" not in json.dumps(before)
    assert "people" not in stated(staffed, "projector", CODE)


def test_a_pack_that_lies_on_one_server_alone_is_another_rule(
    staffed: Daymark, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """So is a setting that must be the same; where the folder is not there nothing can be said."""
    before = stated(staffed, "web", CODE)
    monkeypatch.setenv("DAYMARK_COUNCIL", "Another council")
    monkeypatch.setenv("DAYMARK_POLICY", str(tmp_path / "nowhere"))
    other = Daymark(read_settings())
    found = stated(other, "web", CODE)
    other.close()

    assert found["web-settings"] != before["web-settings"]
    assert found["rules"] == UNREADABLE
    assert "calendar" not in found


async def test_a_process_states_it_as_long_as_it_runs(staffed: Daymark) -> None:
    """At once, and takes it back when it ends; a store that is away keeps it from nothing."""

    def lately() -> list[str]:
        return [one.work for one in seen_lately_of_any(staffed)]

    async with stating(staffed, "web", [CODE]):
        await until(lately, 30)
        during = lately()
    with capture_logs() as lines:
        async with stating(staffed, "web", ["no such\0authority"]):
            await asyncio.sleep(0)

    assert during == ["web"]
    assert lately() == []
    assert {one["event"] for one in lines} <= {"not stated what this process runs with"}


def seen_lately_of_any(parts: Daymark) -> list[Any]:
    """Who says that it runs; this process itself, of which `seen_lately` knows better, among them."""
    with parts.views.reading() as cursor:
        return list(running(cursor, CODE, datetime.now(UTC)))


def test_the_doctor_names_every_process_and_what_differs(
    staffed: Daymark, daymark: Command
) -> None:
    """A short difference is a change of one after the other; a longer one is mended by what it says."""
    nobody = check(daymark, "servers")
    now = datetime.now(UTC)
    told_by_both(staffed, now)
    alike = check(daymark, "servers")
    told_by_both(staffed, now, people="p2")
    changing = check(daymark, "servers")
    told_by_both(staffed, now)
    told_by_both(staffed, now, 15, people="p2")
    differing = check(daymark, "servers"), check(daymark, "board")

    assert nobody["said"] == "no process has lately said that it runs"
    assert alike["said"] == (
        "server-one (web 11) and server-two (web 77) run"
        " with the same people, rules, calendar, settings and release"
    )
    assert (changing["well"], differing[0]["well"]) == (True, False)
    assert "and differ in people, as in a change of one after the other, until" in changing["said"]
    assert "two servers disagree about people: server-one (web 11) with" in differing[0]["said"]
    assert "copy the people file" in differing[0]["said"]
    assert "servers: Two parts of Daymark have disagreed since" in differing[1]["said"]


@contextmanager
def door_of(
    parts: Daymark, authority: Callable[[str], Authority] | None = None
) -> Iterator[TestClient]:
    """Both doors of this installation, perhaps judging by what is read otherwise."""
    commits = GroupCommit(parts.log)
    web = Parts(
        log=parts.log, commits=commits, tokens=parts.tokens, sessions=parts.sessions,
        views=parts.views, authority=authority or parts.authority, code=CODE, people=parts.people,
        now=lambda: datetime.now(UTC), session_key=b"k" * 32,
        url="http://daymark.example", council=CODE,
    )  # fmt: skip
    yield TestClient(build(web))
    commits.close()


@pytest.fixture
def door(staffed: Daymark) -> Iterator[TestClient]:
    """The same, of the one with an administrator."""
    with door_of(staffed) as found:
        yield found


def test_timescales_that_were_spoilt_stop_no_intake_and_are_said(
    staffed: Daymark, home: Path
) -> None:
    """Facts are taken in, nothing is judged by another law, and measures and alarm say why."""
    own = home / "policy" / CODE
    own.mkdir(parents=True)
    with closing(Daymark(staffed.settings)) as again:
        spoilt = False

        def authority(code: str) -> Authority:
            """What was read before is kept until something is adopted; then all is read again."""
            return again.authority(code) if spoilt else staffed.authority(code)

        with door_of(staffed, authority) as door:
            (own / "settled.toml").write_text("name = ")
            spoilt = True
            ready, measures, page = (door.get(one) for one in ("/readyz", "/metrics", "/missing"))
    said = ready.json()

    assert (ready.status_code, said["ready"], said["trusted"]) == (200, True, False)
    assert [one["kind"] for one in said["doubts"]] == ["policy"]
    assert "Nothing can be judged: sample/settled.toml:1" in said["doubts"][0]["sentence"]
    assert 'daymark_doubt{kind="policy"} 1.0' in measures.text
    assert "daymark_log_position" in measures.text
    assert page.status_code == 503
    assert "Nothing can be judged: sample/settled.toml:1" in page.text


def test_readyz_and_a_measure_say_the_same(staffed: Daymark, door: TestClient) -> None:
    """What an alarm watches rises only where the quarter of an hour is over."""
    quiet = 'daymark_doubt{kind="servers"} 0.0' in door.get("/metrics").text
    now = datetime.now(UTC)
    told_by_both(staffed, now, 15, rules="r2")
    said = door.get("/readyz").json()
    (doubt,) = [one for one in said["doubts"] if one["kind"] == "servers"]

    assert quiet
    assert said["ready"] is True
    assert said["trusted"] is False
    assert "two servers disagree about rules: server-one (web 11)" in doubt["operator"].lower()
    assert 'daymark_doubt{kind="servers"} 1.0' in door.get("/metrics").text


def watching(staffed: Daymark, moment: list[datetime], sent: list[EmailMessage]) -> Watch:
    """Who watches, at a moment that may be moved, and what they have written."""

    async def send(letter: EmailMessage) -> None:
        sent.append(letter)

    return Watch(
        Effects(
            log=staffed.log,
            views=staffed.views,
            authority=staffed.authority,
            people=staffed.people_of,
            letters=Letters(staffed.settings.url, staffed.settings.smtp_from),
            send=send,
            now=lambda _reached: moment[0],
        )
    )


async def looked(watch: Watch, at: datetime) -> WatchPlan:
    """What they saw, and whoever was to be told of it is told."""
    ref = WatchRef(authority=CODE, reached=at)
    plan = await ActivityEnvironment().run(watch.look, ref)
    await ActivityEnvironment().run(watch.tell_operator, ref)
    return plan


async def test_an_older_release_writes_to_nobody_while_one_server_follows_the_other(
    staffed: Daymark,
) -> None:
    """Its board was made anew by the newer one; only what lasts is told, once and to the administrator."""
    sent: list[EmailMessage] = []
    begun = datetime.now(UTC)
    moment = [begun]
    watch, told = watching(staffed, moment, sent), []
    staffed.views.create(["UPDATE board_made SET sha256 = 'another'"])
    for later in (timedelta(), timedelta(minutes=14), ROLLING):
        moment[0] = begun + later
        told_by_both(staffed, moment[0])
        plan = await looked(watch, moment[0])
        told.append((plan.doubts, plan.to_tell, len(sent)))

    assert told == [(1, 0, 0), (1, 0, 0), (1, 1, 1)]
    assert sent[0]["To"] == "Ada CANARY <ada@council.example>"


async def test_a_board_that_catches_up_wakes_nobody_and_one_that_stands_still_does(
    staffed: Daymark,
) -> None:
    """After an upgrade or a rebuild it lacks what was recorded long ago, and has it some minutes later."""
    sent: list[EmailMessage] = []
    begun = datetime.now(UTC) + timedelta(days=1)
    moment = [begun]
    watch, told = watching(staffed, moment, sent), []
    spoken = FeedAdvanced(source="phones", complete_to=datetime.now(UTC))
    for number in range(3):
        event = Event(
            authority=CODE, kind="authority", subject=CODE, source="phones", id=f"to-{number}",
            said=spoken, occurred_at=spoken.complete_to,
        )  # fmt: skip
        staffed.log.append([event])
    staffed.views.clear("board", ())
    position = 0
    for minutes, moves in ((0, 0), (5, 1), (14, 0), (15, 0)):
        moment[0] = begun + timedelta(minutes=minutes)
        sign(staffed.views, DISPATCHER, moment[0])
        with staffed.views.transaction("board", position, position + moves):
            position += moves
        plan = await looked(watch, moment[0])
        told.append((plan.doubts, plan.to_tell, len(sent)))

    assert told == [(1, 0, 0), (1, 0, 0), (1, 0, 0), (1, 1, 1)]


def test_a_board_that_is_behind_for_an_hour_is_looked_at_however_busy_it_seems() -> None:
    """And one that was well in between has its time anew."""
    seen, begun = BoardSeen(), datetime(2026, 3, 9, 9, tzinfo=UTC)
    minute = timedelta(minutes=1)
    busy = [seen.catches_up(one, begun + one * minute) for one in range(61)]
    anew = seen.catches_up(100, begun + 80 * minute)

    assert busy == [True] * 60 + [False]
    assert anew


# A move -----------------------------------------------------------------------------------------

MOVE = ("migrate", "--to", "postgresql://daymark@localhost:1/daymark")
"""Where nobody listens: whoever is not refused before comes as far as that."""


def test_a_web_on_another_server_holds_a_move_back_unless_that_server_is_gone(
    staffed: Daymark, daymark: Command
) -> None:
    """It is named with its mend; two minutes after its last word, or by --gone, it counts no more."""
    now = datetime.now(UTC)
    state(staffed.views, AFAR, "web", {CODE: stated(staffed, "web", CODE)}, now)
    refused = daymark(*MOVE)
    another_gone = daymark(*MOVE, "--gone", "server-three")
    gone = daymark(*MOVE, "--gone", "server-two")
    state(staffed.views, AFAR, "web", {CODE: {}}, now - LIVES - timedelta(seconds=1))
    silent = daymark(*MOVE)

    assert refused.code == another_gone.code == 1
    assert refused.err.startswith("daymark: web (process 77 on server-two) of this installation is")
    assert "stop every process on every server, then run this again" in refused.err
    assert refused.err.endswith("unless --gone names a server that is gone\n")
    for said in (gone, silent):
        assert "the database daymark (log) cannot be used just now" in said.err
