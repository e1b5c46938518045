"""Handing an e-mail to a relay over SMTP."""

from dataclasses import dataclass
from email.message import EmailMessage
from ssl import SSLContext
from typing import Final, Protocol

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPDataError,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
)

from activities.sign_in import Token
from formats.people import Person

PERMANENT: Final = 500
"""From this reply code on, trying again will not help."""


class Send(Protocol):
    """Hands an e-mail over; says how it failed for good, and raises when it may be tried again."""

    async def __call__(self, letter: EmailMessage) -> str | None:
        """Nothing when it was accepted, else a code such as `refused-550`."""
        ...


class Way(Protocol):
    """Another way than e-mail to tell somebody, who is told by e-mail where it fails."""

    async def __call__(self, letter: EmailMessage, person: Person) -> str | None:
        """Nothing when it was taken, else a code that says why not."""
        ...


@dataclass(frozen=True)
class Relay:
    """A mail server that takes our e-mails.

    Where we sign in, the line is sealed first; elsewhere it is sealed when the server offers to.
    """

    host: str
    port: int
    user: str | None = None
    password: str | None = None
    token: Token | None = None
    """What signs us in instead of a password."""
    tls: SSLContext | None = None
    """What is trusted on a sealed line; what the machine trusts where nothing is said."""
    patience: float = 30.0
    """Seconds to wait for one reply."""

    @property
    def place(self) -> str:
        """Where it listens, as its setting is written."""
        return f"{self.host}:{self.port}"

    async def __call__(self, letter: EmailMessage) -> str | None:
        """Hand one e-mail over.

        A refusal of this address or this letter for good is the answer;
        anything else raises and is tried again: the server may be away, full, or set up wrongly.
        """
        client = SMTP(
            hostname=self.host,
            port=self.port,
            username=self.user,
            password=self.password,
            oauth_token_generator=self.token,
            start_tls=True if self.user else None,
            tls_context=self.tls,
            timeout=self.patience,
        )
        try:
            async with client:
                await client.send_message(letter)
        except SMTPAuthenticationError as error:
            if self.token is not None:
                self.token.forget()
            which = "DAYMARK_SMTP_USER and DAYMARK_SMTP_PASSWORD"
            if self.token is not None:
                which = "DAYMARK_SMTP_USER and the four DAYMARK_SMTP_OAUTH settings"
            message = f"the mail relay at {self.place} does not let {self.user} in: mend {which}"
            raise SMTPAuthenticationError(error.code, message) from None
        except SMTPConnectError as error:
            # The library's own words may be those of the relay, and name nothing one could mend.
            message = (
                f"no mail relay answers at {self.place} ({type(error).__name__}):"
                " start it, or mend DAYMARK_SMTP"
            )
            raise SMTPConnectError(message) from None
        except SMTPRecipientsRefused as error:
            return _refused(error.recipients[0])
        except SMTPDataError as error:
            return _refused(error)
        return None


def _refused(error: SMTPRecipientRefused | SMTPDataError) -> str:
    """The code of a refusal for good; the relay's own words may hold an address and are not kept."""
    if error.code < PERMANENT:
        raise error
    return f"refused-{error.code}"
