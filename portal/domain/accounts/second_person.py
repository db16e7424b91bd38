"""Taking both a password and a second factor away needs two people: one alone could sign in as anybody.

Roles do not matter here, because the same hand could take and give them in between. The log knows who did the other
half; time does not heal it, only the person does: by a new second factor, or by signing in with the old one.
"""

from peewee import ModelSelect

from portal.domain.actors import Actor, actor_key
from portal.domain.changes import subject_key
from portal.domain.errors import RuleBroken
from portal.models.accounts import Account
from portal.models.privacy import AuditEntry

RESET = "accounts:account:reset"
REMOVED = "accounts:second_factor:remove"
SIGNED_IN = "accounts:session:open"


def check_reset(account: Account, *, by: Actor) -> None:
    """Raise RuleBroken if this person took the second factor away and there is no new one."""
    if account.totp_sealed is None and _did_last(REMOVED, account, by):
        raise RuleBroken(
            "Das muss eine zweite Person tun: Sie haben hier den zweiten Faktor entfernt, und es gibt noch "
            "keinen neuen."
        )


def check_removal(account: Account, *, by: Actor) -> None:
    """Raise RuleBroken if this person reset the password and nobody has signed in with both since."""
    reset = _did_last(RESET, account, by)
    if reset and not _entries(SIGNED_IN, account).where(AuditEntry.id > reset.id).exists():
        raise RuleBroken(
            "Das muss eine zweite Person tun: Sie haben hier das Passwort zurückgesetzt, und seitdem hat sich noch "
            "niemand angemeldet."
        )


def _did_last(action: str, account: Account, by: Actor) -> AuditEntry | None:
    """Return the last such step on an account if it was this person's; the portal's own commands are nobody's."""
    last: AuditEntry | None = _entries(action, account).order_by(AuditEntry.id.desc()).first()
    mine = isinstance(by, Account) and last is not None and last.actor == actor_key(by)
    return last if mine else None


def _entries(action: str, account: Account) -> "ModelSelect[AuditEntry]":
    return AuditEntry.select().where(
        AuditEntry.action == action, AuditEntry.subject == subject_key(account)
    )
