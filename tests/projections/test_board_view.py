"""The board takes in every event once, and can be thrown away and made again, byte for byte."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import projector
from domain.authority import Authority
from domain.errors import Unavailable
from domain.event import Event, Recorded, Unreadable
from projections import shape as of_which_shape
from projections.board import children, counts, find_child, rows
from projections.board_view import (
    BoardView,
    create_tables,
    digest_of_tables,
    rebuild,
)
from projections.instants import written
from projections.shape import AnotherRelease, is_anothers, require_board, shape
from projections.tables import COLUMNS, RETIRED, VIEW
from store.database import DatabaseUnavailable
from store.following import Overtaken
from store.migrations import bring_up_to_date
from store.views import Views
from tests.histories import CHILD, CODE, moment, of_authority, person, source, told
from tests.projections.lived import Story
from tests.projections.lives import NIGHTLY, live, lives
from tests.projections.world import World, feed, of, short
from tests.store.events import until
from tests.store.test_database import believed

MISSING = "Fri 3 Apr 2026 18:00"


def missing(child: str = CHILD) -> Event:
    """A child is missing."""
    return of(child, told("missing-episode-started", MISSING, type="M"))


@pytest.fixture
def lived(copy_of: Callable[[Story], World]) -> World:
    """An installation whose children have lived, with the board up to date."""
    return copy_of(children_live)


def children_live(world: World) -> None:
    """They live, and the board takes it in."""
    live(world, 3)
    world.take_in()


def test_in_pieces_or_whole_the_board_is_the_same(lived: World) -> None:
    """One event at a time, seven at a time, or the whole log at once: every row is equal."""
    digests = {digest_of_tables(lived.views)}
    for limit in (1, 7, 500):
        lived.views.clear(VIEW, COLUMNS)
        lived.take_in(limit)
        digests.add(digest_of_tables(lived.views))

    assert len(digests) == 1


def test_rebuilt_the_board_is_the_same(lived: World) -> None:
    """Thrown away and worked out again from the log, it says the same."""
    before = digest_of_tables(lived.views)
    position = rebuild(lived.views, lived.log, lived.authority)

    assert position == lived.log.head() == lived.board.position()
    assert digest_of_tables(lived.views) == before
    assert believed(lived.place, "board_child") == kept(lived)


def kept(world: World) -> int:
    """How many children the board keeps."""
    with world.views.reading() as cursor:
        return int(cursor.execute("SELECT count(*) AS n FROM board_child")[0]["n"])


@pytest.mark.parametrize(("backlog", "counted"), [(10, True), (100_000, False)])
def test_after_a_backlog_the_board_s_tables_are_counted(
    lived: World, monkeypatch: pytest.MonkeyPatch, backlog: int, *, counted: bool
) -> None:
    """Or each page would be slow until the database does it by itself; a day's work is left to that."""
    lived.views.clear(VIEW, COLUMNS)
    lived.views.take_stock()
    monkeypatch.setattr(projector, "BACKLOG", backlog)
    stop = threading.Event()
    thread = threading.Thread(
        target=projector.run, args=(lived.log, lived.views, lived.authority, stop)
    )
    thread.start()
    until(lambda: lived.board.position() == lived.log.head())
    if counted:
        until(lambda: believed(lived.place, "board_child") == kept(lived))
    stop.set()
    lived.place.ring()
    thread.join(10)

    assert believed(lived.place, "board_child") == (kept(lived) if counted else 0)


def test_tables_of_another_release_are_made_anew(lived: World) -> None:
    """After an upgrade the board fills itself from the log; the same release leaves it alone."""
    before, position = digest_of_tables(lived.views), lived.board.position()
    create_tables(lived.views)
    left_alone = lived.board.position()
    lived.views.create(
        [
            "DROP TABLE anomaly",
            "CREATE TABLE anomaly (stream TEXT)",
            "UPDATE board_made SET sha256 = 'another'",
        ]
    )
    create_tables(lived.views)
    begun_again = lived.board.position()
    lived.take_in()

    assert (left_alone, begun_again) == (position, 0)
    assert digest_of_tables(lived.views) == before


