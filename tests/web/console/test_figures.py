"""Figures and pictures say the same numbers everywhere, and a problem's reference finds its trace."""

import csv
import html
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.histories import england, moment
from tests.web.client import TestClient
from tests.web.console.states import of_child
from tests.web.console.town import NOW, URL, Town, begin
from web.app import build

FIGURE = "/figures/breaches"


@pytest.fixture(scope="module")
def client(town: Town) -> TestClient:
    """A browser that only reads."""
    return TestClient(build(town.parts()), base_url=URL)


def table(page: str) -> list[list[str]]:
    """The cells of the only table of a page, line by line."""
    lines = re.findall(r"<tr.*?</tr>", page, flags=re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line, flags=re.DOTALL) for line in lines]
    return [
        [html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in line] for line in cells
    ]


def file(client: TestClient, query: str) -> list[list[str]]:
    """The rows of the file of a figure."""
    text = client.get(f"{FIGURE}.csv{query}").content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize("query", ["", "?weeks=13", "?timescale=icpc-15wd", "?publish=yes"])
def test_picture_table_and_file_have_the_same_numbers(client: TestClient, query: str) -> None:
    """Line by line: the table of the page, the file, and what is read out of the picture."""
    page = client.get(FIGURE + query).text
    shown, kept = table(page)[1:], file(client, query)[2:]
    told = html.unescape(page.partition('<desc id="weeks-desc">')[2].partition("</desc>")[0])

    assert shown == kept
    assert len(shown) > 1
    for name, *counts in shown:
        assert f"{name}: week of " in told
        for count in counts[:-1]:
            assert f" {count}" in told


def test_small_numbers_are_hidden_where_a_figure_is_published(client: TestClient) -> None:
    """Neither page, picture nor file holds one, and it says so; the same page for colleagues does."""
    page = client.get(f"{FIGURE}?publish=yes")
    cells = [cell for line in table(page.text)[1:] for cell in line[1:]]

    assert not {"1", "2", "3", "4", "5"} & {*cells}
    assert "5 or fewer" in cells
    assert "are shown as “5 or fewer”" in page.text
    assert "5 or fewer" not in client.get(FIGURE).text


def test_the_figures_of_a_team_are_only_its_own(client: TestClient) -> None:
    """North and south have one late conference each of the three; what cannot be read asks for the usual."""
    sums = [file(client, query)[-1][-1] for query in ("?team=north", "?team=south", "?weeks=x")]

    assert sums == ["1", "1", "5"]


def test_each_mark_of_a_childs_clocks_stands_in_the_table_beside_it(
    client: TestClient, town: Town
) -> None:
    """Nothing is known only to those who see the picture."""
    page = client.get(of_child("CH-0001", "/clocks")(town)).text
    told = html.unescape(page.partition('<desc id="clocks-desc">')[2].partition("</desc>")[0])

    assert len(table(page)) > 3
    for name, started, _, due, _, _ in table(page)[1:]:
        assert f"{name}: started {started}, due by {due}" in told


def test_a_wrong_moment_is_a_problem_and_no_picture(client: TestClient, town: Town) -> None:
    """As on every page of a child."""
    assert client.get(of_child("CH-0001", "/clocks?as-of=soon")(town)).status_code == 400


