"""Whole stories on one machine: from a CloudEvent over HTTP to a verdict, a manager and back."""

import json
import re
import time
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest

from tests.journeys.machine import Machine, ago, wait_for


def day(back: int) -> str:
    """The date so many days back."""
    return (datetime.now(UTC) - timedelta(days=back)).date().isoformat()


def missing(machine: Machine, child: str, hours: float) -> None:
    """A child was last seen so many hours ago."""
    machine.told(
        *("missing-episode-started", child, ago(hours)),
        missing_episode_ref=f"ME-{child}",
        type="M",
        missing_from="home",
        care_status="not-looked-after",
    )


# A journey for each of the six facts -------------------------------------------------------------


def test_a_contact_becomes_a_referral_that_waits_for_a_decision(machine: Machine) -> None:
    """A contact starts only a local clock, that its source cannot stop; its referral a statutory one."""
    machine.told("contact-received", "J-1", ago(1), contact_ref="C-1", source="2A")
    before = machine.verdicts("J-1")
    machine.told(*("contact-screened", "J-1", ago(0.5)), contact_ref="C-1", outcome="new_referral")
    machine.told(
        *("referral-received", "J-1", ago(0.4)), referral_ref="R-1", contact_ref="C-1", source="2A"
    )

    assert before == {"contact-screening-decision": "unobservable"}
    assert machine.verdicts("J-1")["referral-decision-1wd"] in {"running", "due-soon"}


def test_a_referral_is_decided_in_time_and_assessed_late(machine: Machine) -> None:
    """Forty-five working days run from the referral, whenever the assessment began."""
    machine.told("referral-received", "J-2", ago(100 * 24), referral_ref="R-2", source="6")
    machine.told(
        *("referral-decided", "J-2", ago(100 * 24 - 1)), referral_ref="R-2", outcome="assessment"
    )
    machine.told(
        *("assessment-authorised", "J-2", ago(24).date()),
        kind="child-and-family",
        assessment_ref="A-2",
        referral_ref="R-2",
        outcome="nfa",
    )

    assert machine.verdicts("J-2") == {
        "referral-decision-1wd": "met",
        "referral-acknowledge-1wd": "unobservable",
        "assessment-45wd": "met-late",
    }


def test_a_strategy_meeting_held_in_time_meets_its_clock(machine: Machine) -> None:
    """A meeting counts for every missing episode it names."""
    missing(machine, "J-3", 90)
    machine.told(
        *("strategy-meeting-held", "J-3", ago(30)),
        kind="missing",
        meeting_ref="M-3",
        missing_episode_refs=["ME-J-3"],
        outcome="plan-agreed",
    )

    assert machine.verdicts("J-3")["missing-strategy-72h"] == "met"


def test_a_macse_plan_is_reviewed_each_month(machine: Machine) -> None:
    """From the referral to the plan, and from each review to the next."""
    machine.told(
        *("exploitation-referral-received", "J-4", ago(45 * 24)),
        kind="sexual",
        exploitation_ref="X-4",
        referring_agency="school",
    )
    machine.told(
        *("strategy-meeting-held", "J-4", ago(45 * 24 - 2)),
        kind="exploitation",
        meeting_ref="M-4",
        exploitation_refs=["X-4"],
        outcome="macse",
    )
    machine.told(
        *("plan-started", "J-4", ago(40 * 24).date()),
        kind="macse",
        plan_ref="P-4",
        exploitation_refs=["X-4"],
    )
    machine.told(
        *("review-held", "J-4", ago(15 * 24).date()), kind="macse", review_ref="V-4", plan_ref="P-4"
    )
    found = [
        one for one in machine.ask("clocks", "J-4") if one["timescale"] == "cse-macse-plan-review"
    ]

    assert machine.verdicts("J-4")["cse-strategy-meeting"] == "met"
    assert [one["verdict"] for one in found] == ["met", "running"]


def test_a_return_interview_recorded_late_was_in_time(machine: Machine) -> None:
    """Late as far as was known, done in time as is known now: both verdicts stand."""
    missing(machine, "J-5", 120)
    machine.told(
        "missing-episode-ended", "J-5", ago(100), missing_episode_ref="ME-J-5", how="returned"
    )
    wait_for(lambda: machine.names("J-5").count("timescale-breached") == 2)
    machine.told(
        *("return-interview-held", "J-5", ago(40)),
        missing_episode_refs=["ME-J-5"],
        independent=True,
    )
    wait_for(lambda: "breach-cured" in machine.names("J-5"))

    assert machine.verdicts("J-5")["missing-rhi-72h"] == "met"
    assert machine.verdicts("J-5")["missing-rhi-offer"] == "met-late"


def test_a_missing_episode_reaches_a_manager_who_answers(machine: Machine) -> None:
    """Reported 80 hours on: on the board, in the manager's inbox, acknowledged, and told ever after."""
    missing(machine, "J-6", 80)
    (message,) = wait_for(lambda: machine.mail("J-6"))
    (row,) = wait_for(
        lambda: [
            one
            for one in machine.ask("board")["rows"]
            if one["reference"] == "J-6" and one["told_person"]
        ]
    )
    until = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    machine.command(
        *("acknowledge", row["escalation"], "--owner", "P-2", "--until", until),
        *("--reason", "police_advice", "--note", "The search goes on."),
    )
    wait_for(lambda: "acknowledged by P-2" in machine.command("board"))

    assert row["status"] == "breached"
    assert row["told_role"] == "head_of_service"
    assert "To: Bryn Howells <bryn@sample.example>" in message.read_text()
    assert f"/escalations/{row['escalation']}" in message.read_text()
    assert "J-6" in machine.page("/board")
    assert [one["name"] for one in machine.ask("history", "J-6")["events"]] == [
        "missing-episode-started", "timescale-breached", "escalation-raised", "manager-notified",
        "escalation-acknowledged",
    ]  # fmt: skip
    assert "The search goes on" not in machine.command("history", "J-6")


