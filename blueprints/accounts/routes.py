"""Signing in and out, and the way from an invitation to a complete account."""

from functools import partial

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.accounts import labels
from blueprints.accounts.forms import CodeForm, NewPasswordForm, SignInForm
from blueprints.accounts.own_paths import own_path, wanted_page
from blueprints.accounts.pages import pages
from portal.domain.accounts import Account, invitations, signing_in
from portal.domain.accounts import second_factor as factor
from portal.domain.errors import RuleBroken
from portal.domain.grants import with_grants
from portal.web.access import public
from portal.web.login import half_signed_in
from portal.web.network import network
from portal.web.qr import qr_code
from portal.web.render import page
from portal.web.sessions import begin, forget_visitor, visitor


@pages.route("/anmelden", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Ask for mail and password."""
    form = SignInForm()
    if request.method == "GET":
        return (
            redirect(wanted_page(), 303) if current_user.is_authenticated else _sign_in_page(form)
        )
    if not form.validate():
        return _sign_in_page(form, 422)
    try:
        account = signing_in.check_password(
            mail=form.mail.data,
            password=form.password.data,
            network=network(),
            demo=current_app.config["SETTINGS"].demo,
        )
    except RuleBroken as broken:
        form.refuse(broken)
        return _sign_in_page(form, 422)
    return _enter(account)


def _sign_in_page(form: SignInForm, status: int = 200) -> ResponseReturnValue:
    demo = current_app.config["SETTINGS"].demo
    people = with_grants(signing_in.demo_accounts()) if demo else []
    return page("accounts/sign_in.html", status, form=form, demo_people=people, labels=labels)


def _enter(account: Account) -> ResponseReturnValue:
    begin(partial(signing_in.begin, account))
    if signing_in.owes_second_factor(account):
        return redirect(
            url_for("accounts.second_factor", next=own_path(request.args.get("next", "")) or None),
            303,
        )
    return redirect(wanted_page(), 303)


@pages.route("/zweiter-faktor", methods=["GET", "POST"])
@public
def second_factor() -> ResponseReturnValue:
    """Ask for the second factor, or help to set one up; only after the password."""
    account = half_signed_in()
    if account is None:
        return redirect(url_for("accounts.sign_in"), 303)
    if not factor.is_enrolled(account):
        return enrol_page(account)
    form = CodeForm()
    if request.method == "GET":
        return page("accounts/second_factor.html", form=form)
    return _check_code(account, form)


def _check_code(account: Account, form: CodeForm) -> ResponseReturnValue:
    if not form.validate():
        return page("accounts/second_factor.html", 422, form=form)
    try:
        factor.check(account, form.code.data)
    except RuleBroken as broken:
        form.refuse(broken)
        return page("accounts/second_factor.html", 422, form=form)
    begin(partial(signing_in.finish, account))
    return redirect(wanted_page(), 303)


def enrol_page(account: Account, *, replacing: bool = False) -> ResponseReturnValue:
    """Show the secret for the app and take its first code; then show the recovery codes, once."""
    form, row = CodeForm(), visitor().row
    assert row is not None  # noqa: S101 - whoever comes here has a session
    secret = factor.draft_secret(row)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                codes = factor.enrol(
                    by=account, secret=secret, code=form.code.data, replacing=replacing
                )
            except RuleBroken as broken:
                form.refuse(broken)
            else:
                begin(partial(signing_in.finish, account))
                return page("accounts/recovery_codes.html", codes=codes, next_page=wanted_page())
    address = factor.app_address(account, secret)
    return page(
        "accounts/enrol.html",
        status,
        form=form,
        secret=secret,
        address=address,
        qr=qr_code(address, title="QR-Code für die App"),
    )


@pages.post("/abmelden")
@public
def sign_out() -> ResponseReturnValue:
    """End the session and leave nothing in the browser."""
    forget_visitor()
    answer = redirect(url_for("accounts.sign_in"), 303)
    answer.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return answer


@pages.route("/einladung/<token>", methods=["GET", "POST"])
@public
def invitation(token: str) -> ResponseReturnValue:
    """Let somebody set their password by a one-time link."""
    try:
        account = invitations.find(token)
    except RuleBroken as over:
        return page("accounts/invitation_over.html", 410, reason=over.message)
    form = NewPasswordForm()
    if request.method == "GET":
        return page("accounts/invitation.html", form=form, account=account)
    if form.validate():
        try:
            return _enter(invitations.accept(token, password=form.new_password.data))
        except RuleBroken as broken:
            form.refuse(broken)
    return page("accounts/invitation.html", 422, form=form, account=account)
