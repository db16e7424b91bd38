"""Delete requests for good: what remains is a figure without a person, and a note outside the database.

The note (a keyed hash) is on disk *before* a request goes, so that a backup which still has it loses it again when it
is restored.
"""

from collections import defaultdict
from pathlib import Path
from typing import Any

from portal import clock
from portal.domain.actors import SYSTEM
from portal.domain.changes import change
from portal.domain.privacy import ledger
from portal.domain.workdays import working_days_between
from portal.keys import keyring
from portal.models.intake import IntakeFigure, IntakeRequest
from portal.models.privacy import ConsentProof

FILE = "deletions.log"
AT_ONCE = 20


def forget(condition: Any, *, rule: str, keep_figure: bool, data_dir: Path) -> int:
    """Delete some of the requests that meet a condition, in one transaction; return how many."""
    query = IntakeRequest.select().where(condition).order_by(IntakeRequest.id)
    requests = list(query.limit(AT_ONCE))
    if requests:
        notes = [
            {"rule": rule, "figure": keep_figure, "hash": _hash_of(request)} for request in requests
        ]
        ledger.append(data_dir / FILE, *notes)
        _delete(requests, rule=rule, keep_figure=keep_figure)
    return len(requests)


def forget_again(data_dir: Path) -> int:
    """Delete what was deleted after the backup that was just restored; return how many requests."""
    noted = {line["hash"]: (line["rule"], line["figure"]) for line in ledger.lines(data_dir / FILE)}
    found: dict[tuple[str, bool], list[IntakeRequest]] = defaultdict(list)
    for request in IntakeRequest.select():
        if (how := noted.get(_hash_of(request))) is not None:
            found[how].append(request)
    for (rule, keep_figure), requests in found.items():
        _delete(requests, rule=rule, keep_figure=keep_figure)
    return sum(map(len, found.values()))


def _delete(requests: list[IntakeRequest], *, rule: str, keep_figure: bool) -> None:
    with change(by=SYSTEM, action="privacy:intake:delete", subject=f"rule:{rule}") as entry:
        for request in requests:
            if keep_figure:
                _keep_figure(request)
            _keep_consent(request)
            request.delete_instance()
        entry.changed(count=len(requests))


def _keep_figure(request: IntakeRequest) -> None:
    arrived = clock.local(request.received_at).date()
    days = None
    if request.first_contact_at is not None:
        days = working_days_between(arrived, clock.local(request.first_contact_at).date())
    IntakeFigure.create(
        month=f"{arrived:%Y-%m}",
        town=request.town,
        channel=request.channel,
        outcome=request.outcome,
        topics=request.topics,
        days_to_contact=days,
    )


def _keep_consent(request: IntakeRequest) -> None:
    """Keep the proof that the person had agreed, and to which text, without the person."""
    ConsentProof.insert(
        ref_hash=_hash_of(request),
        text=request.consent,
        given_at=request.received_at,
        ended_at=clock.now(),
    ).on_conflict_ignore().execute()


def _hash_of(request: IntakeRequest) -> str:
    return keyring().keyed_hash("deleted", request.ref)
