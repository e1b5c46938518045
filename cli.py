"""The `daymark` command: what it understands, and how it ends.

Exit codes: 0 done; 1 something must be looked at; 2 the command was wrong.
A breach is an answer, not an error.
Every room is imported only by the command that needs it, so that help comes at once.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TypeAlias

from commands.printing import LOOK, WRONG, WrongCommand, day, instant, moment

PROCESSES = ("web", "worker", "dispatcher", "projector", "mailbox", "sample")
FORMATS = ("json-lines", "cin-census", "people")
COUNTED = ("ours", "one-day-stricter", "calendar-days", "closures")
CHILD = "the case system's reference"
ITSELF = "the authority itself: its own duties, and allegations about no known child"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; what goes wrong is one sentence."""
    words = parser()
    options, more = words.parse_known_args(argv)
    # Fields may stand anywhere among the words of `record`, which argparse alone does not allow.
    if more and not (hasattr(options, "fields") and all("=" in word[1:] for word in more)):
        words.error(f"unrecognized arguments: {' '.join(more)}")
    if more:
        options.fields += more
    module, function = options.run.split(":")
    try:
        return ended(int(getattr(import_module(module), function)(options)))
    except KeyboardInterrupt:
        return LOOK
    except BrokenPipeError:
        # Whoever read our lines has gone, as `head` does; nothing more can be said to them.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return LOOK
    except Exception as error:  # noqa: BLE001 -- an error that is not ours goes on its way
        return said(error)


def ended(code: int) -> int:
    """Say all that is still to be said while one can yet notice that whoever read it has gone."""
    sys.stdout.flush()
    return code


def said(error: Exception) -> int:
    """Say an error that is meant to be read, and give its exit code; any other is left to crash."""
    from domain.errors import DaymarkError  # noqa: PLC0415
    from supervisor import CannotStart  # noqa: PLC0415

    match error:
        case WrongCommand():
            code = WRONG
        case DaymarkError() | CannotStart():
            code = LOOK
        case OSError() if error.filename is not None:
            print(f"daymark: {error.filename}: {error.strerror}", file=sys.stderr)
            return LOOK
        case _:
            raise error
    print(f"daymark: {error}", file=sys.stderr)
    return code


class Release(argparse.Action):
    """Says which release this is; what knows it is asked for only then."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str) -> None:  # noqa: A002 -- argparse calls it so
        """Take no value, and leave nothing behind."""
        super().__init__(option_strings, dest, nargs=0, default=argparse.SUPPRESS, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Say it, and end well."""
        from importlib.metadata import version  # noqa: PLC0415

        print(f"daymark {version('daymark')}")
        parser.exit()


Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 -- argparse names it no other way


def parser() -> argparse.ArgumentParser:
    """The words the command understands."""
    daymark = argparse.ArgumentParser(
        prog="daymark",
        description="Keeps the clocks that protect children.",
        epilog="Every setting has a name that begins with DAYMARK_; `daymark doctor` lists them.",
        allow_abbrev=False,
    )
    daymark.add_argument("--version", action=Release, help="show which release this is, and end")
    commands = daymark.add_subparsers(required=True, metavar="COMMAND")
    for add in (running, telling, asking, promising, arranging, settling, living, caring):
        add(commands)
    return daymark


def command(
    commands: Commands, name: str, run: str, words: str, *, as_json: bool = False
) -> argparse.ArgumentParser:
    """One command, the module and function that do it, and what it is for."""
    found = commands.add_parser(name, help=words, description=f"{words}.", allow_abbrev=False)
    found.set_defaults(run=run)
    if as_json:
        found.add_argument("--json", action="store_true", help="one document and nothing else")
    return found


def group(commands: Commands, name: str, words: str) -> Commands:
    """A command that has commands of its own."""
    found = commands.add_parser(name, help=words, description=f"{words}.", allow_abbrev=False)
    return found.add_subparsers(required=True, metavar="WHAT")


