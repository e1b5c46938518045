"""Files into the log: once, exactly counted, and corrected when they say otherwise."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.event import Event, Recorded, event_id
from domain.facts.authority import FeedAdvanced, SourceRegistered
from domain.facts.corrections import FactCorrected, FactWithdrawn
from domain.facts.fact import EventName
from domain.standing import Standing, standing
from formats import recording
from formats.importing import import_file
from formats.opening import open_file
from formats.recording import Report
from formats.statement import Noted
from store.log import Log
from tests.formats.returns import assessment, census, child, head, referral, written
from tests.store.events import Place

SOURCE = "/files/cin-census/343"
MAY, JUNE, JULY = (f"2026-0{month}-01T09:00:00" for month in (5, 6, 7))


@pytest.fixture
def store(server: str | None) -> str | None:
    """Every story of this file is told on both stores."""
    return server


def imported(log: Log, folder: Path, text: str) -> Report:
    """The report of one import of a return."""
    return import_file(log, open_file(written(folder, text), "343"))


def counts(report: Report) -> tuple[int, int, int, int]:
    """Recorded, duplicate, corrected, and gone."""
    gone = len(report.not_stated_any_more)
    return report.recorded, report.duplicate, report.corrected, gone


def history(log: Log, ref: str = "C1") -> tuple[Recorded, ...]:
    """What is recorded of a child."""
    return log.history(log.stream("343", "child", ref))


def stands(log: Log, name: str, ref: str = "C1") -> list[Standing]:
    """The facts of one name that stand for a child."""
    return [one for one in standing(history(log, ref)) if one.name == name]


def days(log: Log, name: str, ref: str = "C1") -> list[str]:
    """The days on which facts of one name stand for a child."""
    return [str(one.on) for one in stands(log, name, ref)]


def of_authority(log: Log) -> list[Event]:
    """What is recorded of the authority itself."""
    return [one.event for one in log.history(log.stream("343", "authority", "343"))]


def one_year(*referrals: str, extracted: str = MAY) -> str:
    """A return of one child with these referrals."""
    return census(child("".join(referrals)), header=head(extracted=extracted))


def a_year_before(*referrals: str) -> str:
    """The return of the year before."""
    header = head("2025-03-31", "2025-05-01T09:00:00")
    return census(child("".join(referrals)), header=header)


def test_a_second_import_records_nothing(log: Log, tmp_path: Path) -> None:
    """The same return again is all duplicates, and the log has not grown."""
    first = imported(log, tmp_path, census())
    grown = log.head()
    second = imported(log, tmp_path, census())

    assert counts(first) == (9, 0, 0, 0)
    assert counts(second) == (0, 9, 0, 0)
    assert log.head() == grown
    assert grown == 9 + 2


def test_what_a_return_says_of_its_source(log: Log, tmp_path: Path) -> None:
    """First the days it speaks of and what it can state; last how far it has spoken."""
    imported(log, tmp_path, census())
    first, last = of_authority(log)

    assert isinstance(first.said, SourceRegistered)
    assert (first.said.source, first.said.delivers) == (SOURCE, "batch")
    assert (first.said.from_on, first.said.to_on) == (date(2025, 4, 1), date(2026, 3, 31))
    assert isinstance(last.said, FeedAdvanced)
    assert last.said.complete_to == datetime(2026, 3, 31, 23, tzinfo=UTC)
    assert log.after(log.head() - 1)[0].position == log.head()
    assert {one.event.source_recorded_at for one in history(log)} == {
        datetime(2026, 5, 1, 8, tzinfo=UTC)
    }


def test_a_return_within_the_year_has_spoken_up_to_its_hour(log: Log, tmp_path: Path) -> None:
    """What had not happened yet is not said to be absent."""
    text = census(header=head("2025-12-31", "2025-12-31T12:00:00"))
    imported(log, tmp_path, text)
    said = of_authority(log)[-1].said

    assert isinstance(said, FeedAdvanced)
    assert said.complete_to == datetime(2025, 12, 31, 12, tzinfo=UTC)


def test_a_changed_return_corrects(log: Log, tmp_path: Path) -> None:
    """A day, then another, then the first again are two corrections, and the first fact stands."""
    first = one_year(referral("2025-06-02", assessment("2025-06-03")))
    other = first.replace("2025-06-03", "2025-06-10")
    reports = [
        imported(log, tmp_path, text.replace(MAY, extracted))
        for text, extracted in ((first, MAY), (other, JUNE), (first, JULY), (first, JULY))
    ]

    assert [counts(one) for one in reports] == [
        (3, 0, 0, 0),
        (0, 2, 1, 0),
        (0, 2, 1, 0),
        (0, 3, 0, 0),
    ]
    assert days(log, "assessment-started") == ["2025-06-03"]
    assert [one.text for one in reports[1].warnings] == [
        "assessment: taken for one whose date was changed"
    ]
    corrections = [one for one in history(log) if isinstance(one.event.said, FactCorrected)]
    assert [str(one.event.occurred_at) for one in corrections] == [
        "2026-06-01 08:00:00+00:00",
        "2026-07-01 08:00:00+00:00",
    ]


def test_changes_without_a_new_hour_are_told_apart(log: Log, tmp_path: Path) -> None:
    """Some systems stamp two returns alike; the later import still has the last word."""
    for day in ("2025-06-03", "2025-06-10", "2025-06-03", "2025-06-10"):
        text = one_year(referral("2025-06-02", assessment(day)))
        imported(log, tmp_path, text)

        assert days(log, "assessment-started") == [day]
        assert counts(imported(log, tmp_path, text))[::2] == (0, 0)


def test_what_a_row_says_is_corrected_field_by_field(log: Log, tmp_path: Path) -> None:
    """Another code, and one that is said no more."""
    need = "<PrimaryNeedCode>N1</PrimaryNeedCode>"
    imported(log, tmp_path, one_year(referral("2025-06-02", need)))
    changed = one_year(referral("2025-06-02").replace(">6<", ">1A<"), extracted=JUNE)
    report = imported(log, tmp_path, changed)
    said = history(log)[-1].event.said

    assert counts(report) == (0, 1, 1, 0)
    assert isinstance(said, FactCorrected)
    assert (said.fields, said.occurred_on) == ({"source": "1A", "primary_need": None}, None)
    assert said.reason == "not-stated"


def test_what_a_return_only_now_knows_is_new(log: Log, tmp_path: Path) -> None:
    """An assessment authorised since is a fact, not a correction."""
    imported(log, tmp_path, one_year(referral("2025-06-02", assessment("2025-06-03"))))
    done = referral("2025-06-02", assessment("2025-06-03", "2025-07-01"))

    assert counts(imported(log, tmp_path, one_year(done, extracted=JUNE))) == (1, 3, 0, 0)


def test_a_row_put_in_before_others_moves_none(log: Log, tmp_path: Path) -> None:
    """Rows are known by their date first, so an earlier one that appears shifts nothing."""
    two = assessment("2025-07-01") + assessment("2025-09-01")
    imported(log, tmp_path, one_year(referral("2025-06-02", two)))
    three = assessment("2025-06-10") + two
    report = imported(log, tmp_path, one_year(referral("2025-06-02", three), extracted=JUNE))

    assert counts(report) == (1, 4, 0, 0)


def test_rows_of_one_day_are_told_apart(log: Log, tmp_path: Path) -> None:
    """Two referrals on one day are two, in the file's order, every time."""
    text = one_year(referral("2025-06-02"), referral("2025-06-02"))

    assert counts(imported(log, tmp_path, text)) == (3, 0, 0, 0)
    assert counts(imported(log, tmp_path, text)) == (0, 3, 0, 0)
    third = one_year(*[referral("2025-06-02")] * 3, extracted=JUNE)
    assert counts(imported(log, tmp_path, third)) == (1, 3, 0, 0)


