"""What must fit together between the directory's files of a county pack, and with the county's own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from portal.domain.county_pack import model_directory as model
from portal.domain.county_pack.cells import quoted
from portal.domain.county_pack.checks import Reference, Sheets, check_references, unknown
from portal.domain.county_pack.directory import DirectoryFiles
from portal.domain.county_pack.entries import Entries, check_unique
from portal.domain.county_pack.model import SOURCE_LOCALE
from portal.domain.county_pack.problems import Report
from portal.domain.county_pack.spans import check_order
from portal.domain.county_pack.tables import Sheet

Remarks = Iterator[tuple[str, str]]
"""Keys of an entry and what is wrong with them."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What a service may name."""

    organisations: Sheet[Any]
    towns: Sheet[Any]
    functions: Sheet[Any]
    programmes: Sheet[Any]
    places: Sheet[Any]
    locales: Collection[str]


def check_directory(
    report: Report, files: DirectoryFiles, sheets: Sheets, locales: Collection[str]
) -> None:
    """Check references, order of days and ages, and that nothing is there twice."""
    _check_tables(report, files, sheets)
    real = files.places, sheets.functions
    everything = (
        _together(files.places, files.demo_places),
        _together(sheets.functions, files.demo_functions),
    )
    for services, (places, functions) in (
        (files.services, real),
        (files.demo_services, everything),
    ):
        known = _Known(
            sheets.organisations, sheets.towns, functions, files.programmes, places, locales
        )
        check_unique(report, services)
        _remark(report, services, partial(_service, known=known))
    _check_demo_keys(report, files, sheets.functions)
    _check_translations(report, files.services)
    check_unique(report, files.demarcations)
    _remark(report, files.demarcations, partial(_demarcation, programmes=files.programmes))
    _check_pairs(report, files.demarcations)
    check_unique(report, files.search_words)
    _remark(report, files.search_words, _search_words)


def _remark(report: Report, entries: Entries[Any], remarks_on: Callable[[Any], Remarks]) -> None:
    for index, entry in entries.rows:
        for key, remark in remarks_on(entry):
            entries.remark(report, index, key, remark)


def _check_tables(report: Report, files: DirectoryFiles, sheets: Sheets) -> None:
    references: list[Reference] = [
        (files.programmes, "funder", sheets.organisations, "unbekannte Organisation"),
        (files.demo_functions, "organisation", sheets.organisations, "unbekannte Organisation"),
    ]
    for places in (files.places, files.demo_places):
        references += [
            (places, "organisation", sheets.organisations, "unbekannte Organisation"),
            (places, "town", sheets.towns, "unbekannte Stadt"),
        ]
    check_references(report, references)
    for line, programme in files.programmes.rows:
        for column, remark in check_order(asdict(programme)):
            report.problem(files.programmes.file, line, f"Spalte „{column}“: {remark}")


def _together(real: Sheet[Any], demo: Sheet[Any]) -> Sheet[Any]:
    """Return the places or functions that an invented service may name."""
    return Sheet(demo.file, usable=real.usable and demo.usable, keys=demo.keys | real.keys)


def _check_demo_keys(report: Report, files: DirectoryFiles, functions: Sheet[Any]) -> None:
    """Check that nothing invented has the key of something real."""
    pairs: tuple[tuple[Sheet[Any], Sheet[Any]], ...] = (
        (files.demo_places, files.places),
        (files.demo_functions, functions),
    )
    for invented, there in pairs:
        for key, line in invented.keys.items():
            if key in there.keys:
                report.problem(invented.file, line, f"{quoted(key)} steht schon in {there.file}")
    real = {service.key for service in files.services.values}
    for index, service in files.demo_services.rows:
        if service.key in real:
            remark = f"{quoted(service.key)} steht schon in {files.services.file}"
            files.demo_services.remark(report, index, "key", remark)


def _service(service: model.Service, known: _Known) -> Remarks:
    yield from check_order(asdict(service))
    yield from _references(service, known)
    yield from _where(service)
    yield from _reached(service, known)
    yield from _days(service)
    for words in service.translations:
        unknown_locale = known.locales and words.locale not in known.locales
        if unknown_locale or words.locale == SOURCE_LOCALE:
            yield (
                f"translations.{words.locale}",
                f"in {quoted(words.locale)} kann nicht übersetzt werden",
            )


