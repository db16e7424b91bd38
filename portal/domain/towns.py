"""The county's towns, as every area needs them."""

from typing import Any

from portal.domain.errors import NotFound
from portal.models.county import County, StaffPosition, Town


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


def town_by_slug(slug: str) -> Town:
    """Return an active town; raise NotFound."""
    found = Town.get_or_none((Town.slug == slug) & Town.active.is_set())
    if found is None:
        raise NotFound
    return found
