"""The benchmark can run; how fast anything is, no test says."""

import json
from math import isfinite
from pathlib import Path

import pytest

from tests.bench import report
from tests.bench.measure import Outcome, measure


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """A very short run; it refuses by itself if an acknowledged request is missing or the audit log is broken."""
    return measure(tmp_path_factory.mktemp("bench"), seconds=0.1, rounds=1)


@pytest.mark.sqlite_only
def test_a_short_run_gives_figures(outcome: Outcome) -> None:
    figures = json.loads(report.as_json(outcome))
    assert figures["acknowledged"] > 0
    for ratio in figures["ratios"].values():
        assert isfinite(ratio)
        assert ratio > 0
    assert 0 < figures["first_visit_bytes"]["de"] < figures["first_visit_bytes"]["ar"]


@pytest.mark.sqlite_only
def test_new_figures_replace_the_old_ones(outcome: Outcome, tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(
        f"# Before\n\n{report.BEGIN}\n\nold figures\n\n{report.END}\n\nAfter\n", "utf-8"
    )
    report.write(outcome, page)
    text = page.read_text("utf-8")
    assert "old figures" not in text
    assert "form page : bare Flask view" in text
    assert text.startswith("# Before\n")
    assert text.endswith("\nAfter\n")
