"""The authority itself.

Facts about no child: the authority's own stream (subject = authority code).
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StrictInt

from domain.facts.fact import Code, CodeSet, Day, Fact, Guarded, Instant, Reference, Word


class Sitting(BaseModel):
    """A date on which a panel sits, and perhaps the last day on which a child can be put on its agenda."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sits_on: Day
    cutoff_on: Day | None = None
    """The last day for its agenda; where none is said, the pack counts it back from the day it sits."""


class ReportPublished(Fact):
    """The authority published a periodic report: the quarterly one of missing children or of exploitation.

    Not a fact about a child.
    """

    NAME = "report-published"
    THREAD = "authority"
    KEY = "report_ref"
    PRECISION = "date"

    kind: Annotated[Code, CodeSet("report_kind")]
    report_ref: Reference
    period_ends_on: Day


class SourceRegistered(Fact):
    """A system or file began, or ceased, to speak to this authority, and said what it can state.

    Not its token, which is kept apart.
    """

    NAME = "source-registered"
    THREAD = "authority"
    KEY = "source"
    PRECISION = "instant"

    source: Reference
    delivers: Annotated[Code, CodeSet("source_delivery")]
    states: tuple[Code, ...]
    times: Annotated[Code, CodeSet("source_times")]
    from_on: Day
    to_on: Day | None = None
    late_after_hours: StrictInt | None = None
    """How late this feed may be before it is itself late."""


class FeedAdvanced(Fact):
    """A source has now said everything it had recorded up to an instant.

    Not a promise that nothing late will come.
    """

    NAME = "feed-advanced"
    THREAD = "authority"
    KEY = "source"
    PRECISION = "instant"

    source: Reference
    complete_to: Instant


class PersonAssigned(Fact):
    """A person holds a role, here or in a team, from a day and perhaps to a day.

    Not a name or an address: those stand in the people file only.
    """

    NAME = "person-assigned"
    THREAD = "authority"
    KEY = "person_ref"
    PRECISION = "date"

    person_ref: Reference
    role: Annotated[Code, CodeSet("role")]
    team_ref: Reference | None = None
    from_on: Day
    to_on: Day | None = None
    covers: Reference | None = None
    """The person_ref stood in for."""


class ShiftRostered(Fact):
    """A person is on duty for a role, here or in a team, from an instant to an instant.

    Not the role itself: while nobody is on duty, everybody who holds the role is meant.
    """

    NAME = "shift-rostered"
    THREAD = "authority"
    KEY = "person_ref"
    PRECISION = "instant"

    person_ref: Reference
    role: Annotated[Code, CodeSet("role")]
    team_ref: Reference | None = None
    from_at: Instant
    to_at: Instant


class PersonAway(Fact):
    """A person is not at work from a day and perhaps to a day.

    Not leaving: the roles are still held, and whoever covers them is told meanwhile.
    """

    NAME = "person-away"
    THREAD = "authority"
    KEY = "person_ref"
    PRECISION = "date"

    person_ref: Reference
    from_on: Day
    to_on: Day | None = None


class TeamPlaced(Fact):
    """A team lies within a service or another team, from a day and perhaps to a day.

    Not an allocation: which child a team works with is a fact about the child.
    """

    NAME = "team-placed"
    THREAD = "authority"
    KEY = "team_ref"
    PRECISION = "date"

    team_ref: Reference
    within: Reference | None = None
    """The team_ref of what it lies within; nothing where it lies directly in the authority."""
    from_on: Day
    to_on: Day | None = None


class PanelSittingsPublished(Fact):
    """The dates on which a panel sits, with agenda cut-offs, were published or changed.

    Not a child being heard.
    """

    NAME = "panel-sittings-published"
    THREAD = "authority"
    KEY = "panel"
    PRECISION = "date"

    panel: Annotated[Code, CodeSet("panel_kind")]
    sittings: tuple[Sitting, ...]


class PanelSittingPostponed(Fact):
    """A sitting of a panel was put off to another day, or will not be held at all.

    Not the deferral of one child by a panel that sat.
    """

    NAME = "panel-sitting-postponed"
    THREAD = "authority"
    KEY = "panel"
    PRECISION = "instant"

    panel: Annotated[Code, CodeSet("panel_kind")]
    sits_on: Day
    """The day on which it was to sit."""
    moved_to: Day | None = None
    """The day on which it sits instead; nothing where it is not held."""
    cutoff_on: Day | None = None
    """The new last day for its agenda; the old one stays where nothing is said."""
    reason: Annotated[Code, CodeSet("postponement_reason")]


class PanelAttendanceRecorded(Fact):
    """Which agencies were at a sitting of a panel, and which sent apologies; the last word counts.

    Not who was invited, and never a person's name.
    """

    NAME = "panel-attendance-recorded"
    THREAD = "authority"
    KEY = "panel"
    PRECISION = "instant"

    panel: Annotated[Code, CodeSet("panel_kind")]
    sits_on: Day
    present: Annotated[tuple[Code, ...], CodeSet("agency")]
    apologies: Annotated[tuple[Code, ...] | None, CodeSet("agency")] = None


