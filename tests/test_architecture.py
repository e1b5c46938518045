"""The rooms of the house, who may open which door, and what the customer asked to find inside."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from detect_secrets.core.plugins.initialize import from_plugin_classname
from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import transient_settings
from importlinter.cli import lint_imports

from domain.child_episode import ChildEpisode
from domain.code_sets import CODE_SETS
from domain.facts.vocabulary import FACTS

ROOT = Path(__file__).parent.parent
SETTINGS: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

TRACKED = [
    ROOT / name
    for name in subprocess.run(
        # A checkout that another user made is as good as our own for reading names.
        ["git", "-c", "safe.directory=*", "ls-files", "-co", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    if (ROOT / name).is_file()
]
"""Every file that is committed, or would be by the next commit."""

ROOMS = {"domain", "store", "workflows", "activities", "projections", "formats", "web"}
PROCESSES = {
    "assembly.py", "cli.py", "dispatcher.py", "letterbox.py", "projector.py", "reconciler.py",
    "server.py", "settings.py", "supervisor.py", "telemetry.py", "worker.py",
}  # fmt: skip
PROCESS_ROOMS = {"commands", "drills"}
"""What `cli.py` runs: each module is imported only when its word is typed, so that help comes at once."""

BESIDE_THE_CODE = {
    ".ci", ".gitignore", ".pre-commit-config.yaml", "CHANGELOG.md", "CONTRIBUTING.md", "Makefile",
    "README.md", "SECURITY.md", "benchmarks", "deploy", "docs", "pyproject.toml",
    "requirements.txt", "tests",
}  # fmt: skip
ASKED_FOR = {
    "domain", "workflows", "activities", "projections", "worker.py", "tests", "deploy",
    "pyproject.toml",
}  # fmt: skip
PACKAGES = {
    "eventsourcing": "eventsourcing",
    "opentelemetry-sdk": "opentelemetry.sdk",
    "pydantic": "pydantic",
    "structlog": "structlog",
    "temporalio": "temporalio",
}
SIX_FACTS = {
    "contact-received", "referral-received", "strategy-meeting-held", "plan-started",
    "missing-episode-started", "return-interview-held",
}  # fmt: skip
NAMED_FOR_NOTHING = re.compile(
    r"(^|_)(common|core|helpers?|managers?|misc|services?|shared|utils?)(_|$)"
)

REGISTRY = re.compile(
    r"py[p]i\.org|python[h]osted|registry\.np[m]js|registry\.yar[n]pkg|deb\.de[b]ian|archive\.ub[u]ntu"
)
OF_ONE_MACHINE = re.compile(r"(?<![\w.~])/(?:root|Users|home/\w+|work|tmp)/")
MADE_BY_A_PERSON = {".md", ".py", ".toml", ".yaml", ".yml", ".html", ".jinja", ".css", ""}

MADE_UP = re.compile(r"password|secret-\d")
"""How a page shows where a password would stand, and how a test names one."""


SHAPES_OF_SECRETS: Final[list[Any]] = [
    from_plugin_classname(name)
    for name in (
        "AWSKeyDetector", "BasicAuthDetector", "GitHubTokenDetector", "JwtTokenDetector",
        "PrivateKeyDetector", "SendGridDetector", "SlackDetector", "StripeDetector",
    )
]  # fmt: skip


def python_files(*rooms: str) -> list[Path]:
    """Every Python file of these rooms, or of the whole shipped product."""
    if rooms:
        return [path for room in rooms for path in sorted((ROOT / room).rglob("*.py"))]
    return python_files(*sorted(ROOMS | PROCESS_ROOMS)) + [
        ROOT / name for name in sorted(PROCESSES) if (ROOT / name).exists()
    ]


@cache
def imported(path: Path) -> frozenset[str]:
    """The dotted name of everything a file imports."""
    return frozenset(names_imported(ast.parse(path.read_text(encoding="utf-8"))))


def names_imported(tree: ast.Module) -> Iterator[str]:
    """The same of what was read already."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def nodes_of_what_says(path: Path, words: str) -> Iterator[ast.AST]:
    """Everything in a Python file, if these words stand in it: most files need not be taken apart."""
    text = path.read_text(encoding="utf-8")
    return ast.walk(ast.parse(text)) if words in text else iter(())


