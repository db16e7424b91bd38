"""The files as a browser gets them, built once."""

import pytest

from portal.assets import build
from portal.assets.bundle import Bundle
from portal.assets.stylesheet import Rule, read


@pytest.fixture(scope="session")
def built() -> Bundle:
    return build.bundle()


@pytest.fixture(scope="session")
def kern_rules(built: Bundle) -> list[Rule]:
    return read(built.content("kern.css").decode())


@pytest.fixture(scope="session")
def own_rules(built: Bundle) -> list[Rule]:
    css = (build.STATIC / "css" / "portal.css").read_text("utf-8")
    return read(css)
