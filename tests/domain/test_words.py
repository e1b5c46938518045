"""Dates, times and lengths as a person would say them, and every sentence a page may show."""

from datetime import date
from uuid import UUID

import pytest

from domain.access_events import (
    AccessForced,
    BulkExportDecided,
    BulkExportProposed,
    BulkExportTaken,
    ForcedAccessReviewed,
    ForcedAccessTold,
    OwnRecordAsked,
    RecordRead,
    RestrictionLifted,
    RestrictionLiftProposed,
    RestrictionWidened,
    RestrictionWideningProposed,
    SampleDrawn,
    ScopeEnded,
    ScopeGiven,
    SearchMissed,
)
from domain.child_episode import ChildEpisode, from_history, project
from domain.clocks import Clock, Verdict, clocks, verdict
from domain.code_sets import CODE_SETS
from domain.engine_events import (
    BreachCured,
    BreachExplained,
    BreachWorsened,
    ClockReassigned,
    ClockRetimed,
    EngineEvent,
    EscalationAcknowledged,
    EscalationExhausted,
    EscalationRaised,
    EscalationRearmed,
    IdReused,
    ManagerNotified,
    OperatorTold,
    ReferenceNamed,
    TimescaleBreached,
    TimescaleWarned,
)
from domain.engine_vocabulary import ENGINE_EVENTS
from domain.errors import UnknownFact, UnreadableFact
from domain.event import Event, Recorded
from domain.explanation import explain
from domain.facts.vocabulary import FACTS
from domain.recorded_words import sentence
from domain.rule_words import besides, how_long, say_condition
from domain.words import (
    how_late,
    say_day,
    say_list,
    say_moment,
    say_role,
    say_time,
    say_verdict,
    say_weekday,
    time_left,
)
from tests.histories import (
    CHILD,
    CODE,
    corrected,
    england,
    here,
    history,
    moment,
    of_authority,
    record,
    told,
    withdrawn,
    working_days,
)
from tests.spec.judging import judged_under


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("Sun 5 Apr 2026 18:30", "6:30pm"),
        ("Sun 5 Apr 2026 09:00", "9am"),
        ("Sun 5 Apr 2026 12:00", "midday"),
        ("Sun 5 Apr 2026 00:00", "midnight"),
        ("Sun 5 Apr 2026 00:05", "12:05am"),
    ],
)
def test_times(at: str, said: str) -> None:
    """Times are said in London's clock, without a leading nought."""
    assert say_time(moment(at)) == said
    assert say_moment(moment(at)) == f"5 April 2026 at {said}"


def test_days_roles_and_lists() -> None:
    """A date in words, with its weekday where people plan; roles and lists as people say them."""
    assert say_day(date(2026, 4, 5)) == "5 April 2026"
    assert say_weekday(date(2026, 4, 5)) == "Sunday 5 April 2026"
    assert say_role("service_manager") == "service manager"
    assert say_role("cse_strategic_lead") == "CSE strategic lead"
    assert say_list(["a", "b", "c"]) == "a, b or c"
    assert say_list(["a"]) == "a"


def conference(*more: Recorded) -> Clock:
    """The conference clock of an enquiry begun on Thursday 2 April 2026, due on the 27th."""
    found = clocks([told("section-47-started", "Thu 2 Apr 2026"), *more], here())
    return next(clock for clock in found if clock.timescale.id == "icpc-15wd")


def missing(*more: Recorded, day: str = "Mon 2 Mar 2026 10:00") -> Clock:
    """The meeting clock of a child missing since Monday 2 March 2026, 10am."""
    found = clocks([told("missing-episode-started", day, type="M"), *more], here())
    return next(clock for clock in found if clock.timescale.id == "missing-strategy-72h")


@pytest.mark.parametrize(
    ("clock", "at", "late", "left"),
    [
        (conference(), "Mon 27 Apr 2026 12:00", "", "today"),
        (conference(), "Fri 24 Apr 2026 12:00", "", "1 working day"),
        (conference(), "Tue 28 Apr 2026 12:00", "1 working day", ""),
        (missing(), "Thu 5 Mar 2026 09:30", "", "less than 1 hour"),
        (missing(), "Thu 5 Mar 2026 12:00", "2 hours", ""),
    ],
)
def test_how_late_and_how_long_is_left(clock: Clock, at: str, late: str, left: str) -> None:
    """Each in the clock's own unit; one of the two is always empty."""
    assert how_late(clock, moment(at), working_days()) == late
    assert time_left(clock, moment(at), working_days()) == left


