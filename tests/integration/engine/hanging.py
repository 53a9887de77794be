"""A process whose handler never ends: `python -m tests.integration.engine.hanging URL`, to be killed."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta

from newsletter.engine import Handler, Queue, engine_of
from newsletter.store.database import open_database

NAME = "hangs"
EVERY = timedelta(hours=1)  # so that the clock has nothing to do with who takes it up


async def hang() -> bool:
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    await asyncio.Event().wait()
    return False


if __name__ == "__main__":
    engine = engine_of(open_database(sys.argv[1]), [Handler(NAME, Queue.COLLECT, hang, EVERY)])
    asyncio.run(engine.run(asyncio.Event()))
