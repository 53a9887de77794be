"""Indexes of the ledger that leave out what no query looks for: each step of a mail rewrites fewer of them.

What SQLite would gain by the one of notices is not worth writing its table anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
goes_with = "0023"

STANDING = sa.text(
    "state = 'queued' OR state = 'deferred' OR state = 'uncertain' OR state = 'failed'"
    " OR state = 'suppressed' OR state = 'quarantined' OR state = 'cancelled'"
)
HELD = sa.text("state = 'claimed' OR state = 'committing' OR lease_until IS NOT NULL")
OF_NOTICES = sa.text("notice IS NOT NULL")


def upgrade() -> None:
    _replace("ix_deliveries_claim", ["edition", "state", "variant", "id"], STANDING)
    _replace("ix_deliveries_open", ["state", "edition"], HELD)
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("uq_deliveries_notice", "deliveries")
        op.create_index("uq_deliveries_notice", "deliveries", ["notice"], unique=True, postgresql_where=OF_NOTICES)


def _replace(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.drop_index(name, "deliveries")
    op.create_index(name, "deliveries", columns, sqlite_where=where, postgresql_where=where)
