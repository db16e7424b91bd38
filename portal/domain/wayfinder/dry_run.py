"""What a proposed change would do: the same situations answered by both versions, and who was asked about lately."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from portal.domain.wayfinder.counting import SMALLEST_SHOWN, Profile
from portal.domain.wayfinder.engine import Answer, answer
from portal.domain.wayfinder.grid import situations
from portal.domain.wayfinder.inputs import Inputs
from portal.domain.wayfinder.rules import Rules

MOST_EXAMPLES = 3
Way = tuple[str, str, str, str]
"""Old rule, old primary, new rule, new primary."""


@dataclass(frozen=True, slots=True)
class Shift:
    """All answers that change in the same way."""

    old_rule: str
    old_primary: str
    new_rule: str
    new_primary: str
    count: int
    examples: tuple[Inputs, ...]
    asked: int | None
    """About how many questions of the counted time this concerns; None below three."""

    @property
    def is_primary(self) -> bool:
        """Tell whether people are sent elsewhere first, and not only the rest of the answer changes."""
        return self.old_primary != self.new_primary


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changes between two versions on a day."""

    day: date
    total: int
    shifts: tuple[Shift, ...]
    """The most frequent first."""

    @property
    def changed(self) -> int:
        """How many answers change."""
        return sum(shift.count for shift in self.shifts)


def compare(
    old: Rules, new: Rules, *, day: date, asked: Mapping[Profile, int] | None = None
) -> Comparison:
    """Answer the same situations by both versions; `asked` are the anonymous counts of `counting.counted`."""
    every: Counter[Profile] = Counter()
    found: dict[Way, list[tuple[Inputs, Profile]]] = {}
    for inputs in situations(day, next(iter(old.towns), ""), old, new):
        before, after = answer(old, inputs), answer(new, inputs)
        profile = Profile.of(before.rule, inputs.topics, inputs.age)
        every[profile] += 1
        if not _same(before, after):
            way = (before.rule, before.primary, after.rule, after.primary)
            found.setdefault(way, []).append((inputs, profile))
    shifts = [_shift(way, changed, every, asked or {}) for way, changed in found.items()]
    return Comparison(
        day, every.total(), tuple(sorted(shifts, key=lambda shift: shift.count, reverse=True))
    )


def _shift(
    way: Way,
    changed: Sequence[tuple[Inputs, Profile]],
    every: Counter[Profile],
    asked: Mapping[Profile, int],
) -> Shift:
    profiles = Counter(profile for _inputs, profile in changed)
    examples = tuple(inputs for inputs, _profile in changed[:MOST_EXAMPLES])
    return Shift(*way, len(changed), examples, _asked(profiles, every, asked))


def _same(before: Answer, after: Answer) -> bool:
    return (before.rule, before.primary, before.decides, before.also, before.hints) == (
        after.rule,
        after.primary,
        after.decides,
        after.also,
        after.hints,
    )


def _asked(
    changed: Counter[Profile], every: Counter[Profile], asked: Mapping[Profile, int]
) -> int | None:
    """Estimate how many counted questions change: of each profile, the part of its situations that does."""
    estimate = sum(
        number * changed[profile] / every[profile]
        for profile, number in asked.items()
        if changed[profile]
    )
    return round(estimate) if estimate >= SMALLEST_SHOWN else None
