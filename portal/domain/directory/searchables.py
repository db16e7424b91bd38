"""The directory's records as the search knows them.

What a service is not for, and who helps instead, is left out: whoever looks for "Asyl" must not find what says
"nicht für Asylsuchende".
"""

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta

from portal import clock
from portal.domain.directory import demarcations, presenting
from portal.domain.directory.codes import REVIEW_CYCLE, age_bands
from portal.domain.directory.records import (
    Record,
    chunks,
    is_public,
    keys_where,
    services,
    stream,
)
from portal.domain.permissions import Permission
from portal.domain.searchable import PUBLIC, Kind, Searchable
from portal.domain.towns import active_towns
from portal.models.county import Contact, Organisation, Town
from portal.models.directory import (
    KnowledgeCard,
    Programme,
    Service,
    ServiceSurvey,
    SurveyGap,
    Translation,
)

STAFF = str(Permission.DIRECTORY_READ)
"""The audience of what is not public."""
CONFIRMED_BY_PROVIDER, CHECKED_BY_STAFF, NEVER_CHECKED = 1.0, 0.8, 0.2
FORGOTTEN_AFTER = timedelta(days=730)
"""So long after its last check nobody relies on an entry any more."""
OVERDUE = 0.5

_NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)

Keys = Collection[str] | None


def service_searchables(keys: Keys = None) -> Iterator[Searchable]:
    """Yield services of all states, all of them or those with some keys."""
    today, towns = clock.today(), tuple(town.slug for town in active_towns())
    for some in chunks(keys_where() if keys is None else list(keys)):
        public = set(keys_where(is_public(today), Service.key.in_(some)))
        for record in stream(services().where(Service.key.in_(some)).order_by(Service.id)):
            audience = PUBLIC if record.service.key in public else STAFF
            yield _service(record, today, towns, audience)


def _service(record: Record, today: date, all_towns: tuple[str, ...], audience: str) -> Searchable:
    service, programme = record.service, record.programme
    names = [service.organisation.name, service.organisation.short]
    names += [programme.abbr, programme.name] if programme else []
    places = [f"{at.place.name} {at.place.city}" for at in record.places]
    return Searchable(
        kind=Kind.SERVICE,
        key=service.key,
        title=service.name,
        names=_filled(names),
        body="\n".join(_filled([service.description, service.for_whom, *places])),
        translations={
            locale: _words(translation, "name", "description", "for_whom")
            for locale, translation in record.translations.items()
        },
        facets={
            "town": all_towns if service.county_wide else tuple(one.slug for one in record.towns),
            "topic": tuple(service.topics),
            "programme": (programme.key,) if programme else (),
            "legal_circle": tuple(service.legal_circles),
            "language": tuple(service.languages),
            "age": age_bands(service.age_min, service.age_max),
            "access": (service.access,),
        },
        audience=audience,
        trust=trust(service, today),
    )


def trust(service: Service, today: date) -> float:
    """Return how far an entry can be relied on: from 1 (confirmed by its provider lately) down to 0."""
    if service.checked_on is None:
        return NEVER_CHECKED
    best = CONFIRMED_BY_PROVIDER if service.checked_by_provider else CHECKED_BY_STAFF
    if presenting.is_stale(service, today):
        best *= OVERDUE
    late: timedelta = today - service.checked_on - REVIEW_CYCLE
    left = 1.0 - late / (FORGOTTEN_AFTER - REVIEW_CYCLE)
    return best * min(1.0, max(0.0, left))


def programme_searchables(keys: Keys = None) -> Iterator[Searchable]:
    """Yield programmes and legal circles; those that have ended are for staff."""
    today = clock.today()
    query = Programme.select().order_by(Programme.id)
    for row in query if keys is None else query.where(Programme.key.in_(list(keys))):
        has_ended = row.valid_to is not None and row.valid_to < today
        yield Searchable(
            kind=Kind.PROGRAMME,
            key=row.key,
            title=row.name,
            names=_filled([row.abbr]),
            body="\n".join(
                _filled([row.goal, row.target_group, row.scope_of_action, row.legal_basis])
            ),
            facets={"programme": (row.key,), "legal_circle": _filled([row.legal_circle])},
            audience=STAFF if has_ended else PUBLIC,
        )


