"""How somebody can be reached: one phone number or one e-mail address."""

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from portal.domain.errors import RuleBroken
from portal.i18n import _l

PHONE = re.compile(r"\+?[0-9]{6,20}")
SEPARATORS = re.compile(r"[\s()/.\u2010-\u2015-]")


@dataclass(frozen=True, slots=True)
class Contact:
    """A phone number (E.164 where it can be read as one) or an e-mail address."""

    kind: str
    value: str


def parse_contact(raw: str, *, region: str) -> Contact:
    """Read what somebody typed; raise RuleBroken if it is neither a number nor an address."""
    return _mail(raw) if "@" in raw else _phone(raw, region)


def _mail(raw: str) -> Contact:
    try:
        checked = validate_email(raw.strip(), check_deliverability=False)
    except EmailNotValidError as error:
        raise RuleBroken(
            _l("Diese E-Mail-Adresse ist nicht vollständig. Beispiel: name@beispiel.de"),
            field="contact",
        ) from error
    return Contact("mail", checked.normalized)


def _phone(raw: str, region: str) -> Contact:
    digits = SEPARATORS.sub("", _western_digits(raw))
    if not PHONE.fullmatch(digits):
        raise RuleBroken(
            _l("Bitte geben Sie eine Telefonnummer oder eine E-Mail-Adresse an."), field="contact"
        )
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return Contact("phone", digits)
    if not phonenumbers.is_possible_number(number):
        return Contact("phone", digits)
    return Contact("phone", phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _western_digits(text: str) -> str:
    """Return the text with the digits of every script as 0-9: phones in Arabic type ٠١٢."""
    return "".join(
        str(unicodedata.digit(letter)) if letter.isdigit() else letter for letter in text
    )
