"""Answers as pages show them: the county's words for codes, and the services that stand behind them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from blueprints.wayfinder import labels
from portal import clock
from portal.domain.directory.finding import services_for
from portal.domain.directory.views import ServiceCard
from portal.domain.wayfinder import (
    Answer,
    Change,
    Inputs,
    PublicAnswer,
    PublicInputs,
    Texts,
    answer,
    public_answer,
    public_changes,
    would_change,
)
from portal.domain.wayfinder.engine import unnamed_codes
from portal.domain.wayfinder.versions import Edition
from portal.i18n import format_date
from portal.web.words import TOPICS

OUTSIDE = "OUTSIDE"
KIM_CM = "KIM_CM"
SERVICES_OF_THE_FIRST = 3
SERVICES_OF_OTHERS = 1


@dataclass(frozen=True, slots=True)
class Stop:
    """One place to go, in the reader's words."""

    code: str
    name: str
    about: str
    mark: str
    services: tuple[ServiceCard, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer, ready to be read."""

    found: Answer | PublicAnswer
    primary: Stop
    why: str
    reasons: tuple[str, ...]
    since: str
    source: str
    or_else: tuple[tuple[str, Stop], ...]
    decides: tuple[Stop, ...]
    also: tuple[Stop, ...]
    hints: tuple[str, ...]
    changes: tuple[tuple[str, str], ...]
    """What would have to be different, and who would then be the first place to go."""
    version: int


@dataclass(frozen=True, slots=True)
class _Words:
    """The texts of one version in one language, and where the person lives."""

    texts: Texts
    town: str
    apart_from: frozenset[str] = frozenset()
    """Services that stand behind one of these codes are not named, whatever else they stand behind."""

    def stop(self, code: str, marks: Mapping[str, str], limit: int) -> Stop:
        texts = self.texts
        mark = texts.mark(marks[code]) if code in marks else ""
        at = clock.local(clock.now())
        found = services_for(
            code, self.town, locale=texts.locale, at=at, limit=limit, apart_from=self.apart_from
        )
        return Stop(code, texts.code(code), texts.about(code), mark, tuple(found))

    def stops(self, codes: Iterable[str], marks: Mapping[str, str]) -> tuple[Stop, ...]:
        return tuple(self.stop(code, marks, SERVICES_OF_OTHERS) for code in codes)

    def changes(self, changes: Iterable[Change]) -> tuple[tuple[str, str], ...]:
        """Return what leads to another place, each once; several statuses that lead to the same are one line."""
        found: dict[tuple[str, str], list[str]] = {}
        for change in changes:
            key = (change.fact, change.primary)
            found.setdefault(key, []).append(_value(change))
        return tuple(
            (self._condition(fact, values), self.texts.code(code))
            for (fact, code), values in found.items()
        )

    def _condition(self, fact: str, values: list[str]) -> str:
        text = self.texts.get("changes", fact).format(value=values[0])
        named = [labels.STATUSES[value] for value in values if value in labels.STATUSES]
        return f"{text}: {', '.join(named)}" if fact == "status" and named else text


def show_public(edition: Edition, inputs: PublicInputs, locale: str) -> Shown:
    """Answer what the public page asked."""
    found = public_answer(edition.rules, inputs)
    words = _Words(edition.texts(locale), inputs.town)
    or_else = tuple(
        (words.texts.get("notes", note), words.stop(code, {}, SERVICES_OF_OTHERS))
        for code, note in found.or_else
    )
    changes = words.changes(public_changes(edition.rules, inputs))
    return _shown(words, edition, found, changes, or_else=or_else)


def show_case(edition: Edition, inputs: Inputs, locale: str) -> Shown:
    """Answer what a professional asked."""
    found = answer(edition.rules, inputs)
    words = _Words(edition.texts(locale), inputs.town, unnamed_codes(found, inputs))
    changes = words.changes(would_change(edition.rules, inputs, found))
    return _shown(
        words,
        edition,
        found,
        changes,
        decides=found.decides,
        hints=tuple(words.texts.hint(code) for code in found.hints),
    )


def _shown(
    words: _Words,
    edition: Edition,
    found: Answer | PublicAnswer,
    changes: tuple[tuple[str, str], ...],
    *,
    or_else: tuple[tuple[str, Stop], ...] = (),
    decides: tuple[str, ...] = (),
    hints: tuple[str, ...] = (),
) -> Shown:
    marks = dict(found.marks)
    texts = words.texts
    return Shown(
        found=found,
        primary=words.stop(found.primary, marks, SERVICES_OF_THE_FIRST),
        why=texts.rule(found.line),
        reasons=tuple(texts.reasons(found.because, TOPICS)),
        since=texts.get("notes", "since").format(value=format_date(found.since, "long"))
        if found.since
        else "",
        source=edition.source,
        or_else=or_else,
        decides=words.stops(decides, marks),
        also=words.stops(found.also, marks),
        hints=hints,
        changes=changes,
        version=edition.version,
    )


def _value(change: Change) -> str:
    if isinstance(change.value, date):
        return str(format_date(change.value, "long"))
    return str(change.value)