def test_lengths_beyond_the_calendar_and_in_months() -> None:
    """Where working days are not known, and for rules in months, plain days are said."""
    review = told(
        "conference-held", "Mon 2 Mar 2026", kind="initial", outcome="cp-plan", plan_ref="plan-1"
    )
    clock = next(c for c in clocks([review], here()) if c.timescale.id == "cp-review-first-3m")

    assert time_left(clock, moment("Sun 31 May 2026 12:00"), working_days()) == "2 days"
    assert how_late(clock, clock.due_at, working_days()) == "1 day"
    assert how_late(conference(), moment("Mon 1 Jan 2029 12:00"), working_days()).endswith(" days")


HELD_LATE = told("conference-held", "Tue 28 Apr 2026", kind="initial", enquiry_ref="enquiry-1")
HELD = told("conference-held", "Mon 20 Apr 2026", kind="initial", enquiry_ref="enquiry-1")
NOT_NEEDED = told("section-47-concluded", "Mon 20 Apr 2026", conference_required=False)
CAME_BACK = told("missing-episode-ended", "Fri 6 Mar 2026 10:00")
BACK = told("missing-episode-ended", "Tue 3 Mar 2026 10:00")
DECLINED = told("return-interview-declined", "Tue 3 Mar 2026 12:00")


@pytest.mark.parametrize(
    ("clock", "at", "question", "said"),
    [
        (conference(), "Fri 24 Apr 2026 12:00", "How was this worked out?", "1 working day left"),
        (conference(), "Mon 27 Apr 2026 12:00", "How was this worked out?", "it runs out today"),
        (conference(), "Tue 28 Apr 2026 12:00", "Why is this late?", "late by 1 working day"),
        (conference(HELD), "Tue 28 Apr 2026 12:00", "How was this worked out?", "was done in time"),
        (conference(HELD_LATE), "Tue 28 Apr 2026 12:00", "Why was this late?", "was done late"),
        (
            conference(NOT_NEEDED),
            "Tue 28 Apr 2026 12:00",
            "How was this worked out?",
            "is not needed",
        ),
        (missing(CAME_BACK), "Fri 6 Mar 2026 12:00", "Why is this late?", "does not undo it"),
    ],
)
def test_a_clock_answers_its_question(clock: Clock, at: str, question: str, said: str) -> None:
    """One sentence answers, whatever the verdict, and ends like one."""
    found = explain(clock, here(), moment(at))

    assert found.question == question
    assert said in found.answer
    assert found.answer.endswith(".")


def test_a_planned_placement_is_judged_once_its_notice_is_known() -> None:
    """Notice should have come before the placement; while none is recorded, neither kept nor broken is claimed."""
    placed = told("placement-started", "Mon 2 Mar 2026 10:00", placement_ref="p-1", emergency=False)
    found = clocks([placed], here())
    clock = next(c for c in found if c.timescale.id == "lac-placement-notification-5wd")

    answer = explain(clock, here(), moment("Tue 3 Mar 2026 10:00")).answer

    assert "It is judged once what it asks for is known." in answer


def test_a_declined_interview_is_its_own_answer() -> None:
    """Declined in time is neither met nor late."""
    found = clocks(
        [told("missing-episode-started", "Mon 2 Mar 2026 10:00", type="M"), BACK, DECLINED], here()
    )
    clock = next(c for c in found if c.timescale.id == "missing-rhi-72h")

    assert verdict(clock, moment("Tue 3 Mar 2026 13:00")) is Verdict.DECLINED
    assert "declined in time" in explain(clock, here(), moment("Tue 3 Mar 2026 13:00")).answer


def test_every_day_of_a_count_is_shown() -> None:
    """Across Easter every day is numbered or says why it is not."""
    found = explain(conference(), here(), moment("Fri 24 Apr 2026 12:00"))
    counted = [day.number for day in found.days if day.why_not is None]

    assert counted == list(range(16))
    assert {day.why_not for day in found.days} == {
        None,
        "Saturday",
        "Sunday",
        "Good Friday",
        "Easter Monday",
    }
    assert [day.on.isoformat() for day in found.days if day.is_due] == ["2026-04-27"]
    assert "Good Friday (3 April 2026) and Easter Monday" in dict(found.lines)["Counting"]
    assert "Not yet certain" in dict(found.lines)


