"""What a member of a panel is given of its agendas, by the last word of the sharing agreement."""

from datetime import date

import pytest

from domain.event import Recorded
from domain.facts.authority import PanelSharingAgreed
from domain.invitations import Invitation
from domain.permission import Post
from domain.sharing import LEAST, Share, agreed, comes_for, is_theirs, share_of
from domain.standing import standing
from tests.histories import CODE, history, moment, of_authority

AT = "Mon 2 Nov 2015 09:00"
ISA = "Sharing agreement of the MACSE, version 2"
SINCE = date(2015, 11, 2)


def shared(shares: str, agency: str | None = None, at: str = AT, panel: str = "macse") -> Recorded:
    """What an agreement gives a member."""
    fields = {"panel": panel, "agency": agency, "shares": shares, "agreement": ISA}
    return of_authority(PanelSharingAgreed.NAME, at, **fields)


@pytest.mark.parametrize(
    ("told", "agencies", "shares"),
    [
        ((), ("police",), "references"),
        ((shared("own"),), ("police",), "own"),
        ((shared("own"), shared("everything", "police")), ("police",), "everything"),
        ((shared("everything", "police"),), ("school",), "references"),
        ((shared("everything", "police"),), ("merseyside_police",), "everything"),
        ((shared("everything"), shared("references", "school")), ("school",), "references"),
        ((shared("own", "gp"), shared("everything", "camhs")), ("gp", "camhs"), "everything"),
        ((shared("everything", "police", panel="marac"),), ("police",), "references"),
        ((shared("all that there is", "police"),), ("police",), "references"),
        ((shared("everything"),), (), "references"),
        (
            (shared("everything"), shared("own", at="Tue 3 Nov 2015 09:00")),
            ("school",),
            "own",
        ),
    ],
)
def test_a_member_is_given_what_was_said_last_of_it(
    told: tuple[Recorded, ...], agencies: tuple[str, ...], shares: str
) -> None:
    """Its own word before that of its partner, and that before the one for all; else the least."""
    known = agreed(standing(history(*told)), "macse")

    assert share_of(known, agencies).shares == shares


def test_a_share_names_its_agreement_and_since_when_it_holds() -> None:
    """As each pack says it; the least, given for want of any, names none."""
    known = agreed(standing(history(shared("own", "police"))), "macse")

    assert share_of(known, ("police",)) == Share("own", ISA, SINCE)
    assert share_of(known, ("school",)) == LEAST
    assert (LEAST.agreement, LEAST.since) == (None, None)


@pytest.mark.parametrize(
    ("does", "comes", "theirs"),
    [
        ("police", "police", True),
        ("police", "merseyside_police", True),
        ("merseyside_police", "police", True),
        ("camhs", "gp", False),
        ("school", "police", False),
    ],
)
def test_what_an_agency_does_is_its_own_business(does: str, comes: str, *, theirs: bool) -> None:
    """A force by either of its names; a surgery does not answer for the mental health service."""
    assert is_theirs(does, (comes,)) is theirs


def test_a_person_comes_for_the_members_they_are_invited_for() -> None:
    """By name or by the agency they sign in for, as long as the invitation lasts; nobody else's counts."""
    since, sits = moment(AT), date(2015, 11, 11)
    invited = [
        Invitation("macse", sits, "police", None, since),
        Invitation("macse", sits, "gp", "P-H", since),
        Invitation("macse", sits, "school", "P-S", since),
        Invitation("macse", sits, "hospital", None, since, date(2015, 12, 1)),
    ]
    police = Post(CODE, "police_cse_and_missing_coordinator", None)
    health = Post(CODE, "health_partner", None)

    assert comes_for(invited, CODE, "P-P", [police], sits) == ("police",)
    assert comes_for(invited, CODE, "P-H", [health], sits) == ("gp", "hospital")
    assert comes_for(invited, CODE, "P-H", [health], date(2015, 11, 12)) == ("hospital",)
    assert comes_for(invited, "other", "P-P", [police], sits) == ()
