"""Bring the database in line with a county pack, and say what was done."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from portal.domain.actors import SYSTEM
from portal.domain.changes import Entry, change
from portal.domain.county.directory import DIRECTORY, INVENTED
from portal.domain.county.rows import Missing, Names, Sheet, Stored, Values, digest
from portal.domain.county.sheets import COUNTY
from portal.domain.county.texts import add_version
from portal.domain.county_pack import CountyPack
from portal.domain.searchable import touch_everything
from portal.domain.wayfinder.pack import FOLDER
from portal.domain.wayfinder.versions import install_rules
from portal.models.county import County, PackEntry

ADDED, UPDATED, UNCHANGED, LEFT_ALONE = "added", "updated", "unchanged", "left alone"
NOTES_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Installed:
    """What an installation did; `left_alone` names rows that staff changed, deleted or made themselves."""

    added: int
    updated: int
    left_alone: tuple[str, ...]


def installed_key() -> str | None:
    """Return which county's pack this database holds, if any."""
    key: str | None = County.select(County.key).scalar()
    return key


def install(pack: CountyPack) -> Installed:
    """Bring the database in line with a pack, in one transaction."""
    with change(by=SYSTEM, action="county:pack:install", subject=f"county:{pack.key}") as entry:
        run = _Run(pack)
        run.install((*COUNTY, *DIRECTORY))
        run.outcomes += [
            (ADDED if add_version(text) else UNCHANGED, f"{text.key} ({text.locale})")
            for text in pack.texts
        ]
        if pack.wayfinder is not None:
            is_new = install_rules(pack.wayfinder) is not None
            run.outcomes.append((ADDED if is_new else UNCHANGED, FOLDER))
        return run.finished(entry)


def install_invented(pack: CountyPack) -> Installed:
    """Add the pack's invented places and services, by the same rules."""
    with change(by=SYSTEM, action="county:demo:install", subject=f"county:{pack.key}") as entry:
        run = _Run(pack)
        run.install(INVENTED)
        return run.finished(entry)


@dataclass(slots=True)
class _Run:
    """One installation."""

    pack: CountyPack
    names: Names = field(default_factory=Names)
    outcomes: list[tuple[str, str]] = field(default_factory=list)
    _notes: dict[tuple[str, str], str] = field(default_factory=dict)
    _new_notes: list[Values] = field(default_factory=list)

    def install(self, sheets: Iterable[Sheet]) -> None:
        """Install tables, each after those it points to."""
        self._notes = {(note.table, note.key): note.digest for note in PackEntry.select()}
        for sheet in sheets:
            there = sheet.stored(self.names)
            for wanted in sheet.rows(self.pack):
                name = sheet.name(wanted)
                try:
                    outcome = self._install_row(sheet, there.get(name), wanted)
                except Missing:  # staff deleted what this row belongs to
                    outcome = LEFT_ALONE
                self.outcomes.append((outcome, f"{sheet.table} {name}"))
        for start in range(0, len(self._new_notes), NOTES_AT_ONCE):
            PackEntry.insert_many(self._new_notes[start : start + NOTES_AT_ONCE]).on_conflict(
                conflict_target=[PackEntry.table, PackEntry.key], preserve=[PackEntry.digest]
            ).execute()

    def _install_row(self, sheet: Sheet, row: Stored | None, wanted: Values) -> str:
        followed = sheet.followed(wanted)
        noted, now_wanted = self._notes.get((sheet.table, sheet.name(wanted))), digest(followed)
        outcome = _decide(None if row is None else _content(row, followed), noted, now_wanted)
        if row is None and outcome == ADDED:
            sheet.add(wanted, self.names)
        elif row is not None and outcome == UPDATED and _content(row, followed) != now_wanted:
            sheet.update(row, followed, self.names)
        if outcome in {ADDED, UPDATED}:
            note = {"table": sheet.table, "key": sheet.name(wanted), "digest": now_wanted}
            self._new_notes.append(note)
        return outcome

    def finished(self, entry: Entry) -> Installed:
        """Sum up, for the log too; the search follows if there is anything new."""
        found = [outcome for outcome, _name in self.outcomes]
        left = tuple(name for outcome, name in self.outcomes if outcome == LEFT_ALONE)
        installed = Installed(found.count(ADDED), found.count(UPDATED), left)
        entry.changed(added=installed.added, updated=installed.updated, left_alone=list(left))
        if installed.added or installed.updated:
            touch_everything(entry)
        return installed


def _content(row: Stored, followed: Values) -> str:
    return digest({name: row.content[name] for name in followed})


def _decide(current: str | None, noted: str | None, wanted: str) -> str:
    """Compare what is there, what the pack last wrote, and what it says now."""
    if current is None:
        return ADDED if noted is None else LEFT_ALONE
    if current == wanted:
        return UNCHANGED if noted == current else UPDATED
    return UPDATED if noted == current else LEFT_ALONE
