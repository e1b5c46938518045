"""Puts a process together: settings into log, views, keys, policy, calendar, people and clients."""

import ctypes
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from domain.adoption import Law
from domain.authority import Authority
from domain.authority import authority as fold_authority
from domain.calendar import WorkingDays
from domain.errors import AdoptedMissing, NotFound, Unavailable
from domain.event import Recorded
from domain.timescales import Policy
from formats.importing import import_file
from formats.opening import open_file
from formats.people import People, Person, read_people
from formats.policy_folder import PolicyFolder
from formats.recording import Report
from settings import PREFIX, Settings, WrongSetting
from store.archiving import Archive, archives
from store.database import Part
from store.keys import Keys, make_keys, temporal_keys
from store.keystone import refuse_other_keys
from store.log import Log, open_log
from store.sessions import SessionTable
from store.tokens import Tokens
from store.vault import Vault
from store.views import Views

if TYPE_CHECKING:
    from temporalio.client import Client
    from temporalio.runtime import Runtime
    from temporalio.service import TLSConfig


@dataclass
class Daymark:
    """What every process is made of, each part opened when it is first asked for."""

    settings: Settings
    _folded: dict[str, tuple[int, Authority]] = field(default_factory=dict)
    _folders: dict[str, PolicyFolder] = field(default_factory=dict)
    _people: dict[str, People] = field(default_factory=dict)

    @cached_property
    def keys(self) -> Keys:
        """The keys of this installation."""
        if not self.settings.keys.is_dir():
            message = (
                f"nothing is set up in {self.settings.home} yet, for there is no folder"
                f" {self.settings.keys}: put the keys back where there were any (DAYMARK_KEYS);"
                " else `daymark up` sets up everything, or `daymark migrate` alone"
            )
            raise Unavailable(message)
        return Keys(self.settings.keys)

    @cached_property
    def vault(self) -> Vault:
        """The keys of the children, under which guarded fields are sealed."""
        return Vault(self.settings.vault, self.keys.master)

    @cached_property
    def log(self) -> Log:
        """The only truth."""
        return open_log(self.settings.database, keys=self.keys, vault=self.vault)

    @cached_property
    def views(self) -> Views:
        """What has been made of the log; it can be thrown away."""
        return Views(self.settings.views)

    @cached_property
    def tokens(self) -> Tokens:
        """Which systems may tell facts."""
        return Tokens(self.settings.tokens)

    @cached_property
    def sessions(self) -> SessionTable:
        """Who is signed in."""
        return SessionTable(self.settings.tokens)

    @property
    def people(self) -> People:
        """Names and addresses of this authority's staff, as their file now says."""
        return self.people_of(self.settings.authority)

    def people_of(self, code: str) -> People:
        """The same of any authority served; nobody's where an authority is not served here."""
        if code not in self._people:
            served = code in self.settings.codes
            self._people[code] = PeopleNow(self.settings.people_file_of(code)) if served else {}
        return self._people[code]

    @property
    def policy_folder(self) -> PolicyFolder:
        """Where this authority's own packs and calendars lie, and those that were adopted."""
        return self.policy_folder_of(self.settings.authority)

    def policy_folder_of(self, code: str) -> PolicyFolder:
        """The same of any authority: none is judged by another's pack."""
        if code not in self._folders:
            self._folders[code] = policy_folder(self.settings, code)
        return self._folders[code]

    @property
    def law(self) -> Law:
        """What judges where nothing is adopted, and what can be adopted here."""
        return self.policy_folder.law

    @property
    def policy(self) -> Policy:
        """The timescales in force where none were adopted."""
        return self.law.policy

    @property
    def calendar(self) -> WorkingDays:
        """England's working days, as shipped."""
        return self.law.calendar

    def authority(self, code: str | None = None) -> Authority:
        """An authority as its own stream now tells; folded again only when that has grown."""
        wanted = code or self.settings.authority
        stream = self.log.stream(wanted, "authority", wanted)
        version = self.log.version(stream)
        known = self._folded.get(wanted)
        if known is None or known[0] != version:
            known = version, self._fold(wanted, self.log.history(stream))
            self._folded[wanted] = known
        return known[1]

    def _fold(self, code: str, history: Sequence[Recorded]) -> Authority:
        """The authority its history tells of; its folder is read again where something new is adopted."""
        try:
            law = self.policy_folder_of(code).law
            return fold_authority(code, law.policy, law.calendar, history, law)
        except AdoptedMissing:
            self._folders.pop(code, None)  # another thread may have met the same
            law = self.policy_folder_of(code).law
            return fold_authority(code, law.policy, law.calendar, history, law)

    def child(self, reference: str) -> UUID:
        """The stream of a child of ours, by the case system's reference."""
        return self.log.stream(self.settings.authority, "child", reference)

    @property
    def own_stream(self) -> UUID:
        """The authority's own stream."""
        code = self.settings.authority
        return self.log.stream(code, "authority", code)

    def archives(self) -> Mapping[Part, Archive]:
        """How each PostgreSQL server is archived and copied that holds what nobody can make again."""
        return archives({"log": self.settings.database, "vault": self.settings.vault})

    def close(self) -> None:
        """Let go of every database that was opened."""
        for part in ("log", "views", "tokens", "sessions", "vault"):
            if part in self.__dict__:
                getattr(self, part).close()


