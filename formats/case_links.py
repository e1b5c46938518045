"""Where a child's record lies in the system that told of it: one address per source, set by the operator."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

REFERENCE: Final = "{reference}"
NOT_A_PLACE: Final = frozenset({"", ".", ".."})
"""References that a browser would read as a folder, not as a record."""


@dataclass(frozen=True)
class CaseLink:
    """A way from a child's page into the system that keeps the record."""

    address: str
    system: str
    """The host, as people may know it."""


def read_case_links(value: object) -> object:
    """Split `source=address` pairs at spaces; an address that could lead anywhere else is refused."""
    if not isinstance(value, str):
        return value
    found: dict[str, str] = {}
    for pair in value.split():
        source, _, address = pair.partition("=")
        if not source or not is_safe(address):
            message = (
                "write it as source=https://host/path/{reference}, with spaces between sources"
            )
            raise ValueError(message)
        found[source] = address
    return found


def is_safe(address: str) -> bool:
    """Whether an address is secure, names its own host, and takes the reference behind it, once."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    behind = f"{parts.path}?{parts.query}#{parts.fragment}"
    return (
        parts.scheme == "https"
        and bool(parts.hostname)
        and not set("@\\{") & set(parts.netloc)
        and address.count(REFERENCE) == behind.count(REFERENCE) == 1
    )


def case_links(
    links: Mapping[str, str], sources: Iterable[str], reference: str
) -> Iterator[CaseLink]:
    """The ways into each system that told of a child; none where no address is set for it."""
    if reference in NOT_A_PLACE:
        return
    for source in sorted(set(sources) & links.keys()):
        address = links[source].replace(REFERENCE, quote(reference, safe=""))
        yield CaseLink(address, urlsplit(address).netloc)
