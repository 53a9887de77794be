"""What editors see and choose: whether an address takes nothing for good, the order of an edition's releases, and
sentences with what they are made of, to be told in their language.

Of what came back before, the reason tells as far as it does.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

GONE = ("user-unknown", "host-unknown", "moved")


def upgrade() -> None:
    op.add_column("editions", sa.Column("ordered", sa.Boolean()))
    op.add_column("editions", sa.Column("said", sa.JSON()))
    op.add_column("sources", sa.Column("said", sa.JSON()))
    op.add_column("alarms", sa.Column("said", sa.JSON()))
    op.add_column("events", sa.Column("permanent", sa.Boolean()))
    events = sa.table("events", sa.column("kind"), sa.column("detail"), sa.column("permanent", sa.Boolean()))
    said = sa.or_(*(events.c.detail.startswith(word) for word in GONE))
    op.execute(events.update().where(events.c.kind == "bounced", said).values(permanent=True))