def assemble(settings: Settings) -> Daymark:
    """What the settings describe."""
    return Daymark(settings)


def policy_folder(settings: Settings, code: str) -> PolicyFolder:
    """The folder of packs that is set, or else one of our own that holds what was adopted."""
    folder = settings.policy or settings.home / "policy"
    own = folder / code
    if settings.policy is not None and code in settings.codes and not own.is_dir():
        # Local timescales that were set and not used would be the wrong law in silence.
        message = f"DAYMARK_POLICY: there is no folder {own}: make it, or unset the setting"
        raise WrongSetting(message)
    return PolicyFolder(code, folder)


class PeopleNow(Mapping[str, Person]):
    """The people file, read again whenever it has changed; no file means nobody is known."""

    def __init__(self, path: Path) -> None:
        """Keep the place; it is read when somebody is looked for."""
        self.path = path
        self._read: tuple[object, People] = (None, {})

    def _people(self) -> People:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return {}
        mark = found.st_mtime_ns, found.st_size, found.st_ino
        if self._read[0] != mark:
            self._read = mark, read_people(self.path)
        return self._read[1]

    def __getitem__(self, ref: str) -> Person:
        """Whoever has this reference."""
        return self._people()[ref]

    def __iter__(self) -> Iterator[str]:
        """Every reference."""
        return iter(self._people())

    def __len__(self) -> int:
        """How many are known."""
        return len(self._people())


def take_in_people(daymark: Daymark, path: Path, at: datetime) -> Report:
    """Record who holds which role by a people file, and keep the file for names and addresses.

    A file with a fault is refused whole, and the one kept so far stays.
    """
    kept = daymark.settings.people_file
    file = open_file(path, daymark.settings.authority, format="people", as_at=at)
    report = import_file(daymark.log, file)
    if path != kept:
        kept.parent.mkdir(mode=0o700, exist_ok=True)
        fresh = kept.with_suffix(".new")
        fresh.write_bytes(path.read_bytes())
        fresh.chmod(0o600)
        fresh.replace(kept)
    return report


def prepare(settings: Settings) -> None:
    """Make the keys that are missing and bring every table up to date; safe to repeat.

    UnsafeStore, with nothing made or changed, where the keys are not those the log was written with.
    """
    refuse_other_keys(settings.database, settings.keys)
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    make_keys(settings.keys)
    make_tables(settings)


def make_tables(settings: Settings) -> None:
    """Bring every table up to date."""
    # Asked for only here: `daymark migrate` alone makes tables.
    from projections.board_view import create_tables  # noqa: PLC0415
    from store import migrations  # noqa: PLC0415

    for part, url in parts_of(settings).items():
        migrations.bring_up_to_date(url, part)
    with closing(Views(settings.views)) as views:
        create_tables(views)


