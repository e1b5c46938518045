"""The form of all that an authority must settle, as a page; the answers come back as a file.

Nothing is adopted here: the file goes to whoever keeps this installation.
"""

import hashlib
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from urllib.parse import urlencode

from fastapi import Request, Response
from pydantic import ValidationError

from domain.access_rules import Action
from domain.calendar import london_date
from domain.form import answered, by_thread, with_answers, write_form, written
from domain.packs import Form
from domain.settling import Question, questions, read_answer
from domain.timescales import Policy, Scalar, spelled
from domain.unwarned import lost_warnings
from domain.words import say_fields, say_title
from web.access import needs
from web.addresses import Addresses
from web.console.look_back import NOT_A_DATE, Typed, day_typed
from web.console.pages import Page, Pages
from web.console.wording import capital

TITLE = "What must be settled"
WRONG_NAMES = {
    "name": "Enter a name of letters, digits, spaces, dots and dashes",
    "version": "Enter a version of letters, digits, dots and dashes, for example 2",
}
IN_WORDS = {
    "true": "Yes",
    "false": "No",
    "cancels": "No, the new episode ends it",
    "runs-on": "Yes, it runs on",
}


Answers = Mapping[str, str]
"""What was typed for each question, by its name; empty where it is left at its default."""


@dataclass
class Filled:
    """The form as it was sent: what was typed, what it means, and what is wrong with it."""

    name: str
    version: str
    day: Typed
    typed: Answers
    answers: dict[str, Scalar] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    """Which warnings these answers would take away, a sentence for each rule."""

    def fault(self, name: str) -> str:
        """What is wrong with one field; empty where nothing is."""
        return self.faults.get(name, "")

    @property
    def summary(self) -> list[dict[str, str]]:
        """Every fault, each leading to its field."""
        return [
            {"text": said, "href": f"#{'from-day' if name == 'from' else anchor(name)}"}
            for name, said in self.faults.items()
        ]


def settle(pages: Pages) -> Addresses:
    """The pages on which the questions are answered, thread by thread; the address holds the answers."""
    routes = pages.door()

    @routes.get("/settle")
    @needs(Action.SETTLE, "staff")
    def ask(request: Request, thread: str = "") -> Response:
        policy, today = in_force(pages), london_date(pages.parts.now())
        asked = request.query_params
        typed = settled(policy) | {
            one.name: asked[one.name].strip() for one in questions(policy) if one.name in asked
        }
        day = (str(today.day), str(today.month), str(today.year))
        filled = Filled(pages.parts.code, "1", day, typed)
        read_answers(policy, filled)
        if filled.faults:
            return show_questions(pages, request, policy, filled, threads_of(policy, filled.faults))
        if thread in {one.rule.thread for one in questions(policy)}:
            return show_questions(pages, request, policy, filled, {thread})
        return show(pages, request, policy, filled)

    @routes.post("/settle")
    @needs(Action.SETTLE, "staff")
    async def sent(request: Request) -> Response:
        form, _ = await pages.sent(request)
        policy = in_force(pages)
        filled, text = read(policy, form)
        if not filled.faults:
            filled.lost = tuple(lost_warnings(policy, with_answers(policy, filled.answers)))
        if filled.faults or (filled.lost and form.get("lost") != stamp(filled.lost)):
            wrong = filled.faults or filled.answers
            return show(pages, request, policy, filled, threads_of(policy, wrong))
        return download(text)

    return routes


def settled(policy: Policy) -> dict[str, str]:
    """What is settled in the pack in force, as the form shows it."""
    return {name: written(value).strip('"') for name, value in answered(policy).items()}


def threads_of(policy: Policy, names: Container[str]) -> set[str]:
    """The threads to which some questions belong."""
    return {one.rule.thread for one in questions(policy) if one.name in names}


def in_force(pages: Pages) -> Policy:
    """The pack that governs what starts today."""
    authority = pages.parts.authority(pages.parts.code)
    return authority.policy_on(london_date(pages.parts.now()))


def read(policy: Policy, form: Mapping[str, str]) -> tuple[Filled, str]:
    """What a form says, and the file that says the same; empty where anything is wrong."""
    day, typed = day_typed(form, "from")
    filled = Filled(form.get("name", ""), form.get("version", ""), typed, form)
    if day is None:
        filled.faults["from"] = NOT_A_DATE
    said = {"name": filled.name, "version": filled.version, "from": day or "2000-01-01"}
    try:
        Form.model_validate(said)
    except ValidationError as error:
        wrong = [str(one["loc"][0]) for one in error.errors()]
        filled.faults = {name: WRONG_NAMES[name] for name in wrong} | filled.faults
    read_answers(policy, filled)
    if filled.faults or day is None:
        return filled, ""
    return filled, write_form(
        policy, filled.answers, name=filled.name, version=filled.version, first=day
    )


def read_answers(policy: Policy, filled: Filled) -> None:
    """What the answers mean, and what is wrong with them."""
    for one in questions(policy):
        if answer := filled.typed.get(one.name):
            try:
                filled.answers[one.name] = read_answer(one.parameter, answer)
            except ValueError as error:
                filled.faults[one.name] = f"{say_title(one.rule)}: {error}"


