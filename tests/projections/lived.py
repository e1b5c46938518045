"""Worlds in which a story is lived through once, and of which each test then has a copy."""

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests import throwaway_postgres
from tests.projections.world import World

Story = Callable[[World], None]
"""What happens in a world before a test begins."""


@dataclass
class Lived:
    """Worlds in which stories were lived through: each once in a process, whoever asks for a copy."""

    folders: pytest.TempPathFactory
    run: ExitStack
    """Ends with the run."""
    worlds: dict[tuple[Story, str], World] = field(default_factory=dict)

    def copied(self, story: Story, store: str, folder: Path, test: ExitStack) -> World:
        """A world like the one of a story, in a folder or database of its own until the test ends."""
        if (story, store) not in self.worlds:
            self.worlds[story, store] = self.live(story, store)
        made = self.worlds[story, store]
        shutil.copytree(made.folder, folder, dirs_exist_ok=True)
        like = made.server
        server = like and test.enter_context(throwaway_postgres.database(like=like))
        world = World(folder, server, made.now)
        test.callback(world.close)
        return world

    def live(self, story: Story, store: str) -> World:
        """Live through a story, and close the world: nobody may have open what is copied."""
        postgres = store == "postgresql"
        server = self.run.enter_context(throwaway_postgres.database()) if postgres else None
        world = World(self.folders.mktemp("lived"), server)
        story(world)
        world.close()
        return world
