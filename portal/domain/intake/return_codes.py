"""The return code: what a person keeps to come back, on any device and in any language.

69 bits in an alphabet without look-alikes, also when written by hand. The portal stores only a keyed hash. Until the
person says that they have kept it, the code can be shown again to the browser that sent the form, because it is
derived from that form's key; the portal itself cannot.
"""

import secrets
import unicodedata

from portal.domain.references import ALPHABET
from portal.keys import keyring

LETTERS = 16
GROUP = 4


def code_for(submission_key: str) -> str:
    """Return the code that belongs to one filled-in form."""
    return _spell(int.from_bytes(keyring().derived("return-code", submission_key), "big"))


def new_code() -> str:
    """Return a fresh code, for somebody who lost theirs."""
    return _spell(secrets.randbits(256))


def grouped(code: str) -> str:
    """Return the code in groups that are easy to copy."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def normalised(typed: str) -> str:
    """Return the code somebody meant, whatever case, spaces or full-width letters they typed."""
    unified = unicodedata.normalize("NFKC", typed).upper()
    western = (str(unicodedata.digit(letter)) if letter.isdigit() else letter for letter in unified)
    return "".join(letter for letter in western if letter.isalnum())


def hash_of(code: str) -> str:
    """Return the keyed hash under which a code is found; finding it takes the same time for all."""
    return keyring().keyed_hash("return-code", normalised(code))


def _spell(number: int) -> str:
    letters = []
    for _place in range(LETTERS):
        number, index = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[index])
    return "".join(letters)
