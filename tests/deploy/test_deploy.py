"""What a server is given is well formed, agrees with the code, and each check of it can fail.

No container engine and no running systemd is needed: deploy/README.md says what that leaves open.
"""

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from cli import parser
from projections.trust import KINDS
from settings import PREFIX, STANDARD, Settings
from telemetry import NEXT

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
OURS = [unit for unit in SERVICES if unit.name != "daymark-backup.service"]
"""Those that run as our user; the backup runs as the database's."""
SCRIPTS = Path(sysconfig.get_path("scripts"))
PROCESSES = {"web", "worker", "dispatcher", "projector"}


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run one checker and keep what it says."""
    return subprocess.run(command, check=False, capture_output=True, text=True)


def container_file(path: Path) -> subprocess.CompletedProcess[str]:
    """Hadolint's opinion of a container file."""
    return run(SCRIPTS / "hadolint", "--config", DEPLOY / "hadolint.yaml", path)


def compose_schema(path: Path) -> subprocess.CompletedProcess[str]:
    """Whether a compose file is what the published schema allows."""
    return run(SCRIPTS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", path)


def yaml_style(path: Path) -> subprocess.CompletedProcess[str]:
    """Whether a YAML file says each key once and is laid out like the others."""
    return run(SCRIPTS / "yamllint", "--strict", "-c", DEPLOY / "yamllint.yaml", path)


def compose() -> dict[str, Any]:
    """The compose file with its anchors resolved."""
    read: dict[str, Any] = YAML(typ="safe").load(DEPLOY / "compose.yaml")
    return read


def unit(path: Path) -> Mapping[str, Mapping[str, str]]:
    """The sections of a unit; a line that is no setting, or a setting said twice, is an error."""
    parser = configparser.ConfigParser(interpolation=None, strict=True, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(path.read_text(encoding="utf-8"), source=path.name)
    return {name: dict(parser[name]) for name in parser.sections()}


def examples(text: str) -> dict[str, str]:
    """Every setting an environment file names, those commented out as an example included."""
    found = re.findall(rf"^(?:# )?((?:{PREFIX}|OTEL_)[A-Z_]+)=(.*)$", text, re.MULTILINE)
    # As systemd and compose read them, which take quotes around a value away.
    return {name: value.strip('"') for name, value in found}


def test_the_container_file_is_sound() -> None:
    """Hadolint finds nothing, not even a hint."""
    checked = container_file(DEPLOY / "Dockerfile")

    assert checked.stdout + checked.stderr == ""
    assert checked.returncode == 0


def test_a_broken_container_file_would_be_seen(tmp_path: Path) -> None:
    """A floating base image fails the check above."""
    broken = tmp_path / "Dockerfile"
    broken.write_text((DEPLOY / "Dockerfile").read_text().replace("3.11-slim-bookworm", "latest"))

    assert container_file(broken).returncode != 0


def test_the_container_does_not_run_as_root() -> None:
    """The last stage names its user by number, so that an orchestrator can see it is not root."""
    last = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").split("\nFROM ")[-1]
    (user,) = re.findall(r"^USER (\d+):\d+$", last, re.MULTILINE)

    assert int(user) > 0
    assert re.search(r'^ENTRYPOINT \["daymark"\]$', last, re.MULTILINE)


def test_the_container_has_only_pinned_packages() -> None:
    """Everything installed is either hash-locked or our own wheel, taken from no network."""
    installs = re.findall(r"pip install (.*)", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"))

    assert len(installs) == 2
    assert all("--no-deps" in install for install in installs)
    assert "--require-hashes" in installs[0]
    assert "--no-index" in installs[1]


def test_the_compose_file_is_sound() -> None:
    """It is what the published schema allows, and reads well."""
    schema = compose_schema(DEPLOY / "compose.yaml")
    style = yaml_style(DEPLOY / "compose.yaml")

    assert (schema.returncode, schema.stderr) == (0, "")
    assert (style.returncode, style.stdout) == (0, "")


def test_a_broken_compose_file_would_be_seen(tmp_path: Path) -> None:
    """A misspelt word fails the schema, and a key said twice fails the style."""
    misspelt, twice = tmp_path / "misspelt.yaml", tmp_path / "twice.yaml"
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    misspelt.write_text(text.replace("restart: unless-stopped", "restarts: unless-stopped"))
    twice.write_text(text + "\nname: daymark\n")

    assert compose_schema(misspelt).returncode != 0
    assert yaml_style(twice).returncode != 0


def test_compose_starts_every_process() -> None:
    """Each process of a server has a service of its own, two of each, after the tables are made."""
    services = compose()["services"]
    commands = {name: service.get("command") for name, service in services.items()}

    assert {tuple(commands[name]) for name in PROCESSES} == {("run", name) for name in PROCESSES}
    assert commands["migrate"] == [
        *("migrate", "--role", "daymark_service", "--vault-role", "daymark_vault")
    ]
    assert all("migrate" in services[name]["depends_on"] for name in PROCESSES)
    assert {services[name]["deploy"]["replicas"] for name in PROCESSES} == {2}


def test_compose_asks_every_server_how_it_is() -> None:
    """Whatever is to stay up has a health check, and what waits for it waits for its health."""
    services = compose()["services"]
    once = {"migrate", "temporal-schema", "temporal-namespace", "collector"}
    awaited = {
        (waited, how["condition"])
        for service in services.values()
        for waited, how in service.get("depends_on", {}).items()
    }

    assert {name for name, one in services.items() if "healthcheck" not in one} == once
    assert {how for waited, how in awaited if waited in once} == {"service_completed_successfully"}
    assert {how for waited, how in awaited if waited not in once} == {"service_healthy"}


def test_compose_looks_where_the_processes_show_themselves() -> None:
    """The ports of the health checks are those that the code gives each process."""
    services = compose()["services"]
    first = int(services["worker"]["environment"]["DAYMARK_METRICS"].rsplit(":")[-1])
    looked = {
        name: int(re.findall(r":(\d+)/metrics", services[name]["healthcheck"]["test"][-1])[0])
        for name in NEXT
    }

    assert looked == {name: first + more for name, more in NEXT.items()}


@pytest.mark.parametrize(
    ("setting", "role"),
    [("DAYMARK_DATABASE", "//daymark_service:"), ("DAYMARK_VAULT", "//daymark_vault:")],
)
def test_compose_lets_only_migrate_connect_as_the_owner(setting: str, role: str) -> None:
    """The processes may add to the log and open the vault, and change nothing in either."""
    services = compose()["services"]
    addresses = {name: services[name]["environment"][setting] for name in PROCESSES | {"migrate"}}

    assert {name for name, address in addresses.items() if "//daymark:" in address} == {"migrate"}
    assert {name for name, address in addresses.items() if role in address} == PROCESSES


def test_compose_gives_each_role_the_password_that_its_script_asks_for() -> None:
    """A secret that is not there would stop the database when its volume is fresh."""
    read = compose()
    script = (DEPLOY / "postgresql" / "make-roles").read_text(encoding="utf-8")
    asked = set(re.findall(r"/run/secrets/(\w+)", script))

    assert asked == {"service_password", "vault_password"}
    assert asked <= set(read["services"]["postgres"]["secrets"])
    assert asked <= set(read["secrets"])


def addresses_in(text: str, setting: str) -> set[tuple[str, str]]:
    """Whom a text lets connect, and to which database, by a setting."""
    return set(re.findall(rf"{setting}=postgresql://(\w+):\w+@[\w.]+/(\w+)$", text, re.MULTILINE))


@pytest.mark.parametrize("place", ["README.md", "compose.yaml"])
def test_the_vault_has_a_database_and_a_role_of_its_own(place: str) -> None:
    """Whoever can read the log cannot open what it seals, however Daymark was put on its servers."""
    text = (DEPLOY / place).read_text(encoding="utf-8").replace("OWNER=", "DAYMARK_DATABASE=")
    text = text.replace("VAULT_DAYMARK_DATABASE=", "DAYMARK_VAULT=")
    script = (DEPLOY / "postgresql" / "make-roles").read_text(encoding="utf-8")

    assert addresses_in(text, "DAYMARK_DATABASE") == {
        ("daymark_service", "daymark"),
        ("daymark", "daymark"),
    }
    assert addresses_in(text, "DAYMARK_VAULT") == {("daymark_vault", "vault"), ("daymark", "vault")}
    assert set(re.findall(r"CREATE ROLE (\w+)", script)) == {"daymark_service", "daymark_vault"}
    assert re.findall(r"CREATE DATABASE (\w+)", script) == ["vault"]


def test_the_readme_lets_migrate_give_both_roles_their_rights() -> None:
    """The line that a unit is given is a command of ours, and names the roles that were made."""
    text = (DEPLOY / "README.md").read_text(encoding="utf-8")
    (words,) = re.findall(r"^    ExecStart=/opt/daymark/bin/daymark (.+)$", text, re.MULTILINE)
    asked = parser().parse_args(words.split())

    assert (asked.role, asked.vault_role) == ("daymark_service", "daymark_vault")


def test_compose_mounts_only_what_is_here() -> None:
    """A misspelt path would be made as an empty folder, in silence."""
    mounted = {
        volume.split(":")[0]
        for service in compose()["services"].values()
        for volume in service.get("volumes", [])
        if volume.startswith("./")
    }

    assert mounted != set()
    assert [path for path in mounted if not (DEPLOY / path).exists()] == []


def test_compose_opens_nothing_to_the_network() -> None:
    """Whatever is published is published to this machine alone."""
    published = [
        port for service in compose()["services"].values() for port in service.get("ports", [])
    ]

    assert published != []
    assert [port for port in published if not port.startswith("127.0.0.1:")] == []


def test_compose_keeps_every_process_small() -> None:
    """No process of ours may write its root, gain a privilege or keep a capability."""
    services = compose()["services"]

    for name in PROCESSES | {"migrate"}:
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["security_opt"] == ["no-new-privileges:true"]


def test_compose_pins_every_image() -> None:
    """An image without a version would change under the council's feet."""
    images = {service["image"] for service in compose()["services"].values()}

    assert [image for image in images if not re.search(r":\d+\.\d+", image)] == []


def test_compose_sets_only_settings_there_are() -> None:
    """A misspelt setting would be refused at the start, which is late."""
    known = {PREFIX + field.upper() for field in Settings.model_fields} | set(STANDARD)
    given = {
        name for service in PROCESSES for name in compose()["services"][service]["environment"]
    }

    assert given <= known


def hardening(path: Path) -> dict[str, str]:
    """What a unit may not do."""
    service = unit(path)["Service"]
    kinds = ("Protect", "Private", "Restrict", "System")
    return {
        key: value
        for key, value in service.items()
        if key.startswith(kinds) and key not in {"Restart", "RestartSec"}
    }


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_each_unit_is_sound(path: Path) -> None:
    """Every unit reads as one, starts ours as no root, and is hardened like the others."""
    service = unit(path)["Service"]

    assert service["User"] == ("daymark" if path in OURS else "postgres")
    assert service["ExecStart"].startswith("/opt/daymark/")
    assert service["NoNewPrivileges"] == "yes"
    assert service["CapabilityBoundingSet"] == ""
    assert len(hardening(path)) >= 12
    assert hardening(path) == hardening(SERVICES[0])


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_each_unit_of_ours_has_the_settings(path: Path) -> None:
    """One file of settings, for every process."""
    assert unit(path)["Service"]["EnvironmentFile"] == "/etc/daymark/environment"


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_units_start_what_there_is(path: Path) -> None:
    """The command of each unit is one of ours, of Temporal, or a script of this folder."""
    program, *words = unit(path)["Service"]["ExecStart"].split()
    place = program.removeprefix("/opt/daymark/")
    if place == "bin/daymark":
        assert parser().parse_args(words).run.startswith("commands.")
    else:
        assert place == "bin/temporal" or (DEPLOY / place).is_file()


def test_the_target_starts_every_process() -> None:
    """One name starts and stops the lot, and every unit belongs to it."""
    wanted = set(unit(DEPLOY / "systemd" / "daymark.target")["Unit"]["Wants"].split())

    assert wanted == {path.name for path in OURS} - {"daymark-migrate.service"}
    assert wanted >= {f"daymark-{name}.service" for name in PROCESSES}
    assert {unit(path)["Unit"]["PartOf"] for path in OURS} == {"daymark.target"}
    assert all(int(unit(path)["Service"].get("TimeoutStopSec", 30)) > 20 for path in OURS)


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_units_wait_only_for_units_there_are(path: Path) -> None:
    """A misspelt unit in After= is ignored by systemd in silence."""
    words = " ".join(unit(path)["Unit"].values()).split()
    ours = {word for word in words if word.startswith("daymark") and "." in word}

    assert ours <= {path.name for path in UNITS}


def written_to(path: Path) -> set[str]:
    """The folders that a unit may write, and that systemd does not make: it fails where one is missing."""
    return set(unit(path)["Service"].get("ReadWritePaths", "").split())


def named_by(path: Path) -> set[str]:
    """Every folder in which a unit looks for something, and that systemd does not make for it."""
    service = unit(path)["Service"]
    state = f"/var/lib/{service['StateDirectory']}" if "StateDirectory" in service else ""
    files = [service["ExecStart"].split()[0], service.get("EnvironmentFile", "")]
    told = dict(word.split("=", 1) for word in service.get("Environment", "").split())
    folders = {str(Path(file).parent) for file in files if file}
    folders |= {service.get("WorkingDirectory", ""), told.get("BACKUP_FOLDER", "")}
    return (folders | written_to(path)) - {"", state}


def made_by(text: str) -> dict[str, str]:
    """Every folder that the commands of a page make, with whose it is."""
    made = {
        f"{place}/bin": "root"
        for place in re.findall(r"^    .+ -m venv (\S+)$", text, re.MULTILINE)
    }
    for line in re.findall(r"^    install (.+)$", text, re.MULTILINE):
        words = shlex.split(line)
        given = dict(word.split("=", 1) for word in words if "=" in word)
        if "--directory" in words:
            made[words[-1]] = given.get("--owner", "root")
        elif "-D" in words:
            made[given.get("--target-directory", str(Path(words[-1]).parent))] = "root"
    return made


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_the_readme_makes_every_folder_that_a_unit_names(path: Path) -> None:
    """A unit that may write a folder which nobody made does not start, and whoever waits for it waits on."""
    made = made_by((DEPLOY / "README.md").read_text(encoding="utf-8"))

    assert named_by(path) <= set(made)
    assert {made[folder] for folder in written_to(path)} <= {unit(path)["Service"]["User"]}


def test_a_folder_that_nobody_makes_would_be_seen() -> None:
    """The control: the page without the step that makes the folder of the copies."""
    text = (DEPLOY / "README.md").read_text(encoding="utf-8")
    without = re.sub(r"^    install --directory .+$", "", text, flags=re.MULTILINE)
    backup = DEPLOY / "systemd" / "daymark-backup.service"

    assert named_by(backup) - set(made_by(without)) == {"/var/backups/daymark"}


def test_postgresql_archives_with_what_the_readme_installs() -> None:
    """Each script of the folder that a server calls lies where its settings and its unit say."""
    text = (DEPLOY / "README.md").read_text(encoding="utf-8")
    (installed,) = re.findall(
        r"^    install -D .+ --target-directory=(\S+) (.+)$", text, re.MULTILINE
    )
    settings = (DEPLOY / "postgresql" / "daymark.conf").read_text(encoding="utf-8")
    (archiving,) = re.findall(r"^archive_command = '(\S+) ", settings, re.MULTILINE)
    scripts = {path.name for path in (DEPLOY / "postgresql").iterdir() if path.suffix != ".conf"}

    assert {Path(word).name for word in installed[1].split()} == scripts - {"make-roles"}
    assert Path(archiving).parent == Path(installed[0])
    assert Path(archiving).name in scripts
    assert "include '/etc/postgresql/daymark.conf'" in settings
    assert "include '/etc/postgresql/daymark.conf'" in text


def test_a_broken_unit_would_be_seen(tmp_path: Path) -> None:
    """A line that is no setting, and a setting said twice, fail our own reading."""
    text = SERVICES[0].read_text(encoding="utf-8")
    for broken in (text + "\nrestart always\n", text.replace("UMask=0077", "User=root")):
        path = tmp_path / "daymark-broken.service"
        path.write_text(broken)

        with pytest.raises(configparser.Error):
            unit(path)


def test_systemd_itself_agrees(tmp_path: Path) -> None:
    """Where systemd is installed, it finds nothing in our units, and finds a planted mistake."""
    if shutil.which("systemd-analyze"):
        here = Path(sys.executable).resolve()
        for path in UNITS:
            text = re.sub(r"/opt/daymark/\w+/[\w-]+", str(here), path.read_text(encoding="utf-8"))
            (tmp_path / path.name).write_text(text)
        sound = run("systemd-analyze", "verify", *sorted(tmp_path.iterdir()))
        assert (sound.returncode, sound.stderr) == (0, "")

        broken = tmp_path / SERVICES[0].name
        broken.write_text(broken.read_text().replace("ProtectSystem=strict", "ProtectSystem=maybe"))

        assert run("systemd-analyze", "verify", broken).stderr != ""


def test_the_environment_example_names_every_setting() -> None:
    """An operator finds every setting there is, and none that is not."""
    named = examples((DEPLOY / "environment.example").read_text(encoding="utf-8"))
    known = {PREFIX + field.upper() for field in Settings.model_fields} | set(STANDARD)

    assert set(named) == known


def test_the_environment_example_can_be_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings it gives, and all the optional ones with them, are accepted."""
    text = (DEPLOY / "environment.example").read_text(encoding="utf-8")
    for name in os.environ:
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)
    for name, value in examples(text).items():
        # That, or a certificate; that, or a token.
        if name not in {"DAYMARK_TEMPORAL_API_KEY", "DAYMARK_SMTP_PASSWORD"}:
            monkeypatch.setenv(name, value or "something")

    settings = Settings()

    assert str(settings.temporal) == "127.0.0.1:7233"
    assert settings.home == Path("/var/lib/daymark")


def test_the_shell_of_the_runbook_has_what_the_units_have(tmp_path: Path) -> None:
    """Every setting of the example, also one with a space in it, in the folder of the units."""
    text = (DEPLOY / "environment.example").read_text(encoding="utf-8")
    file = tmp_path / "environment"
    file.write_text(re.sub(rf"^# ({PREFIX}|OTEL_)", r"\1", text, flags=re.MULTILINE))
    runbook = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    (line,) = re.findall(
        r"^    runuser --user=daymark -- sh -c '(.+) exec bash'$", runbook, re.MULTILINE
    )
    line = line.replace("/etc/daymark/environment", str(file)).replace(
        "/var/lib/daymark", str(tmp_path)
    )
    said = run("env", "-i", "/bin/sh", "-euc", f"{line} exec /usr/bin/env -0").stdout.split("\0")
    given = dict(one.split("=", 1) for one in said if one)

    assert examples(text).items() <= given.items()
    assert given["PWD"] == str(tmp_path)
    assert given["PATH"].startswith("/opt/daymark/bin:")


def test_the_runbook_says_what_to_do_about_every_doubt() -> None:
    """Each kind of reason for which the board can be grey has its row."""
    runbook = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    (rows,) = re.findall(r"^\| kind \|.*\n\|---.*\n((?:\|.*\n)+)", runbook, re.MULTILINE)

    assert set(re.findall(r"^\| (\w+) \|", rows, re.MULTILINE)) == set(KINDS)


def test_a_broken_environment_example_would_be_seen() -> None:
    """A setting that was renamed in the code is missing from what the example names."""
    text = (DEPLOY / "environment.example").read_text(encoding="utf-8")

    assert PREFIX + "WEB" not in examples(text.replace("DAYMARK_WEB=", "DAYMARK_WED="))
