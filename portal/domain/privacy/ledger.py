"""Files that only grow: one JSON object a line, on disk before anything else happens, each line with its own proof.

They stand beside the database on purpose: what they say must survive when an older state of it is restored. Whoever can
change them can also delete lines; a copy elsewhere (a syslog, a printout) is the operator's.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal import clock
from portal.keys import keyring

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rejected:
    """Lines of a file that are torn or that the portal did not write."""

    file: str
    count: int

    def __str__(self) -> str:
        """Name the file and how many lines count for nothing."""
        return f"{self.file}: {self.count} Zeilen sind beschädigt oder nicht vom Portal; sie galten nicht"


def append(path: Path, *lines: Line) -> None:
    """Add lines and wait until they are on disk."""
    at = clock.now().isoformat()
    written = b"".join(_written({"at": at, **line}) for line in lines)
    with path.open("ab+") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                written = b"\n" + written  # the machine stopped in the middle of the line before
        file.write(written)
        file.flush()
        os.fsync(file.fileno())


def _written(line: Line) -> bytes:
    return json.dumps({**line, "proof": _proof(line)}).encode() + b"\n"


def lines(path: Path) -> Iterator[Line]:
    """Yield the lines that the portal itself wrote, oldest first; nothing if there is no file yet."""
    yield from filter(None, _proved(path))


def rejected(path: Path) -> tuple[Rejected, ...]:
    """Return whether lines of a file count for nothing: what they told is not known."""
    count = sum(line is None for line in _proved(path))
    return (Rejected(path.name, count),) if count else ()


def _proved(path: Path) -> Iterator[Line | None]:
    """Yield a file's lines, None for each that the portal did not write so."""
    if not path.exists():
        return
    for raw in path.read_bytes().splitlines():
        line = _parsed(raw)
        yield line if line.pop("proof", None) == _proof(line) else None


def _parsed(raw: bytes) -> Line:
    try:
        line = json.loads(raw)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}


def _proof(line: Line) -> str:
    return keyring().audit_mac(json.dumps(line, sort_keys=True).encode())
