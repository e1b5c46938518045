"""A denial is decided from what costs the same for a long history, a short one, and for none."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest

from domain.access_events import AccessForced
from domain.event import Event
from domain.facts.whole_child import RecordRestricted
from formats.people import Person
from projections.board import children
from projections.kept_record import kept_record
from store.log import Log
from tests.histories import CODE, fact
from tests.web.client import TestClient
from tests.web.console.conftest import World, opened
from tests.web.console.states import AUDITOR, RESTRICTED, guard
from tests.web.console.test_doors import OURS, TOKEN, sign_in
from tests.web.console.town import NOW, URL, Town
from web.app import build
from web.console.gate import record_of

INVITED = "P-30"


class Shut:
    """The town's log, of which no history can be read, and which notes what else it is asked."""

    def __init__(self, town: Town) -> None:
        """Keep the log itself for everything else."""
        self._log = town.log
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        """Whatever else is asked of a log."""
        self.asked.append(name)
        if name == "episode":
            message = "a history was read"
            raise AssertionError(message)
        return getattr(self._log, name)


@pytest.fixture
def browser(guarded_world: World) -> TestClient:
    """Pages of that town whose histories cannot be read."""
    parts = replace(guarded_world.parts, log=cast(Log, Shut(guarded_world.town)))
    return TestClient(build(parts), raise_server_exceptions=False)


def test_a_denial_reads_no_history(browser: TestClient, guarded_world: World) -> None:
    """A hidden child, its clocks and its files are denied as nobody's are; only what is open is read."""
    town = guarded_world.town
    hidden, nobody = town.ref(RESTRICTED), UUID(int=7).hex
    pages = ("", "/clocks", "/clocks/any", "/missing", "/export")
    answers = {
        (page, ref == hidden): browser.get(f"/children/{ref}{page}")
        for page in pages
        for ref in (hidden, nobody)
    }
    opened = browser.get(f"/children/{town.ref('CH-0001')}")

    assert {asked: one.status_code for asked, one in answers.items()} == dict.fromkeys(answers, 404)
    assert all(answers[page, True].content == answers[page, False].content for page in pages)
    assert opened.status_code == 500


@pytest.fixture
def behind(lived: Path, tmp_path: Path) -> Iterator[tuple[Town, Shut, TestClient]]:
    """A town whose board has not seen the last of one hidden child, and nothing of another."""
    town = opened(lived, tmp_path)
    parts = town.parts(
        people=guard(town) | {INVITED: Person(INVITED, "Owen Pritchard", "x@y.example")}
    )
    police = {"role": "police_cse_and_missing_coordinator", "from_on": "2012-01-02"}
    town.tell_of_itself("person-assigned", "Mon 2 Jan 2012", person_ref=INVITED, **police)
    town.tell_of_itself(
        "panel-member-invited",
        "Mon 4 Jan 2016",
        panel="macse",
        sits_on="2016-02-04",
        agency="police",
    )
    for subject, said in (
        (RESTRICTED, AccessForced(until=NOW - timedelta(hours=1), reason="r" * 20)),
        ("CH-new", fact("referral-received")),
        ("CH-new", RecordRestricted(people=("P-7",), reason="other")),
        ("CH-new", AccessForced(until=NOW - timedelta(hours=1), reason="r" * 20)),
    ):
        town.log.append(
            [
                Event(
                    authority=CODE,
                    kind="child",
                    subject=subject,
                    source="behind",
                    id=f"{subject}-{said.NAME}",
                    said=said,
                    occurred_at=NOW,
                    by="P-1" if isinstance(said, AccessForced) else None,
                )
            ]
        )
    shut = Shut(town)
    parts = replace(parts, log=cast(Log, shut))
    with TestClient(
        build(parts), base_url=URL, headers=OURS, raise_server_exceptions=False
    ) as made:
        yield town, shut, made
    town.close()


@pytest.mark.parametrize("reader", [None, "P-1", INVITED, AUDITOR])
def test_a_denial_reads_no_history_while_the_board_is_behind(
    behind: tuple[Town, Shut, TestClient], reader: str | None
) -> None:
    """Nor for who once forced it open, or is invited to a sitting; the very same is asked of nobody's."""
    town, shut, browser = behind
    if reader:
        sign_in(browser, reader)
    answers, asked = [], []
    for ref in (UUID(int=7).hex, town.ref(RESTRICTED), town.ref("CH-new")):
        shut.asked.clear()
        answers.append(browser.get(f"/children/{ref}", follow_redirects=False))
        asked.append(list(shut.asked))

    assert [one.status_code for one in answers] == [404] * 3
    assert len({one.content for one in answers}) == 1
    assert asked[0] == asked[1] == asked[2]


