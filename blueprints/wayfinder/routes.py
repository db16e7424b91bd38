"""The Wegweiser: questions in, an answer out; nothing is stored, nothing stands in an address or a log."""

from collections.abc import Callable
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.wayfinder import labels
from blueprints.wayfinder.forms import CaseForm, PublicForm
from blueprints.wayfinder.pages import pages
from blueprints.wayfinder.showing import Shown, show_case, show_public
from portal import clock
from portal.domain.directory.finding import details
from portal.domain.directory.views import PlaceView
from portal.domain.errors import RuleBroken
from portal.domain.permissions import Permission, may
from portal.domain.towns import active_towns
from portal.domain.wayfinder import EntryError
from portal.domain.wayfinder.counting import count
from portal.domain.wayfinder.versions import Edition, current
from portal.i18n import SOURCE, locale
from portal.web import words
from portal.web.access import public, signed_in
from portal.web.locale import preferred
from portal.web.login import current_account
from portal.web.render import page

SWITCH = "_switch"


@pages.get("/wegweiser/")
@public
def without_language() -> ResponseReturnValue:
    """Lead to the Wegweiser in the browser's language."""
    answer = redirect(url_for("wayfinder.ask", lang=preferred().code), 303)
    answer.vary.add("Accept-Language")
    return answer


@pages.route("/<locale:lang>/wegweiser/", methods=["GET", "POST"])
@public
def ask() -> ResponseReturnValue:
    """Ask a few questions and say who can help; a change of language keeps entries and answer."""
    form = PublicForm()
    form.offer(active_towns())
    is_switched = SWITCH in request.form
    shown = None
    if request.method == "POST" and (form.asked.data or not is_switched):
        shown = _answered(form, show_public, locale().code, is_new=not is_switched)
    form.asked.data = "1" if shown else ""
    return _show("wayfinder/ask.html", form, shown)


@pages.route("/wegweiser/fachlich", methods=["GET", "POST"])
@signed_in
def ask_for_case() -> ResponseReturnValue:
    """Ask everything that rules may need, for professionals."""
    form = CaseForm(as_of=clock.today())
    form.offer(active_towns())
    shown = _answered(form, show_case, SOURCE) if request.method == "POST" else None
    return _show_case(form, shown)


@pages.post("/<locale:lang>/wegweiser/handzettel")
@signed_in
def handout() -> ResponseReturnValue:
    """Print where to go, in the language of the person who asks: addresses, no answers."""
    form = CaseForm()
    form.offer(active_towns())
    shown = _answered(form, show_case, locale().code, is_new=False)
    if shown is None:
        return _show_case(form, None)
    return page(
        "wayfinder/handout.html",
        shown=shown,
        places=_places(shown),
        today=clock.today(),
        words=words,
    )


def _places(shown: Shown) -> dict[str, tuple[PlaceView, ...]]:
    """Return where each service of an answer is, for those who read it on paper."""
    stops = (shown.primary, *shown.decides, *shown.also)
    keys = [card.key for stop in stops for card in stop.services]
    found = details(keys, locale=locale().code, at=clock.now())
    return {one.card.key: one.places for one in found}


def _answered(
    form: Any, show: Callable[[Edition, Any, str], Shown], lang: str, *, is_new: bool = True
) -> Shown | None:
    """Return the answer, or nothing after noting in the form what is wrong; count questions that are new."""
    if not form.validate():
        return None
    try:
        inputs = form.inputs(clock.today())
    except EntryError as error:
        form.refuse(RuleBroken(str(error), field=error.field))
        return None
    shown = show(current(inputs.as_of), inputs, lang)
    if is_new:
        count(shown.found, inputs)
    return shown


def _show_case(form: CaseForm, shown: Shown | None) -> ResponseReturnValue:
    may_read_rules = may(current_account(), Permission.RULES_READ)
    return _show("wayfinder/case.html", form, shown, labels=labels, may_read_rules=may_read_rules)


def _show(
    template: str, form: CaseForm | PublicForm, shown: Shown | None, **context: Any
) -> ResponseReturnValue:
    status = 422 if form.errors else 200
    return page(template, status, form=form, shown=shown, words=words, **context)