# What always holds --------------------------------------------------------------------------------


def test_one_trace_leads_from_the_request_to_the_notice(machine: Machine) -> None:
    """Whoever looks into one telling finds the request that began it, by one trace id."""
    missing(machine, "J-7", 81)
    wait_for(lambda: "manager-notified" in machine.names("J-7"))

    def complete() -> list[set[str]]:
        traces: dict[str, set[str]] = {}
        for line in machine.traces.read_text().splitlines():
            span = json.loads(line)
            traces.setdefault(span["context"]["trace_id"], set()).add(span["name"])
        return [
            names
            for names in traces.values()
            if any(name.startswith("POST") for name in names)
            and any("tell" in name for name in names)
        ]

    assert wait_for(complete)


def test_no_sink_holds_a_child(machine: Machine) -> None:
    """Logs, traces, measures and Temporal's files hold no reference; nothing holds a birth date."""
    machine.told("child-details-recorded", "CANARY-1", ago(1).date(), date_of_birth="2011-07-19")
    missing(machine, "CANARY-1", 82)
    wait_for(lambda: "manager-notified" in machine.names("CANARY-1"))
    machine.page("/board")
    metrics = machine.page("/metrics").encode()
    temporal = b"".join(file.read_bytes() for file in machine.home.glob("temporal.db*"))
    logs, traces = machine.output.read_bytes(), machine.traces.read_bytes()
    everything = b"".join(file.read_bytes() for file in machine.home.rglob("*") if file.is_file())

    assert all((metrics, temporal, logs, traces))
    assert b"CANARY" not in metrics + temporal + logs + traces
    assert b"2011-07-19" not in everything + logs + traces + metrics
    assert b"manager-notified" not in temporal


def test_the_log_lines_are_documents(machine: Machine) -> None:
    """Each line of a process is its name and one JSON document, or the sentence it ends with."""
    missing(machine, "J-8", 83)
    wait_for(lambda: "manager-notified" in machine.names("J-8"))
    lines = [line for line in machine.output.read_text().splitlines() if " | " in line]
    texts = [re.sub(r"^\S+\s+\| ", "", line) for line in lines]
    said = [json.loads(text) for text in texts if not text.startswith("daymark: ")]

    assert {one.get("process") for one in said} >= {"worker", "projector"}
    assert all("event" in one or "msg" in one for one in said)


# What survives a kill -----------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["run web", "run worker", "run dispatcher", "start-dev"])
def test_a_killed_process_loses_no_receipt_and_doubles_no_breach(
    machine: Machine, part: str
) -> None:
    """Killed with -9 while facts come in: each is kept once, each is broken once, each is told once."""
    children = [f"K-{part.rsplit(maxsplit=1)[-1]}-{number}" for number in range(6)]
    events = [
        machine.event(
            *("missing-episode-started", child, ago(75)),
            missing_episode_ref=f"ME-{child}",
            type="M",
            missing_from="home",
            care_status="own",
        )
        for child in children
    ]

    some_received = Event()

    def send() -> None:
        for number, event in enumerate(events):
            machine.post_until_received(event)
            time.sleep(0.05)  # so that the kill falls among them
            if number == 3:
                some_received.set()

    sending = Thread(target=send)
    sending.start()
    some_received.wait()
    machine.kill_part(part)
    sending.join()
    machine.post_until_received(
        events[-1]
    )  # a door that was killed is open again to whoever comes next

    for child in children:
        wait_for(lambda child=child: "manager-notified" in machine.names(child))  # type: ignore[misc]
        assert machine.names(child) == [
            "missing-episode-started", "timescale-breached", "escalation-raised",
            "manager-notified",
        ]  # fmt: skip
        assert len(machine.mail(f"{child} (")) == 1


def test_temporal_s_memory_is_not_needed(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Supervisor killed, Temporal's database deleted, started again: nothing lost, nothing doubled."""
    machine = Machine(tmp_path_factory.mktemp("wiped") / "home")
    machine.start()
    machine.prepare()
    missing(machine, "W-1", 80)
    missing(machine, "W-2", 30)
    wait_for(lambda: "manager-notified" in machine.names("W-1"))
    wait_for(lambda: "manager-notified" in machine.names("W-2"))
    before = {child: machine.names(child) for child in ("W-1", "W-2")}
    machine.kill()
    for file in machine.home.glob("temporal.db*"):
        file.unlink()
    machine.start()
    missing(machine, "W-3", 80)
    wait_for(lambda: "manager-notified" in machine.names("W-3"))
    wait_for(lambda: not machine.ask("board")["doubts"])
    asked = machine.command("rebuild", "workflows")
    time.sleep(1)

    assert {child: machine.names(child) for child in ("W-1", "W-2")} == before
    assert asked == "3 workflows were asked to look at the log again.\n"
    assert machine.stop() == 0
