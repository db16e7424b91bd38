"""What is wrong with a county pack, told so that the person who edits the files finds the place."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One remark about one place in the pack; ``line`` counts from 1."""

    file: str
    line: int | None
    text: str

    def __str__(self) -> str:
        """Name the place first, then what is wrong."""
        place = self.file if self.line is None else f"{self.file}, Zeile {self.line}"
        return f"{place}: {self.text}"


class PackError(Exception):
    """The pack cannot be used; carries every problem found, not only the first."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Keep the problems and put all of them into the message."""
        self.problems = problems
        lines = "\n".join(f"- {problem}" for problem in problems)
        super().__init__(f"Das Kreispaket hat {len(problems)} Fehler:\n{lines}")


@dataclass(slots=True)
class Report:
    """Collect problems (they stop the load) and gaps (facts somebody still has to supply)."""

    problems: list[Problem] = field(default_factory=list)
    gaps: list[Problem] = field(default_factory=list)

    def problem(self, file: str, line: int | None, text: str) -> None:
        """Note something that stops the load."""
        self.problems.append(Problem(file, line, text))

    def gap(self, file: str, line: int | None, text: str) -> None:
        """Note something that may stay open in a trial, but not in real use."""
        self.gaps.append(Problem(file, line, text))
