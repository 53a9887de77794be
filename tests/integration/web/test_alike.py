"""Nobody can tell by the form who is known: the same bytes, the same statements, the same queued work."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, event

from newsletter.tokens import Purpose
from tests.integration.audience.world import token
from tests.integration.web.world import Site, site

PEOPLE = ("neu@leser.example", "liest@leser.example", "fragt@leser.example", "ging@leser.example")


@pytest.fixture
def here(store_url: str, tmp_path: Path) -> Iterator[Site]:
    """Somebody who reads, somebody who has not confirmed, somebody who left; all long enough ago."""
    with site(store_url, tmp_path) as opened:
        opened.reader("liest@leser.example")
        opened.ask("fragt@leser.example")
        gone = opened.reader("ging@leser.example")
        opened.subscribing.leave(token(Purpose.UNSUBSCRIBE, gone), opened.now)
        opened.later(days=2)
        yield opened


@pytest.fixture
async def client(here: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with here.client() as opened:
        yield opened


@contextmanager
def statements() -> Iterator[list[str]]:
    """What any database is asked to do, until the block ends."""
    found: list[str] = []

    def heard(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        found.append(re.sub(r"(?<=sa_savepoint_)\d+", "", statement))  # they are counted by connection

    event.listen(Engine, "before_cursor_execute", heard)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", heard)


async def test_the_form_does_the_same_for_everybody(here: Site, client: httpx.AsyncClient) -> None:
    answers, done, queued = [], [], []
    for email in PEOPLE:
        before = here.mails()
        with statements() as asked:
            answer = await client.post("/subscribe", data={"email": email, "cadence": "daily"})
        answers.append((answer.status_code, answer.content, sorted(answer.headers.items())))
        done.append(asked)
        queued.append(here.mails() - before)
    assert answers[0][0] == 200
    assert all(answer == answers[0] for answer in answers)
    assert len(done[0]) > 5
    assert all(asked == done[0] for asked in done)
    assert queued == [1] * len(PEOPLE)


async def test_who_asks_for_data_gets_the_same_answer(here: Site, client: httpx.AsyncClient) -> None:
    """What differs is done after it."""
    answers = []
    for email in PEOPLE:
        answer = await client.post("/my-data", data={"email": email})
        answers.append((answer.status_code, answer.content, sorted(answer.headers.items())))
    assert answers[0][0] == 200
    assert all(answer == answers[0] for answer in answers)
