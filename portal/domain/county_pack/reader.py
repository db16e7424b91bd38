"""Read the files of a county pack: text, CSV, TOML and texts with front matter, with line numbers."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from portal.domain.county_pack.cells import LONGEST_QUOTE
from portal.domain.county_pack.problems import Report

FENCE = "+++"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_TOML_PLACE = re.compile(r" ?\(at (?:line (\d+), column \d+|end of document)\)$")
_TOML_HEADER = re.compile(r"\s*(\[\[|\[)\s*([A-Za-z0-9_.-]+)\s*\]")
_TOML_ITEM = re.compile(r"\s*\{")
_TOML_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a CSV file and the line it starts on."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Toml:
    """The content of a TOML file and the lines of its keys, such as ``person[2].role``."""

    content: dict[str, Any]
    lines: Mapping[str, int] = field(default_factory=dict)

    def line(self, path: str) -> int:
        """Return the line of a key, or else of the nearest table around it."""
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.lines.get(path, 1)


@dataclass(slots=True)
class Reader:
    """Read files below one folder; whatever goes wrong lands in the report."""

    folder: Path
    report: Report

    def text(self, name: str) -> str | None:
        """Return a file's text with line feeds as line ends, or None if it cannot be used."""
        try:
            raw = (self.folder / name).read_bytes()
        except FileNotFoundError:
            self.report.problem(name, None, "Datei fehlt")
            return None
        except OSError as error:
            self.report.problem(name, None, f"Datei ist nicht lesbar ({error.strerror})")
            return None
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            self.report.problem(name, line, "Zeichen sind nicht in UTF-8 gespeichert")
            return None
        return self._without_control(name, text.replace("\r\n", "\n"))

    def _without_control(self, name: str, text: str) -> str | None:
        found = _CONTROL.search(text)
        if found is None:
            return text
        line = text.count("\n", 0, found.start()) + 1
        self.report.problem(name, line, f"unerlaubtes Steuerzeichen U+{ord(found[0]):04X}")
        return None

    def csv(self, name: str, required: list[str], optional: list[str]) -> list[Row] | None:
        """Return the records of a CSV file, or None if its columns cannot be trusted."""
        text = self.text(name)
        records = None if text is None else self._records(name, text)
        if records is None:
            return None
        header = records[0][1] if records else []
        if not self._header_fits(name, header, required, optional):
            return None
        return [
            Row(line, dict(zip(header, cells, strict=True)))
            for line, cells in records[1:]
            if self._has_every_column(name, line, cells, len(header))
        ]

    def _records(self, name: str, text: str) -> list[tuple[int, list[str]]] | None:
        """Return every record that is not blank with the line it starts on."""
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        records = []
        line = 1
        try:
            for record in reader:
                cells = [cell.strip() for cell in record]
                if any(cells):
                    records.append((line, cells))
                line = reader.line_num + 1
        except csv.Error as error:
            self.report.problem(name, line, f"kein gültiges CSV ({error})")
            return None
        return records

    def _has_every_column(self, name: str, line: int, cells: list[str], expected: int) -> bool:
        if len(cells) == expected:
            return True
        hint = "Text mit Komma gehört in Anführungszeichen"
        self.report.problem(name, line, f"{len(cells)} Spalten statt {expected}; {hint}")
        return False

    def _header_fits(
        self, name: str, header: list[str], required: list[str], optional: list[str]
    ) -> bool:
        if len(header) == 1 and ";" in header[0]:
            self.report.problem(name, 1, "Spalten sind mit Semikolon statt mit Komma getrennt")
            return False
        wrong = [f"Spalte „{column}“ fehlt" for column in required if column not in header]
        wrong += [
            f"unbekannte Spalte „{column[:LONGEST_QUOTE]}“"
            for column in dict.fromkeys(header)
            if column not in required and column not in optional
        ]
        wrong += [
            f"Spalte „{column}“ steht doppelt"
            for column in dict.fromkeys(header)
            if header.count(column) > 1
        ]
        for text in wrong:
            self.report.problem(name, 1, text)
        return not wrong

    def toml(self, name: str) -> Toml | None:
        """Return a TOML file, or None if it does not parse."""
        text = self.text(name)
        return None if text is None else self._parsed(name, text, skipped=0)

    def _parsed(self, name: str, text: str, *, skipped: int) -> Toml | None:
        """Parse TOML that starts after ``skipped`` lines of its file."""
        try:
            content = tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            place = _TOML_PLACE.search(str(error))
            last = text.rstrip("\n").count("\n") + 1
            line = int(place[1]) if place and place[1] else last
            what = _TOML_PLACE.sub("", str(error))
            self.report.problem(name, skipped + line, f"kein gültiges TOML ({what})")
            return None
        return Toml(content, _toml_lines(text, skipped))

    def front_matter(self, name: str) -> tuple[Toml, str, int] | None:
        """Return head, body and first line of the body of a text that starts with ``+++``."""
        text = self.text(name)
        if text is None:
            return None
        lines = text.split("\n")
        if lines[0].rstrip() != FENCE or FENCE not in (line.rstrip() for line in lines[1:]):
            self.report.problem(name, 1, f"Kopf fehlt: er steht zwischen zwei Zeilen „{FENCE}“")
            return None
        end = next(n for n, line in enumerate(lines[1:], 1) if line.rstrip() == FENCE)
        head = self._parsed(name, "\n".join(lines[1:end]), skipped=1)
        body = "\n".join(lines[end + 1 :])
        first = end + 2 + len(body) - len(body.lstrip("\n"))
        return None if head is None else (head, body.strip(), first)


def _toml_lines(text: str, skipped: int) -> dict[str, int]:
    """Find the lines of tables, keys and tables in lists; good enough to point an editor to the place."""
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    table = key = ""
    for number, line in enumerate(text.split("\n"), skipped + 1):
        if header := _TOML_HEADER.match(line):
            table = key = _toml_table(header[2], counts, starts_one=header[1] == "[[")
            lines.setdefault(table, number)
        elif found := _TOML_KEY.match(line):
            key = f"{table}.{found[1]}" if table else found[1]
            lines.setdefault(key, number)
        elif _TOML_ITEM.match(line):
            counts[key] = counts.get(key, -1) + 1
            lines.setdefault(f"{key}[{counts[key]}]", number)
    return lines


def _toml_table(name: str, counts: dict[str, int], *, starts_one: bool) -> str:
    """Return the path of the table that a header opens: in a list, each table has a number."""
    if starts_one:
        counts[name] = counts.get(name, -1) + 1
    first, dot, rest = name.partition(".")
    if first in counts and dot:
        return f"{first}[{counts[first]}].{rest}"
    return f"{name}[{counts[name]}]" if starts_one else name
