"""Signing in: mail and password, then the second factor. A wrong guess learns nothing, not even who exists."""

from collections.abc import Mapping
from typing import Any

from portal.domain import tries
from portal.domain.accounts import passwords, second_factor, sessions
from portal.domain.accounts.needs import needs_second_factor
from portal.domain.actors import PUBLIC
from portal.domain.changes import recorded_visit, upkeep
from portal.domain.errors import NotFound, RuleBroken
from portal.domain.text import clean
from portal.domain.tries import Limit
from portal.models.accounts import Account, Session

PER_ACCOUNT = Limit(count=5, seconds=60, doubling=True)
PER_NETWORK = Limit(count=60, seconds=60)  # a whole office may share one address
REFUSED = "E-Mail-Adresse oder Passwort stimmt nicht."


def mail_key(mail: str) -> str:
    """Return the form in which a mail address is stored and compared."""
    return clean(mail).casefold()


def check_password(*, mail: str, password: str, network: str, demo: bool = False) -> Account:
    """Return whose mail and password these are; `network` is where the request comes from."""
    key = mail_key(mail)
    tries.count("sign-in-network", network, limit=PER_NETWORK)
    tries.count("sign-in-account", key, limit=PER_ACCOUNT)
    account: Account | None = Account.get_or_none(
        (Account.mail == key) & Account.active.is_set() & ((Account.demo == False) | demo)  # noqa: E712 - SQL
    )
    if not passwords.fits(password, account.password_hash if account else "") or account is None:
        recorded_visit(by=PUBLIC, action="accounts:sign_in:refuse", subject=account or "")
        raise RuleBroken(REFUSED)
    tries.forget("sign-in-account", key)
    _renew_hash(account, password)
    return account


def begin(account: Account, *, device: str = "", data: Mapping[str, Any] | None = None) -> str:
    """Open a session after the password; it is complete only if no second factor is owed."""
    if owes_second_factor(account):
        return sessions.open_for_account(account, complete=False, device=device, data=data)
    return _open(account, second_factor=False, device=device, data=data)


def finish(account: Account, *, device: str = "", data: Mapping[str, Any] | None = None) -> str:
    """Open a complete session with a new token, after the second factor was proved."""
    return _open(account, second_factor=True, device=device, data=data)


def as_demo(account_id: int, *, device: str = "", data: Mapping[str, Any] | None = None) -> str:
    """Sign an invented person in with one click; the page for it exists in demo mode only."""
    account = Account.get_or_none(
        (Account.id == account_id) & Account.demo.is_set() & Account.active.is_set()
    )
    if account is None:
        raise NotFound
    return _open(account, second_factor=True, device=device, data=data)


def demo_accounts() -> list[Account]:
    """Return the invented people who can be tried out."""
    return list(
        Account.select().where(Account.demo.is_set() & Account.active.is_set()).order_by(Account.id)
    )


def owes_second_factor(account: Account) -> bool:
    """Tell whether a password alone does not sign this account in."""
    return needs_second_factor(account) or second_factor.is_enrolled(account)


def confirm(session: Session, *, password: str, code: str = "") -> None:
    """Prove again who one is, before changing how one signs in."""
    account = sessions.owner(session)
    check_own_password(account, password, field="password")
    if second_factor.is_enrolled(account):
        second_factor.check(account, code)
    sessions.prove(session)


def check_own_password(account: Account, password: str, *, field: str) -> None:
    """Raise RuleBroken unless this is the password of the person who is signed in."""
    tries.count("sign-in-account", account.mail, limit=PER_ACCOUNT)
    if not passwords.fits(password, account.password_hash):
        raise RuleBroken("Das Passwort stimmt nicht.", field=field)
    tries.forget("sign-in-account", account.mail)


def _open(account: Account, **options: Any) -> str:
    with upkeep():
        recorded_visit(by=account, action="accounts:session:open", subject=account)
        return sessions.open_for_account(account, complete=True, **options)


def _renew_hash(account: Account, password: str) -> None:
    if passwords.outdated(account.password_hash):
        fresh = passwords.hash_of(password)
        with upkeep():
            Account.update(password_hash=fresh).where(Account.id == account.id).execute()
