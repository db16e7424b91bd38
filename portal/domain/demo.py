"""Invented people, requests and services, so that somebody can try the portal out; never in production."""

from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta

from portal import clock
from portal.domain import posts
from portal.domain.actors import SYSTEM
from portal.domain.changes import change
from portal.domain.county import install_invented
from portal.domain.county_pack import CountyPack, DemoPerson, DemoRequest
from portal.domain.duty import on_duty
from portal.domain.intake.answers import Answers
from portal.domain.intake.handling import make_move
from portal.domain.intake.receiving import receive
from portal.domain.intake.states import LIMIT_OF_TRIES, TRANSITIONS, Move, Outcome, State
from portal.models.accounts import Account, RoleGrant
from portal.models.county import Organisation, StaffPosition
from portal.models.intake import IntakeRequest

LONG_AGO = timedelta(days=400)
"""Since when invented people hold their posts: longer than the oldest invented request."""
A_DAY = timedelta(days=1)


def install_demo(pack: CountyPack) -> None:
    """Add the pack's invented people, services and requests that are not there yet."""
    install_invented(pack)
    for person in pack.demo_people:
        if not Account.select().where(Account.mail == person.mail).exists():
            _add_person(person)
    for request in sorted(pack.demo_requests, key=lambda request: -request.days_ago):
        _add_request(request)


def _add_person(person: DemoPerson) -> None:
    with change(by=SYSTEM, action="accounts:demo:add") as entry:
        account = Account.create(
            mail=person.mail, name=person.name, demo=True, created_at=clock.now()
        )
        held = tuple(filter(None, (person.position, *person.substitutes)))
        for position in held or ("",):
            RoleGrant.create(
                account=account,
                role=person.role,
                position=StaffPosition.get_or_none(StaffPosition.key == position),
                organisation=Organisation.get_or_none(Organisation.key == person.organisation),
            )
        since = clock.today() - LONG_AGO
        for position in held:
            posts.appoint(
                position,
                by=SYSTEM,
                account_id=account.id,
                substitute=position != person.position,
                valid_from=since,
            )
        entry.about(account)
        entry.changed(role=person.role)


def _add_request(wanted: DemoRequest) -> None:
    """Send a request and move it on, at the times at which that might have happened."""
    now = clock.now()
    arrived = now - wanted.days_ago * A_DAY
    with clock.frozen(arrived):
        receipt = receive(_answers(wanted))
    if not receipt.is_new:
        return
    moves = tuple(_moves_to(State(wanted.state)))
    for moment, move in zip(_moments(arrived, now, len(moves)), moves, strict=True):
        with clock.frozen(moment):
            _move(receipt.request, move, Outcome(wanted.outcome) if wanted.outcome else None)


def _answers(wanted: DemoRequest) -> Answers:
    return Answers(
        town=wanted.town,
        display_name=wanted.display_name,
        contact=wanted.contact,
        language=wanted.language,
        spoken_language=wanted.spoken_language or wanted.language,
        submission_key=f"demo {wanted.town} {wanted.display_name} {wanted.contact}",
        consent=True,
        interpreter=wanted.interpreter,
        contact_wish=wanted.contact_wish,
        best_time=wanted.best_time,
        topics=wanted.topics,
        age_band=wanted.age_band,
        free_text=wanted.free_text,
        relation=wanted.relation,
        agreed=bool(wanted.relation),
        channel=wanted.channel,
    )


def _move(request: IntakeRequest, move: Move, outcome: Outcome | None) -> None:
    by = on_duty(request.position, clock.today()).accounts[0]
    make_move(by=by, reference=request.ref, move=move, outcome=outcome)


def _moments(start: datetime, end: datetime, count: int) -> Iterator[datetime]:
    """Yield so many moments after a start, a day apart or closer."""
    step = min(A_DAY, (end - start) / (count + 1))
    return (start + number * step for number in range(1, count + 1))


def _moves_to(goal: State) -> Iterator[Move]:
    """Yield the shortest way from a new request to a state, with the tries that giving up asks for."""
    ways: deque[tuple[State, tuple[Move, ...]]] = deque([(State.RECEIVED, ())])
    while ways:
        state, way = ways.popleft()
        if state == goal:
            break
        ways.extend(
            (after, (*way, move)) for move, after in TRANSITIONS[state].items() if after != state
        )
    for move in way:
        if move is Move.GIVE_UP:
            yield from [Move.TRY_CONTACT] * LIMIT_OF_TRIES
        yield move
