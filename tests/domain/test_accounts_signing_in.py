"""Signing in: a wrong guess learns nothing, waits, and holds up nobody else."""

from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock as portal_clock
from portal import db
from portal.domain.accounts import passwords, people, second_factor, sessions, signing_in
from portal.domain.actors import SYSTEM
from portal.domain.errors import NotFound, RuleBroken, TooManyTries
from portal.domain.permissions import Role
from portal.models.accounts import Account, RecoveryCode
from portal.models.privacy import AuditEntry
from tests.support.clock import TestClock
from tests.support.people import PASSWORD, make_account

pytestmark = pytest.mark.usefixtures("database")
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CASE_MANAGER = Role.CASE_MANAGER


def password_of(
    account: Account, password: str = PASSWORD, network: str = "192.0.2.0/24"
) -> Account:
    return signing_in.check_password(mail=account.mail, password=password, network=network)


def app_code(steps: int = 0) -> str:
    return pyotp.TOTP(SECRET).at(int(portal_clock.now().timestamp()) + 30 * steps)


def enrolled(role: Role = CASE_MANAGER) -> tuple[Account, list[str]]:
    account = make_account(role, password=PASSWORD)
    codes = second_factor.enrol(by=account, secret=SECRET, code=app_code(-1))
    return account, codes


# ---------------------------------------------------------------------------------------------- password


def test_the_right_password_in_any_spelling_of_the_mail() -> None:
    account = make_account(password=PASSWORD)
    found = signing_in.check_password(
        mail=f" {account.mail.upper()} ", password=PASSWORD, network="x"
    )
    assert found == account


def test_all_refusals_are_the_same() -> None:
    known, invited = make_account(password=PASSWORD), make_account()
    closed, invented = make_account(password=PASSWORD), make_account(password=PASSWORD)
    people.deactivate(closed.id, by=SYSTEM)
    Account.update(demo=True).where(Account.id == invented.id).execute()
    tries = [(known.mail, "falsch"), (invited.mail, ""), (closed.mail, PASSWORD)]
    tries += [
        (invented.mail, PASSWORD),
        ("niemand@example.org", PASSWORD),
        ("\ud800\x00", "\ud800"),
    ]
    answers = set()
    for mail, password in tries:
        with pytest.raises(RuleBroken) as broken:
            signing_in.check_password(mail=mail, password=password, network="x")
        answers.add((broken.value.message, broken.value.field))
    assert len(answers) == 1


