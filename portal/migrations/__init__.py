"""Changes of the tables, in order; each file is frozen once it was used anywhere.

A new one: copy the newest number plus one, describe the change with `migrator`, and let
`tests/test_migrations.py` compare the outcome with `portal.models`.
"""

from pathlib import Path

from playhouse.migrations import Runner

from portal.db import database

FOLDER = Path(__file__).parent


def migrate(*, up_to: str | None = None) -> list[str]:
    """Apply what is pending (as far as `up_to`); return the names of what was applied."""
    applied: list[str] = _runner().up(up_to)
    return applied


def pending() -> list[str]:
    """Return the changes that this database still lacks."""
    return [step.name for step in _runner().status() if not step.applied]


def applied() -> list[str]:
    """Return the changes that this database has, oldest first."""
    return [step.name for step in _runner().status() if step.applied]


def known() -> list[str]:
    """Return the changes that this version of the portal knows, oldest first."""
    return [step.name for step in _runner().migrations()]


def _runner() -> Runner:
    return Runner(database.obj, str(FOLDER))
