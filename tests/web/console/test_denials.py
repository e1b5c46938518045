"""A denial is decided from what costs the same for a long history, a short one, and for none."""

from dataclasses import replace
from typing import Any, cast
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from projections.board import children
from projections.kept_record import forced_by, kept_record
from store.log import Log
from tests.web.console.conftest import World
from tests.web.console.states import RESTRICTED
from tests.web.console.town import NOW, Town
from web.app import build
from web.console.gate import record_of


class Shut:
    """The town's log, of which no history can be read."""

    def __init__(self, town: Town) -> None:
        """Keep the log itself for everything else."""
        self._log = town.log

    def __getattr__(self, name: str) -> Any:
        """Whatever else is asked of a log."""
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
    assert not forced_by(town.views, streams[0], "P-1")