def test_a_row_that_moved_to_where_another_was(log: Log, tmp_path: Path) -> None:
    """A reference once given is never given again, though its row stands on another day now."""
    imported(log, tmp_path, one_year(referral("2025-06-02")))
    imported(log, tmp_path, one_year(referral("2025-06-09"), extracted=JUNE))
    report = imported(
        log, tmp_path, one_year(referral("2025-06-02"), referral("2025-06-09"), extracted=JULY)
    )

    assert counts(report) == (1, 2, 0, 0)
    assert days(log, "referral-received") == ["2025-06-02", "2025-06-09"]


def test_a_row_that_has_gone_is_listed_and_stays(log: Log, tmp_path: Path) -> None:
    """Absence is not a statement: a person decides whether to withdraw it."""
    two = referral("2025-06-02", assessment("2025-06-03", "2025-07-01"))
    imported(log, tmp_path, one_year(two))
    report = imported(log, tmp_path, one_year(referral("2025-06-02"), extracted=JUNE))

    assert counts(report) == (0, 2, 0, 2)
    assert [one["fact"] for one in report.not_stated_any_more] == [
        "assessment-authorised",
        "assessment-started",
    ]
    assert days(log, "assessment-started") == ["2025-06-03"]
    assert "C1" not in json.dumps(report.document())


