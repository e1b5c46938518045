"""One machine: parts start in order, start again when they end, and never outlive their supervisor."""

import asyncio
import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from supervisor import CannotStart, Part, alone, free_port, remembered_ports, run, temporal_part

ROOT = Path(__file__).parents[2]

CHILD = """
import os, signal, sys, threading
sys.path.insert(0, {root!r})
from supervisor import say_ready, watch_leash
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
watch_leash(stop.set)
print("pid", os.getpid(), flush=True)
say_ready()
stop.wait()
print("bye", flush=True)
"""


def a_part(name: str, script: str = CHILD) -> Part:
    """A child that says it is ready and waits to be stopped."""
    return Part(name, (sys.executable, "-c", script.format(root=str(ROOT))))


def alive(pid: int) -> bool:
    """Whether a process of this number runs; one that only waits to be counted does not."""
    found = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)],  # noqa: S607 -- from PATH
        capture_output=True,
        text=True,
        check=False,
    )
    return bool(found.stdout.strip()) and not found.stdout.startswith("Z")


def wait_until(true: Callable[[], bool], patience: float = 10) -> None:
    """Wait for something to become true, and fail when it does not."""
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, "it never became true"
        time.sleep(0.02)


class Heard(list[str]):
    """The lines a supervisor said, with what to do when one of them is heard."""

    def __init__(self, reactions: dict[str, Callable[[str], None]]) -> None:
        """Keep each reaction with the words that call for it."""
        super().__init__()
        self.reactions = reactions

    def __call__(self, line: str) -> None:
        """Hear one line; a reaction happens once."""
        self.append(line)
        for words in list(self.reactions):
            if words in line:
                self.reactions.pop(words)(line)


def ask_to_stop(_line: str = "") -> None:
    """What Ctrl-C does."""
    os.kill(os.getpid(), signal.SIGINT)


def test_parts_are_ready_before_the_greeting_and_stop_last_started_first() -> None:
    """Each line bears the name of its part; nothing greets before all are ready."""
    heard = Heard({"all is ready": ask_to_stop})

    asyncio.run(run([[a_part("first")], [a_part("second")]], heard, "all is ready"))

    pids = [line.split()[-1] for line in heard[:2]]
    assert heard == [
        f"first      | pid {pids[0]}",
        f"second     | pid {pids[1]}",
        "all is ready",
        "second     | bye",
        "first      | bye",
    ]


def test_a_part_that_ends_is_started_again() -> None:
    """A killed child comes back with a new number."""
    pids: list[int] = []

    def kill(line: str) -> None:
        pids.append(int(line.rsplit(maxsplit=1)[-1]))

    def then(_line: str) -> None:
        os.kill(pids[0], signal.SIGKILL)
        heard.reactions["pid"] = ask_to_stop

    heard = Heard({"pid": kill, "all is ready": then})
    asyncio.run(run([[a_part("worker")]], heard, "all is ready"))

    assert "worker ended with -9 and starts again in 0.2 seconds" in heard
    assert heard[-1].endswith("bye")


def test_a_full_disk_takes_no_line_and_stops_nobody() -> None:
    """A child says far more than its pipe holds while nobody can write it down, and is asked to stop."""
    chatter = CHILD.replace(
        "say_ready()", "for _ in range(2000): print('x' * 100, flush=True)\nsay_ready()"
    )
    tried: list[str] = []

    def refuse(line: str) -> None:
        tried.append(line)
        if line == "all is ready":
            ask_to_stop()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    asyncio.run(run([[a_part("web", chatter)]], refuse, "all is ready"))

    assert tried[-1] == "web        | bye"


def test_a_part_that_cannot_start_stops_everything() -> None:
    """A wrong setting is said once, by the part that has it, and what runs is stopped."""
    broken = "import sys; print('port 80 is taken', file=sys.stderr); sys.exit(1)"
    heard = Heard({})

    with pytest.raises(CannotStart, match="web could not be started"):
        asyncio.run(run([[a_part("worker")], [a_part("web", broken)]], heard, "all is ready"))

    assert "web        | port 80 is taken" in heard
    assert heard[-1] == "worker     | bye"


