"""The audit log: nobody changes an entry, nobody deletes what was changed.

Readings and visits may be deleted (they are, after a year, from the oldest on); the hash chain shows any other gap.
"""

from typing import Any

from portal.db import is_sqlite

SQLITE = (
    """
    CREATE TRIGGER audit_entry_is_final BEFORE UPDATE ON audit_entry
    BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END
    """,
    """
    CREATE TRIGGER audit_entry_stays BEFORE DELETE ON audit_entry WHEN OLD.chain = 'changes'
    BEGIN SELECT RAISE(ABORT, 'audit entries of changes are never deleted'); END
    """,
)
POSTGRES = (
    """
    CREATE OR REPLACE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'audit entries are never changed or deleted'; END $$
    """,
    """
    CREATE TRIGGER audit_entry_is_final BEFORE UPDATE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()
    """,
    """
    CREATE TRIGGER audit_entry_stays BEFORE DELETE ON audit_entry
    FOR EACH ROW WHEN (OLD.chain = 'changes') EXECUTE FUNCTION audit_entry_refuse()
    """,
    """
    CREATE TRIGGER audit_entry_not_emptied BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()
    """,
)
HEADS = """
    INSERT INTO audit_head (chain, seq, mac, kept_from, kept_mac)
    VALUES ('changes', 0, '-', 0, '-'), ('readings', 0, '-', 0, '-'), ('visits', 0, '-', 0, '-')
"""


def up(_migrator: Any, db: Any) -> None:
    """Guard the entries and begin the chains."""
    for statement in (*(SQLITE if is_sqlite() else POSTGRES), HEADS):
        db.execute_sql(statement)
