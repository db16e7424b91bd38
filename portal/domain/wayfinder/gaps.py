"""Where nobody is responsible, where two are, and which rules wait for a check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from portal.domain.directory.finding import details, public_keys
from portal.domain.wayfinder.codes import CODES, NOBODY
from portal.domain.wayfinder.engine import answer
from portal.domain.wayfinder.grid import situations
from portal.domain.wayfinder.inputs import Inputs
from portal.domain.wayfinder.rules import Line, Rules
from portal.i18n import SOURCE

NEED_NO_SERVICE = frozenset({"NOTRUF", "OUTSIDE"})
"""Everybody can call; and what other counties offer is not kept here."""
MOST_EXAMPLES = 5

Providers = Mapping[tuple[str, str], frozenset[str]]
"""Who offers a public service behind a code in a town (its slug)."""


@dataclass(frozen=True, slots=True)
class Report:
    """What is missing and what is double."""

    gaps: tuple[tuple[str, str], ...]
    """Code and town without a public service."""
    overlaps: tuple[tuple[str, str, tuple[str, ...]], ...]
    """Code and town with several providers, and these."""
    without_rule: tuple[Inputs, ...]
    """Situations that no rule answers; some examples."""
    to_check: tuple[Line, ...]
    """Rules in force whose next check is due."""


def gaps_and_overlaps(
    rules: Rules, providers: Providers, *, towns: tuple[str, ...], day: date
) -> Report:
    """Look for what is missing and what is double; `providers` comes from `providers_now`."""
    pairs = [(code, town) for code in CODES if code not in NEED_NO_SERVICE for town in towns]
    behind = {pair: providers.get(pair, frozenset()) for pair in pairs}
    return Report(
        gaps=tuple(pair for pair in pairs if not behind[pair]),
        overlaps=tuple(
            (*pair, tuple(sorted(behind[pair]))) for pair in pairs if len(behind[pair]) > 1
        ),
        without_rule=_without_rule(rules, towns, day),
        to_check=_to_check(rules, day),
    )


def providers_now(at: datetime, towns: tuple[str, ...]) -> Providers:
    """Return who offers what where, from the public directory."""
    found: dict[tuple[str, str], set[str]] = {}
    for one in details(public_keys(at), locale=SOURCE, at=at):
        for town in towns if one.card.county_wide else one.card.towns:
            for code in one.wayfinder_codes:
                found.setdefault((code, town), set()).add(one.card.provider)
    return {pair: frozenset(names) for pair, names in found.items()}


def _without_rule(rules: Rules, towns: tuple[str, ...], day: date) -> tuple[Inputs, ...]:
    found = []
    for inputs in situations(day, towns[0] if towns else "", rules):
        if answer(rules, inputs).rule == NOBODY:
            found.append(inputs)
            if len(found) == MOST_EXAMPLES:
                break
    return tuple(found)


def _to_check(rules: Rules, day: date) -> tuple[Line, ...]:
    book = rules.on(day)
    lines = (*book.rules, *book.decides, *book.also, *book.hints)
    return tuple(
        one for one in lines if one.validity.next_check_on and one.validity.next_check_on < day
    )
