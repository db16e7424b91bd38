"""One's own absences: whoever stands in gets the requests."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.accounts.forms import AbsenceForm
from blueprints.accounts.own_paths import own_path
from blueprints.accounts.pages import pages
from portal.domain import posts as verbs
from portal.domain.errors import RuleBroken
from portal.web.access import signed_in
from portal.web.login import current_account
from portal.web.render import page


@pages.route("/abwesenheit", methods=["GET", "POST"])
@signed_in
def absence() -> ResponseReturnValue:
    """Show and note one's own absences."""
    form, account = AbsenceForm(), current_account()
    if request.method == "POST" and form.validate() and record(form, account.id):
        return redirect(url_for("accounts.absence"), 303)
    status = 422 if request.method == "POST" else 200
    return page("accounts/absence.html", status, form=form, absences=verbs.absences_of(account))


def record(form: AbsenceForm, account_id: int) -> bool:
    """Note the absence that a valid form speaks of; return whether it is noted."""
    try:
        verbs.record_absence(
            account_id,
            by=current_account(),
            first_day=form.first_day.data,
            last_day=form.last_day.data,
        )
    except RuleBroken as broken:
        form.refuse(broken)
        return False
    flash("Die Abwesenheit ist gespeichert.", "success")
    return True


@pages.post("/abwesenheit/<int:absence_id>/entfernen")
@signed_in
def remove_absence(absence_id: int) -> ResponseReturnValue:
    """Take an absence back: one's own, or anybody's for those who manage posts."""
    verbs.remove_absence(absence_id, by=current_account())
    flash("Die Abwesenheit ist entfernt.", "success")
    return redirect(own_path(request.args.get("next", "")) or url_for("accounts.absence"), 303)
