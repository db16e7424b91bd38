"""Who may do what: one table on one screen (`domain.md` 4.15).

A permission says what a role may do at all; for which post, body or town (its scope) `portal.domain.grants` says.
Whoever has a role of `NEVER_WITH_PERSON_DATA` loses person data whatever else they are; tests hold these hard
rules.
"""

from enum import StrEnum, auto

from portal.domain.actors import SYSTEM, Actor
from portal.domain.errors import NotAllowed
from portal.models.accounts import Account


class Role(StrEnum):
    """What somebody is to KIM."""

    CASE_MANAGER = auto()
    COORDINATOR = auto()
    ASSISTANT = auto()
    KI_HEAD = auto()
    COMPONENT3 = auto()
    STEERING_MEMBER = auto()
    STEERING_CHAIR = auto()
    PROJECT_MEMBER = auto()
    REPORTER_INTERNAL = auto()
    REPORTER_EXTERNAL = auto()
    PROVIDER_EDITOR = auto()
    DATA_PROTECTION_OFFICER = auto()
    ADMIN = auto()


class Permission(StrEnum):
    """What can be done."""

    INTAKE_WORK = auto()
    """Read and handle the requests that are one's own to handle, by post or as substitute."""
    INTAKE_FIGURES = auto()
    """See numbers, states and ages of requests, never who asked."""
    POSITIONS_MANAGE = auto()
    """Say who holds a post and who stands in."""
    ACCOUNTS_READ = auto()
    ACCOUNTS_MANAGE = auto()
    """Invite people, grant roles, end sessions."""
    AUDIT_READ = auto()
    DIRECTORY_READ = auto()
    """See services that are not published, and what is left to check."""
    DIRECTORY_EDIT = auto()
    """Write services, places and contacts, within one's scope."""
    DIRECTORY_PUBLISH = auto()
    """Publish, suspend and end services, decide on suggestions, import."""
    DEMARCATION_EDIT = auto()
    """Write demarcations, programmes and knowledge cards."""
    SURVEY_EDIT = auto()
    """Survey the advice structures of a town."""
    RULES_READ = auto()
    RULES_PROPOSE = auto()
    RULES_RELEASE = auto()
    """Release rules and demarcations that somebody else proposed."""


READERS = frozenset({Permission.DIRECTORY_READ, Permission.RULES_READ})
"""What everybody in the network may look at."""

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.CASE_MANAGER: READERS
    | {
        Permission.INTAKE_WORK,
        Permission.DIRECTORY_EDIT,
        Permission.SURVEY_EDIT,
        Permission.RULES_PROPOSE,
    },
    Role.COORDINATOR: READERS
    | {
        Permission.INTAKE_WORK,
        Permission.INTAKE_FIGURES,
        Permission.POSITIONS_MANAGE,
        Permission.DIRECTORY_EDIT,
        Permission.DIRECTORY_PUBLISH,
        Permission.DEMARCATION_EDIT,
        Permission.SURVEY_EDIT,
        Permission.RULES_PROPOSE,
        Permission.RULES_RELEASE,
    },
    Role.ASSISTANT: READERS | {Permission.DIRECTORY_EDIT, Permission.DEMARCATION_EDIT},
    Role.KI_HEAD: READERS | {Permission.INTAKE_FIGURES},
    Role.COMPONENT3: READERS,
    Role.STEERING_MEMBER: READERS,
    Role.STEERING_CHAIR: READERS,
    Role.PROJECT_MEMBER: READERS,
    Role.REPORTER_INTERNAL: READERS,
    Role.REPORTER_EXTERNAL: READERS,
    Role.PROVIDER_EDITOR: READERS | {Permission.DIRECTORY_EDIT, Permission.RULES_PROPOSE},
    Role.DATA_PROTECTION_OFFICER: READERS | {Permission.ACCOUNTS_READ, Permission.AUDIT_READ},
    Role.ADMIN: frozenset({Permission.ACCOUNTS_READ, Permission.ACCOUNTS_MANAGE}),
}

NEVER_WITH_PERSON_DATA = frozenset(
    {
        Role.COMPONENT3,
        Role.STEERING_MEMBER,
        Role.STEERING_CHAIR,
        Role.PROJECT_MEMBER,
        Role.ADMIN,
    }
)
"""Hard rule 1 of `domain.md` 4.15: whoever has one of these roles never sees who asked, whatever else they are."""

PERSON_DATA = frozenset({Permission.INTAKE_WORK})


def roles_of(account: Account) -> frozenset[Role]:
    """Return the roles an account has today."""
    if not account.active:
        return frozenset()
    return frozenset(Role(grant.role) for grant in account.grants)


def permissions_of(roles: frozenset[Role]) -> frozenset[Permission]:
    """Return what a set of roles may do together."""
    granted = frozenset[Permission]().union(*(GRANTS[role] for role in roles))
    return granted - PERSON_DATA if roles & NEVER_WITH_PERSON_DATA else granted


def may(account: Account, permission: Permission) -> bool:
    """Tell whether an account may do this at all."""
    return permission in permissions_of(roles_of(account))


def require(actor: Actor, permission: Permission) -> None:
    """Raise NotAllowed unless somebody may do this; the portal's own commands may."""
    if actor is SYSTEM:
        return
    if not isinstance(actor, Account) or not may(actor, permission):
        raise NotAllowed


def sees_person_data(account: Account) -> bool:
    """Tell whether an account needs a second factor because it may see who asked."""
    return bool(PERSON_DATA & permissions_of(roles_of(account)))
