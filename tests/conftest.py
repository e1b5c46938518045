"""What holds for a whole run: one PostgreSQL server, what is measured, and what begins first."""

import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any, Final

import pytest
from coverage import Coverage
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

from tests import throwaway_postgres
from tests.measured import MEASURED, is_measured
from tests.simulator.fresh import first_fresh

HERE: Final = Path(__file__).parent
TEMPORARY: Final = "PYTEST_DEBUG_TEMPROOT"
"""Where pytest makes every test's folder: in memory, or each receipt of each story waits for a disk."""
MEASURING: Final = pytest.StashKey[Coverage]()
"""What measures, while `make test` runs."""
MEASURES_OTHERS: Final = "COVERAGE_PROCESS_CONFIG"
"""By this every process that starts is measured from its beginning."""
IN_FRONT: Final = "gw0"
"""The process that waits for real servers: one file at a time, so that no two crowd each other out."""
WAITING: Final = (
    "tests/drills/",
    "tests/journeys/",
    "tests/workflows/",
    "tests/processes/test_readers_that_leave.py",
    "tests/processes/test_server.py",
    "tests/processes/test_supervisor.py",
    "tests/processes/test_telemetry.py",
    "tests/store/test_durability.py",
)
"""Whose stories mostly wait, for processes and servers that they start."""
BEHIND: Final = 10
"""How far behind, as niceness goes, the processes stay that only reckon."""
LONGEST: Final = (
    "web/test_access.py",
    "simulator/test_first_half.py",
    "simulator/test_second_half.py",
    "web/console/test_fuzz.py",
    "web/console/test_every_route.py",
    "projections/test_board_view.py",
    "web/console/test_every_page.py",
    "alert_budget/test_alert_budget.py",
    "web/test_navigation.py",
    "simulator/test_planted.py",
)
"""Files that take long and reckon: they begin first, lest one end alone."""


def pytest_configure(config: pytest.Config) -> None:
    """The first process of a run makes the place that all of them share; none measures more than it must."""
    if not is_worker(config):
        throwaway_postgres.begin_run()
        if there := throwaway_postgres.memory():
            os.environ.setdefault(TEMPORARY, str(there))
    elif os.environ["PYTEST_XDIST_WORKER"] != IN_FRONT:
        os.nice(BEHIND)
    if (measuring := Coverage.current()) is not None:
        config.stash[MEASURING] = measuring
        # It would look at every module's file each time it goes on, and rests between any two stories.
        measuring._warn_preimported_source = False  # noqa: SLF001
        load(measuring.get_option("run:source"))
        measuring.stop()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Say where the histories begin that nobody has tried yet: also a run that is quiet tells that."""
    reporter = session.config.pluginmanager.getplugin("terminalreporter")
    if reporter is not None and not is_worker(session.config):
        first = first_fresh(session.config)
        reporter.write_line(f"the simulator's fresh histories begin at seed {first}")


def pytest_unconfigure(config: pytest.Config) -> None:
    """And takes it away, with the server if there was one."""
    if not is_worker(config):
        throwaway_postgres.end_run()


def is_worker(config: pytest.Config) -> bool:
    """Whether this is one of several processes that another one has started."""
    return hasattr(config, "workerinput")


class InFront(LoadFileScheduling):  # type: ignore[misc]  # it brings no types
    """Whole files in order: those that wait for one process, the others for the rest, while there are any."""

    def _assign_work_unit(self, node: WorkerController) -> None:
        waits = node.gateway.id == IN_FRONT
        fitting = [file for file in self.workqueue if file.startswith(WAITING) is waits]
        if fitting:
            self.workqueue.move_to_end(fitting[0], last=False)
        super()._assign_work_unit(node)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> InFront | None:
    """Who gets which file, where several processes test."""
    return InFront(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL database of this test's own, with every table."""
    with throwaway_postgres.database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def kind_of_store(request: pytest.FixtureRequest) -> str:
    """What a test's log lies in."""
    return str(request.param)


@pytest.fixture
def server(request: pytest.FixtureRequest, kind_of_store: str) -> str | None:
    """On which store a test runs: nothing for files, else the address of a PostgreSQL database."""
    return request.getfixturevalue("postgres") if kind_of_store == "postgresql" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long files first; otherwise, and within each file, the order stays left to chance."""
    places = {HERE / name: place for place, name in enumerate(LONGEST)}
    named = [*places, *(HERE / name for name in MEASURED)]
    assert all(path.exists() for path in named), "conftest names a file that is gone"
    items.sort(key=lambda item: places.get(item.path, len(places)))


@pytest.fixture
def store() -> str | None:
    """The store of a test that does not choose: files.

    A module that runs on both says so by a fixture of this name that asks for `server`.
    """
    return None


def load(rooms: Any) -> None:
    """Load every module of these rooms while measuring: some of their lines run only then."""
    for room in (Path(one).name for one in rooms):  # a worker is given whole paths
        for module in walk_packages([str(HERE.parent / room)], f"{room}."):
            import_module(module.name)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Measuring makes everything take three times as long, so it rests where nothing is proved by it."""
    measuring = item.config.stash.get(MEASURING, None)
    if measuring is None or not proves_lines(item):
        measured_alone()
        return (yield)
    measuring.start()
    measured_alone()
    try:
        return (yield)
    finally:
        measuring.stop()


def measured_alone() -> None:
    """No process that a story starts is measured: it proves that it runs, not what every line does.

    Said anew for each story, because whenever measuring goes on it asks later processes to measure too;
    one of them that is killed would leave an empty file of measures behind.
    """
    os.environ.pop(MEASURES_OTHERS, None)


def proves_lines(item: pytest.Item) -> bool:
    """Whether a story is measured; what chance makes up proves much, but not the same lines each time."""
    made_up = getattr(getattr(item, "function", None), "is_hypothesis_test", False)
    return not made_up and is_measured(item.nodeid.removeprefix("tests/"))
