"""The public form and what follows it."""

from typing import Any

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from blueprints.intake.forms import (
    OTHER_TOWN,
    STATE_ACCOMMODATION,
    RequestForm,
    known_channel,
    known_topics,
    new_submission_key,
)
from blueprints.intake.pages import pages
from portal.domain.errors import RuleBroken
from portal.domain.intake import requester
from portal.domain.intake.receiving import AlreadySent, receive
from portal.domain.intake.suspicion import looks_automatic, render_stamp
from portal.domain.legal_texts import current_text
from portal.domain.towns import active_towns, county_setting, town_by_slug
from portal.i18n import locale
from portal.web.access import public
from portal.web.addresses import query
from portal.web.locale import preferred
from portal.web.network import network
from portal.web.render import page

SWITCH = "_switch"
CONTACT_PAGES = {
    OTHER_TOWN: "intake.other_town",
    STATE_ACCOMMODATION: "intake.state_accommodation",
}


@pages.get("/a/<town>")
@public
def short_link(town: str) -> ResponseReturnValue:
    """Lead from a flyer to the form of its town, in the browser's language."""
    town_by_slug(town)
    marks: dict[str, Any] = {
        name: request.args[name] for name in ("k", "e") if name in request.args
    }
    answer = redirect(url_for("intake.form", lang=preferred().code, town=town, **marks), 303)
    answer.vary.add("Accept-Language")
    return answer


@pages.get("/anfrage/")
@pages.get("/anfrage/<town>")
@public
def form_without_language(town: str = "") -> ResponseReturnValue:
    """Lead to the form in the browser's language."""
    values: dict[str, Any] = {
        **query(),
        "lang": preferred().code,
        **({"town": town} if town else {}),
    }
    answer = redirect(url_for("intake.form", **values), 303)
    answer.vary.add("Accept-Language")
    return answer


@pages.route("/<locale:lang>/anfrage/", methods=["GET", "POST"])
@pages.route("/<locale:lang>/anfrage/<town>", methods=["GET", "POST"])
@public
def form(town: str = "") -> ResponseReturnValue:
    """Show the form; keep every entry when the language changes or something is missing."""
    if town:
        town_by_slug(town)
    entries = _form(town)
    if request.method == "GET" or SWITCH in request.form:
        return _show(entries)
    if entries.town.data in CONTACT_PAGES:
        return redirect(url_for(CONTACT_PAGES[entries.town.data]), 303)
    if not entries.validate():
        return _show(entries, 422)
    try:
        _receive(entries)
    except RuleBroken as broken:
        if isinstance(broken, AlreadySent):  # sending again on purpose makes a new request
            entries.submission_key.data = new_submission_key()
        entries.refuse(broken)
        return _show(entries, 422)
    return redirect(url_for("intake.received"), 303)


def _form(town: str) -> RequestForm:
    entries = RequestForm(
        data={
            "town": town,
            "spoken_language": locale().code,
            "channel": known_channel(request.args.get("k")),
            "edition": request.args.get("e", ""),
            "topics": known_topics(request.args.getlist("thema")),
            "rendered_at": render_stamp(),
        }
    )
    entries.offer(towns=active_towns(), languages=county_setting("languages"))
    return entries


def _receive(entries: RequestForm) -> None:
    suspicious = looks_automatic(
        trap=entries.website.data or "", stamp=entries.rendered_at.data or "", network=network()
    )
    receive(
        entries.answers(locale().code),
        needs_check=suspicious,
        consent_version=entries.consent_version.data or "",
    )
    session["submission_key"] = entries.submission_key.data


def _show(entries: RequestForm, status: int = 200) -> ResponseReturnValue:
    code = locale().code
    consent = current_text("consent", locale=code)
    entries.consent_version.data = consent.version
    return page(
        "intake/form.html",
        status,
        form=entries,
        consent=consent,
        privacy=current_text("privacy_short", locale=code),
    )


@pages.get("/<locale:lang>/anfrage/andere-stadt")
@public
def other_town() -> ResponseReturnValue:
    """Tell people from elsewhere where they find help."""
    return page("home/legal.html", text=current_text("other_town", locale=locale().code))


@pages.get("/<locale:lang>/anfrage/landesunterkunft")
@public
def state_accommodation() -> ResponseReturnValue:
    """Tell people in a state accommodation centre who helps them there."""
    return page("home/legal.html", text=current_text("zue", locale=locale().code))


@pages.get("/<locale:lang>/anfrage/angekommen")
@public
def received() -> ResponseReturnValue:
    """Confirm that the request is on disk, with the return code until it is kept."""
    key, request_id = session.get("submission_key", ""), session.get("sent_request")
    if key and (sent := requester.sent_request(key)):
        request_id = sent.id
    if request_id is None:
        return redirect(url_for("intake.enter_code"), 303)
    return page(
        "intake/received.html",
        own=requester.own_request(request_id),
        code=requester.code_to_keep(key) if key else None,
        emergency=current_text("emergency", locale=locale().code),
    )


@pages.post("/<locale:lang>/anfrage/angekommen")
@public
def keep_code() -> ResponseReturnValue:
    """Note that the person has kept the code."""
    key = session.pop("submission_key", "")
    if key and (sent := requester.sent_request(key)):
        requester.keep_code(key)
        session["sent_request"] = sent.id  # from here on this browser cannot show the code either
    return redirect(url_for("intake.received"), 303)
