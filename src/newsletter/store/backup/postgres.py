"""PostgreSQL: its own client tools. psql puts a dump back in one transaction, which also marks it as unfinished."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

from sqlalchemy import URL, Connection, func, inspect, select, text

from newsletter.errors import StoreError
from newsletter.store import restored, schema
from newsletter.store.backup.files import new_file
from newsletter.store.database import Database, connect

HEADER = b"PGDMP"
PATIENCE = 3.0  # seconds that a connection may take to end
OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
# What stands beside the tables: functions and types of the jobs. Some go with a table; what an extension brought stays.
BESIDE = """
    SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', oid::regprocedure) FROM pg_proc
    WHERE pronamespace = current_schema()::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
    UNION ALL
    SELECT format('DROP TYPE IF EXISTS %s CASCADE', pg_type.oid::regtype)
    FROM pg_type LEFT JOIN pg_class ON pg_class.oid = typrelid
    WHERE typnamespace = current_schema()::regnamespace AND (typtype = 'e' OR relkind = 'c')
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_type.oid AND deptype = 'e')
"""
PAUSE = "INSERT INTO {schema}.state VALUES ('paused', '{why}') ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value;"


def copy(url: URL, file: Path) -> None:
    """Write a snapshot of the database into a new file."""
    with new_file(file) as part:
        _on(url, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={part}")


def put_back(url: URL, file: Path, aside: Path | None, finish: Callable[[URL], Counter[str]]) -> Counter[str]:
    """Replace what the database holds by what is in `file`, then `finish` it."""
    holds, where = _look(url)
    if holds and aside is None:
        raise StoreError(f"the database {url.database} is not empty: name a file to keep it in (--aside FILE)")
    if holds and aside is not None:
        copy(url, aside)
    dump = _run("pg_restore", {}, "--no-owner", "--no-privileges", "--file=-", str(file))
    drop = "".join(f"{statement};\n" for statement in holds)
    pause = PAUSE.format(schema=where, why=restored.UNFINISHED)
    script = drop.encode() + dump + f"\n{pause}\n".encode()
    _on(url, "psql", "--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1", "--file=-", feed=script)
    return finish(url)


def _look(url: URL) -> tuple[list[str], str]:
    """What empties the database, and the schema that ours lies in. Raises StoreError where it is in use or not ours."""

    def look(connection: Connection) -> tuple[list[str], str]:
        schema.version_of(connection)
        quote = connection.dialect.identifier_preparer.quote
        where = quote(str(connection.execute(select(func.current_schema())).scalar()))
        tables = [f"{where}.{quote(table)}" for table in inspect(connection).get_table_names()]
        if not tables:
            return [], where
        beside = connection.execute(text(BESIDE)).scalars()
        return [f"DROP TABLE {', '.join(tables)} CASCADE", *beside], where

    database = connect(url)
    try:
        _wait_for_others(database)
        return database.read(look)
    finally:
        database.close()


def _wait_for_others(database: Database) -> None:
    """Who has just ended still stands in PostgreSQL's list for a moment. Raises StoreError where somebody stays."""
    until = monotonic() + PATIENCE
    while database.read(lambda connection: connection.execute(text(OTHERS)).scalar()):
        if monotonic() > until:
            raise StoreError("the database is in use by another process: end it first")
        sleep(0.1)


def _on(url: URL, program: str, *options: str, feed: bytes = b"") -> None:
    """Run a client tool on the database; the password goes by the environment, which others cannot list."""
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    plain = url.set(drivername="postgresql", password=None).render_as_string()
    _run(program, secret, *options, f"--dbname={plain}", feed=feed)


def _run(program: str, secret: dict[str, str], *options: str, feed: bytes = b"") -> bytes:
    path = shutil.which(program)
    if path is None:
        raise StoreError(f"{program} is not installed: apt install postgresql-client")
    command, environment = [path, *options], os.environ | secret
    done = subprocess.run(command, input=feed, capture_output=True, env=environment, check=False)  # noqa: S603
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise StoreError(f"{program} failed: {lines[-1] if lines else done.returncode}")
    return done.stdout
