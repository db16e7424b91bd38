"""People with access: invited by the technical administration, never by themselves.

No change may leave the portal without somebody who can administer it, or the fallback post without a holder.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from portal import clock
from portal.domain import posts
from portal.domain.accounts import invitations, passwords, second_factor, second_person, sessions
from portal.domain.accounts.letters import SignInChanged, What
from portal.domain.accounts.scopes import (
    WHOLE_COUNTY,
    Scope,
    check_scope,
    columns_of,
)
from portal.domain.accounts.signing_in import check_own_password, mail_key
from portal.domain.actors import Actor
from portal.domain.changes import change
from portal.domain.errors import NotFound, RuleBroken
from portal.domain.grants import with_grants
from portal.domain.permissions import Permission, Role, require
from portal.domain.text import clean
from portal.models.accounts import Account, RoleGrant, Session


@dataclass(frozen=True, slots=True)
class WantedRole:
    """A role somebody is to get, and for what."""

    role: Role
    scope: Scope = WHOLE_COUNTY


def everybody(*, by: Actor) -> list[Account]:
    """Return all accounts with their roles, by name."""
    require(by, Permission.ACCOUNTS_READ)
    return with_grants(Account.select().order_by(Account.name, Account.id))


def person(account_id: int, *, by: Actor) -> Account:
    """Return one account with its roles; raise NotFound."""
    require(by, Permission.ACCOUNTS_READ)
    return _found(account_id)


def invite(
    *, by: Actor, mail: str, name: str, roles: Sequence[WantedRole] = ()
) -> tuple[Account, str]:
    """Make an account; return it with the token of its one-time link, which exists nowhere else."""
    require(by, Permission.ACCOUNTS_MANAGE)
    address = _checked_mail(mail)
    for wanted in roles:
        check_scope(wanted.role, wanted.scope)
    with change(by=by, action="accounts:account:invite") as entry:
        if Account.select().where(Account.mail == address).exists():
            raise RuleBroken("Mit dieser E-Mail-Adresse gibt es schon ein Konto.", field="mail")
        account = Account.create(mail=address, name=clean(name), created_at=clock.now())
        for wanted in roles:
            RoleGrant.create(account=account, role=wanted.role, **columns_of(wanted.scope))
        entry.about(account)
        entry.changed(roles=[wanted.role for wanted in roles])
        entry.announce(SignInChanged(account.id, What.INVITED))
        token = invitations.issue(account)
    return account, token


def grant_role(account_id: int, *, by: Actor, role: Role, scope: Scope = WHOLE_COUNTY) -> RoleGrant:
    """Give somebody a role; it works with their next click."""
    require(by, Permission.ACCOUNTS_MANAGE)
    check_scope(role, scope)
    account = _found(account_id)
    columns = columns_of(scope)
    with change(by=by, action="accounts:role:grant", subject=account) as entry:
        _refuse_second(account, role, columns)
        with (
            posts.keeping_fallback_held()
        ):  # some roles take person data away, whatever else one is
            granted: RoleGrant = RoleGrant.create(account=account, role=role, **columns)
        entry.changed(
            role=(None, role), **{key: (None, value) for key, value in columns.items() if value}
        )
    return granted


def withdraw_role(grant_id: int, *, by: Actor) -> None:
    """Take a role away; it is gone with that person's next click."""
    require(by, Permission.ACCOUNTS_MANAGE)
    grant = RoleGrant.get_or_none(RoleGrant.id == grant_id)
    if grant is None:
        raise NotFound
    with change(by=by, action="accounts:role:withdraw", subject=grant.account) as entry:
        _hold_administrators()
        with posts.keeping_fallback_held():
            grant.delete_instance()
        entry.changed(role=(grant.role, None))
        if grant.role == Role.ADMIN:
            _refuse_nobody_left(demo=grant.account.demo)


def deactivate(account_id: int, *, by: Actor) -> None:
    """Close an account: nothing is deleted, but nobody signs in with it."""
    require(by, Permission.ACCOUNTS_MANAGE)
    account = _found(account_id)
    with change(by=by, action="accounts:account:deactivate", subject=account) as entry:
        _hold_administrators()
        with posts.keeping_fallback_held():
            _set_active(account, active=False)
        entry.changed(active=(True, False), ended=sessions.drop_all(account))
        invitations.drop_open(account)
        if any(grant.role == Role.ADMIN for grant in account.grants):
            _refuse_nobody_left(demo=account.demo)


