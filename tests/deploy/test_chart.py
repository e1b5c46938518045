"""The chart, rendered without a cluster: Kubernetes takes every manifest, and none is careless."""

import shutil
import subprocess
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import helm_python
import pytest
from ruamel.yaml import YAML

from server import refuse_an_open_door
from settings import PREFIX, STANDARD, Settings
from telemetry import NEXT

CHART = Path(__file__).parents[2] / "deploy" / "helm" / "daymark"
EVERYTHING: Mapping[str, Any] = {
    "ingress": {"host": "daymark.example", "className": "nginx", "tlsSecret": "door"},
    "temporalTlsSecret": "temporal-tls",
    "imagePullSecrets": [{"name": "registry"}],
    "allowFrom": [{"namespaceSelector": {}}],
    "versioned": True,
    "ownerSettings": "owner",
    "role": "daymark_service",
    "vaultRole": "daymark_vault",
}
SAID = {"as it comes": {}, "everything": EVERYTHING, "one of each": {"web": {"replicas": 1}}}
PROCESSES = {"web", *NEXT}


def rendered(values: Mapping[str, Any], chart: Path = CHART) -> list[dict[str, Any]]:
    """Every manifest of the chart under some values."""
    with helm_python.Chart.load(str(chart)) as loaded:
        files = loaded.render(dict(values), name="demo", namespace="daymark")
    return [dict(one) for text in files.values() for one in YAML(typ="safe").load_all(text) if one]


def refused(manifests: list[dict[str, Any]], folder: Path) -> str:
    """What a strict check of Kubernetes' own schemas finds wrong; nothing where all is well."""
    folder.mkdir()
    for number, manifest in enumerate(manifests):
        with (folder / f"{number}.yaml").open("w") as file:
            YAML(typ="safe").dump(manifest, file)
    checker = Path(sysconfig.get_path("scripts")) / "kubernetes-validate"
    checked = subprocess.run(
        [checker, "--strict", "--quiet", *sorted(folder.iterdir())],
        check=False,
        capture_output=True,
        text=True,
    )
    return "" if checked.returncode == 0 else checked.stdout + checked.stderr


def pods(manifests: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every pod that would run, by the name of what makes it."""
    for manifest in manifests:
        if manifest["kind"] in {"Deployment", "Job"}:
            yield manifest["metadata"]["name"], manifest["spec"]["template"]["spec"]


def test_every_manifest_is_one_that_kubernetes_takes(tmp_path: Path) -> None:
    """Under the values as they come, with everything switched on, and with one of a process."""
    for name, values in SAID.items():
        manifests = rendered(values)

        assert len(manifests) >= 10
        assert refused(manifests, tmp_path / name.replace(" ", "-")) == ""


def test_a_misspelt_word_would_be_seen(tmp_path: Path) -> None:
    """The control: a field that Kubernetes does not know fails the strict check."""
    broken = tmp_path / "daymark"
    shutil.copytree(CHART, broken)
    file = broken / "templates" / "processes.yaml"
    file.write_text(file.read_text().replace("replicas: {{", "replicaz: {{"))

    assert "replicaz" in refused(rendered({}, broken), tmp_path / "manifests")


def test_the_chart_itself_is_sound() -> None:
    """Helm's own lint finds no error and no warning."""
    said = helm_python.lint(str(CHART))

    assert said["errors"] == []
    assert [one for one in said["messages"] if one["severity"] > 1] == []


@pytest.mark.parametrize(
    "values",
    [
        {"image": "daymark"},
        {"web": {"replicas": 0}},
        {"settings": {"PATH": "x"}},
        {"keySecret": "misspelt"},
    ],
)
def test_careless_values_are_refused(values: Mapping[str, Any]) -> None:
    """An image without a version, no web, a setting that is none, a misspelt name."""
    with pytest.raises(helm_python.HelmError):
        rendered(values)


def test_the_chart_runs_every_process_and_makes_the_tables() -> None:
    """Two of each process, and the jobs before and after an upgrade."""
    manifests = rendered(EVERYTHING)
    commands = {name: pod["containers"][0]["args"] for name, pod in pods(manifests)}
    replicas = {one["spec"]["replicas"] for one in manifests if one["kind"] == "Deployment"}

    assert commands == {
        **{f"demo-daymark-{process}": ["run", process] for process in PROCESSES},
        "demo-daymark-migrate": [
            *("migrate", "--role", "daymark_service", "--vault-role", "daymark_vault")
        ],
        "demo-daymark-promote": ["promote"],
    }
    assert replicas == {2}


def test_only_whoever_makes_the_tables_connects_as_their_owner() -> None:
    """The processes may add to the log and change nothing in it."""
    owners = {
        (name, one["name"])
        for name, pod in pods(rendered(EVERYTHING))
        for one in pod["containers"][0].get("env", [])
        if one["valueFrom"]["secretKeyRef"]["name"] == "owner"
    }

    assert owners == {
        ("demo-daymark-migrate", "DAYMARK_DATABASE"),
        ("demo-daymark-migrate", "DAYMARK_VAULT"),
    }


def test_a_vault_beside_the_log_needs_no_owner_of_its_own() -> None:
    """As every installation of before: one role beside the owner, who is said where the log lies alone."""
    pod = dict(pods(rendered({"ownerSettings": "owner", "role": "daymark_service"})))
    (migrate,) = pod["demo-daymark-migrate"]["containers"]

    assert migrate["args"] == ["migrate", "--role", "daymark_service"]
    assert [one["name"] for one in migrate["env"]] == ["DAYMARK_DATABASE"]


def test_no_pod_of_the_chart_is_root_or_writes_its_root() -> None:
    """Every container, the first ones included."""
    for _, pod in pods(rendered(EVERYTHING)):
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["automountServiceAccountToken"] is False
        for container in (*pod["initContainers"], *pod["containers"]):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }


