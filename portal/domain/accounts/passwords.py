"""Passwords: long rather than complicated, hard to guess, and never known to anybody but their owner.

No rules about digits or special characters, no forced change: both make passwords worse. What counts is length, and
that neither a list of common passwords nor what everybody knows about this county and this person leads to it.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from portal.domain.errors import RuleBroken, TooManyTries
from portal.models.accounts import Account
from portal.models.county import County, Town

SHORTEST = 12
LONGEST = 256
OWN_CHARACTERS = 8
"""How much must be left of a password when everything well known is taken out of it."""
GOOD_SCORE = 3
"""zxcvbn: more than 10^8 guesses, too many for the throttle and for argon2."""
ESTIMATED_CHARACTERS = 72  # zxcvbn's own limit; a start that is hard to guess is enough
AT_ONCE = 2  # each takes 64 MiB and a core for a tenth of a second
SECONDS_FOR_A_PLACE = 2.0
COMMON_WORDS = (
    "kim", "portal", "kimportal", "kreis", "stadt", "fallmanagement", "casemanagement", "koordination",
    "integration", "integrationsmanagement", "kommunales", "verwaltung", "passwort", "password", "willkommen",
)  # fmt: skip
SHORTEST_WORD = 3
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})

_hasher = PasswordHasher()
_dummy = _hasher.hash("nobody has this password")
_places = threading.BoundedSemaphore(AT_ONCE)


def use_hasher(hasher: PasswordHasher) -> None:
    """Hash with other costs; tests need cheap ones."""
    global _hasher, _dummy
    _hasher, _dummy = hasher, hasher.hash("nobody has this password")


def hash_of(password: str) -> str:
    """Return the slow hash that is stored instead of a password."""
    with _place():
        return _hasher.hash(_normal(password))


def fits(password: str, stored: str) -> bool:
    """Tell whether a password belongs to a stored hash; without a hash it takes as long and fits never."""
    with _place():
        try:
            right = _hasher.verify(stored or _dummy, _normal(password))
        except (VerificationError, InvalidHashError):
            return False
    return right and bool(stored)


def outdated(stored: str) -> bool:
    """Tell whether a hash was made with other costs than today's."""
    return _hasher.check_needs_rehash(stored)


def check_new(password: str, *, account: Account, field: str = "new_password") -> None:
    """Raise RuleBroken if this must not become somebody's password."""
    normal = _normal(password)
    if len(normal) < SHORTEST:
        raise RuleBroken("Nehmen Sie mindestens 12 Zeichen, besser 15 oder mehr.", field=field)
    if len(normal) > LONGEST:
        raise RuleBroken("Nehmen Sie höchstens 256 Zeichen.", field=field)
    words = _known_words(account)
    if len(_without(words, normal)) < OWN_CHARACTERS:
        raise RuleBroken(
            "Darin steckt zu viel, was andere wissen: Ihr Name, ein Ort oder das Portal.",
            field=field,
        )
    if zxcvbn(normal[:ESTIMATED_CHARACTERS], user_inputs=words)["score"] < GOOD_SCORE:
        raise RuleBroken(
            "Das ist leicht zu erraten. Nehmen Sie zum Beispiel vier Wörter ohne Zusammenhang.",
            field=field,
        )


def _known_words(account: Account) -> list[str]:
    """Return what everybody knows about this county and this person, longest first."""
    county = County.select(County.name).first()
    places = [town.name for town in Town.select(Town.name)] + ([county.name] if county else [])
    texts = [*COMMON_WORDS, *places, account.name, account.mail]
    words = {word for text in texts for word in re.split(r"[^\w]+|_", _folded(text))}
    return sorted((word for word in words if len(word) >= SHORTEST_WORD), key=len, reverse=True)


def _without(words: list[str], password: str) -> str:
    left = _folded(password)
    for word in words:
        left = left.replace(word, "")
    return left


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().translate(UMLAUTS)


def _normal(password: str) -> str:
    """Return the same characters for the same keys, whichever system typed them; nothing else is changed.

    A lone half of a surrogate pair, which no keyboard types, becomes the sign for "unknown".
    """
    usable = password.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return unicodedata.normalize("NFC", usable)


@contextmanager
def _place() -> Iterator[None]:
    """Let only a few passwords be computed at once, so that sign-ins never take the portal down."""
    if not _places.acquire(timeout=SECONDS_FOR_A_PLACE):
        raise TooManyTries(int(SECONDS_FOR_A_PLACE))
    try:
        yield
    finally:
        _places.release()
