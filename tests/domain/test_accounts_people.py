"""People with access: invited, given roles, closed – and the portal is never left without an administrator."""

from collections.abc import Callable

import pytest

from portal.domain.accounts import (
    invitations,
    passwords,
    people,
    second_factor,
    sessions,
    signing_in,
)
from portal.domain.accounts.letters import setup_letters
from portal.domain.accounts.scopes import WHOLE_COUNTY, Scope, ScopeKind, check_scope, choices
from portal.domain.actors import PUBLIC, SYSTEM, Actor
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.domain.permissions import Permission, Role, may
from portal.models.accounts import Account, Invitation, RoleGrant
from portal.models.county import Organisation, StaffPosition, Town
from portal.models.outbox import OutboxMail
from portal.models.privacy import AuditEntry
from tests.support.clock import TestClock
from tests.support.people import PASSWORD, make_account
from tests.support.queries import counted_queries

pytestmark = pytest.mark.usefixtures("database")
NEW_PASSWORD = "Sieben leise Lampen segeln"


def grant_of(account: Account, role: Role) -> RoleGrant:
    return RoleGrant.get((RoleGrant.account == account) & (RoleGrant.role == role))


# ------------------------------------------------------------------------------------------- invitations


def test_an_invitation_sets_a_password_once() -> None:
    account, token = people.invite(by=SYSTEM, mail=" Demo@Example.org ", name="Demo Person")
    assert account.mail == "demo@example.org"
    assert invitations.find(token) == account
    assert invitations.accept(token, password=PASSWORD) == account
    assert passwords.fits(PASSWORD, Account.get_by_id(account.id).password_hash)
    for again in (
        lambda: invitations.find(token),
        lambda: invitations.accept(token, password=NEW_PASSWORD),
    ):
        with pytest.raises(RuleBroken):
            again()
    assert passwords.fits(PASSWORD, Account.get_by_id(account.id).password_hash)


def test_an_invitation_is_over_after_a_day(clock: TestClock) -> None:
    _account, token = people.invite(by=SYSTEM, mail="demo@example.org", name="Demo Person")
    clock.move(hours=23, minutes=59)
    invitations.find(token)
    clock.move(minutes=1)
    with pytest.raises(RuleBroken):
        invitations.find(token)


def test_only_the_hash_of_a_link_is_stored() -> None:
    _account, token = people.invite(by=SYSTEM, mail="demo@example.org", name="Demo Person")
    assert len(token) >= 43  # 256 bits
    assert token != Invitation.get().token_hash
    with pytest.raises(RuleBroken):
        invitations.find(Invitation.get().token_hash)


def test_a_weak_password_does_not_use_the_link_up() -> None:
    _account, token = people.invite(by=SYSTEM, mail="demo@example.org", name="Demo Person")
    with pytest.raises(RuleBroken):
        invitations.accept(token, password="kurz")
    invitations.accept(token, password=PASSWORD)


def test_a_reset_ends_everything_but_the_second_factor() -> None:
    account = make_account(Role.ASSISTANT, password=PASSWORD)
    Account.update(totp_sealed=b"sealed").where(Account.id == account.id).execute()
    session = sessions.open_for_account(account, complete=True, second_factor=True)
    _account, first = people.reset(account.id, by=SYSTEM)
    _account, second = people.reset(account.id, by=SYSTEM)
    assert sessions.find(session) is None
    with pytest.raises(RuleBroken):
        signing_in.check_password(mail=account.mail, password=PASSWORD, network="x")
    with pytest.raises(RuleBroken):
        invitations.find(first)
    invitations.accept(second, password=NEW_PASSWORD)
    assert second_factor.is_enrolled(Account.get_by_id(account.id))


def test_nobody_resets_their_own_password() -> None:
    admin = make_account(Role.ADMIN, password=PASSWORD)
    with pytest.raises(RuleBroken):
        people.reset(admin.id, by=admin)


def test_a_closed_account_gets_no_link() -> None:
    account, token = people.invite(by=SYSTEM, mail="demo@example.org", name="Demo Person")
    people.deactivate(account.id, by=SYSTEM)
    with pytest.raises(RuleBroken):
        invitations.find(token)
    with pytest.raises(RuleBroken):
        people.reset(account.id, by=SYSTEM)


@pytest.mark.parametrize(
    "mail", ["", "demo", "demo@", "a b@example.org", "demo@example.org\nBcc: x@example.org"]
)
def test_a_mail_address_is_checked(mail: str) -> None:
    with pytest.raises(RuleBroken) as broken:
        people.invite(by=SYSTEM, mail=mail, name="Demo Person")
    assert broken.value.field == "mail"


