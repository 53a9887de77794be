"""The tables of what editors say of releases."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table, Text

from newsletter.store.columns import Moment, metadata

own_words = Table(
    "own_words",  # beside the release, so that no collect takes them away
    metadata,
    Column("release", Text, ForeignKey("releases.id"), primary_key=True),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("headline", Text),  # NULL: as the source says; of the others "": none at all
    Column("kicker", Text),
    Column("teaser", Text),
)
