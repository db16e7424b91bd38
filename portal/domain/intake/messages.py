"""Messages between a person and their case management."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal import clock
from portal.domain.actors import Actor
from portal.domain.changes import WritersBusy, change, upkeep
from portal.domain.errors import RuleBroken
from portal.domain.intake.answers import LONGEST_MESSAGE
from portal.domain.intake.states import State
from portal.domain.intake.suspicion import wrote_a_person
from portal.i18n import _l
from portal.keys import keyring
from portal.models.accounts import Account
from portal.models.intake import IntakeMessage, IntakeRequest

DOUBLE_CLICK = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `from_person` tells the two sides apart."""

    text: str
    language: str
    from_person: bool
    written_at: datetime


@dataclass(frozen=True, slots=True)
class MessageWritten:
    """Somebody wrote."""

    request_id: int
    from_person: bool


def write_message(*, by: Actor, request: IntakeRequest, text: str, language: str) -> None:
    """Add a message to a request that the writer was allowed to reach."""
    if not text or len(text) > LONGEST_MESSAGE:
        raise RuleBroken(_l("Bitte schreiben Sie 1 bis 1000 Zeichen."), field="text")
    if request.state == State.WITHDRAWN:
        raise RuleBroken(_l("Diese Anfrage wurde zurückgezogen."))
    author = by if isinstance(by, Account) else None
    if _is_repeated(request, author, text):
        return
    with change(by=by, action="intake:message:write", subject=request) as entry:
        IntakeMessage.create(
            request=request,
            author=author,
            language=language,
            sealed=keyring().seal(text, context=seal_context(request)),
            written_at=clock.now(),
        )
        wrote_a_person(request)
        entry.announce(MessageWritten(request.id, from_person=author is None))


def _is_repeated(request: IntakeRequest, author: Account | None, text: str) -> bool:
    """Tell whether this is the second click on the same message."""
    last = request.messages.order_by(IntakeMessage.id.desc()).first()
    return (
        last is not None
        and last.author_id == (author.id if author else None)
        and clock.now() - last.written_at < DOUBLE_CLICK
        and keyring().open(last.sealed, context=seal_context(request)) == text
    )


def messages_of(request: IntakeRequest, *, reader: Account | None) -> tuple[Message, ...]:
    """Return all messages, oldest first, and mark those of the other side as read."""
    rows = list(request.messages.order_by(IntakeMessage.id))
    unread = [row.id for row in rows if row.read_at is None and bool(row.author_id) != bool(reader)]
    if unread:
        with suppress(WritersBusy), upkeep():  # a mark; who reads must not wait for who writes
            IntakeMessage.update(read_at=clock.now()).where(IntakeMessage.id.in_(unread)).execute()
    return tuple(
        Message(
            keyring().open(row.sealed, context=seal_context(request)),
            row.language,
            row.author_id is None,
            row.written_at,
        )
        for row in rows
    )


def seal_context(request: IntakeRequest) -> str:
    """Return the place that a message is bound to."""
    return f"intake_message:{request.ref}"
