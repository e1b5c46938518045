"""Telling somebody in Microsoft Teams, through the webhook of a workflow.

The card says what the e-mail says, word for word, and so holds no more about a child than that.
"""

import asyncio
import ipaddress
import re
import socket
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import httpx2

from formats.addresses import is_loopback
from formats.people import Person

CARD: Final = "application/vnd.microsoft.card.adaptive"


@dataclass(frozen=True)
class Teams:
    """Posts to webhooks whose host is on a list: a name, or what a name ends with after a dot."""

    hosts: tuple[str, ...]
    patience: float = 10.0
    """Seconds to wait for an answer."""

    async def __call__(self, letter: EmailMessage, person: Person) -> str | None:
        """Post one message; a code such as `refused-404` where it was not taken.

        A redirect is not followed, for it may lead off the list.
        """
        place = urlsplit(person.webhook or "")
        if not self._is_listed(place) or not await self._is_outside(place):
            return "webhook-not-allowed"
        try:
            async with httpx2.AsyncClient(timeout=self.patience, follow_redirects=False) as client:
                answer = await client.post(place.geturl(), json=card(letter))
        except httpx2.HTTPError as error:
            return f"unreachable-{type(error).__name__}"
        return None if answer.is_success else f"refused-{answer.status_code}"

    def _is_listed(self, place: SplitResult) -> bool:
        host = place.hostname or ""
        named = host in self.hosts or any(
            one.startswith(".") and host.endswith(one) for one in self.hosts
        )
        sealed = place.scheme == "https" or (place.scheme == "http" and is_loopback(host))
        return named and sealed and place.username is None

    async def _is_outside(self, place: SplitResult) -> bool:
        """Whether a name leads to public addresses only; an address that is listed is meant."""
        host = place.hostname or ""
        if is_address(host):
            return True
        try:
            found = await asyncio.get_running_loop().getaddrinfo(
                host, place.port or 443, type=socket.SOCK_STREAM
            )
        except OSError:
            return False
        return all(ipaddress.ip_address(one[4][0]).is_global for one in found)


def is_address(host: str) -> bool:
    """Whether a host is written as an address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def card(letter: EmailMessage) -> dict[str, Any]:
    """The message as an adaptive card, with the e-mail's link as its button."""
    subject, text = str(letter["Subject"]), words_of(letter)
    link = re.search(r"https?://\S+", text)
    content: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": subject,
        "body": [
            {"type": "TextBlock", "text": subject, "weight": "Bolder", "wrap": True},
            *(
                {"type": "TextBlock", "text": part, "wrap": True}
                for part in re.split(r"\n{2,}", text.strip())
            ),
        ],
    }
    if link:
        button = {"type": "Action.OpenUrl", "title": "Open in Daymark", "url": link.group()}
        content["actions"] = [button]
    return {
        "type": "message",
        "attachments": [{"contentType": CARD, "contentUrl": None, "content": content}],
    }


def words_of(letter: EmailMessage) -> str:
    """The plain text of an e-mail."""
    body = letter.get_body(("plain",))
    return "" if body is None else str(body.get_content())
