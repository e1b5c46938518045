"""The door for case systems: CloudEvents in, a receipt for each once it is safe on disk."""

import json
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import orjson
from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from opentelemetry import trace

from domain.errors import Refused
from domain.event import Event, Receipt
from domain.facts.authority import FeedAdvanced, SourceRegistered
from formats.cloudevents import InvalidFact, NotACloudEvent, UnknownType, from_headers, read_event
from store.tokens import TokenHolder, Tokens
from web import problems
from web.access_tokens import Access
from web.allowance import Allowance
from web.description import BATCH, STRUCTURED
from web.measures import Measures
from web.parts import Parts
from web.problems import MOST_BYTES, MOST_IN_A_BATCH, Problem

CHALLENGE: Final = 'Bearer realm="daymark"'
REMEMBERED: Final = 1.0  # seconds
NOT_ITS_OWN: Final = "not the source that the token names"


def intake(parts: Parts, measures: Measures) -> Callable[[Request], Awaitable[Response]]:
    """What answers a post of events, writing to the log that the parts name."""
    callers, allowance = Callers(parts.tokens, parts.issuer), Allowance(parts.rate)

    async def events(request: Request) -> Response:
        """Record what happened; sending the same thing twice is harmless.

        202 carries a receipt for each event, in order, given only after all of them are on disk.
        """
        holder = await callers.holder(request)
        allowance.spend(holder)
        read = await _read(request, holder)
        measures.posted(len(read))
        receipts = await _record(parts, [event for event in read if isinstance(event, Event)])
        answers = list(_answers(read, receipts))
        _count(measures, read, answers)
        return Response(orjson.dumps(answers), 202, media_type="application/json")

    return events


class Callers:
    """Whose tokens came lately, so that a busy sender is not looked up for every post.

    A revoked token is good for no longer than REMEMBERED after it was last looked up.
    """

    def __init__(self, tokens: Tokens, issuer: Access | None) -> None:
        """Keep where tokens are looked up, and whose others are believed."""
        self._tokens = tokens
        self._issuer = issuer
        self._known: dict[str, TokenHolder] = {}
        self._until = 0.0

    async def holder(self, request: Request) -> TokenHolder:
        """The one source that the request's token speaks for."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            raise Problem(problems.NO_TOKEN, headers={"WWW-Authenticate": CHALLENGE})
        now = time.monotonic()
        if now >= self._until:
            self._known.clear()
            self._until = now + REMEMBERED
        holder = self._known.get(token) or self._tokens.check(token)
        if holder is None and self._issuer is not None:
            # Its keys may have to be asked for over the network.
            holder = await run_in_threadpool(self._issuer.holder, token)
        if holder is None:
            challenge = f'{CHALLENGE}, error="invalid_token"'
            raise Problem(problems.UNKNOWN_TOKEN, headers={"WWW-Authenticate": challenge})
        self._known[token] = holder
        return holder


async def _read(request: Request, holder: TokenHolder) -> Sequence[Event | Problem]:
    """What was sent, each event read or refused; alone, an event that cannot be read is raised."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(problems.NOT_TAKEN)  # a compressed body can unfold without end
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    traceparent = _traceparent()
    if media_type == BATCH:
        body = await _body(request)
        # A thousand events take long enough to keep other senders waiting.
        return await run_in_threadpool(_batch, body, holder, traceparent)
    if media_type == STRUCTURED:
        return [_event(_json(await _body(request)), holder, traceparent)]
    if "ce-specversion" in request.headers:
        body = await _body(request)
        try:
            sent = from_headers(request.headers, body)
        except NotACloudEvent as error:
            raise Problem(problems.NOT_A_CLOUDEVENT, *error.errors) from None
        return [_event(sent, holder, traceparent)]
    raise Problem(problems.NOT_TAKEN)


async def _body(request: Request) -> bytes:
    """The whole body, or too-large; counted here, as the framework would answer in plain text."""
    body = bytearray()
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= MOST_BYTES:
            body += chunk
        # Hung up on while still sending, many clients never see the answer: read a little more.
        elif size > 4 * MOST_BYTES:
            break
    if size > MOST_BYTES:
        raise Problem(problems.TOO_LARGE)
    return bytes(body)