def test_a_mail_address_has_one_account() -> None:
    people.invite(by=SYSTEM, mail="demo@example.org", name="Demo Person")
    with pytest.raises(RuleBroken) as broken:
        people.invite(by=SYSTEM, mail="DEMO@example.org", name="Demo Person")
    assert broken.value.field == "mail"


# ----------------------------------------------------------------------------------------------- who may


VERBS: dict[str, Callable[[Actor, Account], object]] = {
    "invite": lambda by, _other: people.invite(by=by, mail="neu@example.org", name="Demo Neu"),
    "grant": lambda by, other: people.grant_role(other.id, by=by, role=Role.KI_HEAD),
    "withdraw": lambda by, other: people.withdraw_role(grant_of(other, Role.ASSISTANT).id, by=by),
    "deactivate": lambda by, other: people.deactivate(other.id, by=by),
    "reactivate": lambda by, other: people.reactivate(other.id, by=by),
    "reset": lambda by, other: people.reset(other.id, by=by),
    "end sessions": lambda by, other: people.end_sessions(other.id, by=by),
    "second factor": lambda by, other: people.remove_second_factor(other.id, by=by),
}


@pytest.mark.parametrize("verb", VERBS)
def test_only_the_administration_manages_accounts(verb: str) -> None:
    other = make_account(Role.ASSISTANT)
    for role in set(Role) - {Role.ADMIN}:
        with pytest.raises(NotAllowed):
            VERBS[verb](make_account(role), other)
    with pytest.raises(NotAllowed):
        VERBS[verb](PUBLIC, other)
    entries = AuditEntry.select().count()
    VERBS[verb](make_account(Role.ADMIN), other)
    assert AuditEntry.select().count() == entries + 2  # the administrator was invited, and did this


@pytest.mark.parametrize("role", Role)
def test_who_may_look_at_accounts(role: Role) -> None:
    account = make_account(role)
    if role in {Role.ADMIN, Role.DATA_PROTECTION_OFFICER}:
        assert account in people.everybody(by=account)
        assert people.person(account.id, by=account) == account
        with pytest.raises(NotFound):
            people.person(10**6, by=account)
        return
    with pytest.raises(NotAllowed):
        people.everybody(by=account)
    with pytest.raises(NotAllowed):
        people.person(account.id, by=account)


def test_a_list_of_many_asks_no_more_often() -> None:
    def queries() -> int:
        with counted_queries() as counted:
            for person in people.everybody(by=SYSTEM):
                [(grant.position, grant.organisation, grant.town) for grant in person.grants]
        return len(counted)

    make_account(Role.CASE_MANAGER, position="CMS-I-a")
    few = queries()
    for _ in range(5):
        make_account([Role.REPORTER_INTERNAL, Role.KI_HEAD])
    assert queries() == few <= 3


# ------------------------------------------------------------------------------------------------- roles


def test_roles_work_at_once_and_are_gone_at_once() -> None:
    account = make_account()
    people.grant_role(account.id, by=SYSTEM, role=Role.CASE_MANAGER)
    assert may(account, Permission.INTAKE_WORK)
    people.withdraw_role(grant_of(account, Role.CASE_MANAGER).id, by=SYSTEM)
    assert not may(account, Permission.INTAKE_WORK)


def test_a_role_is_given_once_for_each_scope() -> None:
    account = make_account(Role.REPORTER_INTERNAL)
    towns = [Scope(ScopeKind.TOWN, town.id) for town in Town.select().limit(2)]
    for scope in towns:
        people.grant_role(account.id, by=SYSTEM, role=Role.REPORTER_INTERNAL, scope=scope)
    for scope in (WHOLE_COUNTY, *towns):
        with pytest.raises(RuleBroken):
            people.grant_role(account.id, by=SYSTEM, role=Role.REPORTER_INTERNAL, scope=scope)


