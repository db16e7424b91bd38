"""Change the key that seals person data, while the portal is in use.

First the new key stands in the key file beside the old one, then every sealed value is sealed anew in small batches. A
run that was stopped goes on where it stood: what still carries an old key is what is left to do.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peewee import Field, fn

from portal import keys
from portal.db import BaseModel
from portal.domain.accounts import second_factor, sessions
from portal.domain.actors import SYSTEM
from portal.domain.changes import change, upkeep
from portal.domain.directory import answering
from portal.domain.errors import RuleBroken
from portal.domain.intake import messages, receiving
from portal.keys import ID_BYTES, Keyring, SealBroken
from portal.models.accounts import Account, Session
from portal.models.directory import ServiceProposal
from portal.models.intake import IntakeMessage, IntakeRequest

ROWS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Sealed:
    """A column of sealed values, and what binds each to its place."""

    model: type[BaseModel]
    column: Field
    context: Callable[[Any], str]


SEALED = (
    Sealed(IntakeRequest, IntakeRequest.sealed, lambda row: receiving.seal_context(row.ref)),
    Sealed(IntakeMessage, IntakeMessage.sealed, lambda row: messages.seal_context(row.request)),
    Sealed(Account, Account.totp_sealed, second_factor.seal_context),
    Sealed(ServiceProposal, ServiceProposal.sender_sealed, answering.seal_context),
    Sealed(Session, Session.sealed, lambda _row: sessions.SEAL_CONTEXT),
)
"""Every sealed column of the portal."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation did; `unreadable` values were sealed with keys nobody has any more, or were tampered with."""

    key: str
    resealed: int
    unreadable: int


def rotate(key_file: Path) -> Rotated:
    """Make a new sealing key (or go on with the newest, if its work is not done) and seal everything with it."""
    ring = keys.read_key_file(key_file)
    if not _is_unfinished(ring):
        ring = keys.rotated(ring)
        keys.write_key_file(key_file, ring)
    keys.use_keyring(ring)
    with change(by=SYSTEM, action="keys:seal:rotate", subject=f"key:{ring.current}"):
        pass
    outcomes = Counter[bool]()
    for sealed in SEALED:
        outcomes += _reseal_all(sealed, ring)
    return Rotated(ring.current, outcomes[True], outcomes[False])


def forget_old(key_file: Path) -> tuple[str, ...]:
    """Delete the old sealing keys; refuse while anything needs them. Older backups cannot be opened afterwards."""
    ring = keys.read_key_file(key_file)
    old = set(ring.seals) - {ring.current}
    if needed := keys_in_use() & old:
        raise RuleBroken(f"Diese Schlüssel werden noch gebraucht: {', '.join(sorted(needed))}.")
    ring = keys.without_old_seals(ring)
    keys.write_key_file(key_file, ring)
    keys.use_keyring(ring)
    with change(by=SYSTEM, action="keys:seal:forget", subject=f"key:{ring.current}") as entry:
        entry.changed(forgotten=sorted(old))
    return tuple(sorted(old))


def keys_in_use() -> set[str]:
    """Return the ids of the keys that sealed values carry."""
    return {
        keys.key_id_of(b"\1" + bytes(key_id))
        for sealed in SEALED
        for key_id in sealed.model.select(_key_id(sealed.column))
        .where(sealed.column.is_null(False))
        .distinct()
        .scalars()
    }


def _key_id(column: Field) -> Any:
    return fn.SUBSTR(column, 2, ID_BYTES)


def _is_unfinished(ring: Keyring) -> bool:
    """Tell whether there is work left for the newest key; what nobody can read must not stop the next key for ever."""
    return any(
        _opened(sealed, row, ring) is not None
        for sealed in SEALED
        for rows in _old_batches(sealed, ring)
        for row in rows
    )


def _reseal_all(sealed: Sealed, ring: Keyring) -> Counter[bool]:
    outcomes = Counter[bool]()
    for rows in _old_batches(sealed, ring):
        with upkeep():
            outcomes.update(_reseal(sealed, row, ring) for row in rows)
    return outcomes


def _old_batches(sealed: Sealed, ring: Keyring) -> Iterator[list[Any]]:
    last = 0
    while rows := _old_rows(sealed, ring, after=last):
        yield rows
        last = rows[-1].id


def _old_rows(sealed: Sealed, ring: Keyring, *, after: int) -> list[Any]:
    current = ring.current.encode("ascii").ljust(ID_BYTES, b"\0")
    query = sealed.model.select().where(
        sealed.model.id > after,
        sealed.column.is_null(False),
        _key_id(sealed.column) != current,
    )
    return list(query.order_by(sealed.model.id).limit(ROWS_AT_ONCE))


def _reseal(sealed: Sealed, row: Any, ring: Keyring) -> bool:
    """Seal one value anew, unless somebody else has just written it; tell whether it could be read."""
    value = _opened(sealed, row, ring)
    if value is None:
        return False
    fresh = {sealed.column: ring.seal(value, context=sealed.context(row))}
    same_row = (sealed.model.id == row.id) & (sealed.column == getattr(row, sealed.column.name))
    sealed.model.update(fresh).where(same_row).execute()
    return True


def _opened(sealed: Sealed, row: Any, ring: Keyring) -> Any:
    """Return what a value says, None if nobody can read it."""
    try:
        return ring.open(getattr(row, sealed.column.name), context=sealed.context(row))
    except SealBroken:
        return None