def test_a_child_that_has_gone_is_listed(log: Log, tmp_path: Path) -> None:
    """Children of an earlier return whom this one does not name; others' children are not."""
    imported(log, tmp_path, census(child(), child(ref="C2")))
    other = written(tmp_path, census(child(ref="C3")))
    import_file(log, open_file(other, "343", source="another"))
    report = imported(log, tmp_path, census(child(ref="C2"), header=head(extracted=JUNE)))

    assert counts(report) == (0, 9, 0, 9)
    assert {one["child"] for one in report.not_stated_any_more} == {
        log.stream("343", "child", "C1").hex
    }


def test_next_years_return_does_not_disturb_last_years(log: Log, tmp_path: Path) -> None:
    """What ended before a return's year is not expected in it, and nothing new is taken for it."""
    closed = "<CINclosureDate>2024-09-02</CINclosureDate>"
    last_year = [
        referral("2024-06-03", assessment("2024-06-04", "2024-07-01") + closed),
        referral("2024-12-02"),
        referral("2025-01-06", after="<ReferralNFA>1</ReferralNFA>"),
    ]
    imported(log, tmp_path, a_year_before(*last_year))
    report = imported(log, tmp_path, one_year(referral("2024-12-02"), referral("2025-06-02")))

    assert counts(report) == (1, 2, 0, 0)
    assert days(log, "referral-received") == [
        "2024-06-03",
        "2024-12-02",
        "2025-01-06",
        "2025-06-02",
    ]


def test_an_open_row_of_last_year_is_expected(log: Log, tmp_path: Path) -> None:
    """A referral still open must stand in the next return: gone is listed, moved is moved."""
    first = a_year_before(referral("2024-12-02"))
    imported(log, tmp_path, first)
    moved = imported(log, tmp_path, one_year(referral("2024-12-09")))
    gone = imported(log, tmp_path, one_year(extracted=JUNE))

    assert counts(moved) == (0, 1, 1, 0)
    assert [one["fact"] for one in gone.not_stated_any_more] == ["referral-received"]


