"""A sealed stream: blocks under AES-GCM, bound to their file, their order, and to being the last one.

``magic | key id (4) | salt (16)``, then blocks of ``is last (1) | length (4) | ciphertext and tag``. Each file has
a key of its own, derived from the portal's sealing key and the salt; the block's number is the nonce.
"""

import io
import secrets
import struct
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.keys import ID_BYTES, KEY_BYTES, NONCE_BYTES, Keyring

MAGIC = b"KIM-Portal backup 1\n"
SALT_BYTES = 16
BLOCK_BYTES = 64 * 1024
BLOCK_HEAD = struct.Struct(">?I")
TAG_BYTES = 16


class BackupBroken(Exception):
    """A file is no backup of this portal, or it was damaged."""


class _Cipher:
    """Seals or opens one block after the other."""

    def __init__(self, key: bytes, head: bytes) -> None:
        salt = head[-SALT_BYTES:]
        derived = HKDF(SHA256(), KEY_BYTES, salt, b"kim-portal backup").derive(key)
        self._cipher = AESGCM(derived)
        self._head = head
        self.number = 0

    def seal(self, block: bytes, *, last: bool) -> bytes:
        """Return a block as it stands in the file."""
        sealed = self._cipher.encrypt(self._nonce(), block, self._bound(last))
        return BLOCK_HEAD.pack(last, len(sealed)) + sealed

    def open(self, sealed: bytes, *, last: bool) -> bytes:
        """Return what a block says; raise BackupBroken if it is not the next one of this file."""
        try:
            return self._cipher.decrypt(self._nonce(), sealed, self._bound(last))
        except InvalidTag as error:
            raise BackupBroken(f"Die Sicherung ist beschädigt (Block {self.number}).") from error

    def _nonce(self) -> bytes:
        self.number += 1
        return self.number.to_bytes(NONCE_BYTES, "big")

    def _bound(self, last: bool) -> bytes:
        return self._head + bytes([last])


class SealedWriter(io.RawIOBase):
    """Writes a sealed stream into a file; without `close()` it has no end and is refused."""

    def __init__(self, file: BinaryIO, keyring: Keyring) -> None:
        key_id = keyring.current.encode("ascii").ljust(ID_BYTES, b"\0")
        head = MAGIC + key_id + secrets.token_bytes(SALT_BYTES)
        self._cipher = _Cipher(keyring.seals[keyring.current], head)
        self._file = file
        self._waiting = bytearray()
        file.write(head)

    def writable(self) -> bool:
        """Return that this stream is for writing."""
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        """Take bytes; full blocks go to the file."""
        self._waiting += data
        while len(self._waiting) > BLOCK_BYTES:
            block = bytes(self._waiting[:BLOCK_BYTES])
            del self._waiting[:BLOCK_BYTES]
            self._file.write(self._cipher.seal(block, last=False))
        return len(data)

    def finish(self) -> None:
        """Write the last block."""
        self._file.write(self._cipher.seal(bytes(self._waiting), last=True))


class SealedReader(io.RawIOBase):
    """Reads a sealed stream; raises BackupBroken at the first byte that is not as it was written."""

    def __init__(self, file: BinaryIO, keyring: Keyring) -> None:
        head = file.read(len(MAGIC) + ID_BYTES + SALT_BYTES)
        if not head.startswith(MAGIC) or len(head) < len(MAGIC) + ID_BYTES + SALT_BYTES:
            raise BackupBroken("Diese Datei ist keine Sicherung des KIM-Portals.")
        key_id = head[len(MAGIC) : -SALT_BYTES].rstrip(b"\0").decode("ascii", "replace")
        if key_id not in keyring.seals:
            raise BackupBroken(
                f"Zu dieser Sicherung fehlt der Schlüssel „{key_id}“ in der Schlüsseldatei."
            )
        self._cipher = _Cipher(keyring.seals[key_id], head)
        self._file = file
        self._block = b""
        self._ended = False

    def readable(self) -> bool:
        """Return that this stream is for reading."""
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """Fill a buffer as far as the current block goes; 0 at the end."""
        while not self._block and not self._ended:
            self._next_block()
        count = min(len(buffer), len(self._block))
        buffer[:count], self._block = self._block[:count], self._block[count:]
        return count

    def _next_block(self) -> None:
        head = self._file.read(BLOCK_HEAD.size)
        if len(head) < BLOCK_HEAD.size:
            raise BackupBroken("Die Sicherung ist unvollständig.")
        last, length = BLOCK_HEAD.unpack(head)
        if length > BLOCK_BYTES + TAG_BYTES:
            raise BackupBroken(f"Die Sicherung ist beschädigt (Block {self._cipher.number + 1}).")
        sealed = self._file.read(length)
        if len(sealed) < length:
            raise BackupBroken("Die Sicherung ist unvollständig.")
        self._block = self._cipher.open(sealed, last=last)
        self._ended = last
        if last and self._file.read(1):
            raise BackupBroken("Hinter dem Ende der Sicherung steht noch etwas.")
