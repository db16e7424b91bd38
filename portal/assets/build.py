"""Put everything together: which sources become which built files."""

from collections.abc import Iterable
from pathlib import Path

from portal.assets import fonts, kern
from portal.assets.bundle import Bundle
from portal.assets.stylesheet import read, write

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ROOT / "node_modules"
STATIC = ROOT / "static"
DIST = STATIC / "dist"
COPIED = {
    "htmx.js": PACKAGES / "htmx.org" / "dist" / "htmx.min.js",
    "portal.js": STATIC / "js" / "portal.js",
    "mark.svg": STATIC / "img" / "mark.svg",
}


def bundle() -> Bundle:
    """Return every built file."""
    built = Bundle()
    for name, data in fonts.build(PACKAGES).items():
        built.add(name, data)
    for name, source in COPIED.items():
        built.add(name, source.read_bytes())
    own = write(read((STATIC / "css" / "portal.css").read_text("utf-8")))
    built.add("kern.css", _kern(own))
    built.add("portal.css", fonts.css(built.names) + own)
    return built


def _kern(own: str) -> str:
    source = PACKAGES / "@kern-ux" / "native" / "dist" / "kern.css"
    classes = kern.names_in(_texts())
    return kern.build(source.read_text("utf-8"), classes=classes, also=kern.properties_in(own))


def _texts() -> Iterable[str]:
    places = ((ROOT / "templates", "*.html"), (STATIC / "css", "*.css"), (STATIC / "js", "*.js"))
    return (
        path.read_text("utf-8") for folder, kind in places for path in sorted(folder.rglob(kind))
    )