def running(commands: Commands) -> None:
    """The commands that run the engine."""
    up = command(
        commands, "up", "commands.upkeep:up", "Start everything on this machine; Ctrl-C stops it"
    )
    up.add_argument("--demo", action="store_true", help="load a made-up authority")
    run = command(
        commands, "run", "commands.upkeep:run", "Run one process, as a service manager does"
    )
    run.add_argument("process", choices=PROCESSES, metavar="|".join(PROCESSES[:-1]))
    run.add_argument("--leash", action="store_true", help=argparse.SUPPRESS)


def telling(commands: Commands) -> None:
    """The commands that record facts."""
    facts = command(
        commands, "import", "commands.changes:import_files", "Record facts from files", as_json=True
    )
    facts.add_argument("files", metavar="FILE", type=Path, nargs="+")
    facts.add_argument("--format", choices=FORMATS, help="else seen from the content")
    facts.add_argument("--source", help="who states it, where the file does not say")
    facts.add_argument("--as-at", type=instant, metavar="T", help="when the file was extracted")
    fact = command(
        commands, "record", "commands.changes:record", "Record one fact by hand", as_json=True
    )
    fact.add_argument("fact", metavar="FACT", help="such as strategy-meeting-held")
    fact.add_argument("child", metavar="CHILD", nargs="?", help=CHILD)
    fact.add_argument("--authority", action="store_true", help="of no child: the authority’s own")
    fact.add_argument("fields", metavar="field=value", nargs="*")
    when = fact.add_mutually_exclusive_group()
    when.add_argument("--at", type=instant, metavar="T", help="the instant; now when not given")
    when.add_argument("--on", type=day, metavar="DAY", help="the day, where no time is known")
    fact.add_argument("--id", help="the fact's own id, so that a repeat is a duplicate")


def asking(commands: Commands) -> None:
    """The commands that answer questions."""
    for name, words in (
        ("clocks", "Every clock of a child or of the authority itself, with verdicts"),
        ("history", "What happened, one sentence per event"),
    ):
        asked = command(commands, name, f"commands.answers:{name}", words, as_json=True)
        whose(asked)
        looking_back(asked)
    why = command(
        commands, "explain", "commands.answers:explain", "Why a clock is where it is", as_json=True
    )
    why.add_argument("clock", metavar="CLOCK", help="its key, as `daymark clocks` shows it")
    looking_back(why)
    late = command(
        commands, "board", "commands.answers:board", "What is late and what is due", as_json=True
    )
    late.add_argument("--limit", type=int, default=1000, metavar="N", help="how many rows")
    looking_back(late)
    meeting(commands)
    auditing(commands)
    words = "The clocks that are nobody's, and who keeps that queue"
    command(commands, "unallocated", "commands.handing_over:queue", words, as_json=True)
    judging_again(commands)


