import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from peewee import BlobField

from portal import keys
from portal.domain import rotation
from portal.domain.accounts import second_factor, sessions
from portal.domain.errors import RuleBroken
from portal.domain.intake.inbox import open_request
from portal.domain.intake.messages import messages_of, write_message
from portal.domain.permissions import Role
from portal.keys import HEADER_BYTES, KeyFileError, Keyring, SealBroken
from portal.models.accounts import Account, Session
from portal.models.intake import IntakeRequest
from portal.models.privacy import AuditEntry
from portal.models.schema import TABLES
from tests.support.people import make_account, make_request

NAME = "Оксана سلمى"
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(values, st.text())
def test_what_was_sealed_opens_in_its_place_only(value: object, context: str) -> None:
    ring = keys.new_keyring()
    sealed = ring.seal(value, context=context)
    assert ring.open(sealed, context=context) == value
    with pytest.raises(SealBroken):
        ring.open(sealed, context=context + "x")


def test_every_changed_byte_is_noticed(keyring: Keyring) -> None:
    sealed = keyring.seal({"name": NAME}, context="here")
    for at in range(len(sealed)):
        broken = bytearray(sealed)
        broken[at] ^= 1
        with pytest.raises(SealBroken):
            keyring.open(bytes(broken), context="here")


@given(st.binary(max_size=60))
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(SealBroken):
        keys.new_keyring().open(data, context="here")


def test_sealing_twice_never_looks_the_same(keyring: Keyring) -> None:
    sealed = {keyring.seal(NAME, context="here") for _number in range(200)}
    assert len({value[HEADER_BYTES - 12 : HEADER_BYTES] for value in sealed}) == 200


def test_hashes_need_the_key_and_differ_by_purpose(keyring: Keyring) -> None:
    other = keys.new_keyring()
    assert keyring.keyed_hash("a", "text") == keyring.keyed_hash("a", "text")
    assert len({ring.keyed_hash(p, "text") for ring in (keyring, other) for p in ("a", "b")}) == 4


def test_the_key_file_is_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "keys.toml"
    keys.write_key_file(file, keys.new_keyring())
    assert stat.S_IMODE(file.stat().st_mode) == 0o400
    keys.write_key_file(file, keys.new_keyring())  # also in place of an older one
    assert [path.name for path in file.parent.iterdir()] == ["keys.toml"]


def test_a_key_file_reads_as_it_was_written(tmp_path: Path) -> None:
    ring = keys.rotated(keys.new_keyring())
    keys.write_key_file(tmp_path / "keys.toml", ring)
    assert keys.read_key_file(tmp_path / "keys.toml") == ring


@pytest.mark.parametrize(
    "content",
    [
        "",
        "session = 1",
        "not toml at all",
        'session = "AAAA"',
        "\x00",
        "ü",
        'current = "k1"\n[seal]\n',
    ],
)
def test_a_broken_key_file_says_so(tmp_path: Path, content: str) -> None:
    file = tmp_path / "keys.toml"
    file.write_text(content)
    with pytest.raises(KeyFileError, match=r"keys\.toml"):
        keys.read_key_file(file)


def test_a_key_file_without_its_current_key_says_so(tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    keys.write_key_file(file, keys.new_keyring())
    text = file.read_text().replace('current = "k1"', 'current = "k7"')
    file.chmod(0o600)
    file.write_text(text)
    with pytest.raises(KeyFileError, match="k7"):
        keys.read_key_file(file)


def test_a_missing_key_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="gibt es nicht"):
        keys.use_key_file(tmp_path / "keys.toml")


def test_keys_never_show_in_a_message(keyring: Keyring) -> None:
    shown = repr(keyring)
    assert not any(
        key.hex() in shown or repr(key) in shown
        for key in (keyring.session, *keyring.seals.values())
    )


