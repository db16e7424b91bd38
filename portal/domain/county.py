"""Install a county pack: new rows are added, untouched rows follow the pack, what staff changed stays as it is.

Beside each row a digest of what the pack last wrote is kept. A row whose content has another digest was changed by
somebody; the pack leaves it alone and says so. Texts are never changed: another wording is a new version.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from peewee import DoesNotExist, ForeignKeyField

from portal import clock
from portal.db import BaseModel
from portal.domain.actors import SYSTEM
from portal.domain.changes import change
from portal.domain.county_pack import CountyPack, Text
from portal.models.county import (
    ClusterRegion,
    Contact,
    County,
    Organisation,
    PackEntry,
    PositionState,
    StaffPosition,
    Town,
)
from portal.models.privacy import LegalText

NATURAL_KEYS: dict[type[BaseModel], str] = {
    ClusterRegion: "key",
    Organisation: "key",
    StaffPosition: "key",
}
"""How the pack names rows that others point to."""

ADDED, UPDATED, UNCHANGED, LEFT_ALONE = "added", "updated", "unchanged", "left alone"

Values = dict[str, Any]
Notes = dict[tuple[str, str], str]
"""The digests of what the pack last wrote, by table and row."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of the pack: which columns tell rows apart, and what the pack says about each row."""

    model: type[BaseModel]
    identity: tuple[str, ...]
    rows: Callable[[CountyPack], Iterable[Values]]


@dataclass(frozen=True, slots=True)
class Installed:
    """What an installation did; `left_alone` names rows that staff changed, deleted or made themselves."""

    added: int
    updated: int
    left_alone: tuple[str, ...]


def _county(pack: CountyPack) -> Iterable[Values]:
    settings = {
        "timezone": pack.timezone,
        "phone_region": pack.phone_region,
        "languages": list(pack.languages),
        "other_town_url": pack.other_town_url,
        "state_accommodation_towns": list(pack.state_accommodation_towns),
        "holidays": asdict(pack.holidays),
        "first_contact_days": pack.first_contact.working_days,
        "reminder_holder_day": pack.first_contact.reminder_holder_day,
        "reminder_coordination_day": pack.first_contact.reminder_coordination_day,
        "retention": asdict(pack.retention),
        "imprint": asdict(pack.imprint),
    }
    yield {"key": pack.key, "name": pack.name, "prefix": pack.prefix, "settings": settings}


def _organisations(pack: CountyPack) -> Iterable[Values]:
    for row in pack.organisations:
        values = asdict(row)
        yield values | {"town_keys": list(values.pop("towns"))}


def _positions(pack: CountyPack) -> Iterable[Values]:
    for row in pack.positions:
        yield {
            "key": row.key,
            "baustein": row.baustein,
            "kind": row.type,
            "organisation": row.employer or None,
            "title": row.title,
            "phone": row.phone,
            "mail": row.mail,
            "is_fallback": row.fallback,
        }


def _position_states(pack: CountyPack) -> Iterable[Values]:
    for row in pack.position_states:
        yield asdict(row) | {
            "fte_planned": None if row.fte_planned is None else float(row.fte_planned),
            "fte_filled": None if row.fte_filled is None else float(row.fte_filled),
        }


def _towns(pack: CountyPack) -> Iterable[Values]:
    for row in pack.towns:
        yield asdict(row) | {"postcodes": list(row.postcodes)}


SHEETS = (
    Sheet(County, ("key",), _county),
    Sheet(ClusterRegion, ("key",), lambda pack: map(asdict, pack.clusters)),
    Sheet(Organisation, ("key",), _organisations),
    Sheet(Contact, ("organisation", "function_title"), lambda pack: map(asdict, pack.functions)),
    Sheet(StaffPosition, ("key",), _positions),
    Sheet(PositionState, ("position", "valid_from"), _position_states),
    Sheet(Town, ("slug",), _towns),
)


def installed_key() -> str | None:
    """Return which county's pack this database holds, if any."""
    key: str | None = County.select(County.key).scalar()
    return key


