"""The one place where it is asked whether somebody may: before every page, form and file."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from fastapi import Request
from starlette.exceptions import HTTPException

from domain.access_rules import ONE_CHILD, PURPOSES, Action, Kind
from domain.audit_period import Period
from domain.authority import Authority
from domain.child_episode import ChildEpisode, team_of
from domain.errors import Unavailable
from domain.invitations import invited_to
from domain.owing import owed_by
from domain.permission import Asker, Decision, Record, Visible, in_force, may, visible
from domain.rights import (
    LEADS_TO,
    WITHHOLDS,
    family_of,
    forced_open,
    led_to,
    restriction,
    told_of,
    withheld,
    worker_of,
)
from projections.audited import cut_at, periods_of
from projections.board import find_escalation
from projections.kept_record import kept_record
from projections.statuses import has_ended
from web.access import Needs, needed
from web.console.askers import given_of, owing, posts_of, purpose_of, reaching, with_forced
from web.console.searches import note_denied, spend
from web.console.sessions import SAFE, Session, Sessions
from web.parts import Parts

UNATTENDED: Final = "x-daymark-unattended"
"""The header of what a page asks by itself: it does not keep anybody signed in."""

NO_ROUTE_SAYS: Final = "every route declares what it needs"

logger = structlog.get_logger()


class SayWhyFirst(Exception):
    """A record opens only to who says why they look, and they have not; `back` is where they were going."""

    def __init__(self, stream: str, back: str) -> None:
        """Keep which record, and the way back."""
        super().__init__("say why first")
        self.stream = stream
        self.back = back


class SignInFirst(Exception):
    """Nobody has said who they are, and here they must; `back` is where they were going."""

    def __init__(self, back: str) -> None:
        """Keep the way back."""
        super().__init__("sign in first")
        self.back = back


@dataclass(frozen=True)
class Access:
    """What the gate let through: who asks, to do what, with which record, and why."""

    needs: Needs
    asker: Asker
    session: Session | None
    purpose: str
    decision: Decision
    record: Record
    visible: Visible
    """Which children and clocks this person may see, for lists, counts and files."""
    episode: ChildEpisode | None = None
    """The child, as far as the reader may look."""

    def moment(self, now: datetime) -> datetime:
        """The moment at which the record is judged for the reader: now, or the end of their period."""
        return min(now, max((one.last for one in self.decision.within), default=now))


def access(request: Request) -> Access:
    """What the gate let through of this request."""
    found = request.state.access
    assert isinstance(found, Access)
    return found


def episode_of(request: Request) -> ChildEpisode:
    """The child, or the authority's own record, as far as the gate let it through."""
    episode = access(request).episode
    assert episode is not None
    return episode


