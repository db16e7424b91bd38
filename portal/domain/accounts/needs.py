"""Who owes a second factor."""

from portal.domain.permissions import Role, roles_of, sees_person_data
from portal.models.accounts import Account

POWERFUL = frozenset({Role.ADMIN, Role.DATA_PROTECTION_OFFICER})


def needs_second_factor(account: Account) -> bool:
    """Tell whether a password alone is too little: for person data, for accounts and for the audit log."""
    return sees_person_data(account) or bool(roles_of(account) & POWERFUL)
