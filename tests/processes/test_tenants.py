"""Several authorities served by one set of processes: nothing of one is ever another's."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.testing import ActivityEnvironment

from activities.effects import Effects
from activities.mail import Letters
from activities.messages import EpisodeRef, LadderQuestion, Telling, TellingRef, WatchRef
from activities.watch import Watch
from assembly import Daymark, assemble
from dispatcher import Dispatcher
from domain.engine_events import ManagerNotified
from domain.errors import Unavailable
from domain.event import Event
from domain.facts.authority import FeedAdvanced
from projections import board
from projections.digest import due
from projections.outstanding import open_tellings
from projections.signs_of_life import sign
from projections.trust import DISPATCHER
from reconciler import VIEW as POKED
from settings import read_settings
from store.group_commit import GroupCommit
from supervisor import free_port
from tests.histories import moment
from tests.processes.conftest import Command, judge, show
from tests.web.client import TestClient
from web.app import build
from web.parts import Parts

STATES = "missing-episode-started,missing-episode-ended,strategy-meeting-held"

PEOPLE = """\
person_ref,name,email,role,team_ref,from_on,to_on,covers
P-09,{name},{name}@{code}.example,{role},,2012-01-02,,
"""
BOTH = {"north": ("ada", "head_of_service"), "south": ("bea", "service_manager")}


@pytest.fixture
def both(
    daymark: Command, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """Two authorities with the same child and person references, sources and ids; each its token."""
    assert home.is_dir()
    monkeypatch.setenv("DAYMARK_AUTHORITIES", "north, south")
    tokens = {}
    for code, (name, role) in BOTH.items():
        monkeypatch.setenv("DAYMARK_AUTHORITY", code)
        file = tmp_path / f"{code}.csv"
        file.write_text(PEOPLE.format(name=name, code=code, role=role))
        assert daymark("people", "import", file).code == 0
        tokens[code] = daymark("sources", "add", "case-system").out
    for code, day in (("north", "10"), ("south", "12")):
        monkeypatch.setenv("DAYMARK_AUTHORITY", code)
        said = daymark(
            "record", "missing-episode-started", "CH-1", "type=M", "missing_episode_ref=m-1",
            "missing_from=home", "care_status=own",
            "--at", f"2026-03-{day}T09:00:00Z", "--id", "1",
        )  # fmt: skip
        assert said.code == 0
        with closing(assemble(read_settings())) as parts:
            judge(parts, "CH-1")
    with closing(assemble(read_settings())) as parts:
        show(parts)
    return tokens


def test_the_same_reference_of_a_person_is_another_person(
    both: dict[str, str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P-09 of the one is never written to about a child of the other, whoever runs the worker."""
    assert both
    monkeypatch.setenv("DAYMARK_AUTHORITY", "north")
    with closing(assemble(read_settings())) as parts:
        assert parts.people_of("north")["P-09"].email == "ada@north.example"
        assert parts.people_of("south")["P-09"].email == "bea@south.example"
        assert parts.people["P-09"].name == "ada"
        assert dict(parts.people_of("west")) == {}
    assert (home / "people.csv").read_text().count("ada@north.example") == 1
    assert "ada" not in (home / "people" / "south.csv").read_text()


