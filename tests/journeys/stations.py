"""Every page of the portal, and the way to it: whoever looks pages over walks this list."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask

from portal.domain import posts
from portal.domain.intake import requester
from portal.domain.intake.messages import write_message
from portal.domain.intake.states import State
from portal.domain.permissions import Role
from portal.models.accounts import Account
from portal.models.intake import IntakeRequest
from tests.journeys.devices import Device
from tests.support.clock import TestClock
from tests.support.people import PASSWORD, make_account, make_request

NAME = "Salma Beispiel"
CONTACT = "05271 965 1234"
FREE_TEXT = "مرحبا، نحن عائلة من خمسة أشخاص ونبحث عن شقة."


@dataclass(frozen=True)
class County:
    """People and requests in every state that a page can show."""

    case_manager: Account
    coordinator: Account
    administrator: Account
    protection_officer: Account
    new_request: IntakeRequest
    closed_request: IntakeRequest


def county_at_work(clock: TestClock) -> County:
    """Let a fortnight pass in which people asked, were answered and waited."""
    case_manager = make_account(
        Role.CASE_MANAGER, position="CMS-III-a", name="Erika Beispiel", mail="brakel@example.org", password=PASSWORD
    )
    coordinator = make_account(Role.COORDINATOR, position="KS", name="Kim Beispiel")
    make_account(Role.CASE_MANAGER, position="CMS-III-a", substitute=True, name="Robin Beispiel")
    posts.record_absence(case_manager.id, by=case_manager, first_day=clock().date().replace(month=12), last_day=clock().date().replace(month=12))
    make_request("brakel", language="uk", channel="homepage", topics=("school", "family"))  # becomes overdue
    closed = make_request("brakel", state=State.CLOSED, language="ar", channel="flyer")
    clock.move(days=10)
    for state in (State.IN_TRIAGE, State.CONTACTED, State.APPOINTMENT, State.NO_SHOW, State.INTAKE_DONE):
        make_request("brakel", state=state, topics=("work", "german", "recognition"))
    make_request("brakel", contact=CONTACT, needs_check=True, language="en")
    new = make_request(
        "brakel", display_name=NAME, contact=CONTACT, free_text=FREE_TEXT, language="ar", spoken_language="ar",
        channel="flyer", edition="2026-11", interpreter=True, topics=("housing", "school"), relation="volunteer",
        helper="Jo Beispiel", agreed=True,
    )
    requester.add_message(new.id, text="متى الموعد؟", language="ar")
    write_message(by=case_manager, request=new, text="Am Montag um 10 Uhr.", language="de")
    return County(
        case_manager, coordinator, make_account(Role.ADMIN, name="Alex Beispiel"),
        make_account(Role.DATA_PROTECTION_OFFICER, name="Toni Beispiel"), new, closed,
    )
