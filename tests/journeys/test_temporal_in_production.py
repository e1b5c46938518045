"""A Temporal of one's own: behind TLS, with turned keys, by release, replaced by another, stopped gently."""

import asyncio
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.service import RPCError

from activities.messages import EpisodeRef
from assembly import assemble, temporal_client
from cli import main
from commands.waiting import promoted
from dispatcher import Dispatcher
from domain.engine_events import ManagerNotified
from domain.errors import Unavailable
from drills.installation import ROOT, Installation, installation, projecting, until
from drills.working import effects, moment, working
from formats.addresses import Address
from store.keys import rotate_temporal
from supervisor import free_port, temporal_part
from tests.journeys.certificates import Certificates
from worker import build
from workflows.poking import Poke, episode_id, poke_episode, running

# Behind TLS --------------------------------------------------------------------------------------


@asynccontextmanager
async def behind_tls(place: Installation, certificates: Certificates) -> AsyncIterator[Address]:
    """A door in front of the server that lets in only whoever shows a certificate of ours.

    The development server speaks no TLS itself; what is tried here is our own side of it.
    """
    door = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=certificates.ca)
    door.load_cert_chain(certificates.server, certificates.server_key)
    door.verify_mode = ssl.CERT_REQUIRED
    door.set_alpn_protocols(["h2"])

    guests: set[asyncio.Task[None]] = set()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()

    async def let_in(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        guest = asyncio.current_task()
        assert guest is not None
        assert place.daymark.settings.temporal is not None
        guests.add(guest)
        inside, outside = await asyncio.open_connection(*place.daymark.settings.temporal)
        try:
            await asyncio.gather(pass_on(reader, outside), pass_on(inside, writer))
        except (asyncio.CancelledError, OSError):
            pass  # either side has gone, or the trial is over
        finally:
            for one in (outside, writer):
                one.transport.abort()

    server = await asyncio.start_server(let_in, "127.0.0.1", 0, ssl=door)
    try:
        yield Address(*server.sockets[0].getsockname())
    finally:
        server.close()
        for guest in guests:
            guest.cancel()
        await asyncio.gather(*guests, return_exceptions=True)


async def connected(place: Installation, address: Address, **settings: object) -> Client:
    """A client by other settings, of the same installation."""
    changed = place.daymark.settings.model_copy(update={"temporal": address, **settings})
    with closing(assemble(changed)) as other:
        return await temporal_client(other)


async def test_temporal_lets_in_whoever_shows_our_certificate(tmp_path: Path) -> None:
    """The certificate, its key, the authority and the server's name are used as they are set."""
    certificates = Certificates(tmp_path)
    async with installation(tmp_path) as place, behind_tls(place, certificates) as door:
        ours = {
            "temporal_ca": certificates.ca,
            "temporal_certificate": certificates.client,
            "temporal_key": certificates.client_key,
            "temporal_server_name": "temporal.example",
        }
        client = await connected(place, door, **ours)
        await client.service_client.check_health()
        for missing in ("temporal_ca", "temporal_certificate", "temporal_server_name"):
            wrong = {**ours, missing: None}
            if missing == "temporal_certificate":
                wrong["temporal_key"] = None

            with pytest.raises((Unavailable, RPCError)) as refused:
                await (await connected(place, door, **wrong)).service_client.check_health()
            assert "BEGIN" not in str(refused.value)
        with pytest.raises(Unavailable, match="has no namespace elsewhere: make it with"):
            await connected(place, door, **ours, temporal_namespace="elsewhere")


# Keys --------------------------------------------------------------------------------------------


async def test_what_waits_under_an_old_key_goes_on_after_a_turn(tmp_path: Path) -> None:
    """Begun before the key was turned; due, told and ended after it, by processes that were restarted."""
    async with installation(tmp_path) as place, projecting(place.daymark):
        ref = EpisodeRef(
            authority=place.code, stream=place.daymark.log.stream(place.code, "child", "C-1")
        )
        before = await temporal_client(place.daymark)
        async with build(before, effects(place)):
            # Due only once everything is up: a slow start must not eat the time that is waited for.
            place.at_risk(["C-1"], datetime.now(UTC) + timedelta(seconds=5))
            await poke_episode(before, ref, Poke(place.daymark.log.head()))
            await until_waiting(before, episode_id(ref))
        rotate_temporal(place.daymark.keys.folder)
        async with working(place):
            await until(lambda: place.told_of_breach() == 1, 20)
        history = await before.get_workflow_handle(episode_id(ref)).fetch_history()
        keys = {
            payload.metadata["key"]
            for event in history.events
            for payload in (
                *event.workflow_execution_started_event_attributes.input.payloads,
                *event.activity_task_scheduled_event_attributes.input.payloads,
            )
        }

        assert place.all_once(["C-1"])
        assert len(keys) == 2


def child(place: Installation, reference: str) -> EpisodeRef:
    """A child, as workflows name it."""
    stream = place.daymark.log.stream(place.code, "child", reference)
    return EpisodeRef(authority=place.code, stream=stream)


async def until_waiting(client: Client, name: str) -> None:
    """Until a workflow has set its timer."""

    async def has_timer() -> bool:
        history = await client.get_workflow_handle(name).fetch_history()
        return any(event.HasField("timer_started_event_attributes") for event in history.events)

    for _ in range(200):
        if await has_timer():
            return
        await asyncio.sleep(0.05)
    message = "waited too long"
    raise AssertionError(message)


# Releases ----------------------------------------------------------------------------------------


async def test_what_waits_moves_to_a_release_once_it_is_promoted(tmp_path: Path) -> None:
    """Begun under release 1, told under release 2; a release whose workers never called is refused."""
    async with installation(tmp_path) as place, projecting(place.daymark):
        client = await temporal_client(place.daymark)
        with pytest.raises(Unavailable, match="no worker of release 3 has called yet"):
            await promoted(client, "3")
        ref = EpisodeRef(
            authority=place.code, stream=place.daymark.log.stream(place.code, "child", "C-1")
        )
        place.at_risk(["C-1"], datetime.now(UTC) + timedelta(hours=30))
        async with build(client, effects(place), release="1"):
            await promoted_soon(client, "1")
            await poke_episode(client, ref, Poke(place.daymark.log.head()))
            await until_waiting(client, episode_id(ref))
            async with build(client, effects(place), release="2"):
                await promoted_soon(client, "2")
                at_first = await releases(client, episode_id(ref))
                while "2" not in await releases(client, episode_id(ref)):
                    await poke_episode(client, ref, Poke(place.daymark.log.head()))
                    await asyncio.sleep(0.1)
                place.at_risk(["C-1"], datetime.now(UTC) - timedelta(seconds=1))
                await poke_episode(client, ref, Poke(place.daymark.log.head()))
                await until(lambda: place.told_of_breach() == 1, 20)

        assert at_first == ["1"]
        assert await releases(client, episode_id(ref)) == ["1", "2"]


async def releases(client: Client, name: str) -> list[str]:
    """Under which releases a workflow has gone on, in order."""
    history = await client.get_workflow_handle(name).fetch_history()
    found = [
        event.workflow_task_completed_event_attributes.deployment_version.build_id
        for event in history.events
        if event.HasField("workflow_task_completed_event_attributes")
    ]
    return list(dict.fromkeys(found))


async def promoted_soon(client: Client, release: str) -> None:
    """Promote a release as soon as a worker of it has called."""
    for _ in range(200):
        try:
            await promoted(client, release)
        except Unavailable:
            await asyncio.sleep(0.05)
        else:
            return
    message = "waited too long"
    raise AssertionError(message)


# Stopping ----------------------------------------------------------------------------------------


async def test_a_worker_asked_to_stop_finishes_the_letter_it_has_begun(tmp_path: Path) -> None:
    """SIGTERM in the middle of handing over: the letter is recorded as told, once, and the end is clean."""
    async with installation(tmp_path) as place, projecting(place.daymark):
        place.relay.pause = 2.0
        worker = place.start("worker")
        client = await temporal_client(place.daymark)
        follower = Dispatcher(
            client,
            place.daymark.log,
            place.daymark.views,
            place.daymark.authority,
            [place.code],
            lambda: datetime.now(UTC),
        )
        place.at_risk(["C-1"], datetime.now(UTC) - timedelta(seconds=1))
        while await follower.step():
            pass
        await until(lambda: place.relay.begun == 1, 30)
        worker.send_signal(signal.SIGTERM)
        code = await asyncio.to_thread(worker.wait, 20)

        assert code == 0
        assert len(place.said(ManagerNotified)) == 1
        assert place.relay.begun == len(place.relay.late) == 1


# Another Temporal beside the old one -------------------------------------------------------------


async def test_an_empty_temporal_takes_over_from_the_old_one(tmp_path: Path) -> None:
    """The official upgrade: rebuild on the new one, switch, delete the old; nothing missed or doubled.

    Some clocks run out before it, some during it, some after; one child comes between rebuild and
    switch; the last wait on.
    """
    before, during, after, far = (
        [f"{word}-{n}" for n in range(5)] for word in ("B", "D", "A", "F")
    )
    async with installation(tmp_path) as place, projecting(place.daymark):
        begun = datetime.now(UTC)
        place.at_risk(before, begun + timedelta(seconds=1))
        place.at_risk(during, begun + timedelta(seconds=6))
        place.at_risk(after, begun + timedelta(seconds=8))
        place.at_risk(far, begun + timedelta(hours=30))
        async with beside(place, tmp_path) as green:
            async with working(place):
                await until(lambda: place.told_of_breach() == len(before), 20)
                shown_before = [
                    name async for name in running(await temporal_client(green.daymark))
                ]
                rebuilt = await asyncio.to_thread(rebuild_workflows, green)
                place.at_risk(["L-1"], begun + timedelta(seconds=8))
                position = place.daymark.views.position
                await until(lambda: position("dispatcher") == place.daymark.log.head(), 20)
            place.kill_temporal()
            place.wipe_temporal()
            await moment(begun + timedelta(seconds=6.5))
            async with working(green):
                children = len(before) + len(during) + len(after) + 1
                await until(lambda: place.told_of_breach() == children, 30)
                client = await temporal_client(green.daymark)
                shown = {name async for name in running(client) if name.startswith("episode")}

        assert place.all_once([*before, *during, *after, "L-1"])
        assert shown_before == []
        assert int(rebuilt.split()[0]) >= len(during) + len(after) + len(far)
        assert shown == {
            episode_id(
                EpisodeRef(
                    authority=place.code, stream=place.daymark.log.stream(place.code, "child", one)
                )
            )
            for one in far
        }


@asynccontextmanager
async def beside(place: Installation, folder: Path) -> AsyncIterator[Installation]:
    """The same installation with a second, empty Temporal."""
    port = free_port()
    settings = place.daymark.settings.model_copy(update={"temporal": Address("127.0.0.1", port)})
    part = temporal_part(folder, port, settings.temporal_namespace)  # a file of its own
    with closing(assemble(settings)) as daymark:
        green = replace(place, daymark=daymark, part=part, server=None, processes=[])
        await green.start_temporal()
        try:
            yield green
        finally:
            green.kill_temporal()


def rebuild_workflows(place: Installation) -> str:
    """What `daymark rebuild workflows` says, with DAYMARK_TEMPORAL set to one of the two."""
    settings = place.daymark.settings
    environment = {
        **os.environ,
        "DAYMARK_HOME": str(settings.home),
        "DAYMARK_TEMPORAL": str(settings.temporal),
    }
    command = [sys.executable, str(ROOT / "cli.py"), "rebuild", "workflows"]
    return subprocess.run(
        command, env=environment, check=True, capture_output=True, text=True
    ).stdout


def test_nothing_is_promoted_where_releases_are_not_announced(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every worker runs every workflow then."""
    monkeypatch.delenv("DAYMARK_TEMPORAL_VERSIONED", raising=False)

    assert main(["promote"]) == 1
    assert "DAYMARK_TEMPORAL_VERSIONED is not set" in capsys.readouterr().err
