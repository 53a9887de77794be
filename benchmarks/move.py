"""Moving a database of a million subscribers with their history from SQLite to PostgreSQL, hashed at both ends.

History: for each subscriber a subscription, a consent and a delivery of one edition.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from _figures import Goals, say, show  # noqa: E402
from _post import freeze, prepare  # noqa: E402
from sqlalchemy import literal, select  # noqa: E402

from newsletter.store.database import Database  # noqa: E402
from newsletter.store.moving import move  # noqa: E402
from newsletter.store.tables import consents, subscribers  # noqa: E402
from tests.servers.postgres import serving_postgres  # noqa: E402

WORDING = "Ich möchte die Pressemitteilungen der Stadt Musterstadt täglich per E-Mail und kann das jederzeit beenden."
GOALS: Goals = {"seconds_for_a_million": ("<=", 180.0)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subscribers", type=int, default=1_000_000)
    parser.add_argument("--quick", action="store_true", help="50,000 subscribers, and the time of a million reckoned")
    options = parser.parse_args()
    count = 50_000 if options.quick else options.subscribers
    with tempfile.TemporaryDirectory(prefix="newsletter-move-") as place, serving_postgres() as postgres:
        say(f"subscribing {count:,} people")
        database = prepare(f"sqlite:///{place}/newsletter.db", count)
        freeze(database)
        _consent(database)
        database.close()
        say("moving")
        began = time.perf_counter()
        moved = move(f"sqlite:///{place}/newsletter.db", postgres.create())
        took = time.perf_counter() - began
    figures = {
        "subscribers": count,
        "rows": sum(one.rows for one in moved),
        "seconds": round(took, 1),
        "seconds_for_a_million": round(took * 1_000_000 / count, 1),
    }
    return show(figures, GOALS)


def _consent(database: Database) -> None:
    """What each agreed to."""
    columns = (
        subscribers.c.id,
        subscribers.c.email_hash,
        literal("confirmed"),
        literal(WORDING),
        literal(0),
        literal("link"),
    )
    names = ["subscription", "email_hash", "action", "wording", "at", "how"]
    database.write(lambda connection: connection.execute(consents.insert().from_select(names, select(*columns))))


if __name__ == "__main__":
    sys.exit(main())
