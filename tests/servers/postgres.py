"""A PostgreSQL server of the tests' own: one a test process, one fresh database a test."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
import pytest

from tests.servers.process import as_user, free_port, needed, running, which


@dataclass(frozen=True)
class Postgres:
    """A running server; whoever connects is its superuser."""

    port: int
    data: Path
    _numbers: Iterator[int] = field(default_factory=count, repr=False)

    def url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    @property
    def pid(self) -> int:
        """Of the server, whose children are the connections' processes."""
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def create(self, *, template: str = "template0") -> str:
        """The URL of a new database, empty or a copy of `template` (to which nobody may be connected)."""
        name = f"t{os.getpid()}_{next(self._numbers)}"  # more than one process may ask
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, url: str) -> None:
        """Drops it, whoever is still connected."""
        self._execute(f'DROP DATABASE IF EXISTS "{url.rpartition("/")[2]}" WITH (FORCE)')

    def ready(self) -> bool:
        with suppress(psycopg.OperationalError):
            self._execute("SELECT 1")
            return True
        return False

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True, connect_timeout=5) as connection:
            connection.execute(statement.encode())


@contextmanager
def serving_postgres(**other: str) -> Iterator[Postgres]:
    """A server until the block ends, with `other` settings of its own; `create()` makes a database."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda place: float(place.parts[-3]))
    programs = needed(*reversed(places), which("initdb"), Path("/usr/lib/postgresql/*/bin/initdb")).parent
    place = Path(tempfile.mkdtemp(prefix="newsletter-postgres-"))
    with suppress(PermissionError, LookupError):  # PostgreSQL refuses to run as root
        shutil.chown(place, "postgres", "postgres")
    user = as_user("postgres")
    server = Postgres(free_port(), place / "data")
    initdb = f"{programs}/initdb -D {server.data} -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync".split()
    subprocess.run([*user, *initdb], check=True, capture_output=True, cwd=place)
    settings = {
        "port": server.port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": server.data,
        "fsync": "off",
        "full_page_writes": "off",
        "max_connections": 200,
    } | other
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    command = [*user, str(programs / "postgres"), "-D", str(server.data), *options]
    with running(command, stop=signal.SIGQUIT, ready=server.ready, log=place / "log"):
        yield server
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The server; `postgres.create()` makes a database."""
    with serving_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """A fresh, empty database for one test."""
    url = postgres.create()
    yield url
    postgres.drop(url)
