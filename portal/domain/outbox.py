"""Letters to staff: written as soon as what they tell is on disk, sent when the mail server is there.

A machine that stops in between loses a letter, never what it tells: the request is in the inbox, and the reminder of it
is written together with its mark.

They name reference numbers, never persons. Those to staff carry no links: nobody has to learn which links in a mail are
good. Those to providers carry one, by which they confirm what the directory says.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal import clock
from portal.domain.changes import upkeep
from portal.models.accounts import Account
from portal.models.outbox import OutboxMail

FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=12)
MOST_DOUBLINGS = 10
UNSENT_KEPT = timedelta(days=60)
"""So much longer than sent ones letters wait that no mail server wanted."""
LONGEST_ERROR = 200
FAILURES_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes to the mail server."""

    to: str
    subject: str
    body: str


Send = Callable[[Letter], None]


def post(*, to: Account | str, subject: str, body: str, reason: str) -> None:
    """Put a letter into the outbox; a second one for the same reason is not written."""
    account = to if isinstance(to, Account) else None
    now = clock.now()
    letter = OutboxMail.insert(
        account=account,
        address=account.mail if account else to,
        subject=" ".join(
            subject.split()
        ),  # a line break in a name would stop it at the mail server
        body=body,
        reason=reason,
        written_at=now,
        due_at=now,
    )
    with upkeep():
        letter.on_conflict_ignore().execute()


def deliver(send: Send) -> int:
    """Send what is due; return how many letters went out. What fails waits for its next turn."""
    outcomes: list[bool] = []
    for letter in _due(clock.now()):
        outcomes.append(_deliver(letter, send))
        if outcomes[-FAILURES_IN_A_ROW:] == [False] * FAILURES_IN_A_ROW:
            break  # the server is down; each further letter would only wait for its answer
    return outcomes.count(True)


def pause_after(tries: int) -> timedelta:
    """Return how long a letter rests that failed so often."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * (1 << min(tries - 1, MOST_DOUBLINGS)))


def _due(now: datetime) -> list[OutboxMail]:
    """Return the letters whose turn it is; invented people get none."""
    query = (
        OutboxMail.select()
        .left_outer_join(Account)
        .where(
            OutboxMail.sent_at.is_null(),
            OutboxMail.due_at <= now,
            Account.demo.is_null() | ~Account.demo.is_set(),
        )
        .order_by(OutboxMail.id)
    )
    return list(query)


def _deliver(letter: OutboxMail, send: Send) -> bool:
    if not _claim(letter):
        return False
    outcome: dict[str, object]
    try:
        send(Letter(letter.address, letter.subject, letter.body))
        outcome = {"sent_at": clock.now(), "last_error": ""}
    except Exception as error:  # whatever a mail server does, the portal goes on
        outcome = {"last_error": f"{type(error).__name__}: {error}"[:LONGEST_ERROR]}
    with upkeep():
        OutboxMail.update(outcome).where(OutboxMail.id == letter.id).execute()
    return "sent_at" in outcome


def _claim(letter: OutboxMail) -> bool:
    """Take a letter on; two machines at once must not both send it."""
    tries = letter.tries + 1
    with upkeep():
        mine = OutboxMail.update(tries=tries, due_at=clock.now() + pause_after(tries)).where(
            OutboxMail.id == letter.id, OutboxMail.tries == letter.tries
        )
        return bool(mine.execute())


def forget_old(before: datetime, *, about: str = "") -> int:
    """Delete letters that were sent before a moment, and much older ones that never were.

    `about` is how the reasons of the letters begin that may go; by default all may.
    """
    old = (OutboxMail.sent_at < before) | (OutboxMail.written_at < before - UNSENT_KEPT)
    with upkeep():
        deleted: int = OutboxMail.delete().where(old, OutboxMail.reason.startswith(about)).execute()
    return deleted