def test_a_refusal_takes_as_long_for_unknown_people(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes the time is the slow hash: whoever it is, exactly one is computed."""
    account, invited = make_account(password=PASSWORD), make_account()
    computed: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str, password: str) -> bool:  # noqa: A002 - the library's name
            computed.append(hash)
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "_hasher", Counting(time_cost=1, memory_cost=8, parallelism=1))
    for mail in (account.mail, invited.mail, "niemand@example.org"):
        with pytest.raises(RuleBroken):
            signing_in.check_password(mail=mail, password="falsch", network="x")
    assert len(computed) == 3
    assert len({stored.rsplit("$", 2)[0] for stored in computed}) == 1, "the costs are the same"


def test_invented_people_may_where_the_portal_is_a_demo() -> None:
    account = make_account(password=PASSWORD)
    Account.update(demo=True).where(Account.id == account.id).execute()
    assert signing_in.check_password(mail=account.mail, password=PASSWORD, network="x", demo=True)


def test_the_sixth_try_waits_and_only_that_account(clock: TestClock) -> None:
    account, other = (make_account(password=PASSWORD) for _ in range(2))
    for _ in range(5):
        with pytest.raises(RuleBroken):
            password_of(account, "falsch")
    with pytest.raises(TooManyTries) as refused:
        password_of(account)
    assert refused.value.seconds == 60
    assert password_of(other) == other
    clock.move(seconds=60)
    assert password_of(account) == account
    with pytest.raises(RuleBroken):
        password_of(account, "falsch")


def test_unknown_accounts_wait_just_as_long() -> None:
    stranger = Account(mail="niemand@example.org")
    for _ in range(5):
        with pytest.raises(RuleBroken):
            password_of(stranger)
    with pytest.raises(TooManyTries):
        password_of(stranger)


def test_a_network_that_tries_many_accounts_waits_and_only_that_network() -> None:
    account = make_account(password=PASSWORD)
    for number in range(signing_in.PER_NETWORK.count):
        with pytest.raises(RuleBroken):
            password_of(Account(mail=f"{number}@example.org"))
    with pytest.raises(TooManyTries):
        password_of(account)
    assert password_of(account, network="198.51.100.0/24") == account


def test_guessing_in_parallel_gains_nothing() -> None:
    account = make_account(password=PASSWORD)

    def guess(_number: int) -> bool:
        db.connect()
        try:
            password_of(account, "falsch")
        except RuleBroken:
            return True
        except (TooManyTries, db.WritersBusy):
            return False
        finally:
            db.close()
        return False

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(guess, range(24))) <= 5


def test_refusals_and_entries_are_in_the_log_once() -> None:
    account = make_account(password=PASSWORD)
    with pytest.raises(RuleBroken):
        password_of(account, "falsch")
    signing_in.begin(account)
    actions = [row.action for row in AuditEntry.select().order_by(AuditEntry.id.desc()).limit(2)]
    assert actions == ["accounts:session:open", "accounts:sign_in:refuse"]


def test_a_hash_of_older_costs_is_renewed() -> None:
    account = make_account(password=PASSWORD)
    old = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(PASSWORD)
    Account.update(password_hash=old).where(Account.id == account.id).execute()
    password_of(account)
    renewed = Account.get_by_id(account.id).password_hash
    assert renewed != old
    assert passwords.fits(PASSWORD, renewed)


# ----------------------------------------------------------------------------------------- second factor


@pytest.mark.parametrize("role", Role)
def test_who_is_in_after_the_password_alone(role: Role) -> None:
    session = sessions.find(signing_in.begin(make_account(role, password=PASSWORD)))
    needed = {Role.CASE_MANAGER, Role.COORDINATOR, Role.ADMIN, Role.DATA_PROTECTION_OFFICER}
    assert session is not None
    assert sessions.is_complete(session) is (role not in needed)


def test_whoever_enrolled_freely_is_asked_too() -> None:
    account, _codes = enrolled(Role.ASSISTANT)
    assert not sessions.is_complete(sessions.find(signing_in.begin(account)))
    assert sessions.is_complete(sessions.find(signing_in.finish(account)))


def test_the_secret_is_sealed_for_this_account() -> None:
    account, _codes = enrolled()
    stored = bytes(Account.get_by_id(account.id).totp_sealed)
    assert SECRET.encode() not in stored
    assert SECRET in second_factor.app_address(account, SECRET)


def test_a_code_works_once(clock: TestClock) -> None:
    account, _codes = enrolled()
    code = app_code()
    second_factor.check(account, f" {code[:3]} {code[3:]} ")
    with pytest.raises(RuleBroken):
        second_factor.check(account, code)
    clock.move(seconds=30)
    with pytest.raises(RuleBroken):
        second_factor.check(account, code)


def test_the_code_that_enrolled_is_used_up() -> None:
    account, _codes = enrolled()
    with pytest.raises(RuleBroken):
        second_factor.check(account, app_code(-1))


@pytest.mark.parametrize(("steps", "fits"), [(-2, False), (0, True), (1, True), (2, False)])
def test_one_step_beside_now_is_accepted(steps: int, *, fits: bool, clock: TestClock) -> None:
    account, _codes = enrolled()
    clock.move(minutes=10)
    if fits:
        second_factor.check(account, app_code(steps))
        return
    with pytest.raises(RuleBroken):
        second_factor.check(account, app_code(steps))


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(-2, 2)), max_size=30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_no_code_is_ever_accepted_twice(clock: TestClock, tries: list[tuple[int, int]]) -> None:
    account, _codes = enrolled()
    used: list[int] = []
    for seconds, steps in tries:
        clock.move(seconds=seconds)
        second_factor.tries.forget("second-factor", str(account.id))
        step = int(portal_clock.now().timestamp()) // 30 + steps
        try:
            second_factor.check(account, app_code(steps))
        except RuleBroken:
            continue
        assert abs(steps) <= 1
        assert not used or step > used[-1]
        used.append(step)


def test_two_requests_with_one_code_let_one_in() -> None:
    account, _codes = enrolled()
    code = app_code()

    def use(_number: int) -> bool:
        db.connect()
        try:
            second_factor.check(Account.get_by_id(account.id), code)
        except RuleBroken:
            return False
        finally:
            db.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(use, range(4))) == 1


@pytest.mark.parametrize("code", ["", "000000", "abcdef", "١٢٣٤٥٦", "\ud800", "1" * 1000])
def test_nonsense_is_refused(code: str) -> None:
    account, _codes = enrolled()
    with pytest.raises(RuleBroken) as broken:
        second_factor.check(account, code)
    assert broken.value.field == "code"


def test_guessing_codes_waits() -> None:
    account, codes = enrolled()
    for _ in range(5):
        with pytest.raises(RuleBroken):
            second_factor.check(account, "000000")
    with pytest.raises(TooManyTries):
        second_factor.check(account, codes[0])


def test_recovery_codes_work_once_each() -> None:
    account, codes = enrolled()
    assert len(set(codes)) == 10
    assert all(len(code.replace("-", "")) * 5 >= 128 for code in codes)
    stored = {row.code_hash for row in RecoveryCode.select()}
    assert not stored & {code.replace("-", "") for code in codes}
    second_factor.check(account, codes[3].lower().replace("-", " "))
    with pytest.raises(RuleBroken):
        second_factor.check(account, codes[3])
    assert second_factor.recovery_codes_left(account) == 9


def test_recovery_codes_are_somebodys_own_and_replaced_together() -> None:
    account, old = enrolled()
    other, others = enrolled()
    with pytest.raises(RuleBroken):
        second_factor.check(account, others[0])
    fresh = second_factor.renew_recovery_codes(by=account)
    with pytest.raises(RuleBroken):
        second_factor.check(account, old[0])
    second_factor.check(account, fresh[0])
    second_factor.check(other, others[0])


def test_nobody_slips_a_second_app_in_with_the_password_alone() -> None:
    account, _codes = enrolled()
    with pytest.raises(RuleBroken):
        second_factor.enrol(by=account, secret=SECRET, code=app_code())
    second_factor.enrol(by=account, secret=SECRET, code=app_code(), replacing=True)


def test_a_wrong_first_code_enrols_nothing() -> None:
    account = make_account(CASE_MANAGER)
    with pytest.raises(RuleBroken):
        second_factor.enrol(by=account, secret=SECRET, code="000000")
    assert not second_factor.is_enrolled(Account.get_by_id(account.id))
    with pytest.raises(RuleBroken):
        second_factor.renew_recovery_codes(by=account)
    with pytest.raises(RuleBroken):
        second_factor.check(account, app_code())


def test_a_lost_factor_is_taken_away_and_enrolled_anew() -> None:
    account, codes = enrolled()
    token = signing_in.finish(account)
    people.remove_second_factor(account.id, by=SYSTEM)
    account = Account.get_by_id(account.id)
    assert sessions.find(token) is None
    with pytest.raises(RuleBroken):
        second_factor.check(account, codes[0])
    assert second_factor.enrol(by=account, secret=SECRET, code=app_code())


def test_a_session_keeps_the_secret_it_offers() -> None:
    account = make_account(CASE_MANAGER, password=PASSWORD)
    first, second = (sessions.find(signing_in.begin(account)) for _ in range(2))
    offered = second_factor.draft_secret(first)
    assert offered == second_factor.draft_secret(first) != second_factor.draft_secret(second)
    assert len(offered) == 32


def test_confirming_needs_both_factors(clock: TestClock) -> None:
    account, _codes = enrolled()
    token = signing_in.finish(account)
    clock.move(minutes=10)
    session = sessions.find(token)
    for password, code in ((PASSWORD, ""), ("falsch", app_code()), (PASSWORD, "000000")):
        with pytest.raises(RuleBroken):
            signing_in.confirm(session, password=password, code=code)
    assert not sessions.is_fresh(sessions.find(token))
    signing_in.confirm(session, password=PASSWORD, code=app_code())
    assert sessions.is_fresh(sessions.find(token))


# ------------------------------------------------------------------------------------------------- demo


def test_one_click_is_for_invented_people_only() -> None:
    real, invented = make_account(CASE_MANAGER), make_account(CASE_MANAGER)
    Account.update(demo=True).where(Account.id == invented.id).execute()
    assert signing_in.demo_accounts() == [invented]
    session = sessions.find(signing_in.as_demo(invented.id), demo=True)
    assert sessions.is_complete(session)
    for account_id in (real.id, 10**6):
        with pytest.raises(NotFound):
            signing_in.as_demo(account_id)
