"""What waits for its verdict."""

from __future__ import annotations

import gc
import weakref
from datetime import UTC, datetime
from typing import cast

import pytest

from newsletter.collect.examining import LARGEST, MOST_WAITING, TOGETHER, Examiner, Seen
from newsletter.collect.store import ContractStore
from newsletter.config import FeedSettings
from newsletter.model import Candidate, Draft, KnownPage, Page, Standing

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
URL = "https://portal.example/presse/1"
FEED = FeedSettings(title="Presse", url="https://portal.example/presse")


def seen(page: Page | None) -> Seen:
    known = KnownPage(URL, "portal", NOW, mailable=True)
    return Seen(Standing(known), Candidate(URL), known, Draft(URL, "Brunnen", body_text="Text"), page)


def examiner() -> Examiner:
    return Examiner("portal", FEED, cast(ContractStore, None), NOW)  # whoever waits asks nothing of the store


@pytest.mark.parametrize("size", [300_000, LARGEST + 1])
def test_a_large_page_that_waits_gives_back_its_part_of_the_fetchers_room(size: int) -> None:
    page = Page(URL, b"x" * size)
    held, waiting = weakref.ref(page), examiner()
    waiting.wait(seen(page))
    del page
    gc.collect()
    assert held() is None
    assert waiting.wait(seen(None)) is False


@pytest.mark.parametrize(("size", "number"), [(100, TOGETHER), (LARGEST, MOST_WAITING // LARGEST)])
def test_what_waits_is_bounded_by_number_and_by_bytes(size: int, number: int) -> None:
    waiting = examiner()
    assert [waiting.wait(seen(Page(URL, b"x" * size))) for _ in range(number)] == [False] * (number - 1) + [True]
