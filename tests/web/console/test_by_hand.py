"""What a rule lets people record about its clock, in words."""

from domain.timescales import Suspension
from tests.histories import england
from web.console.by_hand import what


def test_a_rule_offers_what_meets_it() -> None:
    """Each fact once, by its name."""
    assert what(england().by_id["icpc-15wd"]) == {"conference-held": "Conference held: it was done"}


def test_only_a_rule_that_allows_it_can_be_lengthened_or_held() -> None:
    """A temporary approval may be given eight weeks more; a hold is for packs that allow one."""
    approval = england().by_id["lac-temporary-approval-16w"]
    held = (
        england()
        .by_id["icpc-15wd"]
        .model_copy(update={"suspension": Suspension(by=("head_of_service",))})
    )

    assert what(approval)["temporary-approval-given"] == "Temporary approval given: 8 weeks more"
    assert "clock-suspended" not in what(approval)
    assert what(held)["clock-suspended"] == "It is held, by the decision of somebody who may"
    assert what(held)["clock-resumed"] == "It runs on"
