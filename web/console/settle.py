"""The form of all that an authority must settle, as a page; the answers come back as a file.

Nothing is adopted here: the file goes to whoever keeps this installation.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from fastapi import Request, Response
from pydantic import ValidationError

from domain.calendar import london_date
from domain.form import answered, by_thread, with_answers, write_form, written
from domain.packs import Form
from domain.permission import Action
from domain.settling import Question, questions, read_answer
from domain.timescales import Policy, Scalar, spelled
from domain.unwarned import lost_warnings
from domain.words import say_fields, say_title
from web.access import needs
from web.addresses import Addresses
from web.console.look_back import NOT_A_DATE, Typed, day_typed
from web.console.pages import Page, Pages, texts
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


@dataclass
class Filled:
    """The form as it was sent: what was typed, what it means, and what is wrong with it."""

    name: str
    version: str
    day: Typed
    typed: Mapping[str, str]
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
    """The page on which the questions are answered."""
    routes = pages.door()

    @routes.get("/settle")
    @needs(Action.SETTLE, "staff")
    def ask(request: Request) -> Response:
        policy, today = in_force(pages), london_date(pages.parts.now())
        known = {name: written(value).strip('"') for name, value in answered(policy).items()}
        day = (str(today.day), str(today.month), str(today.year))
        return show(pages, request, policy, Filled(pages.parts.code, "1", day, known))

    @routes.post("/settle")
    @needs(Action.SETTLE, "staff")
    async def sent(request: Request) -> Response:
        form = texts(await request.form())
        session = pages.sessions.read(request.cookies, pages.parts.now())
        pages.sessions.accept(session, form.get("token", ""))
        policy = in_force(pages)
        filled, text = read(policy, form)
        if not filled.faults:
            filled.lost = tuple(lost_warnings(policy, with_answers(policy, filled.answers)))
        if filled.faults or (filled.lost and form.get("lost") != stamp(filled.lost)):
            return show(pages, request, policy, filled)
        return download(text)

    return routes


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
    for one in questions(policy):
        if answer := form.get(one.name):
            try:
                filled.answers[one.name] = read_answer(one.parameter, answer)
            except ValueError as error:
                filled.faults[one.name] = f"{say_title(one.rule)}: {error}"
    if filled.faults or day is None:
        return filled, ""
    return filled, write_form(
        policy, filled.answers, name=filled.name, version=filled.version, first=day
    )


def stamp(lost: Sequence[str]) -> str:
    """What the form sends back once these very sentences were shown."""
    return hashlib.sha256("\n".join(lost).encode()).hexdigest()[:16]


def download(text: str) -> Response:
    """The filled form as the file to be kept."""
    named = {"Content-Disposition": 'attachment; filename="settled.toml"'}
    return Response(text, media_type="application/toml", headers=named)


def show(pages: Pages, request: Request, policy: Policy, filled: Filled) -> Response:
    """The form with what was typed, right or wrong."""
    page = Page(TITLE, error=bool(filled.faults), relies_on="nothing")
    return pages.form(
        request,
        "settle.html",
        page,
        400 if filled.faults else 200,
        threads=list(threads(policy, filled)),
        count=len(questions(policy)),
        filled=filled,
        lost_stamp=stamp(filled.lost) if filled.lost else "",
    )


def threads(policy: Policy, filled: Filled) -> Iterator[dict[str, object]]:
    """The questions of each thread, rule by rule, as the page shows them."""
    for title, asked in by_thread(questions(policy)):
        rules = [
            {
                "title": say_title(rule),
                "source": rule.source.document,
                "questions": [shown(one, filled) for one in ours],
            }
            for rule, ours in groupby(asked, key=lambda one: one.rule)
        ]
        yield {"title": title, "rules": rules}


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
