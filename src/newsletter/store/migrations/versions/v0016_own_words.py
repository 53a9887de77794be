"""What editors say of a release in place of its source."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "own_words",
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("headline", sa.Text()),
        sa.Column("kicker", sa.Text()),
        sa.Column("teaser", sa.Text()),
        sa.ForeignKeyConstraint(["release"], ["releases.id"], name="fk_own_words_release_releases"),
        sa.PrimaryKeyConstraint("release", name="pk_own_words"),
    )
