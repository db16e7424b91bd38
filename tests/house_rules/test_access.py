"""Closed by default: who reaches what is a committed table, and every address is walked as everybody."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from portal.domain.permissions import Permission, Role, permissions_of
from portal.models.privacy import AuditEntry
from portal.web.access import PUBLIC, REQUESTER, SIGNED_IN, STATIC, access_of
from tests.support.browser import Answer, StrictClient
from tests.support.fingerprint import fingerprint
from tests.support.walking import (
    MISSING,
    OWN,
    SECRETS,
    UNSAFE,
    VISITORS,
    WHOSE,
    WITH_CODE,
    World,
    asked,
    build_world,
    rules,
)

REFUSALS = {302, 303, 400, 401, 403, 404, 405, 409}
SEES_OWN = {WITH_CODE, Role.CASE_MANAGER}
ONLY_LANG = {"lang"}


@pytest.fixture
def world(app: Flask) -> World:
    return build_world(app)


def may_call(mark: str | None, visitor: str) -> bool:
    """Tell who a mark lets in, from the permission table alone."""
    if mark in {PUBLIC, STATIC}:
        return True
    if mark == REQUESTER:
        return visitor == WITH_CODE
    if visitor not in set(Role):
        return False
    return mark == SIGNED_IN or Permission(mark) in permissions_of(frozenset({Role(visitor)}))


def steps(
    app: Flask, world: World, visitor: str, methods: set[str], *, allowed: bool
) -> Iterator[tuple]:
    """Yield every address to ask as a visitor: method, address, whose thing it names."""
    for rule in rules(app):
        if may_call(access_of(app, rule.endpoint), visitor) is not allowed:
            continue
        for method in set(asked(rule)) & methods:
            for whose in WHOSE if rule.arguments - ONLY_LANG else (OWN,):
                yield method, world.path(rule, whose), whose


def leaks(answer: Answer, visitor: str) -> set[str]:
    """Return the person data in an answer that this visitor must not see."""
    text = answer.get_data().decode("utf-8", "replace") + str(answer.headers)
    shown = {word for word in SECRETS if word in text}
    if visitor not in SEES_OWN:
        return shown
    return {
        f"{word} warburg"
        for word in shown
        if f"{word} warburg" in text or f"{word}-warburg" in text
    }


def csrf_token(client: StrictClient) -> str:
    page = client.get("/de/anfrage/status")
    return page.all("input", name="csrf_token")[0].get("value", "")


def test_every_view_says_who_may_call_it(app):
    silent = {rule.endpoint for rule in rules(app) if access_of(app, rule.endpoint) is None}
    assert not silent, (
        "mark each view with @public, @requester, @signed_in or @requires(Permission.…)"
    )


def test_every_argument_of_an_address_can_be_walked(app, world):
    unknown = {name for rule in rules(app) for name in rule.arguments} - set(world.things)
    assert not unknown, "say in tests/support/walking.py what is one's own, foreign and missing"


def test_access_table(app, demo_app, fact):
    fact("tests/house_rules/access.txt", access_table(app) + demo_only(app, demo_app))


def access_table(app: Flask) -> str:
    return "".join(_line(app, rule) for rule in rules(app))


def demo_only(app: Flask, demo_app: Flask) -> str:
    known = {rule.rule for rule in rules(app)}
    return "".join(
        f"demo only: {_line(demo_app, rule)}" for rule in rules(demo_app) if rule.rule not in known
    )


def _line(app: Flask, rule: Rule) -> str:
    mark = access_of(app, rule.endpoint)
    roles = [role for role in Role if may_call(mark, role)]
    who = (
        "everybody"
        if mark in {PUBLIC, STATIC}
        else mark
        if mark in {REQUESTER, SIGNED_IN}
        else ", ".join(roles)
    )
    address = re.sub(r"<[^<>]*:(\w+)>", r"<\1>", rule.rule)
    return f"{'|'.join(asked(rule)):<9} {address:<58} {rule.endpoint:<32} {who}\n"


@pytest.mark.parametrize("visitor", VISITORS)
def test_reading_shows_nobody_what_is_not_theirs(app, world, visitor):
    for allowed in (True, False):
        for method, path, whose in steps(app, world, visitor, {"GET"}, allowed=allowed):
            answer = world.visitors[visitor]().open(path, method=method)
            shown = f"{visitor}: {method} {path} ({whose}) → {answer.status}"
            assert not leaks(answer, visitor), f"{shown} shows person data"
            assert answer.status_code < 500, shown
            if not allowed:
                assert answer.status_code in REFUSALS, f"{shown} should be refused"
            elif whose == MISSING:
                assert answer.status_code != 200, f"{shown} shows what does not exist"


@pytest.mark.parametrize("visitor", VISITORS)
def test_writing_is_refused_and_changes_nothing(app, world, visitor):
    before = None
    for method, path, whose in steps(app, world, visitor, set(UNSAFE), allowed=False):
        client = world.visitors[visitor]()
        token = csrf_token(client)
        before = fingerprint()
        answer = client.open(path, method=method, data={"csrf_token": token})
        shown = f"{visitor}: {method} {path} ({whose}) → {answer.status}"
        assert answer.status_code in REFUSALS, f"{shown} should be refused"
        assert not leaks(answer, visitor), f"{shown} shows person data"
        assert fingerprint() == before, f"{shown} changed something"


@pytest.mark.parametrize("visitor", VISITORS)
def test_writing_shows_nobody_what_is_not_theirs(app, world, visitor):
    """An empty form sent to everything one may send: no answer shows more than reading does."""
    for method, path, whose in steps(app, world, visitor, set(UNSAFE), allowed=True):
        client = world.visitors[visitor]()
        answer = client.open(path, method=method, data={"csrf_token": csrf_token(client)})
        shown = f"{visitor}: {method} {path} ({whose}) → {answer.status}"
        assert not leaks(answer, visitor), f"{shown} shows person data"
        assert answer.status_code < 500, shown


@pytest.mark.parametrize("visitor", VISITORS)
def test_reading_changes_nothing(app, world, visitor):
    """But for the log of readings: a link somebody opens, or a browser opens ahead, must do no harm."""
    for method, path, _whose in steps(app, world, visitor, {"GET"}, allowed=True):
        client = world.visitors[visitor]()
        before = fingerprint()
        client.open(path, method=method)
        after = fingerprint()
        changed = {table for table, number in before.items() if after[table] != number}
        assert not changed, f"{visitor}: GET {path} changed {changed} – make it a form that posts"


def test_the_walk_would_see_a_leak(app, world):
    """The owner sees the data that nobody else may see: the walks above look for the right words."""
    page = world.visitors[Role.CASE_MANAGER]().get(f"/eingang/{world.things['ref'][OWN]}")
    assert {word for word in SECRETS if word in page.text} >= set(SECRETS)


def test_reading_a_request_is_logged(app, world):
    before = AuditEntry.select().where(AuditEntry.chain == "readings").count()
    world.visitors[Role.CASE_MANAGER]().get(f"/eingang/{world.things['ref'][OWN]}")
    assert AuditEntry.select().where(AuditEntry.chain == "readings").count() == before + 1
