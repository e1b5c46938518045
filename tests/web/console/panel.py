"""A town whose panel sat last Thursday with a full agenda, and sits again in February."""

from pathlib import Path

from tests.web.console.town import NOW, Town, begin

SITS = "2016-01-07"
ADDRESS = f"/sittings/macse/{SITS}"
FEBRUARY = "/sittings/macse/2016-02-04"


def meet(folder: Path) -> Town:
    """One child for each reason for which a child can be on an agenda, and actions in every state."""
    town = Town(folder)
    begin(town)
    town.tell_of_itself(
        "panel-sittings-published",
        "Mon 2 Nov 2015",
        panel="macse",
        sittings=[
            {"sits_on": on, "cutoff_on": closes}
            for on, closes in (
                ("2015-12-03", "2015-11-26"),
                ("2016-01-05", "2015-12-31"),
                ("2016-02-04", "2016-01-28"),
            )
        ],
    )
    for child, at in (
        ("CH-0011", "Mon 14 Dec 2015 10:00"),
        ("CH-0012", "Mon 23 Nov 2015 10:00"),
        ("CH-0013", "Wed 6 Jan 2016 10:00"),
    ):
        town.tell(
            child,
            "strategy-meeting-held",
            at,
            kind="exploitation",
            outcome="macse",
            exploitation_refs=(f"X-{child}",),
        )
    town.tell(
        "CH-0012",
        "case-heard-at-panel",
        "Thu 3 Dec 2015",
        kind="macse",
        decision="deferred",
        exploitation_refs=("X-CH-0012",),
    )
    refs = ("X-CH-0014",)
    for ref, agency, due in (
        ("A-1", "police", "2015-12-18"),
        ("A-2", "childrens_social_care", "2016-01-15"),
    ):
        town.tell(
            "CH-0014",
            "panel-action-agreed",
            "Thu 3 Dec 2015",
            by=f"panel-{ref}",
            action_ref=ref,
            panel="macse",
            kind="disruption",
            agency=agency,
            due_on=due,
        )
    town.tell(
        "CH-0014",
        "plan-started",
        "Thu 3 Dec 2015",
        kind="macse",
        plan_ref="P-14",
        exploitation_refs=refs,
    )
    town.tell("CH-0014", "missing-episode-started", "Sun 20 Dec 2015 22:00", type="M")
    town.tell("CH-0014", "missing-episode-ended", "Mon 21 Dec 2015 06:00")
    town.tell("CH-0014", "child-details-recorded", "Thu 3 Dec 2015", date_of_birth="1998-01-20")
    town.tell(
        "CH-0015",
        "cicola-placement-notified",
        "Tue 15 Dec 2015 10:00",
        placing_authority="344",
        cse_plan_elsewhere=True,
        cicola_placement_ref="CP-15",
    )
    town.tell_of_itself(
        "panel-sitting-postponed",
        "Mon 4 Jan 2016 09:00",
        panel="macse",
        sits_on="2016-01-05",
        moved_to=SITS,
        reason="not-quorate",
    )
    town.tell(
        "CH-0011",
        "case-heard-at-panel",
        "Thu 7 Jan 2016",
        kind="macse",
        decision="plan",
        exploitation_refs=("X-CH-0011",),
    )
    town.tell_of_itself(
        "panel-attendance-recorded",
        "Thu 7 Jan 2016 16:00",
        panel="macse",
        sits_on=SITS,
        present=("police", "childrens_social_care", "camhs"),
        apologies=("school",),
    )
    town.tell(
        "CH-0011",
        "panel-action-agreed",
        "Thu 7 Jan 2016",
        action_ref="A-3",
        panel="macse",
        kind="direct-work",
        agency="camhs",
        due_on="2016-02-01",
    )
    town.pass_to(NOW)
    town.now = NOW
    town.tell_of_itself("feed-advanced", "Mon 11 Jan 2016 02:10", source="nightly", complete_to=NOW)
    town.show()
    return town
