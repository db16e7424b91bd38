"""Sheets (CSV and XLSX) out of rows, and rows out of what people upload.

Nothing that leaves here is a formula for a spreadsheet program, and nothing that comes in is taken for one.
"""

import codecs
import csv
import io
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import TYPE_ERROR, TYPE_FORMULA, TYPE_STRING

from portal.documents.archives import refuse_dangerous
from portal.domain.errors import RuleBroken
from portal.domain.text import clean

Rows = Sequence[Sequence[str]]
LARGEST_FILE = 2 * 1024 * 1024
MOST_ROWS = 2000
MOST_COLUMNS = 100
LONGEST_CELL = 20_000
MOST_TEXT = 2_000_000  # characters; a workbook holds many times its own size
DELIMITERS = ",;\t"
XLSX_BEGINS = b"PK\x03\x04"
OLD_EXCEL_BEGINS = b"\xd0\xcf\x11\xe0"
UTF16_BEGINS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
FORMULA_BEGINS = "=+\\-@\t\r\n\0＝＋－＠"
_GUARDED = re.compile(f"'*[{FORMULA_BEGINS}]")
_READ_BACK = re.compile(f"'+[{FORMULA_BEGINS}]")
_PARTS_CELLS = '[,;\\t\\n]["]*'
"""What a program that expects another delimiter takes for the end of a cell."""
_GUARDED_INSIDE = re.compile(f"({_PARTS_CELLS})(?='*[{FORMULA_BEGINS}])")
_READ_BACK_INSIDE = re.compile(f"({_PARTS_CELLS})'(?='*[{FORMULA_BEGINS}])")
NO_FORMULA = "Formeln werden nicht gelesen. Schreiben Sie den Wert selbst."
NO_ERROR_VALUE = "Hier steht ein Fehlerwert der Tabelle. Schreiben Sie den Wert selbst."


