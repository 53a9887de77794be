"""Which version a database has, and how it comes to this one's. Alembic runs what lies in `migrations/versions`.

A file there is called `v<number>_<what>.py` and holds `upgrade()` in Alembic's operations, written out: the tables of
tables.py change with time, a migration does not. All of them run in one transaction. There is no way down: that is what
`newsletter db backup` is for.

A migration that only adds what an older program need not know says so by `goes_with`, the oldest version that can go on
beside it. So processes of both run while machines are brought to the new one, one after the other (expand, contract).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Column, Connection, MetaData, Table, Text, delete, insert, inspect, select, text

from newsletter.errors import StoreError
from newsletter.store.database import Database, connect

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "alembic_version"
GOES_WITH = Table("goes_with", MetaData(), Column("version", Text, nullable=False))  # beside Alembic's own, of one row
ONE_AT_A_TIME = 0x6E657773  # key of the advisory lock


def versions() -> list[str]:
    """Every version this program knows, the oldest first."""
    found = (re.match(r"v(\d+)_", path.name) for path in (MIGRATIONS / "versions").glob("v*.py"))
    return sorted(match[1] for match in found if match)


def version_of(connection: Connection) -> str | None:
    """The version of a database, None for an empty one. Raises StoreError where it belongs to another program."""
    tables = inspect(connection).get_table_names()
    if VERSION_TABLE in tables:
        return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608  # a constant
    if tables:
        raise StoreError(f"the database holds other tables ({', '.join(sorted(tables)[:3])} …): give us one of its own")
    return None


def ready(database: Database) -> None:
    """Make the tables of an empty database. Raises StoreError for one that is older or newer than this program."""
    version = database.read(version_of)
    if version is None:
        database.write(migrate)
    else:
        check(version, versions(), database.read(oldest))


def check(version: str, known: list[str], goes_with: str | None = None) -> None:
    """Raises StoreError unless `version` is the newest that this program knows, or newer and made for it, too."""
    newest = known[-1]
    if version not in known:
        if goes_with is not None and goes_with <= newest:
            return
        raise StoreError(f"the database ({version}) is newer than this program ({newest}): install the newer program")
    if version != newest:
        remedy = "end it where it runs, then `newsletter db upgrade`, which makes a backup first"
        raise StoreError(f"the database ({version}) is older than this program ({newest}): {remedy}")


def upgrade(url: str | URL) -> tuple[str | None, str]:
    """Bring the database at `url` to the newest version; returns the version before and after.

    Raises StoreError where it is newer than this program.
    """
    database = connect(url)
    try:
        before = database.read(version_of)
        if before not in (None, *versions()):
            check(str(before), versions())
        return before, database.write(migrate)
    finally:
        database.close()


def migrate(connection: Connection) -> str:
    """Run what is missing in the transaction at hand; returns the version then."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    if connection.dialect.name == "postgresql":  # SQLite has but one writer anyway
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
    script = ScriptDirectory(str(MIGRATIONS))

    def missing(now: Any, _: Any) -> Any:  # as in the documentation of EnvironmentContext
        return script._upgrade_revs("head", now)

    with EnvironmentContext(Config(), script, fn=missing) as environment:
        environment.configure(connection=connection)
        environment.run_migrations()
    _note(connection, max(getattr(one.module, "goes_with", one.revision) for one in script.walk_revisions()))
    return str(version_of(connection))


def oldest(connection: Connection) -> str | None:
    """The oldest version of the program that can go on with these tables; None where they do not say."""
    if not inspect(connection).has_table(GOES_WITH.name):
        return None
    return connection.execute(select(GOES_WITH.c.version)).scalar()


def _note(connection: Connection, version: str) -> None:
    GOES_WITH.create(connection, checkfirst=True)
    connection.execute(delete(GOES_WITH))
    connection.execute(insert(GOES_WITH).values(version=version))
