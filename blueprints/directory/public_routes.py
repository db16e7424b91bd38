"""Finding a service: search, its page, a list to print, the map, and what other sites may show."""

from typing import Any

from flask import Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.directory import drawing, labels, searching
from blueprints.directory.pages import pages
from portal import clock
from portal.domain.directory import finding
from portal.domain.directory.views import ServiceDetail
from portal.domain.towns import active_towns, town_sites, towns_by_cluster
from portal.i18n import _, locale
from portal.web import words
from portal.web.access import public
from portal.web.addresses import query
from portal.web.headers import let_frame
from portal.web.locale import preferred
from portal.web.qr import qr_code, qr_file
from portal.web.render import page, page_or_partial
from search_index import highlight

WITHOUT_LANGUAGE = {
    "/angebote/": "search",
    "/angebote/karte": "town_map",
    "/angebote/merkzettel": "handout",
    "/angebote/<service>": "show_service",
    "/angebote/bestaetigen/<link>": "confirm",
    "/abgrenzung": "matrix",
    "/programme/": "list_programmes",
    "/programme/<programme>": "show_programme",
    "/wissen/": "list_knowledge",
    "/wissen/<card>": "show_knowledge",
}
"""Addresses for paper, letters and other sites, and the page that each leads to."""
SUFFIX = "_without_language"


@public
def without_language(**names: str) -> ResponseReturnValue:
    """Lead to a page in the browser's language."""
    page_of_endpoint = str(request.endpoint).removesuffix(SUFFIX)
    values: dict[str, Any] = {**query(), **names, "lang": preferred().code}
    answer = redirect(url_for(page_of_endpoint, **values), 303)
    answer.vary.add("Accept-Language")
    return answer


for _rule, _view in WITHOUT_LANGUAGE.items():
    pages.add_url_rule(_rule, f"{_view}{SUFFIX}", without_language)


@pages.get("/<locale:lang>/angebote/")
@public
def search() -> ResponseReturnValue:
    """Show what fits a text and filters; htmx asks for the results alone."""
    asked = searching.wanted()
    return page_or_partial(
        "directory/search.html",
        "directory/_results.html",
        asked=asked,
        results=searching.results(asked),
        share=finding.confirmed_share(clock.today()),
        highlight=highlight,
        page_url=_page_url,
        exact_url=_url("directory.search", {**query(), "genau": "1"}),
        **_shown(),
    )


def _page_url(number: int) -> str:
    return _url("directory.search", {**query(), "seite": number})


def _shown() -> dict[str, Any]:
    """Return what every template of the area writes values with."""
    return {
        "labels": labels,
        "words": words,
        "town_names": {town.slug: town.name for town in active_towns()},
    }


@pages.get("/<locale:lang>/angebote/<service>")
@public
def show_service(service: str) -> ResponseReturnValue:
    """Show everything about a service."""
    return page(
        "directory/service.html",
        service=_detail(service),
        chosen=[*searching.chosen(), service],
        address=_lasting_address(service),
        **_shown(),
    )


def _detail(service: str) -> ServiceDetail:
    return finding.detail(service, locale=locale().code, at=clock.now())


def _lasting_address(service: str) -> str:
    """Return the address for paper and other sites: it finds the reader's language itself."""
    path = url_for(f"directory.show_service{SUFFIX}", service=service)
    return f"{current_app.config['SETTINGS'].base_url}{path}"


@pages.get("/angebote/<service>/qr.svg")
@public
def qr(service: str) -> ResponseReturnValue:
    """Answer with the QR code of a service's page: nothing in it but the address."""
    name = _detail(service).card.words.name
    picture = qr_file(_lasting_address(service), title=name)
    return Response(picture, mimetype="image/svg+xml")


@pages.get("/<locale:lang>/angebote/<service>/einbetten")
@public
def embedded(service: str) -> ResponseReturnValue:
    """Show a service as a part of a town's own site."""
    answer = page("directory/embedded.html", service=_detail(service), **_shown())
    return let_frame(answer, town_sites())


@pages.get("/<locale:lang>/angebote/merkzettel")
@public
def handout() -> ResponseReturnValue:
    """Show the services that the address lists, to print them; nobody keeps the list but the address."""
    found = finding.details(searching.chosen(), locale=locale().code, at=clock.now())
    keys = [one.card.key for one in found]
    return page(
        "directory/handout.html",
        services=found,
        codes={key: qr_code(_lasting_address(key), title=_("QR-Code")) for key in keys},
        today=clock.today(),
        search_url=_url("directory.search", {**query(), "a": keys}),
        without={key: _without(key, keys) for key in keys},
        **_shown(),
    )


def _without(key: str, keys: list[str]) -> str:
    return _url("directory.handout", {**query(), "a": [one for one in keys if one != key]})


def _url(endpoint: str, values: dict[str, Any]) -> str:
    return url_for(endpoint, **values)


@pages.get("/<locale:lang>/angebote/karte")
@public
def town_map() -> ResponseReturnValue:
    """Show the towns and how much there is for each, as a drawing and as a list."""
    counts = finding.counts_by_town(clock.now())
    return page("directory/map.html", drawing=drawing.draw(towns_by_cluster(), counts))
