"""Services as the pack says them: one thing with its towns, places, contacts and translations."""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

from portal import clock
from portal.db import BaseModel
from portal.domain.county.compound import TRANSLATIONS, TranslatedSheet, without
from portal.domain.county.rows import Names, Stored, Values, raw
from portal.models.directory import Service, ServiceContact, ServicePlace, ServiceTown

PARTS: dict[str, tuple[type[BaseModel], tuple[str, ...]]] = {
    "towns": (ServiceTown, ("town",)),
    "places": (ServicePlace, ("place", "hours")),
    "contacts": (ServiceContact, ("contact", "place")),
}
"""The tables that belong to a service, and which columns of them the pack knows."""
TOWNS = "towns"


@dataclass(frozen=True)
class ServiceSheet(TranslatedSheet):
    """The services; invented ones and real ones share a table."""

    def stored(self, names: Names) -> dict[str, Stored]:
        """Return every service with what belongs to it."""
        parts = {part: _stored_parts(part, names) for part in PARTS}
        return {
            key: replace(
                row, content=row.content | {part: found[row.id] for part, found in parts.items()}
            )
            for key, row in super().stored(names).items()
        }

    def add(self, wanted: Values, names: Names) -> None:
        """Add a service with what belongs to it."""
        parts = _resolved(wanted, names)
        columns = names.columns(Service, without(wanted, *PARTS, TRANSLATIONS))
        now = clock.now()
        number = Service.insert(columns | {"created_at": now, "updated_at": now}).execute()
        _write_parts(number, parts)
        self.translate(wanted)

    def update(self, row: Stored, wanted: Values, names: Names) -> None:
        """Write a service and what belongs to it anew."""
        parts = _resolved(wanted, names)
        columns = names.columns(Service, without(wanted, *PARTS, TRANSLATIONS))
        columns |= {"version": Service.version + 1, "updated_at": clock.now()}
        Service.update(columns).where(Service.id == row.id).execute()
        for model, _columns in PARTS.values():
            model.delete().where(model.service == row.id).execute()  # type: ignore[attr-defined]
        _write_parts(row.id, parts)
        self.translate(wanted)


def _stored_parts(part: str, names: Names) -> defaultdict[int, list[Any]]:
    """Return what belongs to services, by their numbers."""
    model, columns = PARTS[part]
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in raw(model.select().order_by(model.id)):
        content = names.content(model, row, columns)
        found[row["service"]].append(content["town"] if part == TOWNS else content)
    if part == TOWNS:
        for towns in found.values():
            towns.sort()
    return found


def _resolved(wanted: Values, names: Names) -> dict[str, list[Values]]:
    """Return what belongs to a service as columns; raise Missing before anything is written."""
    return {
        part: [
            names.columns(model, {"town": one} if part == TOWNS else one) for one in wanted[part]
        ]
        for part, (model, _columns) in PARTS.items()
    }


def _write_parts(number: int, parts: dict[str, list[Values]]) -> None:
    for part, rows in parts.items():
        if rows:
            model, _columns = PARTS[part]
            model.insert_many([row | {"service": number} for row in rows]).execute()
