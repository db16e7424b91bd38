"""A person's own request, opened by the return code."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.intake.forms import CodeForm, ContactForm, MessageForm, WithdrawForm
from blueprints.intake.labels import OWN_STATES
from blueprints.intake.pages import pages
from portal.domain.errors import NotFound, RuleBroken
from portal.domain.intake import requester
from portal.domain.intake.handling import withdraw
from portal.domain.intake.states import State
from portal.domain.towns import county_setting
from portal.i18n import _, locale
from portal.web.access import public, requester_id
from portal.web.access import requester as with_code
from portal.web.forms import PortalForm
from portal.web.network import network
from portal.web.render import page
from portal.web.sessions import forget_visitor, open_for_request


@pages.route("/<locale:lang>/anfrage/status", methods=["GET", "POST"])
@public
def enter_code() -> ResponseReturnValue:
    """Ask for the return code; wrong ones are limited and all take the same time."""
    form = CodeForm()
    if request.method == "GET":
        return page("intake/enter_code.html", form=form)
    if not form.validate():
        return page("intake/enter_code.html", 422, form=form)
    found = requester.find_by_code(form.code.data, network=network())
    if found is None:
        form.refuse(
            RuleBroken(_("Diesen Code kennen wir nicht. Bitte prüfen Sie ihn."), field="code")
        )
        return page("intake/enter_code.html", 404, form=form)
    open_for_request(found)
    return redirect(url_for("intake.mine"), 303)


@pages.get("/<locale:lang>/anfrage/meine")
@with_code
def mine() -> ResponseReturnValue:
    """Show the person where their request stands."""
    try:
        return _mine()
    except NotFound:  # withdrawn in the meantime, by phone for example
        forget_visitor()
        return redirect(url_for("intake.withdrawn"), 303)


def _mine(status: int = 200, **forms: PortalForm) -> ResponseReturnValue:
    own = requester.own_request(_request_id())
    shown = {
        "message_form": MessageForm(formdata=None),
        "contact_form": ContactForm(formdata=None, contact=own.contact),
        "withdraw_form": WithdrawForm(formdata=None),
        **forms,
    }
    state = OWN_STATES[State(own.request.state)]
    return page("intake/mine.html", status, own=own, state=state, **shown)


def _request_id() -> int:
    found = requester_id()
    assert found is not None  # noqa: S101 - the guard let nobody else in
    return found


@pages.post("/<locale:lang>/anfrage/meine/nachricht")
@with_code
def send_message() -> ResponseReturnValue:
    """Add a message."""
    form = MessageForm()
    if not form.validate():
        return _mine(422, message_form=form)
    requester.add_message(_request_id(), text=form.text.data, language=locale().code)
    return redirect(url_for("intake.mine"), 303)


@pages.post("/<locale:lang>/anfrage/meine/kontakt")
@with_code
def correct_contact() -> ResponseReturnValue:
    """Replace the phone number or address."""
    form = ContactForm()
    if not form.validate():
        return _mine(422, contact_form=form)
    try:
        requester.correct_contact(_request_id(), contact=form.contact.data)
    except RuleBroken as broken:
        form.refuse(broken)
        return _mine(422, contact_form=form)
    return redirect(url_for("intake.mine"), 303)


@pages.post("/<locale:lang>/anfrage/meine/zurueckziehen")
@with_code
def withdraw_own() -> ResponseReturnValue:
    """Take the request back."""
    form = WithdrawForm()
    if not form.validate():
        return _mine(422, withdraw_form=form)
    withdraw(_request_id())
    forget_visitor()
    return redirect(url_for("intake.withdrawn"), 303)


@pages.get("/<locale:lang>/anfrage/zurueckgezogen")
@public
def withdrawn() -> ResponseReturnValue:
    """Confirm that the data will be deleted."""
    return page(
        "intake/withdrawn.html", hours=county_setting("retention")["intake_withdrawn_hours"]
    )


@pages.post("/<locale:lang>/anfrage/meine/schliessen")
@with_code
def close_own() -> ResponseReturnValue:
    """Forget the return code in this browser."""
    forget_visitor()
    return redirect(url_for("home.start"), 303)
