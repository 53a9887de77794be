"""The tables of what an edition was composed to: its sheets, its variants, and how it was checked."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, LargeBinary, Table, Text
from sqlalchemy.types import JSON

from newsletter.store.columns import Moment, metadata

sheets = Table(
    "sheets",
    metadata,
    Column("edition", Text, ForeignKey("editions.id"), primary_key=True),
    Column("language", Text, primary_key=True),
    Column("format", Text, primary_key=True),
    Column("document", LargeBinary, nullable=False),  # zlib-compressed JSON of the parts: frozen bytes
)

variants = Table(
    "variants",
    metadata,
    Column("edition", Text, ForeignKey("editions.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("language", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("selection", JSON, nullable=False),
    Column("html_sha256", Text),
    Column("text_sha256", Text),
)

records = Table(
    "records",  # how an edition was checked: what of it a later version of the program could not tell
    metadata,
    Column("edition", Text, ForeignKey("editions.id"), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("versions", JSON, nullable=False),
    Column("rules", JSON, nullable=False),
)
