"""The hard rules of the permission matrix: no combination of roles gets around them."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.accounts.needs import POWERFUL, needs_second_factor
from portal.domain.accounts.scopes import KINDS_OF_ROLE, ScopeKind
from portal.domain.actors import PUBLIC, REQUESTER, SYSTEM
from portal.domain.errors import NotAllowed
from portal.domain.grants import BY_POST
from portal.domain.permissions import (
    GRANTS,
    NEVER_WITH_PERSON_DATA,
    PERSON_DATA,
    Permission,
    Role,
    permissions_of,
    require,
)
from portal.models.accounts import Account, RoleGrant

BLIND = [
    Role.COMPONENT3,
    Role.STEERING_MEMBER,
    Role.STEERING_CHAIR,
    Role.PROJECT_MEMBER,
    Role.ADMIN,
]


def account_with(*roles: Role, active: bool = True) -> Account:
    account = Account(active=active)
    account.grants = [RoleGrant(role=role) for role in roles]
    return account


def test_the_matrix_speaks_about_every_role() -> None:
    assert set(GRANTS) == set(Role) == set(KINDS_OF_ROLE)
    assert set(BLIND) == NEVER_WITH_PERSON_DATA
    assert {role for role in Role if ScopeKind.POSITION in KINDS_OF_ROLE[role]} == BY_POST


@pytest.mark.parametrize("role", BLIND)
def test_they_never_see_person_data_of_intake(role: Role) -> None:
    assert not permissions_of(frozenset({role})) & PERSON_DATA


@pytest.mark.parametrize("role", BLIND)
@given(others=st.sets(st.sampled_from(Role)))
def test_no_other_role_opens_their_eyes(role: Role, others: set[Role]) -> None:
    assert Permission.INTAKE_WORK not in permissions_of(frozenset({role, *others}))


@pytest.mark.parametrize("role", Role)
def test_who_works_on_requests(role: Role) -> None:
    expected = role in {Role.CASE_MANAGER, Role.COORDINATOR}
    assert (Permission.INTAKE_WORK in permissions_of(frozenset({role}))) is expected


@pytest.mark.parametrize("roles", list(combinations(Role, 2)))
def test_whoever_sees_person_data_needs_a_second_factor(roles: tuple[Role, Role]) -> None:
    account = account_with(*roles)
    sees = bool(permissions_of(frozenset(roles)) & PERSON_DATA)
    assert needs_second_factor(account) is (sees or bool(POWERFUL & set(roles)))


def test_a_closed_account_may_nothing() -> None:
    with pytest.raises(NotAllowed):
        require(account_with(Role.ADMIN, active=False), Permission.ACCOUNTS_MANAGE)


def test_the_nameless_may_nothing_but_the_portal_itself() -> None:
    require(SYSTEM, Permission.ACCOUNTS_MANAGE)
    for actor in (PUBLIC, REQUESTER):
        with pytest.raises(NotAllowed):
            require(actor, Permission.ACCOUNTS_MANAGE)
