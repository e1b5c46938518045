"""Signing in to a mail relay with a token: the provider gives one for our own name and secret."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

EARLY: Final = 60.0
"""Seconds before its end from which on a token is asked for anew."""
HOUR: Final = 3600.0
"""How long a token is held to last where its provider does not say."""


class SignInFailed(Exception):
    """The provider gave no token; it may later, so whatever needed one is tried again."""


@dataclass
class Token:
    """What the provider at `url` gives to `client` by the client-credentials grant, kept while it lasts."""

    url: str
    client: str
    secret: str = field(repr=False)
    scope: str
    clock: Callable[[], float]
    """Seconds that only grow."""
    patience: float = 30.0
    _held: str = field(default="", repr=False)
    _until: float = 0.0
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def __call__(self) -> str:
        """A token that is good now."""
        async with self._asking:
            if not self._held or self.clock() >= self._until:
                await self._ask()
            return self._held

    def forget(self) -> None:
        """Ask anew next time: the relay did not take this one."""
        self._held = ""

    async def _ask(self) -> None:
        import httpx2  # noqa: PLC0415 -- most relays want no token, and no start should wait for it

        form = {
            "grant_type": "client_credentials",
            "client_id": self.client,
            "client_secret": self.secret,
            "scope": self.scope,
        }
        try:
            async with httpx2.AsyncClient(timeout=self.patience, follow_redirects=False) as client:
                answer = await client.post(self.url, data=form)
            said = answer.json() if answer.status_code == httpx2.codes.OK else {}
            token, lasts = said["access_token"], float(said.get("expires_in", HOUR))
        except (httpx2.HTTPError, ValueError, KeyError, TypeError) as error:
            # What the provider says may repeat the secret, and is not kept.
            message = (
                f"the mail relay's provider gave no token ({type(error).__name__}): see that it"
                " answers, or mend DAYMARK_SMTP_OAUTH_URL, _CLIENT, _SECRET or _SCOPE"
            )
            raise SignInFailed(message) from None
        self._held, self._until = str(token), self.clock() + max(lasts - EARLY, 0.0)
