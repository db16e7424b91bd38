"""The migrations and the models describe the same tables."""

from collections.abc import Callable

import pytest
from peewee import DatabaseError

from portal import db, migrations
from portal.db import database
from portal.domain.actors import SYSTEM
from portal.domain.changes import (
    CHANGES,
    READINGS,
    VISITS,
    change,
    recorded_reading,
    recorded_visit,
)
from portal.models.accounts import Session
from portal.models.privacy import AuditEntry, AuditHead
from portal.models.schema import TABLES
from tests.support.databases import Databases, close_all

SQLITE_SHAPE = """
    SELECT type, name, tbl_name, sql FROM sqlite_master
    WHERE type IN ('table', 'index') AND tbl_name <> 'schema_migration'
"""
POSTGRES_SHAPE = """
    SELECT table_name, column_name, data_type, is_nullable, column_default, ordinal_position
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'schema_migration'
    UNION ALL
    SELECT tablename, indexname, indexdef, '', '', 0 FROM pg_indexes
    WHERE schemaname = 'public' AND tablename <> 'schema_migration'
    UNION ALL
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', '', 0 FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'schema_migration'
"""


def shape() -> set[tuple[object, ...]]:
    return set(database.execute_sql(SQLITE_SHAPE if db.is_sqlite() else POSTGRES_SHAPE).fetchall())


def shape_of(
    databases: Databases, name: str, fill: Callable[[], object]
) -> set[tuple[object, ...]]:
    databases.fresh(name, fill)
    try:
        return shape()
    finally:
        close_all()


def test_migrations_lead_to_the_tables_of_the_models(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    # peewee leaves the constraint of a forward reference out, although TABLES stand in the right order
    monkeypatch.setattr(Session._meta.fields["request"], "deferred", False)
    migrated = shape_of(databases, "by-migrations", migrations.migrate)
    modelled = shape_of(databases, "by-models", lambda: database.create_tables(TABLES))
    assert migrated == modelled
    assert len(migrated) > len(TABLES)


def test_every_table_is_migrated_and_nothing_is_left(empty_database: str) -> None:
    assert {model._meta.table_name for model in TABLES} <= set(database.get_tables())
    assert migrations.pending() == []
    assert migrations.applied() == migrations.known()


def test_migrating_again_changes_nothing(empty_database: str) -> None:
    before = shape()
    assert migrations.migrate() == []
    assert shape() == before


def test_migrating_part_of_the_way_leaves_the_rest_pending(databases: Databases) -> None:
    first, *rest = migrations.known()
    databases.fresh("partly", lambda: migrations.migrate(up_to=first))
    assert migrations.pending() == rest
    close_all()


@pytest.mark.sqlite_only
def test_tables_refuse_values_of_another_type(empty_database: str) -> None:
    with pytest.raises(DatabaseError, match="cannot store TEXT"):
        database.execute_sql("UPDATE audit_head SET seq = 'many'")


def test_nobody_changes_an_audit_entry(empty_database: str) -> None:
    with change(by=SYSTEM, action="test"):
        pass
    recorded_reading(by=SYSTEM, subject="thing", reason="test")
    recorded_visit(by=SYSTEM, action="test")
    for chain in (CHANGES, READINGS, VISITS):
        with pytest.raises(DatabaseError, match="never changed"):
            AuditEntry.update(actor="nobody").where(AuditEntry.chain == chain).execute()


def test_only_readings_and_visits_are_ever_deleted(empty_database: str) -> None:
    with change(by=SYSTEM, action="test"):
        pass
    recorded_reading(by=SYSTEM, subject="thing", reason="test")
    recorded_visit(by=SYSTEM, action="test")
    with pytest.raises(DatabaseError, match="never"):
        AuditEntry.delete().where(AuditEntry.chain == CHANGES).execute()
    for chain in (READINGS, VISITS):
        assert AuditEntry.delete().where(AuditEntry.chain == chain).execute() == 1


def test_the_chains_begin_empty(empty_database: str) -> None:
    heads = {head.chain: (head.seq, head.kept_from) for head in AuditHead.select()}
    assert heads == {CHANGES: (0, 0), READINGS: (0, 0), VISITS: (0, 0)}
