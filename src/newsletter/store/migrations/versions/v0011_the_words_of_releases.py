"""The words that releases are found by."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    texts = op.create_table(
        "search_texts",
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["release"], ["releases.id"], name="fk_search_texts_release_releases"),
        sa.PrimaryKeyConstraint("release", name="pk_search_texts"),
    )
    connection = op.get_bind()
    one = sa.text("SELECT document FROM releases WHERE id = :id")
    for (id,) in connection.execute(sa.text("SELECT id FROM releases")).all():  # a text at a time: they may be many
        document = connection.execute(one, {"id": id}).scalar_one()
        said = json.loads(document) if isinstance(document, str) else document
        connection.execute(texts.insert().values(release=id, **_words(said)))


def _words(said: dict[str, Any]) -> dict[str, str]:
    headline = f"{said.get('kicker') or ''} {said['headline']}"
    whole = f"{headline} {said.get('teaser') or ''} {said.get('body_text') or ''}"
    return {"headline": _folded(headline), "words": _folded(whole)}


def _folded(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text.replace("\0", " ").casefold())
    return "".join(character for character in spread if not unicodedata.combining(character))
