"""The library's application, over our own mapper and recorder."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import reduce
from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.persistence import InfrastructureFactory, InterfaceError, OperationalError
from eventsourcing.utils import Environment

from domain.child_episode import ChildEpisode, project
from domain.event import Recorded
from store.database import DatabaseUnavailable, sqlite_path
from store.mapper import EventMapper
from store.sqlite_log import SQLiteLogFactory, SQLiteLogRecorder


class Episodes(Application[UUID]):
    """The library's application over our mapper and recorder."""

    recorder: SQLiteLogRecorder

    def __init__(self, mapper: EventMapper, env: Mapping[str, str]) -> None:
        """Open the store that an environment names."""
        self._own_mapper = mapper
        super().__init__(dict(env))

    def construct_env(self, name: str, env: Mapping[str, str] | None = None) -> Environment:
        """Only what is given: the process's environment is the settings' business."""
        return Environment(name, dict(env or {}))

    def construct_factory(self, env: Environment) -> InfrastructureFactory[Any]:
        """The factory of the one database this release keeps its log in."""
        return SQLiteLogFactory(env)

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
    except (OperationalError, InterfaceError) as error:
        name = "of the log"
        raise DatabaseUnavailable(name, error) from error


def environment(url: str) -> dict[str, str]:
    """The library's settings for an address; no table is ever made by a service."""
    return {"SQLITE_DBNAME": sqlite_path(url), "CREATE_TABLE": "n"}
