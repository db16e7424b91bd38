"""Reading up: programmes, who is responsible for what, and knowledge cards."""

from flask.typing import ResponseReturnValue

from blueprints.directory import labels
from blueprints.directory.pages import pages
from portal import clock
from portal.domain.directory import cards, demarcations, finding, programmes
from portal.domain.towns import active_towns
from portal.i18n import locale
from portal.web import words
from portal.web.access import public
from portal.web.render import page


@pages.get("/<locale:lang>/programme/")
@public
def list_programmes() -> ResponseReturnValue:
    """List all programmes and legal circles, also those that have ended."""
    listed = programmes.programmes_list(clock.today())
    return page("directory/programmes.html", programmes=listed, words=words)


@pages.get("/<locale:lang>/programme/<programme>")
@public
def show_programme(programme: str) -> ResponseReturnValue:
    """Show a programme, its services and what is agreed between it and others."""
    at, today = clock.now(), clock.today()
    shown = programmes.programme(programme, today)
    keys = finding.keys_of_programme(programme, at)
    return page(
        "directory/programme.html",
        programme=shown,
        cards=finding.cards(keys, locale=locale().code, at=at),
        lines=demarcations.lines_for(programme, today),
        words=words,
        labels=labels,
        town_names={town.slug: town.name for town in active_towns()},
    )


@pages.get("/<locale:lang>/abgrenzung")
@public
def matrix() -> ResponseReturnValue:
    """Show case management beside every programme: who does what, and how one hands over to the other."""
    rows = demarcations.matrix(clock.today())
    own = next((row.line.own for row in rows if row.line), "")
    return page("directory/matrix.html", rows=rows, own=own)


@pages.get("/<locale:lang>/wissen/")
@public
def list_knowledge() -> ResponseReturnValue:
    """List the knowledge cards."""
    return page(
        "directory/knowledge.html",
        heads=cards.cards_list(locale().code),
        words=words,
        labels=labels,
    )


@pages.get("/<locale:lang>/wissen/<card>")
@public
def show_knowledge(card: str) -> ResponseReturnValue:
    """Show a knowledge card and how far it may be relied on."""
    return page(
        "directory/knowledge_card.html",
        card=cards.card(card, locale().code),
        words=words,
        labels=labels,
    )