def text_of(path: Path) -> str:
    """What a tracked file says; a picture or other binary says nothing here."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_imports_keep_the_contracts() -> None:
    """Every contract in pyproject.toml is kept."""
    assert lint_imports(no_cache=True) == 0


def test_the_contracts_cover_every_room() -> None:
    """A room nobody wrote a contract for could import anything."""
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")}

    assert rooms == ROOMS | PROCESS_ROOMS
    assert set(SETTINGS["tool"]["importlinter"]["root_packages"]) == ROOMS


def test_the_contracts_name_every_process() -> None:
    """A process that no contract names could be imported by a room."""
    (contract,) = [
        contract
        for contract in SETTINGS["tool"]["importlinter"]["contracts"]
        if contract["name"].startswith("Nothing imports a process")
    ]

    processes = {name.removesuffix(".py") for name in PROCESSES}

    assert set(contract["forbidden_modules"]) == processes | PROCESS_ROOMS
    assert {path.name for path in ROOT.glob("*.py")} == PROCESSES


def test_the_domain_needs_only_python_and_pydantic() -> None:
    """An allow-list: a library nobody has thought of yet is refused too."""
    allowed = {"domain", "pydantic", *sys.stdlib_module_names}
    found = {name.split(".")[0] for path in python_files("domain") for name in imported(path)}

    assert found <= allowed


def test_the_domain_opens_no_file_and_asks_no_time() -> None:
    """The pure heart is given text and time, so the same facts always give the same answer."""
    effects = {"os", "pathlib", "socket", "sqlite3", "subprocess", "time", "random", "secrets"}
    found = {name.split(".")[0] for path in python_files("domain") for name in imported(path)}
    opened = [
        path.name
        for path in python_files("domain")
        if re.search(r"(?<![\w.])open\(|\.now\(|\.today\(", path.read_text(encoding="utf-8"))
    ]

    assert found & effects == set()
    assert opened == []


def test_workflows_import_only_what_replays_the_same() -> None:
    """The sandbox does not guard what it passes through, so workflows import almost nothing."""
    allowed = {
        "activities",
        "asyncio",
        "collections",
        "contextlib",
        "datetime",
        "temporalio",
        "typing",
    }
    found = {
        name.split(".")[0]
        for path in what_replays()
        for name in imported(path)
        if not name.startswith("workflows.")
    }

    assert found <= allowed


def what_replays() -> set[Path]:
    """Every file that defines a workflow, and what of their own room these import."""
    waiting = [
        path
        for path in python_files("workflows")
        if "@workflow.defn" in path.read_text(encoding="utf-8")
    ]
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path not in found and path.exists():
            found.add(path)
            ours = (name for name in imported(path) if name.startswith("workflows."))
            waiting += [ROOT / f"{name.replace('.', '/')}.py" for name in ours]
    return found


def test_only_the_log_opens_sqlite() -> None:
    """Two homes for SQLite would be two ideas of what durable means."""
    found = [
        str(path.relative_to(ROOT))
        for path in python_files(*sorted(ROOMS - {"store"}))
        if "sqlite3" in imported(path)
    ]

    assert found == []


def test_every_name_says_what_is_inside() -> None:
    """A room or file named for nothing fills with everything."""
    names = {part for path in TRACKED for part in (path.stem, path.parent.name)}

    assert [name for name in sorted(names) if NAMED_FOR_NOTHING.search(name)] == []


def test_nothing_lies_at_the_top_that_the_plan_does_not_name() -> None:
    """The top level is the map of the house."""
    top = {path.relative_to(ROOT).parts[0] for path in TRACKED}

    assert top <= ROOMS | PROCESSES | PROCESS_ROOMS | BESIDE_THE_CODE


def test_what_the_customer_named_is_there() -> None:
    """The folders and files of the customer's own list stand at the top level."""
    top = {path.relative_to(ROOT).parts[0] for path in TRACKED}

    assert top >= ASKED_FOR


