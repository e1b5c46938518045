"""No file of deploy/ goes unchecked, and no setting or script in it is misspelt."""

import re
import subprocess
from pathlib import Path

import pytest

from settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
SCRIPTS = [path for path in FILES if path.read_bytes().startswith(b"#!/bin/sh\n")]
TEXTS = [path for path in FILES if not path.name.startswith("requirements")]

CHECKED_BY = {
    "test_deploy.py": (
        "Dockerfile*", "hadolint.yaml", "compose.yaml", "environment.example", "systemd/*",
        "yamllint.yaml",
    ),
    "test_chart.py": ("helm/daymark/*", "helm/daymark/templates/*"),
    "test_watching.py": ("observability/*",),
    "test_backup.py": ("postgresql/*",),
    "test_every_file.py": ("temporal/*",),
    "../test_packaging.py": ("requirements*.txt",),
    "../test_documentation.py": ("*.md",),
}  # fmt: skip
"""Which tests read which files."""


def known_names() -> set[str]:
    """Every setting of Daymark."""
    return {PREFIX + field.upper() for field in Settings.model_fields}


def misspelt(text: str) -> list[str]:
    """The names in a text that look like settings and are none."""
    return sorted(set(re.findall(rf"\b{PREFIX}[A-Z_]+[A-Z]\b", text)) - known_names())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(DEPLOY).as_posix())
def test_every_file_is_checked_by_a_test(path: Path) -> None:
    """A file that no test reads would rot."""
    place = path.relative_to(DEPLOY)
    checking = [
        test
        for test, patterns in CHECKED_BY.items()
        if any(
            place.match(pattern) and place.parent == Path(pattern).parent for pattern in patterns
        )
    ]

    assert len(checking) == 1
    assert (Path(__file__).parent / checking[0]).is_file()


def test_every_setting_that_is_named_is_one() -> None:
    """In whatever file of this folder, and in the pages for operators."""
    pages = [*TEXTS, ROOT / "docs" / "runbook.md", ROOT / "docs" / "cost.md"]
    found = {path.name: misspelt(path.read_text(encoding="utf-8")) for path in pages}

    assert {name: names for name, names in found.items() if names} == {}


def test_a_misspelt_setting_would_be_seen() -> None:
    """The control."""
    assert misspelt(f"{PREFIX}TEMPORAL={PREFIX}TEMPORALS") == [f"{PREFIX}TEMPORALS"]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_every_script_can_be_read_by_a_shell_and_run(path: Path) -> None:
    """It stops at its first failure, and at a name that was never given."""
    read = subprocess.run(["/bin/sh", "-n", path], check=False, capture_output=True, text=True)

    assert (read.returncode, read.stderr) == (0, "")
    assert path.stat().st_mode & 0o111
    assert "\nset -eu\n" in path.read_text(encoding="utf-8")


def test_a_broken_script_would_be_seen(tmp_path: Path) -> None:
    """The control: an `if` without its end."""
    broken = tmp_path / "broken"
    broken.write_text(SCRIPTS[0].read_text(encoding="utf-8") + "\nif true; then\n")

    assert (
        subprocess.run(["/bin/sh", "-n", broken], check=False, capture_output=True).returncode != 0
    )


def run(script: str, folder: Path, **programs: str) -> subprocess.CompletedProcess[str]:
    """Run a script of temporal/ with these programs in place of Temporal's own, which are not here."""
    for name, text in programs.items():
        program = folder / name.replace("_", "-")
        program.write_text(f'#!/bin/sh\necho "{program.name} $*" >>"{folder}/calls"\n{text}\n')
        program.chmod(0o755)
    text = (DEPLOY / "temporal" / script).read_text(encoding="utf-8")
    text = text.replace("/run/secrets/temporal_password", str(folder / "password"))
    return subprocess.run(
        ["/bin/sh", "-c", text],
        check=False,
        capture_output=True,
        text=True,
        env={
            "PATH": f"{folder}:/usr/bin:/bin",
            "TEMPORAL_DATABASE": "database",
            "TEMPORAL_ADDRESS": "temporal:7233",
            "TEMPORAL_NAMESPACE": "daymark",
        },
    )


def calls(folder: Path) -> list[str]:
    """What the programs were asked, in order."""
    return (folder / "calls").read_text(encoding="utf-8").splitlines()


def test_temporal_s_tables_are_begun_once_and_raised_ever_after(tmp_path: Path) -> None:
    """Begun twice, a database would forget how far it was raised."""
    (tmp_path / "password").write_text("password")
    begun = tmp_path / "begun"
    fresh = (
        f'case "$*" in *update-schema*) [ -e "{begun}" ] || exit 1;;'
        f' *setup-schema*) : >"{begun}";; esac'
    )
    first = run("make-tables", tmp_path, temporal_sql_tool=fresh)
    at_first = calls(tmp_path)
    (tmp_path / "calls").unlink()
    second = run("make-tables", tmp_path, temporal_sql_tool=fresh)

    assert (first.returncode, second.returncode) == (0, 0)
    assert sum("setup-schema" in call for call in at_first) == 1
    assert [call for call in calls(tmp_path) if "update-schema" not in call] == []
    databases = {call.split("--database ")[1].split()[0] for call in calls(tmp_path)}
    assert databases == {"temporal", "temporal_visibility"}


def test_the_namespace_is_made_where_it_is_not_there(tmp_path: Path) -> None:
    """With seven days of retention, as the dispatcher's reconciler needs; once."""
    missing = run("make-namespace", tmp_path, temporal='case "$*" in *describe*) exit 1;; esac')
    made = calls(tmp_path)
    (tmp_path / "calls").unlink()
    there = run("make-namespace", tmp_path, temporal="exit 0")

    assert (missing.returncode, there.returncode) == (0, 0)
    assert made[-1] == "temporal operator namespace create --namespace daymark --retention 7d"
    assert not any("create" in call for call in calls(tmp_path))


def test_temporal_gets_its_password_from_a_file(tmp_path: Path) -> None:
    """And without one it is not started."""
    start = (DEPLOY / "temporal" / "start-server").read_text(encoding="utf-8")

    assert run("start-server", tmp_path).returncode != 0
    assert start.endswith("exec /etc/temporal/entrypoint.sh\n")


def test_what_temporal_reads_while_it_runs_changes_nothing() -> None:
    """The drills run on its defaults, and so does production."""
    lines = (DEPLOY / "temporal" / "dynamicconfig.yaml").read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if not line.startswith("#")] == ["{}"]
