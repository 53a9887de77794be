"""What waits for a moment of its own is found by that moment: a claim no longer reads all that waits for later."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
goes_with = "0026"

WAITING = sa.text("state = 'deferred'")


def upgrade() -> None:
    op.create_index(
        "ix_deliveries_again",
        "deliveries",
        ["edition", "retry_at", "id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
