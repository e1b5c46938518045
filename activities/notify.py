"""Telling somebody through GOV.UK Notify, where a council has it.

The template is the council's own, with the two fields ((subject)) and ((body)) and nothing else.
"""

import asyncio
import logging
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any, Final

from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient

from activities.teams import words_of
from formats.people import Person

LIVE: Final = "https://api.notifications.service.gov.uk"


@dataclass(frozen=True)
class Notify:
    """Sends e-mails through Notify; a repeat of one that Notify has is not sent again."""

    key: str = field(repr=False)
    template: str
    url: str = LIVE
    patience: int = 30
    """Seconds to wait for an answer."""

    async def __call__(self, letter: EmailMessage, person: Person) -> str | None:
        """Hand one message over; a code such as `refused-400` where it was not taken."""
        return await asyncio.to_thread(self._send, letter, person)

    def _send(self, letter: EmailMessage, person: Person) -> str | None:
        # One client for each message: it may not be shared by threads.
        client: Any = NotificationsAPIClient(  # type: ignore[no-untyped-call]
            self.key, base_url=self.url, timeout=self.patience
        )
        # Its own log repeats what Notify says, which may hold an address.
        logging.getLogger("notifications_python_client").setLevel(logging.CRITICAL)
        reference = str(letter["Message-ID"]).strip("<>")
        try:
            held = client.get_all_notifications(template_type="email", reference=reference)
            if not held["notifications"]:
                client.send_email_notification(
                    email_address=person.email,
                    template_id=self.template,
                    personalisation={"subject": str(letter["Subject"]), "body": words_of(letter)},
                    reference=reference,
                )
        except APIError as error:
            return f"refused-{error.status_code}"
        except (KeyError, TypeError) as error:
            return f"unreachable-{type(error).__name__}"
        finally:
            client.request_session.close()
        return None
