"""What every fact shares: the shapes of its fields, and how it names its thread."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Annotated, Any, ClassVar, Final, Literal, NamedTuple, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

Mark = TypeVar("Mark")

NOT_STATED: Final = "not-stated"  # belongs to every code set; no rule reads it as false

DAY_SHAPE: Final = r"\d{4}-\d\d-\d\d"
INSTANT_SHAPE: Final = DAY_SHAPE + r"[Tt ].+"


def written_like(shape: str, example: str) -> BeforeValidator:
    """Refuse another shape: a number alone would be read as seconds since 1970."""

    def check(value: object) -> object:
        if isinstance(value, int | float) or (
            isinstance(value, str) and not re.fullmatch(shape, value)
        ):
            message = f"write it like {example}"
            raise ValueError(message)
        return value

    return BeforeValidator(check)


def to_utc(instant: datetime) -> datetime:
    """The same instant in UTC, so that adding hours always means elapsed hours."""
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:
        message = "it lies beyond what a calendar holds"
        raise ValueError(message) from error


class Guarded(NamedTuple):
    """Marks a field that is sealed under the child's key before it is stored."""


class CodeSet(NamedTuple):
    """Marks a code, or a list of them, with the set it belongs to."""

    name: str


class NeededWhen(NamedTuple):
    """Marks a field that is needed when any of these fields has one of these values."""

    any_of: Mapping[str, tuple[object, ...]]


Word = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]+$")]
Reference = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Code = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
Day = Annotated[date, written_like(DAY_SHAPE, "2016-01-09")]
Instant = Annotated[
    AwareDatetime, written_like(INSTANT_SHAPE, "2016-01-09T04:30:00Z"), AfterValidator(to_utc)
]


class EventName(BaseModel):
    """A fact as the wire names it: who sent it, under which id."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Word
    id: Word


class Fact(BaseModel):
    """Something that happened, as its source stated it; when, and who told it, its event says."""

    # A misspelt field would lose what was said, so an unknown one is refused with its place.
    # What checks a fact is built when the first of its kind comes: every process starts sooner.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, defer_build=True)

    NAME: ClassVar[str]
    VERSION: ClassVar[int] = 1
    THREAD: ClassVar[str]
    KEY: ClassVar[str]
    """The field that names the thread; `child` means the child itself."""
    PRECISION: ClassVar[Literal["instant", "date"]]
    GUARDED_TIME: ClassVar[bool] = False
    """Whether when it happened would itself tell what is guarded, and is sealed with it."""

    responsible_authority: Annotated[Code | None, CodeSet("la_code")] = None
    """Who answers for the child at that moment; the tenant where nothing is said."""
    host_authority: Annotated[Code | None, CodeSet("la_code")] = None
    """Where the child is; differs for a child placed out of area."""
    agency: Annotated[Code | None, CodeSet("agency")] = None
    """Who did it."""
    dated_by: Literal["return"] | None = None
    """Set where a return gave no date and we chose one: no figure may count the interval."""
    unmapped: Annotated[dict[str, Any] | None, Guarded()] = None
    """What a file said that no field holds, kept so that nothing is lost."""


def marks(model: type[BaseModel], field: str, kind: type[Mark]) -> tuple[Mark, ...]:
    """The marks of one kind that a field carries."""
    return tuple(mark for mark in model.model_fields[field].metadata if isinstance(mark, kind))


@cache
def guarded_fields(model: type[BaseModel]) -> tuple[str, ...]:
    """The fields of a model that are sealed before they are stored."""
    return tuple(name for name in model.model_fields if marks(model, name, Guarded))
