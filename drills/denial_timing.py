"""Whether a restricted child can be told from one that does not exist by how long the answer takes."""

import asyncio
import re
import secrets
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import httpx2

from assembly import Daymark, assemble, prepare
from domain.access_events import AccessForced
from domain.engine_events import EngineEvent
from domain.event import CONSOLE, Event, Kind
from domain.facts.authority import PanelMemberInvited, PersonAssigned
from domain.facts.fact import Fact
from domain.facts.whole_child import CaseAllocated, RecordRestricted
from drills.outcome import CannotRun, Counts, Outcome, counted, drawn
from formats.addresses import Address
from projections.board_view import rebuild
from server import serve
from settings import Settings
from supervisor import free_port
from web.console.gate import Gate

ALLOWED: Final = 0.05
"""The largest difference of the medians that counts as none."""
LENGTHS: Final = (50, 1500)
"""How long the histories of the hidden children are: one as is usual, and one as hardly any is."""
BEHIND: Final = "the last not seen"
UNSEEN: Final = "nothing seen"
NOBODY: Final = "no child"
UNNAMED: Final = "not signed in"
FORCER: Final = "forced-once"
INVITED: Final = "invited"
POSTS: Final[Mapping[str, str]] = {
    FORCER: "team_manager",
    INVITED: "police_cse_and_missing_coordinator",
}
"""Who asks besides, with their posts."""


def drill(points: int = 1000, *, control: bool = False, seed: int | None = None) -> Outcome:
    """Ask so often for hidden children and for nobody; as a control the history is read and nothing waits.

    It is asked by who has not said who they are, by somebody who once forced every record open, and by
    somebody who is invited to a sitting; and once more with no wait, to see how much work each takes.
    """
    counts = Counts(seed=drawn(seed))
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder), web=Address("127.0.0.1", free_port()))
        prepare(settings)
        settings.people_file.write_text(people_file())
        with closing(assemble(settings)) as daymark:
            hidden = hide_children(daymark)
            with served(daymark), hurried() if control else nullcontext():
                times = asked_by_each(settings.url, daymark, hidden, points, counts)
                with unwaited():
                    bare = asked_by_each(settings.url, daymark, hidden, points, counts)
    return compared(times, bare, counts)


def people_file() -> str:
    """The people who ask, as the pages know them."""
    rows = [
        f"{one},{one},{one}@council.example,{role},,2020-01-01,,\n" for one, role in POSTS.items()
    ]
    return "person_ref,name,email,role,team_ref,from_on,to_on,covers\n" + "".join(rows)


def hide_children(daymark: Daymark) -> dict[str, str]:
    """The hidden children by how they are hidden, with their opaque ids.

    One usual and one long history that the board has seen to the end, one of which it has not seen
    the last, and one of which it has seen nothing.
    """
    tell(daymark, "authority", daymark.settings.authority, posts())
    usual, long = LENGTHS
    for name, length in ((f"{usual:,} events", usual), (f"{long:,} events", long), (BEHIND, long)):
        hide_a_child(daymark, name, length)
    rebuild(daymark.views, daymark.log, daymark.authority)
    tell(
        daymark, "child", BEHIND, [CaseAllocated(duty_ref="D-late", team_ref="north", role="lead")]
    )
    hide_a_child(daymark, UNSEEN, long)
    names = (f"{usual:,} events", f"{long:,} events", BEHIND, UNSEEN)
    return {name: daymark.child(name).hex for name in names}


def posts() -> list[Fact]:
    """Who holds which post, and that one of them is invited to a sitting."""
    begun, sits_on = date(2020, 1, 1), datetime.now(UTC).date() + timedelta(days=7)
    held = [PersonAssigned(person_ref=one, role=role, from_on=begun) for one, role in POSTS.items()]
    return [*held, PanelMemberInvited(panel="macse", sits_on=sits_on, agency="police")]


def hide_a_child(daymark: Daymark, name: str, length: int) -> None:
    """A child with so much history, which nobody may see, and which somebody once forced open."""
    facts: list[Fact | EngineEvent] = [
        CaseAllocated(duty_ref=f"D-{n}", team_ref="north", role="lead") for n in range(length)
    ]
    facts.append(RecordRestricted(people=("nobody-at-all",), reason="other"))
    over = datetime.now(UTC) - timedelta(hours=1)
    facts.append(AccessForced(until=over, reason="to see whether this can be told"))
    tell(daymark, "child", name, facts)


def tell(daymark: Daymark, kind: Kind, subject: str, said: Sequence[Fact | EngineEvent]) -> None:
    """Record what is said of a child or of the authority."""
    now, mark = datetime.now(UTC), secrets.token_hex(4)
    daymark.log.append(
        [
            Event(
                authority=daymark.settings.authority,
                kind=kind,
                subject=subject,
                source=CONSOLE,
                id=f"drill-{mark}-{n}",
                said=one,
                occurred_at=now,
                by=FORCER,
            )
            for n, one in enumerate(said)
        ]
    )


