import json
import re

import pytest

from portal.assets.build import ROOT
from portal.assets.bundle import MANIFEST, Bundle
from portal.i18n import LOCALES

ASKED = re.compile(r"""asset\(["']([^"']+)["']\)""")


@pytest.fixture
def bundle():
    made = Bundle()
    made.add("a.css", "a{}")
    made.add("b.woff2", b"\x00\xff")
    return made


def test_the_name_changes_with_the_content_only(bundle):
    again, other = Bundle(), Bundle()
    again.add("a.css", "a{}")
    other.add("a.css", "b{}")
    assert again.names["a.css"] == bundle.names["a.css"] != other.names["a.css"]
    assert re.fullmatch(r"a\.[0-9a-f]{10}\.css", bundle.names["a.css"])


def test_the_manifest_leads_to_every_file(bundle, tmp_path):
    bundle.write(tmp_path)
    manifest = json.loads((tmp_path / MANIFEST).read_text("utf-8"))
    assert {name: (tmp_path / hashed).read_bytes() for name, hashed in manifest.items()} == {
        "a.css": b"a{}",
        "b.woff2": b"\x00\xff",
    }


def test_a_second_build_writes_nothing_anew_and_removes_what_is_old(bundle, tmp_path):
    bundle.write(tmp_path)
    (tmp_path / "a.0123456789.css").write_text("old")
    before = {
        path.name: path.stat().st_mtime_ns
        for path in tmp_path.glob("[ab].*")
        if "0123" not in path.name
    }
    bundle.write(tmp_path)
    after = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("[ab].*")}
    assert after == before


def test_every_file_that_a_template_asks_for_is_built(built):
    texts = [path.read_text("utf-8") for path in (ROOT / "templates").rglob("*.html")]
    asked = {name for text in texts for name in ASKED.findall(text)}
    asked |= {f"text-{locale.script.lower()}-400.woff2" for locale in LOCALES.values()}
    assert asked >= {"kern.css", "portal.css", "portal.js", "htmx.js"}
    assert asked - built.names.keys() == set()


def test_the_lock_file_pins_by_hash_and_names_no_registry():
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    for entry in packages.values():
        assert entry["integrity"].startswith("sha512-")
        assert "resolved" not in entry
