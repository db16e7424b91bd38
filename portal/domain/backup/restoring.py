"""Bring a backup back: all of it, in one transaction, or nothing."""

import gzip
import io
import json
from base64 import b64decode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peewee import SQL, Table, fn

from portal import migrations
from portal.db import database, is_sqlite
from portal.domain import rotation
from portal.domain.actors import SYSTEM
from portal.domain.backup.dumping import Head, TableHead
from portal.domain.backup.sealed_file import BackupBroken, SealedReader
from portal.domain.changes import change, upkeep
from portal.domain.errors import RuleBroken
from portal.domain.privacy import anchors, audit, ledger, requests
from portal.keys import keyring
from portal.models.privacy import AuditHead
from portal.models.schema import TABLES

ROWS_AT_ONCE = 200
HISTORY = "schema_migration"
BORN_WITH_ROWS = {HISTORY, AuditHead._meta.table_name}


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back; `findings` is what was wrong already, with the backup's audit chains or the files beside it."""

    head: Head
    deleted_again: int
    findings: tuple[audit.Finding | ledger.Rejected, ...]


def restore(path: Path, *, data_dir: Path, replace: bool = False) -> Restored:
    """Restore a backup into an empty database, or with `replace` in place of what is there."""
    with path.open("rb") as file:
        lines = _lines(file, path)
        with upkeep():
            head = _head(lines)
            _make_room(head, replace=replace)
            migrations.migrate(up_to=head.schema[-1])
            for table in head.tables:
                _fill(table, lines)
            _check(head, lines)
            migrations.migrate()
            _check_keys()
            restored = Restored(head, requests.forget_again(data_dir), _findings(data_dir))
            _note(restored)
    anchors.write(data_dir, restored=True)
    return restored


def _lines(file: Any, path: Path) -> Iterator[bytes]:
    sealed = io.BufferedReader(SealedReader(file, keyring()))  # type: ignore[type-var]
    try:
        yield from gzip.GzipFile(fileobj=sealed)
    except (EOFError, gzip.BadGzipFile) as error:
        raise BackupBroken(f"{path} ist keine vollständige Sicherung.") from error


def _head(lines: Iterator[bytes]) -> Head:
    head = Head.parsed(next(lines, b"{}"))
    if unknown := [name for name in head.schema if name not in migrations.known()]:
        raise BackupBroken(
            f"Die Sicherung stammt aus einer neueren Version des Portals ({unknown[-1]} ist hier unbekannt)."
        )
    return head


def _make_room(head: Head, *, replace: bool) -> None:
    """Drop the tables, so that the backup's own version of them can be made; refuse if they hold anything."""
    names = [model._meta.table_name for model in TABLES]
    names += [table.name for table in head.tables if table.name not in names]
    there = set(database.get_tables())
    present = [name for name in [*reversed(names), HISTORY] if name in there]
    filled = [name for name in present if name not in BORN_WITH_ROWS and _count(name)]
    if filled and not replace:
        raise RuleBroken(
            "Die Datenbank ist nicht leer; eine Sicherung ersetzt sie nur auf ausdrücklichen Wunsch."
        )
    for name in present:
        database.execute_sql(f'DROP TABLE "{name}"')


def _fill(head: TableHead, lines: Iterator[bytes]) -> None:
    table = Table(head.name).bind(database)
    table.delete().execute()  # a migration may have put first rows there
    blobs = {head.columns.index(name) for name in head.blobs}
    left = head.rows
    while left:
        rows = [_row(next(lines, b"null"), blobs) for _number in range(min(left, ROWS_AT_ONCE))]
        table.insert(rows, columns=[getattr(table.c, name) for name in head.columns]).execute()
        left -= len(rows)
    if not is_sqlite() and head.rows:
        highest = table.select(fn.MAX(table.c.id)).scalar()
        database.execute_sql(
            "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", (head.name, highest)
        )


def _row(line: bytes, blobs: Iterable[int]) -> list[Any]:
    row = json.loads(line)
    if not isinstance(row, list):
        raise BackupBroken("In der Sicherung fehlen Zeilen.")
    for at in blobs:
        row[at] = None if row[at] is None else b64decode(row[at])
    return row


def _check(head: Head, lines: Iterator[bytes]) -> None:
    """Check that the database now is what the backup says it was."""
    if next(lines, None) is not None:
        raise BackupBroken("In der Sicherung stehen mehr Zeilen, als sie angibt.")
    for table in head.tables:
        if _count(table.name) != table.rows:
            raise BackupBroken(f"Von {table.name} kamen nicht alle Zeilen an.")
    if {one.chain: [one.seq, one.mac] for one in AuditHead.select()} != head.heads:
        raise BackupBroken(
            "Die Protokollketten enden nicht dort, wo sie bei der Sicherung endeten."
        )


def _check_keys() -> None:
    """Check that nothing came back that nobody can read."""
    if missing := rotation.keys_in_use() - set(keyring().seals):
        raise BackupBroken(f"Der Schlüsseldatei fehlen Schlüssel: {', '.join(sorted(missing))}.")


def _count(name: str) -> int:
    count: int = Table(name).bind(database).select(SQL("1")).count()
    return count


def _findings(data_dir: Path) -> tuple[audit.Finding | ledger.Rejected, ...]:
    files = (data_dir / name for name in (anchors.FILE, requests.FILE))
    return (*audit.verify_links(), *(lost for file in files for lost in ledger.rejected(file)))


def _note(restored: Restored) -> None:
    with change(by=SYSTEM, action="privacy:backup:restore", subject="backup") as entry:
        entry.changed(
            taken_at=restored.head.at,
            rows=restored.head.rows,
            deleted_again=restored.deleted_again,
        )
