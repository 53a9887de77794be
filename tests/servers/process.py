"""Starting servers that never outlive the tests, on ports nobody uses."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def free_port() -> int:
    """A port on 127.0.0.1 that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def needed(*places: Path | None) -> Path:
    """The first of these programs that is there; says how to get it where none is."""
    for place in places:
        if place and place.exists():
            return place
    raise RuntimeError(f"the tests need {places[0]}: run scripts/test-needs.sh as root")


def which(program: str) -> Path | None:
    found = shutil.which(program)
    return Path(found).resolve() if found else None


def as_user(user: str) -> list[str]:
    """What to put before a command so that root runs it as `user`; others run it as themselves."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"]


@contextmanager
def running(command: list[str], *, stop: int, ready: Callable[[], bool], log: Path) -> Iterator[None]:
    """Runs a server until the block ends, or the tests themselves are killed; `stop` is the signal that ends it."""
    with log.open("ab") as output:
        server = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
    # a killed test run closes the pipe (PR_SET_PDEATHSIG would not do: a change of user forgets it)
    watch = ["sh", "-c", 'read -r _; kill -s TERM "$0"', str(server.pid)]
    guard = subprocess.Popen(watch, stdin=subprocess.PIPE, start_new_session=True)
    try:
        deadline = time.monotonic() + 30
        while not ready():
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[0]} did not start:\n{log.read_text(errors='replace')[-4000:]}")
            time.sleep(0.02)
        yield
    finally:
        guard.kill()
        server.send_signal(stop)
        server.wait(20)
        guard.communicate()
