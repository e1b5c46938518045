"""E-mails to managers: what is due or late, the clause, how late, and where to read more.

An e-mail names a child, or an allegation about no known child, only by the case system's opaque reference.
What happened, names, birth dates and free text stand on the page behind its link, never here.
"""

from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, parseaddr
from hashlib import sha256
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from activities.digests import Page
from activities.notices import Notice
from domain.forcing import OWNER, ToTell
from domain.watching import Word
from domain.words import say_list, say_moment, say_role
from formats.people import Person
from projections.trust import Doubt

TEMPLATES: Final = Environment(
    loader=PackageLoader("activities", "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


@dataclass(frozen=True)
class Letters:
    """Writes e-mails whose links begin with `url` and whose sender is `sender`."""

    url: str
    sender: str
    domain: str = field(init=False)
    """What Message-IDs end with."""

    def __post_init__(self) -> None:
        """Take the domain of the sender."""
        object.__setattr__(self, "domain", parseaddr(self.sender)[1].rpartition("@")[2])

    def single(
        self, notice: Notice, authority: str, key: str, person: Person, now: datetime
    ) -> EmailMessage:
        """The e-mail that tells one person of one thing; a repeat of it has the same Message-ID."""
        return self._letter(
            person,
            now,
            subject=notice.subject,
            key=f"{authority}/{key}",
            template="notice",
            said={"notice": notice},
        )

    def digest(self, page: Page, authority: str, person: Person, now: datetime) -> EmailMessage:
        """The e-mail that tells one person of everything a morning's digest holds."""
        late = sum(entry.notice.late for entry in page.entries)
        cured = sum(bool(entry.notice.cure) for entry in page.entries)
        unknown = sum(bool(entry.notice.unknown) for entry in page.entries)
        soon = len(page.entries) - late - unknown - cured
        roles = sorted({entry.notice.role for entry in page.entries})
        counted = {
            "late": late,
            "no longer known": unknown,
            "due soon": soon,
            "not late after all": cured,
        }
        counts = [f"{count} {words}" for words, count in counted.items() if count]
        return self._letter(
            person,
            now,
            subject=f"This morning: {say_list(counts, 'and')}",
            key=f"{authority}/{page.key}",
            template="digest",
            said={
                "notices": [entry.notice for entry in page.entries],
                "all_of_children": all(entry.notice.of_a_child for entry in page.entries),
                "roles": " and ".join(roles),
            },
        )

    def doubt(
        self, doubt: Doubt, authority: str, word: Word, person: Person, now: datetime
    ) -> EmailMessage:
        """The e-mail that tells whoever looks after Daymark why it cannot be relied on."""
        return self._letter(
            person,
            now,
            subject="Daymark cannot be relied on for now",
            key=f"{authority}/{word.key}",
            template="doubt",
            said={
                "doubt": doubt,
                "since": say_moment(doubt.since) if doubt.since else "",
                "role": say_role(word.role),
            },
        )

    def forced(
        self, one: ToTell, authority: str, by: str, person: Person, now: datetime
    ) -> EmailMessage:
        """The e-mail that tells of a record forced open: by whom and until when, never whose it is."""
        return self._letter(
            person,
            now,
            subject="A record was forced open",
            key=f"{authority}/forced/{one.opened.event_id.hex}/{one.person}",
            template="forced",
            said={
                "by": by,
                "at": say_moment(one.opened.at),
                "until": say_moment(one.opened.until),
                "owner": one.role == OWNER,
            },
        )

    def _letter(
        self,
        person: Person,
        now: datetime,
        *,
        subject: str,
        key: str,
        template: str,
        said: dict[str, object],
    ) -> EmailMessage:
        letter = EmailMessage()
        letter["From"] = self.sender
        letter["To"] = formataddr((person.name, person.email))
        letter["Subject"] = subject
        letter["Date"] = format_datetime(now)
        letter["Message-ID"] = f"<{sha256(key.encode()).hexdigest()[:32]}@{self.domain}>"
        # Holiday replies would go nowhere.
        letter["Auto-Submitted"] = "auto-generated"
        words = said | {"url": self.url, "subject": subject}
        letter.set_content(TEMPLATES.get_template(f"{template}.txt").render(words))
        letter.add_alternative(
            TEMPLATES.get_template(f"{template}.html").render(words), subtype="html"
        )
        return letter