class Gate:
    """Asks the rules, and keeps for the page what they answered."""

    def __init__(self, parts: Parts, sessions: Sessions) -> None:
        """Keep what records, people and sessions are looked up in."""
        self._parts = parts
        self._sessions = sessions

    def __call__(self, request: Request) -> None:
        """Let a request through to its page; who may not is told what they are told who ask for nothing."""
        began = time.perf_counter()
        self._sessions.refuse_strangers(request)
        needs = needed(request.scope.get("route"))
        if needs is None:
            raise AssertionError(NO_ROUTE_SAYS)
        now = self._parts.now()
        session = self._sessions.read(request.cookies, now, used=UNATTENDED not in request.headers)
        request.state.session = session
        asker = self.asker(session, now)
        asked = request.query_params.get("purpose")
        # Asked of the kind, never of the record, and before it is looked for: where to go first must
        # not tell that one exists, nor must how long it takes.
        if (
            asker.person is None
            and not visible(asker, needs.action, needs.kind, purpose_of(asker, asked), now).grants
        ):
            raise SignInFirst(page_of(request))
        place = self.place(request, needs)
        named = stream_of(place[0]) if place else None
        if place is not None and (closed := self.closed(*place, needs, asker, now)):
            decision, kept = closed
            note(decision, needs, asker, kept)
            why = purpose_of(asker, asked, kept)
            note_denied(self._parts, request, decision, asker, kept, named, why)
            self.take_time(began)
            raise HTTPException(404)
        record, episode = self.record(request, place, needs, now)
        if record is not None and episode is not None:
            asker = with_forced(asker, episode)
            record = self.in_periods(record, episode, asker, place[1] if place else None, now)
        decision, purpose = self.decided(request, needs, session, asker, record, now)
        note(decision, needs, asker, record)
        if record is None or not decision.allowed:
            note_denied(self._parts, request, decision, asker, record, named, purpose)
            self.take_time(began)
            raise HTTPException(404)
        spend(self._parts, request, asker, now)
        request.state.began = began
        request.state.access = Access(
            needs,
            asker,
            session,
            purpose,
            decision,
            record,
            visible(asker, needs.action, "list", purpose, now),
            reached(episode, decision.within),
        )

    def decided(
        self,
        request: Request,
        needs: Needs,
        session: Session | None,
        asker: Asker,
        record: Record | None,
        now: datetime,
    ) -> tuple[Decision, str]:
        """Whether somebody may, and why they look; SayWhyFirst where that alone is missing."""
        purpose = purpose_of(asker, request.query_params.get("purpose"), record)
        if record is None:
            return Decision(allowed=False, rule="none", reason="nothing of this address"), purpose
        decision = may(asker, needs.action, record, None, now)
        if not decision.allowed:
            stated = self.stated(request, needs, session, record)
            purpose = stated or purpose
            decision = may(asker, needs.action, record, purpose, now)
            if decision.allowed and stated is None and request.method in SAFE:
                raise SayWhyFirst(str(record.stream), back_to(request))
        elif decision.words_to is None:
            # Let in as somebody told: why they look, once said, opens what their post opens.
            stated = self.stated(request, needs, session, record)
            said = may(asker, needs.action, record, stated, now)
            if stated and said.words_to is not None:
                return said, stated
        return decision, purpose

    def stated(
        self, request: Request, needs: Needs, session: Session | None, record: Record
    ) -> str | None:
        """Why somebody said they look at this child; empty for what nobody is asked about."""
        if record.kind not in ONE_CHILD or record.of != "child" or session is None:
            return ""
        asked = request.query_params.get("purpose")
        if needs.action is Action.EXPORT and asked in PURPOSES:
            return asked
        return self._parts.sessions.stated(session.id, str(record.stream))

    async def wait_after(self, request: Request) -> None:
        """Wait as long as every denial takes, where a page found only by itself that it must deny."""
        began = getattr(request.state, "began", None)
        if began is not None:
            await asyncio.sleep(max(0.0, began + self._parts.denied_after - time.perf_counter()))

    def take_time(self, began: float) -> None:
        """Wait until a denial has taken as long as every other."""
        time.sleep(max(0.0, began + self._parts.denied_after - time.perf_counter()))

    def asker(self, session: Session | None, now: datetime) -> Asker:
        """Who a session is, with every post they hold today."""
        person = session.person if session and session.person in self._parts.people else None
        if person is None:
            return Asker(None, trial=self._parts.embedded)
        authority = self._parts.authority(self._parts.code)
        given = reaching(authority, session.posts if session else (), now)
        posts = (*posts_of(authority, person, now), *given)
        mine = tuple(
            scope for whose, scope in authority.scopes if whose == person and in_force(scope, now)
        )
        invited = invited_to(authority.invitations, authority.code, person, posts)
        return Asker(person, posts, active=bool(posts), scopes=mine, invited=invited)

    def place(self, request: Request, needs: Needs) -> tuple[str, str | None] | None:
        """The opaque id and the clock that an address names; nothing where it is of no record."""
        code, asked = self._parts.code, request.path_params
        if needs.kind not in {"child", "clock"}:
            return None
        if "telling" in asked:
            found = find_escalation(self._parts.views, code, asked["telling"])
            return (found[0].hex, found[1]) if found else ("", None)
        # Without one of a child it is a page of the authority's own record.
        ref = asked.get("ref", self._parts.log.stream(code, "authority", code).hex)
        return ref, asked.get("key")

    def closed(
        self, ref: str, clock: str | None, needs: Needs, asker: Asker, now: datetime
    ) -> tuple[Decision, Record | None] | None:
        """Why a record is not there or not for this person, found without reading its history.

        How long that takes must not tell whether there is a history, nor how long it is: what is asked
        of a child who is not there is what is asked of a hidden one, whoever asks. From whom a record
        is withheld is read from the log, however far behind the board is; where the board has not
        seen a record to the end, and nothing withholds it, whose it is and who was told of it is read
        there too, and only for whom that may open it the history decides.
        """
        stream, parts = stream_of(ref), self._parts
        nothing = Decision(allowed=False, rule="none", reason="nothing of this address")
        if stream is None:
            return nothing, None
        version = parts.log.version(stream)
        said = parts.log.named_events(stream, WITHHOLDS)
        try:
            kept = kept_record(parts.views, stream, version, needs.kind, clock)
        except Unavailable:
            return None
        elsewhere = any(one.event.authority != parts.code for one in said[:1])
        unseen = withheld(said, Record(needs.kind, parts.code, stream=ref))
        record = kept or unseen
        # Whether it is of a period only the history tells: until then it counts as being of all.
        record = replace(record, periods=given_of(asker, record, now))
        until = forced_open(said, asker.person)
        who = replace(asker, forced={ref: until} if until else {})
        denied = refusal(who, needs, record, now)
        if version == 0 or elsewhere or record.authority != parts.code:
            return nothing, None
        if kept is None and not is_withheld(record, who, now):
            led = led_to(parts.log.named_events(stream, LEADS_TO), record, clock)
            if led is None:
                return None
            own = stream == parts.log.stream(parts.code, "authority", parts.code)
            record = replace(led, of="authority" if own else "child", owed_by=owing(asker, clock))
            denied = refusal(who, needs, record, now)
        return None if denied is None else (denied, record)

    def record(
        self, request: Request, place: tuple[str, str | None] | None, needs: Needs, now: datetime
    ) -> tuple[Record | None, ChildEpisode | None]:
        """What an address names, with the child where it is one; nothing where there is no such thing."""
        code, asked = self._parts.code, request.path_params
        if place is None:
            sitting = f"{asked['panel']}/{asked['day']}" if needs.kind == "sitting" else None
            return Record(needs.kind, code, sitting=sitting), None
        ref, clock = place
        episode = self.child(ref)
        if episode is None:
            return None, None
        return record_of(needs.kind, episode, self._parts.authority(code), clock, now), episode

    def found(self, ref: str, asker: Asker, now: datetime) -> tuple[Record | None, Asker]:
        """The child of an opaque id as the rules ask of it, and the person with what they forced open.

        Nothing where it is not there, or is closed to them as far as the board has seen.
        """
        closed = self.closed(ref, None, Needs(Action.SEE, "child"), asker, now)
        if closed is not None:
            return closed[1], asker
        episode = self.child(ref)
        if episode is None:
            return None, asker
        authority = self._parts.authority(self._parts.code)
        record = record_of("child", episode, authority, None, now)
        return self.in_periods(record, episode, asker, None, now), with_forced(asker, episode)

    def in_periods(
        self, record: Record, episode: ChildEpisode, asker: Asker, clock: str | None, now: datetime
    ) -> Record:
        """A record with those periods of which it is, among all that the asker's scopes of it are about."""
        asked = given_of(asker, record, now)
        if not asked:
            return record
        authority = self._parts.authority(self._parts.code)
        held = periods_of(self._parts.log, episode, authority, clock, asked, now)
        return replace(record, periods=held)

    def child(self, ref: str) -> ChildEpisode | None:
        """The child of this opaque id, or the authority itself; nothing for another authority's."""
        stream = stream_of(ref)
        episode = self._parts.log.episode(stream) if stream else None
        if episode is None or episode.authority != self._parts.code or episode.kind == "reads":
            return None
        return episode


