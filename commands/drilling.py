"""`daymark drill`: a trial in which something is tried on purpose, and what was found."""

import argparse
import json
import logging
from importlib import import_module
from importlib.util import find_spec

import structlog

from commands.printing import LOOK, WrongCommand


def drill(options: argparse.Namespace) -> int:
    """Run the drill of this name, and say in one line whether the promise held."""
    name = str(options.name).replace("-", "_")
    if not name.isidentifier() or find_spec(f"drills.{name}") is None:
        message = f"there is no drill {options.name}"
        raise WrongCommand(message)
    module = import_module(f"drills.{name}")
    if not hasattr(module, "drill"):
        message = f"there is no drill {options.name}"
        raise WrongCommand(message)
    # One line is asked for: what the parts log meanwhile is not it.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    found = module.drill()
    if options.json:
        print(json.dumps({"drill": found.drill, "passed": found.passed, **found.figures}))
    else:
        print(f"{found.drill}: {'passed' if found.passed else 'FAILED'}: {found.sentence}")
    return 0 if found.passed else LOOK
