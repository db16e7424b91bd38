"""Rows as a pack says them: other rows by their names, and what tells whether somebody changed them."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from peewee import ForeignKeyField

from portal.db import BaseModel
from portal.domain.county_pack import CountyPack
from portal.models.county import ClusterRegion, Contact, Organisation, StaffPosition, Town
from portal.models.directory import Place, Programme

Values = dict[str, Any]
Rows = Callable[[CountyPack], Iterable[Values]]

IDENTITIES: dict[type[BaseModel], tuple[str, ...]] = {
    ClusterRegion: ("key",),
    Organisation: ("key",),
    Contact: ("organisation", "function_title"),
    StaffPosition: ("key",),
    Town: ("slug",),
    Programme: ("key",),
    Place: ("key",),
}
"""The columns that name rows to which others point."""


class Missing(LookupError):
    """A row of the pack belongs to something that staff deleted."""


def name_of(parts: Iterable[Any]) -> str:
    """Return a row's name, made of the columns that tell rows apart."""
    return " · ".join(map(str, parts))


def digest(values: Values) -> str:
    """Return what a row's content is recognised by."""
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def raw(query: Any) -> Iterable[Values]:
    """Return what a query finds as plain columns, references as numbers."""
    rows: Iterable[Values] = query.dicts()
    return rows


class Names:
    """The names of all rows that others point to, each table read once."""

    def __init__(self) -> None:
        self._ids: dict[type[BaseModel], dict[str, int]] = {}
        self._names: dict[type[BaseModel], dict[int, str]] = {}

    def id_of(self, model: type[BaseModel], name: str) -> int:
        """Return a row's number; raise Missing if there is no such row."""
        self._read(model)
        try:
            return self._ids[model][name]
        except KeyError:
            raise Missing(name) from None

    def name_of(self, model: type[BaseModel], number: int) -> str:
        """Return a row's name."""
        self._read(model)
        return self._names[model][number]

    def learn(self, model: type[BaseModel], name: str, number: int) -> None:
        """Remember a row that was just added."""
        if model in IDENTITIES:
            self._read(model)
            self._ids[model][name] = number
            self._names[model][number] = name

    def columns(self, model: type[BaseModel], values: Mapping[str, Any]) -> Values:
        """Return a pack's values as columns: the names of other rows become their numbers."""
        return {
            name: value if other is None or value is None else self.id_of(other, value)
            for name, value in values.items()
            for other in (_other(model, name),)
        }

    def content(
        self, model: type[BaseModel], row: Mapping[str, Any], wanted: Iterable[str]
    ) -> Values:
        """Return some columns of a row as a pack would say them."""
        return {
            name: row[name]
            if other is None or row[name] is None
            else self.name_of(other, row[name])
            for name in wanted
            for other in (_other(model, name),)
        }

    def _read(self, model: type[BaseModel]) -> None:
        if model in self._ids:
            return
        identity = IDENTITIES[model]
        self._names[model] = {
            row["id"]: name_of(self.content(model, row, identity).values())
            for row in raw(model.select().order_by(model.id.desc()))
        }
        self._ids[model] = {name: number for number, name in self._names[model].items()}


def _other(model: type[BaseModel], name: str) -> type[BaseModel] | None:
    """Return the table that a column points to."""
    column = model._meta.fields[name]
    return column.rel_model if isinstance(column, ForeignKeyField) else None


@dataclass(frozen=True, slots=True)
class Stored:
    """A row that is there, with its content as a pack would say it."""

    id: int
    content: Values


@dataclass(frozen=True)
class Sheet:
    """One table of the pack: which columns tell rows apart, and what the pack says about each row."""

    model: type[BaseModel]
    identity: tuple[str, ...]
    rows: Rows
    once: Sequence[str] = field(default=(), kw_only=True)
    """What is written when a row is added, and belongs to the portal from then on."""

    @property
    def table(self) -> str:
        """Return the table's name."""
        name: str = self.model._meta.table_name
        return name

    def name(self, values: Values) -> str:
        """Return what a row is called."""
        return name_of(values[column] for column in self.identity)

    def followed(self, wanted: Values) -> Values:
        """Return what rows that nobody changed follow."""
        return {name: value for name, value in wanted.items() if name not in self.once}

    def stored(self, names: Names) -> dict[str, Stored]:
        """Return every row that is there by its name; of several with one name, the oldest."""
        columns = [
            name
            for name in self.model._meta.fields
            if (other := _other(self.model, name)) is None or other in IDENTITIES
        ]
        return {
            self.name(content): Stored(row["id"], content)
            for row in raw(self.model.select().order_by(self.model.id.desc()))
            for content in (names.content(self.model, row, columns),)
        }

    def add(self, wanted: Values, names: Names) -> None:
        """Add a row."""
        number = self.model.insert(names.columns(self.model, wanted)).execute()
        names.learn(self.model, self.name(wanted), number)

    def update(self, row: Stored, wanted: Values, names: Names) -> None:
        """Bring a row in line with the pack."""
        columns = names.columns(self.model, wanted)
        self.model.update(columns).where(self.model.id == row.id).execute()