@contextmanager
def served(daymark: Daymark) -> Iterator[None]:
    """The web of this installation, on its own loop."""
    loop, stop, ready = asyncio.new_event_loop(), asyncio.Event(), threading.Event()
    thread = threading.Thread(
        target=lambda: loop.run_until_complete(serve(daymark, stop, ready.set)), daemon=True
    )
    thread.start()
    if not ready.wait(30):
        message = "the pages cannot be served: `daymark up` says why"
        raise CannotRun(message)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)


@contextmanager
def hurried() -> Iterator[None]:
    """The fault of the control: the whole history is read first, and a denial is then answered at once."""
    waits, asks = Gate.take_time, Gate.closed
    Gate.take_time = lambda *_: None  # type: ignore[method-assign]
    Gate.closed = lambda *_: None  # type: ignore[method-assign]
    try:
        yield
    finally:
        Gate.take_time, Gate.closed = waits, asks  # type: ignore[method-assign]


@contextmanager
def unwaited() -> Iterator[None]:
    """Denials are answered as soon as they are known, so that what they cost can be seen."""
    waits = Gate.take_time
    Gate.take_time = lambda *_: None  # type: ignore[method-assign]
    try:
        yield
    finally:
        Gate.take_time = waits  # type: ignore[method-assign]


Times = dict[str, dict[str, list[float]]]
"""How long each answer took, by who asked and for whom."""


def asked_by_each(
    url: str, daymark: Daymark, hidden: Mapping[str, str], points: int, counts: Counts
) -> Times:
    """The same questions by every reader."""
    refs = {**hidden, NOBODY: daymark.child(NOBODY).hex}
    found: Times = {}
    for reader in (UNNAMED, *POSTS):
        ours = {"sec-fetch-site": "same-origin"}
        with httpx2.Client(base_url=url, trust_env=False, headers=ours) as client:
            if reader != UNNAMED:
                sign_in(client, reader)
            found[reader] = ask(client, refs, points, counts)
    return found


def sign_in(client: httpx2.Client, person: str) -> None:
    """Say who one is, through the form of a trial installation."""
    token = re.findall(r'name="token" value="([^"]+)"', client.get("/me").text)
    answer = client.post("/me", data={"token": token[0], "person": person}) if token else None
    if answer is None or answer.is_error:
        message = f"nobody can say here that they are {person}"
        raise CannotRun(message)


def ask(
    client: httpx2.Client, refs: Mapping[str, str], points: int, counts: Counts
) -> dict[str, list[float]]:
    """How long each answer took; whoever is told anything but not-found has been told too much."""
    times: dict[str, list[float]] = {name: [] for name in refs}
    answers, chance = dict[str, bytes](), counts.chance
    for _ in range(points):
        for name in chance.sample(list(refs), len(refs)):
            began = time.perf_counter()
            answer = client.get(f"/children/{refs[name]}")
            taken = time.perf_counter() - began
            times[name].append(taken)
            counts.tried += 1
            counts.delayed(timedelta(seconds=taken))
            counts.acknowledged += answer.status_code == httpx2.codes.NOT_FOUND
            counts.missed += answer.status_code != httpx2.codes.NOT_FOUND
            answers[name] = answer.content
    counts.missed += len(set(answers.values())) - 1
    return times


def compared(times: Times, bare: Times, counts: Counts) -> Outcome:
    """The medians; missed where one differs from that of nobody by more than a part of the larger."""
    apart = {reader: furthest(of) for reader, of in times.items()}
    counts.missed += sum(one > ALLOWED for one in apart.values())
    told = "; ".join(
        f"{reader}: {', '.join(f'{name} {median(one):.2f}' for name, one in of.items())} ms,"
        f" {apart[reader]:.1%} apart at most"
        for reader, of in times.items()
    )
    work = "; ".join(
        f"{reader}: {', '.join(f'{name} {median(one):.2f}' for name, one in of.items())} ms"
        for reader, of in bare.items()
    )
    figures = {
        f"apart_{reader.replace(' ', '_').replace('-', '_')}": one for reader, one in apart.items()
    }
    said = f"{told}. Without the wait {work}"
    return counted("denial-timing", counts, said, **figures)


def median(times: Sequence[float]) -> float:
    """The middle one of some times, in milliseconds."""
    return statistics.median(times) * 1000


def furthest(times: Mapping[str, Sequence[float]]) -> float:
    """By how much of the larger the median of a hidden child differs at most from that of nobody."""
    other = median(times[NOBODY])
    each = [median(one) for name, one in times.items() if name != NOBODY]
    return max(abs(one - other) / max(one, other) for one in each)
