"""Figures and clocks are the same before and after a move to PostgreSQL."""

import json
from datetime import datetime
from pathlib import Path

from domain.clocks import Clock, verdict
from projections.board_view import digest_of_tables
from projections.trust import trust
from store.moving import Addresses, move
from tests.histories import CODE
from tests.projections.lives import lives
from tests.projections.world import World, short


def clocks(world: World, child: str, at: datetime) -> str:
    """Every clock of a child, as one text."""
    found: tuple[Clock, ...] = world.episode(child).clocks(world.authority())
    return json.dumps([[repr(clock), str(verdict(clock, at))] for clock in found])


def test_figures_and_clocks_are_the_same_after_a_move(tmp_path: Path, postgres: str) -> None:
    """The board made again from the moved log is the same to the last row, and so is each child's."""
    here = World(tmp_path)
    children = set()
    for told, at in lives(7):
        here.record(short(told), at=max(at, here.now))
        if told.kind == "child":
            children.add(told.subject)
    for child in sorted(children):
        here.run_engine(child, here.now)
    here.take_in()
    move(
        Addresses(here.place.log, here.place.tokens, here.place.vault),
        Addresses(postgres, postgres, postgres),
        lambda _table, _rows: None,
    )
    there = World(tmp_path, postgres, now=here.now)
    there.take_in()

    assert digest_of_tables(there.views) == digest_of_tables(here.views)
    assert len(children) > 2
    for child in children:
        assert clocks(there, child, here.now) == clocks(here, child, here.now)
    one, other = (trust(w.log, w.views, w.authority(CODE), w.now) for w in (here, there))
    assert (one.total, one.covered) == (other.total, other.covered)
    here.close()
    there.close()
