"""The commands that run and care for the engine: up, run, rebuild, doctor and migrate."""

import asyncio
import gc
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Final

import supervisor
from commands.at_work import at_work, nobody_at_work
from commands.printing import DONE, LOOK, Options, WrongCommand, document, table
from domain.errors import DaymarkError, Unavailable
from settings import MADE_UP, PREFIX, Settings, read_settings
from settings import table as settings_table

Process = Callable[[Settings, asyncio.Event, Callable[[], None]], Awaitable[None]]


def up(options: Options) -> int:
    """Start everything on this machine, and stay until asked to stop."""
    settings = read_settings()
    if options.demo and settings.authority != MADE_UP:
        message = (
            f"up --demo loads made-up children, and DAYMARK_AUTHORITY is {settings.authority}:"
            " leave one of them out"
        )
        raise WrongCommand(message)
    refuse_bad_pack(settings)
    # People read what a terminal says here: only what needs a look, unless the setting wants more.
    environment = {f"{PREFIX}LOG": "warning"} | os.environ
    with supervisor.alone(settings.home):
        ports = supervisor.remembered_ports(settings.home, ["temporal", "smtp"])
        parts = phases(settings, ports["temporal"], demo=options.demo)
        asyncio.run(supervisor.run(parts, speak, greeting(settings), environment))
    return DONE


def refuse_bad_pack(settings: Settings) -> None:
    """Read an authority's own timescales before anything starts; what is wrong there is said at once."""
    if settings.policy is None:
        return
    from assembly import assemble  # noqa: PLC0415 -- only where there is a pack to read

    with closing(assemble(settings)) as daymark:
        _ = daymark.policy


def phases(settings: Settings, port: int, *, demo: bool) -> list[list[supervisor.Part]]:
    """What starts, in order; what stands together starts at once."""
    own = [own_part("migrate", "migrate", once=True)]
    if settings.temporal is None:
        own.append(supervisor.temporal_part(settings.home, port, settings.temporal_namespace))
    if settings.smtp is None:
        own.append(running("mailbox"))
    working = [running(name) for name in ("worker", "dispatcher", "projector", "web")]
    if demo:
        working.append(own_part("sample", "run", "sample", "--leash", errand=True))
    return [own, working]


def running(name: str) -> supervisor.Part:
    """One of our own processes, as a child of the supervisor."""
    return own_part(name, "run", name, "--leash")


def own_part(name: str, *words: str, once: bool = False, errand: bool = False) -> supervisor.Part:
    """A part that is a command of ours, run by the interpreter that runs this one."""
    cli = str(Path(__file__).resolve().parents[1] / "cli.py")
    return supervisor.Part(name, (sys.executable, cli, *words), once=once, errand=errand)


def speak(line: str) -> None:
    """Say a line to whoever started us, at once."""
    print(line, flush=True)


def greeting(settings: Settings) -> str:
    """Where to look, once everything runs."""
    lines = [f"Daymark is running. The board: {settings.url}/board"]
    if settings.mail_folder:
        lines.append(f"Every e-mail is caught and shown: {settings.url}/mailbox")
    lines.append("Ctrl-C stops everything.")
    return "\n".join(lines)


def run(options: Options) -> int:
    """Run one process until it is asked to stop."""
    with looking_through_nothing():
        import telemetry  # noqa: PLC0415 -- whoever only starts or migrates has no need of it

        settings = read_settings()
        refuse_bad_pack(settings)
        telemetry.configure(options.process, settings.log, settings.metrics)
        with at_work(settings.home, options.process):
            asyncio.run(until_stopped(PROCESSES[options.process], settings, leash=options.leash))
    return DONE


@contextmanager
def looking_through_nothing() -> Iterator[None]:
    """Until the start is over: what it loads stays, and to look for what could go costs a tenth of it."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


async def until_stopped(process: Process, settings: Settings, *, leash: bool) -> None:
    """Run a process; a signal, or the end of the supervisor, asks it to stop."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if leash:
        supervisor.watch_leash(partial(hear, loop, stop))
    await process(settings, stop, partial(started, leash=leash))


def started(*, leash: bool) -> None:
    """The start is over: what it has loaded is never looked through again, and whoever waits is told."""
    gc.freeze()
    gc.enable()
    if leash:
        supervisor.say_ready()


