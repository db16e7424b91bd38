"""The Wegweiser's files in a county pack: `rules.toml` and one file of texts per language."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from portal.domain.errors import RuleBroken

FOLDER = "wayfinder"
RULES_FILE = "rules.toml"
TEXTS_GLOB = "texts.*.toml"


def read_pack(folder: Path) -> dict[str, Any]:
    """Return rules and texts of the pack in a folder as plain data; raise RuleBroken if it cannot be read."""
    home = folder / FOLDER
    content = _toml(home / RULES_FILE)
    files = sorted(home.glob(TEXTS_GLOB))
    content["texts"] = {file.name.split(".")[1]: _toml(file) for file in files}
    return content


def _toml(file: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = _plain(tomllib.loads(file.read_text("utf-8")))
    except OSError as error:
        raise RuleBroken(
            f"{FOLDER}/{file.name} ist nicht lesbar ({error.strerror}).", field=file.name
        ) from error
    except ValueError as error:
        raise RuleBroken(
            f"{FOLDER}/{file.name}: kein gültiges TOML ({error}).", field=file.name
        ) from error
    return content


def _plain(value: Any) -> Any:
    """Return a value as JSON could hold it: days become text."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