def reactivate(account_id: int, *, by: Actor) -> None:
    """Open a closed account again, with the roles it had."""
    require(by, Permission.ACCOUNTS_MANAGE)
    account = _found(account_id)
    with change(by=by, action="accounts:account:reactivate", subject=account) as entry:
        _set_active(account, active=True)
        entry.changed(active=(False, True))


def reset(account_id: int, *, by: Actor) -> tuple[Account, str]:
    """Take a password away and end the sessions; return the token of a link to a new one.

    The second factor stays: whoever gets hold of the link still lacks it.
    """
    require(by, Permission.ACCOUNTS_MANAGE)
    account = _found(account_id)
    if account == by:
        raise RuleBroken("Ihr eigenes Passwort ändern Sie unter „Mein Konto“.")
    if not account.active:
        raise RuleBroken("Dieses Konto ist gesperrt.")
    with change(by=by, action=second_person.RESET, subject=account) as entry:
        Account.locked(Account.id == account.id)  # of two halves at once, the second sees the first
        second_person.check_reset(_found(account.id), by=by)
        entry.announce(SignInChanged(account.id, What.RESET))
        account.password_hash = ""
        account.save(only=[Account.password_hash])
        sessions.drop_all(account)
        return account, invitations.issue(account)


def remove_second_factor(account_id: int, *, by: Actor) -> None:
    """Take somebody's lost second factor away; their sessions end, and the next sign-in enrols a new one."""
    require(by, Permission.ACCOUNTS_MANAGE)
    account = _found(account_id)
    with change(by=by, action=second_person.REMOVED, subject=account) as entry:
        Account.locked(Account.id == account.id)
        second_person.check_removal(account, by=by)
        entry.announce(SignInChanged(account.id, What.SECOND_FACTOR_REMOVED))
        second_factor.drop(account)
        sessions.drop_all(account)


def end_sessions(account_id: int, *, by: Actor) -> None:
    """Sign somebody out everywhere."""
    require(by, Permission.ACCOUNTS_MANAGE)
    sessions.end_all(_found(account_id), by=by)


def change_password(*, by: Account, old: str, new: str, keeping: Session) -> None:
    """Replace one's own password; all other sessions end."""
    check_own_password(by, old, field="old_password")
    passwords.check_new(new, account=by)
    password_hash = passwords.hash_of(new)
    with change(by=by, action="accounts:account:change_password", subject=by) as entry:
        entry.announce(SignInChanged(by.id, What.PASSWORD))
        by.password_hash = password_hash
        by.save(only=[Account.password_hash])
        sessions.drop_all(by, keeping=keeping)


def _found(account_id: int) -> Account:
    found = with_grants(Account.select().where(Account.id == account_id))
    if not found:
        raise NotFound
    return found[0]


def _checked_mail(mail: str) -> str:
    try:
        return mail_key(validate_email(mail.strip(), check_deliverability=False).normalized)
    except EmailNotValidError as error:
        raise RuleBroken("Das ist keine E-Mail-Adresse.", field="mail") from error


def _set_active(account: Account, *, active: bool) -> None:
    account.active = active
    account.save(only=[Account.active])


def _refuse_second(account: Account, role: Role, columns: dict[str, int | None]) -> None:
    same = RoleGrant.select().where(RoleGrant.account == account, RoleGrant.role == role)
    if any(
        all(getattr(grant, f"{key}_id") == value for key, value in columns.items())
        for grant in same
    ):
        raise RuleBroken("Diese Rolle hat die Person schon.", field="role")


def _hold_administrators() -> None:
    """Hold the administrators' rows in one order, so that two of them cannot shut each other out at once."""
    admins = RoleGrant.select(RoleGrant.account).where(RoleGrant.role == Role.ADMIN)
    for account_id in sorted({grant.account_id for grant in admins}):
        Account.locked(Account.id == account_id)


def _refuse_nobody_left(*, demo: bool) -> None:
    """Refuse a change after which nobody could administer; invented people do not count for real ones."""
    admins = (
        Account.select()
        .join(RoleGrant)
        .where(RoleGrant.role == Role.ADMIN, Account.active.is_set())
    )
    if not any(admin.demo if demo else admin.password_hash and not admin.demo for admin in admins):
        raise RuleBroken("Das Portal braucht mindestens eine Person, die es administriert.")