@pytest.mark.parametrize(
    ("role", "scope", "fits"),
    [
        (Role.CASE_MANAGER, WHOLE_COUNTY, True),
        (Role.CASE_MANAGER, Scope(ScopeKind.POSITION, 1), True),
        (Role.CASE_MANAGER, Scope(ScopeKind.ORGANISATION, 1), False),
        (Role.CASE_MANAGER, Scope(ScopeKind.POSITION, 10**6), False),
        (Role.PROVIDER_EDITOR, WHOLE_COUNTY, False),
        (Role.PROVIDER_EDITOR, Scope(ScopeKind.ORGANISATION, 1), True),
        (Role.ADMIN, Scope(ScopeKind.TOWN, 1), False),
    ],
)
def test_scopes_fit_roles(role: Role, scope: Scope, *, fits: bool) -> None:
    if fits:
        check_scope(role, scope)
        return
    with pytest.raises(RuleBroken) as broken:
        check_scope(role, scope)
    assert broken.value.field == "scope"


def test_the_choices_are_the_countys() -> None:
    assert {kind: len(rows) for kind, rows in choices().items()} == {
        ScopeKind.POSITION: StaffPosition.select().count(),
        ScopeKind.ORGANISATION: Organisation.select().count(),
        ScopeKind.TOWN: Town.select().count(),
    }


def test_a_missing_grant_is_not_found() -> None:
    with pytest.raises(NotFound):
        people.withdraw_role(10**6, by=SYSTEM)


# -------------------------------------------------------------------------------- never without an administrator


def take_admin_away(admin: Account) -> None:
    people.withdraw_role(grant_of(admin, Role.ADMIN).id, by=admin)


def close(admin: Account) -> None:
    people.deactivate(admin.id, by=admin)


@pytest.mark.parametrize("step", [take_admin_away, close])
def test_the_last_administrator_stays(step: Callable[[Account], None]) -> None:
    admin = make_account(Role.ADMIN, password=PASSWORD)
    make_account(Role.ADMIN)  # invited, but never came
    closed = make_account(Role.ADMIN, password=PASSWORD)
    people.deactivate(closed.id, by=SYSTEM)
    invented = make_account(Role.ADMIN, password=PASSWORD)
    Account.update(demo=True).where(Account.id == invented.id).execute()
    with pytest.raises(RuleBroken):
        step(admin)
    assert may(Account.get_by_id(admin.id), Permission.ACCOUNTS_MANAGE)
    make_account(Role.ADMIN, password=PASSWORD)
    step(admin)
    assert not may(Account.get_by_id(admin.id), Permission.ACCOUNTS_MANAGE)


def test_a_closed_account_signs_in_no_more_until_it_is_opened() -> None:
    account = make_account(Role.ASSISTANT, password=PASSWORD)
    token = sessions.open_for_account(account, complete=True)
    people.deactivate(account.id, by=SYSTEM)
    assert sessions.find(token) is None
    with pytest.raises(RuleBroken):
        signing_in.check_password(mail=account.mail, password=PASSWORD, network="x")
    people.reactivate(account.id, by=SYSTEM)
    assert signing_in.check_password(mail=account.mail, password=PASSWORD, network="x") == account


def test_changing_a_password_needs_the_old_one_and_ends_other_sessions() -> None:
    account = make_account(Role.ASSISTANT, password=PASSWORD)
    here, there = (sessions.open_for_account(account, complete=True) for _ in range(2))
    own = sessions.find(here)
    with pytest.raises(RuleBroken) as broken:
        people.change_password(by=account, old="falsch", new=NEW_PASSWORD, keeping=own)
    assert broken.value.field == "old_password"
    people.change_password(by=account, old=PASSWORD, new=NEW_PASSWORD, keeping=own)
    assert sessions.find(here)
    assert sessions.find(there) is None
    assert (
        signing_in.check_password(mail=account.mail, password=NEW_PASSWORD, network="x") == account
    )


# --------------------------------------------------------------------------------------------- letters, log


def test_whoever_did_not_do_it_learns_of_it() -> None:
    setup_letters()
    account = make_account(Role.ASSISTANT, password=PASSWORD)
    token = people.reset(account.id, by=SYSTEM)[1]
    letters = list(OutboxMail.select().order_by(OutboxMail.id))
    assert [letter.account for letter in letters] == [account] * 3
    assert "zurückgesetzt" in letters[-1].body
    assert all(token not in letter.body and "http" not in letter.body for letter in letters)


def test_the_log_names_numbers_never_people() -> None:
    account = make_account(
        Role.ASSISTANT, name="Demo Rotkehlchen", mail="rot@example.org", password=PASSWORD
    )
    people.reset(account.id, by=SYSTEM)
    text = " ".join(f"{row.actor} {row.subject} {row.details}" for row in AuditEntry.select())
    assert f"account:{account.id}" in text
    assert "Rotkehlchen" not in text
    assert "rot@example.org" not in text