def whose(asked: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Whose record a question is about: a child's, the authority's own, or one allegation in that."""
    found = asked.add_mutually_exclusive_group(required=required)
    found.add_argument("child", metavar="CHILD", nargs="?", help=CHILD)
    found.add_argument("--authority", action="store_true", help=ITSELF)
    found.add_argument("--allegation", metavar="REF", help="one of its allegations alone")


def meeting(commands: Commands) -> None:
    """The commands about panels and their sittings."""
    words = "When each panel sits, and when each agenda closes"
    dates = command(commands, "sittings", "commands.sittings:sittings", words, as_json=True)
    dates.add_argument("panel", metavar="PANEL", nargs="?", help="such as macse; else every panel")
    words = "Who is on the agenda of a sitting and why, and what is to be done"
    gone = "Who is missing, who is back, and of whom nothing is heard"
    away = command(commands, "missing", "commands.missing:missing", gone, as_json=True)
    looking_back(away)
    words_of = "How much was done in time, by quarter and team, and where each figure comes from"
    share = command(commands, "figures", "commands.figures:figures", words_of, as_json=True)
    share.add_argument("name", metavar="NAME", nargs="?", help="such as conferences; else a list")
    share.add_argument("--quarters", type=int, choices=(4, 8, 12), default=4, help="how far back")
    share.add_argument(
        "--from", type=day, metavar="D", dest="since", help="instead: the first day that counts"
    )
    share.add_argument("--to", type=day, metavar="D", help="the last day that counts; else today")
    share.add_argument("--team", metavar="TEAM", help="one team alone")
    for kind, what in (("csv", "a table"), ("xlsx", "a workbook"), ("pdf", "a page")):
        share.add_argument(f"--{kind}", type=Path, metavar="FILE", help=f"written as {what}")
    asked = command(commands, "agenda", "commands.sittings:the_agenda", words, as_json=True)
    asked.add_argument("panel", metavar="PANEL", help="such as macse")
    asked.add_argument("date", metavar="DATE", type=day, nargs="?", help="else the next sitting")
    looking_back(asked)


def auditing(commands: Commands) -> None:
    """The commands of an auditor."""
    words = "Write a history as files with a manifest, or verify such files"
    taken = command(commands, "export", "commands.exporting:export_history", words)
    whose(taken, required=False)
    taken.add_argument("--out", type=Path, metavar="DIR", help="a new or empty folder")
    taken.add_argument("--by", metavar="PERSON", help="who takes it")
    taken.add_argument("--purpose", metavar="CODE", help="why: audit, case, oversight, complaint …")
    taken.add_argument(
        "--verify", type=Path, metavar="DIR", help="compare files with their manifest"
    )
    looking_back(taken)
    words = "Two moments of a record compared: what became known, and what that changed"
    both = command(commands, "compare", "commands.two_moments:compare", words, as_json=True)
    whose(both)
    for name, which in (("", "first"), ("and-", "second")):
        known = f"the {which} moment: what was known by then"
        both.add_argument(
            "--known-at" if not name else "--and",
            type=moment, metavar="T", required=not name,
            dest=f"{name}known_at".replace("-", "_"),
            help=known if not name else f"{known}; now where it is left out",
        )  # fmt: skip
        both.add_argument(
            f"--{name}as-of", type=moment, metavar="T",
            help=f"the {which} moment: what had happened by then; else by what was known",
        )  # fmt: skip
    words = "The board as one person could see it then, and what had reached them"
    seen = command(commands, "as-seen", "commands.exporting:as_seen_then", words, as_json=True)
    seen.add_argument("person", metavar="PERSON", help="as the people file names them")
    seen.add_argument("--at", type=moment, metavar="T", required=True, help="the moment")
    seen.add_argument("--limit", type=int, default=1000, metavar="N", help="how many rows")


def judging_again(commands: Commands) -> None:
    """The command that judges history by another pack, calendar or way of counting."""
    words = "History judged again another way: who would flip, and the work of each week"
    asked = command(commands, "what-if", "commands.comparing:what_if_command", words, as_json=True)
    asked.add_argument("--policy", type=Path, metavar="PATH", help="a pack, or files laid over it")
    asked.add_argument("--calendar", type=Path, metavar="FILE", help="another calendar")
    asked.add_argument("--convention", choices=COUNTED, help="another way of counting")
    asked.add_argument(
        "--conventions", action="store_true", help="every way of counting, beside ours"
    )
    asked.add_argument("--closures", type=Path, metavar="FILE", help="shut-down days: date,name")
    first, last = date(2012, 1, 2), date(2100, 1, 1)
    for name, default, what in (("from", first, "first"), ("to", last, "last")):
        asked.add_argument(
            f"--{name}", type=day, default=default, dest=f"{name}_day", metavar="D",
            help=f"clocks that start: the {what} day",
        )  # fmt: skip


def looking_back(asked: argparse.ArgumentParser) -> None:
    """The two moments of a question about the past; either may be left out."""
    asked.add_argument("--as-of", type=moment, metavar="T", help="as it was then")
    asked.add_argument("--known-at", type=moment, metavar="T", help="as it was known then")


def promising(commands: Commands) -> None:
    """The commands by which a manager answers."""
    words = "Promise to deal with what is late: put off (snooze) who is told next, up to a day"
    promise = command(commands, "acknowledge", "commands.changes:acknowledge", words, as_json=True)
    promise.add_argument("escalation", metavar="ESCALATION", help="as `daymark board` shows it")
    promise.add_argument("--owner", required=True, metavar="PERSON", help="who deals with it")
    bound = "by when; what is further off than the rules allow is refused, naming the last day"
    promise.add_argument("--until", required=True, type=day, metavar="DAY", help=bound)
    promise.add_argument("--reason", required=True, metavar="CODE", help="why it is late")
    promise.add_argument("--note", help="free text, sealed before it is stored")
    promise.add_argument("--by", metavar="PERSON", help="who promises; the owner when not given")
    words = "Hand a clock over to another owner, up to a day"
    given = command(commands, "reassign", "commands.handing_over:reassign", words, as_json=True)
    given.add_argument("clock", metavar="CLOCK", help="its key, as `daymark clocks` shows it")
    given.add_argument("--to", required=True, metavar="PERSON", help="who answers for it")
    given.add_argument("--until", required=True, type=day, metavar="DAY", help="the last day")
    given.add_argument("--reason", required=True, metavar="CODE", help="why it is handed over")
    given.add_argument("--by", required=True, metavar="PERSON", help="who hands it over")
    given.add_argument("--note", help="free text, sealed before it is stored")


def arranging(commands: Commands) -> None:
    """The commands that say which systems speak and who is told."""
    sources = group(commands, "sources", "Which systems may send facts")
    for name, words in (
        ("add", "Let a system send facts; its token is shown once"),
        ("rotate", "Give a system a new token; the old one ends"),
        ("revoke", "End a system's token"),
    ):
        one = command(sources, name, f"commands.changes:{name}_source", words)
        one.add_argument("source", metavar="SOURCE")
    command(
        sources, "list", "commands.changes:list_sources", "Every system that may send", as_json=True
    )
    people = group(commands, "people", "Who is told")
    staff = command(people, "import", "commands.changes:import_people", "Take in the people file")
    staff.add_argument("file", metavar="FILE", type=Path)


def settling(commands: Commands) -> None:
    """The commands by which an authority settles and adopts its timescales."""
    words = "What must be settled: the form to fill in, or what a filled one would change"
    form = command(commands, "settle", "commands.adopting:settle", words, as_json=True)
    form.add_argument("file", metavar="FILE", type=Path, nargs="?", help="a filled settled.toml")
    form.add_argument("--form", action="store_true", help="write the form, with all its questions")
    adopt = group(commands, "adopt", "Let timescales or a calendar come into force")
    words = "Adopt the timescales in use here for what starts from a day on"
    pack = command(adopt, "policy", "commands.adopting:adopt_policy", words, as_json=True)
    pack.add_argument(
        "--from", dest="first", type=day, metavar="DAY", help="else as the form says, else today"
    )
    words = "Adopt a calendar of working days, or school terms, for every clock still open"
    calendar = command(adopt, "calendar", "commands.adopting:adopt_calendar", words, as_json=True)
    calendar.add_argument("file", metavar="FILE", type=Path, nargs="?", help="else the shipped one")
    for one in (pack, calendar):
        one.add_argument("--by", required=True, metavar="PERSON", help="who adopts it")
        one.add_argument("--reason", required=True, metavar="TEXT", help="why, sealed when stored")


def living(commands: Commands) -> None:
    """The commands by which an authority goes live, rule by rule and team by team."""
    golive = group(commands, "golive", "Which rules are told in which teams, and the way there")
    words = "Every rule: told or in shadow, who decided it and when"
    command(golive, "status", "commands.going_live:status", words, as_json=True)
    on = command(
        golive, "on", "commands.going_live:switch_on", "Tell people of a rule", as_json=True
    )
    on.add_argument(
        "--from",
        dest="first",
        type=day,
        metavar="DAY",
        help="the first day; at once when not given",
    )
    amnesty = on.add_mutually_exclusive_group(required=True)
    amnesty.add_argument(
        "--amnesty", type=day, metavar="DAY", help="the last day on which the backlog is not told"
    )
    amnesty.add_argument("--no-amnesty", action="store_true", help="the backlog is told at once")
    words = "Put a rule in shadow, at once: its ladders stop"
    off = command(golive, "off", "commands.going_live:switch_off", words, as_json=True)
    for one in (on, off):
        one.add_argument("rule", metavar="RULE", help="such as missing-strategy-72h; or all")
        one.add_argument("--team", metavar="TEAM", help="else in every team")
        one.add_argument("--by", required=True, metavar="PERSON", help="who decides it")
        one.add_argument("--reason", required=True, metavar="TEXT", help="why, sealed when stored")
    words = "What is late and told to nobody yet, of each team"
    backlog = command(golive, "backlog", "commands.going_live:backlog", words, as_json=True)
    backlog.add_argument("--team", metavar="TEAM", help="else of every team")
    backlog.add_argument("--csv", type=Path, metavar="FILE", help="write the list there too")
    words = "What today's tracker says beside what Daymark says"
    asked = command(golive, "compare", "commands.tracker:compare", words, as_json=True)
    asked.add_argument("file", metavar="FILE", type=Path, help="the tracker's extract, a CSV file")
    asked.add_argument("--names", type=Path, metavar="FILE", help="its columns and rules (TOML)")
    asked.add_argument("--csv", type=Path, metavar="FILE", help="write the rows there too")
    words = "keep today's counts, so that the going-live page shows how they change"
    asked.add_argument("--keep", action="store_true", help=words)


def caring(commands: Commands) -> None:
    """The commands of an operator."""
    asked = command(
        commands, "drill", "commands.drilling:drill", "Try a promise on purpose", as_json=True
    )
    asked.add_argument("name", metavar="NAME", nargs="?", help="which drill; none lists them")
    asked.add_argument("--points", type=int, metavar="N", help="how often, else a short trial")
    asked.add_argument(
        "--seed", type=int, metavar="N", help="what chance begins with, to have its choices again"
    )
    asked.add_argument(
        "--control", action="store_true", help="plant the fault, which must then be found"
    )
    asked.add_argument(
        "--store", choices=("sqlite", "postgresql"), help="in files, or on a PostgreSQL of its own"
    )
    rebuild = group(commands, "rebuild", "Make again what was made of the log")
    command(rebuild, "projections", "commands.upkeep:rebuild_projections", "Make the board again")
    command(rebuild, "workflows", "commands.upkeep:rebuild_workflows", "Start every wait again")
    words = "What is set, and whether it works"
    looked = command(commands, "doctor", "commands.upkeep:doctor", words, as_json=True)
    looked.add_argument(
        "--unsettled",
        action="store_true",
        help="each question at its default, each rule that is off",
    )
    words = "Make the keys and tables that are missing"
    tables = command(commands, "migrate", "commands.upkeep:migrate", words)
    tables.add_argument(
        "--role", metavar="ROLE", help="give a PostgreSQL role what the processes need, no more"
    )
    tables.add_argument("--vault-role", metavar="ROLE", help="the vault's own role, else the same")
    tables.add_argument(
        "--to", metavar="ADDRESS", help="copy everything to PostgreSQL, and compare both sides"
    )
    tables.add_argument("--vault-to", metavar="ADDRESS", help="the vault's own, else the same")
    tables.add_argument(
        "--gone",
        metavar="SERVER",
        action="append",
        default=[],
        help="a server that is gone for good, for whose processes --to need not wait",
    )
    words = "Let the workers of this release run every workflow"
    command(commands, "promote", "commands.waiting:promote", words)
    keys = group(commands, "keys", "The keys that seal what Temporal holds")
    words = "Seal under a new key from now on; old ones stay for reading"
    command(keys, "rotate", "commands.waiting:rotate_keys", words)
    words = "Which keys there are, by name"
    command(keys, "list", "commands.waiting:list_keys", words, as_json=True)


if __name__ == "__main__":
    sys.exit(main())
