"""The commands of an auditor: a history as files, and whether those files are as they were."""

import hashlib
from contextlib import closing
from datetime import UTC, datetime

from assembly import assemble, known_child
from commands.printing import DONE, LOOK, Options, WrongCommand
from formats.export import MANIFEST, Taken, differences, export
from projections.history import history, judged
from settings import read_settings


def export_history(options: Options) -> int:
    """Write a child's history as files with a manifest, or compare such files with theirs."""
    if options.verify is not None:
        return verify(options)
    if not (options.child and options.out and options.by):
        message = (
            "say whose history, where to and by whom: daymark export CHILD --out DIR --by PERSON"
        )
        raise WrongCommand(message)
    if options.out.exists() and any(options.out.iterdir()):
        message = f"{options.out} is not empty: name a new folder, so that nothing is mixed"
        raise WrongCommand(message)
    with closing(assemble(read_settings())) as daymark:
        at, position = datetime.now(UTC), daymark.log.head()
        replay = history(
            daymark.log,
            known_child(daymark, options.child),
            authority=daymark.authority(),
            as_of=options.as_of,
            known_at=options.known_at,
        )
        files = export(replay, judged(daymark.log, replay, at), Taken(options.by, at, position))
    options.out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (options.out / name).write_bytes(content)
    print(f"{len(files)} files are in {options.out}.")
    print(manifest_said(files[MANIFEST]))
    return DONE


def verify(options: Options) -> int:
    """Compare the files of an export with its manifest."""
    found = differences(options.verify)
    for sentence in found:
        print(sentence)
    if not found:
        print("Every file is as it was exported.")
    print(manifest_said((options.verify / MANIFEST).read_bytes()))
    return LOOK if found else DONE


def manifest_said(content: bytes) -> str:
    """The hash of the manifest itself, which somebody keeps elsewhere."""
    return f"SHA-256 of the manifest, to be kept elsewhere: {hashlib.sha256(content).hexdigest()}"