def test_the_first_day_of_an_order_is_day_one() -> None:
    """An order counts the day it begins; no day is left out."""
    made = told("order-made", "Thu 2 Apr 2026 10:00", kind="emergency-protection")
    (clock,) = clocks([made], here())
    found = explain(clock, here(), moment("Fri 3 Apr 2026 12:00"))

    assert [day.number for day in found.days] == list(range(1, 9))


def test_what_would_stop_a_clock() -> None:
    """Each fact that stops it is named, with what it must say."""
    found = explain(missing(), here(), moment("Tue 3 Mar 2026 12:00"))
    police = clocks([told("police-protection-taken", "Mon 2 Mar 2026 10:00")], here())[0]

    assert found.stops == ("Strategy meeting held",)
    assert (
        "Order made (emergency protection or interim care)"
        in explain(police, here(), moment("Tue 3 Mar 2026 12:00")).stops
    )


def test_conditions_in_words() -> None:
    """Yes, no and not are said as words."""
    visit = clocks([told("plan-started", "Mon 2 Mar 2026", kind="child-protection")], here())
    panel = clocks(
        [
            told(
                "strategy-meeting-held",
                "Mon 2 Mar 2026 10:00",
                kind="exploitation",
                outcome="macse",
                exploitation_refs=("x",),
            )
        ],
        here(),
    )
    said = {
        line
        for clock in (*visit, *panel)
        for line in explain(clock, here(), moment("Tue 3 Mar 2026 12:00")).stops
    }

    assert "Visit made (child protection; child seen: yes)" in said
    assert "Case heard at panel (macse; decision: not deferred)" in said


def test_no_is_said_as_a_word() -> None:
    """A condition that asks for no says no."""
    assert say_condition(condition=False) == "no"


def test_a_corrected_start_is_said() -> None:
    """The explanation says that the start was corrected, and when that was recorded."""
    started = told("missing-episode-started", "Mon 2 Mar 2026 10:00", type="M")
    moved = corrected(started, "Tue 3 Mar 2026 09:00", occurred_at="Mon 2 Mar 2026 11:00")
    (clock,) = clocks([started, moved], here())

    assert dict(explain(clock, here(), clock.due_at).lines)["Start corrected"].startswith(
        "Recorded 3 March"
    )


CLOCK = {"clock": "k", "clock_version": 1, "timescale": "missing-strategy-72h"}
LADDER = CLOCK | {"escalation": "e"}
NOTICE = CLOCK | {
    "telling": "e", "about": "breach", "rung": 1, "role": "head_of_service", "person": "p",
    "channel": "email", "repeat": 0, "delivered": True,
}  # fmt: skip
AT = "2026-03-05T10:00:00Z"
DOUBT: dict[str, object] = {"doubt": "feed", "about": "nightly", "since": AT, "rung": 1, "role": "administrator", "person": "ada", "delivered": True}  # fmt: skip

