"""`daymark drill`: a trial in which something is tried on purpose, and what was found."""

import argparse
import inspect
import json
import logging
import os
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Final

import structlog

import drills
from commands.printing import DONE, LOOK, WrongCommand, table
from drills.outcome import CannotRun

MUST_RUN: Final = "DAYMARK_TEST_DRILLS_MUST_RUN"
"""Set where a drill that cannot run is a failure."""


def drill(options: argparse.Namespace) -> int:
    """Run the drill of this name, and say in one line whether the promise held."""
    known = dict(every_drill())
    if options.name is None:
        rows = [(name, (found.__doc__ or "").partition("\n")[0]) for name, found in known.items()]
        table(("Drill", "What it proves"), rows, "There are no drills.")
        return DONE
    if options.name not in known:
        message = f"there is no drill {options.name}: `daymark drill` lists them"
        raise WrongCommand(message)
    module = known[options.name]
    asked = {
        "points": options.points,
        "seed": options.seed,
        "control": options.control or None,
        "store": options.store,
    }
    given = {name: value for name, value in asked.items() if value is not None}
    for name in given.keys() - inspect.signature(module.drill).parameters.keys():
        message = f"the drill {options.name} takes no --{name}"
        raise WrongCommand(message)
    # One line is asked for: what the parts log meanwhile is not it.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)
    try:
        found = module.drill(**given)
    except CannotRun as reason:
        print(f"{options.name}: SKIPPED: {reason}")
        return LOOK if os.environ.get(MUST_RUN) == "1" else DONE
    if options.json:
        print(json.dumps({"drill": found.drill, "passed": found.passed, **found.figures}))
    else:
        print(f"{found.drill}: {'passed' if found.passed else 'FAILED'}: {found.sentence}")
    return DONE if found.passed else LOOK


def every_drill() -> Iterator[tuple[str, ModuleType]]:
    """Each module in `drills/` that is one, under the name it is called by."""
    for one in sorted(pkgutil.iter_modules(drills.__path__), key=lambda one: one.name):
        module = import_module(f"drills.{one.name}")
        if hasattr(module, "drill"):
            yield one.name.replace("_", "-"), module
