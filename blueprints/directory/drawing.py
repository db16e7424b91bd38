"""The map of towns: not where they lie, but which belong together. Every cluster is a band, every town a circle.

Only towns, clusters and counts go in, so that any county has a map. Lengths are those of the drawing; the page shows
it as large as fits.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import sqrt

from portal.domain.towns import TownGroup

WIDTH = 360
MARGIN = 4
IN_A_ROW = 3
ROW = 108
HEAD = 32
"""What the name of a cluster takes."""
GAP = 12
SMALLEST, LARGEST = 17, 34
"""Radius of a circle: large enough for two digits and a finger, small enough for a row."""
NAME_BELOW = 22


@dataclass(frozen=True, slots=True)
class Spot:
    """A town as a circle whose size shows how much there is."""

    slug: str
    name: str
    count: int
    x: int
    y: int
    radius: int
    name_y: int


@dataclass(frozen=True, slots=True)
class Band:
    """A cluster with its towns."""

    name: str
    y: int
    height: int
    spots: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole map."""

    height: int
    bands: tuple[Band, ...]
    width: int = WIDTH
    margin: int = MARGIN
    head: int = HEAD


def draw(groups: Iterable[TownGroup], counts: Mapping[str, int]) -> Drawing:
    """Lay the clusters out from top to bottom."""
    most = max(counts.values(), default=0)
    bands, y = [], MARGIN
    for group in groups:
        height = HEAD + ROW * -(-len(group.towns) // IN_A_ROW)
        bands.append(Band(group.name, y, height, tuple(_spots(group, y + HEAD, counts, most))))
        y += height + GAP
    return Drawing(height=y - GAP + MARGIN, bands=tuple(bands))


def _spots(group: TownGroup, top: int, counts: Mapping[str, int], most: int) -> Iterator[Spot]:
    for start in range(0, len(group.towns), IN_A_ROW):
        row = group.towns[start : start + IN_A_ROW]
        y = top + ROW * (start // IN_A_ROW) + LARGEST + MARGIN
        for place, town in enumerate(row):
            count = counts.get(town.slug, 0)
            x = round(WIDTH * (place + 0.5) / len(row))
            name_y = y + LARGEST + NAME_BELOW
            yield Spot(town.slug, town.name, count, x, y, _radius(count, most), name_y)


def _radius(count: int, most: int) -> int:
    """Return the radius whose area shows the share."""
    return round(SMALLEST + (LARGEST - SMALLEST) * sqrt(count / most)) if most else SMALLEST