def refusal(asker: Asker, needs: Needs, record: Record, now: datetime) -> Decision | None:
    """Why somebody is refused whatever they say they look for; nothing where any of it opens the record."""
    decisions = [may(asker, needs.action, record, why, now) for why in (None, *PURPOSES)]
    return None if any(one.allowed for one in decisions) else decisions[-1]


def is_withheld(record: Record, asker: Asker, now: datetime) -> bool:
    """Whether a record is closed to somebody whatever else is known of it: theirs, or not naming them."""
    if asker.person in record.family:
        return True
    opened = any(now < until for until in asker.forced.values())
    return record.restricted and asker.person not in record.named and not opened


def reached(episode: ChildEpisode | None, within: Sequence[Period]) -> ChildEpisode | None:
    """A child as far as some periods reach."""
    if episode is None or not within:
        return episode
    return cut_at(episode, max(one.last for one in within))


def stream_of(ref: str) -> UUID | None:
    """The stream that an opaque id names; nothing where it is none, or is not written as we write it."""
    try:
        stream = UUID(hex=ref)
    except ValueError:
        return None
    return stream if stream.hex == ref else None


def back_to(request: Request) -> str:
    """The address that was asked for, with what it asks."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def page_of(request: Request) -> str:
    """The address of the page that was asked for, or from which a form was sent."""
    path = request.url.path
    return path if request.method in SAFE or path.count("/") == 1 else path.rsplit("/", 1)[0]


def record_of(
    kind: Kind, episode: ChildEpisode, authority: Authority, clock: str | None, now: datetime
) -> Record:
    """A child, or one of its clocks, as the rules ask of it."""
    closed = restriction(episode.history)
    found = Record(
        kind,
        episode.authority,
        stream=episode.id.hex,
        team=team_of(episode),
        worker=worker_of(episode.standing),
        of=episode.kind,
        restricted=closed is not None,
        named=closed.named if closed else frozenset(),
        family=family_of(episode.standing),
    )
    if clock is None:
        return found
    one = next((one for one in episode.clocks(authority) if one.key == clock), None)
    if one is None:
        return found
    told = frozenset[str]() if has_ended(one, now) else told_of(episode.history, one.key)
    return replace(found, told=told, owed_by=owed_by(one))


def note(decision: Decision, needs: Needs, asker: Asker, record: Record | None) -> None:
    """Log a decision with its rule, in opaque ids only."""
    if needs.kind == "service":
        return
    logger.info(
        "access decided",
        allowed=decision.allowed,
        rule=decision.rule,
        action=needs.action.value,
        kind=needs.kind,
        person=asker.person or "nobody",
        child=record.stream if record else None,
    )