def test_a_release_with_another_law_makes_the_board_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing was adopted, no fact says that the shipped timescales or working days have changed."""
    for name in ("policies/england/care.toml", "calendars/england.csv"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("as it was")
    before = shape()
    monkeypatch.setattr(of_which_shape, "files", lambda _: tmp_path)
    seen = {before, shape.__wrapped__()}
    for name in ("policies/england/care.toml", "calendars/england.csv"):
        (tmp_path / name).write_text("as it is now")
        seen.add(shape.__wrapped__())

    assert len(seen) == 4
    assert shape() == before


def test_the_board_is_kept_in_tables_of_this_release_only(tmp_path: Path) -> None:
    """Only `daymark migrate` makes them; a projector without them says so."""
    url = f"sqlite:///{tmp_path}/views.db"
    bring_up_to_date(url, "views")
    with closing(Views(url)) as views:
        with pytest.raises(Unavailable, match="run `daymark migrate`"):
            require_board(views)
        create_tables(views)
        require_board(views)
        views.create(["UPDATE board_made SET sha256 = 'another'"])
        with pytest.raises(Unavailable, match="not of this release"):
            require_board(views)


def test_a_table_that_an_earlier_release_filled_goes_with_its_board(tmp_path: Path) -> None:
    """What nobody reads any more must not keep who was told of what."""
    url = f"sqlite:///{tmp_path}/views.db"
    bring_up_to_date(url, "views")
    with closing(Views(url)) as views:
        views.create([f"CREATE TABLE {table} (person TEXT)" for table in RETIRED])
        create_tables(views)
        with views.reading() as cursor:
            left = [table for table in RETIRED if cursor.has_table(table)]

    assert left == []


def test_a_board_is_said_to_be_another_s_only_where_that_is_sure(tmp_path: Path) -> None:
    """Where nobody has made one, or nobody can tell, it is missing and not another's."""
    url = f"sqlite:///{tmp_path}/views.db"
    bring_up_to_date(url, "views")
    with closing(Views(url)) as views:
        nobody_s = is_anothers(views)
        create_tables(views)
        ours = is_anothers(views)
        views.create(["UPDATE board_made SET sha256 = 'another'"])
        found = (nobody_s, ours, is_anothers(views))

    assert found == (False, False, True)


def test_an_old_projector_writes_nothing_into_the_tables_of_a_new_release(lived: World) -> None:
    """It had read its batch before they were made anew: it stops, and does not take it for an outage."""
    position = lived.board.position()
    batch = [*lived.log.after(position - 1)]
    for changed in (["DELETE FROM anomaly"], ["DROP TABLE board_child"]):
        lived.views.create([*changed, "UPDATE board_made SET sha256 = 'another'"])
        with lived.views.writing() as cursor:
            cursor.execute("UPDATE view_position SET position = position - 1 WHERE view = 'board'")
        with pytest.raises(AnotherRelease, match="run `daymark migrate`"):
            lived.board.apply(batch, after=lived.board.position())

    assert lived.board.position() == position - 2


def test_kept_up_while_living_the_board_is_the_same(world: World) -> None:
    """Whether it followed event by event, with what was then known, or came to it afterwards."""
    for told_, at in lives(5):
        world.record(short(told_), at=max(at, world.now))
        world.take_in()
        if told_.kind == "child":
            world.run_engine(told_.subject, world.now)
            world.take_in()
    followed = digest_of_tables(world.views)
    rebuild(world.views, world.log, world.authority)

    assert digest_of_tables(world.views) == followed


@pytest.mark.parametrize(
    "environment",
    [{"PYTHONHASHSEED": "1", "TZ": "Pacific/Auckland"}, {"PYTHONHASHSEED": "2", "TZ": "UTC"}],
)
def test_hash_seed_and_time_zone_change_nothing(lived: World, environment: dict[str, str]) -> None:
    """Another process elsewhere, over the same log, makes the same board."""
    before = digest_of_tables(lived.views)
    script = (
        "import sys; from pathlib import Path; from tests.projections.world import World;"
        "from projections.board_view import digest_of_tables, rebuild;"
        "w = World(Path(sys.argv[1]), *sys.argv[2:]);"
        "rebuild(w.views, w.log, w.authority); print(digest_of_tables(w.views)); w.close()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(lived.folder), *filter(None, [lived.server])],
        env=os.environ | environment | {"PYTHONPATH": "."},
        check=True,
        capture_output=True,
        text=True,
    )

    assert done.stdout.strip() == before


