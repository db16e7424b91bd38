"""One's own account: data, password, second factor, devices."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.accounts import labels
from blueprints.accounts.forms import ChangePasswordForm, ConfirmForm
from blueprints.accounts.fresh import fresh
from blueprints.accounts.own_paths import wanted_page
from blueprints.accounts.pages import pages
from blueprints.accounts.routes import enrol_page
from portal.domain.accounts import Session, people, second_factor, sessions, signing_in
from portal.domain.accounts.needs import needs_second_factor
from portal.domain.errors import RuleBroken
from portal.domain.grants import with_grants
from portal.web.access import signed_in
from portal.web.login import current_account
from portal.web.render import page
from portal.web.sessions import forget_visitor, visitor


def _own_session() -> Session:
    row = visitor().row
    assert row is not None  # noqa: S101 - the guard let nobody else in
    return row


@pages.get("/")
@signed_in
def me() -> ResponseReturnValue:
    """Show one's own account."""
    (account,) = with_grants([current_account()])
    return page(
        "accounts/me.html",
        account=account,
        roles="; ".join(labels.role_in_words(grant) for grant in account.grants),
        sessions=sessions.of_account(account),
        own_session=_own_session(),
        enrolled=second_factor.is_enrolled(account),
        needed=needs_second_factor(account),
        codes_left=second_factor.recovery_codes_left(account),
    )


@pages.route("/bestaetigen", methods=["GET", "POST"])
@signed_in
def confirm() -> ResponseReturnValue:
    """Ask again who is here."""
    form, account = ConfirmForm(), current_account()
    enrolled = second_factor.is_enrolled(account)
    if request.method == "GET":
        return page("accounts/confirm.html", form=form, enrolled=enrolled)
    if form.validate():
        try:
            signing_in.confirm(
                _own_session(), password=form.password.data, code=form.code.data or ""
            )
        except RuleBroken as broken:
            form.refuse(broken)
        else:
            return redirect(wanted_page(), 303)
    return page("accounts/confirm.html", 422, form=form, enrolled=enrolled)


@pages.route("/passwort", methods=["GET", "POST"])
@signed_in
def change_password() -> ResponseReturnValue:
    """Replace one's own password; other devices are signed out."""
    form = ChangePasswordForm()
    if request.method == "GET":
        return page("accounts/change_password.html", form=form)
    if form.validate():
        try:
            people.change_password(
                by=current_account(),
                old=form.old_password.data,
                new=form.new_password.data,
                keeping=_own_session(),
            )
        except RuleBroken as broken:
            form.refuse(broken)
        else:
            flash("Ihr Passwort ist geändert. Auf anderen Geräten sind Sie abgemeldet.", "success")
            return redirect(url_for("accounts.me"), 303)
    return page("accounts/change_password.html", 422, form=form)


@pages.route("/zweiter-faktor/neu", methods=["GET", "POST"])
@signed_in
@fresh
def replace_second_factor() -> ResponseReturnValue:
    """Set up a second factor, or another one."""
    return enrol_page(current_account(), replacing=True)


@pages.post("/wiederherstellungscodes")
@signed_in
@fresh
def renew_recovery_codes() -> ResponseReturnValue:
    """Replace the recovery codes and show the new ones, once."""
    codes = second_factor.renew_recovery_codes(by=current_account())
    return page("accounts/recovery_codes.html", codes=codes, next_page=url_for("accounts.me"))


@pages.post("/sitzungen/<int:session_id>/beenden")
@signed_in
def end_session(session_id: int) -> ResponseReturnValue:
    """Sign out on one device."""
    sessions.end_own(session_id, by=current_account())
    if session_id == _own_session().id:
        forget_visitor()
        return redirect(url_for("accounts.sign_in"), 303)
    flash("Auf diesem Gerät sind Sie abgemeldet.", "success")
    return redirect(url_for("accounts.me"), 303)


@pages.post("/sitzungen/andere-beenden")
@signed_in
def end_other_sessions() -> ResponseReturnValue:
    """Sign out everywhere else."""
    account = current_account()
    sessions.end_all(account, by=account, keeping=_own_session())
    flash("Auf allen anderen Geräten sind Sie abgemeldet.", "success")
    return redirect(url_for("accounts.me"), 303)
