"""The answer to somebody who suggested a correction: their address is sealed, and erased with the letter."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from email_validator import EmailNotValidError, validate_email

from portal.domain import outbox
from portal.domain.errors import RuleBroken
from portal.i18n import _l
from portal.keys import SealBroken, keyring
from portal.models.directory import Service, ServiceProposal

SUBJECT = "Ihr Hinweis zum Angebot „{name}“"
BODY = """Guten Tag,

Sie haben uns einen Hinweis zum Angebot „{name}“ geschickt. Danke!

{outcome}
{answer}
Ihre E-Mail-Adresse haben wir jetzt gelöscht. Bitte antworten Sie nicht auf diese Nachricht.
"""
OUTCOMES = {
    "all": "Wir haben Ihren Hinweis übernommen.",
    "some": "Wir haben Ihren Hinweis zum Teil übernommen.",
    "none": "Wir haben den Eintrag nicht geändert.",
}
LETTERS = "directory:answer:"
"""How the reasons of these letters begin, whose addresses are not kept."""


def sealed_address(typed: str, ref: str) -> bytes | None:
    """Return a mail address as it is kept with a proposal; None if none was given."""
    address = checked_address(typed)
    return keyring().seal(address, context=_context(ref)) if address else None


def checked_address(typed: str) -> str:
    """Return a mail address in normal form; raise RuleBroken if it is none."""
    if not typed.strip():
        return ""
    try:
        return validate_email(typed.strip(), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise RuleBroken(
            _l("Diese E-Mail-Adresse ist nicht vollständig. Beispiel: name@beispiel.de"),
            field="sender_mail",
        ) from error


def answer_sender(
    found: ServiceProposal, service: Service, adopted: Mapping[str, Any], words: str
) -> None:
    """Write to whoever made a proposal what came of it, if they wanted to know; the caller erases the address."""
    address = _opened(found)
    if not address:
        return
    share = "all" if len(adopted) == len(found.after) else "some" if adopted else "none"
    outcome = OUTCOMES[share] if found.after else ""
    outbox.post(
        to=address,
        subject=SUBJECT.format(name=service.name),
        body=BODY.format(
            name=service.name, outcome=outcome, answer=f"\n{words}\n" if words else ""
        ),
        reason=f"{LETTERS}{found.ref}",
    )


def forget_senders(before: datetime) -> int:
    """Erase the addresses of senders who waited since before a moment; return how many went."""
    waiting = (ServiceProposal.created_at < before) & ServiceProposal.sender_sealed.is_null(False)
    erased: int = ServiceProposal.update(sender_sealed=None).where(waiting).execute()
    return erased


def seal_context(row: ServiceProposal) -> str:
    """Return the place that a sender's sealed address is bound to."""
    return _context(row.ref)


def _opened(found: ServiceProposal) -> str:
    """Return the address; nothing if there is none, or its key is gone: then nobody can be answered any more."""
    if found.sender_sealed is None:
        return ""
    try:
        return str(keyring().open(found.sender_sealed, context=_context(found.ref)))
    except SealBroken:
        return ""


def _context(ref: str) -> str:
    return f"service_proposal:{ref}"
