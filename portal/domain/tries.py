"""How often something may be tried: sign-ins, codes, forms. One throttle for all of them.

What is throttled is always one key – an account, a network, a code – never everybody. Keys are stored as keyed hashes,
so that the table tells nobody's address. Counting is one step with looking: two tries at once cannot both be the last.
"""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from math import ceil, inf

from peewee import EXCLUDED

from portal import clock
from portal.domain.changes import upkeep
from portal.domain.errors import TooManyTries
from portal.keys import keyring
from portal.models.accounts import Tries

KEPT = timedelta(days=1)
LONGEST_DOUBLINGS = 30  # beyond this only `longest` counts; the power stays a small number
CLOCKS_DIFFER = 60  # seconds by which two machines' clocks may disagree
NETWORK_BITS = {4: 24, 6: 56}  # what one household or office usually shares


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries in so many seconds; `doubling` makes each further try wait twice as long, up to `longest`."""

    count: int
    seconds: int
    doubling: bool = False
    longest: int = 900

    def wait_after(self, count: int) -> int:
        """Return for how many seconds `count` tries close the door."""
        if count < self.count:
            return 0
        if not self.doubling:
            return self.seconds
        wait: int = self.seconds * 2 ** min(count - self.count, LONGEST_DOUBLINGS)
        return min(self.longest, wait)

    def memory_of(self, count: int) -> int:
        """Return after how many seconds `count` tries are forgotten."""
        if count < self.count or not self.doubling:
            return self.seconds
        return self.wait_after(count) + self.longest


def check(purpose: str, key: str, *, limit: Limit) -> None:
    """Raise TooManyTries if another try would be one too many."""
    row = Tries.get_or_none(Tries.key == _hashed(purpose, key))
    if row is not None:
        _refuse_closed(row, limit)


def count(purpose: str, key: str, *, limit: Limit) -> None:
    """Count a try, or raise TooManyTries if it is one too many (that one is not counted)."""
    with upkeep():
        row = _own_row(_hashed(purpose, key))
        _refuse_closed(row, limit)
        if _age(row) >= limit.memory_of(row.count):
            row.count, row.since = 0, clock.now()
        row.count += 1
        if limit.doubling and row.count >= limit.count:
            row.since = clock.now()  # from here on the beginning of a wait, not of a window
        row.save()


def forget(purpose: str, key: str) -> None:
    """Forget the tries of a key, after one that succeeded."""
    with upkeep():
        Tries.delete().where(Tries.key == _hashed(purpose, key)).execute()


def forget_old() -> int:
    """Delete what no limit asks for any more; return how many rows went."""
    with upkeep():
        deleted: int = Tries.delete().where(Tries.since < clock.now() - KEPT).execute()
    return deleted


def network_of(address: str) -> str:
    """Return the network an address belongs to, so that changing addresses inside it does not help."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    mapped = getattr(ip, "ipv4_mapped", None)
    ip = mapped or ip
    return str(ipaddress.ip_network((ip, NETWORK_BITS[ip.version]), strict=False))


def _hashed(purpose: str, key: str) -> str:
    return keyring().keyed_hash(f"tries:{purpose}", key)


def _own_row(hashed: str) -> Tries:
    """Return the key's row, made if need be, and held against others until the transaction ends."""
    fresh = Tries.insert(key=hashed, count=0, since=clock.now())
    held = fresh.on_conflict(conflict_target=[Tries.key], update={Tries.key: EXCLUDED.key})
    row: Tries = next(iter(held.returning(Tries).execute()))
    return row


def _age(row: Tries) -> float:
    """Return how old a row is in seconds; one from the future belongs to a clock that was wrong."""
    age = (clock.now() - row.since).total_seconds()
    return age if age >= -CLOCKS_DIFFER else inf


def _refuse_closed(row: Tries, limit: Limit) -> None:
    left = limit.wait_after(row.count) - _age(row)
    if left > 0:
        raise TooManyTries(ceil(left))
