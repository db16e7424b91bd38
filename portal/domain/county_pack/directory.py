"""The directory's files of a county pack: what they hold and what each entry becomes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from portal.domain.county_pack import cells
from portal.domain.county_pack import model as county_model
from portal.domain.county_pack import model_directory as model
from portal.domain.county_pack.demo import demo_name
from portal.domain.county_pack.entries import Entries, read_entries
from portal.domain.county_pack.knowledge import read_knowledge
from portal.domain.county_pack.reader import Reader
from portal.domain.county_pack.settings import (
    Setting,
    Tables,
    boolean,
    day,
    number,
    string,
    strings,
)
from portal.domain.county_pack.tables import FUNCTIONS, Sheet, Table, read_sheet
from portal.domain.directory import codes
from portal.domain.topics import LEGAL_CIRCLES, TOPICS

LONGEST_AGO = 3650
FEWEST_WORDS = 2

PROGRAMMES = Table(
    "programmes.csv",
    model.Programme,
    {
        "key": cells.slug,
        "abbr": cells.text,
        "name": cells.text,
        "legal_circle": cells.or_empty(cells.one_of(*LEGAL_CIRCLES)),
        "funder": cells.note,
        "legal_basis": cells.note,
        "goal": cells.note,
        "target_group": cells.note,
        "scope_of_action": cells.note,
        "limits": cells.note,
        "source_url": cells.or_hidden(cells.url),
        "valid_from": cells.or_unknown(cells.iso_date),
        "valid_to": cells.or_unknown(cells.iso_date),
        "checked_on": cells.or_unknown(cells.iso_date),
        "next_check_on": cells.or_unknown(cells.iso_date),
    },
    identity=("key",),
)


def _places(file: str) -> Table[model.Place]:
    return Table(
        file,
        model.Place,
        {
            "key": cells.slug,
            "organisation": cells.note,
            "town": cells.note,
            "name": cells.text,
            "street": cells.or_hidden(cells.note),
            "postcode": cells.or_hidden(cells.postcode),
            "city": cells.or_hidden(cells.note),
            "barrier_free": cells.one_of(*codes.BARRIER_FREE),
            "barrier_note": cells.note,
            "hours": cells.hours,
        },
        identity=("key",),
    )


PLACES = _places("places.csv")
DEMO_PLACES = _places("demo_places.csv")
DEMO_FUNCTIONS = replace(
    FUNCTIONS,
    file="demo_functions.csv",
    columns={**FUNCTIONS.columns, "function_title": demo_name},
)

PROSE = Setting(string(cells.prose), optional=True)
NOTE = Setting(string(cells.note), optional=True)
FLAG = Setting(boolean, optional=True)
DAY = Setting(day, optional=True)
FROM_TODAY = Setting(number(-LONGEST_AGO, LONGEST_AGO), optional=True)
AGE = Setting(number(0, codes.OLDEST), optional=True)


def _codes(*allowed: str) -> Setting:
    return Setting(strings(cells.one_of(*allowed)), optional=True)


def _code(*allowed: str) -> Setting:
    return Setting(string(cells.one_of(*allowed)), optional=True)


SERVICE_PLACE = {
    "place": Setting(string(cells.text)),
    "hours": Setting(string(cells.hours), optional=True),
}
SERVICE_CONTACT = {
    "organisation": Setting(string(cells.text)),
    "function": Setting(string(cells.text)),
    "place": NOTE,
}
SERVICE_WORDS = {
    "name": Setting(string(cells.text)),
    "description": PROSE,
    "for_whom": PROSE,
    "not_for": PROSE,
    "otherwise": PROSE,
    "checked": FLAG,
}
SERVICE: dict[str, Setting | Tables] = {
    "key": Setting(string(cells.slug)),
    "organisation": Setting(string(cells.text)),
    "programme": NOTE,
    "name": Setting(string(cells.text)),
    "description": Setting(string(cells.not_empty)),
    "for_whom": PROSE,
    "not_for": PROSE,
    "otherwise": PROSE,
    "topics": _codes(*TOPICS),
    "legal_circles": _codes(*LEGAL_CIRCLES),
    "wayfinder_codes": _codes(*codes.WAYFINDER_CODES),
    "age_min": AGE,
    "age_max": AGE,
    "county_wide": FLAG,
    "towns": Setting(strings(cells.text), optional=True),
    "languages": Setting(strings(cells.language), optional=True),
    "interpreter": _code(*codes.INTERPRETER),
    "cost": _code(*codes.COST),
    "cost_note": NOTE,
    "access": _code(*codes.ACCESS),
    "capacity_note": NOTE,
    "url": Setting(string(cells.or_hidden(cells.url)), optional=True),
    "valid_from": DAY,
    "valid_to": DAY,
    "checked_on": DAY,
    "checked_by_provider": FLAG,
    "next_check_on": DAY,
    "state": _code(*codes.STATES),
    "places": Tables(SERVICE_PLACE, model.ServicePlace),
    "contacts": Tables(SERVICE_CONTACT, model.ServiceContact),
    "translations": Tables(SERVICE_WORDS, model.ServiceWords, named="locale"),
}
DEMO_SERVICE = SERVICE | {
    "checked_days_ago": Setting(number(0, LONGEST_AGO), optional=True),
    "next_check_in_days": FROM_TODAY,
    "closed_from_in_days": FROM_TODAY,
    "closed_to_in_days": FROM_TODAY,
    "closed_note": NOTE,
}
"""Days that count from the day of installing: what is invented stays as old as it was meant to be."""

DEMARCATION = {
    "key": Setting(string(cells.slug)),
    "a": Setting(string(cells.text)),
    "b": Setting(string(cells.text)),
    "statement_a": Setting(string(cells.not_empty)),
    "statement_b": Setting(string(cells.not_empty)),
    "interface": Setting(string(cells.not_empty)),
    "synergy": PROSE,
    "handover_rule": Setting(string(cells.not_empty)),
    "source": Setting(string(cells.text)),
    "agreed_on": DAY,
    "valid_from": Setting(day),
}
WORDS = {
    "key": Setting(string(cells.slug)),
    "words": Setting(strings(cells.text, at_least=FEWEST_WORDS)),
    "one_way": FLAG,
    "note": NOTE,
}


@dataclass(frozen=True, slots=True)
class DirectoryFiles:
    """What was read of the directory, each entry with its place."""

    programmes: Sheet[model.Programme]
    places: Sheet[model.Place]
    demo_places: Sheet[model.Place]
    demo_functions: Sheet[county_model.Function]
    services: Entries[model.Service]
    demo_services: Entries[model.Service]
    demarcations: Entries[model.Demarcation]
    search_words: Entries[model.SearchWords]
    knowledge: tuple[model.KnowledgeCard, ...]

    @property
    def values(self) -> model.Directory:
        """Return the directory without places in files."""
        return model.Directory(
            programmes=self.programmes.values,
            places=self.places.values,
            services=self.services.values,
            demarcations=self.demarcations.values,
            knowledge=self.knowledge,
            search_words=self.search_words.values,
            demo_places=self.demo_places.values,
            demo_services=self.demo_services.values,
        )


def read_directory(reader: Reader, locales: Collection[str]) -> DirectoryFiles:
    """Read all files of the directory; a pack may do without each of them."""
    return DirectoryFiles(
        programmes=_optional(reader, PROGRAMMES),
        places=_optional(reader, PLACES),
        demo_places=_optional(reader, DEMO_PLACES),
        demo_functions=_optional(reader, DEMO_FUNCTIONS),
        services=read_entries(reader, "services.toml", "service", SERVICE, model.Service),
        demo_services=read_entries(
            reader, "demo_services.toml", "service", DEMO_SERVICE, model.Service
        ),
        demarcations=read_entries(
            reader, "demarcations.toml", "demarcation", DEMARCATION, model.Demarcation
        ),
        search_words=read_entries(reader, "search_words.toml", "group", WORDS, model.SearchWords),
        knowledge=read_knowledge(reader, locales),
    )


def _optional(reader: Reader, table: Table[cells.T]) -> Sheet[cells.T]:
    if (reader.folder / table.file).exists():
        return read_sheet(reader, table)
    return Sheet(table.file)
