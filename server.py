"""The process of the web: uvicorn over both doors."""

import asyncio
import gc
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import uvicorn
from starlette.types import ASGIApp

from assembly import Daymark
from domain.errors import Unavailable
from formats.addresses import Address, is_loopback
from formats.branding import Brand, read_logo
from formats.sign_in import read_sign_in
from settings import MADE_UP, Settings
from store.group_commit import GroupCommit
from telemetry import also_send
from web.access_tokens import Access
from web.app import build
from web.console.assets import SAMPLE_LOGO
from web.parts import Parts

if TYPE_CHECKING:
    from web.console.provider import Provider

DENIED_AFTER: Final = 0.05
"""Seconds that a denial takes at least: longer than any history takes to be read, as a rule."""

SAMPLE_COUNCIL: Final = "Sample council"

GARBAGE: Final = 20_000
"""So many new objects are made before any is looked through."""


class Server(uvicorn.Server):
    """A server that says when it answers, and leaves signals to the process."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        """Keep whom to tell."""
        super().__init__(config)
        self.ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to answer, and say so."""
        await super().startup(sockets)
        self.ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do nothing: the process hears signals in one place."""
        yield


def refuse_an_open_door(settings: Settings) -> None:
    """Raise Unavailable where whoever reaches the web from elsewhere would see every child.

    Without a provider of sign-in one chooses who one is: that is for trying Daymark out on one machine.
    """
    if settings.oidc_secret is not None:
        return
    for name, host in (
        ("DAYMARK_WEB", settings.web.host),
        ("DAYMARK_URL", urlsplit(settings.url).hostname or ""),
    ):
        if not is_loopback(host):
            message = (
                f"the web would show every child to whoever reaches {host}: set DAYMARK_OIDC_ISSUER,"
                f" DAYMARK_OIDC_CLIENT and DAYMARK_OIDC_SECRET, or let {name} be a loopback address"
            )
            raise Unavailable(message)


def listen(address: Address) -> socket.socket:
    """The door's socket; Unavailable when somebody else has it."""
    try:
        door = socket.create_server(
            address, family=socket.AF_INET6 if ":" in address.host else socket.AF_INET
        )
    except OSError as error:
        message = (
            f"the web cannot listen at {address} ({os.strerror(error.errno or 0)}):"
            " end the program that does, or set DAYMARK_WEB"
        )
        raise Unavailable(message) from None
    # What it accepts inherits this. asyncio sets it only where it made the socket itself, and without it
    # every answer waits forty milliseconds for the other side to confirm its head.
    door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return door


def provider_of(settings: Settings) -> "Provider | None":
    """The council's provider of sign-in; nothing where one chooses who one is."""
    if settings.oidc_secret is None:
        return None
    # Asked for only here and below: what reads tokens is a tenth of a start, and most tryings-out need none.
    from web.console.provider import Client, Provider  # noqa: PLC0415

    client = Client(
        issuer=settings.oidc_issuer,
        id=settings.oidc_client,
        secret=settings.oidc_secret.get_secret_value(),
        callback=f"{settings.url}/sign-in/back",
        scope=settings.oidc_scope,
    )
    return Provider(client, read_sign_in(settings.sign_in))


def issuer_of(settings: Settings) -> Access | None:
    """Who issues access tokens to case systems; nothing where only our own tokens are taken."""
    if not settings.tokens_issuer:
        return None
    from web.issuer import Issuer  # noqa: PLC0415

    issuer = Issuer(settings.tokens_issuer, setting="DAYMARK_TOKENS_ISSUER")
    return Access(issuer, settings.tokens_audience)


def configured(application: ASGIApp, settings: Settings) -> uvicorn.Config:
    """How the pages are served; who asks is taken from the word of the named proxies, of no other."""
    return uvicorn.Config(
        application,
        log_config=None,  # ours is set already, and the access log would hold addresses
        access_log=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=5,
        proxy_headers=True,
        forwarded_allow_ips=list(settings.proxies),
    )


def brand_of(settings: Settings) -> Brand:
    """The council's colour and logo; the made-up council has a logo of ours where none is set."""
    ours = SAMPLE_LOGO if settings.authority == MADE_UP else None
    file = settings.logo or ours
    return Brand(settings.colour, read_logo(file) if file else None)


async def serve(daymark: Daymark, stop: asyncio.Event, ready: Callable[[], None]) -> None:
    """Answer until asked to stop; requests that are being answered are finished."""
    settings = daymark.settings
    refuse_an_open_door(settings)
    door = listen(settings.web)
    commits = GroupCommit(daymark.log)
    training = settings.authority == MADE_UP
    application = build(
        Parts(
            log=daymark.log,
            commits=commits,
            tokens=daymark.tokens,
            sessions=daymark.sessions,
            views=daymark.views,
            authority=daymark.authority,
            code=settings.authority,
            people=daymark.people,
            now=lambda: datetime.now(UTC),
            session_key=daymark.keys.session,
            url=settings.url,
            council=settings.council or (SAMPLE_COUNCIL if training else settings.authority),
            brand=brand_of(settings),
            training=training,
            denied_after=DENIED_AFTER,
            provider=provider_of(settings),
            issuer=issuer_of(settings),
            mail=settings.mail_folder,
            case_links=settings.case_links,
            archives=daymark.archives,
        )
    )
    also_send(application.measures.families)
    # What is loaded now lives as long as the process: to look through it again and again for what
    # could be thrown away would cost every receipt a part of its time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE)
    server = Server(configured(application, settings), ready)
    asked = asyncio.create_task(stop.wait())
    asked.add_done_callback(lambda _: setattr(server, "should_exit", True))
    try:
        await server.serve(sockets=[door])
    finally:
        asked.cancel()
        commits.close()
