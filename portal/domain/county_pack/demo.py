"""The invented people and requests of a county pack, for trying the portal out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from portal.domain.county_pack import cells, model
from portal.domain.county_pack.entries import Entries, read_entries
from portal.domain.county_pack.problems import Report
from portal.domain.county_pack.reader import Reader
from portal.domain.county_pack.settings import Setting, boolean, number, string, strings
from portal.domain.intake import answers
from portal.domain.intake.states import OUTCOMES, TRANSITIONS, Outcome, State
from portal.domain.permissions import Role

PEOPLE_FILE = "demo.toml"
REQUESTS_FILE = "demo_requests.toml"
# Nobody may take an invented person for a real one, in no script.
MARKS = ("demo", "демо", "ديمو")

POSITION_TYPES_OF_ROLE: dict[str, tuple[str, ...]] = {
    Role.CASE_MANAGER: ("CMS",),
    Role.COORDINATOR: ("KS",),
    Role.ASSISTANT: ("ASSIST",),
    Role.COMPONENT3: ("ABH", "EBH"),
}
"""The roles that stand for a position, and of which types it may be."""

ROLES_WITHOUT_SCOPE = frozenset({Role.ADMIN})
ROLES_WITH_ORGANISATION = frozenset(Role) - ROLES_WITHOUT_SCOPE - set(POSITION_TYPES_OF_ROLE)

OUTCOMES_OF_STATE: dict[str, frozenset[Outcome]] = {
    moves[move]: outcomes
    for move, outcomes in OUTCOMES.items()
    for moves in TRANSITIONS.values()
    if move in moves
}


def demo_name(value: str) -> str:
    """Check that a name cannot be taken for a real one."""
    if not any(mark in value.casefold() for mark in MARKS):
        raise cells.CellError(f"{cells.quoted(value)} muss das Wort „Demo“ enthalten")
    return cells.text(value)


def demo_contact(value: str) -> str:
    """Check a phone number or mail address."""
    return cells.mail(value) if "@" in value else cells.phone(value)


PERSON: dict[str, Setting] = {
    "key": Setting(string(cells.slug)),
    "name": Setting(string(demo_name)),
    "mail": Setting(string(cells.mail)),
    "role": Setting(string(cells.one_of(*Role))),
    "position": Setting(string(cells.text), optional=True),
    "substitutes": Setting(strings(cells.text), optional=True),
    "organisation": Setting(string(cells.text), optional=True),
}
REQUEST: dict[str, Setting] = {
    "town": Setting(string(cells.text)),
    "language": Setting(string(cells.language)),
    "display_name": Setting(string(demo_name)),
    "contact": Setting(string(demo_contact)),
    "days_ago": Setting(number(0, 365)),
    "state": Setting(string(cells.one_of(*State))),
    "outcome": Setting(string(cells.one_of(*Outcome)), optional=True),
    "contact_wish": Setting(string(cells.one_of(*answers.CONTACT_WISHES)), optional=True),
    "best_time": Setting(string(cells.one_of(*answers.BEST_TIMES)), optional=True),
    "spoken_language": Setting(string(cells.language), optional=True),
    "interpreter": Setting(boolean, optional=True),
    "topics": Setting(strings(cells.one_of(*answers.TOPICS)), optional=True),
    "age_band": Setting(string(cells.one_of(*answers.AGE_BANDS)), optional=True),
    "free_text": Setting(string(cells.text), optional=True),
    "relation": Setting(string(cells.one_of(*answers.RELATIONS)), optional=True),
    "channel": Setting(string(cells.one_of(*answers.CHANNELS)), optional=True),
}


def read_people(reader: Reader) -> Entries[model.DemoPerson]:
    """Read the invented people; a pack may do without."""
    return read_entries(reader, PEOPLE_FILE, "person", PERSON, model.DemoPerson)


def read_requests(reader: Reader) -> Entries[model.DemoRequest]:
    """Read the invented requests; a pack may do without."""
    return read_entries(reader, REQUESTS_FILE, "request", REQUEST, model.DemoRequest)


def check_people(
    report: Report,
    people: Entries[model.DemoPerson],
    positions: Mapping[str, model.Position],
    organisations: Mapping[str, int],
) -> None:
    """Check that each role has the scope it needs and that nobody appears twice."""
    seen: set[str] = set()
    for index, person in people.rows:
        for key, value in (("key", person.key), ("mail", person.mail.casefold())):
            if value in seen:
                text = f"{cells.quoted(value)} steht schon bei einer anderen Person"
                report.problem(people.file, people.line(index, key), text)
            seen.add(value)
        for key, text in (
            *_organisation_remarks(person, organisations),
            *_position_remarks(person, positions),
        ):
            report.problem(people.file, people.line(index, key), text)


def _organisation_remarks(
    person: model.DemoPerson, organisations: Mapping[str, int]
) -> Iterator[tuple[str, str]]:
    if person.organisation and person.organisation not in organisations:
        yield "organisation", f"unbekannte Organisation {cells.quoted(person.organisation)}"
    if person.role in ROLES_WITH_ORGANISATION and not person.organisation:
        yield "role", f"die Rolle {person.role} braucht eine Organisation"


def _position_remarks(
    person: model.DemoPerson, positions: Mapping[str, model.Position]
) -> Iterator[tuple[str, str]]:
    """Check the position somebody holds (some roles need one) and those they stand in for."""
    wanted = POSITION_TYPES_OF_ROLE.get(person.role, ())
    held = [("position", person.position)] if person.position or wanted else []
    for key, position in held + [("substitutes", one) for one in person.substitutes]:
        if position not in positions:
            yield key, f"unbekannte Stelle {cells.quoted(position)}"
        elif positions[position].type not in wanted:
            yield key, f"die Rolle {person.role} passt nicht zur Stelle {position}"


def check_requests(
    report: Report,
    requests: Entries[model.DemoRequest],
    towns: Mapping[str, int],
) -> None:
    """Check that each request comes from a town of the county and that its end is consistent."""
    for index, request in requests.rows:
        if request.town not in towns:
            line = requests.line(index, "town")
            report.problem(requests.file, line, f"unbekannte Stadt {cells.quoted(request.town)}")
        possible = OUTCOMES_OF_STATE.get(request.state, frozenset({""}))
        if request.outcome not in possible:
            line = requests.line(index, "state")
            outcome = cells.quoted(request.outcome)
            report.problem(
                requests.file, line, f"Ergebnis {outcome} passt nicht zum Zustand {request.state}"
            )
