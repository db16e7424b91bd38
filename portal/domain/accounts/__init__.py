"""People with access: how they are invited, sign in, and what they may do."""

from portal.models.accounts import Absence, Account, Holding, RoleGrant, Session

__all__ = ["Absence", "Account", "Holding", "RoleGrant", "Session"]
