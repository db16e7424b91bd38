"""A request arrives: checked, routed to its post, sealed, and stored once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from peewee import IntegrityError

from portal import clock
from portal.domain.actors import PUBLIC
from portal.domain.changes import change
from portal.domain.errors import RuleBroken
from portal.domain.intake import answers as codes
from portal.domain.intake.answers import Answers
from portal.domain.intake.contacts import Contact, parse_contact
from portal.domain.intake.return_codes import code_for, hash_of
from portal.domain.intake.sounds import sound_hashes
from portal.domain.intake.states import State
from portal.domain.legal_texts import current_text
from portal.domain.references import new_reference
from portal.domain.towns import county, county_setting, town_by_slug
from portal.i18n import _l
from portal.keys import keyring
from portal.models.intake import IntakeNameKey, IntakeRequest
from portal.models.privacy import LegalText

ONE_OF_THE_ANSWERS = _l("Bitte wählen Sie eine der Antworten.")
Rule = tuple[str, Callable[[Answers], object], Any]
RULES: tuple[Rule, ...] = (
    ("contact_wish", lambda a: a.contact_wish in codes.CONTACT_WISHES, ONE_OF_THE_ANSWERS),
    ("best_time", lambda a: a.best_time in codes.BEST_TIMES, ONE_OF_THE_ANSWERS),
    ("age_band", lambda a: a.age_band in codes.AGE_BANDS, ONE_OF_THE_ANSWERS),
    ("channel", lambda a: a.channel in codes.CHANNELS, ONE_OF_THE_ANSWERS),
    ("relation", lambda a: a.relation in {"", *codes.RELATIONS}, ONE_OF_THE_ANSWERS),
    (
        "display_name",
        lambda a: 0 < len(a.display_name) <= codes.LONGEST_NAME,
        _l("Bitte sagen Sie uns, wie wir Sie nennen dürfen."),
    ),
    (
        "topics",
        lambda a: len(a.topics) <= codes.MOST_TOPICS and set(a.topics) <= set(codes.TOPICS),
        _l("Bitte wählen Sie höchstens fünf Themen."),
    ),
    (
        "free_text",
        lambda a: len(a.free_text) <= codes.LONGEST_TEXT,
        _l("Bitte kürzen Sie Ihren Text."),
    ),
    (
        "agreed",
        lambda a: a.agreed or not a.relation,
        _l("Bitte bestätigen Sie: Die Person weiß Bescheid und ist einverstanden."),
    ),
    (
        "consent",
        lambda a: a.consent,
        _l("Ohne Ihr Einverständnis dürfen wir Ihre Angaben nicht speichern."),
    ),
)
"""What an answer must be, by field, and what is said if it is not."""


@dataclass(frozen=True, slots=True)
class RequestReceived:
    """A request is on disk."""

    request_id: int


class AlreadySent(RuleBroken):
    """The same form came before with other answers."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender gets: the request, and whether this form had arrived before."""

    request: IntakeRequest
    is_new: bool


def receive(answers: Answers, *, needs_check: bool = False, consent_version: str = "") -> Receipt:
    """Store a request and return its receipt; sending the same form again changes nothing.

    `needs_check` marks what looks like a machine's work: it is kept and shown with a hint, never thrown away.
    `consent_version` is the version of the text that was shown, where it was shown on a page.
    """
    submission_hash = keyring().keyed_hash("submission", answers.submission_key)
    known = IntakeRequest.get_or_none(IntakeRequest.submission_hash == submission_hash)
    _check(answers)
    consent = current_text("consent", locale=answers.language)
    if consent_version not in {"", consent.version}:
        raise RuleBroken(
            _l("Der Text hat sich geändert. Bitte lesen Sie ihn noch einmal."), field="consent"
        )
    contact = parse_contact(answers.contact, region=county_setting("phone_region"))
    if known:
        return _known(known, answers, contact)
    try:
        return Receipt(_store(answers, contact, consent, submission_hash, needs_check), is_new=True)
    except IntegrityError:  # the same form arrived twice at once; the other one was first
        known = IntakeRequest.get(IntakeRequest.submission_hash == submission_hash)
        return _known(known, answers, contact)


def _known(request: IntakeRequest, answers: Answers, contact: Contact) -> Receipt:
    """Return the receipt of a form that came before; refuse one that was changed since then."""
    if request.state == State.WITHDRAWN or not _holds(request, answers, contact):
        raise AlreadySent(
            _l(
                "Diese Anfrage ist schon bei uns. Ihre Änderung ist noch nicht gespeichert. "
                "Wollen Sie eine neue Anfrage senden? Dann senden Sie bitte noch einmal."
            )
        )
    return Receipt(request, is_new=False)


def _holds(request: IntakeRequest, answers: Answers, contact: Contact) -> bool:
    """Tell whether a request holds what this form says, as far as it matters to the person."""
    person = keyring().open(request.sealed, context=seal_context(request.ref))
    return (person, request.town.slug, tuple(request.topics)) == (
        _person(answers, contact),
        answers.town,
        answers.topics,
    )


def _check(answers: Answers) -> None:
    for field, holds, message in RULES:
        if not holds(answers):
            raise RuleBroken(message, field=field)


def _store(
    answers: Answers,
    contact: Contact,
    consent: LegalText,
    submission_hash: str,
    needs_check: bool,
) -> IntakeRequest:
    town = town_by_slug(answers.town)
    reference = new_reference(county().prefix, taken=_is_taken)
    with change(by=PUBLIC, action="intake:request:receive") as entry:
        request = IntakeRequest.create(
            ref=reference,
            town=town,
            position=town.position,
            state=State.RECEIVED,
            language=answers.language,
            spoken_language=answers.spoken_language,
            interpreter=answers.interpreter,
            contact_kind=contact.kind,
            contact_wish=answers.contact_wish,
            best_time=answers.best_time,
            topics=list(answers.topics),
            age_band=answers.age_band,
            relation=answers.relation,
            channel=answers.channel,
            edition=answers.edition,
            needs_check=needs_check,
            form_version=codes.FORM_VERSION,
            consent=consent,
            sealed=keyring().seal(_person(answers, contact), context=seal_context(reference)),
            contact_hash=contact_hash(contact),
            code_hash=hash_of(code_for(answers.submission_key)),
            submission_hash=submission_hash,
            received_at=clock.now(),
        )
        remember_sounds(request, answers.display_name)
        entry.about(request)
        entry.announce(RequestReceived(request.id))
    return request


def _person(answers: Answers, contact: Contact) -> dict[str, str]:
    return {
        "display_name": answers.display_name,
        "contact": contact.value,
        "free_text": answers.free_text,
        "helper": answers.helper if answers.relation else "",
    }


def _is_taken(reference: str) -> bool:
    return IntakeRequest.select().where(IntakeRequest.ref == reference).exists()


def seal_context(reference: str) -> str:
    """Return the place that a request's sealed data is bound to."""
    return f"intake_request:{reference}"


def contact_hash(contact: Contact) -> str:
    """Return the keyed hash by which the same contact is recognised."""
    return keyring().keyed_hash("contact", f"{contact.kind}:{contact.value.casefold()}")


def remember_sounds(request: IntakeRequest, name: str) -> None:
    """Store how the name sounds, in place of what was stored before."""
    IntakeNameKey.delete().where(IntakeNameKey.request == request).execute()
    for sound_hash in sorted(sound_hashes(name)):
        IntakeNameKey.create(request=request, sound_hash=sound_hash)
