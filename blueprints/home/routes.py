"""Pages of `home`."""

from flask import Response, current_app, redirect, url_for
from flask.typing import ResponseReturnValue

from blueprints.home import labels
from blueprints.home.pages import pages
from portal.domain.health import problems
from portal.domain.legal_texts import current_text
from portal.domain.today import waiting_for
from portal.domain.towns import active_towns, county
from portal.i18n import SOURCE, locale
from portal.web.access import public, signed_in
from portal.web.locale import preferred
from portal.web.login import current_account
from portal.web.render import page
from portal.web.sessions import visitor


@pages.get("/")
@public
def front_door() -> ResponseReturnValue:
    """Lead to the start page in the browser's language."""
    answer = redirect(url_for("home.start", lang=preferred().code), 303)
    answer.vary.add("Accept-Language")
    return answer


@pages.get("/<locale:lang>/")
@public
def start() -> ResponseReturnValue:
    """Show what the portal is and the way to the form."""
    return page("home/start.html", county=county(), towns=active_towns())


def _legal(key: str) -> ResponseReturnValue:
    text = current_text(key, locale=locale().code)
    return page("home/legal.html", text=text)


@pages.get("/<locale:lang>/impressum")
@public
def imprint() -> ResponseReturnValue:
    """Show who is responsible for the portal."""
    return _legal("imprint")


@pages.get("/<locale:lang>/datenschutz")
@public
def privacy() -> ResponseReturnValue:
    """Show what happens with people's data (Art. 13 GDPR)."""
    return _legal("privacy")


@pages.get("/<locale:lang>/barrierefreiheit")
@public
def accessibility() -> ResponseReturnValue:
    """Show how accessible the portal is, and whom to tell where it is not."""
    return _legal("accessibility")


@pages.get("/<locale:lang>/leichte-sprache")
@public
def easy_language() -> ResponseReturnValue:
    """Explain the portal in German Leichte Sprache."""
    return page("home/legal.html", text=current_text("easy_language", locale=SOURCE))


@pages.get("/verlassen")
@public
def leave() -> Response:
    """Leave at once: forget everything in this browser and go to a harmless page."""
    visitor().leave()  # for browsers that do not know the header below
    answer = redirect(current_app.config["SETTINGS"].leave_url, 303)
    answer.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return answer  # type: ignore[return-value]


@pages.get("/gesund")
@public
def health() -> ResponseReturnValue:
    """Tell a monitor whether the portal works; details stay in the log."""
    found = problems()
    return (
        ("krank\n" if found else "gesund\n"),
        (503 if found else 200),
        {"Content-Type": "text/plain; charset=utf-8"},
    )


@pages.get("/heute")
@signed_in
def today() -> ResponseReturnValue:
    """Show what waits for the person who signed in."""
    return page("home/today.html", items=waiting_for(current_account()), labels=labels)


@pages.get("/favicon.ico")
@public
def favicon() -> ResponseReturnValue:
    """Lead browsers that guess to the icon."""
    return redirect(url_for("static", filename="img/mark.svg"), 301)
