"""Why a page is withheld is told in each editor's language; what was kept before stays English."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
goes_with = "0026"


def upgrade() -> None:
    op.add_column("kept_pages", sa.Column("told", sa.JSON(none_as_null=True)))
