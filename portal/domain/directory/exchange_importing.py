"""A table of services that comes back: what it would change, shown first; then all of it or nothing.

`preview()` writes nothing. `take_over()` reads the same rows again inside its one change and goes on only if what they
would do is still what somebody saw.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum, auto

from portal.domain.actors import Actor
from portal.domain.changes import Entry, change
from portal.domain.directory.codes import State
from portal.domain.directory.drafts import ServiceDraft, checked
from portal.domain.directory.exchange_table import (
    COLUMNS,
    HEADING_OF,
    HEADINGS,
    KEY,
    PARTED,
    STATE,
    cells,
    with_cells,
)
from portal.domain.directory.records import Record, by_keys
from portal.domain.directory.staff import draft_of
from portal.domain.directory.storing import create, locked_service, store
from portal.domain.errors import RuleBroken
from portal.domain.permissions import Permission, require
from portal.domain.text import clean

Rows = Sequence[Sequence[str]]
Refused = Mapping[tuple[int, int], str]
"""What the reader of a file could not read: message by row (as spreadsheet programs count) and column (from 0)."""
NOTHING: Refused = {}
EMPTY_DRAFT = ServiceDraft(organisation="", name="")
ENDED = "Dieses Angebot ist beendet. Nehmen Sie es zuerst wieder auf."
MOST_ERRORS = 200
CHANGED_MEANWHILE = "Inzwischen hat sich etwas geändert. Hier ist die neue Vorschau; bitte prüfen Sie sie noch einmal."


class Kind(StrEnum):
    """What a row does."""

    NEW = auto()
    CHANGED = auto()
    UNCHANGED = auto()


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in a row, and (if it is one cell) under which heading."""

    row: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What a cell said, and what it says now."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """What a row of the table would do."""

    row: int
    key: str
    name: str
    kind: Kind
    changes: tuple[FieldChange, ...]
    draft: ServiceDraft
    version: int


@dataclass(slots=True)
class Preview:
    """What a table would do; nothing, as long as there are mistakes in it."""

    rows: list[PlannedRow] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)

    def of(self, kind: Kind) -> list[PlannedRow]:
        """Return the rows that do the same."""
        return [row for row in self.rows if row.kind is kind]

    @property
    def new(self) -> list[PlannedRow]:
        """The services that would be added."""
        return self.of(Kind.NEW)

    @property
    def changed(self) -> list[PlannedRow]:
        """The services that would say something else."""
        return self.of(Kind.CHANGED)

    @property
    def may_be_taken_over(self) -> bool:
        """Whether there is something to do, and no mistake."""
        return not self.errors and bool(self.new or self.changed)

    @property
    def digest(self) -> str:
        """What this preview says, to recognise it."""
        told = repr([(row.key, row.kind, row.draft, row.version) for row in self.rows])
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def preview(by: Actor, rows: Rows, refused: Refused = NOTHING) -> Preview:
    """Return what a table would do, or everything that is wrong with it."""
    require(by, Permission.DIRECTORY_PUBLISH)
    rows = [[clean(cell) for cell in row] for row in rows]
    head = _head(rows)
    known = _known(rows, head)
    found = Preview()
    seen: dict[str, int] = {}
    for number, row in enumerate(rows[1:], 2):
        if any(row) or any(place[0] == number for place in refused):
            _plan(found, _Line(number, row, head, refused), known, seen)
        if len(found.errors) >= MOST_ERRORS:
            break
    if not found.rows and not found.errors:
        raise RuleBroken("Unter der Kopfzeile steht kein Angebot.", field="file")
    return found


def take_over(by: Actor, rows: Rows, seen: str) -> Preview:
    """Write what a preview showed, all of it or nothing; raise RuleBroken if it would be something else by now."""
    with change(by=by, action="directory:service:import") as entry:
        found = preview(by, rows)
        if found.digest != seen or not found.may_be_taken_over:
            raise RuleBroken(CHANGED_MEANWHILE, field="file")
        keys = [_write(row, entry) for row in (*found.new, *found.changed)]
        entry.details.clear()  # what was noted for each of them is about the last
        entry.changed(added=len(found.new), updated=len(found.changed), services=keys)
    return found


def _write(planned: PlannedRow, entry: Entry) -> str:
    entries = checked(planned.draft)
    if planned.kind is Kind.NEW:
        return create("", planned.draft.name, State.IN_EDITING, entries, entry).key
    service = locked_service(planned.key)
    if service.version != planned.version:
        raise RuleBroken(CHANGED_MEANWHILE, field="file")
    store(service, entries, entry, by_provider=False)
    return service.key


def _head(rows: Rows) -> dict[str, int]:
    """Return where each column stands; raise RuleBroken with all that is wrong with the head."""
    names = [name.strip() for name in rows[0]] if rows else []
    problems = [
        ("Diese Spalten fehlen", [name for name in HEADINGS if name not in names]),
        ("Diese Spalten sind unbekannt", [name for name in names if name not in HEADINGS]),
        ("Diese Spalten stehen doppelt da", [name for name in HEADINGS if names.count(name) > 1]),
    ]
    told = [f"{what}: {_some(which)}." for what, which in problems if which]
    if told:
        raise RuleBroken(" ".join(told), field="file")
    return {name: names.index(name) for name in HEADINGS}


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(name[:40] or "(leer)" for name in names[:5])
    return shown if len(names) <= 5 else f"{shown} und {len(names) - 5} weitere"  # noqa: PLR2004 - as many as shown


def _known(rows: Rows, head: Mapping[str, int]) -> dict[str, Record]:
    place = head[KEY]
    keys = {row[place] for row in rows[1:] if len(row) > place and row[place]}
    return {record.service.key: record for record in by_keys(sorted(keys))}


@dataclass(frozen=True, slots=True)
class _Line:
    """One row of the file, with the places of its columns."""

    number: int
    row: Sequence[str]
    head: Mapping[str, int]
    refused: Refused

    def cell(self, heading: str) -> str:
        place = self.head[heading]
        return self.row[place] if place < len(self.row) else ""

    def refusals(self) -> Iterator[RowError]:
        for (number, place), message in self.refused.items():
            if number == self.number:
                heading = next((name for name in self.head if self.head[name] == place), "")
                yield RowError(number, heading, message)
        if len(self.row) > len(self.head):
            yield RowError(self.number, "", "Die Zeile hat mehr Zellen als die Kopfzeile.")


def _plan(found: Preview, line: _Line, known: Mapping[str, Record], seen: dict[str, int]) -> None:
    """Add what a line would do to a preview, or what is wrong with it."""
    errors = [*line.refusals(), *_key_errors(line, known, seen)]
    record = known.get(line.cell(KEY))
    if not errors:
        before = draft_of(record) if record else EMPTY_DRAFT
        draft = with_cells(
            before,
            _said(line, before, is_new=record is None),
            lambda column, message: errors.append(RowError(line.number, column, message)),
        )
        changes = _changes(before, draft)
        if not errors and (changes or record is None):
            errors += _rule_errors(line, draft, record)
        if not errors:
            found.rows.append(_planned(line, record, draft, changes))
    found.errors += errors


def _key_errors(
    line: _Line, known: Mapping[str, Record], seen: dict[str, int]
) -> Iterator[RowError]:
    key, state = line.cell(KEY), line.cell(STATE)
    if key in seen:
        yield RowError(line.number, KEY, f"Dieser Schlüssel steht schon in Zeile {seen[key]}.")
    elif key and key not in known:
        yield RowError(
            line.number,
            KEY,
            "Dieses Angebot gibt es nicht. Für ein neues Angebot bleibt dieses Feld leer.",
        )
    elif state and (not key or known[key].service.state != state):
        yield RowError(line.number, STATE, "Der Stand wird nur im Portal geändert.")
    if key:
        seen.setdefault(key, line.number)


def _said(line: _Line, before: ServiceDraft, *, is_new: bool) -> dict[str, str]:
    """Return the cells that say something else than before; what is left empty for a new service stays as usual."""
    was = cells(before)
    said = {column.heading: line.cell(column.heading) for column in COLUMNS}
    return {
        heading: text
        for heading, text in said.items()
        if text != was[heading] and (text or not is_new)
    }


def _changes(before: ServiceDraft, draft: ServiceDraft) -> tuple[FieldChange, ...]:
    """Return what is different, cell by cell; another order of the same towns is no change."""
    was, now = cells(before), cells(draft)
    return tuple(
        FieldChange(column.heading, was[column.heading], now[column.heading])
        for column in COLUMNS
        if _meaning(was[column.heading], column.field)
        != _meaning(now[column.heading], column.field)
    )


def _meaning(text: str, name: str) -> object:
    return sorted(text.split(PARTED)) if name == "towns" else text


def _rule_errors(line: _Line, draft: ServiceDraft, record: Record | None) -> list[RowError]:
    if record is not None and record.service.state == State.ENDED:
        return [RowError(line.number, "", ENDED)]
    try:
        checked(draft)
    except RuleBroken as broken:
        heading = HEADING_OF.get(broken.field or "", "")
        return [RowError(line.number, heading, str(broken.message))]
    return []


def _planned(
    line: _Line, record: Record | None, draft: ServiceDraft, changes: tuple[FieldChange, ...]
) -> PlannedRow:
    kind = Kind.NEW if record is None else Kind.CHANGED if changes else Kind.UNCHANGED
    return PlannedRow(
        line.number,
        record.service.key if record else "",
        draft.name,
        kind,
        changes,
        draft,
        record.service.version if record else 0,
    )
