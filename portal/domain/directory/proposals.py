"""What somebody says should be different about a service, and what the coordination office makes of it.

Who wants an answer leaves a mail address. It is sealed, opened only to write that answer, and erased with it, or after
half a year.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from portal import clock
from portal.domain import tries
from portal.domain.actors import PUBLIC, Actor
from portal.domain.changes import Entry, change
from portal.domain.directory.answering import answer_sender, checked_address, sealed_address
from portal.domain.directory.checks import LONGEST_TEXT, cleaned
from portal.domain.directory.codes import (
    ANYONE,
    PROPOSAL_DECIDED,
    PROPOSAL_OPEN,
    PROVIDER,
    REVIEW_CYCLE,
    State,
)
from portal.domain.directory.drafts import checked
from portal.domain.directory.proposable import (
    Difference,
    check_public,
    differences,
    differing,
    values_of,
    with_values,
    write_contacts,
)
from portal.domain.directory.records import Record, by_keys, is_public
from portal.domain.directory.scope import scope_of
from portal.domain.directory.staff import draft_of, services_within
from portal.domain.directory.storing import locked_service, store, subject_of
from portal.domain.errors import NotFound, RuleBroken
from portal.domain.permissions import Permission, may, require
from portal.domain.references import new_reference
from portal.domain.text import clean
from portal.domain.towns import county
from portal.i18n import _l
from portal.models.accounts import Account
from portal.models.directory import Service, ServiceProposal

LONGEST_NOTE = 1000
ENDED = "Dieses Angebot ist beendet. Nehmen Sie es zuerst wieder auf."
FROM_A_NETWORK = tries.Limit(10, 3600)


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """One line of the list."""

    ref: str
    service: str
    service_name: str
    source: str
    created_at: datetime
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal beside what stands there now, field by field."""

    row: ProposalRow
    note: str
    differences: tuple[Difference, ...]
    wants_answer: bool
    is_open: bool
    adopted: tuple[str, ...]
    answer: str
    may_decide: bool


def values_to_correct(key: str) -> dict[str, Any]:
    """Return what anybody may correct about a public service, with what it says now; raise NotFound."""
    return values_of(_public(key))


def suggest(
    key: str, changes: Mapping[str, Any], note: str, sender_mail: str, *, network: str
) -> str:
    """Keep what anybody says should be different, and return its reference; raise TooManyTries for a flood."""
    record = _public(key)
    mail = checked_address(sender_mail)
    before, after, words = checked_changes(record, changes, note)
    tries.count("directory:suggest", network, limit=FROM_A_NETWORK)
    return keep(record, ANYONE, before, after, words, by=PUBLIC, mail=mail)


def checked_changes(
    record: Record, changes: Mapping[str, Any], note: str
) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Return what differs (before and after) and the note; raise RuleBroken if nothing is said or it is wrong."""
    words = clean(note)
    if len(words) > LONGEST_NOTE:
        raise RuleBroken(_l("Bitte kürzen Sie Ihren Text."), field="note")
    before, after = differing(record, changes)
    if not after and not words:
        raise RuleBroken(_l("Sie haben noch nichts geändert und nichts dazu geschrieben."))
    check_public(record, after)
    return before, after, words


def keep(
    record: Record,
    source: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    note: str,
    *,
    by: Actor,
    mail: str = "",
) -> str:
    """Store a proposal and return its reference."""
    ref = new_reference(f"{county().prefix}V", taken=_is_taken)
    with change(by=by, action="directory:service:suggest") as entry:
        ServiceProposal.create(
            ref=ref,
            service=record.service,
            source=source,
            before=dict(before),
            after=dict(after),
            note=note,
            sender_sealed=sealed_address(mail, ref),
            state=PROPOSAL_OPEN,
            created_at=clock.now(),
            created_by=by if isinstance(by, Account) else None,
        )
        entry.about(subject_of(record.service.key))
        entry.changed(proposal=ref, source=source, fields=sorted(after))
    return ref


def open_proposals(by: Actor) -> list[ProposalRow]:
    """Return what waits for a decision, the oldest first, as far as the services are one's own to keep."""
    require(by, Permission.DIRECTORY_EDIT)
    query = _joined().where(ServiceProposal.state == PROPOSAL_OPEN, services_within(scope_of(by)))
    return [_row(one) for one in query.order_by(ServiceProposal.id)]


