"""Letters, cut to the scripts of our languages: a page loads only those it shows."""

import logging
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from fontTools import subset

LATIN = "U+20-7E,U+A0-FF,U+2009-200B,U+2010-2015,U+2018-201E,U+2022,U+2026,U+202F,U+2039-203A,U+20AC,U+2190-2193,U+2212"
LATIN_MORE = "U+100-17F,U+218-21B,U+1E9E,U+300-304,U+306-308,U+30A-30C,U+326-328"
CYRILLIC = "U+400-45F,U+490-491,U+4B0-4B1,U+2116"
ARABIC = "U+600-6FF,U+200C-200F,U+FD3E-FD3F"

FIRA = "@kern-ux/native/dist/fonts/fira-sans/FiraSans-{style}.woff2"
VAZIR = "@fontsource/vazirmatn/files/vazirmatn-arabic-{weight}-normal.woff2"
STYLES = {400: "Regular", 600: "SemiBold"}
COPYRIGHT, LICENCE, LICENCE_URL = 0, 13, 14


@dataclass(frozen=True, slots=True)
class Face:
    """One script of one family."""

    script: str
    family: str
    source: str
    unicodes: str

    def path(self, weight: int) -> str:
        """Return where the npm packages keep this weight."""
        return self.source.format(style=STYLES[weight], weight=weight)


FACES = (
    Face("latn", "Fira Sans", FIRA, LATIN),
    Face("latn-more", "Fira Sans", FIRA, LATIN_MORE),
    Face("cyrl", "Fira Sans", FIRA, CYRILLIC),
    Face("arab", "Vazirmatn", VAZIR, ARABIC),
)


def build(packages: Path) -> dict[str, bytes]:
    """Return the font files by name: `text-latn-400.woff2`."""
    logging.getLogger("fontTools").setLevel(
        logging.ERROR
    )  # it warns of Fira Sans' own table versions
    return {
        name_of(face, weight): _cut(packages / face.path(weight), face.unicodes)
        for face in FACES
        for weight in STYLES
    }


def name_of(face: Face, weight: int) -> str:
    """Return the name of a font file before it gets its hash."""
    return f"text-{face.script}-{weight}.woff2"


def css(names: dict[str, str]) -> str:
    """Return the @font-face rules; `unicode-range` makes a browser fetch only what it needs."""
    return "".join(
        f'@font-face{{font-family:"{face.family}";font-weight:{weight};font-display:swap;'
        f'src:url({names[name_of(face, weight)]})format("woff2");unicode-range:{face.unicodes}}}'
        for face in FACES
        for weight in STYLES
    )


def _cut(source: Path, unicodes: str) -> bytes:
    options = subset.Options()
    options.flavor = "woff2"
    options.name_IDs = [COPYRIGHT, LICENCE, LICENCE_URL]  # the licence travels with the letters
    options.hinting = False
    options.recalc_timestamp = False  # the same letters give the same file
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=subset.parse_unicodes(unicodes))
    target = BytesIO()
    with subset.load_font(source, options) as font:
        cutter.subset(font)
        subset.save_font(font, target, options)
    return target.getvalue()
