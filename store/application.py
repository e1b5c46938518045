"""The library's application, over our own mapper and recorder."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import reduce
from typing import TYPE_CHECKING, Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.persistence import (
    DataError,
    InfrastructureFactory,
    IntegrityError,
    PersistenceError,
)
from eventsourcing.utils import Environment

from domain.child_episode import ChildEpisode, project
from domain.event import Recorded
from store.database import DatabaseUnavailable, kind_of
from store.mapper import EventMapper
from store.recorder import OF_THE_LOG, AnswerLost

if TYPE_CHECKING:
    from store.postgres_log import PostgresLogRecorder
    from store.sqlite_log import SQLiteLogRecorder

Factory = Callable[[Environment], InfrastructureFactory[Any]]


class Episodes(Application[UUID]):
    """The library's application over our mapper and recorder."""

    recorder: "SQLiteLogRecorder | PostgresLogRecorder"

    def __init__(
        self, mapper: EventMapper, url: str, more: Mapping[str, str] | None = None
    ) -> None:
        """Open the store at an address; `more` are settings of the library laid over our own."""
        self._own_mapper = mapper
        self._factory_class, own = opening(url)
        super().__init__(own | dict(more or {}))

    def construct_env(self, name: str, env: Mapping[str, str] | None = None) -> Environment:
        """Only what is given: the process's environment is the settings' business."""
        return Environment(name, dict(env or {}))

    def construct_factory(self, env: Environment) -> InfrastructureFactory[Any]:
        """The factory of the database that the address names."""
        return self._factory_class(env)

    def construct_mapper(self) -> EventMapper:
        """Our own mapper: the library's would import whatever a row names."""
        return self._own_mapper


def fold(state: ChildEpisode | None, events: Iterable[Recorded]) -> ChildEpisode | None:
    """The library's projector: every event of a stream, one after another."""
    return reduce(project, events, state)


@contextmanager
def speaking_of_the_log() -> Iterator[None]:
    """Say what the library says of a lost database in our own words."""
    try:
        yield
    except (AnswerLost, IntegrityError, DataError):
        raise
    except PersistenceError as error:
        raise DatabaseUnavailable(OF_THE_LOG, error) from error


def opening(url: str) -> tuple[Factory, dict[str, str]]:
    """What makes the recorder of an address, and the library's settings for it."""
    if kind_of(url) == "postgresql":
        from store import postgres_log  # noqa: PLC0415 -- its driver is installed where it is wanted

        return postgres_log.PostgresLogFactory, postgres_log.environment_of(url)
    from store import sqlite_log  # noqa: PLC0415

    return sqlite_log.SQLiteLogFactory, sqlite_log.environment_of(url)