def test_a_batch_taken_in_by_another_is_not_taken_in_twice(world: World) -> None:
    """Two projectors may read the same events; only the first moves the board."""
    world.record(source(), missing())
    batch, position = world.batch()
    rival = BoardView(world.views, world.log, world.authority)
    rival.apply(batch, after=position)

    with pytest.raises(Overtaken):
        world.board.apply(batch, after=position)
    assert len(children(world.views, CODE)) == 1


def test_a_rebuild_goes_on_when_a_projector_joins_in(world: World) -> None:
    """A batch that the running projector takes first is left to it."""
    world.record(source(), missing())
    asked = 0

    def authority(code: str) -> Authority:
        nonlocal asked
        asked += 1
        if asked == 1:
            world.take_in()
        return world.authority(code)

    assert rebuild(world.views, world.log, authority) == world.log.head()
    assert asked == 1
    assert [one.reference for one in children(world.views, CODE)] == [CHILD]


def test_a_row_that_cannot_be_read_is_parked_and_the_others_go_on(world: World) -> None:
    """The position moves past it, and it is kept with its reason."""
    world.record(source(), missing("a"), missing("b"))
    batch, position = world.batch()
    bad = batch[1]
    assert isinstance(bad, Recorded)
    broken = Unreadable(bad.stream, bad.version, bad.position, "of-another-release", "unknown")
    world.board.apply([batch[0], broken, batch[2]], after=position)

    assert [one[:3] for one in world.views.parked()] == [(VIEW, bad.position, "of-another-release")]
    assert find_child(world.views, CODE, "b") is not None
    assert world.board.position() == world.log.head()


def test_a_row_of_the_authority_that_cannot_be_read_makes_no_child(world: World) -> None:
    """Only children stand on the board."""
    world.record(source(), missing())
    batch, position = world.batch()
    first = batch[0]
    broken = Unreadable(first.stream, 1, first.position, "of-another-release", "unknown")
    world.board.apply([broken, *batch[1:]], after=position)

    assert [one.reference for one in children(world.views, CODE)] == [CHILD]


def test_a_child_that_cannot_be_worked_out_does_not_stop_the_others(world: World) -> None:
    """Its reason is parked, for the board then lacks it."""
    world.record(source(), missing("a"), missing("b"))
    put_behind_our_back(world, world.stream("a"))
    world.take_in()

    assert [one.reference for one in children(world.views, CODE)] == ["b"]
    assert [one.topic for one in world.views.parked()] == ["of-another-release"]
    world.record(of("a", told("missing-episode-ended", "Sat 4 Apr 2026 10:00")))
    world.take_in()

    assert [one.topic for one in world.views.parked()] == ["of-another-release", "UnreadableRow"]


def test_what_cannot_be_read_is_parked_once_whatever_comes_with_it(world: World) -> None:
    """An operator counts one row, be it alone in what is taken in or before others."""
    world.record(source(), missing("a"))
    world.take_in()
    put_behind_our_back(world, world.stream("a"))
    world.record(missing("b"))
    world.take_in()

    assert [one.topic for one in world.views.parked()] == ["of-another-release"]
    assert find_child(world.views, CODE, "b") is not None


def test_an_authority_that_cannot_be_read_stops_nobody_else(world: World) -> None:
    """Its children keep the rows they had, the reason is parked, and another authority goes on."""
    world.record(source(), missing(), replace(missing(), authority="999"), at=MISSING)
    world.take_in()
    put_behind_our_back(world, world.log.stream(CODE, "authority", CODE))
    world.record(feed(moment(MISSING)), replace(missing("b"), authority="999"))
    world.record(told("missing-episode-ended", "Fri 3 Apr 2026 20:00"))
    world.take_in()

    assert [one.version for one in children(world.views, CODE)] == [1]
    assert len(children(world.views, "999")) == 2
    assert "UnreadableRow" in {one.topic for one in world.views.parked()}


def put_behind_our_back(world: World, stream: UUID) -> None:
    """Put a row into a stream as a newer release might have."""
    world.place.sql(
        "INSERT INTO stored_events (originator_id, originator_version, topic, state, recorded_at)"
        " SELECT originator_id, 2, 'of-another-release', ?, recorded_at FROM stored_events"
        " WHERE originator_id = ? LIMIT 1",
        b"{}",
        stream.hex,
    )


