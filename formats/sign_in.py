"""The sign-in file (TOML): how what the council's own provider says of somebody is read here.

person = "email"

[roles]
"Daymark.HeadOfService" = { role = "head_of_service" }

[groups]
"north-managers" = { role = "team_manager", team = "north" }

[persons]
"subject-at-the-provider" = "P-04"
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from domain.code_sets import CODE_SETS
from domain.errors import UnreadableFile
from domain.permission import Post
from formats.people import People

EMAIL: Final = "email"


class Place(BaseModel):
    """A role, here or in a team, that a group or an app role of the provider stands for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: str
    team: str | None = None

    @field_validator("role")
    @classmethod
    def _known(cls, role: str) -> str:
        if role not in CODE_SETS["role"].labels:
            message = "not a role Daymark knows"
            raise ValueError(message)
        return role


class SignInFile(BaseModel):
    """What the file may say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    person: str = EMAIL
    """The claim that names the person: an address of the people file, or else a person_ref."""
    roles: Mapping[str, Place] = {}
    groups: Mapping[str, Place] = {}
    persons: Mapping[str, str] = {}
    """The person_ref of a subject, where no claim names it."""


@dataclass(frozen=True)
class SignedIn:
    """Whom the provider's word means, and which posts it gives them."""

    person: str
    posts: tuple[Post, ...] = field(default=())


def read_sign_in(path: Path | None) -> SignInFile:
    """The file, or what holds without one; UnreadableFile names what is wrong with it."""
    if path is None:
        return SignInFile()
    try:
        return SignInFile.model_validate(tomllib.loads(path.read_text("utf-8")))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        message = f"{path.name}: {place}: {first['msg'].removeprefix('Value error, ')}"
        raise UnreadableFile(message) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"{path.name}: {error}"
        raise UnreadableFile(message) from None


def signed_in(
    file: SignInFile, claims: Mapping[str, Any], people: People, authority: str
) -> SignedIn | None:
    """Whom these claims mean; nothing where the people file knows nobody like that."""
    person = person_of(file, claims, people)
    if person is None:
        return None
    places = [
        *(file.roles[one] for one in words(claims.get("roles")) if one in file.roles),
        *(file.groups[one] for one in words(claims.get("groups")) if one in file.groups),
    ]
    posts = (Post(authority, one.role, teams(one)) for one in dict.fromkeys(places))
    return SignedIn(person, tuple(posts))


def person_of(file: SignInFile, claims: Mapping[str, Any], people: People) -> str | None:
    """The opaque id of whom these claims mean.

    An address counts only where the provider does not say that nobody has checked it.
    """
    named = file.persons.get(str(claims.get("sub", "")))
    if named is not None:
        return named if named in people else None
    said = claims.get(file.person)
    if not isinstance(said, str) or (
        file.person == EMAIL and claims.get("email_verified") is False
    ):
        return None
    if said in people:
        return said
    found = [ref for ref, one in people.items() if one.email.casefold() == said.casefold()]
    return found[0] if len(found) == 1 else None


def teams(place: Place) -> frozenset[str] | None:
    """The teams a place reaches; none named is the whole authority."""
    return None if place.team is None else frozenset({place.team})


def words(claim: object) -> Iterable[str]:
    """The words of a claim that may be one word or a list of them."""
    if isinstance(claim, str):
        return (claim,)
    return tuple(one for one in claim if isinstance(one, str)) if isinstance(claim, list) else ()
