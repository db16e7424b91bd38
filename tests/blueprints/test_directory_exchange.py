"""The directory's files: out for everybody and for staff, back in by preview and confirmation."""

import csv
import io
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from portal.documents import sheets
from portal.domain.actors import SYSTEM
from portal.domain.county import install_invented
from portal.domain.county_pack import load_pack
from portal.domain.directory import exchange_table, services
from portal.domain.permissions import Role
from portal.i18n import LOCALES
from portal.models.directory import Service
from tests.support.browser import Answer, StrictClient
from tests.support.counties import FOLDERS
from tests.support.hsds import PAGE, mistakes

pytestmark = pytest.mark.usefixtures("filled")
SignIn = Callable[..., StrictClient]
PAGE_OF_EXCHANGE = "/verzeichnis/austausch"


@pytest.fixture
def filled(database: str) -> None:
    """Kreis Höxter with its invented services."""
    install_invented(load_pack(FOLDERS["hoexter"] / "hoexter", locales=LOCALES))


@pytest.fixture
def office(sign_in: SignIn, make_account) -> StrictClient:
    """The coordination office."""
    return sign_in(make_account(Role.COORDINATOR, position="KS"))


def table(**cells: str) -> list[list[str]]:
    """The table with other cells in the row of the first published service."""
    rows = exchange_table.table(SYSTEM)
    row = next(row for row in rows if row[1] == "published")
    for heading, text in cells.items():
        row[rows[0].index(heading)] = text
    return rows


def upload(browser: StrictClient, data: bytes, name: str = "angebote.csv") -> Answer:
    form = browser.get(PAGE_OF_EXCHANGE).form("upload-form")
    fields = {key: values[0] for key, values in form.data().items()}
    file = FileStorage(io.BytesIO(data), filename=name, name="file")
    boundary, body = encode_multipart({**fields, "file": file})
    return browser.post(
        form.action, data=body, content_type=f"multipart/form-data; boundary={boundary}"
    )


# ------------------------------------------------------------------------------------------------ out


def test_everybody_may_have_the_services_as_hsds(client):
    answer = client.get("/angebote.json?page=2&per_page=10")
    page = answer.get_json()
    assert answer.mimetype == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert {name: type(value) for name, value in page.items()} == PAGE
    assert (page["page_number"], page["size"]) == (2, 10)
    assert [text for one in page["contents"] for text in mistakes(one)] == []


@pytest.mark.parametrize(
    "query", ["page=0", "page=-1", "page=x", "page=99999999999999", "per_page=0", "per_page=x"]
)
def test_a_page_nobody_can_mean_gives_the_nearest(client, query):
    page = client.get(f"/angebote.json?{query}").get_json()
    assert 1 <= page["page_number"] <= page["total_pages"]


def test_the_words_of_the_export_are_german_whoever_asks(client):
    page = client.get("/angebote.json?per_page=100", headers={"Accept-Language": "ar"}).get_json()
    terms = {a["taxonomy_term"]["name"] for one in page["contents"] for a in one["attributes"]}
    assert "Deutsch lernen" in terms


def test_staff_get_the_table_as_csv_and_as_a_workbook(office):
    answer = office.get("/verzeichnis/export.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="angebote-2026-11-23.csv"'
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))
    assert rows[0] == list(exchange_table.HEADINGS)
    book = load_workbook(io.BytesIO(office.get("/verzeichnis/export.xlsx").get_data()))
    assert book.active.max_row == len(rows) == Service.select().count() + 1


def test_strangers_get_no_table(client):
    assert client.get("/verzeichnis/export.csv").status_code == 303


# ------------------------------------------------------------------------------------------------- in


@pytest.mark.parametrize("end", ["csv", "xlsx"])
def test_what_was_downloaded_comes_back_unchanged(office, end):
    data = office.get(f"/verzeichnis/export.{end}").get_data()
    answer = upload(office, data, f"angebote.{end}")
    assert answer.status_code == 200
    assert "0 neu, 0 geändert" in answer.main_text
    assert not answer.all("form", id="take-over-form")


def test_a_preview_writes_nothing_and_the_confirmation_everything(office):
    rows = table(Name="Anderer Name", Kosten="fee")
    answer = upload(office, sheets.to_csv(rows))
    assert "1 geändert" in answer.main_text
    assert "Anderer Name" in answer.main_text
    assert not Service.select().where(Service.name == "Anderer Name").exists()
    done = answer.form("take-over-form").submit()
    assert done.status_code == 303
    assert "1 geändert" in done.follow().main_text
    assert Service.get(Service.name == "Anderer Name").cost == "fee"


