"""The folder that indexes stand in: which one is in use, who may write, and whether its files are whole.

    current                    the name of the index in use, switched by replacing this file
    lock                       held by whoever writes; the kernel frees it when that process dies
    index-<fingerprint>-<n>/   an index, and beside its files `seal.json` with their checksums

Whoosh neither waits for the disk nor checks what it reads. The seal does both: an index whose files are not what its
writer left behind is not opened, but built anew.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

POINTER = "current"
LOCK = "lock"
SEAL = "seal.json"


@dataclass(frozen=True, slots=True)
class Seal:
    """What the writer of an index says about it."""

    built_on: str
    """The day of the last building, as an ISO date."""
    sums: dict[str, str] = field(default_factory=dict)
    """Checksums by name of the file."""


class Shelf:
    """A folder with indexes, one of which is in use."""

    def __init__(self, folder: Path) -> None:
        """Take a folder; it need not be there yet."""
        self.folder = folder

    def current(self) -> Path | None:
        """Return the index in use, if there is one."""
        try:
            name = (self.folder / POINTER).read_text("ascii").strip()
        except (OSError, ValueError):
            return None
        path = self.folder / name
        return path if name.startswith("index-") and path.parent == self.folder else None

    def discard(self) -> None:
        """Let nobody use the index any more: it tells of another database."""
        (self.folder / POINTER).unlink(missing_ok=True)

    @contextmanager
    def writing(self) -> Iterator[bool]:
        """Keep other writers away; tell whether that was possible at once."""
        self._make()
        with (self.folder / LOCK).open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def fresh(self, fingerprint: str) -> Path:
        """Return where a new index can be built; only its writer may call this."""
        numbers = [int(path.name.rpartition("-")[2]) for path in self._indexes()]
        return self.folder / f"index-{fingerprint}-{max(numbers, default=0) + 1}"

    def put_in_use(self, path: Path, *, built_on: str) -> None:
        """Let everybody use a new index from now on, and remove all others."""
        for file in path.iterdir():
            _sync(file)
        self._write_seal(path, Seal(built_on, _sums(path, {})))
        _sync(path)
        _write(self.folder / POINTER, path.name)
        _sync(self.folder)
        for other in self._indexes():
            if other != path:
                shutil.rmtree(other, ignore_errors=True)

    def seal_again(self, path: Path) -> None:
        """Take note of what a writer added to an index; files that were there never change."""
        seal = self.seal(path)
        self._write_seal(path, Seal(seal.built_on, _sums(path, seal.sums)))

    def seal(self, path: Path) -> Seal:
        """Return what the writer of an index says about it; nothing if it cannot be read."""
        try:
            return Seal(**json.loads((path / SEAL).read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return Seal("")

    def is_whole(self, path: Path) -> bool:
        """Tell whether an index is as its writer left it; ask while nobody writes."""
        try:
            sums = self.seal(path).sums
            return bool(sums) and sums == _sums(path, {})
        except OSError:
            return False

    def _make(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)  # what is read from here is believed

    def _indexes(self) -> list[Path]:
        found = self.folder.glob("index-*-*")
        return [path for path in found if path.name.rpartition("-")[2].isdecimal()]

    def _write_seal(self, path: Path, seal: Seal) -> None:
        _write(path / SEAL, json.dumps(asdict(seal)))


def _sums(path: Path, known: dict[str, str]) -> dict[str, str]:
    """Return the checksums of an index's files; none is ever changed, so known ones are believed."""
    return {
        file.name: known.get(file.name) or hashlib.sha256(file.read_bytes()).hexdigest()
        for file in path.iterdir()
        if file.name != SEAL
    }


def _write(file: Path, text: str) -> None:
    part = file.with_name(f"{file.name}.part")
    part.write_text(text, "utf-8")
    _sync(part)
    part.replace(file)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
