"""What must fit together between the files of a county pack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.domain.county_pack import model
from portal.domain.county_pack.cells import quoted
from portal.domain.county_pack.problems import Report
from portal.domain.county_pack.reader import Reader, Toml
from portal.domain.county_pack.settings import COUNTY_FILE
from portal.domain.county_pack.tables import (
    CLUSTERS,
    FUNCTIONS,
    ORGANISATIONS,
    POSITION_STATES,
    POSITIONS,
    TOWNS,
    Sheet,
    read_sheet,
)

Reference = tuple[Sheet[Any], str, Sheet[Any], str]
"""A file, one of its columns, the file whose keys the column names, and how a wrong name is called."""


@dataclass(frozen=True, slots=True)
class Sheets:
    """All CSV files of one pack."""

    clusters: Sheet[model.Cluster]
    towns: Sheet[model.Town]
    organisations: Sheet[model.Organisation]
    functions: Sheet[model.Function]
    positions: Sheet[model.Position]
    position_states: Sheet[model.PositionState]


def read_sheets(reader: Reader) -> Sheets:
    """Read all CSV files."""
    return Sheets(
        clusters=read_sheet(reader, CLUSTERS),
        towns=read_sheet(reader, TOWNS),
        organisations=read_sheet(reader, ORGANISATIONS),
        functions=read_sheet(reader, FUNCTIONS),
        positions=read_sheet(reader, POSITIONS),
        position_states=read_sheet(reader, POSITION_STATES),
    )


def check_sheets(report: Report, sheets: Sheets) -> None:
    """Check references between the files, then what the portal relies on."""
    _check_references(report, sheets)
    for sheet in (sheets.clusters, sheets.towns, sheets.positions):
        if sheet.usable and not sheet.keys:
            report.problem(sheet.file, None, "die Datei ist leer")
    _check_fallback(report, sheets.positions)
    _check_town_positions(report, sheets)


def _check_references(report: Report, sheets: Sheets) -> None:
    """Check every column that names a row of another file; an empty cell names none."""
    towns, positions = sheets.towns, sheets.positions
    organisations = sheets.organisations
    references: tuple[Reference, ...] = (
        (towns, "cluster", sheets.clusters, "unbekannte Clusterregion"),
        (towns, "position", positions, "unbekannte Stelle"),
        (organisations, "towns", towns, "unbekannte Stadt"),
        (sheets.functions, "organisation", organisations, "unbekannte Organisation"),
        (positions, "employer", organisations, "unbekannte Organisation"),
        (positions, "towns", towns, "unbekannte Stadt"),
        (sheets.position_states, "position", positions, "unbekannte Stelle"),
    )
    check_references(report, references)


def check_references(report: Report, references: Iterable[Reference]) -> None:
    """Check for each column of a file that what it names is there."""
    for sheet, column, target, what in references:
        for line, row in sheet.rows:
            for key in unknown(getattr(row, column), target):
                report.problem(sheet.file, line, f"{what} {quoted(key)}")


def unknown(value: str | Iterable[str], target: Sheet[Any]) -> list[str]:
    """Return the keys that a readable file does not have."""
    keys = [value] if isinstance(value, str) else list(value)
    return [key for key in keys if key and target.usable and key not in target.keys]


def _check_fallback(report: Report, positions: Sheet[model.Position]) -> None:
    found = [line for line, position in positions.rows if position.fallback]
    if positions.rows and not found:
        report.problem(
            positions.file, None, "keine Stelle ist als Auffangstelle (fallback) markiert"
        )
    for line in found[1:]:
        report.problem(
            positions.file, line, f"die Auffangstelle (fallback) steht schon in Zeile {found[0]}"
        )


def _check_town_positions(report: Report, sheets: Sheets) -> None:
    """Check that each town is answered by a case management position that serves it."""
    positions = {position.key: position for position in sheets.positions.values}
    serving: dict[str, list[str]] = {}
    for position in positions.values():
        for slug in position.towns if position.type == "CMS" else ():
            serving.setdefault(slug, []).append(position.key)
    for line, town in sheets.towns.rows:
        chosen = positions.get(town.position)
        if chosen and chosen.type != "CMS":
            text = f"die Stelle {quoted(chosen.key)} ist keine Case-Management-Stelle (CMS)"
            report.problem(sheets.towns.file, line, text)
        elif chosen and town.slug in serving and chosen.key not in serving[town.slug]:
            others = ", ".join(serving[town.slug])
            text = f"für {quoted(town.slug)} nennt {sheets.positions.file} die Stelle {others}"
            report.problem(sheets.towns.file, line, text)


def check_county(
    report: Report, toml: Toml, county: Mapping[str, Any], towns: Sheet[model.Town]
) -> None:
    """Check the references of ``county.toml``."""
    for slug in unknown(county.get("state_accommodation_towns") or (), towns):
        line = toml.line("state_accommodation_towns")
        report.problem(COUNTY_FILE, line, f"unbekannte Stadt {quoted(slug)}")
