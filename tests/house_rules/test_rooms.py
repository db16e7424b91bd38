"""Same word, same place, every room; nothing of a county in code."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from portal.config import ROOT

TOP = {
    "blueprints", "docs", "portal", "search_index", "static", "templates", "tests",
    "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "package-lock.json", "package.json", "pyproject.toml",
}  # fmt: skip
SHARED_TEMPLATES = {"_layout", "_macros", "errors"}
COUNTIES = ROOT / "portal" / "counties"
CODE = ("blueprints", "portal", "search_index", "static", "templates")
NOT_CODE = (COUNTIES, ROOT / "static" / "dist")


def ours() -> list[Path]:
    """Return the files that git keeps or would keep."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [file for name in listed.stdout.split("\0") if name and (file := ROOT / name).is_file()]


def areas() -> set[str]:
    return {package.parent.name for package in (ROOT / "blueprints").glob("*/__init__.py")}


def test_the_top_level_holds_only_rooms():
    top = {file.relative_to(ROOT).parts[0] for file in ours()}
    stray = {name for name in top - TOP if not name.startswith(".")}
    assert not stray, f"{stray} – put it into one of the rooms (architecture: top level)"


def test_every_area_with_pages_has_templates_of_the_same_name():
    folders = {folder.name for folder in (ROOT / "templates").iterdir() if folder.is_dir()}
    assert areas() == folders - SHARED_TEMPLATES


def test_every_area_has_tests_of_the_same_name():
    tests = [file.relative_to(ROOT / "tests") for file in (ROOT / "tests").rglob("test_*.py")]
    for area in areas():
        found = [
            test for test in tests if area in test.parts or test.stem.startswith(f"test_{area}")
        ]
        assert found, f"nothing below tests/ is named after the area {area!r}"


def county_words() -> set[str]:
    """Return the words that name a county, its towns and its offices."""
    words = set()
    for pack in COUNTIES.iterdir():
        if not pack.is_dir():
            continue
        words.add(pack.name)
        words |= set(
            re.findall(
                r"[\wäöüß]{4,}", tomllib.loads((pack / "county.toml").read_text("utf-8"))["name"]
            )
        )
        lines = (pack / "towns.csv").read_text("utf-8").splitlines()
        separator = ";" if ";" in lines[0] else ","
        columns = lines[0].split(separator)
        for line in lines[1:]:
            row = dict(zip(columns, line.split(separator), strict=False))
            words |= {row["slug"], row["name"]}
    return {word.casefold() for word in words} - {"kreis", "stadt"}


@pytest.mark.parametrize("room", CODE)
def test_nothing_of_a_county_in_code(room):
    words = "|".join(re.escape(word) for word in sorted(county_words()))
    pattern = re.compile(rf"(?<!\w)({words})(?!\w)", re.IGNORECASE)
    found = []
    for file in ours():
        if ROOT / room not in file.parents or any(folder in file.parents for folder in NOT_CODE):
            continue
        for number, line in enumerate(file.read_text("utf-8", "ignore").splitlines(), 1):
            if match := pattern.search(line):
                found.append(f"{file.relative_to(ROOT)}:{number}: {match[0]}")
    assert not found, "a county's facts belong into its pack:\n" + "\n".join(found)


def test_county_words_are_found():
    """The test above would pass without words to look for."""
    assert len(county_words()) > 10


def test_nothing_of_others_is_committed():
    fonts_and_bundles = {".woff", ".woff2", ".ttf", ".otf", ".eot", ".map"}
    found = [
        str(f.relative_to(ROOT))
        for f in ours()
        if f.suffix in fonts_and_bundles or ".min." in f.name
    ]
    assert not found, f"{found} – fetch it by package.json and build it into static/dist"


def test_the_lock_file_names_no_registry():
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text("utf-8")
