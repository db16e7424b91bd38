"""Upkeep of services: list, page, form, moves, translations."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.directory import staff_labels
from blueprints.directory.pages import pages
from blueprints.directory.service_forms import (
    ReasonForm,
    ServiceForm,
    TranslationForm,
    service_form,
)
from blueprints.directory.staff_showing import facts
from blueprints.directory.upkeep import is_saved, number, texts
from portal.domain.directory import choosing, services
from portal.domain.directory import translations as translating
from portal.domain.directory.codes import MOVE_RULES, Move
from portal.domain.directory.exchange_table import cells
from portal.domain.directory.services import ServiceFilters, StaffService
from portal.domain.directory.translations import TranslationView
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.domain.permissions import Permission, may
from portal.domain.searchable import Kind
from portal.domain.towns import active_towns
from portal.i18n import LOCALES
from portal.web import words
from portal.web.access import requires
from portal.web.addresses import page_number, query
from portal.web.login import current_account
from portal.web.render import page, page_or_partial


@pages.get("/verzeichnis/")
@requires(Permission.DIRECTORY_READ)
def list_services() -> ResponseReturnValue:
    """Show services of all states."""
    filters = _filters()
    return page_or_partial(
        "directory/staff_services.html",
        "directory/_staff_services.html",
        found=services.staff_list(current_account(), filters, page_number()),
        filters=filters,
        choices_of={
            "towns": [(town.slug, town.name) for town in active_towns()],
            "organisations": choosing.all_organisations(),
            "topics": texts(words.TOPICS),
        },
        staff=staff_labels,
        may_add=may(current_account(), Permission.DIRECTORY_EDIT),
        page_url=_page_url,
    )


def _filters() -> ServiceFilters:
    raw = request.args
    return ServiceFilters(
        group=raw.get("stand", "all") if raw.get("stand") in staff_labels.GROUPS else "all",
        town=raw.get("stadt", ""),
        organisation=raw.get("traeger", ""),
        topic=raw.get("thema", ""),
        text=raw.get("q", ""),
        mine=raw.get("meine") == "1",
    )


def _page_url(number: int) -> str:
    values: dict[str, Any] = {**query(), "seite": number}
    return url_for("directory.list_services", **values)


@pages.route("/verzeichnis/angebote/neu", methods=["GET", "POST"])
@requires(Permission.DIRECTORY_EDIT)
def add_service() -> ResponseReturnValue:
    """Add a service."""
    form, made = service_form(), []
    form.offer(current_account())
    if request.method == "POST" and is_saved(
        form, lambda: made.append(services.submit(current_account(), form.draft()))
    ):
        flash("Gespeichert. Öffentlich wird das Angebot erst nach der Freigabe.", "success")
        return redirect(url_for("directory.staff_service", service=made[0].key), 303)
    return _form_page(form)


def _form_page(form: ServiceForm, **shown: Any) -> ResponseReturnValue:
    values = {"service": None, "conflict": [], **shown}
    status = 422 if form.errors else 200
    return page(
        "directory/staff_service_form.html", status, form=form, staff=staff_labels, **values
    )


@pages.get("/verzeichnis/angebote/<service>")
@requires(Permission.DIRECTORY_READ)
def staff_service(service: str) -> ResponseReturnValue:
    """Show one service with all that can be done about it."""
    return _service_page(service)


def _service_page(
    key: str,
    status: int = 200,
    *,
    refusal: str = "",
    tried: str = "",
    form: ReasonForm | None = None,
) -> ResponseReturnValue:
    account = current_account()
    shown = services.staff_service(account, key)
    forms = {move: ReasonForm(formdata=None, prefix=move) for move in shown.moves}
    if form is not None and tried in forms:
        forms[tried] = form
    return page(
        "directory/staff_service.html",
        status,
        service=shown,
        forms=forms,
        refusal=refusal,
        needs_reason={move for move in shown.moves if MOVE_RULES[Move(move)].needs_reason},
        facts=facts(shown),
        translations=translating.translations(account, Kind.SERVICE, key),
        names={code: known.name for code, known in LOCALES.items()},
        staff=staff_labels,
    )


@pages.route("/verzeichnis/angebote/<service>/bearbeiten", methods=["GET", "POST"])
@requires(Permission.DIRECTORY_EDIT)
def edit_service(service: str) -> ResponseReturnValue:
    """Edit a service; who was slower sees what somebody else wrote meanwhile."""
    account = current_account()
    shown = services.staff_service(account, service)
    if not shown.may_edit:
        raise NotAllowed
    form = service_form(shown.draft, shown.version)
    form.offer(account, shown.draft)
    if request.method == "POST" and is_saved(
        form,
        lambda: services.edit(account, service, form.draft(), number(form.version.data)),
    ):
        flash("Gespeichert.", "success")
        return redirect(url_for("directory.staff_service", service=service), 303)
    return _form_page(form, service=shown, conflict=_conflict(form, shown))


def _conflict(form: ServiceForm, shown: StaffService) -> list[tuple[str, str, str]]:
    """Return what is stored beside what was typed, if somebody else was quicker; saving once more then counts."""
    if not form.version.errors:
        return []
    form.version.data = str(shown.version)
    stored, typed = cells(shown.draft), cells(form.draft())
    return [(name, stored[name], typed[name]) for name in stored if stored[name] != typed[name]]


@pages.post("/verzeichnis/angebote/<service>/schritt/<move>")
@requires(Permission.DIRECTORY_EDIT)
def move_service(service: str, move: str) -> ResponseReturnValue:
    """Move a service on; suspending and ending need a reason."""
    form = ReasonForm(prefix=move)
    version = number(request.form.get("version"))
    try:
        services.move(current_account(), service, move, form.reason.data or "", version)
    except RuleBroken as broken:
        form.refuse(broken)
        return _service_page(service, 422, refusal=str(broken.message), tried=move, form=form)
    flash("Gespeichert.", "success")
    return redirect(url_for("directory.staff_service", service=service), 303)


@pages.route("/verzeichnis/angebote/<service>/sprache/<language>", methods=["GET", "POST"])
@requires(Permission.DIRECTORY_EDIT)
def translate_service(service: str, language: str) -> ResponseReturnValue:
    """Translate a service beside its German text."""
    return translation_page(
        Kind.SERVICE, service, language, url_for("directory.staff_service", service=service)
    )


def translation_page(kind: Kind, key: str, language: str, back: str) -> ResponseReturnValue:
    """Show and save the words of a thing in a language, beside the German ones."""
    account = current_account()
    shown = _translation(kind, key, language)
    form = TranslationForm(data=shown.words | {"is_checked": shown.is_checked})
    form.keep([*shown.german])
    if request.method == "POST" and is_saved(
        form,
        lambda: translating.translate(
            account,
            kind,
            key,
            language,
            {name: form[name].data or "" for name in shown.german},
            is_checked=form.is_checked.data,
        ),
    ):
        flash("Die Übersetzung ist gespeichert.", "success")
        return redirect(back, 303)
    return page(
        "directory/staff_translation.html",
        422 if form.errors else 200,
        shown=shown,
        form=form,
        language=LOCALES[language],
        back=back,
    )


def _translation(kind: Kind, key: str, language: str) -> TranslationView:
    found = translating.translations(current_account(), kind, key)
    shown = next((one for one in found if one.locale == language), None)
    if shown is None:
        raise NotFound
    return shown