def test_reviews_of_last_year_are_not_expected(log: Log, tmp_path: Path) -> None:
    """A review conference is over on its day; only those of the return's year must be in it."""

    def plan(*reviews: str) -> str:
        listed = "".join(f"<CPPreviewDate>{day}</CPPreviewDate>" for day in reviews)
        return referral(
            "2024-12-02",
            after="<ChildProtectionPlans><CPPstartDate>2024-12-20</CPPstartDate>"
            f"<Reviews>{listed}</Reviews></ChildProtectionPlans>",
        )

    first = a_year_before(plan("2025-03-03"))
    imported(log, tmp_path, first)
    report = imported(log, tmp_path, one_year(plan("2025-09-01")))

    assert counts(report) == (1, 3, 0, 0)
    assert days(log, "conference-held") == ["2025-03-03", "2025-09-01"]


def test_an_older_return_changes_nothing_said_since(log: Log, tmp_path: Path) -> None:
    """Imported late, it adds what was not known and corrects nothing."""
    imported(log, tmp_path, one_year(referral("2025-06-09"), extracted=JUNE))
    older = one_year(referral("2025-06-02", assessment("2025-06-03")), extracted=MAY)
    report = imported(log, tmp_path, older)

    assert counts(report) == (1, 2, 0, 0)
    assert days(log, "referral-received") == ["2025-06-09"]
    assert counts(imported(log, tmp_path, older)) == (0, 3, 0, 0)


def changed_by_hand(log: Log, fact: Recorded, said: FactCorrected | FactWithdrawn) -> None:
    """Somebody corrects or withdraws a fact of the return."""
    event = replace(
        fact.event,
        source="/by-hand/343",
        id=said.NAME,
        said=said,
        occurred_at=datetime(2026, 6, 10, tzinfo=UTC),
        occurred_on=None,
        source_recorded_at=datetime(2026, 6, 10, tzinfo=UTC),
    )
    log.append([event])


def test_what_a_person_corrected_stays_corrected(log: Log, tmp_path: Path) -> None:
    """The same return again says nothing new; another day in it does."""
    imported(log, tmp_path, one_year(referral("2025-06-02")))
    [received] = [one for one in history(log) if one.event.name == "referral-received"]
    name = EventName(source=received.event.source, id=received.event.id)
    by_hand = FactCorrected(corrected_event=name, reason="wrong-date", occurred_on=date(2025, 6, 4))
    changed_by_hand(log, received, by_hand)

    same = imported(log, tmp_path, one_year(referral("2025-06-02"), extracted=JUNE))
    assert counts(same) == (0, 2, 0, 0)
    assert days(log, "referral-received") == ["2025-06-04"]
    other = imported(log, tmp_path, one_year(referral("2025-06-05"), extracted=JULY))
    assert counts(other) == (0, 1, 1, 0)
    assert days(log, "referral-received") == ["2025-06-05"]


def test_what_was_withdrawn_is_not_recorded_again(log: Log, tmp_path: Path) -> None:
    """A return that still states it is reported; when it stops, nothing has gone."""
    imported(log, tmp_path, one_year(referral("2025-06-02")))
    [received] = [one for one in history(log) if one.event.name == "referral-received"]
    name = EventName(source=received.event.source, id=received.event.id)
    changed_by_hand(log, received, FactWithdrawn(corrected_event=name, reason="never-happened"))
    still = imported(log, tmp_path, one_year(referral("2025-06-02"), extracted=JUNE))
    no_more = imported(log, tmp_path, one_year(extracted=JULY))

    assert counts(still) == (0, 2, 0, 0)
    assert [one.text for one in still.warnings] == [
        "referral-received: stated still, though withdrawn"
    ]
    assert counts(no_more) == (0, 1, 0, 0)


def test_what_the_source_itself_withdrew(log: Log, tmp_path: Path) -> None:
    """Withdrawn under the source's own name, and stated by it again."""
    imported(log, tmp_path, one_year(referral("2025-06-02")))
    [received] = [one for one in history(log) if one.event.name == "referral-received"]
    name = EventName(source=received.event.source, id=received.event.id)
    said = FactWithdrawn(corrected_event=name, reason="never-happened")
    event = replace(received.event, id="w", said=said, source_recorded_at=None)
    log.append([event])

    assert counts(imported(log, tmp_path, one_year(referral("2025-06-02")))) == (0, 2, 0, 0)


