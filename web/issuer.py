"""Whoever issues tokens that are believed here: what it says of itself, its keys, and what its tokens say."""

import time
from collections.abc import Mapping
from threading import Lock
from typing import Any, Final, cast

import httpx2
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from web.believing import NotBelieved, ProviderAway

TIMEOUT: Final = 10.0
"""Seconds after which an issuer counts as away."""
ALGORITHMS: Final = ("RS256", "ES256", "PS256")
"""Signatures that are believed; never what a token itself proposes."""
KEPT_FOR: Final = 3600.0
"""Seconds for which what the provider says of itself is not asked again."""
NOT_AGAIN_FOR: Final = 30.0
"""Seconds in which an unknown key does not lead to another question: anybody can invent one."""
LEEWAY: Final = 60


class Issuer:
    """What an issuer says of itself, and its keys, asked now and then."""

    def __init__(
        self,
        issuer: str,
        transport: httpx2.BaseTransport | None = None,
        setting: str = "DAYMARK_OIDC_ISSUER",
    ) -> None:
        """Nothing is asked before it is needed, and no redirect is followed."""
        self.name = issuer
        self.setting = setting
        self._http = httpx2.Client(timeout=TIMEOUT, transport=transport)
        self._lock = Lock()
        self._said: Mapping[str, Any] = {}
        self._keys = KeySet([])
        self._until = 0.0
        self._asked = -NOT_AGAIN_FOR

    def said(self) -> Mapping[str, Any]:
        """The issuer's own description; ProviderAway when it cannot be read."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._ask()
            return self._said

    def keys(self) -> KeySet:
        """The keys it signs with."""
        self.said()
        return self._keys

    def ask_again(self) -> bool:
        """Ask for the keys anew, for one is not known; False where that was done just now."""
        with self._lock:
            if time.monotonic() - self._asked < NOT_AGAIN_FOR:
                return False
            self._ask()
            return True

    def _ask(self) -> None:
        self._asked = time.monotonic()
        address = self.name.rstrip("/") + "/.well-known/openid-configuration"
        said = self._get(address)
        if said.get("issuer") != self.name:
            message = f"{self.name} calls itself otherwise: mend {self.setting}"
            raise ProviderAway(message)
        self._keys = KeySet.import_key_set(cast(Any, self._get(str(said.get("jwks_uri")))))
        self._said, self._until = said, time.monotonic() + KEPT_FOR

    def _get(self, address: str) -> dict[str, Any]:
        try:
            answer = self._http.get(address)
            answer.raise_for_status()
            found = answer.json()
        except (httpx2.HTTPError, ValueError, httpx2.InvalidURL) as error:
            raise self.not_answering(error) from None
        return dict(found)

    def not_answering(self, error: Exception) -> ProviderAway:
        """What the operator is told of a question that was not answered."""
        why = type(error).__name__
        return ProviderAway(
            f"{self.name} does not answer ({why}): see that it runs, or mend {self.setting}"
        )

    def claims(
        self, token: str, wanted: Mapping[str, Any], algorithms: tuple[str, ...]
    ) -> dict[str, Any]:
        """What a token says, once its signature, issuer, time and these claims are as they must be."""
        try:
            read = self._decode(token, algorithms)
            registry = jwt.JWTClaimsRegistry(
                leeway=LEEWAY,
                iss={"essential": True, "value": self.name},
                exp={"essential": True},
                **wanted,
            )
            registry.validate(read.claims)
        except (JoseError, ValueError) as error:
            message = type(error).__name__
            raise NotBelieved(message) from None
        return dict(read.claims)

    def _decode(self, token: str, algorithms: tuple[str, ...]) -> jwt.Token:
        try:
            return jwt.decode(token, self.keys(), algorithms=list(algorithms))
        except (JoseError, ValueError):
            if not self.ask_again():
                raise
            return jwt.decode(token, self.keys(), algorithms=list(algorithms))
