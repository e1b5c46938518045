"""Missing.

One thread per missing episode, from last seen to return, and its return interview.
"""

from typing import Annotated

from pydantic import StrictBool

from domain.facts.fact import Code, CodeSet, Fact, Instant, Reference


class MissingEpisodeStarted(Fact):
    """The child went missing (or away without authorisation); occurred = when last seen.

    Not the report to the police (reported_at).
    Sources that hold only a date lose the 72-hour clock: it is judged by the date-only
    convention.
    """

    NAME = "missing-episode-started"
    THREAD = "missing"
    KEY = "missing_episode_ref"
    PRECISION = "instant"

    missing_episode_ref: Reference
    type: Annotated[Code, CodeSet("missing_type")]
    missing_from: Annotated[Code, CodeSet("missing_from")]
    care_status: Annotated[Code, CodeSet("missing_care_status")]
    placement_ref: Reference | None = None
    reported_at: Instant | None = None
    reported_by: Annotated[Code | None, CodeSet("agency")] = None
    police_ref: Reference | None = None
    police_grade: Annotated[Code | None, CodeSet("police_missing_grade")] = None
    last_seen_known: StrictBool | None = None


class MissingEpisodeReclassified(Fact):
    """The type or the police grade of an open episode changed.

    Not the child's return.
    """

    NAME = "missing-episode-reclassified"
    THREAD = "missing"
    KEY = "missing_episode_ref"
    PRECISION = "instant"

    missing_episode_ref: Reference
    type: Annotated[Code, CodeSet("missing_type")]
    police_grade: Annotated[Code | None, CodeSet("police_missing_grade")] = None


class MissingEpisodeEnded(Fact):
    """The child was found or came back; occurred = the return, not when we heard.

    Not the return interview.
    """

    NAME = "missing-episode-ended"
    THREAD = "missing"
    KEY = "missing_episode_ref"
    PRECISION = "instant"

    missing_episode_ref: Reference
    how: Annotated[Code, CodeSet("missing_end")]
    whereabouts_known: StrictBool | None = None


class MissingEpisodeReopened(Fact):
    """The report of the return was wrong: the child is still missing.

    Not a new episode: the 72 hours keep their original start.
    """

    NAME = "missing-episode-reopened"
    THREAD = "missing"
    KEY = "missing_episode_ref"
    PRECISION = "instant"

    missing_episode_ref: Reference
    reverses_event: Reference


class MissingEpisodesMerged(Fact):
    """Two records (usually police and social care) proved to be one episode.

    Not deletion: the dropped records stay in the history. missing_episode_ref is the one kept.
    """

    NAME = "missing-episodes-merged"
    THREAD = "missing"
    KEY = "missing_episode_ref"
    PRECISION = "instant"

    missing_episode_ref: Reference
    dropped_missing_episode_refs: tuple[Reference, ...]
    reason: Annotated[Code | None, CodeSet("merge_reason")] = None


class PreventionInterviewHeld(Fact):
    """The police saw the child after the return (formerly "safe and well check").

    Not the independent return interview.
    """

    NAME = "prevention-interview-held"
    THREAD = "missing"
    KEY = "missing_episode_ref"
    PRECISION = "instant"

    missing_episode_ref: Reference


class ReturnInterviewOffered(Fact):
    """An independent return interview was offered to the child.

    After a refusal, the carer was offered the chance to give information.

    Not the interview.
    """

    NAME = "return-interview-offered"
    THREAD = "missing"
    KEY = "missing_episode_ref"
    PRECISION = "instant"

    missing_episode_ref: Reference
    offered_to: Annotated[Code, CodeSet("offered_to")]
    method: Annotated[Code | None, CodeSet("contact_channel")] = None


class ReturnInterviewHeld(Fact):
    """Someone independent talked with the child after the return.

    Not the police prevention interview.
    It may cover several episodes: each is judged from its own return.
    """

    NAME = "return-interview-held"
    THREAD = "missing"
    KEY = "missing_episode_refs"
    PRECISION = "instant"

    missing_episode_refs: tuple[Reference, ...]
    interviewer_role: Code | None = None
    independent: StrictBool
    reasons: Annotated[tuple[Code, ...] | None, CodeSet("return_interview_reasons")] = None
    harm_disclosed: StrictBool | None = None
    whereabouts_known: StrictBool | None = None


class ReturnInterviewDeclined(Fact):
    """The child (or whoever may) declined the interview.

    Not an interview completed in time: counted apart.
    """

    NAME = "return-interview-declined"
    THREAD = "missing"
    KEY = "missing_episode_ref"
    PRECISION = "instant"

    missing_episode_ref: Reference
    declined_by: Annotated[Code, CodeSet("declined_by")]
    reason: Annotated[Code | None, CodeSet("decline_reason")] = None


class ReturnInterviewShared(Fact):
    """What the child said was shared with those who need it.

    Not the interview.
    """

    NAME = "return-interview-shared"
    THREAD = "missing"
    KEY = "missing_episode_ref"
    PRECISION = "instant"

    missing_episode_ref: Reference
    shared_with: Annotated[tuple[Code, ...], CodeSet("agency")]