def test_a_pod_stops_later_than_its_work_takes() -> None:
    """A worker has twenty seconds to finish what it has begun."""
    grace = {
        pod["terminationGracePeriodSeconds"]
        for name, pod in pods(rendered({}))
        if not name.endswith("migrate")
    }

    assert grace == {30}


def test_probes_ask_where_the_processes_show_themselves() -> None:
    """The ports are those that the code gives each process."""
    settings = next(one for one in rendered({}) if one["kind"] == "ConfigMap")["data"]
    first = int(settings["DAYMARK_METRICS"].rsplit(":")[-1])
    ports = {
        name.removeprefix("demo-daymark-"): pod["containers"][0]["ports"][0]["containerPort"]
        for name, pod in pods(rendered({}))
        if "ports" in pod["containers"][0]
    }

    assert ports == {"web": 8020, **{name: first + more for name, more in NEXT.items()}}


def test_the_chart_sets_only_settings_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every name is known, and together they are accepted, TLS for Temporal included."""
    known = {PREFIX + field.upper() for field in Settings.model_fields} | set(STANDARD)
    given = next(one for one in rendered(EVERYTHING) if one["kind"] == "ConfigMap")["data"]
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DAYMARK_OIDC_SECRET", "of the secret")
    settings = Settings()

    assert set(given) <= known
    refuse_an_open_door(settings)
    assert settings.temporal_secured
    assert settings.temporal_versioned


def test_keys_are_copied_to_where_nobody_else_reads_them(tmp_path: Path) -> None:
    """The first container's script, run here: files of mode 0600, or an end where one is missing."""
    _, pod = next(pods(rendered({})))
    (first,) = pod["initContainers"]
    secret, keys = tmp_path / "secret", tmp_path / "keys"
    secret.mkdir()
    keys.mkdir()
    for name in ("stream", "master", "temporal", "session"):
        (secret / f"{name}.key").write_bytes(bytes(32))
        (secret / f"{name}.key").chmod(0o440)  # as the chart mounts them
    script = first["args"][0].replace("/secret/", f"{secret}/").replace("/keys/", f"{keys}/")
    copied = subprocess.run(["/bin/sh", "-euc", script], check=False)
    modes = {oct(path.stat().st_mode & 0o777) for path in keys.iterdir()}
    (secret / "stream.key").unlink()
    lacking = subprocess.run(["/bin/sh", "-euc", script], check=False)

    assert first["command"] == ["sh", "-euc"]
    assert (copied.returncode, modes, len(list(keys.iterdir()))) == (0, {"0o600"}, 4)
    assert lacking.returncode != 0
