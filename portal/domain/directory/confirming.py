"""A provider confirms or corrects its own service by a signed link, without an account.

The link says for which service it is, what was checked last when it was made, and until when it holds. Confirming
changes what was checked last: so each link works once.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from portal import clock
from portal.domain import tries
from portal.domain.actors import PROVIDER as ACTOR
from portal.domain.changes import change
from portal.domain.directory import presenting
from portal.domain.directory.codes import PROVIDER, PUBLIC_STATES, State
from portal.domain.directory.demarcations import lines_for
from portal.domain.directory.moving import confirm_check
from portal.domain.directory.proposable import values_of
from portal.domain.directory.proposals import checked_changes, keep
from portal.domain.directory.records import Record, by_keys
from portal.domain.directory.storing import locked_service, save, subject_of
from portal.domain.directory.views import ServiceDetail
from portal.domain.errors import NotFound, RuleBroken
from portal.i18n import SOURCE, _l
from portal.keys import keyring
from portal.models.directory import Service

PATH = "/angebote/bestaetigen/"
"""Where a link leads; the token follows."""
VALID_FOR = timedelta(days=30)
CORRECTIONS_OF_A_SERVICE = tries.Limit(5, 86400)
MAC_LETTERS = 32
LONGEST_TOKEN = 200
PARTS = 4
NEVER = 0
"""The day that stands for "never checked"."""

USED = _l("Dieser Link wurde schon benutzt oder ersetzt. Danke, mehr ist nicht zu tun.")
EXPIRED = _l("Dieser Link ist abgelaufen. Bitte schreiben Sie uns, dann schicken wir einen neuen.")


class LinkClosed(RuleBroken):
    """The link was genuine, but works no more."""


@dataclass(frozen=True, slots=True)
class ConfirmView:
    """What a provider sees: the service as everybody sees it, and the values that can be corrected."""

    service_key: str
    detail: ServiceDetail
    values: dict[str, Any]
    valid_until: date


def link_token(service_key: str) -> str:
    """Return the token of a link with which a provider confirms what a service says now; raise NotFound."""
    service = Service.get_or_none(Service.key == service_key)
    if service is None:
        raise NotFound
    until = (clock.today() + VALID_FOR).toordinal()
    return _signed(f"{service.key}.{_state_of(service)}.{until}")


def opened(token: str) -> ConfirmView:
    """Return what a link shows; raise NotFound if it is not one of ours, LinkClosed if it works no more."""
    record, until = _open(token)
    programme = record.programme
    lines = lines_for(programme.key, clock.today()) if programme else ()
    return ConfirmView(
        service_key=record.service.key,
        detail=presenting.detail(record, locale=SOURCE, at=clock.now(), lines=lines),
        values=values_of(record),
        valid_until=until,
    )


def confirm(token: str) -> None:
    """Note that the provider says everything is right."""
    record, _until = _open(token)
    subject = subject_of(record.service.key)
    with change(by=ACTOR, action="directory:service:confirm", subject=subject) as entry:
        service = locked_service(record.service.key)
        if not _is_open(service, _state_of(record.service)):
            raise LinkClosed(USED)
        confirm_check(service, on=clock.today(), by_provider=True)
        before, service.state = service.state, State.PUBLISHED
        entry.changed(state=(before, service.state), checked_on=service.checked_on)
        save(service, entry)


def correct(token: str, changes: Mapping[str, Any], note: str = "") -> str:
    """Keep what the provider says should be different, and return its reference."""
    record, _until = _open(token)
    before, after, words = checked_changes(record, changes, note)
    tries.count("directory:correct", record.service.key, limit=CORRECTIONS_OF_A_SERVICE)
    return keep(record, PROVIDER, before, after, words, by=ACTOR)


def _open(token: str) -> tuple[Record, date]:
    """Return the service of a genuine link and the last day on which it works."""
    parts = token.split(".")
    genuine = len(token) <= LONGEST_TOKEN and len(parts) == PARTS and _is_signed(token)
    found = by_keys([parts[0]]) if genuine else []
    if not found:
        raise NotFound
    _key, state, until, _mac = parts
    if not _is_open(found[0].service, state):
        raise LinkClosed(USED)
    last_day = date.fromordinal(int(until))
    if last_day < clock.today():
        raise LinkClosed(EXPIRED)
    return found[0], last_day


def _is_open(service: Service, state: str) -> bool:
    """Tell whether a service is still as its link says, and still everybody's to see."""
    return service.state in PUBLIC_STATES and _state_of(service) == state


def _state_of(service: Service) -> str:
    """Return what changes whenever somebody checks a service: the day, and whether the provider did."""
    day = service.checked_on.toordinal() if service.checked_on else NEVER
    return f"{day}{'p' if service.checked_by_provider else 's'}"


def _signed(text: str) -> str:
    mac = keyring().keyed_hash("directory:confirm", text)[:MAC_LETTERS]
    return f"{text}.{mac}"


def _is_signed(token: str) -> bool:
    expected = _signed(token.rpartition(".")[0])
    return hmac.compare_digest(expected.encode(), token.encode("utf-8", "replace"))
