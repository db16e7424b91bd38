"""Letters to whoever is on duty, as soon as somebody asks or writes."""

from portal import clock
from portal.domain import outbox
from portal.domain.duty import on_duty
from portal.domain.events import listen
from portal.domain.intake.messages import MessageWritten
from portal.domain.intake.receiving import RequestReceived
from portal.models.county import StaffPosition, Town
from portal.models.intake import IntakeMessage, IntakeRequest

BODY = """Guten Tag,

{news}

Sie finden die Anfrage im KIM-Portal unter ihrer Nummer.

Diese Nachricht enthält mit Absicht keine Namen und keinen Link.
"""


def setup_letters() -> None:
    """Write letters from now on."""
    listen(RequestReceived, tell_of_request)
    listen(MessageWritten, tell_of_message)


def tell_of_request(event: RequestReceived) -> None:
    """Tell who is on duty that somebody asks."""
    request = _request(event.request_id)
    if request is not None:
        _tell(
            request,
            subject=f"KIM-Portal: neue Anfrage {request.ref}",
            news=f"eine neue Anfrage aus {request.town.name} ist da: {request.ref}.",
            reason=f"intake:new:{request.ref}",
        )


def tell_of_message(event: MessageWritten) -> None:
    """Tell who is on duty that the person wrote; what staff write, the person reads with their code."""
    request = _request(event.request_id)
    if request is not None and event.from_person:
        theirs = IntakeMessage.select().where(IntakeMessage.request == request)
        newest = theirs.order_by(IntakeMessage.id.desc()).get()
        _tell(
            request,
            subject=f"KIM-Portal: neue Nachricht zu {request.ref}",
            news=f"zur Anfrage {request.ref} aus {request.town.name} ist eine neue Nachricht da.",
            reason=f"intake:message:{request.ref}:{newest.id}",
        )


def _tell(request: IntakeRequest, *, subject: str, news: str, reason: str) -> None:
    for account in on_duty(request.position, clock.today()).accounts:
        outbox.post(
            to=account,
            subject=subject,
            body=BODY.format(news=news),
            reason=f"{reason}:{account.id}",
        )


def _request(request_id: int) -> IntakeRequest | None:
    """Return the request as it is now; an event may be older than a withdrawal."""
    found: IntakeRequest | None = (
        IntakeRequest.select(IntakeRequest, Town, StaffPosition)
        .join(Town)
        .switch(IntakeRequest)
        .join(StaffPosition)
        .where(IntakeRequest.id == request_id)
        .first()
    )
    return found