def test_a_running_portal_notices_a_new_key(tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    keys.write_key_file(file, keys.new_keyring())
    keys.use_key_file(file)
    later = keys.rotated(keys.keyring())
    keys.write_key_file(file, later)
    os.utime(file, ns=(1, 1))  # two writes within one tick of the file system's clock
    assert keys.keyring() == later
    file.unlink()
    assert keys.keyring() == later  # whoever serves people goes on with the keys it has


# Changing the key that seals


@pytest.fixture
def key_file(tmp_path: Path, keyring: Keyring) -> Path:
    file = tmp_path / "keys.toml"
    keys.write_key_file(file, keyring)
    return file


@pytest.fixture
def case_manager(database: str) -> Account:
    return make_account(
        Role.CASE_MANAGER, position="CMS-III-a", password="Vier grüne Fahrräder tanzen"
    )


@pytest.fixture
def filled(case_manager: Account, monkeypatch: pytest.MonkeyPatch) -> IntakeRequest:
    """A row in every sealed column, and more requests than fit into one step."""
    monkeypatch.setattr(rotation, "ROWS_AT_ONCE", 3)
    for _number in range(rotation.ROWS_AT_ONCE + 1):
        make_request("warburg")
    request = make_request("brakel", display_name=NAME)
    write_message(by=case_manager, request=request, text=NAME, language="uk")
    sessions.open_for_account(case_manager, complete=True, data={"kept": NAME})
    sealed = keys.keyring().seal(
        {"secret": "GEHEIM"}, context=second_factor.seal_context(case_manager)
    )
    Account.update(totp_sealed=sealed).where(Account.id == case_manager.id).execute()
    return request


def used_keys() -> set[str]:
    return rotation.keys_in_use()


def test_everything_sealed_is_sealed_anew(
    filled: IntakeRequest, case_manager: Account, key_file: Path
) -> None:
    assert used_keys() == {"k1"}
    rotated = rotation.rotate(key_file)
    assert (rotated.key, rotated.unreadable) == ("k2", 0)
    assert rotated.resealed == rotation.ROWS_AT_ONCE + 1 + 4
    assert used_keys() == {"k2"}
    opened = open_request(by=case_manager, reference=filled.ref)
    assert opened.person["display_name"] == NAME
    assert [message.text for message in messages_of(filled, reader=None)] == [NAME]
    assert sessions.data_of(Session.get()) == {"kept": NAME}
    again = Account.get_by_id(case_manager.id)
    opened_secret = keys.keyring().open(
        again.totp_sealed, context=second_factor.seal_context(again)
    )
    assert opened_secret == {"secret": "GEHEIM"}


def test_every_sealed_column_is_known() -> None:
    """A new column of sealed values that nobody lists would be lost with the old key."""
    blobs = {
        field
        for table in TABLES
        for field in table._meta.sorted_fields
        if isinstance(field, BlobField)
    }
    assert {sealed.column for sealed in rotation.SEALED} == blobs


def test_a_stopped_rotation_goes_on_with_the_same_key(
    filled: IntakeRequest, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reseal, count = rotation._reseal, []

    def stop(*arguments: object) -> bool:
        count.append(1)
        if len(count) > rotation.ROWS_AT_ONCE:
            raise KeyboardInterrupt
        return reseal(*arguments)

    monkeypatch.setattr(rotation, "_reseal", stop)
    with pytest.raises(KeyboardInterrupt):
        rotation.rotate(key_file)
    monkeypatch.undo()
    assert used_keys() == {"k1", "k2"}
    with pytest.raises(RuleBroken, match="k1"):
        rotation.forget_old(key_file)
    assert rotation.rotate(key_file).key == "k2"
    assert used_keys() == {"k2"}


def test_old_keys_are_forgotten_when_nothing_needs_them(
    filled: IntakeRequest, key_file: Path
) -> None:
    rotation.rotate(key_file)
    rotation.rotate(key_file)
    assert set(keys.read_key_file(key_file).seals) == {"k1", "k2", "k3"}
    assert rotation.forget_old(key_file) == ("k1", "k2")
    assert set(keys.read_key_file(key_file).seals) == {"k3"}
    assert rotation.forget_old(key_file) == ()


def test_unreadable_values_are_counted_and_left(filled: IntakeRequest, key_file: Path) -> None:
    IntakeRequest.update(sealed=b"\1k1\0\0" + bytes(40)).where(
        IntakeRequest.id == filled.id
    ).execute()
    rotated = rotation.rotate(key_file)
    assert rotated.unreadable == 1
    assert used_keys() == {"k1", "k2"}


def test_what_nobody_can_read_does_not_stop_the_next_key(
    filled: IntakeRequest, key_file: Path
) -> None:
    IntakeRequest.update(sealed=b"\1k1\0\0" + bytes(40)).where(
        IntakeRequest.id == filled.id
    ).execute()
    assert rotation.rotate(key_file).key == "k2"
    again = rotation.rotate(key_file)
    assert (again.key, again.unreadable) == ("k3", 1)
    assert used_keys() == {"k1", "k3"}


def test_a_value_written_meanwhile_is_not_overwritten(
    filled: IntakeRequest, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal = Keyring.seal
    newer = keys.keyring().seal({"display_name": "neu"}, context=f"intake_request:{filled.ref}")

    def seal_late(ring: Keyring, value: object, *, context: str) -> bytes:
        if context == f"intake_request:{filled.ref}":
            IntakeRequest.update(sealed=newer).where(IntakeRequest.id == filled.id).execute()
        return seal(ring, value, context=context)

    monkeypatch.setattr(Keyring, "seal", seal_late)
    rotation.rotate(key_file)
    assert bytes(IntakeRequest.get_by_id(filled.id).sealed) == newer


def test_a_rotation_is_in_the_log(filled: IntakeRequest, key_file: Path) -> None:
    rotation.rotate(key_file)
    last = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
    assert (last.action, last.subject) == ("keys:seal:rotate", "key:k2")
