"""What staff read for roles, scopes and steps. Staff pages are German."""

from portal.domain.accounts import RoleGrant
from portal.domain.accounts.scopes import ScopeKind
from portal.domain.permissions import Role

ROLES = {
    Role.CASE_MANAGER: "Case-Manager*in",
    Role.COORDINATOR: "Koordinierungsstelle",
    Role.ASSISTANT: "Verwaltungsassistenz",
    Role.KI_HEAD: "Leitung Integrationszentrum",
    Role.COMPONENT3: "Baustein III (Ausländer- oder Einbürgerungsbehörde)",
    Role.STEERING_MEMBER: "Lenkungsgruppe, Mitglied",
    Role.STEERING_CHAIR: "Lenkungsgruppe, Vorsitz",
    Role.PROJECT_MEMBER: "Projektgruppe, Mitglied",
    Role.REPORTER_INTERNAL: "Meldende Stelle in der Verwaltung",
    Role.REPORTER_EXTERNAL: "Meldende Stelle außerhalb der Verwaltung",
    Role.PROVIDER_EDITOR: "Redaktion eines Trägers",
    Role.DATA_PROTECTION_OFFICER: "Datenschutzbeauftragte*r",
    Role.ADMIN: "Technische Administration",
}
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