class PanelMemberInvited(Fact):
    """An agency, or one person of it, was invited to a sitting of a panel, and may read its agenda and pack.

    Not who came, and no right to any other record.
    """

    NAME = "panel-member-invited"
    THREAD = "authority"
    KEY = "panel"
    PRECISION = "instant"

    panel: Annotated[Code, CodeSet("panel_kind")]
    sits_on: Day
    agency: Annotated[Code, CodeSet("agency")]
    person_ref: Reference | None = None
    """Who is invited for the agency; whoever signs in for it, where nobody is named."""


class PanelInvitationExtended(Fact):
    """An invitation to a sitting of a panel opens its agenda and pack up to a later day than the sitting's.

    Not an invitation: whoever is not invited is not let in by it.
    """

    NAME = "panel-invitation-extended"
    THREAD = "authority"
    KEY = "panel"
    PRECISION = "instant"

    panel: Annotated[Code, CodeSet("panel_kind")]
    sits_on: Day
    agency: Annotated[Code, CodeSet("agency")]
    until_on: Day
    """The last day on which they may read it; before the day of the sitting it changes nothing."""
    person_ref: Reference | None = None
    """Who was invited by name; nobody where the agency was."""


class PanelInvitationWithdrawn(Fact):
    """An agency, or one person of it, is no longer invited to a sitting of a panel.

    Not a mistaken invitation, which is withdrawn as any fact is: this one stood until now.
    """

    NAME = "panel-invitation-withdrawn"
    THREAD = "authority"
    KEY = "panel"
    PRECISION = "instant"

    panel: Annotated[Code, CodeSet("panel_kind")]
    sits_on: Day
    agency: Annotated[Code, CodeSet("agency")]
    person_ref: Reference | None = None
    """Who was invited by name; nobody where the agency was."""


class PanelSharingAgreed(Fact):
    """What a member of a panel is given of its agendas, by the sharing agreement; the last word counts.

    Not an invitation: it opens nothing to anybody, and says how much those who are invited are given.
    """

    NAME = "panel-sharing-agreed"
    THREAD = "authority"
    KEY = "panel"
    PRECISION = "instant"

    panel: Annotated[Code, CodeSet("panel_kind")]
    agency: Annotated[Code | None, CodeSet("agency")] = None
    """Which member; every member of whom nothing else is said, where none is named."""
    shares: Annotated[Code, CodeSet("panel_share")]
    agreement: Word
    """How the agreement is called and dated, as each pack that is given by it says."""


class PolicyAdopted(Fact):
    """A policy pack came into force for this authority.

    Not a draft or a what-if.
    """

    NAME = "policy-adopted"
    THREAD = "authority"
    KEY = "pack"
    PRECISION = "instant"

    pack: Reference
    version: Reference
    sha256: Reference
    from_on: Day
    reason: Annotated[Word | None, Guarded()] = None
    """Why, in the words of whoever adopted it."""


class CalendarAdopted(Fact):
    """A calendar came into use for this authority.

    Not the sittings of a panel.
    """

    NAME = "calendar-adopted"
    THREAD = "authority"
    KEY = "calendar"
    PRECISION = "instant"

    calendar: Reference
    sha256: Reference
    expires_on: Day
    reason: Annotated[Word | None, Guarded()] = None
    """Why, in the words of whoever adopted it."""


class TellingSwitchedOn(Fact):
    """It was decided that people are told of a rule in a team, or of every rule in every team.

    Not an adoption: the clocks of the rule ran and were judged before, in shadow.
    """

    NAME = "telling-switched-on"
    THREAD = "authority"
    KEY = "timescale"
    PRECISION = "instant"

    timescale: Code | None = None
    """Which rule; every rule where none is named."""
    team_ref: Reference | None = None
    """In which team; in every team, and for children without one, where none is named."""
    from_on: Day | None = None
    """The first day on which anybody is told; from the decision on where none is named."""
    amnesty_to: Day | None = None
    """The last day on which what was broken before is a list of its team and raises no ladder."""
    reason: Annotated[Word | None, Guarded()] = None


class TellingSwitchedOff(Fact):
    """It was decided that nobody is told of a rule in a team any more, at once: it is in shadow.

    Not a rule that is off: its clocks run, and what they show is recorded.
    """

    NAME = "telling-switched-off"
    THREAD = "authority"
    KEY = "timescale"
    PRECISION = "instant"

    timescale: Code | None = None
    """Which rule; every rule where none is named."""
    team_ref: Reference | None = None
    """In which team; in every team, and for children without one, where none is named."""
    reason: Annotated[Word | None, Guarded()] = None


class TrackerCompared(Fact):
    """Today's tracker was set beside Daymark, and so many duties were the same in both or differed.

    Not the tracker, and not which children differ: how near the two are, day by day, before going live.
    """

    NAME = "tracker-compared"
    THREAD = "authority"
    KEY = "compared_on"
    PRECISION = "instant"

    compared_on: Day
    both: StrictInt
    due_differs: StrictInt
    done_differs: StrictInt
    only_tracker: StrictInt
    only_daymark: StrictInt
