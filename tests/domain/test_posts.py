"""Posts: who holds them and who stands in; the fallback post is never left alone."""

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock as portal_clock
from portal.domain import posts
from portal.domain.accounts import people
from portal.domain.accounts.scopes import Scope, ScopeKind
from portal.domain.actors import SYSTEM
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.domain.permissions import Role
from portal.models.accounts import Account, Holding, RoleGrant
from portal.models.county import StaffPosition, Town
from portal.models.privacy import AuditEntry
from tests.support.clock import TestClock
from tests.support.people import make_account
from tests.support.queries import counted_queries

pytestmark = pytest.mark.usefixtures("database")
CMS = "CMS-I-a"
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


@pytest.fixture
def fallback() -> str:
    return str(StaffPosition.get(StaffPosition.is_fallback.is_set()).key)


def appoint(
    key: str, account: Account, first: date = TODAY, last: date | None = None, **more: bool
) -> Holding:
    return posts.appoint(
        key, by=SYSTEM, account_id=account.id, valid_from=first, valid_to=last, **more
    )


def names(holdings: tuple[Holding, ...]) -> list[Account]:
    return [holding.account for holding in holdings]


def test_holders_and_substitutes_of_a_day(clock: TestClock) -> None:
    now, later, standing_in = (make_account(Role.CASE_MANAGER) for _ in range(3))
    appoint(CMS, now, last=TODAY + 3 * DAY)
    appoint(CMS, later, first=TODAY + 4 * DAY)
    appoint(CMS, standing_in, substitute=True)
    post = posts.post(CMS)
    assert [names(post.holders_on(TODAY + n * DAY)) for n in (0, 3, 4)] == [[now], [now], [later]]
    assert names(post.substitutes_on(TODAY)) == [standing_in]
    assert post.holders_on(TODAY - DAY) == ()
    clock.move(days=5)
    assert names(posts.post(CMS).holders) == [later]


def test_all_posts_in_a_few_questions() -> None:
    appoint(CMS, make_account(Role.CASE_MANAGER))
    with counted_queries() as queries:
        shown = posts.all_posts()
        [(one.position.organisation.name, [h.account.name for h in one.holders]) for one in shown]
    assert len(shown) == StaffPosition.select().count()
    assert len(queries) == 2


def test_a_closed_account_holds_nothing() -> None:
    account = make_account(Role.CASE_MANAGER)
    appoint(CMS, account)
    people.deactivate(account.id, by=SYSTEM)
    assert posts.post(CMS).holders == ()
    assert posts.holders_and_substitutes() == []


def test_only_who_may_work_on_requests_is_appointed() -> None:
    assert posts.eligible(posts.post(CMS).position, by=SYSTEM) == []
    for role in set(Role) - {Role.CASE_MANAGER, Role.COORDINATOR}:
        with pytest.raises(RuleBroken) as broken:
            appoint(CMS, make_account(role))
        assert broken.value.field == "account"
    able = make_account([Role.CASE_MANAGER, Role.ASSISTANT])
    blind = make_account([Role.CASE_MANAGER, Role.STEERING_MEMBER])
    assert posts.eligible(posts.post(CMS).position, by=SYSTEM) == [able]
    with pytest.raises(RuleBroken):
        appoint(CMS, blind)


def limited(role: Role, kind: ScopeKind, row_id: int) -> Account:
    account = make_account()
    people.grant_role(account.id, by=SYSTEM, role=role, scope=Scope(kind, row_id))
    return account


def test_a_limited_role_opens_its_own_post_only() -> None:
    own, other = posts.post(CMS).position, posts.post("CMS-II-a").position
    town = Town.get(Town.position == own)
    able = [
        make_account(Role.CASE_MANAGER),
        limited(Role.CASE_MANAGER, ScopeKind.POSITION, own.id),
        limited(Role.CASE_MANAGER, ScopeKind.TOWN, town.id),
    ]
    strangers = [
        limited(Role.CASE_MANAGER, ScopeKind.POSITION, other.id),
        limited(Role.CASE_MANAGER, ScopeKind.TOWN, Town.get(Town.position == other).id),
        limited(Role.COORDINATOR, ScopeKind.POSITION, other.id),
    ]
    assert set(posts.eligible(own, by=SYSTEM)) == set(able)
    for account in able:
        appoint(CMS, account)
    for account in strangers:
        for substitute in (False, True):
            with pytest.raises(RuleBroken) as broken:
                appoint(CMS, account, substitute=substitute)
            assert broken.value.field == "account"