def test_a_date_of_ours_alone_is_no_change(log: Log, tmp_path: Path) -> None:
    """The child's details stand on the first referral; that one of a new return is another is nothing."""
    imported(log, tmp_path, one_year(referral("2025-06-02")))
    report = imported(
        log, tmp_path, one_year(referral("2025-05-05"), referral("2025-06-02"), extracted=JUNE)
    )

    assert counts(report) == (1, 2, 0, 0)


def test_corrected_details_are_sealed(place: Place, log: Log, tmp_path: Path) -> None:
    """Another birth date is a correction, and no birth date lies in the log in clear."""
    born = "<PersonBirthDate>{}</PersonBirthDate>"
    for day, extracted in (("2019-08-07", MAY), ("2019-08-17", JUNE)):
        text = census(child(identifiers=born.format(day)), header=head(extracted=extracted))
        report = imported(log, tmp_path, text)
    details = stands(log, "child-details-recorded")[0].fact.model_dump(exclude_none=True)

    assert counts(report) == (0, 8, 1, 0)
    assert details["date_of_birth"] == date(2019, 8, 17)
    kept = place.everything()
    assert b"2019-08-" not in kept


def test_a_child_named_twice_is_said(log: Log, tmp_path: Path) -> None:
    """Both places are read as one child, and nothing of the first is taken for gone or moved."""
    more = referral("2025-06-02") + referral("2025-09-01")
    text = census(child(referral("2025-06-02")), child(more))
    report = imported(log, tmp_path, text)

    assert counts(report) == (3, 2, 0, 0)
    assert [one.text for one in report.warnings] == ["the same child stands in this file before"]
    assert counts(imported(log, tmp_path, text)) == (0, 5, 0, 0)


def test_bad_rows_are_listed_and_the_rest_goes_in(log: Log, tmp_path: Path) -> None:
    """Exact counts with line and reason, as the command prints them."""
    bad = "<CINclosureDate>soon</CINclosureDate>"
    text = census(child("", ref=""), child(referral("2025-06-02", bad)))
    report = imported(log, tmp_path, text)

    assert counts(report) == (2, 0, 0, 0)
    assert report.document() == {
        "recorded": 2,
        "duplicate": 0,
        "corrected": 0,
        "unreadable": [
            {
                "line": 4,
                "problem": "Child: LAchildID is missing, or not 1 to 100 printable characters",
            },
            {"line": 5, "problem": "CINclosureDate: write it like 2016-01-09"},
        ],
        "not_stated_any_more": [],
        "warnings": [],
    }


def test_a_reference_too_long_to_keep_is_listed(log: Log, tmp_path: Path) -> None:
    """A row of another source's making that leads to an impossible reference costs only itself."""
    source = written(tmp_path, one_year(referral("2025-06-02", assessment("2025-06-03"))))
    file = open_file(source, "343")
    [statement] = list(file.items)
    long = replace(statement, child="C" * 190)  # type: ignore[type-var]
    report = import_file(log, replace(file, items=iter([long])))  # type: ignore[arg-type]

    assert report.recorded == 1
    assert [one.line for one in report.unreadable] == [4, 4]


def lines(*events: dict[str, Any]) -> str:
    """Events as JSON Lines."""
    return "\n".join(json.dumps(event) for event in events)


def event(number: int, **data: object) -> dict[str, Any]:
    """A referral as it is sent."""
    return {
        "specversion": "1.0",
        "type": "daymark.referral-received.v1",
        "source": "/case-system/343",
        "id": str(number),
        "subject": f"C{number}",
        "time": "2026-02-05T23:30:00Z",
        "data": {"referral_ref": "R", "source": "6"} | data,
    }


