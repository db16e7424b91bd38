"""The knowledge cards of a county pack: ``knowledge/<key>.<locale>.md``, Markdown with a head."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from portal.domain.county_pack import cells
from portal.domain.county_pack import model_directory as model
from portal.domain.county_pack.model import SOURCE_LOCALE
from portal.domain.county_pack.reader import Reader
from portal.domain.county_pack.settings import Setting, boolean, day, read_table, string, strings
from portal.domain.county_pack.spans import check_order
from portal.domain.county_pack.texts import check_body
from portal.domain.topics import LEGAL_CIRCLES, TOPICS

FOLDER = "knowledge"
AUDIENCES = ("public", "staff")
STATUSES = ("in_force", "announced", "expired", "unverified")
_NAME = re.compile(r"([a-z0-9]+(?:[-_][a-z0-9]+)*)\.([a-z]{2,3}(?:_[A-Z]{2})?)\.md")
_WORDS = {"title": Setting(string(cells.text))}
_TRANSLATION = _WORDS | {"checked": Setting(boolean, optional=True)}
_CARD = _WORDS | {
    "legal_circle": Setting(string(cells.or_empty(cells.one_of(*LEGAL_CIRCLES))), optional=True),
    "topics": Setting(strings(cells.one_of(*TOPICS)), optional=True),
    "audience": Setting(string(cells.one_of(*AUDIENCES)), optional=True),
    "legal_basis": Setting(string(cells.note), optional=True),
    "source_url": Setting(string(cells.or_hidden(cells.url)), optional=True),
    "valid_from": Setting(day, optional=True),
    "valid_to": Setting(day, optional=True),
    "status": Setting(string(cells.one_of(*STATUSES))),
    "checked_on": Setting(day, optional=True),
    "checked_by": Setting(string(cells.note), optional=True),
    "next_check_on": Setting(day, optional=True),
}


@dataclass(frozen=True, slots=True)
class _File:
    """One file that is named properly."""

    key: str
    locale: str
    name: str


def read_knowledge(reader: Reader, locales: Collection[str]) -> tuple[model.KnowledgeCard, ...]:
    """Read all cards with their translations; a pack may do without the folder."""
    if not (reader.folder / FOLDER).exists():
        return ()
    files = tuple(_files(reader, locales))
    words: dict[str, list[model.CardWords]] = {}
    for file in files:
        if file.locale != SOURCE_LOCALE:
            _read_translation(reader, file, words.setdefault(file.key, []))
    cards = tuple(
        card
        for file in files
        if file.locale == SOURCE_LOCALE
        and (card := _read_card(reader, file, tuple(words.get(file.key, ())))) is not None
    )
    _check_originals(reader, files)
    return cards


def _files(reader: Reader, locales: Collection[str]) -> Iterator[_File]:
    try:
        names = sorted(path.name for path in (reader.folder / FOLDER).iterdir())
    except OSError:
        reader.report.problem(FOLDER, None, "Ordner ist nicht lesbar")
        return
    for name in names:
        if name.startswith("."):
            continue
        file = f"{FOLDER}/{name}"
        match = _NAME.fullmatch(name)
        if match is None:
            reader.report.problem(file, None, "der Name muss wie einbuergerung.de.md gebaut sein")
        elif locales and match[2] not in locales and match[2] != SOURCE_LOCALE:
            reader.report.problem(file, None, f"unbekannte Sprache {cells.quoted(match[2])}")
        else:
            yield _File(match[1], match[2], file)


def _read_card(
    reader: Reader, file: _File, translations: tuple[model.CardWords, ...]
) -> model.KnowledgeCard | None:
    values = _read(reader, file, _CARD)
    if values is None:
        return None
    return model.KnowledgeCard(file.key, **values, translations=translations)


def _read_translation(reader: Reader, file: _File, found: list[model.CardWords]) -> None:
    values = _read(reader, file, _TRANSLATION)
    if values is None:
        return
    words = model.CardWords(file.locale, **values)
    found.append(words)
    if not words.checked:
        remark = "die Übersetzung ist noch nicht von einem Menschen geprüft"
        reader.report.gap(file.name, None, remark)


def _read(reader: Reader, file: _File, settings: dict[str, Setting]) -> dict[str, Any] | None:
    """Return head and body of a card in one language, or None if something does not fit."""
    parts = reader.front_matter(file.name)
    if parts is None:
        return None
    head, body, first_line = parts
    values = read_table(reader.report, file.name, head, "", head.content, settings)
    if not body:
        reader.report.problem(file.name, first_line, "der Text ist leer")
    check_body(reader.report, file.name, first_line, body)
    if values is None:
        return None
    for key, remark in check_order(values):
        reader.report.problem(file.name, head.line(key), remark)
    return values | {"body": body}


def _check_originals(reader: Reader, files: Collection[_File]) -> None:
    """Check that each card is there in German, which all others are translated from."""
    originals = {file.key for file in files if file.locale == SOURCE_LOCALE}
    for file in files:
        if file.key not in originals:
            remark = f"die deutsche Karte {file.key}.{SOURCE_LOCALE}.md fehlt"
            reader.report.problem(file.name, None, remark)