def test_a_limited_role_opens_no_other_post_without_requests() -> None:
    own, other = StaffPosition.select().where(StaffPosition.baustein == "III").limit(2)
    account = limited(Role.COMPONENT3, ScopeKind.POSITION, own.id)
    appoint(own.key, account)
    with pytest.raises(RuleBroken):
        appoint(other.key, account)
    of_body = limited(Role.COMPONENT3, ScopeKind.ORGANISATION, own.organisation.id)
    assert own.organisation != other.organisation
    assert of_body in posts.eligible(own, by=SYSTEM)
    assert of_body not in posts.eligible(other, by=SYSTEM)


def test_nobody_appoints_themselves() -> None:
    coordinator = make_account(Role.COORDINATOR)
    make_account(Role.COORDINATOR, position="KS")
    for key in (CMS, "KS"):
        assert coordinator not in posts.eligible(posts.post(key).position, by=coordinator)
        for substitute in (False, True):
            with pytest.raises(RuleBroken, match="eine zweite Person") as broken:
                posts.appoint(
                    key,
                    by=coordinator,
                    account_id=coordinator.id,
                    substitute=substitute,
                    valid_from=TODAY,
                )
            assert broken.value.field == "account"


def test_the_first_coordinator_begins_alone(fallback: str) -> None:
    """Nobody else could: the portal is new, and no post is held."""
    first = make_account(Role.COORDINATOR)
    posts.appoint(fallback, by=first, account_id=first.id, valid_from=TODAY)
    assert names(posts.post(fallback).holders) == [first]


def test_posts_without_requests_are_held_by_anybody() -> None:
    position = StaffPosition.get(StaffPosition.kind == "ABH")
    account = make_account(Role.COMPONENT3)
    appoint(position.key, account)
    assert names(posts.post(position.key).holders) == [account]


@pytest.mark.parametrize(
    ("first", "last", "refused"),
    [
        (TODAY, None, True),
        (TODAY + 9 * DAY, None, True),
        (TODAY + 10 * DAY, None, True),
        (TODAY + 11 * DAY, None, False),
        (TODAY - 9 * DAY, TODAY - DAY, False),
        (TODAY - 9 * DAY, TODAY, True),
        (TODAY + 2 * DAY, TODAY + 3 * DAY, True),
    ],
)
def test_nobody_has_a_post_twice_at_a_time(
    first: date, last: date | None, *, refused: bool
) -> None:
    account = make_account(Role.CASE_MANAGER)
    appoint(CMS, account, last=TODAY + 10 * DAY)
    if not refused:
        appoint(CMS, account, first, last)
        return
    for substitute in (False, True):
        with pytest.raises(RuleBroken):
            appoint(CMS, account, first, last, substitute=substitute)


@pytest.mark.parametrize(
    ("first", "last"),
    [(TODAY, TODAY - DAY), (date(1, 1, 1), None), (date.max, None), (TODAY, date.max)],
)
def test_days_must_make_sense(first: date, last: date | None) -> None:
    with pytest.raises(RuleBroken) as broken:
        appoint(CMS, make_account(Role.CASE_MANAGER), first, last)
    assert broken.value.field == "valid_to"


def test_ending_and_taking_back() -> None:
    account = make_account(Role.CASE_MANAGER)
    holding = appoint(CMS, account)
    with pytest.raises(RuleBroken) as broken:
        posts.end_holding(holding.id, by=SYSTEM, last_day=TODAY - DAY)
    assert broken.value.field == "last_day"
    with pytest.raises(RuleBroken):
        posts.cancel_holding(holding.id, by=SYSTEM)
    posts.end_holding(holding.id, by=SYSTEM, last_day=TODAY)
    future = appoint(CMS, account, first=TODAY + DAY)
    posts.cancel_holding(future.id, by=SYSTEM)
    assert [row.valid_to for row in Holding.select()] == [TODAY]


