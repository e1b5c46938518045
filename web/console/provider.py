"""The council's own provider of sign-in: OpenID Connect, the code flow with PKCE."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx2
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from domain.errors import Unavailable
from formats.sign_in import SignInFile
from web.believing import NotBelieved, ProviderAway
from web.issuer import ALGORITHMS, Issuer


@dataclass(frozen=True, kw_only=True)
class Client:
    """What Daymark is to the provider."""

    issuer: str
    id: str
    secret: str
    callback: str
    scope: str = "openid profile email"


class Provider:
    """Sends a browser away to sign in, and believes what comes back only where it fits."""

    def __init__(
        self, client: Client, file: SignInFile, transport: httpx2.BaseTransport | None = None
    ) -> None:
        """Keep who we are there; no redirect is followed."""
        self.file = file
        self._client = client
        self._transport = transport
        self.issuer = Issuer(client.issuer, transport)

    def address(self, state: str, nonce: str, verifier: str) -> str:
        """Where a browser is sent to sign in."""
        with self._oauth() as oauth:
            address, _ = oauth.create_authorization_url(
                self.issuer.said()["authorization_endpoint"],
                state=state,
                nonce=nonce,
                code_challenge=create_s256_code_challenge(verifier),
                code_challenge_method="S256",
            )
        return str(address)

    def claims(self, code: str, nonce: str, verifier: str) -> tuple[dict[str, Any], str]:
        """What the provider says of whoever brought a code, with the token that said it."""
        try:
            with self._oauth() as oauth:
                token = oauth.fetch_token(
                    self.issuer.said()["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                )
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise self.issuer.not_answering(error) from None
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001  the library raises many kinds, all of them "no"
            message = type(error).__name__
            raise NotBelieved(message) from None
        said = str(token.get("id_token", ""))
        wanted = {
            "aud": {"essential": True, "value": self._client.id},
            "nonce": {"essential": True, "value": nonce},
            "sub": {"essential": True},
        }
        return self.issuer.claims(said, wanted, ALGORITHMS), said

    def leaving(self, hint: str, back: str) -> str | None:
        """Where a browser is sent to sign out there too; nothing where the provider has no such place."""
        try:
            address = self.issuer.said().get("end_session_endpoint")
        except ProviderAway:
            return None
        if not isinstance(address, str):
            return None
        asked = {
            "id_token_hint": hint,
            "post_logout_redirect_uri": back,
            "client_id": self._client.id,
        }
        return f"{address}?{urlencode({name: word for name, word in asked.items() if word})}"

    def _oauth(self) -> OAuth2Client:
        return OAuth2Client(
            client_id=self._client.id,
            client_secret=self._client.secret,
            redirect_uri=self._client.callback,
            scope=self._client.scope,
            timeout=10,
            transport=self._transport,
        )
