"""What staff read for roles, scopes and steps. Staff pages are German."""

from portal.domain.accounts import RoleGrant
from portal.domain.accounts.scopes import ScopeKind
from portal.domain.permissions import Role
from portal.web.words import ROLES

SCOPE_KINDS = {
    ScopeKind.POSITION: "Stelle",
    ScopeKind.ORGANISATION: "Organisation",
    ScopeKind.TOWN: "Stadt",
}


def role_in_words(grant: RoleGrant) -> str:
    """Return a role with what it is limited to."""
    return " – ".join(part for part in (ROLES[Role(grant.role)], scope_in_words(grant)) if part)


def scope_in_words(grant: RoleGrant) -> str:
    """Return what a role is limited to; nothing for the whole county."""
    if grant.position:
        return str(grant.position.title)
    if grant.organisation:
        return str(grant.organisation.name)
    return str(grant.town.name) if grant.town else ""
