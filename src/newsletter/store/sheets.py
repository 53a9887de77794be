"""What an edition was rendered to: its sheets, and which variants are made of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, select

from newsletter.errors import NotFound, StateError
from newsletter.model import Format, Sheet, Variant
from newsletter.store.conflict import insert
from newsletter.store.database import Database
from newsletter.store.documents import pack, unpack
from newsletter.store.editions import UNDECIDED
from newsletter.store.sheet_tables import sheets, variants
from newsletter.store.tables import editions


class VariantRow(NamedTuple):
    """What a variant is made of; its bytes are filled anew from the sheet."""

    key: str
    language: str
    format: Format
    selection: tuple[str, ...]


class Sheets:
    """The rendered bytes of editions. Once an edition is approved they are what was checked, and stay."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, sheet: Sheet) -> None:
        """Keep a sheet of an edition that is composed or held, in place of an earlier one; else raises StateError.

        What was kept of variants goes with the earlier one: they were made of other bytes.
        """
        packed = pack(sheet)

        def work(connection: Connection) -> None:
            lock = select(editions.c.state).where(editions.c.id == sheet.edition).with_for_update()
            state = connection.execute(lock).scalar()
            if state not in UNDECIDED:
                raise StateError(f"edition {sheet.edition} is {state or 'not there'}: its sheets stay as they are")
            row = {"edition": sheet.edition, "language": sheet.language, "format": sheet.format, "document": packed}
            query = insert(connection, sheets).values(row)
            key = ("edition", "language", "format")
            connection.execute(query.on_conflict_do_update(index_elements=key, set_={"document": packed}))
            of_it = (variants.c.edition == sheet.edition, variants.c.language == sheet.language)
            connection.execute(variants.delete().where(*of_it, variants.c.format == sheet.format))

        self._database.write(work)

    def get(self, edition: str, language: str, format: Format) -> Sheet:
        """The sheet. Raises NotFound."""
        query = select(sheets.c.document).where(
            sheets.c.edition == edition, sheets.c.language == language, sheets.c.format == format
        )
        packed = self._database.read(lambda connection: connection.execute(query).scalar())
        if packed is None:
            raise NotFound(f"edition {edition} has no sheet in {language}, {format}")
        return unpack(packed)

    def save_variants(self, made: Iterable[Variant]) -> None:
        """Keep what variants are made of; those that are there stay."""
        rows = [
            {
                "edition": variant.edition,
                "key": variant.key,
                "language": variant.language,
                "format": variant.format,
                "selection": list(variant.selection),
                "html_sha256": variant.html_sha256,
                "text_sha256": variant.text_sha256,
            }
            for variant in made
        ]
        if rows:
            self._database.write(
                lambda connection: connection.execute(insert(connection, variants).on_conflict_do_nothing(), rows)
            )

    def variants(self, edition: str) -> list[VariantRow]:
        """The variants of an edition by key."""
        query = select(variants).where(variants.c.edition == edition).order_by(variants.c.key)
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return [VariantRow(row.key, row.language, Format(row.format), tuple(row.selection)) for row in rows]