@pytest.mark.parametrize(("package", "module"), PACKAGES.items())
def test_what_the_customer_chose_is_used(package: str, module: str) -> None:
    """Each library of the customer's list is a dependency, and the product imports it."""
    required = {re.split(r"[^\w-]", line)[0] for line in SETTINGS["project"]["dependencies"]}
    users = [
        path
        for path in python_files()
        if any(name == module or name.startswith(f"{module}.") for name in imported(path))
    ]

    assert package in required
    assert users != []


def test_the_aggregate_is_one_childs_episode() -> None:
    """The aggregate carries the name the customer gave it and stands in its own file."""
    assert ChildEpisode.__module__ == "domain.child_episode"


def test_the_six_facts_are_in_the_vocabulary() -> None:
    """The six facts that the customer named can be said, plan-started being the MACSE plan."""
    assert set(FACTS) >= SIX_FACTS
    assert "macse" in CODE_SETS["plan_kind"].labels


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_every_room_says_what_lives_there(room: str) -> None:
    """A package's `__init__.py` is a page of words and re-exports nothing."""
    tree = ast.parse((ROOT / room / "__init__.py").read_text(encoding="utf-8"))

    assert ast.get_docstring(tree)
    assert len(tree.body) == 1


def test_no_timescale_stands_in_code() -> None:
    """A number of days or hours stands once, beside its clause, in a policy pack."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}"
        for path in python_files("domain", "workflows", "projections", "web")
        for node in nodes_of_what_says(path, "timedelta")
        if isinstance(node, ast.Call) and spells_out_a_timescale(node)
    ]

    assert found == []


def spells_out_a_timescale(call: ast.Call) -> bool:
    """Whether a call says so many days or hours as a literal; one day is a step of the calendar."""
    if not ast.unparse(call.func).endswith("timedelta"):
        return False
    named = [word.value for word in call.keywords if word.arg in {"days", "hours", "weeks"}]
    return any(
        isinstance(value, ast.Constant) and value.value not in {0, 1}
        for value in [*call.args[:1], *named]
    )


def test_a_timescale_in_code_would_be_seen() -> None:
    """The guard above fails on what it guards against, and lets a calendar step pass."""
    planted = ast.parse("due = start + timedelta(days=15)").body[0]
    step = ast.parse("tomorrow = today + timedelta(days=1)").body[0]
    assert isinstance(planted, ast.Assign)
    assert isinstance(step, ast.Assign)
    assert isinstance(planted.value, ast.BinOp)
    assert isinstance(step.value, ast.BinOp)

    assert isinstance(planted.value.right, ast.Call)
    assert spells_out_a_timescale(planted.value.right)
    assert isinstance(step.value.right, ast.Call)
    assert not spells_out_a_timescale(step.value.right)


TITLED: Final = {
    "domain/words.py": {"timescale"},
    "activities/notices.py": {"self"},
    "commands/figures.py": {"figure", "one", "said"},
    "web/console/as_seen.py": {"each"},
    "web/console/children.py": {"told"},
    "web/console/clock.py": {"told"},
    "web/console/compare.py": {"first"},
    "web/console/export.py": {"told"},
    "web/console/missing.py": {"told"},
    "web/console/picture_words.py": {"one"},
    "web/console/pictures.py": {"told"},
    "web/console/timeliness.py": {"asked.figure", "found.figure", "one"},
    "web/description.py": {"NOT_FOUND", "kind"},
    "web/problems.py": {"kind", "self.kind"},
}
"""Whose titles a file reads: pages, figures, lines that hold one already said; a rule's in words.py alone."""


