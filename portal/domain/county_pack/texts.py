"""The texts of a county pack: ``texts/<key>.<locale>.md``, simple Markdown with a head."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from portal.domain.county_pack import cells, model
from portal.domain.county_pack.problems import Report
from portal.domain.county_pack.reader import Reader
from portal.domain.county_pack.settings import Setting, boolean, read_table, string

FOLDER = "texts"
_NAME = re.compile(r"([a-z_]+)\.([a-z]{2,3}(?:_[A-Z]{2})?)\.md")
_HEAD = {
    "title": Setting(string(cells.text)),
    "version": Setting(string(cells.version)),
    "checked": Setting(boolean),
}
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_LINK = re.compile(r"\[[^\]\n]*\]\(([^)\n]*)\)")
_SAFE_LINK = re.compile(r"https://[^\s<>\"]+|mailto:[^\s<>\"]+|tel:\+?[0-9]+")
# What the pages cannot show: the reader of a text is never a web designer.
_FORBIDDEN = {
    re.compile(r"<[A-Za-z/!?]"): "HTML ist nicht erlaubt",
    re.compile(r"!\["): "Bilder sind nicht erlaubt",
    re.compile(r"^(?:#|#{4,})\s"): "Überschriften beginnen mit ## oder ###",
    re.compile(r"[{}]"): "geschweifte Klammern stehen nur um Platzhalter wie {county}",
}
_MARKUP = re.compile(r"[*_#\[\]`]|\n\n")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a body starts, so that a remark can name the line of the file."""

    file: str
    first_line: int


def read_texts(
    reader: Reader, facts: Mapping[str, str], locales: Collection[str]
) -> tuple[model.Text, ...]:
    """Read all texts, fill in the county's facts and check that none is missing."""
    before = len(reader.report.problems)
    texts = tuple(
        text
        for key, locale, name in _files(reader, locales)
        if (text := _read_text(reader, key, locale, name, facts)) is not None
    )
    if len(reader.report.problems) == before:
        _check_complete(reader.report, texts, locales)
    return texts


def _files(reader: Reader, locales: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Yield key, locale and name of each text file that is named properly."""
    try:
        names = sorted(path.name for path in (reader.folder / FOLDER).iterdir())
    except OSError:
        reader.report.problem(FOLDER, None, "Ordner fehlt oder ist nicht lesbar")
        return
    for name in names:
        if name.startswith("."):
            continue
        file = f"{FOLDER}/{name}"
        match = _NAME.fullmatch(name)
        if match is None:
            reader.report.problem(file, None, "der Name muss wie consent.de.md gebaut sein")
        elif match[1] not in model.TEXT_KEYS:
            reader.report.problem(file, None, f"unbekannter Text {cells.quoted(match[1])}")
        elif locales and match[2] not in locales and match[2] != model.SOURCE_LOCALE:
            reader.report.problem(file, None, f"unbekannte Sprache {cells.quoted(match[2])}")
        else:
            yield match[1], match[2], file


def _read_text(
    reader: Reader, key: str, locale: str, file: str, facts: Mapping[str, str]
) -> model.Text | None:
    parts = reader.front_matter(file)
    if parts is None:
        return None
    head, body, first_line = parts
    values = read_table(reader.report, file, head, "", head.content, _HEAD)
    if not body:
        reader.report.problem(file, first_line, "der Text ist leer")
    body = _filled(reader.report, _Place(file, first_line), body, facts)
    check_body(reader.report, file, first_line, body)
    if key == model.CONSENT and _MARKUP.search(body):
        reader.report.problem(
            file, first_line, "die Einwilligung ist ein einziger Absatz ohne Auszeichnung"
        )
    return None if values is None else model.Text(key, locale, body=body, **values)


def _filled(report: Report, place: _Place, body: str, facts: Mapping[str, str]) -> str:
    """Put the county's facts in; they hold no line ends, so lines keep their numbers."""

    def fact(match: re.Match[str]) -> str:
        if match[1] in facts:
            return facts[match[1]]
        line = place.first_line + body.count("\n", 0, match.start())
        report.problem(place.file, line, f"unbekannter Platzhalter {cells.quoted(match[0])}")
        return ""

    return _PLACEHOLDER.sub(fact, body) if facts else _PLACEHOLDER.sub("", body)


def check_body(report: Report, file: str, first_line: int, body: str) -> None:
    """Check that a page can show a body that starts on a line of its file."""
    for line, text in enumerate(body.split("\n"), first_line):
        for pattern, remark in _FORBIDDEN.items():
            if pattern.search(text):
                report.problem(file, line, remark)
        for link in _LINK.finditer(text):
            if not _SAFE_LINK.fullmatch(link[1]):
                remark = f"{cells.quoted(link[1])} ist keine Adresse mit https:, mailto: oder tel:"
                report.problem(file, line, remark)


def _check_complete(
    report: Report, texts: tuple[model.Text, ...], locales: Collection[str]
) -> None:
    """Miss texts; a missing translation stops the load only for the consent."""
    found = {(text.key, text.locale): text for text in texts}
    for key in model.TEXT_KEYS:
        if (key, model.SOURCE_LOCALE) not in found:
            file = f"{FOLDER}/{key}.{model.SOURCE_LOCALE}.md"
            report.problem(file, None, "Datei fehlt")
    for locale in locales:
        if (model.CONSENT, locale) not in found and locale != model.SOURCE_LOCALE:
            file = f"{FOLDER}/{model.CONSENT}.{locale}.md"
            report.problem(file, None, "die Einwilligung fehlt in dieser Sprache")
    for text in texts:
        source = found.get((text.key, model.SOURCE_LOCALE))
        file = f"{FOLDER}/{text.key}.{text.locale}.md"
        if not text.checked:
            report.gap(file, None, "die Übersetzung ist noch nicht von einem Menschen geprüft")
        if source and text.version != source.version:
            report.gap(file, None, f"Stand {text.version}, deutscher Text: {source.version}")
