"""What somebody's roles cover: a role without a scope counts for the whole county, any other for its scope only."""

from collections import defaultdict
from collections.abc import Iterable

from portal.domain.permissions import GRANTS, Permission, Role, may
from portal.models.accounts import Account, RoleGrant
from portal.models.county import Organisation, StaffPosition, Town

BY_POST = frozenset({Role.CASE_MANAGER, Role.COORDINATOR, Role.ASSISTANT, Role.COMPONENT3})
"""Roles that live by posts: limited to some, they open no other."""


def covers(grant: RoleGrant, position: StaffPosition) -> bool:
    """Tell whether a role counts for a post: by name, as the post of its town, or as one of its organisation's."""
    if grant.position_id:
        return grant.position_id == position.id
    if grant.town:
        return grant.town.position_id == position.id
    if grant.organisation_id:
        return grant.organisation_id == position.organisation_id
    return True


def may_at(account: Account, permission: Permission, position: StaffPosition) -> bool:
    """Tell whether an account may do this for a post: by a role that allows it and covers the post."""
    return may(account, permission) and any(
        permission in GRANTS[Role(grant.role)] and covers(grant, position)
        for grant in account.grants
    )


def may_hold(account: Account, position: StaffPosition) -> bool:
    """Tell whether an account's roles let it hold a post on which nobody's request depends."""
    by_post = [grant for grant in account.grants if grant.role in BY_POST]
    return not by_post or any(covers(grant, position) for grant in by_post)


def with_grants(accounts: Iterable[Account]) -> list[Account]:
    """Return accounts that know their grants and their scopes' names, asked for once for all of them."""
    people = list(accounts)
    rows = (
        RoleGrant.select(RoleGrant, StaffPosition, Organisation, Town)
        .left_outer_join(StaffPosition)
        .switch(RoleGrant)
        .left_outer_join(Organisation, on=(RoleGrant.organisation == Organisation.id))
        .switch(RoleGrant)
        .left_outer_join(Town, on=(RoleGrant.town == Town.id))
        .where(RoleGrant.account.in_({person.id for person in people}))
        .order_by(RoleGrant.id)
    )
    grants: dict[int, list[RoleGrant]] = defaultdict(list)
    for grant in rows:
        grants[grant.account_id].append(grant)
    for person in people:
        person.grants = grants[person.id]
    return people