SENTENCES: list[tuple[type[EngineEvent], dict[str, object], str]] = [
    (TimescaleWarned, CLOCK | {"number": 1, "of": 3, "warn_at": AT, "due_at": AT}, "warning 1 of 3, due by 5 March 2026 at 10am."),
    (TimescaleBreached, CLOCK | {"due_at": AT, "breached_at": AT, "history": False, "confirmed": True}, "late since 5 March 2026 at 10am."),
    (TimescaleBreached, CLOCK | {"due_at": AT, "breached_at": AT, "history": False, "confirmed": False}, "not confirmed."),
    (BreachCured, CLOCK | {"verdict": "met"}, "not late after all: it was done in time."),
    (BreachCured, CLOCK | {"verdict": "running"}, "not told as late any more, though nobody could tell whether it was."),
    (BreachWorsened, CLOCK | {"from_due_at": AT, "due_at": AT, "cause": str(UUID(int=6))}, "late for longer than was known, since 5 March 2026 at 10am."),
    (ClockRetimed, CLOCK | {"from_due_at": AT, "due_at": AT}, "due moved from 5 March 2026 at 10am to 5 March 2026 at 10am."),
    (EscalationRaised, LADDER | {"ladder": "child-out"}, "escalation began."),
    (EscalationRearmed, LADDER | {"number": 1, "reason": "promise-passed"}, "escalation goes on (promise passed)."),
    (ManagerNotified, NOTICE, "head of service told."),
    (ManagerNotified, NOTICE | {"about": "cured"}, "head of service told that it is not late after all."),
    (ManagerNotified, NOTICE | {"delivered": False, "failure": "no such address"}, "head of service could not be told (no such address)."),
    (EscalationAcknowledged, LADDER | {"owner": "p", "until": AT, "reason": "staff_capacity"}, "acknowledged until the end of 5 March 2026 (staff capacity)."),
    (ManagerNotified, NOTICE | {"repeat": 1}, "head of service told again."),
    (ClockReassigned, CLOCK | {"owner": "p", "until": AT, "reason": "absence"}, "handed over until the end of 5 March 2026 (absence)."),
    (BreachExplained, CLOCK | {"reason": "court"}, "reason recorded (court)."),
    (EscalationExhausted, LADDER, "everyone has been told and it is still late."),
    (OperatorTold, DOUBT, "The administrator was told that Daymark cannot be relied on: a source has been silent for too long (nightly)."),
    (OperatorTold, DOUBT | {"about": None, "doubt": "parked", "delivered": False}, "The administrator could not be told that Daymark cannot be relied on: the board lacks something."),
    (ReferenceNamed, {"other_child": "CH-2", "told": str(UUID(int=5))}, "Under another reference it was told whether that is this child."),
    (RestrictionLiftProposed, {"restricted": str(UUID(int=5))}, "Somebody proposed that this record be open again."),
    (RestrictionLifted, {"proposed": str(UUID(int=5))}, "Two people agreed that this record is open again."),
    (RestrictionWideningProposed, {"restricted": str(UUID(int=5)), "people": ["p"]}, "Somebody proposed that more people may see this record."),
    (RestrictionWidened, {"proposed": str(UUID(int=5))}, "Two people agreed that more people may see this record."),
    (AccessForced, {"until": AT, "reason": "I am covering for her team tonight"}, "Somebody forced this record open, and said why."),
    (ForcedAccessTold, {"forced": str(UUID(int=5)), "role": "owner", "person": "p", "delivered": True}, "Somebody was told that this record was forced open."),
    (ForcedAccessReviewed, {"forced": str(UUID(int=5)), "right": True}, "Somebody else reviewed why this record was forced open."),
    (ScopeGiven, {"person": "p", "children": ["a"], "purpose": "audit", "until": AT}, "Somebody was given records to look at."),
    (SampleDrawn, {"scope": str(UUID(int=5)), "seed": "s", "strata": ["team"], "size": 12, "out_of": 90, "known_at": AT}, "The records of a scope were drawn by a seed."),
    (BulkExportProposed, {"scope": str(UUID(int=5)), "purpose": "audit", "kinds": ["pdf"], "children": ["a"]}, "It was proposed to take all the records of a scope away."),
    (BulkExportDecided, {"proposed": str(UUID(int=5)), "sha256": "a", "confirmed": True, "until": AT}, "A second person decided whether the records of a scope may be taken away."),
    (BulkExportTaken, {"proposed": str(UUID(int=5)), "children": ["a"], "sha256": "a"}, "The records of a scope were taken away."),
    (ScopeEnded, {"scope": str(UUID(int=5))}, "A scope was ended before its time."),
    (RecordRead, {"route": "/board", "purpose": "case", "rule": "told"}, "Somebody looked."),
    (SearchMissed, {"route": "/children", "child": "a", "purpose": "case"}, "Somebody named a child and was told that there is none."),
    (OwnRecordAsked, {"route": "/children/{ref}", "child": "a", "purpose": "case", "rule": "own-record"}, "Somebody asked for a record of their own or of their family, and was refused."),
    (IdReused, {"reused": str(UUID(int=5)), "came": {}}, "A source used an id again for something else: the first stands, this is kept."),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "fields", "said"), SENTENCES)
def test_each_engine_event_is_one_sentence(
    kind: type[EngineEvent], fields: dict[str, object], said: str
) -> None:
    """What Daymark did is told in one sentence, in a person's words."""
    event = Event(
        authority=CODE, kind="child", subject=CHILD, source="k", id="1/x",
        said=kind.model_validate(fields), occurred_at=moment("Thu 5 Mar 2026 10:00"),
    )  # fmt: skip

    assert sentence(record(event), england()).endswith(said)


