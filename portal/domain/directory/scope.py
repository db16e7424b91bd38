"""For which services, places and contacts somebody's roles count.

The coordination office and its assistants keep the whole directory, case managers what is for the towns of their post,
providers what is their own organisation's.
"""

from collections.abc import Collection
from dataclasses import dataclass

from portal import clock
from portal.domain.actors import Actor
from portal.domain.grants import covers, with_grants
from portal.domain.permissions import GRANTS, Permission, Role, may
from portal.models.accounts import Account, Holding, RoleGrant
from portal.models.county import Organisation, StaffPosition, Town
from portal.models.directory import Place

WHOLE_COUNTY = frozenset({Role.COORDINATOR, Role.ASSISTANT})
"""Roles that keep the whole directory, whatever post they are bound to."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What somebody may edit: everything, or what belongs to some towns or organisations (by id)."""

    everything: bool = False
    towns: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()
    slugs: frozenset[str] = frozenset()
    """The same towns by slug."""

    def holds_service(self, organisation: int, towns: Collection[int]) -> bool:
        """Tell whether a service belongs to it; a county-wide one has no towns."""
        return self.everything or organisation in self.organisations or bool(self.towns & {*towns})

    def holds_place(self, place: Place) -> bool:
        """Tell whether a place belongs to it."""
        return (
            self.everything
            or place.organisation_id in self.organisations
            or place.town_id in self.towns
        )

    def holds_organisation(self, organisation: Organisation) -> bool:
        """Tell whether an organisation belongs to it: one's own, or one that works in one's town only."""
        if self.everything or organisation.id in self.organisations:
            return True
        return bool(organisation.town_keys) and self.slugs.issuperset(organisation.town_keys)


EVERYTHING = Scope(everything=True)
NOTHING = Scope()


def scope_of(by: Actor, permission: Permission = Permission.DIRECTORY_EDIT) -> Scope:
    """Return for what somebody's roles give a permission; the portal's own commands may do everything."""
    if not isinstance(by, Account):
        return EVERYTHING
    if not may(by, permission):
        return NOTHING
    grants = [one for one in with_grants([by])[0].grants if permission in GRANTS[Role(one.role)]]
    if any(grant.role in WHOLE_COUNTY for grant in grants):
        return EVERYTHING
    towns = [town for grant in grants for town in _towns(by, grant)]
    return Scope(
        towns=frozenset(town.id for town in towns),
        organisations=frozenset(
            one.organisation_id
            for one in grants
            if one.organisation_id and one.role == Role.PROVIDER_EDITOR
        ),
        slugs=frozenset(town.slug for town in towns),
    )


def _towns(account: Account, grant: RoleGrant) -> list[Town]:
    """Return the towns of a case manager's role: those of its post, and of the posts they hold or stand in for."""
    if grant.role != Role.CASE_MANAGER:
        return []
    if grant.town:
        return [grant.town]
    today = clock.today()
    held = (
        Holding.select(Holding, StaffPosition)
        .join(StaffPosition)
        .where(
            Holding.account == account,
            Holding.valid_from <= today,
            Holding.valid_to.is_null() | (Holding.valid_to >= today),
        )
    )
    positions = {one.position_id for one in held if covers(grant, one.position)}
    if grant.position_id:
        positions.add(grant.position_id)
    return list(Town.select().where(Town.position.in_(sorted(positions))))