def test_mistakes_are_told_by_row_and_column_and_nothing_can_be_confirmed(office):
    answer = upload(office, sheets.to_csv(table(Kosten="gratis", Name="Anderer Name")))
    assert answer.status_code == 422
    assert "Kosten" in answer.main_text
    assert "free, fee, depends" in answer.main_text
    assert not answer.all("form", id="take-over-form")


def test_a_formula_in_a_workbook_is_told_where_it_stands(office):
    book = load_workbook(io.BytesIO(sheets.to_xlsx(table(), title="x")))
    book.active["E3"] = "=1+1"
    out = io.BytesIO()
    book.save(out)
    answer = upload(office, out.getvalue(), "angebote.xlsx")
    assert answer.status_code == 422
    assert "Formeln" in answer.main_text


def test_who_confirms_an_old_preview_sees_the_new_one(office):
    rows = table(Name="Anderer Name")
    form = upload(office, sheets.to_csv(rows)).form("take-over-form")
    row = next(row for row in rows if "Anderer Name" in row)
    services.move(SYSTEM, row[0], "check")
    answer = form.submit()
    assert answer.status_code == 422
    assert "Inzwischen" in answer.main_text
    assert answer.form("take-over-form").submit().status_code == 303


def test_nobody_confirms_what_another_one_saw(office, sign_in, make_account):
    form = upload(office, sheets.to_csv(table(Name="Anderer Name"))).form("take-over-form")
    other = sign_in(make_account(Role.COORDINATOR, position="KS"))
    token = other.get(PAGE_OF_EXCHANGE).form("upload-form").data()["csrf_token"]
    answer = other.post(form.action, data={"csrf_token": token, "rows": form.values["rows"]})
    assert answer.status_code == 422
    assert "abgelaufen" in answer.main_text


@pytest.mark.parametrize("sealed", ["", "x", "ä", "A" * 2000])
def test_what_was_not_sealed_here_is_refused(office, sealed):
    token = office.get(PAGE_OF_EXCHANGE).form("upload-form").data()["csrf_token"]
    answer = office.post(
        f"{PAGE_OF_EXCHANGE}/uebernehmen", data={"csrf_token": token, "rows": sealed}
    )
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "Wählen Sie eine Datei"),
        (b"\x00\x01\x02", "keine Tabelle"),
        (b"PK\x03\x04kaputt", "nicht gelesen"),
        (b"Name|Ort\nx|y", "fehlen"),
        (b"x" * (sheets.LARGEST_FILE + 1), "zu groß"),
    ],
)
def test_what_is_no_table_gets_a_clear_answer(office, data, said):
    answer = upload(office, data)
    assert answer.status_code == 422
    assert said in answer.errors["file"]


def test_a_file_far_too_large_is_refused_unread(office):
    assert upload(office, b"x" * (sheets.LARGEST_FILE * 2)).status_code == 413


def test_only_the_upload_takes_so_much(office):
    form = office.get("/verzeichnis/orte/neu").form()
    assert office.post(form.action, data={**form.data(), "name": "x" * 600_000}).status_code == 413


def test_an_upload_without_a_file_is_refused(office):
    form = office.get(PAGE_OF_EXCHANGE).form("upload-form")
    assert "file" in office.post(form.action, data=form.data()).errors


def test_a_large_table_is_previewed_and_taken_over(office):
    rows = table()
    organisation = rows[1][rows[0].index("Träger")]
    cells = {"Träger": organisation, "Beschreibung": "Text " * 150, "Ganzer Kreis": "ja"}
    for number in range(300):
        filled = cells | {"Name": f"Demo {number}"}
        rows.append([filled.get(name, "") for name in rows[0]])
    answer = upload(office, sheets.to_csv(rows))
    assert "300 neu" in answer.main_text
    assert answer.form("take-over-form").submit().status_code == 303
    assert Service.select().where(Service.name.startswith("Demo ")).count() >= 300


def test_who_may_not_publish_sees_no_upload(sign_in, make_account):
    reader = sign_in(make_account(Role.KI_HEAD))
    page = reader.get(PAGE_OF_EXCHANGE)
    assert not page.all("form", id="upload-form")
    token = page.all("input", name="csrf_token")[0].get("value")
    assert (
        reader.post(f"{PAGE_OF_EXCHANGE}/vorschau", data={"csrf_token": token}).status_code == 403
    )


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe", b"\xef\xbb\xbf"]))
def test_no_file_makes_the_preview_stumble(office, data, begin):
    assert upload(office, begin + data).status_code == 422
