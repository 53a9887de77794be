"""Every kind of mail in every mode, with its pictures and without; `make test` looks at a pairwise choice of them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.audit.matrix import MAILS
from tests.integration.edition.looks import MODES, looked_at, not_doubled, open_mail
from tests.servers.chromium import Chromium

pytestmark = pytest.mark.timeout(900)
LOOKS = [(name, pictures) for name in MAILS for pictures in (True, False) if pictures or "no-images" not in name]


@pytest.mark.parametrize(("name", "pictures"), LOOKS, ids=[f"{name}, pictures {shown}" for name, shown in LOOKS])
def test_nothing_is_wrong_in_any_mode(chromium: Chromium, name: str, pictures: bool) -> None:
    assert chromium.run(looked_at(MAILS[name](), pictures=pictures)) == []


@pytest.mark.parametrize("name", MAILS)
def test_all_text_follows_the_readers_size(chromium: Chromium, name: str) -> None:
    def look(page: Page) -> list[str]:
        open_mail(page, MAILS[name](), MODES["light"])
        return not_doubled(page)

    assert chromium.run(look) == []
