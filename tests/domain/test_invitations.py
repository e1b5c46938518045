"""Who is invited to a sitting, whatever was said first, put off, withdrawn or mistaken."""

from dataclasses import replace
from typing import Any

import pytest

from domain.event import Recorded
from domain.invitations import Invitation, invited_to
from domain.permission import Action, Asker, Post, Record, may
from tests.histories import CODE, day, here, moment, of_authority, withdrawn

SITS = "2016-02-04"
NOW = moment("Mon 11 Jan 2016 09:05")
POLICE = Post(CODE, "police_cse_and_missing_coordinator", None)
CHAIR = Post(CODE, "cp_conference_chair", None)


def invitation(at: str, *, ended: bool = False, **fields: Any) -> Recorded:
    """The police are invited to the sitting of February, or not any more."""
    name = "panel-invitation-withdrawn" if ended else "panel-member-invited"
    said = {"panel": "macse", "sits_on": SITS, "agency": "merseyside_police"} | fields
    return of_authority(name, at, **said)


def put_off(at: str, moved_to: str | None, **fields: Any) -> Recorded:
    """That sitting is put off."""
    said = {"panel": "macse", "sits_on": SITS, "reason": "other"} | fields
    return of_authority("panel-sitting-postponed", at, moved_to=moved_to, **said)


def standing(*told: Recorded) -> list[tuple[str, str, str | None]]:
    """Every invitation that stands."""
    return [(one.sitting, one.agency, one.person) for one in here(*told).invitations]


def test_an_invitation_stands_until_it_is_withdrawn() -> None:
    """Said twice it is one; withdrawn and said again it stands anew, from then on."""
    first, again = invitation("Mon 4 Jan 2016 09:00"), invitation("Tue 5 Jan 2016 09:00")
    ended = invitation("Wed 6 Jan 2016 09:00", ended=True)
    anew = invitation("Thu 7 Jan 2016 09:00")

    assert standing(first, again) == [("macse/2016-02-04", "merseyside_police", None)]
    assert standing(first, again, ended) == []
    assert [one.since for one in here(first, ended, anew).invitations] == [
        moment("Thu 7 Jan 2016 09:00")
    ]


def test_a_mistaken_invitation_is_withdrawn_as_any_fact_is() -> None:
    """And a withdrawal made by mistake: the invitation stands again."""
    made = invitation("Mon 4 Jan 2016 09:00")
    ended = invitation("Tue 5 Jan 2016 09:00", ended=True)

    assert standing(made, withdrawn(made, "Wed 6 Jan 2016 09:00")) == []
    assert len(standing(made, ended, withdrawn(ended, "Wed 6 Jan 2016 09:00"))) == 1


def test_an_invitation_of_a_person_is_not_one_of_the_agency() -> None:
    """Withdrawing one leaves the other."""
    told = (
        invitation("Mon 4 Jan 2016 09:00"),
        invitation("Mon 4 Jan 2016 10:00", person_ref="P-1"),
        invitation("Tue 5 Jan 2016 09:00", ended=True),
    )

    assert standing(*told) == [("macse/2016-02-04", "merseyside_police", "P-1")]


def test_an_invitation_goes_along_with_the_sitting() -> None:
    """To its new day, other panels and days untouched; with a sitting that is not held it ends."""
    told = (
        invitation("Mon 4 Jan 2016 09:00"),
        invitation("Mon 4 Jan 2016 10:00", panel="marac"),
        invitation("Mon 4 Jan 2016 11:00", sits_on="2016-03-03"),
        put_off("Tue 5 Jan 2016 09:00", "2016-02-11"),
    )
    over = put_off("Wed 6 Jan 2016 09:00", None, sits_on="2016-02-11")

    assert {one for one, _, _ in standing(*told)} == {
        "macse/2016-02-11",
        "marac/2016-02-04",
        "macse/2016-03-03",
    }
    assert "macse/2016-02-11" not in {one for one, _, _ in standing(*told, over)}


@pytest.mark.parametrize(
    ("person", "posts", "expected"),
    [
        ("P-1", (POLICE,), {"macse/2016-02-04"}),
        ("P-1", (replace(POLICE, authority="344"),), set[str]()),
        ("P-1", (CHAIR,), set[str]()),
        ("P-9", (CHAIR,), {"macse/2016-03-03"}),
    ],
)
def test_whom_an_invitation_lets_in(
    person: str, posts: tuple[Post, ...], expected: set[str]
) -> None:
    """Whoever signs in for the agency here, or the one person who was named."""
    told = [
        Invitation("macse", day("Thu 4 Feb 2016"), "merseyside_police", None, NOW),
        Invitation("macse", day("Thu 3 Mar 2016"), "school", "P-9", NOW),
    ]

    assert invited_to(told, CODE, person, posts) == {(CODE, one) for one in expected}


def test_an_invitation_opens_nothing_to_who_has_no_post_any_more() -> None:
    """It is for those who work here today, and for this authority alone."""
    seat = frozenset({(CODE, "macse/2016-02-04")})
    sitting = Record("sitting", CODE, sitting="macse/2016-02-04")
    here_today = Asker("P-1", (POLICE,), invited=seat)
    elsewhere = replace(sitting, authority="344")

    assert may(here_today, Action.SEE, sitting, "case", NOW).rule == "invited"
    assert not may(replace(here_today, active=False), Action.SEE, sitting, "case", NOW).allowed
    assert not may(here_today, Action.SEE, elsewhere, "case", NOW).allowed
