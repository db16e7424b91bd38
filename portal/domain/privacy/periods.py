"""Periods of time as rules name them: so many hours, days, months or years."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

WORDS = {
    "minutes": ("Minute", "Minuten"),
    "hours": ("Stunde", "Stunden"),
    "days": ("Tag", "Tage"),
    "months": ("Monat", "Monate"),
    "years": ("Jahr", "Jahre"),
}

MONTHS = {"months": 1, "years": 12}


@dataclass(frozen=True, slots=True)
class Period:
    """A number and its unit, one of `WORDS`."""

    number: int
    unit: str

    @classmethod
    def of_setting(cls, name: str, number: int) -> Self:
        """Return the period of a setting, whose name ends with the unit."""
        return cls(number, name.rpartition("_")[2])

    def before(self, moment: datetime) -> datetime:
        """Return the moment that is one period earlier."""
        if self.unit in MONTHS:
            return _months_before(moment, self.number * MONTHS[self.unit])
        return moment - timedelta(**{self.unit: self.number})

    def __str__(self) -> str:
        """Say it in words."""
        return f"{self.number} {WORDS[self.unit][self.number != 1]}"


def _months_before(moment: datetime, months: int) -> datetime:
    """Return the same day and time some months earlier, or the last day of that month."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    first = moment.replace(year=year, month=month + 1, day=1)
    last_day = ((first + timedelta(days=31)).replace(day=1) - timedelta(days=1)).day
    return first.replace(day=min(moment.day, last_day))
