"""The search keeps its index with one certain release of Whoosh; all of its forks install the same package."""

import base64
import hashlib
from importlib.metadata import PackagePath, distribution, packages_distributions

# Of whoosh-reloaded 2.7.5. A new release gets a new digest only after its code was read.
DIGEST = "849f8b34e83792993340fe20b04b7648d62de2188e01c2797c90292d3709994c"


def _code() -> list[PackagePath]:
    files = distribution("whoosh-reloaded").files or []
    return sorted((file for file in files if file.suffix == ".py"), key=str)


def _hashed(content: bytes) -> str:
    digest = hashlib.sha256(content).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def test_the_release_is_the_one_that_was_read():
    record = "\n".join(f"{file} {file.hash.value if file.hash else ''}" for file in _code())
    assert hashlib.sha256(record.encode()).hexdigest() == DIGEST


def test_what_is_on_disk_is_what_was_installed():
    changed = [
        str(file)
        for file in _code()
        if file.hash and file.hash.value != _hashed(file.read_binary())
    ]
    assert changed == []


def test_no_other_distribution_brings_a_package_of_that_name():
    assert {name.lower() for name in packages_distributions()["whoosh"]} == {"whoosh-reloaded"}
