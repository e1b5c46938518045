"""What workflows and activities say to each other: opaque ids, instants and positions of the log.

Fields may be added with a default; none is ever renamed or given another type,
for histories written by an older release are read by a newer one.
"""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Message(BaseModel):
    """A frozen value that carries nothing about a person."""

    model_config = ConfigDict(frozen=True)


class EpisodeRef(Message):
    """Which child's stream, of which authority."""

    authority: str
    stream: UUID


class EpisodeQuestion(Message):
    """What a child's stream asks: what is outstanding, at the instant the workflow has reached."""

    episode: EpisodeRef
    reached: datetime


class DueStage(Message):
    """Something to record at an instant, once."""

    key: str
    at: datetime
    summary: str
    """Such as `missing-strategy-72h: warning 3 of 3`."""


class Plan(Message):
    """What a child's stream waits for, as known at a position of the log."""

    position: int
    stages: tuple[DueStage, ...] = ()
    """Earliest first; what is overdue is in it."""
    tellings: tuple[str, ...] = ()
    """The ids of the ladders and notices that are open."""


class Firing(Message):
    """Stages whose instant has been reached by the workflow's time."""

    episode: EpisodeRef
    keys: tuple[str, ...]
    reached: datetime


class TellingRef(Message):
    """Which ladder or notice, of which child's stream."""

    episode: EpisodeRef
    telling: str


class LadderQuestion(Message):
    """What a ladder asks: who is next, at the instant the workflow has reached."""

    ladder: TellingRef
    reached: datetime


class DueStep(Message):
    """The next thing to do on a ladder, at an instant."""

    key: str
    at: datetime
    summary: str
    """Such as `missing-strategy-72h: breach, rung 3, head_of_service`."""


class LadderPlan(Message):
    """What a ladder waits for, as known at a position of the log.

    No step means it has ended, or that the morning digest does the telling and pokes it afterwards.
    """

    position: int
    step: DueStep | None = None


class Telling(Message):
    """The step of a ladder whose instant has been reached by the workflow's time."""

    ladder: TellingRef
    key: str
    reached: datetime


class DigestRef(Message):
    """Whose digests, and the instant the workflow has reached."""

    authority: str
    reached: datetime


class DigestPlan(Message):
    """When the next digests go out."""

    at: datetime


class WatchRef(Message):
    """Whose Daymark is looked at, and the instant the workflow has reached."""

    authority: str
    reached: datetime


class WatchPlan(Message):
    """How much is doubtful, and how many people must still be told of it today."""

    doubts: int
    to_tell: int