def test_what_is_not_there_is_not_found() -> None:
    account = make_account(Role.CASE_MANAGER)
    closed = make_account(Role.CASE_MANAGER)
    people.deactivate(closed.id, by=SYSTEM)
    missing: list[Callable[[], object]] = [
        lambda: posts.post("nirgends\x00"),
        lambda: appoint("nirgends", account),
        lambda: appoint(CMS, Account(id=10**6)),
        lambda: appoint(CMS, closed),
        lambda: posts.end_holding(10**6, by=SYSTEM, last_day=TODAY),
        lambda: posts.cancel_holding(10**6, by=SYSTEM),
        lambda: posts.remove_absence(10**6, by=SYSTEM),
    ]
    for verb in missing:
        with pytest.raises(NotFound):
            verb()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.COORDINATOR}))
def test_only_the_coordination_appoints(role: Role) -> None:
    by, account = make_account(role), make_account(Role.CASE_MANAGER)
    holding = appoint(CMS, account)
    verbs: list[Callable[[], object]] = [
        lambda: posts.appoint(CMS, by=by, account_id=account.id, valid_from=TODAY),
        lambda: posts.end_holding(holding.id, by=by, last_day=TODAY),
        lambda: posts.cancel_holding(holding.id, by=by),
        lambda: posts.all_absences(by=by),
        lambda: posts.record_absence(account.id, by=by, first_day=TODAY, last_day=TODAY),
    ]
    for verb in verbs:
        with pytest.raises(NotAllowed):
            verb()


# -------------------------------------------------------------------------------------- the fallback post


def end(holding: Holding) -> None:
    posts.end_holding(holding.id, by=SYSTEM, last_day=TODAY + 30 * DAY)


def close(holding: Holding) -> None:
    people.deactivate(holding.account_id, by=SYSTEM)


def take_role_away(holding: Holding) -> None:
    grant = RoleGrant.get(RoleGrant.account == holding.account_id)
    people.withdraw_role(grant.id, by=SYSTEM)


def blind(holding: Holding) -> None:
    people.grant_role(holding.account_id, by=SYSTEM, role=Role.STEERING_MEMBER)


@pytest.mark.parametrize("step", [end, close, take_role_away, blind])
def test_the_fallback_post_keeps_a_holder(step: Callable[[Holding], None], fallback: str) -> None:
    only = appoint(fallback, make_account(Role.COORDINATOR))
    appoint(fallback, make_account(Role.COORDINATOR), substitute=True)
    with pytest.raises(RuleBroken):
        step(only)
    assert [h.id for h in posts.post(fallback).holders_on(TODAY + 31 * DAY)] == [only.id]
    appoint(fallback, make_account(Role.COORDINATOR))
    step(only)


def test_the_fallback_post_may_be_handed_over_without_a_gap(fallback: str) -> None:
    first, second = (make_account(Role.COORDINATOR) for _ in range(2))
    holding = appoint(fallback, first)
    next_one = appoint(fallback, second, first=TODAY + 10 * DAY)
    with pytest.raises(RuleBroken):
        posts.end_holding(holding.id, by=SYSTEM, last_day=TODAY + 8 * DAY)
    posts.end_holding(holding.id, by=SYSTEM, last_day=TODAY + 9 * DAY)
    with pytest.raises(RuleBroken):
        posts.cancel_holding(next_one.id, by=SYSTEM)