def hear(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Ask a loop to stop from another thread; one that has ended needs no asking."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(stop.set)


def now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


async def web(settings: Settings, stop: asyncio.Event, ready: Callable[[], None]) -> None:
    """Both doors over HTTP."""
    from assembly import assemble  # noqa: PLC0415 -- each process imports only its own rooms
    from commands.stating import stating  # noqa: PLC0415
    from server import serve  # noqa: PLC0415

    with closing(assemble(settings)) as daymark:
        async with stating(daymark, "web", [settings.authority]):
            await serve(daymark, stop, ready)


async def worker(settings: Settings, stop: asyncio.Event, ready: Callable[[], None]) -> None:
    """What Temporal wakes."""
    from activities.effects import Effects  # noqa: PLC0415
    from activities.mail import Letters  # noqa: PLC0415
    from activities.watch import Ping, no_ping  # noqa: PLC0415
    from assembly import assemble, temporal_client  # noqa: PLC0415
    from commands.stating import stating  # noqa: PLC0415
    from commands.ways import relay, ways  # noqa: PLC0415
    from worker import build  # noqa: PLC0415

    with closing(assemble(settings)) as daymark:
        effects = Effects(
            log=daymark.log,
            views=daymark.views,
            authority=daymark.authority,
            people=daymark.people_of,
            letters=Letters(settings.url, settings.smtp_from),
            send=relay(settings),
            now=lambda _reached: now(),
            ways=ways(settings),
            codes=settings.codes,
        )
        ping: Ping = no_ping
        if settings.deadman:
            from activities.pinging import calling  # noqa: PLC0415

            ping = calling(settings.deadman)
        release = version("daymark") if settings.temporal_versioned else None
        client = await temporal_client(daymark)
        async with (
            build(client, effects, ping=ping, release=release),
            stating(daymark, "worker", settings.codes),
        ):
            ready()
            await stop.wait()


async def dispatcher(settings: Settings, stop: asyncio.Event, ready: Callable[[], None]) -> None:
    """Follows the log and pokes the workflows; one does, and any others stand by."""
    from assembly import assemble, temporal_client  # noqa: PLC0415
    from commands.stating import stating  # noqa: PLC0415
    from dispatcher import Dispatcher, stands_by  # noqa: PLC0415
    from dispatcher import run as follow  # noqa: PLC0415
    from store.leases import alone, claim  # noqa: PLC0415

    with closing(assemble(settings)) as daymark:
        client = await temporal_client(daymark, lazy=True)
        codes = settings.codes
        dispatching = Dispatcher(client, daymark.log, daymark.views, daymark.authority, codes, now)
        ready()
        lease = claim(daymark.views, "dispatcher")
        async with stating(daymark, "dispatcher", codes):
            await alone(lease, stop, partial(follow, dispatching), standing_by=stands_by)


async def projector(settings: Settings, stop: asyncio.Event, ready: Callable[[], None]) -> None:
    """Follows the log and keeps the board; one does, and any others stand by."""
    from assembly import assemble  # noqa: PLC0415
    from commands.stating import stating  # noqa: PLC0415
    from projector import run as project  # noqa: PLC0415
    from store.leases import alone, claim  # noqa: PLC0415

    with closing(assemble(settings)) as daymark:

        async def follow(lost: asyncio.Event) -> None:
            """Follow in a thread, until told to stop."""
            ended = threading.Event()
            following = asyncio.create_task(
                asyncio.to_thread(project, daymark.log, daymark.views, daymark.authority, ended)
            )
            asked = asyncio.create_task(lost.wait())
            await asyncio.wait({following, asked}, return_when=asyncio.FIRST_COMPLETED)
            ended.set()
            await following

        ready()
        async with stating(daymark, "projector", settings.codes):
            await alone(claim(daymark.views, "projector"), stop, follow)


async def mailbox(settings: Settings, stop: asyncio.Event, ready: Callable[[], None]) -> None:
    """Catches every e-mail, where no relay is set."""
    from letterbox import serve  # noqa: PLC0415

    await serve(settings.home / "mail", settings.embedded("smtp").port, now, stop, ready)


async def sample(settings: Settings, stop: asyncio.Event, ready: Callable[[], None]) -> None:
    """Loads the made-up authority and plays its managers."""
    from assembly import assemble  # noqa: PLC0415
    from commands.sample import load, play  # noqa: PLC0415

    with closing(assemble(settings)) as daymark:
        hour = await asyncio.to_thread(load, daymark)
        ready()
        await asyncio.to_thread(play, daymark, hour, stop.is_set)


PROCESSES: Final[dict[str, Process]] = {
    "web": web,
    "worker": worker,
    "dispatcher": dispatcher,
    "projector": projector,
    "mailbox": mailbox,
    "sample": sample,
}


def migrate(options: Options) -> int:
    """Make the keys and tables that are missing; give a role its rights, or move to PostgreSQL."""
    from assembly import prepare  # noqa: PLC0415

    settings = read_settings()
    prepare(settings)
    if options.role:
        give_rights(settings, options.role, options.vault_role or options.role)
    if options.to:
        move_to(settings, options.to, options.vault_to or options.to, gone=options.gone)
    return DONE


def give_rights(settings: Settings, role: str, vault_role: str) -> None:
    """Let a role append and read, and nothing else; the vault may have a role of its own."""
    from assembly import parts_of  # noqa: PLC0415
    from store.grants import grant  # noqa: PLC0415

    for part, url in parts_of(settings).items():
        grant(url, part, vault_role if part == "vault" else role)
    print(f"{role} may append to the log, and change nothing in it; {vault_role} opens the vault.")


def move_to(settings: Settings, database: str, vault: str, *, gone: Sequence[str]) -> None:
    """Copy log, identities, keys and tokens to PostgreSQL, and compare both sides."""
    from assembly import make_tables  # noqa: PLC0415
    from commands.at_work import elsewhere  # noqa: PLC0415
    from settings import moved  # noqa: PLC0415
    from store.moving import Addresses, move  # noqa: PLC0415
    from store.views import Views  # noqa: PLC0415

    there = moved(settings, database, vault)
    with (
        supervisor.alone(settings.home),
        closing(Views(settings.views)) as views,
        nobody_at_work(settings.home, partial(elsewhere, views, gone, now())),
    ):
        with speaking_of_there():
            make_tables(there)
        counted = move(
            Addresses(settings.database, settings.tokens, settings.vault),
            Addresses(there.database, there.tokens, there.vault),
            lambda table, rows: speak(f"{table}: {rows} rows copied"),
        )
    rows = ", ".join(f"{count} of {table}" for table, count in counted.items())
    print(f"Both sides hold the same: {rows}.")
    both = "DAYMARK_DATABASE" if vault == database else "DAYMARK_DATABASE and DAYMARK_VAULT"
    print(f"Set {both} and start; the board is made again from the log.")


TYPED: Final = {
    "DAYMARK_VIEWS or DAYMARK_DATABASE": "--to",
    "DAYMARK_VAULT or DAYMARK_DATABASE": "--vault-to or --to",
    "DAYMARK_DATABASE": "--to",
}
"""Which word of a move says what a setting says otherwise."""


@contextmanager
def speaking_of_there() -> Iterator[None]:
    """Name the word that was typed where an error names the setting that a process would read."""
    try:
        yield
    except Unavailable as error:
        message = str(error)
        for setting, word in TYPED.items():
            message = message.replace(setting, word)
        raise Unavailable(message) from None


def rebuild_projections(_options: Options) -> int:
    """Empty the board, and make it again from the log."""
    from assembly import assemble  # noqa: PLC0415
    from projections.board_view import rebuild  # noqa: PLC0415

    with closing(assemble(read_settings())) as daymark:
        rebuild(daymark.views, daymark.log, daymark.authority)
        print(f"The board is made again, up to position {daymark.log.head()} of the log.")
    return DONE


def rebuild_workflows(_options: Options) -> int:
    """Poke everything outstanding, the most urgent first."""

    async def poke() -> int:
        from assembly import assemble, temporal_client  # noqa: PLC0415
        from reconciler import Reconciler  # noqa: PLC0415

        with closing(assemble(read_settings())) as daymark:
            client = await temporal_client(daymark)
            codes = daymark.settings.codes
            return await Reconciler(
                client, daymark.log, daymark.views, daymark.authority, codes, now
            ).everything()

    print(f"{asyncio.run(poke())} workflows were asked to look at the log again.")
    return DONE


def doctor(options: Options) -> int:
    """Every setting with its source, and every part of the installation with how it is."""
    from assembly import assemble  # noqa: PLC0415
    from commands.checks import checks, never_warned_of, rules_off, still_to_settle  # noqa: PLC0415

    settings, left, off, unwarned, known = read_settings(), [], [], [], False
    with closing(assemble(settings)) as daymark:
        found = list(checks(daymark, now()))
        # Where the timescales cannot be read, their check above says why.
        with suppress(DaymarkError):
            left, off = still_to_settle(daymark, now()), rules_off(daymark, now())
            unwarned, known = never_warned_of(daymark, now()), True
    rows = settings_table(settings)
    if options.json:
        said = [row._asdict() for row in rows]
        of_parts = [check._asdict() for check in found]
        lists = {"unsettled": left, "off": off, "never_warned": unwarned}
        document({"settings": said, "checks": of_parts, **lists})
    elif options.unsettled and not known:
        print("Not known: the timescales cannot be read; `daymark doctor` says why.")
    elif options.unsettled:
        say_unsettled(left, off, unwarned)
    else:
        shown = [(row.name, row.value, row.source) for row in rows]
        table(("Setting", "Value", "From"), shown, "")
        print()
        looked = [(check.name, "well" if check.well else "look", check.said) for check in found]
        table(("Part", "Is", "Because"), looked, "")
    return DONE if all(check.well for check in found) else LOOK


def say_unsettled(
    left: list[dict[str, object]], off: list[dict[str, object]], unwarned: list[dict[str, object]]
) -> None:
    """Each question at its default, each rule that is off, and each of which nobody is warned."""
    for headings, names, rows, nothing in (
        (
            ("Rule", "Title", "Question", "Default", "Meaning", "Note"),
            ("rule", "title", "parameter", "default", "meaning", "note"),
            left,
            "Everything is settled.",
        ),
        (("Off", "Title", "Because"), ("rule", "title", "reason"), off, "No rule is off."),
        (
            ("Never warned of", "Title", "Allowed"),
            ("rule", "title", "allowed"),
            unwarned,
            "Every rule in use is warned of.",
        ),
    ):
        table(headings, [tuple(one[name] for name in names) for one in rows], nothing)
        print()
