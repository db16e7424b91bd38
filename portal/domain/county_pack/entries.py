"""The ``[[…]]`` tables of a TOML file, each with its place for remarks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from portal.domain.county_pack.cells import quoted
from portal.domain.county_pack.problems import Report
from portal.domain.county_pack.reader import Reader, Toml
from portal.domain.county_pack.settings import Setting, Tables, read_table

T = TypeVar("T")


@dataclass(slots=True)
class Entries(Generic[T]):
    """What was read from one file; ``usable``: other files may be checked against it."""

    file: str
    name: str
    toml: Toml | None
    usable: bool = True
    rows: list[tuple[int, T]] = field(default_factory=list)

    @property
    def values(self) -> tuple[T, ...]:
        """Return the entries without their places."""
        return tuple(value for _index, value in self.rows)

    def line(self, index: int, key: str) -> int:
        """Return the line of a key of one entry."""
        return self.toml.line(f"{self.name}[{index}].{key}") if self.toml else 1

    def remark(self, report: Report, index: int, key: str, text: str) -> None:
        """Note what is wrong with one key of one entry."""
        report.problem(self.file, self.line(index, key), text)


def read_entries(
    reader: Reader,
    file: str,
    name: str,
    settings: Mapping[str, Setting | Tables],
    build: Callable[..., T],
) -> Entries[T]:
    """Read a file of ``[[name]]`` tables; a pack may do without the file."""
    is_there = (reader.folder / file).exists()
    toml = reader.toml(file) if is_there else None
    entries: Entries[T] = Entries(file, name, toml, usable=not is_there or toml is not None)
    if toml is None:
        return entries
    for index, table in enumerate(_tables(reader.report, file, name, toml)):
        values = read_table(reader.report, file, toml, f"{name}[{index}]", table, settings)
        if values is not None:
            entries.rows.append((index, build(**values)))
    return entries


def _tables(report: Report, file: str, name: str, toml: Toml) -> list[dict[str, Any]]:
    for key in toml.content:
        if key != name:
            report.problem(file, toml.line(key), f"nur [[{name}]] wird erwartet")
    tables = toml.content.get(name, [])
    if isinstance(tables, list) and all(isinstance(table, dict) for table in tables):
        return tables
    report.problem(file, toml.line(name), f"[[{name}]] in doppelten Klammern erwartet")
    return []


def check_unique(report: Report, entries: Entries[Any], key: str = "key") -> None:
    """Check that no two entries have the same key."""
    seen: dict[str, int] = {}
    for index, entry in entries.rows:
        value = getattr(entry, key)
        line = entries.line(index, key)
        first = seen.setdefault(value, line)
        if first != line:
            entries.remark(report, index, key, f"{quoted(value)} steht schon in Zeile {first}")
