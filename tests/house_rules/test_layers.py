"""Imports look only downward; the contracts and their reasons stand in pyproject.toml."""

import subprocess
import sys
from pathlib import Path

from portal.config import ROOT


def test_import_contracts_hold():
    linter = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run(  # noqa: S603 - our own tool
        [linter, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
