"""Backups: one sealed file that restores into SQLite and PostgreSQL alike, and the only way from one to the other.

The file holds every row as lines of JSON, as of one moment, compressed and sealed with the portal's keys (which it does
not hold). Sessions and counted tries are left out: nobody wants to be signed in by a backup.
"""

from portal.domain.backup.dumping import dump
from portal.domain.backup.restoring import Restored, restore
from portal.domain.backup.sealed_file import BackupBroken

__all__ = ["BackupBroken", "Restored", "dump", "restore"]
