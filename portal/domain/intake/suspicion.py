"""What looks like a machine's work: kept and marked for a look, never thrown away, no puzzle for people."""

from datetime import datetime, timedelta

from portal import clock
from portal.domain import tries
from portal.domain.errors import TooManyTries
from portal.keys import SealBroken, keyring
from portal.models.intake import IntakeRequest

FASTEST_PERSON = timedelta(seconds=4)
CONTEXT = "render-stamp"
OF_A_NETWORK = tries.Limit(30, 3600)  # offices and shelters share one address
OF_EVERYBODY = tries.Limit(400, 3600)


def render_stamp() -> str:
    """Return a stamp of this moment that only the portal can make."""
    return keyring().seal(clock.now().isoformat(), context=CONTEXT).hex()


def looks_automatic(*, trap: str, stamp: str, network: str) -> bool:
    """Tell whether a form was filled in faster than people can, into the trap, or too often."""
    too_many = [_too_many(network, OF_A_NETWORK), _too_many("everybody", OF_EVERYBODY)]
    return bool(trap) or any(too_many) or _too_fast(stamp)


def _too_many(key: str, limit: tries.Limit) -> bool:
    try:
        tries.count("intake-request", key, limit=limit)
    except TooManyTries:
        return True
    return False


def _too_fast(stamp: str) -> bool:
    try:
        rendered = datetime.fromisoformat(keyring().open(bytes.fromhex(stamp), context=CONTEXT))
    except (ValueError, SealBroken):
        return True
    return clock.now() - rendered < FASTEST_PERSON


def wrote_a_person(request: IntakeRequest) -> None:
    """Take the mark away inside a change: somebody came back, answered or kept the code."""
    if request.needs_check:
        IntakeRequest.update(needs_check=False).where(IntakeRequest.id == request.id).execute()
