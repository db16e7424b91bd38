"""Keys: seal person data, hash for look-ups, chain the audit log.

A key file is TOML, readable by the service user only, and never part of a backup::

    session = "<base64 of 32 bytes>"
    hashing = "<base64 of 32 bytes>"
    audit = "<base64 of 32 bytes>"
    current = "k1"
    [seal]
    k1 = "<base64 of 32 bytes>"

A sealed value is ``version (1) | key id (4) | nonce (12) | ciphertext and tag``. The context (table and
reference) is authenticated with it, so that two rows cannot be swapped.
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
VERSION = b"\x01"
ID_BYTES = 4
NONCE_BYTES = 12
HEADER_BYTES = len(VERSION) + ID_BYTES + NONCE_BYTES
SINGLE_KEYS = ("session", "hashing", "audit")


class KeyFileError(Exception):
    """The key file is missing or unusable."""


class SealBroken(Exception):
    """A sealed value was changed, swapped, or its key is gone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Keyring:
    """The portal's keys, and what is done with them."""

    session: bytes = field(repr=False)
    hashing: bytes = field(repr=False)
    audit: bytes = field(repr=False)
    current: str
    seals: Mapping[str, bytes] = field(repr=False)

    def seal(self, value: Any, *, context: str) -> bytes:
        """Encrypt a JSON value for one place."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        header = VERSION + _padded(self.current) + nonce
        plain = json.dumps(value, ensure_ascii=False).encode()
        cipher = AESGCM(self.seals[self.current])
        return header + cipher.encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, *, context: str) -> Any:
        """Decrypt a sealed value; raise SealBroken if it is not what was sealed here."""
        sealed = bytes(sealed)
        key = self.seals.get(key_id_of(sealed))
        if key is None or sealed[:1] != VERSION:
            raise SealBroken(context)
        nonce = sealed[HEADER_BYTES - NONCE_BYTES : HEADER_BYTES]
        try:
            plain = AESGCM(key).decrypt(nonce, sealed[HEADER_BYTES:], context.encode())
        except (InvalidTag, ValueError) as error:
            raise SealBroken(context) from error
        return json.loads(plain)

    def keyed_hash(self, purpose: str, text: str) -> str:
        """Hash a text so that it can be compared, but not read or guessed without the key."""
        return hmac.new(self.hashing, f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()

    def derived(self, purpose: str, text: str) -> bytes:
        """Derive 32 secret bytes that the same key, purpose and text give again."""
        return hmac.new(self.session, f"{purpose}\0{text}".encode(), hashlib.sha256).digest()

    def audit_mac(self, message: bytes) -> str:
        """Authenticate a message of the audit chain."""
        return hmac.new(self.audit, message, hashlib.sha256).hexdigest()


def key_id_of(sealed: bytes) -> str:
    """Return the id of the key that sealed a value."""
    return bytes(sealed)[1 : 1 + ID_BYTES].rstrip(b"\0").decode("ascii", "replace")


def _padded(key_id: str) -> bytes:
    return key_id.encode("ascii").ljust(ID_BYTES, b"\0")


def new_keyring() -> Keyring:
    """Make fresh keys."""
    single = {name: secrets.token_bytes(KEY_BYTES) for name in SINGLE_KEYS}
    return Keyring(**single, current="k1", seals={"k1": secrets.token_bytes(KEY_BYTES)})


def rotated(keyring: Keyring) -> Keyring:
    """Add a new sealing key and make it the current one; old ones stay readable."""
    number = 1 + max(int(key_id[1:]) for key_id in keyring.seals)
    seals = {**keyring.seals, f"k{number}": secrets.token_bytes(KEY_BYTES)}
    return _with_seals(keyring, seals, f"k{number}")


def without_old_seals(keyring: Keyring) -> Keyring:
    """Forget every sealing key but the current one."""
    return _with_seals(keyring, {keyring.current: keyring.seals[keyring.current]}, keyring.current)


def _with_seals(keyring: Keyring, seals: Mapping[str, bytes], current: str) -> Keyring:
    single = {name: getattr(keyring, name) for name in SINGLE_KEYS}
    return Keyring(**single, current=current, seals=seals)


def write_key_file(path: Path, keyring: Keyring) -> None:
    """Write a key file that only its owner can read, replacing an older one in one step."""
    lines = [f'{name} = "{_text(getattr(keyring, name))}"' for name in SINGLE_KEYS]
    lines += [f'current = "{keyring.current}"', "[seal]"]
    lines += [f'{key_id} = "{_text(key)}"' for key_id, key in keyring.seals.items()]
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def read_key_file(path: Path) -> Keyring:
    """Read a key file; raise KeyFileError with the reason."""
    try:
        data = tomllib.loads(path.read_text("ascii"))
        single = {name: _key(data[name]) for name in SINGLE_KEYS}
        seals = {key_id: _key(text) for key_id, text in data["seal"].items()}
        if data["current"] not in seals:
            raise KeyFileError(f"{path}: der Schlüssel „{data['current']}“ fehlt in [seal]")
        return Keyring(**single, current=data["current"], seals=seals)
    except FileNotFoundError as error:
        raise KeyFileError(f"{path} gibt es nicht") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise KeyFileError(f"{path} ist nicht lesbar: {error}") from error
    except (KeyError, AttributeError, TypeError, binascii.Error, ValueError) as error:
        raise KeyFileError(f"{path} ist unvollständig oder beschädigt: {error}") from error


def _key(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError(f"ein Schlüssel hat {len(key)} statt {KEY_BYTES} Bytes")
    return key


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode("ascii")


@dataclass(slots=True)
class _Own:
    """The portal's own keys, and the file they come from, if they do."""

    keyring: Keyring | None = None
    file: Path | None = None
    changed_at: int = 0


_own = _Own()


def use_keyring(keyring: Keyring) -> None:
    """Make a keyring the portal's own."""
    _own.keyring, _own.file = keyring, None


def use_key_file(path: Path) -> None:
    """Make the keys of a file the portal's own; when the file is replaced, the new ones."""
    changed_at = _changed_at(path)
    _own.keyring, _own.file, _own.changed_at = read_key_file(path), path, changed_at


def keyring() -> Keyring:
    """Return the portal's keys."""
    # a command may have added a key meanwhile, with which others already seal
    if _own.file is not None and _changed_at(_own.file) not in {0, _own.changed_at}:
        use_key_file(_own.file)
    if _own.keyring is None:
        raise KeyFileError("Die Schlüssel sind nicht geladen")
    return _own.keyring


def _changed_at(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
