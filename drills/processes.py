"""What the system knows of running processes."""

import subprocess


def alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be counted does not."""
    said = said_by_ps("-o", "stat=", "-p", str(pid))
    return bool(said.strip()) and not said.startswith("Z")


def command_line(pid: int) -> str:
    """The words a process was started with."""
    return said_by_ps("-o", "args=", "-ww", "-p", str(pid))


def descendants(pid: int) -> list[int]:
    """Every process that one has started, and that those have."""
    rows = [tuple(map(int, line.split())) for line in said_by_ps("-eo", "pid=,ppid=").splitlines()]
    children = [child for child, parent in rows if parent == pid]
    return [one for child in children for one in (child, *descendants(child))]


def said_by_ps(*words: str) -> str:
    """What `ps` says."""
    found = subprocess.run(  # noqa: S603 -- our own words
        ["ps", *words],  # noqa: S607 -- from PATH
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout
