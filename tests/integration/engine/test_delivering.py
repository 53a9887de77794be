"""Several processes deliver one edition: they share the work, and nobody gets a mail twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from newsletter.deliver.verdict import Fate
from newsletter.engine import Handler, Queue, engine_of
from newsletter.model import EditionState
from newsletter.store.database import open_database
from tests.integration.deliver.scripted import Scripted, serving
from tests.integration.deliver.world import World
from tests.integration.engine.test_engine import running, wake

READERS = 300


class Slow(Scripted):
    """Takes its time, so that one worker is not done before the others are there."""

    async def _say(self, writer: Any, answer: str) -> None:
        await asyncio.sleep(0.02 if "taken" in answer else 0)
        await super()._say(writer, answer)


async def test_three_workers_share_an_edition(postgres_url: str, tmp_path: Path) -> None:
    sent: Counter[int] = Counter()
    async with AsyncExitStack() as stack, serving(Slow()) as server:
        worlds = []
        for _ in range(3):
            database = open_database(postgres_url)
            stack.callback(database.close)
            worlds.append(World(database, tmp_path))
        readers = worlds[0].plan(READERS)
        engines = []
        for number, world in enumerate(worlds):
            deliverer = world.deliverer(world.transport(server.port), batch=10)

            async def deliver(number: int = number, deliverer: Any = deliverer) -> bool:
                progress = await deliverer.run_until_idle(0.5)
                sent[number] += progress.fates.get(Fate.ACCEPTED, 0)
                return bool(progress.more)

            handler = Handler("deliver", Queue.DELIVER, deliver, timedelta(seconds=5), processes=3, grace=30)
            engines.append(engine_of(world.database, [handler]))
            await stack.enter_async_context(running(engines[-1], [Queue.DELIVER]))
        await wake(worlds[0].database, engines[0], "deliver")
        async with asyncio.timeout(60):
            while worlds[0].edition_row().state != EditionState.FINISHED:  # noqa: ASYNC110 - what it waits for is a row
                await asyncio.sleep(0.1)
        assert sorted(server.recipients()) == sorted(readers)
    assert sum(sent.values()) == READERS
    assert all(sent[number] > READERS // 10 for number in range(3)), sent