def proposal(by: Actor, ref: str) -> ProposalView:
    """Return a proposal with its differences; raise NotFound for others' services, as if there were none."""
    require(by, Permission.DIRECTORY_EDIT)
    found = _joined().where(ServiceProposal.ref == ref, services_within(scope_of(by))).first()
    if found is None:
        raise NotFound
    record = by_keys([found.service.key])[0]
    is_open = found.state == PROPOSAL_OPEN
    return ProposalView(
        row=_row(found),
        note=found.note,
        differences=differences(found.before, found.after, record),
        wants_answer=found.sender_sealed is not None,
        is_open=is_open,
        adopted=tuple(found.adopted),
        answer=found.answer,
        may_decide=is_open
        and (not isinstance(by, Account) or may(by, Permission.DIRECTORY_PUBLISH)),
    )


def decide(by: Actor, ref: str, adopt: Collection[str], answer: str = "") -> None:
    """Adopt some of the fields, reject the others, and write to the sender; the address is erased with it."""
    require(by, Permission.DIRECTORY_PUBLISH)
    words = cleaned(answer, field="answer", longest=LONGEST_TEXT)
    with change(by=by, action="directory:service:decide") as entry:
        found = ServiceProposal.locked(ServiceProposal.ref == ref)
        if found is None:
            raise NotFound
        if found.state != PROPOSAL_OPEN:
            raise RuleBroken("Über diesen Vorschlag wurde schon entschieden.")
        service = locked_service(Service.get_by_id(found.service_id).key)
        record = by_keys([service.key])[0]
        adopted = {name: value for name, value in found.after.items() if name in set(adopt)}
        if adopted and service.state == State.ENDED:
            raise RuleBroken(ENDED, field="adopt")
        if adopted:
            _adopt(found, service, record, adopted, entry)
        entry.about(subject_of(service.key))
        entry.changed(proposal=ref, adopted=sorted(adopted))
        answer_sender(found, service, adopted, words)
        _close(found, by, adopted, words)


def forget_decided(before: datetime) -> int:
    """Delete the proposals that were decided before a moment, with what their senders wrote; return how many went."""
    deleted: int = ServiceProposal.delete().where(ServiceProposal.decided_at < before).execute()
    return deleted


def _adopt(
    found: ServiceProposal,
    service: Service,
    record: Record,
    adopted: Mapping[str, Any],
    entry: Entry,
) -> None:
    """Write what was adopted; if all that a provider said is right, they have confirmed the rest with it."""
    draft = with_values(draft_of(record), adopted)
    confirms = found.source == PROVIDER and len(adopted) == len(found.after)
    if confirms:
        day = clock.local(found.created_at).date()
        draft = replace(draft, checked_on=day, next_check_on=day + REVIEW_CYCLE)
        service.asked_on = None
    write_contacts(record, adopted, entry)
    store(service, checked(draft), entry, by_provider=confirms)


def _close(found: ServiceProposal, by: Actor, adopted: Mapping[str, Any], answer: str) -> None:
    found.state = PROPOSAL_DECIDED
    found.adopted = sorted(adopted)
    found.answer = answer
    found.sender_sealed = None
    found.decided_at = clock.now()
    found.decided_by = by if isinstance(by, Account) else None
    found.save()


def _public(key: str) -> Record:
    found = by_keys([key], is_public(clock.today()))
    if not found:
        raise NotFound
    return found[0]


def _joined() -> Any:
    return ServiceProposal.select(ServiceProposal, Service).join(Service)


def _row(found: ServiceProposal) -> ProposalRow:
    return ProposalRow(
        ref=found.ref,
        service=found.service.key,
        service_name=found.service.name,
        source=found.source,
        created_at=found.created_at,
        fields=tuple(found.after),
    )


def _is_taken(ref: str) -> bool:
    return ServiceProposal.select().where(ServiceProposal.ref == ref).exists()
