import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from portal.db import database as handle
from portal.db import is_sqlite
from portal.domain.actors import PUBLIC, SYSTEM
from portal.domain.changes import (
    CHANGES,
    READINGS,
    VISITS,
    change,
    recorded_reading,
    recorded_visit,
)
from portal.domain.privacy import anchors, audit
from portal.models.privacy import AuditEntry, AuditHead
from tests.support.clock import TestClock

LENGTH = 40
TAMPERINGS = 200
FIELDS = ("actor", "action", "subject", "details", "prev", "mac")

pytestmark = pytest.mark.usefixtures("empty_database")


def write_entries(count: int, chain: str = CHANGES) -> None:
    for number in range(count):
        if chain == READINGS:
            recorded_reading(by=SYSTEM, subject=f"intake_request:{number}", reason="holder")
            continue
        if chain == VISITS:
            recorded_visit(by=PUBLIC, action="accounts:sign_in:refuse")
            continue
        with change(by=PUBLIC, action="test:thing:write", subject=f"thing:{number}") as entry:
            entry.changed(number=number)


class _Back(Exception):
    pass


@contextmanager
def taken_back() -> Iterator[None]:
    try:
        with handle.atomic():
            yield
            raise _Back
    except _Back:
        pass


def without_guard() -> None:
    """Do what somebody with full power over the database can do."""
    if not is_sqlite():
        handle.execute_sql("SET session_replication_role = replica")
        return
    for trigger in ("audit_entry_is_final", "audit_entry_stays"):
        handle.execute_sql(f"DROP TRIGGER {trigger}")


def entry(seq: int) -> AuditEntry:
    return AuditEntry.get(AuditEntry.chain == CHANGES, AuditEntry.seq == seq)


def change_one(chance: random.Random) -> int:
    seq, field = chance.randint(1, LENGTH), chance.choice(FIELDS)
    row = entry(seq)
    setattr(row, field, getattr(row, field)[:-1] + "x")
    row.save()
    return seq


def move_in_time(chance: random.Random) -> int:
    seq = chance.randint(1, LENGTH)
    row = entry(seq)
    row.at = row.at.replace(year=row.at.year - 1)
    row.save()
    return seq


def delete_one(chance: random.Random) -> int:
    seq = chance.randint(1, LENGTH)
    entry(seq).delete_instance()
    return seq


def swap_two(chance: random.Random) -> int:
    first, second = sorted(chance.sample(range(1, LENGTH + 1), 2))
    one, other = entry(first), entry(second)
    AuditEntry.update(seq=0).where(AuditEntry.id == one.id).execute()
    AuditEntry.update(seq=first).where(AuditEntry.id == other.id).execute()
    AuditEntry.update(seq=second).where(AuditEntry.id == one.id).execute()
    return first


def cut_the_tail(chance: random.Random) -> int:
    seq = chance.randint(1, LENGTH)
    AuditEntry.delete().where(AuditEntry.chain == CHANGES, AuditEntry.seq >= seq).execute()
    last = entry(seq - 1) if seq > 1 else AuditEntry(seq=0, mac="-")
    if chance.random() < 0.5:  # whoever cuts a tail cleanly moves the head, too
        AuditHead.update(seq=last.seq, mac=last.mac).where(AuditHead.chain == CHANGES).execute()
    return seq


def cut_the_beginning(chance: random.Random) -> int:
    last = entry(chance.randint(1, LENGTH - 1))
    AuditEntry.delete().where(AuditEntry.chain == CHANGES, AuditEntry.seq <= last.seq).execute()
    AuditHead.update(kept_from=last.seq, kept_mac=last.mac).where(
        AuditHead.chain == CHANGES
    ).execute()
    return last.seq


WAYS: tuple[Callable[[random.Random], int], ...] = (
    change_one,
    move_in_time,
    delete_one,
    swap_two,
    cut_the_tail,
    cut_the_beginning,
)


def test_an_untouched_log_is_sound(tmp_path: Path) -> None:
    write_entries(3)
    write_entries(2, READINGS)
    anchors.write(tmp_path)
    write_entries(1)
    assert audit.verify(tmp_path) == ()


def test_an_empty_log_is_sound(tmp_path: Path) -> None:
    anchors.write(tmp_path)
    assert audit.verify(tmp_path) == ()


def test_every_tampering_is_named(tmp_path: Path) -> None:
    write_entries(LENGTH)
    anchors.write(tmp_path)
    without_guard()
    chance = random.Random(4_14)
    for number in range(TAMPERINGS):
        way = WAYS[number % len(WAYS)]
        with taken_back():
            broken = way(chance)
            findings = audit.verify(tmp_path)
            assert [(found.chain, found.seq) for found in findings] == [(CHANGES, broken)], (
                way.__name__
            )
    assert audit.verify(tmp_path) == ()


