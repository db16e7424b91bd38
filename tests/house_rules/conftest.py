"""Generated facts: committed, diffed here, written anew by `make fix`."""

from collections.abc import Callable
from difflib import unified_diff

import pytest

from portal.config import ROOT

Fact = Callable[[str, str], None]


@pytest.fixture
def fact(request: pytest.FixtureRequest) -> Fact:
    """Compare a fact with its committed file; `fact("docs/permissions.md", text)`."""

    def compare(path: str, text: str) -> None:
        file = ROOT / path
        if request.config.getoption("--write-facts"):
            file.write_text(text, "utf-8")
        committed = file.read_text("utf-8") if file.exists() else ""
        diff = "\n".join(
            unified_diff(committed.splitlines(), text.splitlines(), "committed", "now", lineterm="")
        )
        assert committed == text, f"{path} is out of date – run `make fix` and review:\n{diff}"

    return compare
