"""Letters to people whose way to sign in changed: whoever did not do it themselves must learn of it.

They carry no link. The one-time link of an invitation is handed over by whoever invited, on a way they trust.
"""

from dataclasses import dataclass
from enum import StrEnum, auto

from portal import clock
from portal.domain import outbox
from portal.domain.events import listen
from portal.models.accounts import Account


class What(StrEnum):
    """What changed."""

    INVITED = auto()
    RESET = auto()
    PASSWORD = auto()
    SECOND_FACTOR = auto()
    SECOND_FACTOR_REMOVED = auto()
    RECOVERY_CODE_USED = auto()


@dataclass(frozen=True, slots=True)
class SignInChanged:
    """Somebody's way to sign in changed."""

    account_id: int
    what: What


NEWS = {
    What.INVITED: "für Sie wurde ein Zugang zum KIM-Portal eingerichtet. Wer Sie eingeladen hat, gibt Ihnen den Link "
    "für Ihr Passwort. Er gilt 24 Stunden.",
    What.RESET: "Ihr Passwort wurde zurückgesetzt. Die technische Administration gibt Ihnen den Link für ein neues.",
    What.PASSWORD: "Ihr Passwort wurde geändert.",
    What.SECOND_FACTOR: "für Ihr Konto wurde ein zweiter Faktor eingerichtet.",
    What.SECOND_FACTOR_REMOVED: "der zweite Faktor Ihres Kontos wurde entfernt. Richten Sie bei der nächsten Anmeldung "
    "einen neuen ein.",
    What.RECOVERY_CODE_USED: "mit einem Ihrer Wiederherstellungscodes hat sich jemand angemeldet.",
}
BODY = """Guten Tag,

{news}

Waren Sie das nicht, oder wissen Sie nichts davon? Dann melden Sie sich bitte sofort bei der technischen Administration.

Diese Nachricht enthält mit Absicht keinen Link.
"""


def setup_letters() -> None:
    """Write letters from now on."""
    listen(SignInChanged, tell)


def tell(event: SignInChanged) -> None:
    """Tell somebody that their way to sign in changed."""
    account = Account.get_or_none(Account.id == event.account_id)
    if account is not None:
        outbox.post(
            to=account,
            subject="KIM-Portal: Ihr Zugang",
            body=BODY.format(news=NEWS[event.what]),
            reason=f"accounts:{event.what}:{account.id}:{clock.now().isoformat()}",
        )