@pytest.mark.parametrize("page", ["/children", "/record"])
def test_a_search_that_misses_asks_the_same_of_nobody_and_of_the_hidden(
    behind: tuple[Town, Shut, TestClient], page: str
) -> None:
    """Step by step, with what is recorded of it: neither the answer nor its time tells them apart."""
    _, shut, browser = behind
    sign_in(browser, "P-1")
    answers, asked = [], []
    for reference in ("CH-none", RESTRICTED, "CH-new"):
        token = TOKEN.findall(browser.get(page).text)[0]
        shut.asked.clear()
        answers.append(browser.post(page, data={"token": token, "reference": reference}))
        asked.append(list(shut.asked))

    assert len({one.status_code for one in answers}) == 1
    assert asked[0].count("append") == 1
    assert asked[0] == asked[1] == asked[2]


def test_no_history_is_read_for_who_may_not_see_an_open_record(
    behind: tuple[Town, Shut, TestClient],
) -> None:
    """While the board is behind, nor of its clock; for its own manager and who was told, it is read."""
    town, _, browser = behind
    for subject, name in (("CH-0001", "visit-made"), ("CH-late", "referral-received")):
        town.log.append(
            [
                Event(
                    authority=CODE, kind="child", subject=subject, source="behind", id=name,
                    said=fact(name), occurred_at=NOW,
                )
            ]
        )  # fmt: skip
    pages = [
        f"/children/{town.ref('CH-0001')}",
        f"/children/{town.ref('CH-0001')}/clocks/{town.clock('CH-0001', 'icpc-15wd')}",
        f"/children/{town.ref('CH-late')}",
    ]
    found = {}
    for reader in ("P-2", "P-1", "P-6", INVITED):
        sign_in(browser, reader)
        found[reader] = [browser.get(page).status_code for page in pages]

    assert found["P-2"] == [404, 404, 404]
    assert found["P-1"] == [500, 500, 404]
    assert found["P-6"] == [404, 500, 404]
    # Only the history tells whose a clock is to mend, so a partner's question is not refused before it.
    assert found[INVITED] == [404, 500, 404]


def test_a_record_named_as_another_is_decided_by_its_history(
    behind: tuple[Town, Shut, TestClient],
) -> None:
    """The team may stand under the other reference."""
    town, _, browser = behind
    said = fact("child-references-joined", other_child="CH-0001")
    town.log.append(
        [
            Event(
                authority=CODE, kind="child", subject="CH-0003", source="behind", id="joined",
                said=said, occurred_at=NOW,
            )
        ]
    )  # fmt: skip
    sign_in(browser, "P-1")

    assert browser.get(f"/children/{town.ref('CH-0003')}").status_code == 500


def test_what_was_forced_open_opens_while_the_board_is_behind(
    behind: tuple[Town, Shut, TestClient],
) -> None:
    """Control: while it lasts the history is read, for this reader alone."""
    town, _, browser = behind
    said = AccessForced(until=NOW + timedelta(hours=1), reason="r" * 20)
    town.log.append(
        [
            Event(
                authority=CODE, kind="child", subject="CH-new", source="behind", id="again",
                said=said, occurred_at=NOW, by="P-1",
            )
        ]
    )  # fmt: skip
    page = f"/children/{town.ref('CH-new')}"
    statuses = []
    for reader in ("P-1", "P-2"):
        sign_in(browser, reader)
        statuses.append(browser.get(page).status_code)

    assert statuses == [500, 404]


def test_what_the_board_keeps_is_what_the_history_says(guarded_world: World) -> None:
    """Of every child and of every clock: the rules are asked the same thing."""
    town = guarded_world.town
    authority = town.authority()
    compared = 0
    streams = [one.stream for one in children(town.views, authority.code)]
    for stream in streams:
        episode = town.log.episode(stream)
        assert episode is not None
        version = town.log.version(stream)
        said = record_of("child", episode, authority, None, NOW)
        assert kept_record(town.views, stream, version, "child", None) == said
        assert kept_record(town.views, stream, version + 1, "child", None) is None
        for clock in episode.clocks(authority):
            one = record_of("clock", episode, authority, clock.key, NOW)
            kept = kept_record(town.views, stream, version, "clock", clock.key)
            assert kept is not None
            assert kept.told >= one.told
            assert replace(kept, told=one.told) == one
            compared += 1

    assert compared > 20
    assert kept_record(town.views, UUID(int=7), 0, "child", None) is None