def organisation_searchables(keys: Keys = None) -> Iterator[Searchable]:
    """Yield organisations with the functions that one may reach there."""
    towns = tuple(town.slug for town in active_towns())
    functions: dict[int, list[str]] = {}
    for contact in Contact.select().where(Contact.public.is_set()).order_by(Contact.id):
        functions.setdefault(contact.organisation_id, []).append(contact.function_title)
    query = Organisation.select().order_by(Organisation.id)
    for row in query if keys is None else query.where(Organisation.key.in_(list(keys))):
        yield Searchable(
            kind=Kind.ORGANISATION,
            key=row.key,
            title=row.name,
            names=_filled([row.short]),
            body="\n".join(functions.get(row.id, [])),
            facets={"town": tuple(row.town_keys) or towns},
        )


def card_searchables(keys: Keys = None) -> Iterator[Searchable]:
    """Yield knowledge cards."""
    today = clock.today()
    query = KnowledgeCard.select().order_by(KnowledgeCard.id)
    rows = list(query if keys is None else query.where(KnowledgeCard.key.in_(list(keys))))
    translations: dict[str, dict[str, str]] = {}
    for one in Translation.select().where(
        Translation.kind == Kind.KNOWLEDGE_CARD, Translation.key.in_([row.key for row in rows])
    ):
        translations.setdefault(one.key, {})[one.locale] = _words(one, "title", "body")
    for row in rows:
        is_overdue = row.next_check_on is not None and row.next_check_on < today
        yield Searchable(
            kind=Kind.KNOWLEDGE_CARD,
            key=row.key,
            title=row.title,
            names=_filled([row.legal_basis]),
            body=row.body,
            translations=translations.get(row.key, {}),
            facets={"topic": tuple(row.topics), "legal_circle": _filled([row.legal_circle])},
            audience=PUBLIC if row.audience == PUBLIC else STAFF,
            trust=OVERDUE if is_overdue else 1.0,
        )


def demarcation_searchables(keys: Keys = None) -> Iterator[Searchable]:
    """Yield what is agreed between two programmes today."""
    for row in demarcations.rows_of(clock.today(), keys):
        pair = (row.a, row.b)
        yield Searchable(
            kind=Kind.DEMARCATION,
            key=row.key,
            title=" – ".join(one.abbr or one.name for one in pair),
            names=_filled(one.name for one in pair),
            body="\n".join(
                _filled([row.statement_a, row.statement_b, row.interface, row.handover_rule])
            ),
            facets={
                "programme": tuple(one.key for one in pair),
                "legal_circle": _filled(one.legal_circle for one in pair),
            },
        )


def survey_searchables(keys: Keys = None) -> Iterator[Searchable]:
    """Yield surveys of the towns, for staff."""
    gaps: dict[int, list[SurveyGap]] = {}
    for gap in SurveyGap.select().order_by(SurveyGap.id):
        gaps.setdefault(gap.survey_id, []).append(gap)
    query = ServiceSurvey.select(ServiceSurvey, Town).join(Town).order_by(ServiceSurvey.id)
    if keys is not None:
        numbers = [int(key) for key in keys if _NUMBER.fullmatch(key)]
        query = query.where(ServiceSurvey.id.in_(numbers))
    for row in query:
        found = gaps.get(row.id, [])
        yield Searchable(
            kind=Kind.SURVEY,
            key=str(row.id),
            title=f"Erhebung {row.town.name} {row.started_on:%d.%m.%Y}",
            body="\n".join(_filled([row.findings, *(gap.note for gap in found)])),
            facets={"town": (row.town.slug,), "topic": tuple(gap.topic for gap in found)},
            audience=STAFF,
        )


def _words(translation: Translation, *fields: str) -> str:
    return "\n".join(_filled(translation.fields.get(name, "") for name in fields))


def _filled(texts: Iterable[str]) -> tuple[str, ...]:
    """Return texts without empty ones and repetitions."""
    return tuple(dict.fromkeys(text for text in texts if text))
