"""People with access: invite, give roles, close accounts."""

from collections.abc import Callable
from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.accounts import labels
from blueprints.accounts.forms import InviteForm, RoleForm
from blueprints.accounts.pages import pages
from portal.domain.accounts import people as verbs
from portal.domain.accounts import second_factor, sessions
from portal.domain.errors import NotFound, RuleBroken
from portal.domain.permissions import Permission, may
from portal.web.access import requires
from portal.web.login import current_account
from portal.web.render import page

STEPS: dict[str, tuple[Callable[..., Any], str]] = {
    "sperren": (verbs.deactivate, "Das Konto ist gesperrt, alle Geräte sind abgemeldet."),
    "entsperren": (verbs.reactivate, "Das Konto ist wieder offen."),
    "abmelden": (verbs.end_sessions, "Alle Geräte sind abgemeldet."),
    "zweiter-faktor-entfernen": (verbs.remove_second_factor, "Der zweite Faktor ist entfernt."),
}


@pages.get("/personen")
@requires(Permission.ACCOUNTS_READ)
def people() -> ResponseReturnValue:
    """Show everybody with access."""
    by = current_account()
    return page(
        "accounts/people.html",
        people=verbs.everybody(by=by),
        labels=labels,
        may_manage=may(by, Permission.ACCOUNTS_MANAGE),
    )


@pages.route("/personen/neu", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_MANAGE)
def invite() -> ResponseReturnValue:
    """Invite somebody; the link is shown once, to be handed over."""
    form = InviteForm()
    form.offer_scopes()
    if request.method == "GET":
        return page("accounts/invite.html", form=form)
    if form.validate():
        try:
            account, token = verbs.invite(
                by=current_account(),
                mail=form.mail.data,
                name=form.name.data,
                roles=[form.wanted()],
            )
        except RuleBroken as broken:
            form.refuse(broken)
        else:
            return _person_page(account.id, link=_link(token))
    return page("accounts/invite.html", 422, form=form)


@pages.get("/personen/<int:account_id>")
@requires(Permission.ACCOUNTS_READ)
def person(account_id: int) -> ResponseReturnValue:
    """Show one person's access."""
    return _person_page(account_id)


def _person_page(
    account_id: int,
    status: int = 200,
    *,
    form: RoleForm | None = None,
    link: str = "",
    refusal: object = "",
) -> ResponseReturnValue:
    by = current_account()
    account = verbs.person(account_id, by=by)
    role_form = form or RoleForm(formdata=None)
    role_form.offer_scopes()
    return page(
        "accounts/person.html",
        status,
        account=account,
        labels=labels,
        form=role_form,
        link=link,
        refusal=refusal,
        sessions=sessions.of_account(account),
        enrolled=second_factor.is_enrolled(account),
        may_manage=may(by, Permission.ACCOUNTS_MANAGE),
        is_self=account == by,
    )


@pages.post("/personen/<int:account_id>/rollen")
@requires(Permission.ACCOUNTS_MANAGE)
def grant_role(account_id: int) -> ResponseReturnValue:
    """Give somebody a role."""
    form = RoleForm()
    form.offer_scopes()
    if form.validate():
        wanted = form.wanted()
        try:
            verbs.grant_role(account_id, by=current_account(), role=wanted.role, scope=wanted.scope)
        except RuleBroken as broken:
            form.refuse(broken)
        else:
            flash("Die Rolle gilt ab sofort.", "success")
            return redirect(url_for("accounts.person", account_id=account_id), 303)
    return _person_page(account_id, 422, form=form)


@pages.post("/personen/<int:account_id>/rollen/<int:grant_id>/entziehen")
@requires(Permission.ACCOUNTS_MANAGE)
def withdraw_role(account_id: int, grant_id: int) -> ResponseReturnValue:
    """Take a role away."""
    try:
        verbs.withdraw_role(grant_id, by=current_account())
    except RuleBroken as broken:
        return _person_page(account_id, 422, refusal=broken.message)
    flash("Die Rolle ist entzogen.", "success")
    return redirect(url_for("accounts.person", account_id=account_id), 303)


@pages.post("/personen/<int:account_id>/zuruecksetzen")
@requires(Permission.ACCOUNTS_MANAGE)
def reset(account_id: int) -> ResponseReturnValue:
    """Take a password away; the link to a new one is shown once, to be handed over."""
    try:
        _account, token = verbs.reset(account_id, by=current_account())
    except RuleBroken as broken:
        return _person_page(account_id, 422, refusal=broken.message)
    return _person_page(account_id, link=_link(token))


@pages.post("/personen/<int:account_id>/<step>")
@requires(Permission.ACCOUNTS_MANAGE)
def change_person(account_id: int, step: str) -> ResponseReturnValue:
    """Close or open an account, sign somebody out, or take a lost second factor away."""
    if step not in STEPS:
        raise NotFound
    verb, done = STEPS[step]
    try:
        verb(account_id, by=current_account())
    except RuleBroken as broken:
        return _person_page(account_id, 422, refusal=broken.message)
    flash(done, "success")
    return redirect(url_for("accounts.person", account_id=account_id), 303)


def _link(token: str) -> str:
    return f"{current_app.config['SETTINGS'].base_url}{url_for('accounts.invitation', token=token)}"
