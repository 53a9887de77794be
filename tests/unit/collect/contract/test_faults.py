"""Lists and pages that are not what they were."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newsletter.collect.contract import fault, list_fault
from newsletter.model import Candidate, Draft

AT = datetime(2026, 11, 22, tzinfo=UTC)


def candidates(number: int, dated: int) -> list[Candidate]:
    return [Candidate(f"https://p.example/{n}", published=AT if n < dated else None) for n in range(number)]


@pytest.mark.parametrize(
    ("number", "dated", "known", "broken"),
    [
        (5, 0, 0, True),  # a menu, where the list was
        (5, 2, 0, True),
        (5, 3, 0, False),  # a portal that moved, or a long outage
        (5, 0, 1, False),
        (1, 0, 0, True),
    ],
)
def test_a_list_of_which_nothing_was_ever_there(number: int, dated: int, known: int, broken: bool) -> None:
    reason = list_fault(candidates(number, dated), known)
    assert (reason is not None) is broken
    if reason:
        assert "empty or changed" in reason
        assert "--backfill" in reason


@pytest.mark.parametrize(
    ("listed", "page", "other"),
    [
        ("Zwanzig neue Trinkbrunnen", "Bitte stimmen Sie zu", True),
        ("Zwanzig neue Trinkbrunnen", "Trinkbrunnen auf allen Plätzen", False),
        ("Zwanzig neue Trinkbrunnen", "Wasser (mit Trinkbrunnen)", False),
        ("Neue Brunnen", "Bitte stimmen Sie zu", False),  # too few words to say
        (None, "Bitte stimmen Sie zu", False),
        ("Pressemitteilung 5/2026", "Bitte stimmen Sie zu", False),
    ],
)
def test_a_page_that_has_no_word_of_what_was_announced(listed: str | None, page: str, other: bool) -> None:
    draft = Draft("https://p.example/1", headline=page, body_text="Alle Angebote.")
    assert (fault(draft, Candidate(draft.url, headline=listed), None) is not None) is other
