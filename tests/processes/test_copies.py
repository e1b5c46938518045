"""What `daymark doctor` says of PostgreSQL's archive and of its nightly copies."""

from datetime import timedelta
from typing import Final

import pytest

from commands.checks import COPIED_WITHIN, WAITS_AT_MOST, faults_of
from store.archiving import Archive

WELL: Final = Archive(
    archives=True,
    failing=False,
    waiting=timedelta(),
    copied=timedelta(hours=9),
    elsewhere=False,
)
MOMENT: Final = timedelta(seconds=1)


def test_a_server_that_is_archived_and_was_copied_last_night_is_well() -> None:
    """So is one whose pieces wait for a moment, and one of which somebody else makes the copies."""
    busy = WELL._replace(waiting=WAITS_AT_MOST, copied=COPIED_WITHIN)
    provided = WELL._replace(copied=None, elsewhere=True)

    assert [list(faults_of("log", one)) for one in (WELL, busy, provided)] == [[], [], []]


@pytest.mark.parametrize(
    ("archive", "said"),
    [
        (WELL._replace(archives=False), "of the log archives nothing (archive_mode is off)"),
        (WELL._replace(failing=True), "archive what it records for less than 1 hour"),
        (WELL._replace(waiting=timedelta(hours=3)), "archive what it records for 3 hours"),
        (WELL._replace(waiting=WAITS_AT_MOST + MOMENT), "see that the backup folder is there"),
        (
            WELL._replace(copied=None),
            "no nightly copy of the PostgreSQL of the log ever ended well",
        ),
        (WELL._replace(copied=COPIED_WITHIN + MOMENT), "is 36 hours old: `journalctl --unit"),
    ],
)
def test_what_stopped_or_never_began_is_said_with_its_mend(archive: Archive, said: str) -> None:
    """One sentence for each, and none of what is well."""
    (fault,) = faults_of("log", archive)

    assert said in fault
    assert fault.endswith(".")


def test_an_archive_and_a_copy_that_are_both_missing_are_both_said() -> None:
    """As of a server that was only just installed."""
    assert len(list(faults_of("vault", WELL._replace(archives=False, copied=None)))) == 2
