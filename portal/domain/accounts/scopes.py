"""Scopes: for which post, organisation or town somebody has a role."""

from dataclasses import dataclass
from enum import StrEnum, auto

from portal.domain.errors import RuleBroken
from portal.domain.permissions import Role
from portal.models.county import Organisation, StaffPosition, Town


class ScopeKind(StrEnum):
    """What a role can be limited to."""

    POSITION = auto()
    ORGANISATION = auto()
    TOWN = auto()


@dataclass(frozen=True, slots=True)
class Scope:
    """One post, organisation or town; without a kind: the whole county."""

    kind: ScopeKind | None = None
    id: int = 0


WHOLE_COUNTY = Scope()

KINDS_OF_ROLE: dict[Role, frozenset[ScopeKind]] = {
    Role.CASE_MANAGER: frozenset({ScopeKind.POSITION, ScopeKind.TOWN}),
    Role.COORDINATOR: frozenset({ScopeKind.POSITION}),
    Role.ASSISTANT: frozenset({ScopeKind.POSITION}),
    Role.KI_HEAD: frozenset({ScopeKind.ORGANISATION}),
    Role.COMPONENT3: frozenset({ScopeKind.POSITION, ScopeKind.ORGANISATION}),
    Role.STEERING_MEMBER: frozenset({ScopeKind.ORGANISATION}),
    Role.STEERING_CHAIR: frozenset({ScopeKind.ORGANISATION}),
    Role.PROJECT_MEMBER: frozenset({ScopeKind.ORGANISATION}),
    Role.REPORTER_INTERNAL: frozenset({ScopeKind.ORGANISATION, ScopeKind.TOWN}),
    Role.REPORTER_EXTERNAL: frozenset({ScopeKind.ORGANISATION, ScopeKind.TOWN}),
    Role.PROVIDER_EDITOR: frozenset({ScopeKind.ORGANISATION}),
    Role.DATA_PROTECTION_OFFICER: frozenset({ScopeKind.ORGANISATION}),
    Role.ADMIN: frozenset(),
}
ALWAYS_LIMITED = frozenset({Role.PROVIDER_EDITOR})
"""Roles that mean nothing without saying whose."""


def choices() -> dict[ScopeKind, list[tuple[int, str]]]:
    """Return what can be chosen as a scope: ids and names, by kind."""
    return {
        ScopeKind.POSITION: [
            (row.id, row.title) for row in StaffPosition.select().order_by(StaffPosition.key)
        ],
        ScopeKind.ORGANISATION: [
            (row.id, row.name) for row in Organisation.select().order_by(Organisation.name)
        ],
        ScopeKind.TOWN: [(row.id, row.name) for row in Town.select().order_by(Town.name)],
    }


def check_scope(role: Role, scope: Scope) -> None:
    """Raise RuleBroken if a role cannot have this scope."""
    if scope.kind is None:
        if role in ALWAYS_LIMITED:
            raise RuleBroken("Diese Rolle braucht eine Organisation.", field="scope")
        return
    if scope.kind not in KINDS_OF_ROLE[role]:
        raise RuleBroken("Dieser Bereich passt nicht zur Rolle.", field="scope")
    if scope.id not in {row_id for row_id, _name in choices()[scope.kind]}:
        raise RuleBroken("Diesen Bereich gibt es nicht.", field="scope")


def columns_of(scope: Scope) -> dict[str, int | None]:
    """Return a scope as columns of a role grant."""
    return {str(kind): scope.id if kind == scope.kind else None for kind in ScopeKind}
