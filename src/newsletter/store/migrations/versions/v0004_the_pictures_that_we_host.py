"""Pictures: which release shows which, what is known of each, and the copies that we host."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

Moment = sa.BigInteger()  # microseconds since 1970
LONGEST = 2_000  # bytes of an address: PostgreSQL's index takes no more than about 2,700


def upgrade() -> None:
    op.create_table(
        "images",
        sa.Column("src", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text()),
        sa.Column("copy", sa.Text()),
        sa.Column("type", sa.Text()),
        sa.Column("width", sa.Integer()),
        sa.Column("height", sa.Integer()),
        sa.Column("size", sa.Integer()),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("checked_at", Moment),
        sa.Column("next_at", Moment),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text()),
        sa.PrimaryKeyConstraint("src", name="pk_images"),
    )
    op.create_index("ix_images_copy", "images", ["copy"])
    op.create_index("ix_images_next_at", "images", ["next_at"])
    op.create_table(
        "release_images",
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("src", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["release"], ["releases.id"], name="fk_release_images_release"),
        sa.PrimaryKeyConstraint("release", "src", name="pk_release_images"),
    )
    op.create_index("ix_release_images_src", "release_images", ["src"])
    op.create_table(
        "image_copies",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("used_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_image_copies"),
    )
    _fill()


def _fill() -> None:
    """Write down the pictures of the releases that are there, to be looked at."""
    connection = op.get_bind()
    found = connection.execute(sa.text("SELECT id, document FROM releases")).all()
    for id, kept in found:
        document = json.loads(kept) if isinstance(kept, str) else kept
        for place, src in enumerate(_pictures(document)):
            values = {"release": id, "src": src, "place": place}
            connection.execute(
                sa.text(
                    "INSERT INTO images (src, state, failures) VALUES (:src, 'waiting', 0) ON CONFLICT (src) DO NOTHING"
                ),
                {"src": src},
            )
            connection.execute(
                sa.text("INSERT INTO release_images (release, src, place) VALUES (:release, :src, :place)"), values
            )


def _pictures(document: dict[str, Any]) -> Iterator[str]:
    images = sorted(document.get("images", ()), key=lambda image: not image.get("lead"))
    in_text = map(html.unescape, re.findall(r'(?<= src=")[^"]+', document.get("body_html", "")))
    for src in dict.fromkeys([*(image["src"] for image in images), *in_text]):
        if src.startswith(("http://", "https://")) and len(src.encode("utf-8", "replace")) <= LONGEST:
            yield src