@dataclass(frozen=True, slots=True)
class Refusal:
    """A cell that cannot be read: its row as spreadsheet programs count, and its column from 0."""

    row: int
    column: int
    message: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file holds: all rows, the head included, without empty ends."""

    rows: tuple[tuple[str, ...], ...]
    refusals: tuple[Refusal, ...] = ()


def guarded(text: str) -> str:
    """Return a text that no spreadsheet program takes for a formula."""
    return f"'{text}" if _GUARDED.match(text) else text


def unguarded(text: str) -> str:
    """Return a text without the apostrophe that guards it."""
    return text[1:] if _READ_BACK.match(text) else text


def to_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as CSV that spreadsheet programs read as UTF-8."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(map(_guarded_inside, _written(row)) for row in rows)
    return codecs.BOM_UTF8 + out.getvalue().encode("utf-8")


def to_xlsx(rows: Iterable[Sequence[str]], *, title: str) -> bytes:
    """Return rows as a workbook of one sheet, all cells text, with a head that stays in view."""
    book = Workbook(write_only=True)
    book.properties.creator, book.properties.title = "KIM-Portal", title
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append(_written(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _written(row: Sequence[str]) -> list[str]:
    return [guarded(clean(text)) for text in row]


def _guarded_inside(text: str) -> str:
    """Return a text that stays harmless where a program cuts it at every delimiter there is."""
    return _GUARDED_INSIDE.sub(r"\1'", text)


def read(data: bytes) -> Sheet:
    """Return what an uploaded sheet holds; raise RuleBroken with what to do if it cannot be read."""
    if len(data) > LARGEST_FILE:
        raise _broken(f"Die Datei ist zu groß. Erlaubt sind {LARGEST_FILE // 1024 // 1024} MB.")
    if data.startswith(OLD_EXCEL_BEGINS):
        raise _broken("Speichern Sie die Datei als Excel-Arbeitsmappe (.xlsx) oder als CSV UTF-8.")
    read_rows = _xlsx if data.startswith(XLSX_BEGINS) else _csv
    sheet = read_rows(data)
    if not sheet.rows:
        raise _broken("Die Datei ist leer.")
    return sheet


def _broken(message: str) -> RuleBroken:
    return RuleBroken(message, field="file")


def _csv(data: bytes) -> Sheet:
    text = _decoded(data)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        return _sheet(lines, _csv_cell)
    except csv.Error as error:
        raise _broken(
            f"Zeile {lines.line_num} ist kein gültiges CSV. Prüfen Sie die Anführungszeichen."
        ) from error


def _decoded(data: bytes) -> str:
    encoding = "utf-16" if data.startswith(UTF16_BEGINS) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _broken(
            "Die Zeichen sind nicht lesbar. Speichern Sie die Datei als CSV UTF-8."
        ) from error
    if "\0" in text:
        raise _broken("Das ist keine Tabelle. Laden Sie eine Datei im Format CSV oder XLSX hoch.")
    return text


def _delimiter(text: str) -> str:
    """Return what parts the cells of the head: we write commas, German spreadsheet programs semicolons."""
    head = text.split("\n", 1)[0]
    return max(DELIMITERS, key=head.count)


def _csv_cell(text: str) -> tuple[str, str]:
    return unguarded(_READ_BACK_INSIDE.sub(r"\1", clean(text))), ""


def _xlsx(data: bytes) -> Sheet:
    refuse_dangerous(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about what a workbook has besides its cells
            book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what the file says about its own size may be a lie
            return _sheet(
                sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS + 1), _xlsx_cell
            )
    except RuleBroken:
        raise
    except Exception as error:  # the library raises whatever a broken file makes it stumble over
        raise _broken("Die Arbeitsmappe ist beschädigt. Speichern Sie sie noch einmal.") from error


def _xlsx_cell(cell: Any) -> tuple[str, str]:
    if cell.data_type == TYPE_FORMULA:
        return "", NO_FORMULA
    if cell.data_type == TYPE_ERROR:
        return "", NO_ERROR_VALUE
    if cell.data_type == TYPE_STRING:
        return unguarded(clean(str(cell.value or ""))), ""
    return _plain(cell.value), ""


def _plain(value: Any) -> str:
    """Return a number, day or answer as people write it."""
    match value:
        case None:
            return ""
        case bool():
            return "ja" if value else "nein"
        case datetime():
            return value.isoformat() if value.time() != time() else value.date().isoformat()
        case date() | time():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
    return str(value)


def _sheet(lines: Iterable[Sequence[Any]], cell_of: Callable[[Any], tuple[str, str]]) -> Sheet:
    rows: list[tuple[str, ...]] = []
    refusals: list[Refusal] = []
    letters = 0
    for number, line in enumerate(islice(lines, MOST_ROWS + 2), 1):
        cells = [cell_of(cell) for cell in islice(line, MOST_COLUMNS + 1)]
        letters += sum(len(text) for text, _problem in cells)
        if letters > MOST_TEXT:
            raise _broken("Die Tabelle enthält zu viel Text. Teilen Sie sie in mehrere auf.")
        refusals += _refusals(number, cells)
        rows.append(_without_empty_end([text for text, _problem in cells]))
    while rows and not rows[-1] and not any(one.row == len(rows) for one in refusals):
        rows.pop()
    if len(rows) > MOST_ROWS + 1:
        raise _broken(f"Die Tabelle hat zu viele Zeilen. Erlaubt sind {MOST_ROWS}.")
    if any(len(row) > MOST_COLUMNS for row in rows):
        raise _broken(f"Die Tabelle hat zu viele Spalten. Erlaubt sind {MOST_COLUMNS}.")
    return Sheet(tuple(rows), tuple(refusals))


def _refusals(number: int, cells: Sequence[tuple[str, str]]) -> Iterator[Refusal]:
    for column, (text, problem) in enumerate(cells):
        if problem:
            yield Refusal(number, column, problem)
        elif len(text) > LONGEST_CELL:
            yield Refusal(number, column, f"Das ist zu lang. Erlaubt sind {LONGEST_CELL} Zeichen.")


def _without_empty_end(texts: list[str]) -> tuple[str, ...]:
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)
