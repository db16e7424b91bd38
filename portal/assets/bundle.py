"""The built files: named after their content, listed in a manifest."""

import json
from hashlib import sha256
from pathlib import Path

MANIFEST = "manifest.json"
DIGITS = 10


class Bundle:
    """What a browser may load, by the name the templates use."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self._contents: dict[str, bytes] = {}

    def add(self, name: str, content: bytes | str) -> None:
        """Take a file in; its name gets a hash, so that a browser may keep it for good."""
        data = content.encode() if isinstance(content, str) else content
        stem, dot, ending = name.rpartition(".")
        self.names[name] = f"{stem}.{sha256(data).hexdigest()[:DIGITS]}{dot}{ending}"
        self._contents[self.names[name]] = data

    def content(self, name: str) -> bytes:
        """Return a file by the name the templates use."""
        return self._contents[self.names[name]]

    def write(self, folder: Path) -> None:
        """Write what is new, then the manifest, and only then remove what no page asks for any more."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in self._contents.items():
            if not (folder / name).exists():
                (folder / name).write_bytes(data)
        (folder / MANIFEST).write_text(
            json.dumps(self.names, indent=1, sort_keys=True) + "\n", "utf-8"
        )
        for old in folder.iterdir():
            if old.name not in self._contents and old.name != MANIFEST:
                old.unlink()