def test_a_database_that_is_away_is_waited_for_and_not_parked(world: World) -> None:
    """Nothing moves on, so that the batch is taken in once the database is back."""
    world.record(source(), missing())
    batch, position = world.batch()

    def away(_code: str) -> Authority:
        name = "of the log"
        raise DatabaseUnavailable(name, OSError("away"))

    with pytest.raises(DatabaseUnavailable):
        BoardView(world.views, world.log, away).apply(batch, after=position)
    assert world.board.position() == 0
    assert world.views.parked() == ()


def test_a_child_is_worked_out_once_for_many_events(world: World) -> None:
    """A batch that touches a child often, and later batches it has already seen, cost one pass.

    Whoever is worked out in one batch is judged by the authority as it was asked for once.
    """
    world.record(source(), missing(), told("missing-episode-ended", "Sat 4 Apr 2026 10:00"))
    asked: list[str] = []

    def authority(code: str) -> Authority:
        asked.append(code)
        return world.authority(code)

    view = BoardView(world.views, world.log, authority)
    while batch := world.log.after(position := view.position(), 2):
        view.apply(batch, after=position)

    assert asked == [CODE]


def worked_out(world: World, *told_: Recorded | Event, at: str) -> set[str]:
    """Whose rows the board works out again when this is recorded."""
    world.record(*told_, at=at)
    world.take_in()
    with world.views.reading() as cursor:
        found = cursor.execute("SELECT reference, informed_at FROM board_child")
    return {row["reference"] for row in found if row["informed_at"] == written(world.now)}


def test_a_feed_touches_only_children_who_wait_for_it(world: World) -> None:
    """What a nightly source says it has come to concerns the clocks only it could stop."""
    at_once = ["missing-episode-started", "strategy-meeting-held", "missing-episode-ended"]
    nightly = ["conference-held", "section-47-concluded", "section-47-started"]
    world.record(
        source(states=at_once),
        source(NIGHTLY, delivers="batch", states=nightly),
        missing("at-once"),
        of("waiting", told("section-47-started", "Mon 13 Apr 2026")),
        at="Tue 14 Apr 2026 09:00",
    )
    world.take_in()
    heard = feed(moment("Tue 14 Apr 2026 02:10"), NIGHTLY)
    continuous = feed(moment("Tue 14 Apr 2026 09:00"))

    assert worked_out(world, heard, at="Tue 14 Apr 2026 09:10") == {"waiting"}
    assert worked_out(world, continuous, at="Tue 14 Apr 2026 09:20") == set()


def test_a_new_colleague_touches_open_children_and_a_panel_touches_all(world: World) -> None:
    """Who may be told concerns what is open; rules and panels everyone; a report its authority alone."""
    world.record(source(), missing("open"), missing("done"), at=MISSING)
    world.record(of("done", told("case-transferred", "Fri 3 Apr 2026")), at="Sat 4 Apr 2026 09:00")
    world.take_in()
    report = of_authority("report-published", "Sat 4 Apr 2026")
    panel = of_authority("panel-sittings-published", "Sat 4 Apr 2026")

    assert worked_out(world, report, at="Sat 4 Apr 2026 10:00") == {CODE}
    assert worked_out(world, person("service_manager"), at="Sat 4 Apr 2026 11:00") == {"open"}
    assert worked_out(world, panel, at="Sat 4 Apr 2026 12:00") == {"open", "done", CODE}


def test_two_authorities_do_not_see_each_other(world: World) -> None:
    """The same reference in two authorities is two children, each on its own board."""
    world.record(source(), missing())
    world.record(replace(missing(), authority="999"))
    world.take_in()
    now = moment(MISSING)

    assert len(children(world.views, CODE)) == len(children(world.views, "999")) == 1
    assert rows(world.views, "999", now)[1] == counts(world.views, "999", now)["open"]
    assert children(world.views, CODE) != children(world.views, "999")


def test_a_comparison_with_the_tracker_changes_no_clock(world: World) -> None:
    """It is kept as a fact of the authority, and no child is worked out again for it."""
    world.record(source(), told("missing-episode-started", "Mon 2 Mar 2026 09:00"))
    world.take_in()
    before = counts(world.views, CODE, world.now)
    said: dict[str, Any] = dict.fromkeys(
        ("both", "due_differs", "done_differs", "only_tracker", "only_daymark"), 0
    )
    world.record(of_authority("tracker-compared", compared_on="2026-03-03", **said))
    world.take_in()

    assert counts(world.views, CODE, world.now) == before
    assert world.board.position() == world.log.head()
