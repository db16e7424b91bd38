"""The CSV files of a county pack: which columns they have and what each row becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from portal.domain.county_pack import cells, model
from portal.domain.county_pack.problems import Report
from portal.domain.county_pack.reader import Reader, Row

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Table(Generic[T]):
    """A CSV file: its columns with their checks, and the columns that make a row unique."""

    file: str
    build: Callable[..., T]
    columns: Mapping[str, Callable[[str], object]]
    identity: tuple[str, ...]
    optional: tuple[str, ...] = ()


@dataclass(slots=True)
class Sheet(Generic[T]):
    """What was read from a CSV file; ``keys`` also holds rows that could not be built."""

    file: str
    usable: bool = True
    rows: list[tuple[int, T]] = field(default_factory=list)
    keys: dict[str, int] = field(default_factory=dict)

    @property
    def values(self) -> tuple[T, ...]:
        """Return the rows without their lines."""
        return tuple(value for _line, value in self.rows)


CLUSTERS = Table(
    "clusters.csv",
    model.Cluster,
    {"key": cells.cluster_key, "name": cells.text, "sort": cells.whole_number},
    identity=("key",),
)
TOWNS = Table(
    "towns.csv",
    model.Town,
    {
        "slug": cells.town_slug,
        "name": cells.text,
        "ags": cells.or_empty(cells.ags),
        "postcodes": cells.words(cells.postcode, at_least=1),
        "cluster": cells.text,
        "position": cells.text,
        "homepage_url": cells.or_hidden(cells.url),
    },
    identity=("slug",),
    optional=("ags", "homepage_url"),
)
ORGANISATIONS = Table(
    "organisations.csv",
    model.Organisation,
    {
        "key": cells.slug,
        "name": cells.text,
        "short": cells.note,
        "kind": cells.one_of(*model.ORGANISATION_KINDS),
        "level": cells.one_of(*model.LEVELS),
        "internal": cells.flag,
        "towns": cells.words(cells.text),
        "data_protection_regime": cells.or_empty(cells.one_of(*model.DATA_PROTECTION_REGIMES)),
    },
    identity=("key",),
)
FUNCTIONS = Table(
    "functions.csv",
    model.Function,
    {
        "organisation": cells.text,
        "function_title": cells.text,
        "phone": cells.or_hidden(cells.phone),
        "mail": cells.or_hidden(cells.mail),
        "public": cells.flag,
        "hours": cells.hours,
        "languages": cells.words(cells.language),
    },
    identity=("organisation", "function_title"),
    optional=("hours", "languages"),
)
POSITIONS = Table(
    "positions.csv",
    model.Position,
    {
        "key": cells.position_key,
        "title": cells.text,
        "baustein": cells.one_of(*model.BAUSTEINE),
        "type": cells.one_of(*model.POSITION_TYPES),
        "employer": cells.text,
        "towns": cells.words(cells.text),
        "phone": cells.or_hidden(cells.phone),
        "mail": cells.or_hidden(cells.mail),
        "fallback": cells.flag,
    },
    identity=("key",),
)
POSITION_STATES = Table(
    "position_states.csv",
    model.PositionState,
    {
        "position": cells.text,
        "valid_from": cells.iso_date,
        "fte_planned": cells.or_unknown(cells.fte),
        "fte_filled": cells.or_unknown(cells.fte),
        "status": cells.one_of(*model.POSITION_STATUSES),
        "note": cells.note,
    },
    identity=("position", "valid_from"),
)


def read_sheet(reader: Reader, table: Table[T]) -> Sheet[T]:
    """Read a CSV file completely, noting every cell that does not fit."""
    required = [column for column in table.columns if column not in table.optional]
    records = reader.csv(table.file, required, list(table.optional))
    sheet: Sheet[T] = Sheet(table.file, usable=records is not None)
    for row in records or []:
        _note_identity(reader.report, table, sheet, row)
        values = _checked(reader.report, table, row)
        if values is not None:
            sheet.rows.append((row.line, table.build(**values)))
    return sheet


def _note_identity(report: Report, table: Table[T], sheet: Sheet[T], row: Row) -> None:
    key = " ".join(row.cells[column] for column in table.identity)
    first = sheet.keys.setdefault(key, row.line)
    if first != row.line:
        report.problem(table.file, row.line, f"{cells.quoted(key)} steht schon in Zeile {first}")


def _checked(report: Report, table: Table[T], row: Row) -> dict[str, Any] | None:
    """Return the checked cells of a row, or None if one of them does not fit."""
    values: dict[str, Any] = {}
    for column, cell in row.cells.items():
        if cell == cells.OPEN:
            report.gap(table.file, row.line, f"Spalte „{column}“ ist noch zu ergänzen")
        try:
            values[column] = table.columns[column](cell)
        except cells.CellError as error:
            report.problem(table.file, row.line, f"Spalte „{column}“: {error}")
    return values if len(values) == len(row.cells) else None