def parts_of(settings: Settings) -> dict[Part, str]:
    """Where each part of an installation lies."""
    return {
        "log": settings.database,
        "views": settings.views,
        "tokens": settings.tokens,
        "vault": settings.vault,
    }


@cache
def runtime() -> "Runtime":
    """Temporal's own machinery, once per process; what it logs goes the way of every other line."""
    from temporalio.runtime import (  # noqa: PLC0415
        LogForwardingConfig,
        LoggingConfig,
        OpenTelemetryConfig,
        Runtime,
        TelemetryConfig,
        TelemetryFilter,
    )

    lines = LoggingConfig(
        filter=TelemetryFilter(core_level="WARN", other_level="ERROR"),
        forwarding=LogForwardingConfig(logger=logging.getLogger("temporal")),
    )
    collector = os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT")
    measures = None
    if collector:
        url = f"{collector.rstrip('/')}/v1/metrics"
        measures = OpenTelemetryConfig(url, http=True, durations_as_seconds=True)
    made = Runtime(telemetry=TelemetryConfig(logging=lines, metrics=measures))
    # Kept for ever: a Python that ends would drop it and wait for its threads, which wait for Python.
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(made))
    return made


async def temporal_client(daymark: Daymark, *, lazy: bool = False) -> "Client":
    """A client of the Temporal server that is set, or else of the embedded one."""
    # Asked for only by the processes that talk to Temporal: it is most of a second of imports.
    from temporalio.service import RPCError  # noqa: PLC0415

    from activities.engine import connect, require_namespace  # noqa: PLC0415

    settings = daymark.settings
    address, folder = settings.temporal_address, daymark.keys.folder
    secret = settings.temporal_api_key
    try:
        client = await connect(
            str(address),
            *temporal_keys(folder),
            again=partial(temporal_keys, folder),
            namespace=settings.temporal_namespace,
            tls=temporal_tls(settings),
            api_key=secret.get_secret_value() if secret else None,
            lazy=lazy,
            runtime=runtime(),
        )
    except RuntimeError:
        how, ours = "", PREFIX + "TEMPORAL"
        if settings.temporal_secured:
            how = " over TLS, or one of them refused the other's certificate"
            ours = f"{ours}, {ours}_CA, {ours}_CERTIFICATE or {ours}_API_KEY"
        message = f"no Temporal server answers at {address}{how}: start it, or mend {ours}"
        raise Unavailable(message) from None
    if not lazy:
        try:
            await require_namespace(client)
        except RPCError as error:
            message = (
                f"the Temporal at {address} answers {error.status.name}:"
                f" see that it is well, or mend {PREFIX}TEMPORAL"
            )
            raise Unavailable(message) from None
    return client


def temporal_tls(settings: Settings) -> "TLSConfig | bool":
    """How Temporal is spoken to; a file that cannot be read is named with its setting."""
    from temporalio.service import TLSConfig  # noqa: PLC0415

    def pem(name: str) -> bytes | None:
        path: Path | None = getattr(settings, name)
        try:
            return path.read_bytes() if path else None
        except OSError as error:
            message = f"{PREFIX}{name.upper()}: {path} cannot be read ({error.strerror})"
            raise WrongSetting(message) from None

    return settings.temporal_secured and TLSConfig(
        server_root_ca_cert=pem("temporal_ca"),
        domain=settings.temporal_server_name,
        client_cert=pem("temporal_certificate"),
        client_private_key=pem("temporal_key"),
    )


def known_child(daymark: Daymark, reference: str) -> UUID:
    """The stream of a child of whom something is recorded; NotFound otherwise."""
    stream = daymark.child(reference)
    if daymark.log.version(stream) == 0:
        message = f"nothing is recorded under the reference {reference}"
        raise NotFound(message)
    return stream
