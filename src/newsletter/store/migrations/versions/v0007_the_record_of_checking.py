"""How editions were checked, and the hashes of what was checked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("variants", sa.Column("html_sha256", sa.Text()))
    op.add_column("variants", sa.Column("text_sha256", sa.Text()))
    op.create_table(
        "records",
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("versions", sa.JSON(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("edition", name="pk_records"),
        sa.ForeignKeyConstraint(["edition"], ["editions.id"], name="fk_records_edition_editions"),
    )
