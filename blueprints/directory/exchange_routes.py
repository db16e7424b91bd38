"""The directory for machines and for spreadsheets: out, and back in by preview and confirmation."""

import base64
import binascii
from collections.abc import Mapping
from functools import cache
from typing import Any

from flask import Response, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.directory import staff_labels
from blueprints.directory.pages import pages
from blueprints.directory.staff_forms import TakeOverForm, UploadForm
from blueprints.directory.upkeep import number
from portal import clock
from portal.documents import sheets
from portal.domain.directory import exchange_hsds, exchange_importing, exchange_table
from portal.domain.directory.codes import WAYFINDER_CODES
from portal.domain.directory.exchange_importing import CHANGED_MEANWHILE, Preview
from portal.domain.errors import RuleBroken
from portal.domain.permissions import Permission, may
from portal.domain.towns import county_setting
from portal.i18n import SOURCE
from portal.keys import SealBroken, keyring
from portal.web import words
from portal.web.access import public, requires
from portal.web.login import current_account
from portal.web.render import page
from portal.web.uploads import takes_up_to

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WITH_FORM = 64 * 1024  # what a form needs around its file
LARGEST_SEALED = 4 * sheets.LARGEST_FILE
MOST_SHOWN = 100


@pages.get("/angebote.json")
@public
def services_for_machines() -> ResponseReturnValue:
    """Answer with a page of the published services in the format HSDS 3."""
    found = exchange_hsds.services_page(
        names=_names(),
        at=clock.now(),
        page=max(1, number(request.args.get("page"))),
        size=_size(),
    )
    answer = jsonify(found)
    answer.headers["Access-Control-Allow-Origin"] = (
        "*"  # the same for everybody, and nobody is known
    )
    return answer


def _size() -> int:
    asked = number(request.args.get("per_page"))
    return asked if asked > 0 else exchange_hsds.SIZE


def _names() -> Mapping[str, Mapping[str, str]]:
    """Return the German words for all codes."""
    languages = {code: words.language_name(code, SOURCE) for code in county_setting("languages")}
    return {
        **_fixed_names(),
        "language": languages,
    }


@cache
def _fixed_names() -> Mapping[str, Mapping[str, str]]:
    tables: dict[str, Mapping[str, Any]] = {
        "topic": words.TOPICS,
        "legal_circle": words.LEGAL_CIRCLES,
        "wayfinder_code": dict(zip(WAYFINDER_CODES, WAYFINDER_CODES, strict=True)),
        "access": words.ACCESS,
        "cost": words.COST,
        "interpreter": words.INTERPRETER,
        "barrier_free": words.BARRIER_FREE,
        "organisation_kind": staff_labels.ORGANISATION_KINDS,
    }
    return {
        kind: {code: str(text) for code, text in table.items()} for kind, table in tables.items()
    }


@pages.get("/verzeichnis/austausch")
@requires(Permission.DIRECTORY_READ)
def exchange() -> ResponseReturnValue:
    """Show how to get the directory out, and back in."""
    return _exchange_page(UploadForm(formdata=None))


def _exchange_page(form: UploadForm) -> ResponseReturnValue:
    return page(
        "directory/staff_exchange.html",
        422 if form.errors else 200,
        form=form,
        staff=staff_labels,
        may_import=may(current_account(), Permission.DIRECTORY_PUBLISH),
    )


@pages.get("/verzeichnis/export.csv")
@requires(Permission.DIRECTORY_READ)
def export_csv() -> ResponseReturnValue:
    """Answer with all services as CSV."""
    data = sheets.to_csv(exchange_table.table(current_account()))
    return _file(data, "text/csv; charset=utf-8", "csv")


@pages.get("/verzeichnis/export.xlsx")
@requires(Permission.DIRECTORY_READ)
def export_xlsx() -> ResponseReturnValue:
    """Answer with all services as a workbook."""
    data = sheets.to_xlsx(exchange_table.table(current_account()), title="Angebote")
    return _file(data, XLSX_TYPE, "xlsx")


def _file(data: bytes, content_type: str, ending: str) -> Response:
    """Return a file to save, under a name of our own."""
    name = f"angebote-{clock.today().isoformat()}.{ending}"
    disposition = f'attachment; filename="{name}"'
    return Response(data, content_type=content_type, headers={"Content-Disposition": disposition})


@pages.post("/verzeichnis/austausch/vorschau")
@takes_up_to(sheets.LARGEST_FILE + WITH_FORM)
@requires(Permission.DIRECTORY_PUBLISH)
def preview_import() -> ResponseReturnValue:
    """Show what an uploaded table would change; nothing is written."""
    form = UploadForm()
    sent = request.files.get("file")
    data = sent.read() if sent else b""
    try:
        if not form.validate() or not data:
            raise RuleBroken("Wählen Sie eine Datei aus.", field="file")
        sheet = sheets.read(data)
        refused = {(one.row, one.column): one.message for one in sheet.refusals}
        found = exchange_importing.preview(current_account(), sheet.rows, refused)
    except RuleBroken as broken:
        form.refuse(broken)
        return _exchange_page(form)
    return _preview_page(found, sheet.rows)


def _preview_page(
    found: Preview, rows: exchange_importing.Rows, *, refusal: object = ""
) -> ResponseReturnValue:
    form = TakeOverForm(formdata=None)
    form.rows.data = _sealed(rows, found.digest) if found.may_be_taken_over else ""
    return page(
        "directory/staff_preview.html",
        422 if found.errors or refusal else 200,
        found=found,
        form=form,
        refusal=refusal,
        most=MOST_SHOWN,
        staff=staff_labels,
    )


@pages.post("/verzeichnis/austausch/uebernehmen")
@takes_up_to(LARGEST_SEALED + WITH_FORM)
@requires(Permission.DIRECTORY_PUBLISH)
def take_over_import() -> ResponseReturnValue:
    """Write what the preview showed, all of it or nothing."""
    rows, digest = _opened(TakeOverForm().rows.data or "")
    if not rows:
        return _exchange_page(
            _refused("Die Vorschau ist abgelaufen. Laden Sie die Datei noch einmal hoch.")
        )
    try:
        found = exchange_importing.take_over(current_account(), rows, digest)
    except RuleBroken:
        return _preview_again(rows)
    flash(f"Übernommen: {len(found.new)} neu, {len(found.changed)} geändert.", "success")
    return redirect(url_for("directory.list_services"), 303)


def _preview_again(rows: exchange_importing.Rows) -> ResponseReturnValue:
    """Show what the same table would do now that something else has changed."""
    try:
        found = exchange_importing.preview(current_account(), rows)
    except RuleBroken as broken:
        return _exchange_page(_refused(str(broken.message)))
    return _preview_page(found, rows, refusal=CHANGED_MEANWHILE)


def _refused(message: str) -> UploadForm:
    form = UploadForm(formdata=None)
    form.refuse(RuleBroken(message, field="file"))
    return form


def _context() -> str:
    return f"directory-import:{current_account().id}"


def _sealed(rows: exchange_importing.Rows, digest: str) -> str:
    """Return a table as the page carries it until it is confirmed; nobody but its reader can send it back."""
    value = {"rows": [list(row) for row in rows], "digest": digest}
    return base64.urlsafe_b64encode(keyring().seal(value, context=_context())).decode("ascii")


def _opened(text: str) -> tuple[exchange_importing.Rows, str]:
    try:
        value = keyring().open(base64.urlsafe_b64decode(text.encode("ascii")), context=_context())
    except (UnicodeEncodeError, binascii.Error, SealBroken):
        return (), ""
    return value["rows"], value["digest"]
