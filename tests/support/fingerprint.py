"""Whether something in the database changed."""

from collections.abc import Mapping

from portal.db import database
from portal.domain.changes import READINGS
from portal.models.schema import TABLES

MAY_CHANGE: Mapping[str, frozenset[str]] = {
    "session": frozenset({"seen_at"}),  # that somebody is still here
    "intake_message": frozenset({"read_at"}),  # that a message was read
}
NOT_COUNTED = frozenset({"audit_head", "tries"})


def fingerprint() -> dict[str, int]:
    """Return a number for each table; readings are logged with every look and do not count."""
    return {
        table: _rows(model)
        for model in TABLES
        if (table := model._meta.table_name) not in NOT_COUNTED
    }


def _rows(model: type) -> int:
    table = model._meta.table_name
    skipped = MAY_CHANGE.get(table, frozenset())
    columns = [name for name in model._meta.columns if name not in skipped]
    where = f" WHERE chain <> '{READINGS}'" if table == "audit_entry" else ""
    listed = ", ".join(f'"{name}"' for name in columns)
    rows = database.execute_sql(f'SELECT {listed} FROM "{table}"{where} ORDER BY id').fetchall()
    return hash(
        tuple(tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in rows)
    )