def _references(service: model.Service, known: _Known) -> Remarks:
    for key in unknown(service.organisation, known.organisations):
        yield "organisation", f"unbekannte Organisation {quoted(key)}"
    for key in unknown(service.programme, known.programmes):
        yield "programme", f"unbekanntes Programm {quoted(key)}"
    for key in unknown(service.towns, known.towns):
        yield "towns", f"unbekannte Stadt {quoted(key)}"


def _where(service: model.Service) -> Remarks:
    """Check that it is said for which people a service is: of some towns, or of the whole county."""
    if service.county_wide and service.towns:
        yield "towns", "das Angebot gilt im ganzen Kreis und nennt trotzdem Städte"
    if not service.county_wide and not service.towns:
        yield "county_wide", "es fehlt, wo das Angebot gilt: towns oder county_wide = true"


def _reached(service: model.Service, known: _Known) -> Remarks:
    """Check places and contacts, which are named by their number in the list."""
    places = [one.place for one in service.places]
    for number, place in enumerate(places):
        for key in unknown(place, known.places):
            yield f"places[{number}].place", f"unbekannter Ort {quoted(key)}"
        if place in places[:number]:
            yield f"places[{number}].place", f"{quoted(place)} steht doppelt"
    for number, contact in enumerate(service.contacts):
        name = f"{contact.organisation} {contact.function}"
        for key in unknown(name, known.functions):
            yield f"contacts[{number}].function", f"unbekannte Funktion {quoted(key)}"
        if contact.place and contact.place not in places:
            remark = f"{quoted(contact.place)} ist kein Ort dieses Angebots"
            yield f"contacts[{number}].place", remark
        if contact in service.contacts[:number]:
            yield f"contacts[{number}].function", f"{quoted(name)} steht doppelt"


def _days(service: model.Service) -> Remarks:
    """Check the days that count from the day of installing."""
    for ago_or_in, on in (
        ("checked_days_ago", "checked_on"),
        ("next_check_in_days", "next_check_on"),
    ):
        if getattr(service, ago_or_in) is not None and getattr(service, on) is not None:
            yield ago_or_in, f"entweder {ago_or_in} oder {on}"
    ago, ahead = service.checked_days_ago, service.next_check_in_days
    if ago is not None and ahead is not None and ahead < -ago:
        yield "next_check_in_days", "die nächste Prüfung liegt vor der letzten"
    closed, again = service.closed_from_in_days, service.closed_to_in_days
    if closed is not None and again is not None and again < closed:
        yield "closed_to_in_days", "das Ende liegt vor dem Beginn"


def _check_translations(report: Report, services: Entries[model.Service]) -> None:
    for index, service in services.rows:
        for words in service.translations:
            if not words.checked:
                line = services.line(index, f"translations.{words.locale}")
                remark = "die Übersetzung ist noch nicht von einem Menschen geprüft"
                report.gap(services.file, line, remark)


def _demarcation(demarcation: model.Demarcation, programmes: Sheet[Any]) -> Remarks:
    for side in ("a", "b"):
        for key in unknown(getattr(demarcation, side), programmes):
            yield side, f"unbekanntes Programm {quoted(key)}"
    if demarcation.a == demarcation.b:
        yield "b", "ein Programm wird nicht gegen sich selbst abgegrenzt"


def _check_pairs(report: Report, demarcations: Entries[model.Demarcation]) -> None:
    """Check that each pair of programmes has one demarcation, whichever comes first."""
    seen: dict[frozenset[str], str] = {}
    for index, one in demarcations.rows:
        first = seen.setdefault(frozenset((one.a, one.b)), one.key)
        if first != one.key:
            remark = f"diese beiden grenzt schon {quoted(first)} ab"
            demarcations.remark(report, index, "b", remark)


def _search_words(group: model.SearchWords) -> Remarks:
    for word in _twice(word.casefold() for word in group.words):
        yield "words", f"{quoted(word)} steht doppelt"


def _twice(words: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for word in words:
        if word in seen:
            yield word
        seen.add(word)
