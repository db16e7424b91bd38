"""The benchmark can run; how fast anything is, no test says."""

import json
from math import isfinite
from pathlib import Path

import pytest

from tests.bench import report
from tests.bench.measure import measure


@pytest.mark.sqlite_only
def test_a_short_run_counts_every_request(tmp_path: Path) -> None:
    """`measure` itself refuses if one acknowledged request is missing or the audit log is broken."""
    outcome = measure(tmp_path, seconds=0.3, rounds=1)
    assert outcome.acknowledged > 0
    figures = json.loads(report.as_json(outcome))
    for ratio in figures["ratios"].values():
        assert isfinite(ratio)
        assert ratio > 0
    assert figures["first_visit_bytes"]["de"] < figures["first_visit_bytes"]["ar"]


def test_figures_replace_the_old_ones(tmp_path: Path) -> None: ...
