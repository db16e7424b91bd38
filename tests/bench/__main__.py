"""Measure, and print or write down what came out: `python -m tests.bench --seconds 10 --write`."""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from portal.config import ROOT
from tests.bench import report
from tests.bench.measure import measure

PAGE = ROOT / "docs" / "performance.md"
# Not the system's folder for temporary files: that often lies in memory, where a commit costs nothing.
FOLDER = ROOT / ".make"


def main() -> None:
    """Read the options, measure, answer."""
    options = _options()
    FOLDER.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="bench-", dir=FOLDER) as folder:
        outcome = measure(Path(folder), seconds=options.seconds, rounds=options.rounds)
    show = report.as_json if options.json else report.as_markdown
    sys.stdout.write(show(outcome) + "\n")
    if options.write:
        report.write(outcome, PAGE)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5, help="length of each measurement")
    parser.add_argument("--rounds", type=int, default=3, help="how often everything is measured")
    parser.add_argument("--json", action="store_true", help="print every round, for programs")
    parser.add_argument(
        "--write", action="store_true", help="put the figures into docs/performance.md"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
