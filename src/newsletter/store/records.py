"""The record of an edition's checking: kept when it is checked, for what checked it may be another version tomorrow."""

from __future__ import annotations

from sqlalchemy import Connection, Row, select

from newsletter.errors import NotFound
from newsletter.model import CheckedVariant, Format, Record
from newsletter.store.conflict import insert
from newsletter.store.database import Database
from newsletter.store.documents import rules_document, rules_from
from newsletter.store.sheet_tables import records, variants


class Records:
    """The records of all editions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, record: Record) -> None:
        """Keep by what an edition was checked last; its variants are kept by `Sheets.save_variants`."""
        values = {"at": record.at, "versions": dict(record.versions), "rules": rules_document(record.rules)}

        def work(connection: Connection) -> None:
            query = insert(connection, records).values(edition=record.edition, **values)
            connection.execute(query.on_conflict_do_update(index_elements=["edition"], set_=values))

        self._database.write(work)

    def get(self, edition: str) -> Record:
        """The record of an edition, with every variant that was checked, by key. Raises NotFound where it has none."""

        def look(connection: Connection) -> Record | None:
            row = connection.execute(select(records).where(records.c.edition == edition)).first()
            if row is None:
                return None
            query = select(variants).where(variants.c.edition == edition).order_by(variants.c.key)
            checked = tuple(map(_variant, connection.execute(query)))
            return Record(edition, row.at, row.versions, rules_from(row.rules), checked)

        found = self._database.read(look)
        if found is None:
            raise NotFound(f"edition {edition} was not checked yet")
        return found


def _variant(row: Row[tuple[object, ...]]) -> CheckedVariant:
    return CheckedVariant(
        row.key, row.language, Format(row.format), tuple(row.selection), row.html_sha256, row.text_sha256
    )