def test_only_the_words_read_the_title_of_a_timescale() -> None:
    """Everywhere else `say_title` says it, which labels a rule that is still to be confirmed."""
    read = {
        (str(path.relative_to(ROOT)), ast.unparse(node.value))
        for path in python_files()
        for node in nodes_of_what_says(path, ".title")
        if isinstance(node, ast.Attribute) and node.attr == "title"
    }

    assert read == {(path, whose) for path, named in TITLED.items() for whose in named}


def test_only_processes_and_the_store_ask_the_time() -> None:
    """The ban on asking the time and on making ids is lifted for them, tests and benchmarks alone."""
    banned = SETTINGS["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-api"]
    ignores = SETTINGS["tool"]["ruff"]["lint"]["per-file-ignores"]
    lifted = {place for place, rules in ignores.items() if "TID251" in rules}

    assert set(banned) >= {"datetime.datetime.now", "uuid.uuid4"}
    assert lifted <= {"tests/**", "benchmarks/**", "store/**"} | PROCESSES | {
        f"{room}/**" for room in PROCESS_ROOMS
    }


def test_nothing_is_left_out_of_the_tests() -> None:
    """A skipped test, a test expected to fail and a line out of coverage are promises not kept."""
    left_out = re.compile(r"pytest\.(mark\.)?(skip|xfail)|pragma: no cover|type: ignore(?!\[)")
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in TRACKED
        if path.suffix == ".py" and path != Path(__file__)
        for match in [left_out.search(text_of(path))]
        if match
    ]

    assert found == []


def test_no_file_of_others_is_committed() -> None:
    """Styles and scripts that set-up fetches stay out of the repository."""
    fetched = [path for path in TRACKED if "vendor" in path.relative_to(ROOT).parts]

    assert fetched == []


def test_no_file_names_a_package_registry() -> None:
    """Where packages come from is the machine's business, and differs behind a council's proxy."""
    found = [str(path.relative_to(ROOT)) for path in TRACKED if REGISTRY.search(text_of(path))]

    assert found == []


def test_no_file_names_a_place_on_one_machine() -> None:
    """A path that exists on one developer's machine works on no other."""
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in TRACKED
        if path.suffix in MADE_BY_A_PERSON and path != Path(__file__)
        for match in [OF_ONE_MACHINE.search(text_of(path))]
        if match
    ]

    assert found == []


def test_no_file_holds_a_secret() -> None:
    """Keys are made on the machine that uses them and never committed."""
    found = [
        f"{secret.filename}:{secret.line_number}: {secret.type}"
        for path in TRACKED
        if not path.name.startswith("requirements")
        for _, secret in secrets_in(path)
        if not MADE_UP.fullmatch(secret.secret_value or "")
    ]

    assert found == []


def secrets_in(path: Path) -> SecretsCollection:
    """What looks like a secret in one file, by shapes that only secrets have."""
    found = SecretsCollection()
    text = text_of(path)
    # The shapes are looked for in the whole text first: going line by line takes a hundred times as long.
    if any(True for shape in SHAPES_OF_SECRETS for _ in shape.analyze_string(text)):
        with transient_settings({"plugins_used": [shape.json() for shape in SHAPES_OF_SECRETS]}):
            found.scan_file(str(path))
    return found


@pytest.mark.parametrize(
    "secret",
    [
        "'postgresql://daymark:" + "hunter22hunter@db/daymark'",
        "-----BEGIN PRIVATE" + " KEY-----",
        "'AK" + "IAQYLPMN5HHHFPZAM2'",
        "'gh" + "p_wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'",
    ],
)
def test_a_secret_would_be_seen(tmp_path: Path, secret: str) -> None:
    """The guard above fails on what it guards against, wherever in a file it stands."""
    planted = tmp_path / "notes.py"
    planted.write_text(f"FIRST = 1\nPLANTED = {secret}\nLAST = 2\n", encoding="utf-8")

    assert list(secrets_in(planted)) != []
