"""The mailbox keeps every message as a file, once, and only then accepts it."""

import asyncio
import smtplib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from domain.errors import Unavailable
from letterbox import serve
from supervisor import free_port


@asynccontextmanager
async def a_mailbox(folder: Path, port: int) -> AsyncIterator[None]:
    """A mailbox that listens until the story ends."""
    stop, ready = asyncio.Event(), asyncio.Event()
    serving = asyncio.create_task(serve(folder, port, lambda: datetime.now(UTC), stop, ready.set))
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    try:
        if serving.done():
            serving.result()
        yield
    finally:
        stop.set()
        await asyncio.gather(serving, return_exceptions=True)


def a_message(message_id: str | None = "<1@sample.example>") -> EmailMessage:
    """A message as Daymark sends it."""
    message = EmailMessage()
    message["From"] = "daymark@localhost"
    message["To"] = "imran.siddiqui@sample.example"
    message["Subject"] = "Late"
    if message_id:
        message["Message-ID"] = message_id
    message.set_content(
        "Nothing recorded says it has been done.\n.\nA line of one dot stands above."
    )
    return message


def sender(port: int, *messages: EmailMessage) -> Callable[[], None]:
    """Hands messages over to the mailbox."""

    def send() -> None:
        with smtplib.SMTP("127.0.0.1", port) as relay:
            for message in messages:
                relay.send_message(message)

    return send


def files(folder: Path) -> list[Path]:
    """Everything that lies in a folder, hidden files too."""
    return sorted(folder.iterdir())


async def test_a_message_is_a_file(tmp_path: Path) -> None:
    """What was accepted is on disk, whole, with whom it went to."""
    port = free_port()
    async with a_mailbox(tmp_path / "mail", port):
        await asyncio.to_thread(sender(port, a_message()))

    (kept,) = files(tmp_path / "mail")
    assert b"X-Daymark-Recipient: imran.siddiqui@sample.example" in kept.read_bytes()
    assert b"A line of one dot stands above." in kept.read_bytes()


async def test_a_repeat_of_one_message_is_kept_once(tmp_path: Path) -> None:
    """After an unanswered hand-over the same message comes again and is shown once."""
    port = free_port()
    async with a_mailbox(tmp_path, port):
        await asyncio.to_thread(sender(port, a_message(), a_message()))
        await asyncio.to_thread(sender(port, a_message("<2@sample.example>")))
        await asyncio.to_thread(sender(port, a_message(None), a_message(None)))

    assert [path.suffix for path in files(tmp_path)] == [".eml"] * 3


async def test_a_message_that_cannot_be_kept_is_not_accepted(tmp_path: Path) -> None:
    """The sender keeps it and tries again later."""
    port = free_port()
    folder = tmp_path / "mail"
    async with a_mailbox(folder, port):
        folder.rmdir()
        folder.write_text("in the way")
        with pytest.raises(smtplib.SMTPDataError) as refusal:
            await asyncio.to_thread(sender(port, a_message()))

    assert refusal.value.smtp_code == 451


async def test_a_taken_port_is_said_in_one_sentence(tmp_path: Path) -> None:
    """Two mailboxes cannot share a port."""
    port = free_port()
    async with a_mailbox(tmp_path, port):
        with pytest.raises(Unavailable, match=f"port {port} of this machine is taken"):
            async with a_mailbox(tmp_path, port):
                pass
