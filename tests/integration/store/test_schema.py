"""The migrations make exactly the tables of tables.py, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, create_engine, inspect, text, update

from newsletter.errors import StoreError
from newsletter.store import schema
from newsletter.store.database import Database, open_database, parse
from newsletter.store.tables import deliveries


def version(connection: Connection, value: str) -> None:
    connection.execute(text("UPDATE alembic_version SET version_num = :value"), {"value": value})


def ours(_: object, name: str | None, *about: object) -> bool:
    """Whether tables.py says how it is: not of full-text indexes and of what makes a notice's mail unique, which each
    database has in its own way, nor of the engine's jobs, which are procrastinate's."""
    others = ("search_index", "ix_search_texts_parts", "uq_deliveries_notice", "procrastinate_", schema.GOES_WITH.name)
    return not (name or "").startswith(others)


def test_migrations_make_the_tables(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        opts = {"compare_type": True, "compare_server_default": True, "include_object": ours}
        context = MigrationContext.configure(connection, opts=opts)
        return list(compare_metadata(context, deliveries.metadata))

    assert database.read(differences) == []
    assert database.read(schema.version_of) == schema.versions()[-1]


def test_versions_are_those_that_alembic_runs() -> None:
    script = ScriptDirectory(str(schema.MIGRATIONS))
    assert schema.versions() == [revision.revision for revision in reversed(list(script.walk_revisions()))]


def test_procrastinate_has_published_no_schema_since(postgres_url: str) -> None:
    """Migration 0020 runs the schema whole: what comes after this file needs a migration of its own, which runs it."""
    published = sorted(path.name for path in Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    assert published[-1] == "03.04.00_50_post_add_retry_failed_job_procedure.sql"
    database = open_database(postgres_url)
    tables = database.read(lambda connection: inspect(connection).get_table_names())
    database.close()
    assert {"procrastinate_jobs", "procrastinate_workers", "procrastinate_events"} <= set(tables)


def test_a_second_start_changes_nothing(database: Database, store_url: str) -> None:
    assert schema.upgrade(store_url) == (schema.versions()[-1], schema.versions()[-1])
    open_database(store_url).close()


def test_an_empty_database_can_be_upgraded(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    assert schema.upgrade(url) == (None, schema.versions()[-1])
    open_database(url).close()


def test_a_newer_database_is_refused(database: Database, store_url: str) -> None:
    database.write(lambda connection: version(connection, "9999"))
    database.write(lambda connection: connection.execute(update(schema.GOES_WITH).values(version="9999")))
    with pytest.raises(StoreError, match="newer than this program"):
        open_database(store_url)
    with pytest.raises(StoreError, match="newer than this program"):
        schema.upgrade(store_url)


def test_a_newer_database_that_only_has_more_is_taken(database: Database, store_url: str) -> None:
    assert database.read(schema.oldest) in schema.versions()
    database.write(lambda connection: version(connection, "9999"))
    open_database(store_url).close()
    with pytest.raises(StoreError, match="newer than this program"):
        schema.upgrade(store_url)


def test_a_migration_goes_with_versions_before_it() -> None:
    for revision in ScriptDirectory(str(schema.MIGRATIONS)).walk_revisions():
        goes_with = getattr(revision.module, "goes_with", None)
        assert goes_with is None or goes_with < revision.revision
        assert goes_with is None or goes_with in schema.versions()


def test_an_older_database_asks_for_the_upgrade() -> None:
    with pytest.raises(StoreError, match="`newsletter db upgrade`"):
        schema.check("0001", ["0001", "0002"])


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE wp_posts (id INTEGER)"))
    engine.dispose()
    with pytest.raises(StoreError, match="wp_posts"):
        open_database(f"sqlite:///{path}")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://host/db", "not supported"),
        ("newsletter.db", "no database address"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("sqlite:///newsletter.db?timeout=soon", "number of seconds"),
    ],
)
def test_addresses_that_are_none(url: str, says: str) -> None:
    with pytest.raises(StoreError, match=says):
        parse(url)
