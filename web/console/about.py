"""The pages about the service itself: help, accessibility, and how information is used."""

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from domain.access_rules import Action
from web.access import needs
from web.addresses import Addresses
from web.console.pages import Page, Pages
from web.console.statuses import MEANINGS


def about(pages: Pages) -> Addresses:
    """The pages that the foot of every page leads to, and the way in."""
    routes = pages.door()

    @routes.get("/")
    @needs(Action.OPEN, "service")
    def front() -> Response:
        return RedirectResponse("/board", 303)

    @routes.get("/help")
    @needs(Action.OPEN, "service")
    def get_help(request: Request) -> Response:
        return pages.show(request, "help.html", Page("Get help"), statuses=MEANINGS)

    @routes.get("/accessibility")
    @needs(Action.OPEN, "service")
    def accessibility(request: Request) -> Response:
        return pages.show(request, "accessibility.html", Page("Accessibility statement"))

    @routes.get("/privacy")
    @needs(Action.OPEN, "service")
    def privacy(request: Request) -> Response:
        return pages.show(request, "privacy.html", Page("How information is used"))

    return routes
