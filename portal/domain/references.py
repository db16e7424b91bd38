"""Reference numbers: random and easy to say on the phone; they open nothing."""

import secrets
from collections.abc import Callable

ALPHABET = "ACEFHJKMNPRTWXY34679"  # no look-alikes, also by hand


def new_reference(prefix: str, *, taken: Callable[[str], bool]) -> str:
    """Return a free number such as `HX-7K3F-94`."""
    while True:
        letters = "".join(secrets.choice(ALPHABET) for _place in range(6))
        reference = f"{prefix}-{letters[:4]}-{letters[4:]}"
        if not taken(reference):
            return reference