def test_every_engine_event_has_a_sentence() -> None:
    """None is forgotten, and a rule that a later pack dropped is still named by its id."""
    gone = TimescaleBreached.model_validate(SENTENCES[1][1] | {"timescale": "dropped"})
    event = Event(authority=CODE, kind="child", subject=CHILD, source="k", id="1", said=gone)

    assert {kind.NAME for kind, _, _ in SENTENCES} == set(ENGINE_EVENTS)
    assert sentence(record(event, moment("Thu 5 Mar 2026 10:00")), england()).startswith(
        "dropped: late"
    )


def test_facts_are_said_in_their_own_words() -> None:
    """A fact is its name with spaces, and its kind where it has one."""
    started = told("missing-episode-started", "Mon 2 Mar 2026 10:00")

    assert sentence(started, england()) == "Missing episode started."
    assert sentence(HELD, england()) == "Conference held (initial)."
    assert (
        sentence(withdrawn(started, "Tue 3 Mar 2026 10:00"), england())
        == "A fact was withdrawn (never happened)."
    )
    assert (
        sentence(corrected(started, "Tue 3 Mar 2026 10:00"), england())
        == "A fact was corrected (wrong date)."
    )


def test_what_a_person_reads_of_a_clock() -> None:
    """Late is said as late; an urgent clock without word is late, not confirmed."""
    assert say_verdict(missing(), Verdict.BREACHED) == "Late"
    assert say_verdict(conference(), Verdict.MET_LATE) == "Done late"
    assert missing().urgent
    assert not conference().urgent


def test_errors_are_words_somebody_reads() -> None:
    """An unreadable fact names each place; an unknown one its name."""
    assert str(UnreadableFact(("#/data/x", "Field required"), ("#/time", "Say when"))) == (
        "#/data/x: Field required; #/time: Say when"
    )
    assert str(UnknownFact("daymark.x.v1")) == "daymark.x.v1 is not a fact Daymark knows"


def test_the_aggregate_is_a_fold_of_its_stream() -> None:
    """Folding event by event and taking the whole stream give the same child."""
    stream = history(told("missing-episode-started", "Mon 2 Mar 2026 10:00"), BACK)
    folded: ChildEpisode | None = None
    for one in stream:
        folded = project(folded, one)

    assert folded == from_history(stream)
    assert folded is not None
    assert (folded.version, folded.child, len(folded.facts)) == (2, CHILD, 2)


def test_every_fact_names_its_thread_by_a_field_it_has() -> None:
    """KEY is a field of the fact, or the child itself."""
    for kind in FACTS.values():
        assert kind.KEY in {"child", *kind.model_fields}


def test_codes_outside_their_set() -> None:
    """`not-stated` belongs to every set, and a local set may be added to."""
    assert CODE_SETS["sex"].holds("not-stated")
    assert not CODE_SETS["sex"].holds("9")
    assert CODE_SETS["agency"].holds("our-own-team")


def test_a_number_is_not_a_date() -> None:
    """A number alone would be read as seconds since 1970, so it is refused with an example."""
    for value in (0, "20260302", 1.5):
        with pytest.raises(ValueError, match="write it like 2016-01-09"):
            FACTS["child-born"].model_validate({"date_of_birth": value})


def test_the_earliest_of_several_stops_counts() -> None:
    """Whichever fact that meets it came first is the one that did."""
    taken = told("police-protection-taken", "Mon 2 Mar 2026 10:00")
    order = told("order-made", "Tue 3 Mar 2026 10:00", kind="interim-care")
    ended = told("police-protection-ended", "Wed 4 Mar 2026 10:00")
    for facts in ((taken, order, ended), (ended, taken, order)):
        clock = next(c for c in clocks(facts, here()) if c.timescale.id == "police-protection-72h")
        assert clock.stop is not None

        assert clock.stop.name == "order-made"


