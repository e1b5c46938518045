"""Daymark opened for a question, which is refused where it is about an authority that nobody here knows."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from assembly import Daymark, assemble
from domain.errors import NotFound
from domain.words import say_list
from projections.outstanding import authorities
from projections.tables import VIEW
from projections.whole_log import touched_after
from settings import read_settings


@contextmanager
def asked() -> Iterator[Daymark]:
    """Daymark as the settings describe it, closed afterwards; NotFound where its authority is mistyped."""
    with closing(assemble(read_settings())) as daymark:
        refuse_unknown_authority(daymark)
        yield daymark


def refuse_unknown_authority(daymark: Daymark) -> None:
    """Say which authority is not known here, and which are: nothing is late where nobody looks."""
    if others := known_instead(daymark):
        message = (
            f"DAYMARK_AUTHORITY is {daymark.settings.authority}, of which nothing is recorded here:"
            f" set it to {say_list(list(others))}"
        )
        raise NotFound(message)


def known_instead(daymark: Daymark) -> tuple[str, ...]:
    """The authorities something is recorded of, where nothing is of the one that is set.

    Nothing where the log is still empty, or the authority is listed among those that are served.
    """
    code, log = daymark.settings.authority, daymark.log
    if daymark.settings.authorities or log.version(daymark.own_stream):
        return ()
    views = daymark.views
    known = authorities(views)
    if code in known or any(True for _ in touched_after(log, code, views.position(VIEW))):
        return ()
    return known
