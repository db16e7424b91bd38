"""Two who write the same thing at the same moment: both are served, nobody meets an error of the database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest

from portal import clock as portal_clock
from portal import db
from portal.db import BaseModel
from portal.domain.actors import SYSTEM
from portal.domain.directory import demarcations, search_words, translations
from portal.domain.errors import RuleBroken
from portal.domain.permissions import Role
from portal.domain.searchable import Kind
from portal.domain.wayfinder import versions
from portal.domain.wayfinder.editing import Edit, draft_from
from portal.models.directory import (
    Demarcation,
    KnowledgeCard,
    Place,
    Programme,
    Service,
    Translation,
)
from portal.models.search import SearchWords
from portal.models.wayfinder import RuleSet
from tests.support.people import make_account
from tests.support.services import (
    demarcation_draft,
    make_card,
    make_place,
    make_programme,
    make_service,
)

pytestmark = pytest.mark.usefixtures("empty_directory")
SECONDS_TO_MEET = 0.5
WORDS = {"name": "Name", "description": "About", "for_whom": "A", "not_for": "B", "otherwise": "C"}


def both_at_once(
    monkeypatch: pytest.MonkeyPatch, table: type[BaseModel], write: Callable[[], object]
) -> list[str]:
    """Write twice so that neither stores before both have looked, if that can be; return who was refused."""
    meeting, create = Barrier(2), table.create

    def after_meeting(**columns: Any) -> Any:
        with suppress(BrokenBarrierError):
            meeting.wait(SECONDS_TO_MEET)
        return create(**columns)

    def attempt(_number: int) -> str:
        db.connect()
        try:
            write()
        except RuleBroken as broken:
            return str(broken.message)
        finally:
            db.close()
        return ""

    monkeypatch.setattr(table, "create", after_meeting)
    with ThreadPoolExecutor(2) as pool:
        return [refusal for refusal in pool.map(attempt, range(2)) if refusal]


@pytest.mark.parametrize(
    ("table", "write"),
    [
        (Service, lambda: make_service(name="Demo Treff")),
        (Place, lambda: make_place(name="Demo Treff")),
        (Programme, lambda: make_programme(abbr="DT", name="Demo Treff")),
        (KnowledgeCard, lambda: make_card("Demo Treff")),
        (SearchWords, lambda: search_words.add(SYSTEM, ("Treff", "Café"))),
    ],
)
def test_two_new_things_of_the_same_name_get_two_keys(
    monkeypatch: pytest.MonkeyPatch, table: type[BaseModel], write: Callable[[], object]
) -> None:
    make_service()
    make_place()
    before = table.select().count()
    assert both_at_once(monkeypatch, table, write) == []
    assert table.select().count() == before + 2


def test_the_same_translation_twice_is_stored_once(monkeypatch: pytest.MonkeyPatch) -> None:
    service = make_service()

    def write() -> None:
        translations.translate(SYSTEM, Kind.SERVICE, service.key, "en", WORDS, is_checked=True)

    assert both_at_once(monkeypatch, Translation, write) == []
    assert Translation.select().where(Translation.key == service.key).count() == 1


def test_of_two_proposals_for_a_demarcation_the_second_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draft = demarcation_draft(make_programme(), make_programme())
    refused = both_at_once(monkeypatch, Demarcation, lambda: demarcations.propose(SYSTEM, draft))
    assert refused == ["Diese Abgrenzung gibt es schon. Schlagen Sie eine neue Fassung vor."]


def test_two_proposals_for_the_rules_get_two_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    by, today = make_account(Role.COORDINATOR, position="KS"), portal_clock.today()
    edit = Edit("parameter", "mbe_first_years_months", "value", 24)
    content = draft_from(versions.current(today).content, [edit])

    def write() -> None:
        versions.propose(by, content, source="Beschluss", note="", valid_from=today)

    assert both_at_once(monkeypatch, RuleSet, write) == []
    assert [row.version for row in RuleSet.select().order_by(RuleSet.version)] == [1, 2, 3]