def stamp(lost: Sequence[str]) -> str:
    """What the form sends back once these very sentences were shown."""
    return hashlib.sha256("\n".join(lost).encode()).hexdigest()[:16]


def download(text: str) -> Response:
    """The filled form as the file to be kept."""
    named = {"Content-Disposition": 'attachment; filename="settled.toml"'}
    return Response(text, media_type="application/toml", headers=named)


def show(
    pages: Pages,
    request: Request,
    policy: Policy,
    filled: Filled,
    opened: Container[str] = frozenset(),
) -> Response:
    """The list of the threads with the form that gives the file; `opened` threads stand in it themselves."""
    page = Page(TITLE, error=bool(filled.faults), relies_on="nothing")
    return pages.form(
        request,
        "settle.html",
        page,
        400 if filled.faults else 200,
        contents=list(contents(policy, filled)),
        threads=list(threads(policy, filled, opened)),
        kept=kept(policy, filled, opened),
        count=len(questions(policy)),
        filled=filled,
        lost_stamp=stamp(filled.lost) if filled.lost else "",
    )


def show_questions(
    pages: Pages, request: Request, policy: Policy, filled: Filled, opened: Container[str]
) -> Response:
    """The questions of a thread, or of each in which something is wrong; other answers are kept."""
    asked = list(threads(policy, filled, opened))
    every = [(thread, title) for thread, title, _ in asked_in(policy)]
    last = max(n for n, (thread, _) in enumerate(every) if thread in opened)
    title = asked[0]["title"] if len(asked) == 1 else TITLE
    return pages.show(
        request,
        "settle_thread.html",
        Page(
            str(title),
            crumbs=((TITLE, way(policy, filled)),),
            error=bool(filled.faults),
            relies_on="nothing",
        ),
        400 if filled.faults else 200,
        threads=asked,
        kept=kept(policy, filled, opened, differing(policy, filled)),
        following=next(iter(every[last + 1 :]), None),
        filled=filled,
    )


def asked_in(policy: Policy) -> Iterator[tuple[str, str, Sequence[Question]]]:
    """Each thread with its title and its questions, once, wherever the pack's own rows stand."""
    found: dict[str, list[Question]] = {}
    for one in questions(policy):
        found.setdefault(one.rule.thread, []).append(one)
    for thread, asked in found.items():
        ((title, _),) = by_thread(asked)
        yield thread, title, asked


def differing(policy: Policy, filled: Filled) -> dict[str, str]:
    """The answers that are otherwise than what is settled already, as an address holds them."""
    known = settled(policy)
    names = (one.name for one in questions(policy))
    return {
        name: filled.typed.get(name, "")
        for name in names
        if filled.typed.get(name, "") != known.get(name, "")
    }


def way(policy: Policy, filled: Filled, thread: str = "") -> str:
    """The address of the list, or of a thread, with every answer given so far."""
    said = differing(policy, filled) | ({"thread": thread} if thread else {})
    return "/settle" + (f"?{urlencode(said)}" if said else "")


def kept(
    policy: Policy, filled: Filled, opened: Container[str], among: Answers | None = None
) -> list[tuple[str, str]]:
    """The answers of the threads that do not stand on the page, which the form carries along."""
    said = {name: text for name, text in filled.typed.items() if text} if among is None else among
    return [
        (one.name, said[one.name])
        for one in questions(policy)
        if one.rule.thread not in opened and one.name in said
    ]


def contents(policy: Policy, filled: Filled) -> Iterator[dict[str, object]]:
    """Every thread with its address, how many questions it has, and how many are answered."""
    for thread, title, asked in asked_in(policy):
        done = sum(bool(filled.typed.get(one.name)) for one in asked)
        many = "1 question" if len(asked) == 1 else f"{len(asked)} questions"
        yield {
            "href": way(policy, filled, thread),
            "title": title,
            "said": f"{many}, {done or 'none'} answered",
        }


def threads(policy: Policy, filled: Filled, opened: Container[str]) -> Iterator[dict[str, object]]:
    """The questions of some threads, rule by rule, as the page shows them."""
    for thread, title, asked in asked_in(policy):
        if thread not in opened:
            continue
        rules = [
            {
                "title": say_title(rule),
                "source": rule.source.document,
                "questions": [shown(one, filled) for one in ours],
            }
            for rule, ours in groupby(asked, key=lambda one: one.rule)
        ]
        yield {"id": thread, "title": title, "rules": rules}


def shown(one: Question, filled: Filled) -> dict[str, object]:
    """One question with its default, what is said of it, and what was typed."""
    parameter = one.parameter
    default = written(parameter.default).strip('"')
    unit = parameter.unit.replace("-", " ")
    said = IN_WORDS.get(default, default) if one.choices else spelled(int(default), parameter.unit)
    note = f" {one.effect.note}" if one.effect.note else ""
    return {
        "id": anchor(one.name),
        "name": one.name,
        "question": one.effect.question,
        "hint": f"Until it is settled: {said}. {capital(say_fields(parameter.meaning))}.{note}",
        "unit": unit,
        "choices": [(code, IN_WORDS.get(code, code.capitalize())) for code in one.choices],
        "value": filled.typed.get(one.name, ""),
        "fault": filled.fault(one.name),
    }


def anchor(name: str) -> str:
    """The id of a field on the page."""
    return name.replace(".", "-").replace("_", "-")
