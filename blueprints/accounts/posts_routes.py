"""Posts: who holds them, who stands in, who is away."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.accounts.absence_routes import record
from blueprints.accounts.forms import SUBSTITUTE, AbsenceOfForm, AppointForm, EndForm
from blueprints.accounts.pages import pages
from portal import clock
from portal.domain import posts as verbs
from portal.domain.errors import RuleBroken
from portal.domain.permissions import Permission
from portal.web.access import requires
from portal.web.login import current_account
from portal.web.render import page


@pages.get("/stellen")
@requires(Permission.POSITIONS_MANAGE)
def posts() -> ResponseReturnValue:
    """Show all posts with whoever holds them today, and who is away."""
    return _posts_page()


def _posts_page(status: int = 200, form: AbsenceOfForm | None = None) -> ResponseReturnValue:
    absence_form = form or AbsenceOfForm(formdata=None)
    absence_form.offer(verbs.holders_and_substitutes())
    return page(
        "accounts/posts.html",
        status,
        posts=verbs.all_posts(),
        absences=verbs.all_absences(by=current_account()),
        form=absence_form,
        today=clock.today(),
    )


@pages.route("/stellen/<key>", methods=["GET", "POST"])
@requires(Permission.POSITIONS_MANAGE)
def post(key: str) -> ResponseReturnValue:
    """Show one post and appoint somebody."""
    form = AppointForm(valid_from=clock.today())
    form.offer(verbs.eligible(verbs.post(key).position, by=current_account()))
    if request.method == "GET":
        return _post_page(key, form=form)
    if form.validate():
        try:
            verbs.appoint(
                key,
                by=current_account(),
                account_id=int(form.account.data),
                substitute=form.kind.data == SUBSTITUTE,
                valid_from=form.valid_from.data,
                valid_to=form.valid_to.data,
            )
        except RuleBroken as broken:
            form.refuse(broken)
        else:
            flash("Gespeichert. Anfragen gehen ab dann an diese Person.", "success")
            return redirect(url_for("accounts.post", key=key), 303)
    return _post_page(key, 422, form=form)


def _post_page(
    key: str, status: int = 200, *, form: AppointForm | None = None, refusal: object = ""
) -> ResponseReturnValue:
    shown = verbs.post(key)
    appoint_form = form or AppointForm(formdata=None, valid_from=clock.today())
    appoint_form.offer(verbs.eligible(shown.position, by=current_account()))
    return page(
        "accounts/post.html",
        status,
        post=shown,
        form=appoint_form,
        end_forms={
            holding.id: EndForm(formdata=None, prefix=f"h{holding.id}")
            for holding in (*shown.holders, *shown.substitutes)
        },
        refusal=refusal,
        today=clock.today(),
    )


@pages.post("/stellen/<key>/<int:holding_id>/beenden")
@requires(Permission.POSITIONS_MANAGE)
def end_holding(key: str, holding_id: int) -> ResponseReturnValue:
    """Set somebody's last day in a post."""
    form = EndForm(prefix=f"h{holding_id}")
    if not form.validate():
        return _post_page(key, 422, refusal="Geben Sie den letzten Tag an.")
    try:
        verbs.end_holding(holding_id, by=current_account(), last_day=form.last_day.data)
    except RuleBroken as broken:
        return _post_page(key, 422, refusal=broken.message)
    flash("Der letzte Tag ist gespeichert.", "success")
    return redirect(url_for("accounts.post", key=key), 303)


@pages.post("/stellen/<key>/<int:holding_id>/zuruecknehmen")
@requires(Permission.POSITIONS_MANAGE)
def cancel_holding(key: str, holding_id: int) -> ResponseReturnValue:
    """Take an appointment back that has not begun."""
    try:
        verbs.cancel_holding(holding_id, by=current_account())
    except RuleBroken as broken:
        return _post_page(key, 422, refusal=broken.message)
    flash("Zurückgenommen.", "success")
    return redirect(url_for("accounts.post", key=key), 303)


@pages.post("/stellen/abwesenheiten")
@requires(Permission.POSITIONS_MANAGE)
def record_absence_of() -> ResponseReturnValue:
    """Note that somebody else is away."""
    form = AbsenceOfForm()
    form.offer(verbs.holders_and_substitutes())
    if form.validate() and record(form, int(form.account.data)):
        return redirect(url_for("accounts.posts"), 303)
    return _posts_page(422, form)