def test_boards_histories_and_roles_are_apart(
    both: dict[str, str], daymark: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same reference and the same id under two authorities are two children with two days."""
    assert both
    seen, histories = {}, {}
    for code in BOTH:
        monkeypatch.setenv("DAYMARK_AUTHORITY", code)
        with closing(assemble(read_settings())) as parts:
            rows, _ = board.rows(
                parts.views, code, moment("Mon 4 Jan 2027 09:00"), status="unobservable"
            )
            roles = {one.role for one in parts.authority(code).assignments}
            seen[code] = {row.stream for row in rows}, {row.started_at.day for row in rows}, roles
            assert {row.authority for row in rows} == {code}
        histories[code] = daymark("history", "CH-1").out

    assert seen["north"][0].isdisjoint(seen["south"][0])
    assert (seen["north"][1], seen["south"][1]) == ({10}, {12})
    assert (seen["north"][2], seen["south"][2]) == ({"head_of_service"}, {"service_manager"})
    assert "12 March" not in histories["north"]
    assert "10 March" not in histories["south"]


def test_each_is_judged_by_its_own_pack_and_switches(
    both: dict[str, str], daymark: Command, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A timescale settled by the one, and a rule it put in shadow, are the other's as they were."""
    assert both
    folder = home / "policy" / "north"
    folder.mkdir(parents=True)
    (folder / "settled.toml").write_text(
        'name = "north"\nversion = "1"\nfrom = 2016-04-01\n\n[settled.cp-visit]\namount = 20\n'
    )
    monkeypatch.setenv("DAYMARK_AUTHORITY", "north")
    daymark("golive", "off", "all", "--by", "P-09", "--reason", "first we compare")
    with closing(assemble(read_settings())) as parts:
        north, south = parts.authority("north"), parts.authority("south")

    assert north.policy.timescale("cp-visit").amount == 20
    assert south.policy.timescale("cp-visit").amount == 10
    assert len(north.going_live.decisions) == 1
    assert south.going_live.decisions == ()


@pytest.fixture
def late(
    both: dict[str, str], daymark: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Daymark]:
    """In both a child CH-2 is missing too long, and a P-09 is told; one source of the north is late."""
    assert both
    gone = (datetime.now(UTC) - timedelta(hours=80)).isoformat()
    for code, (name, _) in BOTH.items():
        monkeypatch.setenv("DAYMARK_AUTHORITY", code)
        file = tmp_path / f"{code}.csv"
        file.write_text(PEOPLE.format(name=name, code=code, role="head_of_service"))
        assert daymark("people", "import", file).code == 0
        for source, late_after in ((f"cases-{code}", ()), ("phones", ("late_after_hours=1",))):
            said = daymark(
                "record", "source-registered", "--authority", f"source={source}",
                "delivers=continuous", f"states={STATES}", "times=happened", "from_on=2012-01-02",
                *(late_after if code == "north" else ()),
            )  # fmt: skip
            assert said.code == 0, said.err
        said = daymark(
            "record", "missing-episode-started", "CH-2", "type=M", "missing_episode_ref=m-2",
            "missing_from=home", "care_status=own", "--at", gone, "--id", "2",
        )  # fmt: skip
        assert said.code == 0, said.err
        with closing(assemble(read_settings())) as parts:
            judge(parts, "CH-2")
    with closing(assemble(read_settings())) as parts:
        show(parts)
        sign(parts.views, DISPATCHER, datetime.now(UTC))
        yield parts


async def test_letters_go_to_the_authority_s_own_people_and_speak_of_its_own_child(
    late: Daymark,
) -> None:
    """One worker tells of both, and what it tells stands in each child's own stream."""
    sent: list[EmailMessage] = []

    async def send(letter: EmailMessage) -> None:
        sent.append(letter)

    now = datetime.now(UTC)
    effects = Effects(
        log=late.log, views=late.views, authority=late.authority, people=late.people_of,
        letters=Letters(late.settings.url, late.settings.smtp_from), send=send,
        now=lambda _reached: now, codes=late.settings.codes,
    )  # fmt: skip
    told = {}
    for code in BOTH:
        stream = late.log.stream(code, "child", "CH-2")
        for one in open_tellings(late.views, code):
            ladder = TellingRef(
                episode=EpisodeRef(authority=code, stream=one.stream), telling=one.telling
            )
            question = LadderQuestion(ladder=ladder, reached=now)
            step = (await ActivityEnvironment().run(effects.plan_ladder, question)).step
            if step is not None and step.at <= now:
                telling = Telling(ladder=ladder, key=step.key, reached=now)
                await ActivityEnvironment().run(effects.tell, telling)
        history = late.log.history(stream)
        told[code] = [
            (one.event.authority, one.event.said.person)
            for one in history
            if isinstance(one.event.said, ManagerNotified)
        ]

    assert [letter["To"] for letter in sent] == [
        "ada <ada@north.example>",
        "bea <bea@south.example>",
    ]
    assert told == {code: [(code, "P-09")] for code in BOTH}
    for letter, other in zip(sent, ("south", "north"), strict=True):
        assert other not in letter.as_string()


@pytest.fixture
def lawless(
    both: dict[str, str],
    daymark: Command,
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Daymark]:
    """The south has adopted a pack that lies here no more; of the north nothing is wrong."""
    assert both
    for code, (name, _) in BOTH.items():
        monkeypatch.setenv("DAYMARK_AUTHORITY", code)
        file = tmp_path / f"{code}.csv"
        file.write_text(PEOPLE.format(name=name, code=code, role="administrator"))
        assert daymark("people", "import", file).code == 0
    folder = home / "policy" / "south"
    folder.mkdir(parents=True)
    (folder / "settled.toml").write_text(
        'name = "south"\nversion = "1"\nfrom = 2016-04-01\n\n[settled.cp-visit]\namount = 20\n'
    )
    said = daymark("adopt", "policy", "--by", "P-09", "--reason", "agreed")
    assert said.code == 0, said.err
    shutil.rmtree(folder)
    monkeypatch.setenv("DAYMARK_AUTHORITY", "north")
    with closing(assemble(read_settings())) as parts:
        show(parts)
        sign(parts.views, DISPATCHER, datetime.now(UTC))
        yield parts


async def test_whose_rules_are_gone_holds_up_no_other_authority(lawless: Daymark) -> None:
    """The dispatcher goes on past what the south's sources say."""
    parts, spoken = lawless, FeedAdvanced(source="phones", complete_to=datetime.now(UTC))
    head = parts.log.head()
    with parts.views.transaction(POKED, 0, head):
        pass
    for code in BOTH:
        said = Event(
            authority=code, kind="authority", subject=code, source="phones", id="to-9",
            said=spoken, occurred_at=spoken.complete_to,
        )  # fmt: skip
        parts.log.append([said])
    show(parts)
    client = await Client.connect(f"127.0.0.1:{free_port()}", lazy=True)
    dispatcher = Dispatcher(
        client,
        parts.log,
        parts.views,
        parts.authority,
        parts.settings.codes,
        lambda: datetime.now(UTC),
    )
    went = await dispatcher.step()

    assert went == parts.log.head() - head == 2
    assert parts.views.position(POKED) == parts.log.head()


async def test_whose_rules_are_gone_is_told_so_and_no_other(lawless: Daymark) -> None:
    """The watch over the north goes on, says outside that not all is well, and writes to the south alone."""
    sent: list[EmailMessage] = []
    pings: list[int] = []

    async def send(letter: EmailMessage) -> None:
        sent.append(letter)

    async def ping() -> None:
        pings.append(1)

    now = datetime.now(UTC)
    effects = Effects(
        log=lawless.log, views=lawless.views, authority=lawless.authority, people=lawless.people_of,
        letters=Letters(lawless.settings.url, lawless.settings.smtp_from), send=send,
        now=lambda _reached: now, codes=lawless.settings.codes,
    )  # fmt: skip
    watch, plans = Watch(effects, ping), {}
    for code in BOTH:
        ref = WatchRef(authority=code, reached=now)
        plans[code] = await ActivityEnvironment().run(watch.look, ref)
        await ActivityEnvironment().run(watch.tell_operator, ref)
    body = sent[0].get_body()

    assert (plans["north"].doubts, plans["north"].to_tell) == (0, 0)
    assert plans["south"].to_tell == len(sent) == 2
    assert pings == []
    assert {letter["To"] for letter in sent} == {"bea <bea@south.example>"}
    assert body is not None
    assert "Nothing can be judged: the pack south 1" in body.get_content()


def test_a_digest_gathers_only_the_children_of_its_authority(late: Daymark) -> None:
    """However far one looks ahead, no stream stands in two authorities' mornings."""
    with late.views.writing() as cursor:
        for code in BOTH:
            stream = late.log.stream(code, "child", "CH-2")
            cursor.execute(
                "INSERT INTO digest_item (authority, stream, step, telling, clock, at, rung, role)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (code, stream.hex, "s", "t", "k", "2026-01-01T08:00:00.000000Z", 1, "r"),
            )
    found = {
        code: {item.stream for item in due(late.views, code, datetime(2099, 1, 1, tzinfo=UTC))}
        for code in BOTH
    }

    assert all(late.log.stream(code, "child", "CH-2") in found[code] for code in BOTH)
    assert found["north"].isdisjoint(found["south"])


def test_health_measures_and_feeds_are_of_one_authority(late: Daymark) -> None:
    """A source that is late in the north is named there, and the south's pages know nothing of it."""
    said = {}
    for code in BOTH:
        commits = GroupCommit(late.log)
        web = Parts(
            log=late.log, commits=commits, tokens=late.tokens, sessions=late.sessions,
            views=late.views, authority=late.authority, code=code, people=late.people_of(code),
            now=lambda: datetime.now(UTC) + timedelta(hours=2), session_key=b"k" * 32,
            url="http://daymark.example", council=code,
        )  # fmt: skip
        with TestClient(build(web), base_url=web.url) as client:
            said[code] = client.get("/readyz").json(), client.get("/metrics").text
        commits.close()

    late_feeds = {
        code: [doubt["about"] for doubt in ready["doubts"] if doubt["kind"] == "feed"]
        for code, (ready, _) in said.items()
    }
    assert late_feeds == {"north": ["phones"], "south": []}
    assert 'source="phones"' in said["north"][1]
    assert "phones" not in said["south"][1]
    assert "cases-north" not in str(said["south"])


def test_each_token_is_of_one_authority(both: dict[str, str]) -> None:
    """The same name of a source has a token in each, and neither opens the other's door."""
    with closing(assemble(read_settings())) as parts:
        held = {row.authority for row in parts.tokens.list() if row.source == "case-system"}

    assert held == {"north", "south"}
    assert both["north"] != both["south"]


def test_an_authority_that_is_not_served_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process of an authority outside the list, or a code that is none, does not start."""
    assert home.is_dir()
    monkeypatch.setenv("DAYMARK_AUTHORITIES", "north,south")
    monkeypatch.setenv("DAYMARK_AUTHORITY", "west")
    with pytest.raises(Unavailable, match="not among DAYMARK_AUTHORITIES"):
        read_settings()
    monkeypatch.setenv("DAYMARK_AUTHORITIES", "north/../south")
    with pytest.raises(Unavailable, match="commas"):
        read_settings()
