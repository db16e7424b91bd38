"""The second factor: a code from an app on the phone, or one of ten recovery codes on paper.

The portal keeps the app's secret sealed and the time step of the last code used. A code whose step is not newer is
refused: pyotp alone would accept the same code twice. One step before and after now is accepted, because phones'
clocks differ by seconds and people need some to type; the guard holds for these too.
"""

import base64
import hmac
import secrets
import unicodedata

import pyotp

from portal import clock
from portal.domain import tries
from portal.domain.accounts import sessions
from portal.domain.accounts.letters import SignInChanged, What
from portal.domain.changes import change, recorded_visit, upkeep
from portal.domain.errors import RuleBroken
from portal.domain.tries import Limit
from portal.keys import keyring
from portal.models.accounts import Account, RecoveryCode, Session

SECONDS_PER_STEP = 30
STEPS_BESIDE_NOW = 1
DIGITS = 6
SECRET_BYTES = 20
RECOVERY_CODES = 10
RECOVERY_LETTERS = 26  # of 32: 130 bits
GROUP = 5
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: nobody has to guess what was printed
PER_ACCOUNT = Limit(count=5, seconds=60, doubling=True)
ISSUER = "KIM-Portal"
WRONG = "Der Code stimmt nicht oder wurde schon benutzt. Warten Sie auf den nächsten."


def is_enrolled(account: Account) -> bool:
    """Tell whether an account has a second factor."""
    return account.totp_sealed is not None


def draft_secret(session: Session) -> str:
    """Return the secret that this session may enrol: the same until it is taken, so that nothing waits in a table."""
    text = f"{session.token_hash}:{sessions.owner(session).totp_last_step}"
    seed = keyring().derived("totp-draft", text)[:SECRET_BYTES]
    return base64.b32encode(seed).decode("ascii")


def app_address(account: Account, secret: str) -> str:
    """Return the address that an authenticator app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account.mail, issuer_name=ISSUER)


def enrol(*, by: Account, secret: str, code: str, replacing: bool = False) -> list[str]:
    """Take an app as second factor, proved by its first code; return new recovery codes, to be shown once.

    All sessions end: whoever enrolled goes on in a new one.
    """
    if is_enrolled(by) and not replacing:
        raise RuleBroken("Sie haben schon einen zweiten Faktor.", field="code")
    tries.count("second-factor", str(by.id), limit=PER_ACCOUNT)
    step = _step_of(secret, code)
    if step is None:
        raise RuleBroken(WRONG, field="code")
    with change(by=by, action="accounts:second_factor:enrol", subject=by) as entry:
        entry.announce(SignInChanged(by.id, What.SECOND_FACTOR))
        by.totp_sealed = keyring().seal({"secret": secret}, context=seal_context(by))
        by.totp_last_step = step
        by.save(only=[Account.totp_sealed, Account.totp_last_step])
        codes = _replace_recovery_codes(by)
        sessions.drop_all(by)
    tries.forget("second-factor", str(by.id))
    return codes


def renew_recovery_codes(*, by: Account) -> list[str]:
    """Replace one's recovery codes; return the new ones, to be shown once."""
    if not is_enrolled(by):
        raise RuleBroken("Richten Sie zuerst einen zweiten Faktor ein.")
    with change(by=by, action="accounts:second_factor:renew_recovery_codes", subject=by):
        return _replace_recovery_codes(by)


def drop(account: Account) -> None:
    """Take a second factor away, inside a change that is under way."""
    account.totp_sealed = None
    account.save(only=[Account.totp_sealed])
    RecoveryCode.delete().where(RecoveryCode.account == account).execute()


def recovery_codes_left(account: Account) -> int:
    """Return how many recovery codes were not used yet."""
    left: int = RecoveryCode.select().where(RecoveryCode.account == account).count()
    return left


def check(account: Account, code: str) -> None:
    """Use up a code of the app or a recovery code; raise RuleBroken if it is none."""
    tries.count("second-factor", str(account.id), limit=PER_ACCOUNT)
    if not (_use_app_code(account, code) or _use_recovery_code(account, code)):
        recorded_visit(by=account, action="accounts:second_factor:refuse", subject=account)
        raise RuleBroken(WRONG, field="code")
    tries.forget("second-factor", str(account.id))


def _use_app_code(account: Account, code: str) -> bool:
    if account.totp_sealed is None:
        return False
    secret = keyring().open(account.totp_sealed, context=seal_context(account))["secret"]
    step = _step_of(secret, code)
    if step is None:
        return False
    with upkeep():  # one statement: of two requests with the same code only one finds an older step
        used = Account.update(totp_last_step=step).where(
            Account.id == account.id, Account.totp_last_step < step
        )
        return bool(used.execute())


def _use_recovery_code(account: Account, code: str) -> bool:
    mine = (RecoveryCode.account == account) & (RecoveryCode.code_hash == _recovery_hash(code))
    if not RecoveryCode.select().where(mine).exists():
        return False
    with change(
        by=account, action="accounts:second_factor:use_recovery_code", subject=account
    ) as entry:
        if (
            not RecoveryCode.delete().where(mine).execute()
        ):  # somebody was quicker with the same code
            raise RuleBroken(WRONG, field="code")
        entry.announce(SignInChanged(account.id, What.RECOVERY_CODE_USED))
    return True


def _step_of(secret: str, code: str) -> int | None:
    """Return the newest time step whose code this is."""
    typed = "".join(
        letter for letter in unicodedata.normalize("NFKC", code) if not letter.isspace()
    )
    app = pyotp.HOTP(secret, digits=DIGITS)
    now = int(clock.now().timestamp()) // SECONDS_PER_STEP
    matching = [
        step
        for step in range(now - STEPS_BESIDE_NOW, now + STEPS_BESIDE_NOW + 1)
        if hmac.compare_digest(app.at(step).encode(), typed.encode("utf-8", "replace"))
    ]
    return max(matching, default=None)


def _replace_recovery_codes(account: Account) -> list[str]:
    RecoveryCode.delete().where(RecoveryCode.account == account).execute()
    codes = [
        "".join(secrets.choice(ALPHABET) for _ in range(RECOVERY_LETTERS))
        for _ in range(RECOVERY_CODES)
    ]
    for code in codes:
        RecoveryCode.create(account=account, code_hash=_recovery_hash(code))
    return ["-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP)) for code in codes]


def _recovery_hash(code: str) -> str:
    unified = unicodedata.normalize("NFKC", code).upper()
    letters = "".join(letter for letter in unified if letter in ALPHABET)
    return keyring().keyed_hash("recovery-code", letters)


def seal_context(account: Account) -> str:
    """Return the place that the secret of an app is bound to."""
    return f"account:{account.id}:totp"