def test_the_fallback_posts_first_holder_has_no_end(fallback: str) -> None:
    with pytest.raises(RuleBroken) as broken:
        appoint(fallback, make_account(Role.COORDINATOR), last=TODAY + 30 * DAY)
    assert broken.value.field == "valid_to"
    assert not Holding.select().exists()


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["appoint", "end", "close", "cancel"]),
            st.integers(0, 3),
            st.integers(0, 40),
        ),
        max_size=12,
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_no_sequence_of_steps_leaves_the_fallback_post_alone(
    fallback: str, steps: list[tuple[str, int, int]]
) -> None:
    Holding.delete().execute()
    crew = [make_account(Role.COORDINATOR) for _ in range(4)]
    holdings = [appoint(fallback, crew[0])]
    for what, index, days in steps:
        day = TODAY + days * DAY
        try:
            if what == "appoint":
                last = None if days % 2 else day + 5 * DAY
                holdings.append(appoint(fallback, crew[index], day, last))
            elif what == "end":
                posts.end_holding(holdings[index % len(holdings)].id, by=SYSTEM, last_day=day)
            elif what == "close":
                people.deactivate(crew[index].id, by=SYSTEM)
            else:
                posts.cancel_holding(holdings[index % len(holdings)].id, by=SYSTEM)
        except (RuleBroken, NotFound):
            continue
        held = posts.post(fallback)
        assert all(held.holders_on(portal_clock.today() + n * DAY) for n in range(60))


# ------------------------------------------------------------------------------------------------ absences


def test_own_absences_and_those_of_others() -> None:
    account, coordinator = make_account(Role.CASE_MANAGER), make_account(Role.COORDINATOR)
    own = posts.record_absence(account.id, by=account, first_day=TODAY, last_day=TODAY + DAY)
    other = posts.record_absence(
        account.id, by=coordinator, first_day=TODAY + 2 * DAY, last_day=TODAY + 3 * DAY
    )
    assert posts.absences_of(account) == posts.all_absences(by=coordinator) == [own, other]
    posts.remove_absence(own.id, by=coordinator)
    posts.remove_absence(other.id, by=account)
    assert posts.absences_of(account) == []


def test_the_log_says_who_was_away_and_when() -> None:
    account, coordinator = make_account(Role.CASE_MANAGER), make_account(Role.COORDINATOR)
    absence = posts.record_absence(
        account.id, by=coordinator, first_day=TODAY, last_day=TODAY + DAY
    )
    posts.remove_absence(absence.id, by=account)
    recorded, removed = (
        json.loads(entry.details)
        for entry in AuditEntry.select()
        .where(AuditEntry.action.startswith("accounts:absence"))
        .order_by(AuditEntry.id)
    )
    assert recorded == {
        "account": account.id,
        "first_day": "2026-11-23",
        "last_day": "2026-11-24",
    }
    assert removed == {
        "account": account.id,
        "first_day": ["2026-11-23", None],
        "last_day": ["2026-11-24", None],
    }


def test_past_absences_are_not_shown(clock: TestClock) -> None:
    account = make_account(Role.CASE_MANAGER)
    posts.record_absence(account.id, by=account, first_day=TODAY, last_day=TODAY)
    clock.move(days=1)
    assert posts.absences_of(account) == posts.all_absences(by=SYSTEM) == []


def test_somebody_elses_absence_looks_like_none() -> None:
    account, other = make_account(Role.CASE_MANAGER), make_account(Role.CASE_MANAGER)
    absence = posts.record_absence(account.id, by=account, first_day=TODAY, last_day=TODAY)
    with pytest.raises(NotFound):
        posts.remove_absence(absence.id, by=other)


def test_absences_do_not_overlap_or_end_before_they_begin() -> None:
    account = make_account(Role.CASE_MANAGER)
    posts.record_absence(account.id, by=account, first_day=TODAY, last_day=TODAY + 5 * DAY)
    for first, last in ((TODAY, TODAY), (TODAY - DAY, TODAY), (TODAY + 5 * DAY, TODAY + 9 * DAY)):
        with pytest.raises(RuleBroken) as broken:
            posts.record_absence(account.id, by=account, first_day=first, last_day=last)
        assert broken.value.field == "first_day"
    with pytest.raises(RuleBroken) as broken:
        posts.record_absence(
            account.id, by=account, first_day=TODAY + 9 * DAY, last_day=TODAY + 8 * DAY
        )
    assert broken.value.field == "last_day"
