"""Who is signed in, on which device and until when.

The cookie holds a random token; the table holds only its hash, so a stolen table signs nobody in. What the session
carries is sealed. A session ends when it is idle or old, when somebody ends it, or when the clock was set back.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from portal import clock
from portal.domain.accounts.needs import needs_second_factor
from portal.domain.accounts.tokens import new_token, token_hash
from portal.domain.actors import Actor
from portal.domain.changes import WritersBusy, change, recorded_visit, upkeep
from portal.domain.errors import NotFound
from portal.domain.permissions import Role, roles_of
from portal.keys import SealBroken, keyring
from portal.models.accounts import Account, RoleGrant, Session

SEAL_CONTEXT = "session"
LONGEST_DEVICE = 120
SEEN_EVERY = timedelta(minutes=1)  # a write for every page would make reading as slow as writing
CLOCKS_DIFFER = timedelta(
    seconds=10
)  # two machines' clocks; more backwards than this is a clock set back
FRESH = timedelta(minutes=5)
HALF_SIGNED_IN = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lasts without a click, and at most."""

    idle: timedelta
    absolute: timedelta


STAFF = Limits(timedelta(minutes=30), timedelta(hours=8))
CAREFUL = Limits(timedelta(minutes=15), timedelta(hours=8))
REQUESTER = Limits(timedelta(minutes=15), timedelta(hours=1))
HALF = Limits(HALF_SIGNED_IN, HALF_SIGNED_IN)
CAREFUL_ROLES = frozenset({Role.ADMIN, Role.COORDINATOR, Role.COMPONENT3})


def open_for_account(
    account: Account,
    *,
    complete: bool,
    second_factor: bool = False,
    device: str = "",
    data: Mapping[str, Any] | None = None,
) -> str:
    """Sign an account in, completely or with its second factor still owed; return the cookie's token."""
    return _open(
        account=account,
        second_factor=second_factor,
        proved_at=clock.now() if complete else None,
        device=device[:LONGEST_DEVICE],
        data=data,
    )


def open_for_request(
    request_id: int, *, device: str = "", data: Mapping[str, Any] | None = None
) -> str:
    """Sign in whoever holds the return code of a request; return the cookie's token."""
    return _open(
        request=request_id, proved_at=clock.now(), device=device[:LONGEST_DEVICE], data=data
    )


def _open(*, data: Mapping[str, Any] | None, **columns: Any) -> str:
    token = new_token()
    now = clock.now()
    sealed = keyring().seal(dict(data or {}), context=SEAL_CONTEXT)
    with upkeep():
        Session.create(
            token_hash=token_hash(token), sealed=sealed, created_at=now, seen_at=now, **columns
        )
    return token


def find(token: str, *, demo: bool = False) -> Session | None:
    """Return the live session of a token, and note that it was seen; invented people count in demo mode only."""
    session = _with_account(Session.token_hash == token_hash(token))
    if session is None or (session.account and session.account.demo and not demo):
        return None
    now = clock.now()
    if not is_live(session):
        with suppress(WritersBusy):  # it is dead for this click; the row goes with the next one
            end(session)  # for good: it must not come back when the clock does
        return None
    if now - session.seen_at > SEEN_EVERY:
        with suppress(WritersBusy), upkeep():  # who reads must not wait for who writes
            Session.update(seen_at=now).where(_same(session)).execute()
    return session


def is_live(session: Session) -> bool:
    """Tell whether a session still counts at this moment."""
    now, limits = clock.now(), limits_of(session)
    return (
        session.seen_at - CLOCKS_DIFFER <= now
        and now - session.seen_at < limits.idle
        and now - session.created_at < limits.absolute
        and (session.account is None or session.account.active)
    )


def limits_of(session: Session) -> Limits:
    """Return how long a session lasts; whoever can do much harm has less time."""
    if session.account is None:
        return REQUESTER
    if not is_complete(session):
        return HALF
    return CAREFUL if roles_of(session.account) & CAREFUL_ROLES else STAFF


def is_complete(session: Session) -> bool:
    """Tell whether nothing is owed any more; a role that was just granted may owe a second factor anew."""
    if session.proved_at is None:
        return False
    if session.account is None:
        return True
    return session.second_factor or not needs_second_factor(session.account)


def is_fresh(session: Session) -> bool:
    """Tell whether this person proved so lately who they are that they may change how they sign in."""
    return session.proved_at is not None and clock.now() - session.proved_at <= FRESH


def owner(session: Session) -> Account:
    """Return whose session it is; raise NotFound for one of a return code."""
    if session.account is None:
        raise NotFound
    return session.account


def prove(session: Session) -> None:
    """Note that this person has just proved again who they are."""
    with upkeep():
        Session.update(proved_at=clock.now()).where(_same(session)).execute()


def data_of(session: Session) -> dict[str, Any]:
    """Return what a session carries; nothing, if it was tampered with."""
    try:
        return dict(keyring().open(session.sealed, context=SEAL_CONTEXT))
    except SealBroken:
        return {}


def keep(session: Session, data: Mapping[str, Any]) -> None:
    """Store what a session carries."""
    sealed = keyring().seal(dict(data), context=SEAL_CONTEXT)
    with upkeep():
        Session.update(sealed=sealed).where(_same(session)).execute()


def end(session: Session) -> None:
    """Sign out."""
    with upkeep():
        _delete(_same(session))


def of_account(account: Account) -> list[Session]:
    """Return an account's live sessions, the latest first."""
    query = Session.select().where(Session.account == account).order_by(Session.seen_at.desc())
    sessions = list(query)
    for session in sessions:
        session.account = account  # the same for all: its roles need not be asked for one by one
    return [session for session in sessions if is_live(session)]


def end_own(session_id: int, *, by: Account) -> None:
    """End one of one's own sessions, on whatever device; raise NotFound for somebody else's."""
    with upkeep():
        if not _delete((Session.id == session_id) & (Session.account == by)):
            raise NotFound
        recorded_visit(by=by, action="accounts:session:end", subject=by)


def end_all(account: Account, *, by: Actor, keeping: Session | None = None) -> None:
    """End an account's sessions, all or all but one."""
    with change(by=by, action="accounts:session:end_all", subject=account) as entry:
        entry.changed(ended=drop_all(account, keeping=keeping))


def drop_all(account: Account, *, keeping: Session | None = None) -> int:
    """Delete an account's sessions inside a change that is under way; return how many."""
    mine = Session.account == account
    return _delete(mine & ~_same(keeping) if keeping else mine)


def forget_old() -> int:
    """Delete the sessions that ended by themselves; return how many."""
    with upkeep():
        return _delete(Session.seen_at < clock.now() - STAFF.idle)


def _with_account(condition: Any) -> Session | None:
    session: Session | None = (
        Session.select(Session, Account)
        .left_outer_join(Account, on=(Session.account == Account.id))
        .where(condition)
        .first()
    )
    if session is not None and session.account is not None:
        # asked once per request and anew for the next: a role taken away is gone with the next click
        session.account.grants = list(
            RoleGrant.select().where(RoleGrant.account == session.account)
        )
    return session


def _same(session: Session) -> Any:
    """Return the condition for one session: not by its number, which SQLite gives to the next one after it ended."""
    return Session.token_hash == session.token_hash


def _delete(condition: Any) -> int:
    deleted: int = Session.delete().where(condition).execute()
    return deleted