def test_a_part_that_runs_once_is_waited_for() -> None:
    """The next phase begins when it has ended well."""
    once = Part("migrate", (sys.executable, "-c", "print('done')"), once=True)
    heard = Heard({"all is ready": ask_to_stop})

    asyncio.run(run([[once], [a_part("web")]], heard, "all is ready"))

    assert heard[0] == "migrate    | done"
    assert heard.index("all is ready") == 2


def test_being_asked_to_stop_while_starting_is_no_fault() -> None:
    """Ctrl-C is heard at any moment."""
    never = "import time; print('waiting', flush=True); time.sleep(60)"
    heard = Heard({"waiting": ask_to_stop})

    asyncio.run(run([[a_part("slow", never)]], heard, "all is ready"))

    assert "all is ready" not in heard


def test_a_killed_supervisor_leaves_nothing_running(tmp_path: Path) -> None:
    """Children and the Temporal server end with the process that started them."""
    script = f"""
import asyncio, sys
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
from supervisor import Part, run, temporal_part
parts = [
    temporal_part(Path({str(tmp_path)!r}), {free_port()}, "daymark"),
    Part("child", (sys.executable, "-c", {CHILD.format(root=str(ROOT))!r})),
]
asyncio.run(run([parts], lambda line: print(line, flush=True), "all is ready"))
"""
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True
    ) as supervisor:
        assert supervisor.stdout is not None
        for line in supervisor.stdout:
            if "all is ready" in line:
                break
        pids = descendants(supervisor.pid)
        supervisor.kill()

        assert len(pids) == 3
        wait_until(lambda: not any(map(alive, pids)))


def descendants(pid: int) -> list[int]:
    """Every process started by this one, or by one of those."""
    table = subprocess.run(
        ["ps", "-eo", "pid=,ppid="],  # noqa: S607 -- from PATH
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [tuple(map(int, line.split())) for line in table.stdout.splitlines()]
    children = [child for child, parent in rows if parent == pid]
    return [one for child in children for one in (child, *descendants(child))]


def test_who_cannot_end_is_ended_once_its_supervisor_is_gone() -> None:
    """Python itself never comes to an end here, and no thread of it does anything any more."""
    stuck = """
import sys, threading, time
sys.path.insert(0, {root!r})
from supervisor import watch_leash
class Stuck:
    def __del__(self): time.sleep(600)
kept, stop = Stuck(), threading.Event()
watch_leash(stop.set, patience=1)
stop.wait()
"""
    process = subprocess.Popen(
        [sys.executable, "-c", stuck.format(root=str(ROOT))], stdin=subprocess.PIPE
    )
    assert process.stdin is not None
    process.stdin.close()

    assert process.wait(30) == -signal.SIGALRM


def test_one_home_has_one_supervisor(tmp_path: Path) -> None:
    """A second one would start a second server on the same file."""
    with (
        alone(tmp_path),
        pytest.raises(CannotStart, match="another `daymark up` already runs"),
        alone(tmp_path),
    ):
        pass

    with alone(tmp_path):
        pass


def test_ports_are_remembered_while_they_are_free(tmp_path: Path) -> None:
    """The same addresses hold from start to start, unless somebody took one."""
    first = remembered_ports(tmp_path, ["temporal", "smtp"])
    assert remembered_ports(tmp_path, ["temporal", "smtp"]) == first

    (tmp_path / "ports.json").write_text("not what it was")

    assert set(remembered_ports(tmp_path, ["temporal", "smtp"])) == {"temporal", "smtp"}


def test_a_missing_temporal_is_said_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The operator reads what to install."""
    monkeypatch.setattr("sysconfig.get_path", lambda _name: str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(CannotStart, match="no program called temporal is installed"):
        temporal_part(tmp_path, 1, "daymark")