def test_the_reference_of_a_problem_page_finds_its_trace(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a person reads out to the service desk is the id under which the request was traced."""
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr("web.answering.tracer", provider.get_tracer("daymark.web"))

    unread: Any = object()
    parts = replace(town.parts(), views=unread)
    page = TestClient(build(parts), base_url=URL, raise_server_exceptions=False).get("/board")
    reference = re.findall(r"\b[0-9a-f]{32}\b", page.text)
    (span,) = kept.get_finished_spans()

    assert page.status_code == 500
    assert reference == [trace.format_trace_id(span.context.trace_id)]


IN_TIME = "/figures/timeliness"


@pytest.mark.parametrize("query", ["", "?figure=return-interviews&quarters=12", "?team=north"])
def test_what_was_done_in_time_is_the_same_in_picture_table_and_file(
    client: TestClient, query: str
) -> None:
    """Quarter by quarter and team by team, with the source of the figure beside the numbers."""
    page = client.get(IN_TIME + query).text
    kept = list(
        csv.reader(io.StringIO(client.get(f"{IN_TIME}.csv{query}").content.decode("utf-8-sig")))
    )
    shown = [line for line in table(page) if line[0] not in {"Quarter", "Team"}]
    told = html.unescape(page.partition('<desc id="shares-desc">')[2].partition("</desc>")[0])

    assert [line[1:] for line in shown] == [line[1:] for line in kept[3:]]
    assert kept[1][0] in html.unescape(page)
    assert len(shown) > 4
    for name, in_time, late, _, _, percent in shown[: shown.index(["All", *kept[-1][1:]])]:
        assert f"{name}: {percent}, {in_time} in time, {late} late" in told


def test_a_share_is_said_in_a_sentence(client: TestClient) -> None:
    """The answer first, with the numbers it is made of."""
    page = html.unescape(client.get(f"{IN_TIME}?figure=conferences").text)

    assert re.search(
        r"Conferences within 15 working days: \d+%, \d of \d initial conferences held since", page
    )
    assert "None to count since" in client.get(f"{IN_TIME}?figure=visits&quarters=no").text


@pytest.mark.parametrize(
    ("figure", "first"), [(f"{FIGURE}?weeks=13", "Timescale"), (f"{IN_TIME}?team=north", "Quarter")]
)
def test_a_figure_that_cannot_be_relied_on_says_so_in_its_file(
    town: Town, figure: str, first: str
) -> None:
    """Each doubt leads the file in a row of its own; nought is not known, there and on the page."""
    later = town.parts(now=lambda: moment("Mon 11 Jan 2016 10:05"))
    doubtful = TestClient(build(later), base_url=URL)
    path, _, query = figure.partition("?")
    kept = list(csv.reader(io.StringIO(doubtful.get(f"{path}.csv?{query}").text)))
    page = doubtful.get(figure).text
    shown = [line for line in table(page) if line[0] not in {first, "Team"}]
    doubts = [row for row in kept if "Do not rely on these figures. " in row[0]]

    assert len(doubts) == 2
    assert doubts == kept[:2]
    assert "Escalation has been paused since" in doubts[0][0]
    assert [line[1:] for line in shown] == [row[1:] for row in kept[-len(shown) :]]
    assert {"0", "none to count"}.isdisjoint(cell for row in shown for cell in row)
    assert "not known" in {cell for row in shown for cell in row}
    assert not re.search(r'text-anchor="middle">(0|none)<', page)


@pytest.fixture
def planned(tmp_path: Path) -> Iterator[Town]:
    """A town under every shipped rule, with a plan of two years and a new one."""
    town = Town(tmp_path, policy=england)
    begin(town)
    for child, on in (("CH-1", "Mon 6 Jan 2014"), ("CH-2", "Mon 4 Jan 2016")):
        town.tell(child, "plan-started", on, kind="child-protection", plan_ref=f"P-{child}")
    town.now = NOW
    town.tell_of_itself("feed-advanced", "Mon 11 Jan 2016 02:10", source="nightly", complete_to=NOW)
    town.show()
    yield town
    town.close()


def plans(town: Town, query: str) -> tuple[str, list[list[str]]]:
    """The page of plans open for long, and the rows of its file."""
    client = TestClient(build(town.parts()), base_url=URL)
    text = client.get(f"/figures/plans.csv{query}").content.decode("utf-8-sig")
    page = html.unescape(client.get(f"/figures/plans{query}").text)
    return page, list(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize(
    ("query", "ends", "told"),
    [
        ("", 4, ["2", "1", "1"]),
        ("?quarters=8", 8, ["2", "1", "1"]),
        ("?quarters=no&team=north", 4, ["0", "0", "0"]),
    ],
)
def test_plans_open_for_long_are_the_same_on_page_and_in_file(
    planned: Town, query: str, ends: int, told: list[str]
) -> None:
    """With the source and the rule that holds both lengths beside the numbers."""
    page, kept = plans(planned, query)
    every, longer, second = told

    assert table(page)[1:] == kept[3:]
    assert table(page)[ends] == ["11 January 2016", *told]
    assert table(page)[0][1:] == [
        "Plans open", "Open for more than 15 months", "Open for 24 months or more",
    ]  # fmt: skip
    assert kept[1][0] in page
    assert "what the authority settled, and not law" in page
    assert (
        f"{every} child protection plans are open;"
        f" {longer} for more than 15 months, {second} for 24 months or more."
    ) in page


def test_plans_that_cannot_be_relied_on_are_not_said_to_be_none(planned: Town) -> None:
    """Each doubt leads the file, and nought is not known, there and on the page."""
    planned.now += timedelta(hours=1)
    page, kept = plans(planned, "")

    assert kept[0][0].startswith("Do not rely on these figures. Escalation has been paused since")
    assert table(page)[1:] == kept[-len(table(page)) + 1 :]
    assert ["30 June 2015", "1", "1", "not known"] in kept
    assert "This cannot be relied on now." in page


def test_plans_are_not_said_to_be_none_where_nobody_watches_them(client: TestClient) -> None:
    """The town has switched the rule off."""
    page = client.get("/figures/plans").text

    assert "No plan is counted: the rule of plans open for long is switched off." in page
    assert {cell for line in table(page)[1:] for cell in line[1:]} == {"not counted"}
