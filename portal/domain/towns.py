"""The county's towns, as every area needs them."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from portal.domain.errors import NotFound
from portal.models.county import ClusterRegion, County, StaffPosition, Town


@dataclass(frozen=True, slots=True)
class TownGroup:
    """A cluster with its active towns, by name."""

    name: str
    towns: list[Town]


def county() -> County:
    """Return the county this portal serves; raise NotFound before `portal init`."""
    found = County.get_or_none()
    if found is None:
        raise NotFound
    return found


def county_setting(name: str) -> Any:
    """Return one of the county's own settings, such as days until a reminder."""
    return county().settings[name]


def active_towns() -> list[Town]:
    """Return the towns people can choose, by name."""
    return list(
        Town.select(Town, StaffPosition)
        .join(StaffPosition)
        .where(Town.active.is_set())
        .order_by(Town.name)
    )


def towns_by_cluster() -> list[TownGroup]:
    """Return the clusters in the county's order."""
    rows = (
        Town.select(Town, ClusterRegion)
        .join(ClusterRegion)
        .where(Town.active.is_set())
        .order_by(ClusterRegion.sort, ClusterRegion.key, Town.name)
    )
    return [
        TownGroup(cluster.name, list(towns))
        for cluster, towns in groupby(rows, lambda row: row.cluster)
    ]


def town_sites() -> list[str]:
    """Return the origins of the towns' own sites, such as "https://www.example.org"."""
    parts = [urlsplit(town.homepage_url) for town in active_towns()]
    return sorted({f"{part.scheme}://{part.netloc}" for part in parts if part.netloc})


def town_by_slug(slug: str) -> Town:
    """Return an active town; raise NotFound."""
    found = Town.get_or_none((Town.slug == slug) & Town.active.is_set())
    if found is None:
        raise NotFound
    return found
