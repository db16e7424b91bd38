"""Who acts: a person with an account, or one of those without."""

from dataclasses import dataclass

from portal.models.accounts import Account


@dataclass(frozen=True, slots=True)
class Nameless:
    """An actor without an account."""

    key: str


PUBLIC = Nameless("public")
REQUESTER = Nameless("requester")
PROVIDER = Nameless("provider")
"""Who opened the signed link that was sent to a provider."""
SYSTEM = Nameless("system")

Actor = Account | Nameless


def actor_key(actor: Actor) -> str:
    """Return how the audit log names an actor: a number, never a person's name."""
    return actor.key if isinstance(actor, Nameless) else f"account:{actor.id}"