def _json(body: bytes) -> Any:  # noqa: ANN401 whatever JSON can hold
    """The body as JSON; NaN and Infinity are not JSON."""
    try:
        return json.loads(body, parse_constant=_not_json)
    except json.JSONDecodeError as error:
        # Only the place: the parser's own words may quote what was sent.
        place = f"line {error.lineno}, column {error.colno}"
        raise Problem(problems.NOT_JSON, ("#", place)) from None
    except (ValueError, RecursionError):
        raise Problem(problems.NOT_JSON) from None


def _not_json(_constant: str) -> None:
    raise ValueError


def _batch(body: bytes, holder: TokenHolder, traceparent: str | None) -> list[Event | Problem]:
    """Each event of a batch, read or refused, in the order sent."""
    sent = _json(body)
    if not isinstance(sent, list):
        raise Problem(problems.NOT_A_BATCH)
    if len(sent) > MOST_IN_A_BATCH:
        raise Problem(problems.TOO_MANY_EVENTS)
    return [_event_or_problem(event, holder, traceparent) for event in sent]


def _event_or_problem(
    sent: object, holder: TokenHolder, traceparent: str | None
) -> Event | Problem:
    try:
        return _event(sent, holder, traceparent)
    except Problem as problem:
        return problem


def _event(sent: object, holder: TokenHolder, traceparent: str | None) -> Event:
    """One event as the log takes it, if it can be read and is the token's to send."""
    if isinstance(sent, Mapping):
        source = sent.get("source")
        if isinstance(source, str) and source != holder.source:
            raise Problem(problems.ANOTHER_SOURCE, ("#/source", NOT_ITS_OWN))
    try:
        event = read_event(sent, holder.authority, trace=traceparent)
    except NotACloudEvent as error:
        raise Problem(problems.NOT_A_CLOUDEVENT, *error.errors) from None
    except UnknownType as error:
        raise Problem(problems.UNKNOWN_TYPE, *error.errors) from None
    except InvalidFact as error:
        raise Problem(problems.UNREADABLE_FACT, *error.errors) from None
    # How far a source has spoken decides when a clock is broken: nobody says it for another.
    if (
        isinstance(event.said, FeedAdvanced | SourceRegistered)
        and event.said.source != event.source
    ):
        raise Problem(problems.ANOTHER_SOURCE, ("#/data/source", NOT_ITS_OWN))
    return event


async def _record(parts: Parts, events: Sequence[Event]) -> Sequence[Receipt]:
    """Receipts for events that are on disk; senders that come together share a transaction."""
    if not events:
        return ()
    try:
        return await parts.commits.submit(events)
    except Refused:  # this process is about to end, another will take its place
        raise Problem(problems.UNAVAILABLE, headers={"Retry-After": "1"}) from None


def _answers(
    read: Sequence[Event | Problem], receipts: Sequence[Receipt]
) -> Iterator[dict[str, Any]]:
    """A receipt for each event in the order sent; the same for a known child as for a new one."""
    given = iter(receipts)
    for index, event in enumerate(read):
        if isinstance(event, Problem):
            yield {"index": index, "result": "refused", "problem": event.document()}
            continue
        receipt = next(given)
        answer = {
            "index": index,
            "source": event.source,
            "id": event.id,
            "event_id": str(receipt.event_id),
            "result": receipt.result,
        }
        yield answer | ({"differs": True} if receipt.differs else {})


def _count(
    measures: Measures, read: Sequence[Event | Problem], answers: Sequence[Mapping[str, Any]]
) -> None:
    """Count the receipts given, and why events of a batch were refused."""
    for answer in answers:
        measures.receipt("differs" if "differs" in answer else answer["result"])
    for event in read:
        if isinstance(event, Problem):
            measures.refusal(event.kind.name)


def _traceparent() -> str | None:
    """The present request as W3C Trace Context writes it, so that one trace leads to the notice."""
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
