"""What does not fit together, for a person to settle in the case system."""

from fastapi import Request, Response

from domain.access_rules import Action
from domain.own_matters import page_of, whose
from domain.words import say_moment
from projections.anomalies import ListedAnomaly, listed
from web.access import needs
from web.addresses import Addresses
from web.console.gate import access
from web.console.pages import Page, Pages
from web.console.timeline import number_of
from web.console.timeline_pages import way_to_fact
from web.console.wording import capital


def href(one: ListedAnomaly) -> str:
    """Where it is looked at: a child's beside what it contradicts, the authority's own in its record."""
    if one.of == "child":
        return f"/children/{one.stream.hex}/anomalies/{one.event_id.hex}"
    return way_to_fact(page_of(one.of, one.stream), number_of(one.event_id))


def anomalies(pages: Pages) -> Addresses:
    """The list of everything that surprises."""
    routes = pages.door()

    @routes.get("/anomalies")
    @needs(Action.SEE, "list")
    def surprises(request: Request) -> Response:
        found = [
            {
                "href": href(one),
                "child": whose(one.of, one.reference),
                "kind": capital(one.kind),
                "sentence": one.sentence,
                "recorded": say_moment(one.recorded_at),
            }
            for one in listed(pages.parts.views, pages.parts.code, visible=access(request).visible)
        ]
        page = Page("What does not fit together", "anomalies")
        return pages.show(request, "anomalies.html", page, found=found)

    return routes
