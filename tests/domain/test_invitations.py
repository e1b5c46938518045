"""Who is invited to a sitting, whatever was said first, put off, withdrawn or mistaken."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from domain.access_rules import Action
from domain.event import Recorded
from domain.invitations import Invitation, invited_to
from domain.permission import Asker, Post, Record, may
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

    assert set(invited_to(told, CODE, person, posts)) == {(CODE, one) for one in expected}


def extended(at: str, until_on: str, **fields: Any) -> Recorded:
    """The police may read the agenda of that sitting up to a later day."""
    said = {"panel": "macse", "sits_on": SITS, "agency": "merseyside_police"} | fields
    return of_authority("panel-invitation-extended", at, until_on=until_on, **said)


def last_days(*told: Recorded) -> list[str]:
    """The last day of every invitation that stands."""
    return [str(one.last_on) for one in here(*told).invitations]


@pytest.mark.parametrize(
    ("sits_on", "last", "over"),
    [
        ("2016-02-04", "2016-02-04T23:59:59.999999+00:00", "2016-02-05T00:00:00+00:00"),
        ("2016-07-07", "2016-07-07T22:59:59.999999+00:00", "2016-07-07T23:00:00+00:00"),
    ],
)
def test_an_invitation_ends_with_the_day_of_the_sitting(sits_on: str, last: str, over: str) -> None:
    """In London: up to its last instant it opens the sitting, and from midnight on nothing."""
    told = here(invitation("Mon 4 Jan 2016 09:00", sits_on=sits_on)).invitations
    asker = Asker("P-1", (POLICE,), invited=invited_to(told, CODE, "P-1", (POLICE,)))
    sitting = Record("sitting", CODE, sitting=f"macse/{sits_on}")
    agenda = replace(sitting, kind="agenda", stream="1" * 32)
    opened = {
        at: [
            may(asker, Action.SEE, one, "case", datetime.fromisoformat(at)).allowed
            for one in (sitting, agenda)
        ]
        for at in (last, over)
    }

    assert opened == {last: [True, True], over: [False, False]}


def test_an_invitation_may_open_longer_than_the_sitting_lasts() -> None:
    """Up to the day that was said last, never less than up to the sitting itself."""
    made = invitation("Mon 4 Jan 2016 09:00")
    longer = extended("Tue 5 Jan 2016 09:00", "2016-02-18")

    assert last_days(made) == [SITS]
    assert last_days(made, longer) == ["2016-02-18"]
    assert last_days(made, longer, extended("Wed 6 Jan 2016 09:00", "2016-02-11")) == ["2016-02-11"]
    assert last_days(made, extended("Tue 5 Jan 2016 09:00", "2016-01-20")) == [SITS]
    assert last_days(made, extended("Mon 4 Jan 2016 09:00", "2016-02-18")) == ["2016-02-18"]


def test_who_is_not_invited_is_not_let_in_by_a_longer_time() -> None:
    """Nor is another agency, or the agency where a person is meant; what is withdrawn takes it along."""
    made, longer = (
        invitation("Mon 4 Jan 2016 09:00"),
        extended("Tue 5 Jan 2016 09:00", "2016-02-18"),
    )
    ended = invitation("Wed 6 Jan 2016 09:00", ended=True)
    anew = invitation("Thu 7 Jan 2016 09:00")

    assert last_days(longer) == []
    assert last_days(made, extended("Tue 5 Jan 2016 09:00", "2016-02-18", person_ref="P-1")) == [
        SITS
    ]
    assert last_days(made, extended("Tue 5 Jan 2016 09:00", "2016-02-18", agency="gp")) == [SITS]
    assert last_days(made, longer, ended) == []
    assert last_days(made, longer, ended, anew) == [SITS]


def test_the_end_of_an_invitation_goes_along_with_the_sitting() -> None:
    """With its new day, however short the longer time had been."""
    made, moved = invitation("Mon 4 Jan 2016 09:00"), put_off("Wed 6 Jan 2016 09:00", "2016-03-03")
    short = extended("Tue 5 Jan 2016 09:00", "2016-02-18")
    long = extended("Tue 5 Jan 2016 09:00", "2016-03-31")

    assert last_days(made, moved) == ["2016-03-03"]
    assert last_days(made, short, moved) == ["2016-03-03"]
    assert last_days(made, long, moved) == ["2016-03-31"]


def test_the_longer_of_two_invitations_counts() -> None:
    """Of the agency and of the person by name."""
    sits = day("Thu 4 Feb 2016")
    agency = Invitation("macse", sits, "merseyside_police", None, NOW, day("Thu 18 Feb 2016"))
    person = Invitation("macse", sits, "merseyside_police", "P-1", NOW)
    expected = {(CODE, f"macse/{SITS}"): day("Thu 18 Feb 2016")}

    assert invited_to([agency, person], CODE, "P-1", (POLICE,)) == expected
    assert invited_to([person, agency], CODE, "P-1", (POLICE,)) == expected


def test_an_invitation_opens_nothing_to_who_has_no_post_any_more() -> None:
    """It is for those who work here today, and for this authority alone."""
    seat = {(CODE, f"macse/{SITS}"): day("Thu 4 Feb 2016")}
    sitting = Record("sitting", CODE, sitting="macse/2016-02-04")
    here_today = Asker("P-1", (POLICE,), invited=seat)
    elsewhere = replace(sitting, authority="344")

    assert may(here_today, Action.SEE, sitting, "case", NOW).rule == "invited"
    assert not may(replace(here_today, active=False), Action.SEE, sitting, "case", NOW).allowed
    assert not may(here_today, Action.SEE, elsewhere, "case", NOW).allowed
