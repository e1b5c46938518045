"""What the provider of sign-in says of somebody, read by the sign-in file."""

from pathlib import Path

import pytest

from domain.errors import UnreadableFile
from domain.permission import Post
from formats.people import Person
from formats.sign_in import Place, SignedIn, SignInFile, read_sign_in, signed_in

PEOPLE = {
    "P-1": Person("P-1", "One", "one@x.example"),
    "P-2": Person("P-2", "Two", "both@x.example"),
    "P-3": Person("P-3", "Three", "both@x.example"),
}


def test_without_a_file_the_address_names_the_person() -> None:
    """Whatever its case; nobody is meant by one that is unknown, that two share, or that is none."""
    file = read_sign_in(None)
    claims: list[dict[str, object]] = [
        {"email": "ONE@x.example"},
        {"email": "both@x.example"},
        {"email": 7},
        {},
    ]
    found = [signed_in(file, one, PEOPLE, "344") for one in claims]

    assert found == [SignedIn("P-1"), None, None, None]


def test_another_claim_may_carry_the_opaque_id() -> None:
    """A person_ref is as good as an address."""
    file = SignInFile(person="employee")

    assert signed_in(file, {"employee": "P-2"}, PEOPLE, "344") == SignedIn("P-2")


def test_a_subject_named_in_the_file_must_be_in_the_people_file() -> None:
    """Who has been taken out of that is nobody."""
    file = SignInFile(persons={"s-1": "P-1", "s-9": "P-9"})

    assert signed_in(file, {"sub": "s-1"}, PEOPLE, "344") == SignedIn("P-1")
    assert signed_in(file, {"sub": "s-9", "email": "one@x.example"}, PEOPLE, "344") is None


def test_each_group_gives_its_post_once() -> None:
    """Two groups of one meaning are one post; what the file does not name means nothing."""
    file = SignInFile(
        groups={
            "a": Place(role="team_manager", team="north"),
            "b": Place(role="team_manager", team="north"),
        },
        roles={"Head": Place(role="head_of_service")},
    )
    claims = {"email": "one@x.example", "groups": ["a", "b", "c", 7], "roles": "Head"}
    found = signed_in(file, claims, PEOPLE, "344")

    assert found is not None
    assert set(found.posts) == {
        Post("344", "team_manager", frozenset({"north"})),
        Post("344", "head_of_service", None),
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[roles]\n"x" = { role = "king" }', "roles.x.role: not a role Daymark knows"),
        ("[roles", "sign-in.toml: "),
        ("colour = 1", "colour: "),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    """The sentence names the file and what to mend."""
    path = tmp_path / "sign-in.toml"
    path.write_text(text)

    with pytest.raises(UnreadableFile, match=said):
        read_sign_in(path)
