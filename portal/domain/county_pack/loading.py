"""Load a county pack from its folder, or say everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from portal.domain.county_pack import model
from portal.domain.county_pack.checks import Sheets, check_county, check_sheets, read_sheets
from portal.domain.county_pack.demo import (
    check_people,
    check_requests,
    read_people,
    read_requests,
)
from portal.domain.county_pack.directory import read_directory
from portal.domain.county_pack.directory_checks import check_directory
from portal.domain.county_pack.entries import Entries
from portal.domain.county_pack.problems import PackError, Report
from portal.domain.county_pack.reader import Reader
from portal.domain.county_pack.settings import read_county
from portal.domain.county_pack.texts import read_texts
from portal.domain.county_pack.wayfinder import read_wayfinder


def load_pack(folder: Path, *, locales: Collection[str] = ()) -> model.CountyPack:
    """Load and check a county pack; ``locales`` are the languages that need a consent text.

    Raises PackError with all problems. Facts that are only still missing are the pack's ``gaps``.
    """
    report = Report()
    reader = Reader(folder, report)
    if not folder.is_dir():
        report.problem(str(folder), None, "der Ordner des Kreispakets fehlt")
        raise PackError(tuple(report.problems))
    settings = read_county(reader)
    sheets = read_sheets(reader)
    check_sheets(report, sheets)
    people, requests = _read_demo(reader, sheets)
    directory = read_directory(reader, locales)
    check_directory(report, directory, sheets, locales)
    wayfinder = read_wayfinder(reader)
    county: dict[str, Any] = {}
    if settings is not None:
        toml, county = settings
        check_county(report, toml, county, sheets.towns)
    texts = read_texts(reader, _facts(county), locales)
    if report.problems:
        raise PackError(tuple(sorted(set(report.problems), key=_place)))
    return model.CountyPack(
        **county,
        clusters=tuple(sorted(sheets.clusters.values, key=lambda cluster: cluster.sort)),
        towns=sheets.towns.values,
        organisations=sheets.organisations.values,
        functions=sheets.functions.values,
        positions=sheets.positions.values,
        position_states=sheets.position_states.values,
        texts=texts,
        demo_people=people.values,
        demo_requests=requests.values,
        demo_functions=directory.demo_functions.values,
        directory=directory.values,
        wayfinder=wayfinder,
        gaps=tuple(report.gaps),
    )


def _read_demo(
    reader: Reader, sheets: Sheets
) -> tuple[Entries[model.DemoPerson], Entries[model.DemoRequest]]:
    people, requests = read_people(reader), read_requests(reader)
    if sheets.positions.usable and sheets.organisations.usable:
        positions = {position.key: position for position in sheets.positions.values}
        check_people(reader.report, people, positions, sheets.organisations.keys)
    if sheets.towns.usable:
        check_requests(reader.report, requests, sheets.towns.keys)
    return people, requests


def _facts(county: Mapping[str, Any]) -> dict[str, str]:
    """Return what texts may name in curly braces; empty if the county is not readable."""
    imprint = county.get("imprint")
    if not isinstance(imprint, model.Imprint) or not county.get("name"):
        return {}
    return {"county": county["name"], **asdict(imprint)}


def _place(problem: Any) -> tuple[str, int, str]:
    return problem.file, problem.line or 0, problem.text
