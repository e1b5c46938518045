"""An authority's own packs and calendars as they lie in folders.

`<folder>/<authority>/*.toml` is the pack to come or in use, `<folder>/<authority>/<version>/` each version
that was adopted, with the national files it was laid over in `national/`, and `<folder>/calendars/*.csv`
each calendar that was adopted. What is kept is never changed: clocks that started under it still run.
"""

import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from domain.adoption import Law
from domain.calendar import WorkingDays, read_calendar
from domain.errors import Refused, UnreadablePolicy
from domain.packs import Kept, check_versions, hash_of, overlay, read_form
from domain.school_terms import COUNTS, read_school_terms
from domain.timescales import Policy, read_policy

KEPT_NATIONAL: Final = "national"
CALENDARS: Final = "calendars"

Texts = Mapping[str, str]


def national_texts() -> Texts:
    """The files of the pack shipped with Daymark."""
    return texts_in(Path(str(files("domain").joinpath("policies", "england"))))


def shipped_calendar_text() -> str:
    """The calendar of working days shipped with Daymark."""
    return files("domain").joinpath("calendars", "england.csv").read_text(encoding="utf-8")


def texts_in(folder: Path, named: str = "") -> Texts:
    """Every table of a folder, each named as people should find it."""
    tables = sorted(one for one in folder.iterdir() if one.suffix == ".toml")
    return {f"{named}{one.name}": text_of(one) for one in tables}


def text_of(path: Path) -> str:
    """The text of a file."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        message = f"{path.name}:1: it is not text in UTF-8"
        raise UnreadablePolicy(message) from None


def calendar_of(text: str) -> WorkingDays:
    """The calendar of a table, of working days or of school terms, as its preamble says.

    Raises UnreadablePolicy.
    """
    head, _, _ = text.replace("\r\n", "\n").partition("\n\n")
    schools = f"counts,{COUNTS}" in head.splitlines()
    return read_school_terms(text) if schools else read_calendar(text)


class Shelf(Mapping[str, Policy]):
    """Packs by their hash, each read only when it is asked for."""

    def __init__(self, packs: Mapping[str, tuple[Texts, Texts]]) -> None:
        """Keep the national and the local files of each."""
        self._packs = packs
        self._read: dict[str, Policy] = {}

    def __getitem__(self, sha256: str) -> Policy:
        """The pack of this hash."""
        national, local = self._packs[sha256]
        if sha256 not in self._read:
            self._read[sha256] = laid(national, local)
        return self._read[sha256]

    def __iter__(self) -> Iterator[str]:
        """Every hash."""
        return iter(self._packs)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._packs)


def laid(national: Texts, local: Texts) -> Policy:
    """The national pack, under the local files where there are any."""
    return read_once(tuple(national.items()), tuple(local.items()))


@lru_cache(maxsize=8)
def read_once(national: tuple[tuple[str, str], ...], local: tuple[tuple[str, str], ...]) -> Policy:
    """A pack by its texts: however many authorities are served, and however often, the same is read once."""
    return overlay(dict(national), dict(local)) if local else read_policy(dict(national))


calendar_read_once: Final = lru_cache(maxsize=4)(read_calendar)
"""A calendar of working days by its text."""


class PolicyFolder:
    """What one authority can be judged by: the shipped pack and its own."""

    def __init__(self, authority: str, folder: Path) -> None:
        """Keep the place, where there need be nothing."""
        self.authority = authority
        self.folder = folder
        self.own = folder / authority

    @cached_property
    def national(self) -> Texts:
        """The files of the shipped pack."""
        return national_texts()

    @cached_property
    def local(self) -> Texts:
        """The authority's own files, those of the pack to come or in use."""
        return texts_in(self.own, f"{self.authority}/") if self.own.is_dir() else {}

    @cached_property
    def versions(self) -> Mapping[str, tuple[Texts, Texts]]:
        """The national and the local files of each version that is kept, by the folder's name."""
        if not self.own.is_dir():
            return {}
        found = {}
        folders = (one for one in self.own.iterdir() if one.is_dir())
        for one in sorted(one for one in folders if not one.name.startswith(".")):
            kept = one / KEPT_NATIONAL
            national = texts_in(kept) if kept.is_dir() else self.national
            found[one.name] = national, texts_in(one, f"{self.authority}/{one.name}/")
        return found

    @cached_property
    def policy(self) -> Policy:
        """What governs where nothing is adopted; UnreadablePolicy where anything here is wrong."""
        check_versions(list(self._kept()))
        return laid(self.national, self.local)

    def _kept(self) -> Iterator[Kept]:
        """Each version with a form of its own, and last the one to come."""
        for local in (*(local for _, local in self.versions.values()), self.local):
            if local:
                form, place = read_form(local)
                yield Kept(place, form, hash_of({}, local))

    @cached_property
    def law(self) -> Law:
        """What judges, and what can be adopted here."""
        every = [(self.national, {}), (self.national, self.local), *self.versions.values()]
        shelf = {hash_of(national, local): (national, local) for national, local in every}
        shipped = laid(self.national, {}) if self.local else self.policy
        return Law(
            self.policy,
            self.calendar,
            national=shipped,
            policies=Shelf(shelf),
            calendars=self.calendars,
        )

    @cached_property
    def calendar(self) -> WorkingDays:
        """The shipped calendar."""
        return calendar_read_once(shipped_calendar_text())

    @cached_property
    def calendars(self) -> Mapping[str, WorkingDays]:
        """The shipped calendar and every one that is kept, by hash."""
        kept = self.folder / CALENDARS
        tables = sorted(kept.glob("*.csv")) if kept.is_dir() else []
        read = [calendar_of(text_of(one)) for one in tables]
        return {one.sha256: one for one in (*read, self.calendar)}

    @property
    def first_day(self) -> date | None:
        """The day that the form of the pack in use names; nothing where the shipped pack is in use."""
        return read_form(self.local)[0].first if self.local else None

    def keep(self, policy: Policy) -> Path | None:
        """Put a copy of the pack in use where later releases leave it alone; nothing if it lies there.

        Raises Refused where that version is kept already with other content.
        """
        place = self.own / policy.version
        if place.name in self.versions:
            national, local = self.versions[place.name]
            if hash_of(national, local) != policy.sha256:
                message = (
                    f"version {policy.version} is kept in {place} with other content:"
                    " give this pack a version of its own"
                )
                raise Refused(message)
            return None
        # Made beside its place and then moved there: half a copy would be another pack.
        fresh = place.with_name(f".{place.name}")
        shutil.rmtree(fresh, ignore_errors=True)
        (fresh / KEPT_NATIONAL).mkdir(parents=True)
        for name, text in self.national.items():
            (fresh / KEPT_NATIONAL / name).write_text(text, encoding="utf-8")
        for name, text in self.local.items():
            (fresh / Path(name).name).write_text(text, encoding="utf-8")
        fresh.rename(place)
        return place

    def keep_calendar(self, calendar: WorkingDays, text: str) -> Path:
        """Put a copy of a calendar where later releases leave it alone."""
        place = self.folder / CALENDARS / f"{calendar.id}-{calendar.sha256[:12]}.csv"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
        return place
