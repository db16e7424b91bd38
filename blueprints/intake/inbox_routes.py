"""The inbox of case management."""

from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.intake import labels, staff_labels
from blueprints.intake.forms import MessageForm, MoveForm
from blueprints.intake.pages import pages
from portal.domain.errors import RuleBroken
from portal.domain.intake.handling import issue_new_code, make_move, request_to_handle
from portal.domain.intake.inbox import GROUPS, Filters, inbox, open_request
from portal.domain.intake.messages import write_message
from portal.domain.intake.overview import overview as all_requests
from portal.domain.intake.states import OUTCOMES, Move, Outcome
from portal.domain.permissions import Permission
from portal.domain.towns import active_towns
from portal.i18n import LOCALES, SOURCE
from portal.web import words
from portal.web.access import requires
from portal.web.addresses import page_number, query
from portal.web.forms import options
from portal.web.login import current_account
from portal.web.render import page, page_or_partial

LONGEST_NUMBER = 6  # digits


def _filters() -> Filters:
    raw = request.args
    return Filters(
        group=raw.get("stand", "open") if raw.get("stand") in GROUPS else "open",
        town=raw.get("stadt", ""),
        language=raw.get("sprache", ""),
        channel=raw.get("zugang", ""),
        page=page_number(),
    )


@pages.get("/eingang")
@requires(Permission.INTAKE_WORK)
def list_requests() -> ResponseReturnValue:
    """Show the requests that are the reader's to handle."""
    filters = _filters()
    return page_or_partial(
        "intake/inbox.html",
        "intake/_inbox.html",
        inbox=inbox(by=current_account(), filters=filters),
        filters=filters,
        labels=labels,
        staff=staff_labels,
        words=words,
        choices_of={
            "towns": [(town.slug, town.name) for town in active_towns()],
            "languages": [(code, staff_labels.german_language_name(code)) for code in LOCALES],
        },
        page_url=_page_url,
    )


def _page_url(number: int) -> str:
    values: dict[str, Any] = {**query(), "seite": number}
    return url_for("intake.list_requests", **values)


@pages.get("/eingang/<ref>")
@requires(Permission.INTAKE_WORK)
def show_request(ref: str) -> ResponseReturnValue:
    """Show one request; that it was read is logged."""
    return _show(ref)


def _show(ref: str, status: int = 200, **shown: object) -> ResponseReturnValue:
    opened = open_request(by=current_account(), reference=ref)
    values = {
        "message_form": MessageForm(formdata=None),
        "move_forms": [_move_form(move) for move in opened.moves],
        "new_code": "",
        "topics": ", ".join(str(labels.TOPICS[topic]) for topic in opened.request.topics),
        **shown,
    }
    return page(
        "intake/request.html",
        status,
        opened=opened,
        labels=labels,
        staff=staff_labels,
        words=words,
        **values,
    )


def _move_form(move: Move) -> MoveForm:
    form = MoveForm(formdata=None, move=move)
    choices = sorted(OUTCOMES.get(move, ()))
    form.outcome.choices = options(
        (code, words.OUTCOMES[code]) for code in choices if len(choices) > 1
    )
    return form


@pages.post("/eingang/<ref>/schritt")
@requires(Permission.INTAKE_WORK)
def move_request(ref: str) -> ResponseReturnValue:
    """Move a request on."""
    form = MoveForm()
    try:
        move = Move(form.move.data)
        outcome = Outcome(form.outcome.data) if form.outcome.data else None
    except ValueError:
        return _show(ref, 422, refusal="Diesen Schritt gibt es nicht.")
    try:
        make_move(
            by=current_account(),
            reference=ref,
            move=move,
            outcome=outcome,
            seen_steps=_number(form.seen_steps.data),
        )
    except RuleBroken as broken:
        return _show(ref, 422, refusal=str(broken.message))
    return redirect(url_for("intake.show_request", ref=ref), 303)


def _number(text: str | None) -> int | None:
    return (
        int(text)
        if text and text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
        else None
    )


@pages.post("/eingang/<ref>/nachricht")
@requires(Permission.INTAKE_WORK)
def answer_request(ref: str) -> ResponseReturnValue:
    """Write to the person; they read it with their return code."""
    form = MessageForm()
    if not form.validate():
        return _show(ref, 422, message_form=form)
    handled = request_to_handle(current_account(), ref)
    write_message(by=current_account(), request=handled, text=form.text.data, language=SOURCE)
    return redirect(url_for("intake.show_request", ref=ref), 303)


@pages.post("/eingang/<ref>/code")
@requires(Permission.INTAKE_WORK)
def replace_code(ref: str) -> ResponseReturnValue:
    """Give a person who lost their return code a new one; it is shown here once."""
    new_code = issue_new_code(by=current_account(), reference=ref)
    return _show(ref, new_code=new_code)


@pages.get("/eingang/ueberblick")
@requires(Permission.INTAKE_FIGURES)
def overview() -> ResponseReturnValue:
    """Show all open requests of the county without the people."""
    return page(
        "intake/overview.html",
        rows=all_requests(by=current_account()),
        labels=labels,
        staff=staff_labels,
        words=words,
    )
