"""What of the directory waits for somebody today."""

from portal.domain.directory import cards, demarcations
from portal.domain.directory.codes import PROPOSAL_OPEN, State
from portal.domain.directory.records import services
from portal.domain.directory.scope import scope_of
from portal.domain.directory.staff import services_within
from portal.domain.permissions import Permission, may
from portal.domain.waiting import Kind, Waiting
from portal.models.accounts import Account
from portal.models.directory import Demarcation, Service, ServiceProposal


def waiting_services(account: Account) -> list[Waiting]:
    """Return what is to be checked of one's own, and for the coordination office what others sent in."""
    items = []
    if may(account, Permission.DIRECTORY_EDIT):
        items.append(Waiting(Kind.SERVICES_TO_CHECK, _in_state(account, State.NEEDS_CHECK)))
    if may(account, Permission.DIRECTORY_PUBLISH):
        items.append(Waiting(Kind.SERVICES_SUBMITTED, _in_state(account, State.SUBMITTED)))
        items.append(Waiting(Kind.PROPOSALS_WAITING, _open_proposals()))
    if may(account, Permission.RULES_RELEASE):
        items.append(Waiting(Kind.DEMARCATIONS_TO_RELEASE, _to_release(account)))
    if may(account, Permission.DEMARCATION_EDIT):
        items.append(Waiting(Kind.CARDS_OVERDUE, cards.overdue_count()))
    return [item for item in items if item.count]


def _in_state(account: Account, state: State) -> int:
    query = services().where(Service.state == state, services_within(scope_of(account)))
    return int(query.count())


def _open_proposals() -> int:
    return int(ServiceProposal.select().where(ServiceProposal.state == PROPOSAL_OPEN).count())


def _to_release(account: Account) -> int:
    """Count the proposed versions of others; a second person has to release them."""
    open_ones = Demarcation.select().where(Demarcation.state == demarcations.State.PROPOSED)
    return sum(row.proposed_by_id != account.id for row in open_ones)
