import csv
import io
import zipfile
from contextlib import suppress
from datetime import date, datetime, time
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from portal.documents import sheets
from portal.domain.errors import RuleBroken
from portal.domain.text import clean
from tests.support.malformed import NASTY

HEAD = ("Schlüssel", "Name")
DANGEROUS = ("=1+1", "+49 5271", "-1", "@SUM(A1)", "＝1", "'=1", "''=1", '=HYPERLINK("x")')
entry = st.one_of(
    st.sampled_from((*DANGEROUS, *NASTY)),
    st.text(st.characters(exclude_categories=()), max_size=40),
    st.text("='+-@\t\r\n\"; ,x", max_size=12),
)
tables = st.lists(st.tuples(entry, entry), max_size=8)


def xlsx(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def refusal_of(data: bytes) -> str:
    with pytest.raises(RuleBroken) as refused:
        sheets.read(data)
    assert refused.value.field == "file"
    return str(refused.value.message)


def without_empty_end(row: tuple[str, ...]) -> tuple[str, ...]:
    while row and not row[-1]:
        row = row[:-1]
    return row


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@given(tables)
def test_what_is_written_is_read_back(kind, table):
    rows = [HEAD, *table, ("Ende", "x")]
    data = sheets.to_csv(rows) if kind == "csv" else sheets.to_xlsx(rows, title="Angebote")
    expected = tuple(without_empty_end(tuple(map(clean, row))) for row in rows)
    assert sheets.read(data) == sheets.Sheet(expected)


@given(tables)
def test_no_cell_of_a_csv_begins_like_a_formula(table):
    text = sheets.to_csv(table).decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert not [cell for cell in cells if cell[:1] and cell[0] in "=+-@\t\r\n\0＝＋－＠"]


@given(tables)
def test_no_program_with_another_delimiter_finds_a_formula(table):
    """German spreadsheet programs part cells at semicolons, and know no quotation mark inside a cell."""
    text = sheets.to_csv(table).decode("utf-8-sig")
    for delimiter in ",;\t":
        cells = [cell for line in text.split("\n") for cell in line.split(delimiter)]
        begins = [cell.strip("\r").lstrip('"')[:1] for cell in cells]
        assert not [begin for begin in begins if begin and begin in "=+-@＝＋－＠"]


@given(tables)
def test_no_cell_of_a_workbook_is_a_formula(table):
    book = load_workbook(io.BytesIO(sheets.to_xlsx([HEAD, *table], title="Angebote")))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    assert not [cell for cell in cells if str(cell.value or "")[:1] in tuple("=+-@")]


def test_a_formula_is_refused_where_it_stands():
    sheet = sheets.read(xlsx(HEAD, ("a", "=1+1"), ("b", "B")))
    assert [(one.row, one.column) for one in sheet.refusals] == [(2, 1)]
    assert "Formeln" in sheet.refusals[0].message
    assert sheet.rows[1] == ("a",)


def test_an_error_value_is_refused_where_it_stands():
    book = Workbook()
    book.active.append(["a", "#REF!"])
    book.active["B1"].data_type = "e"
    out = io.BytesIO()
    book.save(out)
    assert [(one.row, one.column) for one in sheets.read(out.getvalue()).refusals] == [(1, 1)]


def test_numbers_days_and_answers_are_read_as_people_write_them():
    days = (date(2026, 11, 23), datetime(2026, 11, 23, 9, 30), time(9))  # noqa: DTZ001 - sheets know no zone
    row = sheets.read(xlsx((27, 1.5, True, False, *days))).rows[0]
    assert row == ("27", "1.5", "ja", "nein", "2026-11-23", "2026-11-23T09:30:00", "09:00:00")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_of_other_programs_is_read(delimiter, encoding):
    text = f"Schlüssel{delimiter}Name\r\na{delimiter}Ä\r\n"
    assert sheets.read(text.encode(encoding)).rows == (HEAD, ("a", "Ä"))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "leer"),
        (b"\r\n\r\n", "leer"),
        ("Schlüssel,Name".encode("cp1252"), "CSV UTF-8"),
        (b"\xff\xfea", "CSV UTF-8"),
        (b"\x89PNG\0\0", "CSV UTF-8"),
        (b"a\0b", "keine Tabelle"),
        (b'a,b\n"offen', "Zeile"),
        (b"a" * (sheets.LARGEST_FILE + 1), "zu groß"),
        (b"a\n" * (sheets.MOST_ROWS + 2), "zu viele Zeilen"),
        (b"a" + b",a" * 999_999, "zu viele Spalten"),
        (b"\xd0\xcf\x11\xe0altes Excel", ".xlsx"),
        (b"PK\x03\x04kaputt", "nicht gelesen"),
        (archive(a=b"x"), "beschädigt"),
        (archive(xl__workbook=b"0" * 4_000_000), "nicht gelesen"),
        (archive(**{f"a{n}": b"" for n in range(501)}), "nicht gelesen"),
        (archive(**{"..__a": b"x"}), "nicht gelesen"),
        (archive(a=b"<!DOCTYPE x [<!ENTITY a 'b'>]>"), "nicht gelesen"),
        (archive(a="<!doctype x>".encode("utf-16")), "nicht gelesen"),
    ],
)
def test_what_is_no_sheet_gets_a_clear_answer(data, said):
    assert said in refusal_of(data)


