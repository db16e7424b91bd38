"""Colours in the words that old phones know: hex and rgba instead of oklch() and color-mix().

The matrices are those of the OKLab definition (Björn Ottosson, 2020), as CSS Color 4 uses them.
"""

import re
from dataclasses import dataclass, replace
from math import cos, radians, sin

# Where sRGB's curve begins: for light as it is, and for the values of a screen.
LINEAR_START, CURVED_START = 0.0031308, 0.04045

OKLCH = re.compile(
    r"oklch\((?P<l>[\d.]+)(?P<percent>%?) (?P<c>[\d.]+) (?P<h>[\d.]+)(?: / (?P<alpha>[\d.]+))?\)"
)
MIX = re.compile(
    r"color-mix\(in oklch, (?P<colour>oklch\([^()]*\)), (?P<other>transparent|white|black) "
    r"(?P<rest>calc\(100% - )?(?P<share>[\d.]+)%\)?\)"
)


@dataclass(frozen=True, slots=True)
class Colour:
    """Lightness 0 to 1, the two axes of OKLab, opacity 0 to 1."""

    lightness: float
    a: float
    b: float
    alpha: float = 1.0

    def mixed(self, other: str, share: float) -> "Colour":
        """Return the colour with a share of white, black or nothing; the hue stays."""
        if other == "transparent":
            return replace(self, alpha=self.alpha * (1 - share))
        white = 1.0 if other == "white" else 0.0
        return Colour(
            self.lightness * (1 - share) + white * share,
            self.a * (1 - share),
            self.b * (1 - share),
            self.alpha,
        )

    def css(self) -> str:
        """Return the colour as hex, or as rgba() if something shines through."""
        red, green, blue = self.rgb()
        if self.alpha < 1:
            return f"rgba({red},{green},{blue},{round(self.alpha, 3):g})"
        return f"#{red:02x}{green:02x}{blue:02x}"

    def rgb(self) -> tuple[int, int, int]:
        """Return red, green and blue, 0 to 255; what a screen cannot show is cut off."""
        long = (self.lightness + 0.3963377774 * self.a + 0.2158037573 * self.b) ** 3
        medium = (self.lightness - 0.1055613458 * self.a - 0.0638541728 * self.b) ** 3
        short = (self.lightness - 0.0894841775 * self.a - 1.2914855480 * self.b) ** 3
        return (
            _channel(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
            _channel(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
            _channel(-0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short),
        )


def plain(value: str) -> str:
    """Return a value with every oklch() and color-mix() worked out."""
    value = MIX.sub(_mixed, value)
    value = OKLCH.sub(lambda found: parse(found.group()).css(), value)
    if "oklch" in value or "color-mix" in value:
        raise ValueError(f"cannot work out this colour: {value}")
    return value


def parse(oklch: str) -> Colour:
    """Read `oklch(42.84% 0.1689 265.02 / 0.5)`."""
    found = OKLCH.fullmatch(oklch)
    if found is None:
        raise ValueError(f"no oklch colour: {oklch}")
    lightness = float(found["l"]) / (100 if found["percent"] else 1)
    chroma, hue = float(found["c"]), radians(float(found["h"]))
    return Colour(lightness, chroma * cos(hue), chroma * sin(hue), float(found["alpha"] or 1))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two hex colours, 1 to 21, as WCAG 2 counts it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _mixed(found: re.Match[str]) -> str:
    share = float(found["share"]) / 100
    return parse(found["colour"]).mixed(found["other"], 1 - share if found["rest"] else share).css()


def _channel(linear: float) -> int:
    linear = min(max(linear, 0.0), 1.0)
    curved = 12.92 * linear if linear <= LINEAR_START else 1.055 * linear ** (1 / 2.4) - 0.055
    return round(255 * curved)


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= CURVED_START else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
