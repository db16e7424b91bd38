"""The Wegweiser's files of a county pack: ``wayfinder/rules.toml`` and ``wayfinder/texts.<locale>.toml``."""

from __future__ import annotations

from typing import Any

from portal.domain.county_pack.reader import Reader, Toml
from portal.domain.errors import RuleBroken
from portal.domain.wayfinder.pack import FOLDER, RULES_FILE, TEXTS_GLOB, read_pack
from portal.domain.wayfinder.reading import read_rules
from portal.domain.wayfinder.texts import check_texts

Files = dict[str, Toml]


def read_wayfinder(reader: Reader) -> dict[str, Any] | None:
    """Return rules and texts as plain data; a pack may do without them.

    The Wegweiser's own checks name the first mistake; whether the files can be read is said of all of them.
    """
    home = reader.folder / FOLDER
    if not any(home.glob("*.toml")):
        return None
    names = [RULES_FILE, *sorted(file.name for file in home.glob(TEXTS_GLOB))]
    files = {name: toml for name in names if (toml := reader.toml(f"{FOLDER}/{name}"))}
    if len(files) < len(names):
        return None
    try:
        content = read_pack(reader.folder)
        check_texts(content, read_rules(content))
    except RuleBroken as error:
        file, line = _place(files, error.field or "")
        reader.report.problem(f"{FOLDER}/{file}", line, str(error.message))
        return None
    return content


def _place(files: Files, field: str) -> tuple[str, int | None]:
    """Return file and line of an entry such as ``rule[3].if.age_from`` or ``texts.de.codes.MBE``."""
    if field in files:
        return field, None
    section, _dot, rest = field.partition(".")
    locale, _dot, path = rest.partition(".")
    file = TEXTS_GLOB.replace("*", locale) if section == "texts" else RULES_FILE
    if file not in files:
        return file, None
    return file, files[file].line(path if section == "texts" else field)
