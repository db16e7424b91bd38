import gzip
import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from portal import db, keys, migrations
from portal.db import database as handle
from portal.domain.accounts import sessions
from portal.domain.actors import SYSTEM
from portal.domain.backup import BackupBroken, dump, restore
from portal.domain.backup.sealed_file import BLOCK_BYTES, MAGIC, SealedReader, SealedWriter
from portal.domain.changes import change
from portal.domain.errors import RuleBroken
from portal.domain.intake.handling import withdraw
from portal.domain.intake.messages import messages_of, write_message
from portal.domain.intake.states import State
from portal.domain.permissions import Role
from portal.domain.privacy import anchors, audit, requests, retention
from portal.models.accounts import Account, Session, Tries
from portal.models.intake import IntakeRequest
from portal.models.privacy import AuditEntry
from portal.models.schema import TABLES
from tests.support.clock import TestClock
from tests.support.databases import Databases, close_all
from tests.support.people import make_account, make_request

NAME = "Оксана 🌻 سلمى"
WRITES_WHILE_COPYING = 60
pytestmark = pytest.mark.usefixtures("database")


def contents() -> dict[str, list[dict[str, Any]]]:
    """Everything a backup has to bring back, without what the restoring itself adds."""
    kept = [table for table in TABLES if table not in {Session, Tries}]
    return {
        table._meta.table_name: list(table.select().order_by(table.id).dicts()) for table in kept
    }


@contextmanager
def other_database(databases: Databases, tmp_path: Path, *, sqlite: bool) -> Iterator[None]:
    """Work in another, empty database for a while."""
    before = databases.url
    close_all()
    if sqlite or before.startswith("sqlite"):
        db.open_database(f"sqlite:///{tmp_path / 'other.db'}")
    else:
        databases.fresh("nothing", lambda: None)
    try:
        yield
    finally:
        close_all()
        db.open_database(before)


def something_of_everything() -> IntakeRequest:
    case_manager = make_account(Role.CASE_MANAGER, position="CMS-III-a")
    request = make_request("brakel", display_name=NAME, language="uk", topics=("work", "other"))
    write_message(by=case_manager, request=request, text=NAME, language="de")
    make_request("warburg", state=State.CLOSED)
    make_account(Role.COORDINATOR, position="KS")
    return request


@pytest.mark.parametrize("sqlite", [True, False], ids=["into SQLite", "into its own kind"])
def test_a_backup_brings_everything_back(
    databases: Databases, tmp_path: Path, sqlite: bool
) -> None:
    request = something_of_everything()
    expected = contents()
    head = dump(tmp_path / "backup")
    with other_database(databases, tmp_path, sqlite=sqlite):
        restored = restore(tmp_path / "backup", data_dir=tmp_path)
        found = contents()
        assert (restored.deleted_again, restored.findings) == (0, ())
        assert found.pop("audit_entry")[:-1] == expected.pop("audit_entry")
        assert len(found.pop("audit_head")) == len(expected.pop("audit_head"))
        assert found == expected
        again = IntakeRequest.get(IntakeRequest.ref == request.ref)
        assert [message.text for message in messages_of(again, reader=None)] == [NAME]
        assert audit.verify(tmp_path) == ()
        assert migrations.pending() == []
    assert head.rows == sum(table.rows for table in head.tables) > 0


def test_the_way_into_sqlite_and_back(databases: Databases, tmp_path: Path) -> None:
    something_of_everything()
    expected = contents()["intake_request"]
    dump(tmp_path / "first")
    with other_database(databases, tmp_path, sqlite=True):
        restore(tmp_path / "first", data_dir=tmp_path)
        dump(tmp_path / "second")
    restore(tmp_path / "second", data_dir=tmp_path, replace=True)
    assert contents()["intake_request"] == expected
    assert audit.verify(tmp_path) == ()


def test_new_rows_find_free_numbers_afterwards(databases: Databases, tmp_path: Path) -> None:
    something_of_everything()
    dump(tmp_path / "backup")
    restore(tmp_path / "backup", data_dir=tmp_path, replace=True)
    before = IntakeRequest.select().count()
    make_request("brakel")
    make_account(Role.ADMIN)
    assert IntakeRequest.select().count() == before + 1
    assert audit.verify(tmp_path) == ()


def test_the_restored_log_is_still_guarded(tmp_path: Path) -> None:
    dump(tmp_path / "backup")
    restore(tmp_path / "backup", data_dir=tmp_path, replace=True)
    with pytest.raises(Exception, match="never"):
        AuditEntry.update(actor="nobody").execute()


def test_nobody_is_signed_in_by_a_backup(tmp_path: Path) -> None:
    sessions.open_for_account(make_account(), complete=True)
    dump(tmp_path / "backup")
    restore(tmp_path / "backup", data_dir=tmp_path, replace=True)
    assert Session.select().count() == 0


