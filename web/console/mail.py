"""The mail that Daymark caught instead of sending it, on one machine that is only being tried out."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final, NamedTuple

from fastapi import Request, Response
from starlette.exceptions import HTTPException

from domain.access_rules import Action
from domain.words import say_moment
from web.access import needs
from web.addresses import Addresses
from web.console.pages import Page, Pages

MOST: Final = 200
"""How many of the latest messages the list shows."""

BLANK_LINE: Final = re.compile(r"\n\s*\n")


class Run(NamedTuple):
    """A run of text; `href` where it is the address of one of our own pages."""

    text: str
    href: str = ""


@dataclass(frozen=True)
class Letter:
    """One caught message."""

    id: str
    sent_at: datetime
    sender: str
    to: str
    subject: str
    text: str
    html: str
    """Its other half, as it was written and never as a page of ours."""

    @property
    def when(self) -> str:
        """When it was sent, in words."""
        return say_moment(self.sent_at)


def mail(pages: Pages) -> Addresses:
    """The mailbox; where no mail is caught there is no such page."""
    routes = pages.door()

    @routes.get("/mailbox")
    @needs(Action.OPEN, "operation")
    def mailbox(request: Request) -> Response:
        caught = sorted(folder_of(pages).glob("*.eml"), key=modified)
        found = sorted(map(read_letter, caught[-MOST:]), key=lambda one: (one.sent_at, one.id))
        page = Page("Mailbox", "mailbox", relies_on="nothing")
        return pages.show(request, "mailbox.html", page, letters=found[::-1], total=len(caught))

    @routes.get("/mailbox/{name}")
    @needs(Action.OPEN, "operation")
    def letter(request: Request, name: str) -> Response:
        # Looked for among the files that are there: the name never becomes a path.
        found = [path for path in folder_of(pages).glob("*.eml") if path.stem == name]
        if not found:
            raise HTTPException(404)
        read = read_letter(found[0])
        page = Page(read.subject, "mailbox", (("Mailbox", "/mailbox"),), relies_on="nothing")
        paragraphs = [runs(text, pages.parts.url) for text in BLANK_LINE.split(read.text) if text]
        return pages.show(request, "letter.html", page, letter=read, paragraphs=paragraphs)

    return routes


def folder_of(pages: Pages) -> Path:
    """Where caught mail lies; HTTPException 404 where none is caught."""
    if pages.parts.mail is None:
        raise HTTPException(404)
    return pages.parts.mail


def read_letter(path: Path) -> Letter:
    """One message from its file."""
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    sent = message["Date"]
    return Letter(
        id=path.stem,
        sent_at=parsedate_to_datetime(str(sent)) if sent else modified(path),
        sender=str(message["From"] or "nobody"),
        to=str(message["To"] or "nobody"),
        subject=str(message["Subject"] or "No subject"),
        text=body(message, "plain"),
        html=body(message, "html"),
    )


def body(message: EmailMessage, kind: str) -> str:
    """The part of a message that is of this kind; empty where it has none."""
    part = message.get_body((kind,))
    return "" if part is None else str(part.get_content()).replace("\r\n", "\n").strip()


def modified(path: Path) -> datetime:
    """When the file was written, for a message that does not say when it was sent."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def runs(text: str, url: str) -> list[Run]:
    """A text with the addresses of our own pages made links; other addresses stay text."""
    ours = re.compile(rf"({re.escape(url.rstrip('/'))}(?:/[\w./-]*)?)")
    return [
        Run(part, part.removeprefix(url.rstrip("/")) or "/") if ours.fullmatch(part) else Run(part)
        for part in ours.split(text)
        if part
    ]
