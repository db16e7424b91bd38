"""Correcting a service without an account: anybody suggests, its provider confirms or corrects by a signed link."""

from typing import Any

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from blueprints.directory import forms, labels
from blueprints.directory.pages import pages
from portal import clock
from portal.domain.directory import confirming, finding, proposals
from portal.domain.directory.confirming import LinkClosed
from portal.domain.directory.views import ServiceDetail
from portal.domain.errors import RuleBroken
from portal.domain.towns import active_towns, county_setting
from portal.i18n import locale
from portal.web import words
from portal.web.access import public
from portal.web.network import network
from portal.web.render import page

RIGHT = "right"
SAID = "said_about_service"
"""Where this browser's form cookie keeps what the thank-you page shows."""


@pages.route("/<locale:lang>/angebote/<service>/vorschlag", methods=["GET", "POST"])
@public
def suggest(service: str) -> ResponseReturnValue:
    """Let anybody say what should be different."""
    detail = finding.detail(service, locale=locale().code, at=clock.now())
    values = proposals.values_to_correct(service)
    form = _form(forms.SuggestionForm, values, detail)
    if request.method == "GET":
        return page("directory/suggest.html", service=detail, form=form)
    if form.validate():
        try:
            reference = proposals.suggest(
                service,
                form.changes(values),
                labels.marked_note(form.note.data or "", is_suspicious=bool(form.website.data)),
                form.sender_mail.data or "",
                network=network(),
            )
        except RuleBroken as broken:
            form.refuse(broken)
        else:
            return _thank(reference)
    return page("directory/suggest.html", 422, service=detail, form=form)


def _form(kind: type[forms.CorrectionForm], values: dict[str, Any], detail: ServiceDetail) -> Any:
    places = {place.key: place.name for place in detail.places}
    return forms.correction_form(kind, values, places, county_setting("languages"))


def _thank(reference: str) -> ResponseReturnValue:
    session[SAID] = reference
    return redirect(url_for("directory.thanks"), 303)


@pages.route("/<locale:lang>/angebote/bestaetigen/<link>", methods=["GET", "POST"])
@public
def confirm(link: str) -> ResponseReturnValue:
    """Ask a provider, by a link that works once, whether everything is right; only a POST changes anything."""
    try:
        return _confirm(link)
    except LinkClosed as closed:
        return page("directory/link_over.html", 410, reason=closed.message)


def _confirm(token: str) -> ResponseReturnValue:
    opened = confirming.opened(token)
    form = _form(forms.CorrectionForm, opened.values, opened.detail)
    if request.method == "GET":
        return _confirm_page(opened, form)
    if request.form.get("choice") == RIGHT:
        confirming.confirm(token)
        return _thank(RIGHT)
    if form.validate():
        try:
            return _thank(
                confirming.correct(token, form.changes(opened.values), form.note.data or "")
            )
        except LinkClosed:
            raise
        except RuleBroken as broken:
            form.refuse(broken)
    return _confirm_page(opened, form, 422)


def _confirm_page(
    opened: confirming.ConfirmView, form: Any, status: int = 200
) -> ResponseReturnValue:
    return page(
        "directory/confirm.html",
        status,
        service=opened.detail,
        valid_until=opened.valid_until,
        form=form,
        right=RIGHT,
        labels=labels,
        words=words,
        town_names={town.slug: town.name for town in active_towns()},
    )


@pages.get("/<locale:lang>/angebote/danke")
@public
def thanks() -> ResponseReturnValue:
    """Thank somebody for what they said."""
    said = session.get(SAID)
    if said is None:
        return redirect(url_for("directory.search"), 303)
    return page("directory/thanks.html", reference="" if said == RIGHT else said)