def test_what_was_acknowledged_before_is_in_it_while_others_write(
    databases: Databases, tmp_path: Path
) -> None:
    started, failures = threading.Event(), []

    def write() -> None:
        try:
            db.connect()
            for number in range(WRITES_WHILE_COPYING):
                with change(by=SYSTEM, action="test", subject=f"thing:{number}"):
                    pass
                if number == 10:
                    started.set()
        except Exception as error:
            failures.append(error)
        finally:
            started.set()
            db.close()

    writer = threading.Thread(target=write)
    writer.start()
    started.wait(10)
    acknowledged = AuditEntry.select().count()
    head = dump(tmp_path / "backup")
    writer.join()
    assert failures == []
    assert AuditEntry.select().count() > WRITES_WHILE_COPYING
    with other_database(databases, tmp_path, sqlite=False):
        restored = restore(tmp_path / "backup", data_dir=tmp_path)
        there = AuditEntry.select().where(AuditEntry.action != "privacy:backup:restore").count()
    assert restored.findings == ()
    assert there >= acknowledged
    assert there == next(table.rows for table in head.tables if table.name == "audit_entry")


def test_requests_deleted_since_are_deleted_again(clock: TestClock, tmp_path: Path) -> None:
    gone, kept = make_request("brakel"), make_request("brakel")
    dump(tmp_path / "backup")
    withdraw(gone.id)
    clock.move(days=3)
    retention.run(tmp_path)
    restored = restore(tmp_path / "backup", data_dir=tmp_path, replace=True)
    assert restored.deleted_again == 1
    assert [request.ref for request in IntakeRequest.select()] == [kept.ref]
    assert audit.verify(tmp_path) == ()


def test_the_second_place_knows_that_an_older_state_came_back(tmp_path: Path) -> None:
    dump(tmp_path / "backup")
    make_request("brakel")
    make_request("brakel")
    anchors.write(tmp_path)
    restore(tmp_path / "backup", data_dir=tmp_path, replace=True)
    assert audit.verify(tmp_path) == ()


def test_notes_that_were_spoiled_are_told(clock: TestClock, tmp_path: Path) -> None:
    gone = make_request("brakel")
    dump(tmp_path / "backup")
    withdraw(gone.id)
    clock.move(days=3)
    retention.run(tmp_path)
    notes = tmp_path / requests.FILE
    notes.write_text(notes.read_text().replace("intake_withdrawn", "intake_closed"))
    restored = restore(tmp_path / "backup", data_dir=tmp_path, replace=True)
    assert restored.deleted_again == 0
    (finding,) = restored.findings
    assert str(finding).startswith("deletions.log: 1 Zeilen")


def test_a_filled_database_is_replaced_only_on_demand(tmp_path: Path) -> None:
    dump(tmp_path / "backup")
    make_account(mail="new@example.org")
    before = contents()
    with pytest.raises(RuleBroken):
        restore(tmp_path / "backup", data_dir=tmp_path)
    assert contents() == before
    restore(tmp_path / "backup", data_dir=tmp_path, replace=True)
    assert Account.select().count() == 0


def with_wrong_key(file: Path) -> None:
    keys.use_keyring(keys.new_keyring())


def with_unknown_key(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(MAGIC) : len(MAGIC) + 2] = b"k9"
    file.write_bytes(data)


def truncated(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def cut_after_the_head(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:45])


