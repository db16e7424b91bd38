"""What staff can choose from in a form: keys and names of organisations, programmes, places, contacts."""

from peewee import fn

from portal.domain.actors import Actor
from portal.domain.directory.scope import scope_of
from portal.models.county import Contact, Organisation, Town
from portal.models.directory import Place, Programme

Pairs = list[tuple[str, str]]


def organisations(by: Actor) -> Pairs:
    """Return the organisations somebody may enter something for: a provider's own, otherwise all."""
    query = Organisation.select().order_by(fn.LOWER(Organisation.name))
    scope = scope_of(by)
    if not scope.everything and scope.organisations:
        query = query.where(Organisation.id.in_(sorted(scope.organisations)))
    return [(row.key, row.name) for row in query]


def all_organisations() -> Pairs:
    """Return all organisations by name."""
    return [
        (row.key, row.name) for row in Organisation.select().order_by(fn.LOWER(Organisation.name))
    ]


def programmes() -> Pairs:
    """Return all programmes and legal circles by their short names."""
    rows = Programme.select().order_by(fn.LOWER(Programme.abbr))
    return [
        (row.key, f"{row.abbr} – {row.name}" if row.abbr != row.name else row.name) for row in rows
    ]


def places() -> Pairs:
    """Return all places by name, with the town they lie in."""
    rows = Place.select(Place, Town).left_outer_join(Town).order_by(fn.LOWER(Place.name), Place.key)
    return [
        (row.key, ", ".join(filter(None, (row.name, row.town.name if row.town else row.city))))
        for row in rows
    ]


def contacts() -> Pairs:
    """Return all contacts by organisation and function, with their numbers as codes."""
    rows = Contact.select(Contact, Organisation).join(Organisation)
    return [
        (str(row.id), f"{row.organisation.short or row.organisation.name}: {row.function_title}")
        for row in rows.order_by(fn.LOWER(Organisation.name), Contact.function_title, Contact.id)
    ]