def test_a_clean_cut_shows_only_at_the_second_place(tmp_path: Path) -> None:
    write_entries(5)
    anchors.write(tmp_path)
    without_guard()
    entry(5).delete_instance()
    AuditHead.update(seq=4, mac=entry(4).mac).where(AuditHead.chain == CHANGES).execute()
    assert audit.verify_links() == ()
    (found,) = audit.verify(tmp_path)
    assert (found.seq, str(found)) == (
        5,
        "Kette „changes“, Eintrag 5: ab hier fehlt das Ende der Kette",
    )


def test_a_chain_written_anew_shows_at_the_second_place(tmp_path: Path) -> None:
    write_entries(2)
    anchors.write(tmp_path)
    without_guard()
    AuditEntry.delete().execute()
    AuditHead.update(seq=0, mac="-").where(AuditHead.chain == CHANGES).execute()
    write_entries(1)
    write_entries(1, READINGS)
    with change(by=SYSTEM, action="other"):
        pass
    assert audit.verify_links() == ()
    assert [found.seq for found in audit.verify(tmp_path)] == [2]


def test_a_lost_head_is_named(tmp_path: Path) -> None:
    AuditHead.delete().where(AuditHead.chain == READINGS).execute()
    assert [found.chain for found in audit.verify(tmp_path)] == [READINGS]


def test_old_readings_go_and_the_rest_stays_provable(tmp_path: Path, clock: TestClock) -> None:
    write_entries(3, READINGS)
    clock.move(days=10)
    write_entries(2, READINGS)
    anchors.write(tmp_path)
    assert audit.prune(READINGS, before=clock()) == 3
    assert audit.prune(READINGS, before=clock()) == 0
    assert audit.verify(tmp_path) == ()
    clock.move(days=10)
    write_entries(1, READINGS)
    assert audit.prune(READINGS, before=clock()) == 2
    assert [row.seq for row in AuditEntry.select().where(AuditEntry.chain == READINGS)] == [6]
    assert audit.verify(tmp_path) == ()


def test_each_chain_is_shortened_for_itself(tmp_path: Path, clock: TestClock) -> None:
    write_entries(3, READINGS)
    write_entries(2, VISITS)
    clock.move(days=1)
    assert audit.prune(VISITS, before=clock()) == 2
    assert audit.verify(tmp_path) == ()
    assert audit.prune(READINGS, before=clock()) == 3
    write_entries(1, VISITS)
    assert audit.verify(tmp_path) == ()


def test_all_readings_may_be_old(tmp_path: Path, clock: TestClock) -> None:
    write_entries(2, READINGS)
    clock.move(days=1)
    assert audit.prune(READINGS, before=clock()) == 2
    assert audit.verify(tmp_path) == ()
    write_entries(1, READINGS)
    assert audit.verify(tmp_path) == ()


def test_a_clock_that_was_set_back_tears_no_hole(tmp_path: Path, clock: TestClock) -> None:
    write_entries(1, READINGS)
    clock.move(days=-10)
    write_entries(1, READINGS)
    clock.move(days=5)
    assert audit.prune(READINGS, before=clock()) == 0
    assert audit.verify(tmp_path) == ()


def test_readings_deleted_off_schedule_are_named(tmp_path: Path) -> None:
    write_entries(3, READINGS)
    first = AuditEntry.get(AuditEntry.chain == READINGS, AuditEntry.seq == 1)
    first.delete_instance()
    AuditHead.update(kept_from=1, kept_mac=first.mac).where(AuditHead.chain == READINGS).execute()
    assert [(found.chain, found.seq) for found in audit.verify(tmp_path)] == [(READINGS, 1)]


def test_a_forged_or_torn_line_of_the_second_place_counts_for_nothing(tmp_path: Path) -> None:
    write_entries(1)
    anchors.write(tmp_path)
    file = tmp_path / anchors.FILE
    forged = file.read_text().splitlines()[0].replace('"seq": 1', '"seq": 9')
    file.write_text(file.read_text() + forged + "\n[1]\n" + forged[:30])
    assert anchors.of_chain(tmp_path, CHANGES) == {1: entry(1).mac}
    write_entries(1)
    anchors.write(tmp_path)
    assert anchors.of_chain(tmp_path, CHANGES) == {1: entry(1).mac, 2: entry(2).mac}
    assert audit.verify(tmp_path) == ()
