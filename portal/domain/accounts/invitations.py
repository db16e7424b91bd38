"""One-time links: the only way to a first password, and to a new one after it was forgotten.

Nobody but the person ever sets or sees a password. The link carries a random token; only its hash is stored.
"""

from datetime import timedelta

from portal import clock
from portal.domain.accounts import passwords, sessions
from portal.domain.accounts.letters import SignInChanged, What
from portal.domain.accounts.tokens import new_token, token_hash
from portal.domain.changes import change
from portal.domain.errors import RuleBroken
from portal.models.accounts import Account, Invitation

VALID = timedelta(hours=24)
OVER = "Dieser Link gilt nicht mehr. Bitten Sie die technische Administration um einen neuen."


def issue(account: Account) -> str:
    """Make an account's only valid link, inside a change that is under way; return its token."""
    drop_open(account)
    token = new_token()
    Invitation.create(account=account, token_hash=token_hash(token), expires_at=clock.now() + VALID)
    return token


def drop_open(account: Account) -> None:
    """Make an account's unused links worthless, inside a change that is under way."""
    Invitation.delete().where(Invitation.account == account, Invitation.used_at.is_null()).execute()


def find(token: str) -> Account:
    """Return whom a link is for; raise RuleBroken if it was used, replaced or is too old."""
    return _usable(token).account


def accept(token: str, *, password: str) -> Account:
    """Set the password that a link allows to set; the link is used up."""
    account = find(token)
    passwords.check_new(password, account=account)
    password_hash = passwords.hash_of(password)
    with change(by=account, action="accounts:account:set_password", subject=account) as entry:
        entry.announce(SignInChanged(account.id, What.PASSWORD))
        used = Invitation.update(used_at=clock.now()).where(
            Invitation.token_hash == token_hash(token), Invitation.used_at.is_null()
        )
        if not used.execute():  # somebody was quicker with the same link
            raise RuleBroken(OVER)
        account.password_hash = password_hash
        account.save(only=[Account.password_hash])
        sessions.drop_all(account)
    return account


def _usable(token: str) -> Invitation:
    invitation: Invitation | None = (
        Invitation.select(Invitation, Account)
        .join(Account)
        .where(
            Invitation.token_hash == token_hash(token),
            Invitation.used_at.is_null(),
            Invitation.expires_at > clock.now(),
            Account.active.is_set(),
        )
        .first()
    )
    if invitation is None:
        raise RuleBroken(OVER)
    return invitation