@pytest.mark.parametrize(
    ("sittings", "said"),
    [
        ((), "No sitting of the MACSE is published for then: the limit of 1 month stands in."),
        ((("2026-02-18", "2026-02-10"),), "No sitting of the MACSE is published for then: the limit of 1 month stands in."),
        ((("2026-03-18", "2026-02-27"),), "The agenda of every published sitting of the MACSE was closed: the limit of 1 month stands in."),
        ((("2026-04-15", "2026-04-08"),), "The MACSE sits on 15 April 2026, later than the limit: the limit of 1 month stands in."),
        ((("2026-03-18", "2026-03-11"),), "The MACSE sits on 18 March 2026, and its agenda closes on 11 March 2026."),
    ],
)  # fmt: skip
def test_it_is_said_which_sitting_counts_or_that_the_limit_stands_in(
    sittings: tuple[tuple[str, str], ...], said: str
) -> None:
    """An empty calendar is said aloud: nobody takes the limit for a date that a panel chose."""
    published = of_authority(
        "panel-sittings-published",
        "Mon 2 Feb 2026 09:00",
        panel="macse",
        sittings=[{"sits_on": sits, "cutoff_on": closes} for sits, closes in sittings],
    )
    held = told(
        "strategy-meeting-held", "Mon 2 Mar 2026 10:00",
        kind="exploitation", outcome="macse", exploitation_refs=("x",),
    )  # fmt: skip
    (panel,) = (
        one for one in clocks([held], here(published)) if one.timescale.id == "cse-macse-next-panel"
    )
    found = explain(panel, here(published), moment("Tue 3 Mar 2026 12:00"))

    assert dict(found.lines)["Counting"].endswith(said)


def test_only_a_meeting_booked_with_less_notice_is_marked_so() -> None:
    """The others are counted back, and nothing is said of short notice."""
    authority, said = judged_under("icpc-report-48h-before"), []
    for booked in ("Mon 2 Mar 2026 10:00", "Tue 10 Mar 2026 10:00"):
        meeting = told(
            "conference-scheduled", booked, kind="initial", scheduled_for="2026-03-11T09:30:00Z"
        )
        (report,) = (
            one
            for one in clocks([meeting], authority)
            if one.timescale.id == "icpc-report-48h-before"
        )
        found = explain(report, authority, moment("Tue 10 Mar 2026 12:00"))
        said.append((report.short_notice, dict(found.lines)["Counting"]))

    assert said[0] == (
        False,
        "Hours are counted back from the time of the meeting, as last booked.",
    )
    assert said[1][0]
    assert said[1][1].endswith(
        "It was booked with less notice than that: short notice, due at once."
    )


def test_what_else_decides_when_a_rule_runs_out_is_said() -> None:
    """A date that a fact gives, to count from or to be due on, and what lengthens a time once."""
    policy = england()
    approval = list(besides(policy.timescale("lac-temporary-approval-16w"), policy))
    order = list(besides(policy.timescale("cao-7d"), policy))

    assert approval == [
        "Where a fact says “expires on”, that is when it is due.",
        "Lengthened once, by 8 weeks, by: temporary approval given.",
    ]
    assert order == ["Where a fact says “begins on”, it counts from then."]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("missing-strategy-third-episode", "Every third one within 90 calendar days starts it."),
        (
            "missing-longterm-review",
            (
                "What starts from 28 calendar days after the day on which the child went missing on"
                " is allowed 1 month instead."
            ),
        ),
        (
            "lac-rha-6m-under5",
            "Where it would run out on or after the fifth birthday, 12 months are allowed instead.",
        ),
        (
            "lac-initial-health-assessment",
            "Where the first looked-after review held comes sooner, it is due then.",
        ),
        (
            "lado-conclude-1m",
            "Meant for 80% within 1 month, 90% within 3 months and 100% within 12 months.",
        ),
    ],
)
def test_a_count_a_switch_and_a_share_are_said_in_a_sentence(rule: str, said: str) -> None:
    """What else decides than the plain length, for each kind of rule that has it."""
    policy = england()

    assert list(besides(policy.timescale(rule), policy)) == [said]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("icpc-report-48h-before", "at least 48 hours before what was booked by it"),
        ("cse-police-same-day", "on the same day as it"),
        ("missing-longterm-review", "within 7 calendar days of it"),
    ],
)
def test_how_long_is_allowed_is_said_for_each_kind_of_rule(rule: str, said: str) -> None:
    """Counted on, counted back from a meeting, or on the very day."""
    assert how_long(england().timescale(rule), "it") == said


def test_a_quota_says_when_it_is_nearly_reached_only_where_somebody_is_warned_then() -> None:
    """An authority's own pack may leave that warning out."""
    policy = england()
    rule = policy.timescale("lac-short-break-limits")
    assert rule.quota is not None
    silent = rule.quota.model_copy(update={"warn_at": None})
    told = list(besides(rule, policy))
    untold = list(besides(rule.model_copy(update={"quota": silent}), policy))

    assert "Warned of too when 70 of them are reached." in told
    assert [one for one in told if one not in untold] == [
        "Warned of too when 70 of them are reached."
    ]
