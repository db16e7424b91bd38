"""Start a server as a child process, learn its address, stop it."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from portal.config import ROOT

SERVING = re.compile(r"Serving on http://(127\.0\.0\.1:\d+)")
ORDINARY = '"level": "info"'  # each request has such a line
SECONDS_TO_END = 10


class ServerSilent(Exception):
    """A server ended before it said where it answers."""


def environment(folder: Path) -> dict[str, str]:
    """Return the settings of a portal that keeps everything in this folder; nothing of the caller's counts."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PORTAL_") and name != "DATABASE_URL"
    }
    return {**kept, "PORTAL_MODE": "demo", "PORTAL_DATA_DIR": str(folder), "PORT": "0"}


def portal_command(*arguments: str, env: Mapping[str, str]) -> None:
    """Run a `portal` command; raise CalledProcessError if it complains."""
    command = [sys.executable, "-m", "portal.cli", *arguments]
    subprocess.run(  # noqa: S603 - our own command
        command, cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL
    )


@contextmanager
def running(name: str, env: Mapping[str, str]) -> Iterator[str]:
    """Run a server of `child.py` on a free port; give its address."""
    command = [sys.executable, "-m", "tests.bench.child", name]
    with subprocess.Popen(  # noqa: S603 - our own server
        command, cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True
    ) as child:
        lines = cast("IO[str]", child.stderr)
        try:
            address = _address(lines)
            threading.Thread(target=_pass_on, args=[lines], daemon=True).start()
            yield address
        finally:
            child.terminate()
            child.wait(SECONDS_TO_END)


def _address(lines: IO[str]) -> str:
    said = []
    for line in lines:
        if match := SERVING.search(line):
            return match[1]
        said.append(line)
    raise ServerSilent("".join(said))


def _pass_on(lines: IO[str]) -> None:
    """Show what the server complains about; a pipe that nobody reads would stop it."""
    for line in lines:
        if ORDINARY not in line:
            sys.stderr.write(line)
