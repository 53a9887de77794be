"""Releases are found by an index of their words, not by reading all texts."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
OWN = ("headline", "kicker", "teaser")
MOST_PARTS = 300_000

FTS5 = """CREATE VIRTUAL TABLE search_index USING fts5(
  parts, content = 'search_texts', content_rowid = 'number', tokenize = 'ascii', detail = none, columnsize = 0)"""
PUT = "INSERT INTO search_index (rowid, parts) VALUES (new.number, new.parts);"
TAKE = "INSERT INTO search_index (search_index, rowid, parts) VALUES ('delete', old.number, old.parts);"
# Without fastupdate: what is new would wait in a list that is read whole, so that a scan of all texts looked cheaper.
GIN = """CREATE INDEX ix_search_texts_parts ON search_texts
  USING gin (array_to_tsvector(string_to_array(parts, ' '))) WITH (fastupdate = off)"""


def upgrade() -> None:
    op.drop_table("search_texts")
    texts = op.create_table(
        "search_texts",
        sa.Column("number", Id, autoincrement=True, nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["release"], ["releases.id"], name="fk_search_texts_release_releases"),
        sa.UniqueConstraint("release", name="uq_search_texts_release"),
        sa.PrimaryKeyConstraint("number", name="pk_search_texts"),
    )
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        op.execute(GIN)
    else:  # an index over the table (sqlite.org/fts5.html, "External Content Tables"), kept by triggers
        op.execute(FTS5)
        op.execute(f"CREATE TRIGGER search_texts_put AFTER INSERT ON search_texts BEGIN {PUT} END")
        op.execute(f"CREATE TRIGGER search_texts_taken AFTER DELETE ON search_texts BEGIN {TAKE} END")
        op.execute(f"CREATE TRIGGER search_texts_changed AFTER UPDATE ON search_texts BEGIN {TAKE} {PUT} END")
    one = sa.text("SELECT document FROM releases WHERE id = :id")
    own = {row.release: row for row in connection.execute(sa.text("SELECT * FROM own_words")).all()}
    for (id,) in connection.execute(sa.text("SELECT id FROM releases")).all():  # a text at a time: they may be many
        document = connection.execute(one, {"id": id}).scalar_one()
        said = json.loads(document) if isinstance(document, str) else document
        if id in own:
            said = _in_words_of(own[id], said)
        connection.execute(texts.insert().values(release=id, **_found_by(said)))


def _in_words_of(own: Any, said: dict[str, Any]) -> dict[str, Any]:
    kicker, teaser = (said.get(name) if getattr(own, name) is None else getattr(own, name) for name in OWN[1:])
    return said | {"headline": own.headline or said["headline"], "kicker": kicker, "teaser": teaser}


def _found_by(said: dict[str, Any]) -> dict[str, str]:
    headline = f"{said.get('kicker') or ''} {said['headline']}"
    whole = f"{headline} {said.get('teaser') or ''} {said.get('body_text') or ''}"
    return {"headline": _parts(headline), "parts": _parts(whole)}


def _parts(text: str) -> str:
    kept, room = [], MOST_PARTS
    for part in dict.fromkeys(end for word in dict.fromkeys(_words(text)) for end in _ends(word)):
        room -= len(part.encode()) + 1
        if room < 0:
            break
        kept.append(part)
    return " ".join(kept)


def _words(text: str) -> Iterator[str]:
    spread = unicodedata.normalize("NFKD", text.replace("\0", " ").casefold())
    plain = "".join(character for character in spread if not unicodedata.combining(character)).casefold()
    words = "".join(char if char.isalnum() else " " for char in plain).split()
    return (word[start : start + 60] for word in words for start in range(0, len(word), 60))


def _ends(word: str) -> Iterator[str]:
    yield word
    yield from (word[start:] for start in range(1, len(word) - 2))
