"""The mailbox of the embedded system: catches every message and keeps it as a file.

Not named mailbox.py: the standard library has a module of that name, which an installed Daymark
would find first.

It listens on this machine only, and a message is accepted only once its file is safe on disk.
`/mailbox` shows the files; nothing is ever sent on.
"""

import asyncio
import errno
import os
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from domain.errors import Unavailable

log = structlog.get_logger()

LARGEST_MESSAGE: Final = 1024 * 1024


class Catcher:
    """Writes each message into a folder, once per Message-ID and recipient."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        """Keep the folder, which is made where it is missing."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        self.now = now

    async def handle_DATA(  # noqa: N802 -- the library looks for this name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep the message, then accept it; the sender tries again when that fails."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        try:
            fresh = await asyncio.to_thread(self.keep, content, envelope.rcpt_tos)
        except OSError as error:
            log.warning("mail not kept", reason=errno.errorcode.get(error.errno or 0, "unknown"))
            return "451 The message could not be kept, try again later"
        log.info("mail caught" if fresh else "mail caught again")
        return "250 Kept"

    def keep(self, content: bytes, recipients: list[str]) -> bool:
        """Write one message durably; whether it is one that was not there yet.

        A repeat after an unanswered hand-over carries the same Message-ID, so it has the same file.
        """
        name = f"{digest(content, recipients)}.eml"
        if any(self.folder.glob(f"*-{name}")):
            return False
        caught = self.now()
        fresh = self.folder / f".{name}"
        with fresh.open("wb") as file:
            for recipient in recipients:
                file.write(f"X-Daymark-Recipient: {recipient}\r\n".encode())
            file.write(f"X-Daymark-Caught: {caught.isoformat()}\r\n".encode())
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(self.folder / f"{caught:%Y%m%dT%H%M%S%f}-{name}")
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return True


def digest(content: bytes, recipients: list[str]) -> str:
    """A name for a message: its Message-ID and whom it goes to, or else all of it."""
    head = content.split(b"\r\n\r\n", 1)[0]
    named = [line for line in head.split(b"\r\n") if line.lower().startswith(b"message-id:")]
    parts = [named[0] if named else content, *(name.encode() for name in sorted(recipients))]
    return sha256(b"\0".join(parts)).hexdigest()[:16]


async def serve(
    folder: Path,
    port: int,
    now: Callable[[], datetime],
    stop: asyncio.Event,
    ready: Callable[[], None],
) -> None:
    """Catch mail until asked to stop."""
    catcher = Catcher(folder, now)

    def session() -> SMTP:
        return SMTP(
            catcher,
            data_size_limit=LARGEST_MESSAGE,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident="Daymark mailbox",
        )

    try:
        server = await asyncio.get_running_loop().create_server(
            session,
            host="127.0.0.1",
            port=port,
        )
    except OSError:
        message = f"port {port} of this machine is taken: end the program that listens there"
        raise Unavailable(message) from None
    ready()
    async with server:
        await stop.wait()
