"""What the list or feed said fills the gaps of a page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from newsletter.collect.merge import fill
from newsletter.model import Candidate, Document, Draft, Image, Precision

AT = datetime(2026, 11, 22, 9, 20, tzinfo=UTC)
DAY = datetime(2026, 11, 22, tzinfo=UTC)
DRAFT = Draft("https://p.example/a", headline="Trinkbrunnen", body_text="Text", origin={"headline": "structure"})
SAID = Candidate(
    DRAFT.url,
    headline="Zwanzig Brunnen",
    published=AT,
    published_precision=Precision.MINUTE,
    kicker="Umwelt",
    teaser="Kurz",
)


def test_gaps_are_filled_and_the_page_comes_first() -> None:
    filled = fill(DRAFT, SAID)
    assert (filled.headline, filled.kicker, filled.teaser) == ("Trinkbrunnen", "Umwelt", "Kurz")
    assert (filled.published, filled.published_precision) == (AT, Precision.MINUTE)
    assert filled.origin == {"headline": "structure", "kicker": "list", "teaser": "list", "published": "list"}


def test_a_teaser_that_the_text_begins_with_is_none() -> None:
    draft = replace(DRAFT, body_text="Kurz und gut.")
    assert fill(draft, SAID).teaser is None


def test_nothing_to_fill_leaves_the_draft_alone() -> None:
    assert fill(DRAFT, Candidate(DRAFT.url)) is DRAFT


def test_a_day_gets_the_time_of_the_list() -> None:
    day = replace(DRAFT, published=DAY, published_precision=Precision.DAY)
    filled = fill(day, SAID)
    assert (filled.published, filled.published_precision, filled.origin["published"]) == (AT, Precision.MINUTE, "list")


def test_another_day_does_not() -> None:
    day = replace(DRAFT, published=DAY, published_precision=Precision.DAY)
    other = replace(SAID, published=datetime(2026, 11, 25, 9, 20, tzinfo=UTC))
    assert fill(day, other).published == DAY


def test_a_list_that_is_vaguer_changes_nothing() -> None:
    exact = replace(DRAFT, published=AT, published_precision=Precision.MINUTE)
    assert fill(exact, replace(SAID, published=DAY, published_precision=Precision.DAY)).published == AT


def test_an_entry_fills_more() -> None:
    entry = Draft(
        DRAFT.url,
        author="Jana Lindner",
        language="en",
        topics=("Wasser",),
        images=(Image("https://p.example/a.jpg", lead=True),),
        documents=(Document("https://p.example/a.pdf", "Plan"),),
    )
    filled = fill(DRAFT, replace(SAID, entry=entry))
    assert (filled.author, filled.language, filled.topics) == ("Jana Lindner", "en", ("Wasser",))
    assert (filled.images, filled.documents) == (entry.images, entry.documents)
    assert {filled.origin[name] for name in ("kicker", "author", "language", "images", "documents")} == {"feed"}
    own = replace(DRAFT, images=(Image("https://p.example/own.jpg"),))
    assert fill(own, replace(SAID, entry=entry)).images == own.images