def flipped(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def lengthened(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"x")


def something_else(file: Path) -> None:
    file.write_bytes(b"SQLite format 3\0" * 100)


def empty(file: Path) -> None:
    file.write_bytes(b"")


@pytest.mark.parametrize(
    "spoil",
    [
        with_wrong_key,
        with_unknown_key,
        truncated,
        cut_after_the_head,
        flipped,
        lengthened,
        something_else,
        empty,
    ],
)
def test_a_spoiled_backup_changes_nothing(tmp_path: Path, spoil: Any) -> None:
    something_of_everything()
    file = tmp_path / "backup"
    dump(file)
    make_request("brakel")
    before = contents()
    ring = keys.keyring()
    spoil(file)
    with pytest.raises(BackupBroken) as refused:
        restore(file, data_dir=tmp_path, replace=True)
    keys.use_keyring(ring)
    assert str(refused.value)
    assert contents() == before
    assert audit.verify(tmp_path) == ()


def rewritten(file: Path, change_lines: Any) -> None:
    """Write a backup anew with other lines, sealed as it should be."""
    with file.open("rb") as stream:
        lines = (
            gzip.GzipFile(fileobj=SealedReader(stream, keys.keyring()))
            .read()
            .splitlines(keepends=True)
        )
    with file.open("wb") as stream:
        sealed = SealedWriter(stream, keys.keyring())
        with gzip.GzipFile(fileobj=sealed, mode="wb") as packed:
            packed.write(b"".join(change_lines(lines)))
        sealed.finish()


def of_a_newer_portal(lines: list[bytes]) -> list[bytes]:
    head = json.loads(lines[0])
    head["schema"].append("9999_from_the_future")
    return [json.dumps(head).encode() + b"\n", *lines[1:]]


def of_another_log(lines: list[bytes]) -> list[bytes]:
    head = json.loads(lines[0])
    head["heads"]["changes"][0] += 1
    return [json.dumps(head).encode() + b"\n", *lines[1:]]


@pytest.mark.parametrize(
    ("change_lines", "reason"),
    [
        (lambda lines: lines[:-1], "fehlen Zeilen"),
        (lambda lines: [*lines, lines[-1]], "mehr Zeilen"),
        (of_a_newer_portal, "neueren Version"),
        (of_another_log, "Protokollketten"),
    ],
)
def test_a_backup_that_contradicts_itself_is_refused(
    tmp_path: Path, change_lines: Any, reason: str
) -> None:
    dump(tmp_path / "backup")
    rewritten(tmp_path / "backup", change_lines)
    before = contents()
    with pytest.raises(BackupBroken, match=reason):
        restore(tmp_path / "backup", data_dir=tmp_path, replace=True)
    assert contents() == before


def test_a_backup_whose_rows_nobody_can_read_is_refused(tmp_path: Path) -> None:
    make_request("brakel")
    dump(tmp_path / "backup")
    ring = keys.keyring()
    rewritten(tmp_path / "backup", lambda lines: lines)
    keys.use_keyring(keys.rotated(ring))
    rewritten(tmp_path / "backup", lambda lines: lines)  # sealed with k2, its rows still with k1
    keys.use_keyring(keys.without_old_seals(keys.keyring()))
    with pytest.raises(BackupBroken, match="k1"):
        restore(tmp_path / "backup", data_dir=tmp_path, replace=True)
    keys.use_keyring(ring)
    assert IntakeRequest.select().count() == 1


def test_a_dump_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "backup"
    dump(file)
    before = file.read_bytes()
    monkeypatch.setattr("portal.domain.backup.dumping.head_of_database", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        dump(file)
    assert file.read_bytes() == before
    monkeypatch.undo()
    dump(file)
    assert not file.with_name("backup.part").exists()
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.sqlite_only
def test_a_backup_shows_nothing_of_its_content(tmp_path: Path) -> None:
    make_account(mail="kanarienvogel@example.org")
    dump(tmp_path / "backup")
    data = (tmp_path / "backup").read_bytes()
    assert b"kanarienvogel" not in data
    assert b"account" not in data


def test_an_older_backup_is_brought_up_to_date(
    databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tables are made as they were then, filled, and then changed as every other database was."""
    dump(tmp_path / "backup")
    folder = shutil.copytree(migrations.FOLDER, tmp_path / "migrations")
    later = "def up(migrator, db):\n    db.execute_sql('ALTER TABLE town ADD COLUMN river TEXT')\n"
    (folder / "9998_rivers.py").write_text(later)
    monkeypatch.setattr(migrations, "FOLDER", folder)
    with other_database(databases, tmp_path, sqlite=False):
        restore(tmp_path / "backup", data_dir=tmp_path)
        assert "river" in {column.name for column in handle.get_columns("town")}
        assert migrations.applied()[-1] == "9998_rivers"


@pytest.mark.parametrize(
    "size", [0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 3 * BLOCK_BYTES]
)
def test_streams_of_every_length_come_back(tmp_path: Path, size: int) -> None:
    data, file = bytes(range(256)) * (size // 256 + 1), tmp_path / "stream"
    with file.open("wb") as stream:
        sealed = SealedWriter(stream, keys.keyring())
        sealed.write(data[:size])
        sealed.finish()
    with file.open("rb") as stream:
        assert SealedReader(stream, keys.keyring()).readall() == data[:size]


def test_blocks_cannot_change_places(tmp_path: Path) -> None:
    file = tmp_path / "stream"
    with file.open("wb") as stream:
        sealed = SealedWriter(stream, keys.keyring())
        sealed.write(b"a" * BLOCK_BYTES * 2)
        sealed.finish()
    data = file.read_bytes()
    head, block = len(MAGIC) + 4 + 16, 5 + BLOCK_BYTES + 16
    one, other = data[head : head + block], data[head + block :]
    assert len(one) == len(other)
    file.write_bytes(data[:head] + other + one)
    with file.open("rb") as stream, pytest.raises(BackupBroken):
        SealedReader(stream, keys.keyring()).readall()
