"""Logs and traces lead an operator to a fault, and never to a child."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def lines_of(script: str, **environment: str) -> list[dict[str, Any]]:
    """What a process that runs this script says on standard error, each line a document."""
    found = subprocess.run(
        [sys.executable, "-c", f"import telemetry\ntelemetry.configure('web')\n{script}"],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout == ""
    return [json.loads(line) for line in found.stderr.splitlines()]


def test_a_line_is_one_document_that_names_its_process() -> None:
    """The event stands first, then what it is about, then when."""
    (line,) = lines_of("import structlog; structlog.get_logger().info('hello', clock='k')")

    assert list(line)[:2] == ["event", "clock"]
    assert line["process"] == "web"
    assert line["timestamp"].endswith("Z")


def test_a_line_within_a_request_carries_its_trace() -> None:
    """One leads to the other."""
    said = lines_of(
        "import structlog; from opentelemetry import trace\n"
        "with trace.get_tracer('t').start_as_current_span('s'):\n"
        "    structlog.get_logger().info('inside')\n"
        "structlog.get_logger().info('outside')"
    )

    assert len(said[0]["trace_id"]) == 32
    assert "trace_id" not in said[1]


def test_a_failure_tells_where_and_never_what_was_given() -> None:
    """The words of an error that is not ours may quote a child; its kind and place do not."""
    said = lines_of(
        "import structlog, logging; from domain.errors import Unavailable\n"
        "def fail():\n"
        "    try: int('CH-1')\n"
        "    except ValueError as error: raise Unavailable('the disk is full') from error\n"
        "try: fail()\n"
        "except Unavailable: structlog.get_logger().exception('not done')\n"
        "try: fail()\n"
        "except Unavailable: logging.getLogger('library').exception('not done')\n"
        "fail()"
    )

    assert [line["event"] for line in said] == [
        "not done",
        "not done",
        "ended by an unexpected error",
    ]
    assert "CH-1" not in json.dumps(said)
    for line in said:
        first, second = line["failure"]
        assert first["error"] == "Unavailable: the disk is full"
        assert second["error"] == "ValueError"
        assert second["at"][-1].endswith("fail")


def test_a_line_that_a_full_disk_does_not_take_ends_nothing(tmp_path: Path) -> None:
    """It is let go, and the process goes on."""
    script = (
        "import resource, structlog, telemetry\n"
        "telemetry.configure('projector')\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))\n"
        "for _ in range(1000): structlog.get_logger().warning('a line that finds no room')\n"
        "print('went on')"
    )
    with (tmp_path / "lines").open("w") as full:
        found = subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=full,
            text=True,
            check=False,
        )

    assert found.stdout == "went on\n"
    assert (tmp_path / "lines").read_text() == ""


def test_the_end_of_a_process_never_waits_for_the_threads_of_temporal() -> None:
    """What logs for Temporal is never taken apart: its threads may wait for a Python that has ended."""
    script = (
        "import assembly\n"
        "class Kept:\n"
        "    def __del__(self): print('taken apart', flush=True)\n"
        "assembly.runtime().kept = Kept()\n"
        "print('done', flush=True)"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
    )

    assert found.returncode == 0
    assert found.stdout == "done\n"


def test_an_error_in_a_thread_is_a_line_too() -> None:
    """Whatever ends unexpectedly is said in one document."""
    (line,) = lines_of("import threading; threading.Thread(target=lambda: 1 / 0).start()")

    assert line["failure"][0]["error"] == "ZeroDivisionError"


def test_libraries_speak_only_of_trouble() -> None:
    """Their chatter may hold what they were given."""
    (line,) = lines_of(
        "import logging; log = logging.getLogger('uvicorn.access')\n"
        "log.info('GET /children/1'); log.warning('slow')"
    )

    assert line["event"] == "slow"


def test_a_span_keeps_its_route_and_loses_what_was_asked_for(tmp_path: Path) -> None:
    """Addresses and the words of errors are left out before a span goes anywhere."""
    file = tmp_path / "traces.jsonl"
    lines_of(
        "from opentelemetry import trace\n"
        "tracer = trace.get_tracer('t')\n"
        "about = {'http.route': '/children/{ref}', 'url.path': '/children/1', 'url.query': 'a=1'}\n"
        "try:\n"
        "    with tracer.start_as_current_span('GET', attributes=about): raise ValueError('CH-1')\n"
        "except ValueError: pass",
        DAYMARK_TEST_TRACES=str(file),
    )

    (span,) = [json.loads(line) for line in file.read_text().splitlines()]
    assert span["attributes"] == {"http.route": "/children/{ref}"}
    assert span["events"][0]["attributes"]["exception.type"] == "ValueError"
    assert span["resource"]["attributes"]["service.name"] == "daymark"
    assert "CH-1" not in file.read_text()