def test_events_are_recorded_once(log: Log, tmp_path: Path) -> None:
    """Known events are duplicates; one line that cannot be read costs only itself."""
    text = lines(event(1), event(2), event(2)) + "\n{broken\n"
    first = imported(log, tmp_path, text)
    second = imported(log, tmp_path, text)

    assert (counts(first), counts(second)) == ((2, 1, 0, 0), (0, 3, 0, 0))
    assert [one.line for one in first.unreadable] == [4]
    assert first.warnings == second.warnings == []
    assert len(history(log, "C1")) == 1


def test_an_id_used_for_something_else_is_said(log: Log, tmp_path: Path) -> None:
    """As over HTTP: the first stands, what came is kept, and somebody should look."""
    imported(log, tmp_path, lines(event(1)))
    report = imported(log, tmp_path, lines(event(1, source="1A")))

    assert counts(report) == (0, 1, 0, 0)
    assert report.warnings == [
        Noted(1, "this source and id are known with other content; kept as an anomaly")
    ]
    assert [one.event.name for one in history(log)] == ["referral-received", "id-reused"]


def test_many_events_take_few_transactions(log: Log, tmp_path: Path) -> None:
    """More than a batch goes in, and progress is told in bytes."""
    many = lines(*(event(number) for number in range(recording.BATCH + 7)))
    told: list[int] = []
    path = written(tmp_path, many)
    report = import_file(log, open_file(path, "343"), progress=told.append)

    assert report.recorded == recording.BATCH + 7
    assert told == sorted(told)
    assert told[-1] == path.stat().st_size


def test_progress_through_a_return(log: Log, tmp_path: Path) -> None:
    """How far a return has been read is told too."""
    told: list[int] = []
    path = written(tmp_path, census(child(), child(ref="C2")))
    import_file(log, open_file(path, "343"), progress=told.append)

    assert len(told) > 1
    assert told[-1] == path.stat().st_size


dated = st.dates(date(2025, 4, 1), date(2026, 3, 31)).map(str)
some_referrals = st.lists(
    st.builds(
        lambda on, inside: referral(on, "".join(map(assessment, inside))),
        dated,
        st.lists(dated, max_size=3),
    ),
    max_size=3,
)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(returns=st.lists(some_referrals, min_size=1, max_size=4), number=st.integers(0))
def test_the_last_return_is_what_stands(
    log: Log, tmp_path: Path, returns: Sequence[Sequence[str]], number: int
) -> None:
    """Whatever a return says, its rows stand as it says them, and again it records nothing."""
    ref = f"P{number}-{log.head()}"
    source = f"s{log.head()}"
    for index, referrals in enumerate(returns):
        header = head(extracted=f"2026-05-{index + 1:02}T09:00:00")
        text = census(child("".join(referrals), ref), header=header)
        path = written(tmp_path, text)
        first = import_file(log, open_file(path, "343", source=source))
        second = import_file(log, open_file(path, "343", source=source))
        gone = {event_id("343", source, one["id"]) for one in first.not_stated_any_more}
        found = [
            str(one.on)
            for name in ("referral-received", "assessment-started")
            for one in stands(log, name, ref)
            if one.event_id not in gone
        ]

        assert counts(second)[::2] == (0, 0)
        assert len(found) == text.count("<CINreferralDate>") + text.count("<Assessments>")
        assert all(f">{day}<" in text for day in found)


def test_two_rows_moved_to_one_day_are_told_apart_by_their_order(log: Log, tmp_path: Path) -> None:
    """A referral whose date was changed meets another of that day: the same file again records nothing."""
    day, before = "2025-04-01", head(extracted="2026-05-01T09:00:00")
    imported(log, tmp_path, census(child(referral("2025-04-02")), header=before))
    moved = census(child(referral(day) + referral(day, assessment(day))))
    first, second = (imported(log, tmp_path, moved) for _ in range(2))

    assert "referral: taken for one whose date was changed" in {one.text for one in first.warnings}
    assert counts(second)[::2] == (0, 0)
