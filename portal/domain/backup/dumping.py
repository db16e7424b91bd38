"""Write a backup while others go on writing."""

import gzip
import json
import os
from base64 import b64encode
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, Self

from peewee import BlobField, Model, Table

from portal import clock, migrations
from portal.db import database, snapshot
from portal.domain.backup.sealed_file import SealedWriter
from portal.keys import keyring
from portal.models.accounts import Session, Tries
from portal.models.privacy import AuditHead
from portal.models.schema import TABLES

LEFT_OUT: tuple[type[Model], ...] = (Session, Tries)
ROWS_AT_ONCE = 500
COMPRESSION = 6


@dataclass(frozen=True, slots=True)
class TableHead:
    """One table of a backup: its columns as they were then, and how many rows follow."""

    name: str
    columns: list[str]
    blobs: list[str]
    rows: int


@dataclass(frozen=True, slots=True)
class Head:
    """The first line of a backup."""

    at: str
    schema: list[str]
    heads: dict[str, list[Any]]
    tables: list[TableHead]

    @classmethod
    def parsed(cls, line: bytes) -> Self:
        """Read a first line."""
        values = json.loads(line)
        tables = [TableHead(**table) for table in values.pop("tables")]
        return cls(**values, tables=tables)

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(table.rows for table in self.tables)


def dump(path: Path) -> Head:
    """Write everything as of this moment; the file is whole and on disk, or it is not there (or still the old one)."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        head = _write(file)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    _sync_folder(path.parent)
    return head


def _write(file: BinaryIO) -> Head:
    sealed = SealedWriter(file, keyring())
    with (
        gzip.GzipFile(fileobj=sealed, mode="wb", compresslevel=COMPRESSION, mtime=0) as packed,
        snapshot(),
    ):
        head = head_of_database()
        packed.write(_line(asdict(head)))
        for table in head.tables:
            for row in _rows(table):
                packed.write(_line(row))
    sealed.finish()
    return head


def head_of_database() -> Head:
    """Return what a backup of this moment begins with."""
    return Head(
        at=clock.now().isoformat(),
        schema=migrations.applied(),
        heads={head.chain: [head.seq, head.mac] for head in AuditHead.select()},
        tables=[_table_head(model) for model in TABLES if model not in LEFT_OUT],
    )


def _table_head(model: type[Model]) -> TableHead:
    fields = model._meta.sorted_fields
    return TableHead(
        name=model._meta.table_name,
        columns=[field.column_name for field in fields],
        blobs=[field.column_name for field in fields if isinstance(field, BlobField)],
        rows=model.select().count(),
    )


def _rows(head: TableHead) -> Iterator[list[Any]]:
    table = Table(head.name).bind(database)
    columns = [getattr(table.c, name) for name in head.columns]
    blobs = {head.columns.index(name) for name in head.blobs}
    query = table.select(*columns).order_by(table.c.id).limit(ROWS_AT_ONCE)
    last = 0
    while rows := list(query.where(table.c.id > last).tuples()):
        yield from (_writable(row, blobs) for row in rows)
        last = rows[-1][head.columns.index("id")]


def _writable(row: Sequence[Any], blobs: Collection[int]) -> list[Any]:
    return [
        b64encode(value).decode() if at in blobs and value is not None else value
        for at, value in enumerate(row)
    ]


def _line(values: object) -> bytes:
    return json.dumps(values, ensure_ascii=False).encode() + b"\n"


def _sync_folder(folder: Path) -> None:
    """Wait until the new name itself is on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
