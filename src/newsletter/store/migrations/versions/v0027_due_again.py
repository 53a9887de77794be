"""What waits for a moment of its own is found by that moment: a claim no longer reads all that waits for later."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
goes_with = "0023"

WAITING = sa.text("state = 'deferred'")


def upgrade() -> None:
    op.create_index(
        "ix_deliveries_again",
        "deliveries",
        ["edition", "retry_at", "id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