def test_a_workbook_of_too_many_columns_is_refused():
    assert "zu viele Spalten" in refusal_of(xlsx(("a",) * 16_000))


def test_a_workbook_of_too_many_rows_is_refused():
    assert "zu viele Zeilen" in refusal_of(xlsx(*(("a",) for _ in range(sheets.MOST_ROWS + 2))))


def test_a_workbook_that_holds_far_more_than_its_size_is_refused():
    letters = Random(1)
    rows = [("".join(letters.choices("abcdef", k=19_000)),) for _ in range(120)]
    data = sheets.to_xlsx(rows, title="x")
    assert len(data) < sheets.LARGEST_FILE
    assert "zu viel Text" in refusal_of(data)


def test_a_sheet_may_have_as_many_rows_as_is_said():
    rows = [("a",)] * (sheets.MOST_ROWS + 1)
    assert len(sheets.read(sheets.to_csv(rows)).rows) == sheets.MOST_ROWS + 1


def test_a_size_that_lies_is_refused():
    data = archive(a=b"x" * 1000)
    assert "nicht gelesen" in refusal_of(data.replace((1000).to_bytes(4, "little"), b"\x05\0\0\0"))


@pytest.mark.parametrize("way", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_that_unpacks_at_once_is_refused_before_it_does(way, monkeypatch):
    """A few hundred bytes of bzip2 are gigabytes, whatever size the archive tells."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", way) as packed:
        packed.writestr("a", b"0" * 1000)
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("unpacked"))
    assert "nicht gelesen" in refusal_of(out.getvalue())


def test_a_link_in_an_archive_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        link = zipfile.ZipInfo("a")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        packed.writestr(link, "/etc/passwd")
    assert "nicht gelesen" in refusal_of(out.getvalue())


def test_a_cell_that_is_too_long_is_refused_where_it_stands():
    sheet = sheets.read(sheets.to_csv([HEAD, ("a", "x" * (sheets.LONGEST_CELL + 1))]))
    assert [(one.row, one.column) for one in sheet.refusals] == [(2, 1)]


@given(st.binary(max_size=300))
def test_no_file_makes_the_reader_stumble(data):
    for content in (data, b"PK\x03\x04" + data):
        with suppress(RuleBroken):
            sheets.read(content)


@given(st.integers(0, 8000), st.integers(0, 255))
def test_no_damaged_workbook_makes_the_reader_stumble(position, byte):
    data = bytearray(WORKBOOK)
    data[position % len(data)] = byte
    with suppress(RuleBroken):
        sheets.read(bytes(data))


WORKBOOK = xlsx(HEAD, ("a", "Ä"), ("b", 3))