def install(pack: CountyPack) -> Installed:
    """Bring the database in line with a pack, in one transaction."""
    outcomes: list[tuple[str, str]] = []
    with change(by=SYSTEM, action="county:pack:install", subject=f"county:{pack.key}") as entry:
        notes = {(note.table, note.key): note.digest for note in PackEntry.select()}
        for sheet in SHEETS:
            outcomes += [_install_row(sheet, row, notes) for row in sheet.rows(pack)]
        outcomes += [_install_text(text) for text in pack.texts]
        found = [outcome for outcome, _name in outcomes]
        left = tuple(name for outcome, name in outcomes if outcome == LEFT_ALONE)
        installed = Installed(found.count(ADDED), found.count(UPDATED), left)
        entry.changed(added=installed.added, updated=installed.updated, left_alone=list(left))
    return installed


def _install_row(sheet: Sheet, wanted: Values, notes: Notes) -> tuple[str, str]:
    table = sheet.model._meta.table_name
    key = " · ".join(str(wanted[name]) for name in sheet.identity)
    try:
        row = _find(sheet, wanted)
        columns = _columns(sheet.model, wanted)
    except DoesNotExist:  # staff deleted what this row belongs to
        return LEFT_ALONE, f"{table} {key}"
    outcome = _decide(row, notes.get((table, key)), wanted)
    if outcome == ADDED:
        sheet.model.create(**columns)
    elif outcome == UPDATED and row is not None:
        sheet.model.update(columns).where(sheet.model.id == row.id).execute()
    if outcome in {ADDED, UPDATED}:
        _note(table, key, wanted)
    return outcome, f"{table} {key}"


def _decide(row: BaseModel | None, noted: str | None, wanted: Values) -> str:
    """Compare what is there, what the pack last wrote, and what it says now."""
    if row is None:
        return ADDED if noted is None else LEFT_ALONE
    current, now_wanted = _digest(_content(row, wanted)), _digest(wanted)
    if current == now_wanted:
        return UNCHANGED if noted == current else UPDATED
    return UPDATED if noted == current else LEFT_ALONE


def _note(table: str, key: str, wanted: Values) -> None:
    PackEntry.insert(table=table, key=key, digest=_digest(wanted)).on_conflict(
        conflict_target=[PackEntry.table, PackEntry.key],
        update={PackEntry.digest: _digest(wanted)},
    ).execute()


def _find(sheet: Sheet, wanted: Values) -> BaseModel | None:
    columns = _columns(sheet.model, {name: wanted[name] for name in sheet.identity})
    return sheet.model.get_or_none(
        *(getattr(sheet.model, name) == columns[name] for name in columns)
    )


def _columns(model: type[BaseModel], values: Mapping[str, Any]) -> Values:
    """Return a pack's values as columns: the names of other rows become references to them."""
    return {name: _reference(model, name, value) for name, value in values.items()}


def _reference(model: type[BaseModel], name: str, value: Any) -> Any:
    field = model._meta.fields[name]
    if value is None or not isinstance(field, ForeignKeyField):
        return value
    other = field.rel_model
    return other.get(getattr(other, NATURAL_KEYS[other]) == value)


def _content(row: BaseModel, wanted: Values) -> Values:
    """Return a row's content as a pack would say it."""
    content: Values = {}
    for name in wanted:
        value = getattr(row, name)
        content[name] = (
            getattr(value, NATURAL_KEYS[type(value)]) if isinstance(value, BaseModel) else value
        )
    return content


def _digest(values: Values) -> str:
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _install_text(text: Text) -> tuple[str, str]:
    """Add a text as a new version if it says something that no version of it said before."""
    name = f"{text.key} ({text.locale})"
    same = (LegalText.key == text.key) & (LegalText.locale == text.locale)
    newest = LegalText.select().where(same).order_by(LegalText.id.desc()).first()
    content = {"title": text.title, "body": text.body, "checked": text.checked}
    if newest and content == {field: getattr(newest, field) for field in content}:
        return UNCHANGED, name
    LegalText.create(
        key=text.key,
        locale=text.locale,
        version=_free_version(text, same),
        valid_from=clock.now(),
        **content,
    )
    return ADDED, name


def _free_version(text: Text, same: Any) -> str:
    """Return the text's version, numbered if the county changed the wording without a new one."""
    taken = {row.version for row in LegalText.select(LegalText.version).where(same)}
    number, version = 1, text.version
    while version in taken:
        number += 1
        version = f"{text.version}.{number}"
    return version
