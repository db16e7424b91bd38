"""What a person can do with their return code: look, write, correct, withdraw."""

from dataclasses import dataclass
from datetime import date

from portal import clock
from portal.domain import tries
from portal.domain.actors import REQUESTER
from portal.domain.changes import change, upkeep
from portal.domain.duty import on_duty
from portal.domain.errors import NotFound, RuleBroken
from portal.domain.intake.contacts import parse_contact
from portal.domain.intake.deadlines import contact_due, promised_days
from portal.domain.intake.handling import note_step
from portal.domain.intake.messages import Message, messages_of, write_message
from portal.domain.intake.receiving import contact_hash, seal_context
from portal.domain.intake.return_codes import code_for, grouped, hash_of
from portal.domain.intake.states import State
from portal.domain.intake.suspicion import wrote_a_person
from portal.domain.towns import county_setting
from portal.i18n import _l
from portal.keys import keyring
from portal.models.county import StaffPosition
from portal.models.intake import IntakeRequest

CORRECTED_CONTACT = "correct_contact"
TRIES_OF_A_NETWORK = tries.Limit(10, 600)


@dataclass(frozen=True, slots=True)
class OwnRequest:
    """A request as the person who sent it sees it."""

    request: IntakeRequest
    contact: str
    messages: tuple[Message, ...]
    answer_by: date
    office: StaffPosition
    deletion_hours: int


def find_by_code(typed: str, *, network: str) -> int | None:
    """Return the request that a return code opens; raise TooManyTries if a network guessed too often."""
    tries.check("return-code", network, limit=TRIES_OF_A_NETWORK)
    found = IntakeRequest.get_or_none(
        (IntakeRequest.code_hash == hash_of(typed)) & (IntakeRequest.state != State.WITHDRAWN)
    )
    if found is None:
        tries.count("return-code", network, limit=TRIES_OF_A_NETWORK)
        return None
    request_id: int = found.id
    return request_id


def own_request(request_id: int) -> OwnRequest:
    """Return what the person may see of their own request."""
    request = _open(request_id)
    person = keyring().open(request.sealed, context=seal_context(request.ref))
    return OwnRequest(
        request=request,
        contact=person["contact"],
        messages=messages_of(request, reader=None),
        answer_by=contact_due(request, promised_days()),
        office=on_duty(request.position, clock.today()).position,
        deletion_hours=county_setting("retention")["intake_withdrawn_hours"],
    )


def add_message(request_id: int, *, text: str, language: str) -> None:
    """Add a message of the person's."""
    write_message(by=REQUESTER, request=_open(request_id), text=text, language=language)


def correct_contact(request_id: int, *, contact: str) -> None:
    """Replace the way the person can be reached."""
    parsed = parse_contact(contact, region=county_setting("phone_region"))
    with change(by=REQUESTER, action="intake:request:correct_contact") as entry:
        request = IntakeRequest.locked(IntakeRequest.id == request_id)
        if request is None or request.state == State.WITHDRAWN:
            raise NotFound
        person = keyring().open(request.sealed, context=seal_context(request.ref))
        person["contact"] = parsed.value
        request.sealed = keyring().seal(person, context=seal_context(request.ref))
        request.contact_kind, request.contact_hash = parsed.kind, contact_hash(parsed)
        request.needs_check = False
        request.save()
        note_step(request, CORRECTED_CONTACT)
        entry.about(request)


def code_to_keep(submission_key: str) -> str | None:
    """Return the code of a form just sent, until the person says that they have kept it."""
    request = _by_submission(submission_key)
    if request is None or request.code_kept:
        return None
    return grouped(code_for(submission_key))


def keep_code(submission_key: str) -> None:
    """Note that the person has kept the code; it is not shown again."""
    request = _by_submission(submission_key)
    if request is None:
        raise RuleBroken(_l("Diese Anfrage gibt es nicht mehr."))
    with upkeep():
        IntakeRequest.update(code_kept=True).where(IntakeRequest.id == request.id).execute()
        wrote_a_person(request)


def sent_request(submission_key: str) -> IntakeRequest | None:
    """Return the request of a form just sent."""
    return _by_submission(submission_key)


def _by_submission(submission_key: str) -> IntakeRequest | None:
    submission_hash = keyring().keyed_hash("submission", submission_key)
    found: IntakeRequest | None = IntakeRequest.get_or_none(
        IntakeRequest.submission_hash == submission_hash
    )
    return found


def _open(request_id: int) -> IntakeRequest:
    request: IntakeRequest | None = IntakeRequest.get_or_none(IntakeRequest.id == request_id)
    if request is None or request.state == State.WITHDRAWN:
        raise NotFound
    return request
