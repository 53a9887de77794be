"""The sample portal, collected with its address as all that is known of it: every trap comes out right."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import uvicorn
from selectolax.lexbor import LexborHTMLParser

from newsletter.collect.collector import Collector
from newsletter.collect.decide import FIRST_SEEN
from newsletter.collect.report import SourceReport
from newsletter.config import FeedSettings
from newsletter.demo.portal import PortalState, Stage, create_portal
from newsletter.demo.portal.content import SampleRelease, releases
from newsletter.model import Change, Image, Precision, Release, ReleaseState
from newsletter.store.collecting import Collecting
from newsletter.store.database import open_database
from newsletter.store.releases import Releases
from tests.integration.collect.web import fetcher
from tests.servers.process import free_port

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
SAMPLES = {sample.slug: sample for sample in releases(TODAY, Stage.FIRST_LOOK)}


class Sample:
    """The portal, and what was collected of it."""

    def __init__(self, site: str, state: PortalState, collector: Collector, stored: Releases) -> None:
        self.site, self.state, self.collector, self.stored = site, state, collector, stored
        self.now = NOW

    async def collect(self, minutes: float = 0, **settings: object) -> SourceReport:
        self.now += timedelta(minutes=minutes)
        known = {"title": "Presse", "url": f"{self.site}/presse", "first_collect": "send", **settings}
        return await self.collector.collect("musterstadt", FeedSettings(**known), now=self.now)  # type: ignore[arg-type]

    def get(self, slug: str) -> Release:
        release = self.stored.by_address(f"{self.site}/presse/{slug}")
        assert release is not None
        return release

    def lead(self, slug: str) -> Image:
        lead = self.get(slug).lead
        assert lead is not None
        return lead


@pytest.fixture
async def sample(sqlite_url: str) -> AsyncIterator[Sample]:
    """The portal on its first day, collected."""
    state, port, database = PortalState(), free_port(), open_database(sqlite_url)
    server = uvicorn.Server(uvicorn.Config(create_portal(TODAY, state), port=port, log_level="warning"))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
        await asyncio.sleep(0.01)
    fetch = fetcher()
    opened = Sample(f"http://127.0.0.1:{port}", state, Collector(fetch, Collecting(database)), Releases(database))
    report = await opened.collect()
    assert (report.found, report.new, report.problems) == (len(SAMPLES), len(SAMPLES), ())
    yield opened
    await fetch.aclose()
    server.should_exit = True
    await serving
    database.close()


def said(html: str) -> str:
    """The text, without what stands under pictures: of that the credit is told apart."""
    body = LexborHTMLParser(html).body
    assert body is not None
    for caption in body.css("figcaption"):
        caption.remove()
    return " ".join(body.text(separator=" ").split())


def words(text: str) -> str:
    return "".join(text.replace("\u00ad", "").split())


def check_words(sample: Sample, known: SampleRelease) -> None:
    release = sample.get(known.slug)
    assert words(release.headline) == words(known.headline)
    assert release.kicker == known.kicker
    assert words(release.teaser or "") == words(known.teaser)
    assert words(said(release.body_html)) == words(said(known.body)), known.slug
    assert release.language == known.language
    assert release.reading_minutes >= 1
    for bait in (
        "Weitere Meldungen",
        "Lesezeit",
        "Per E-Mail teilen",
        "Pressekontakt",
        "Jana Lindner",
        "Link kopieren",
    ):
        assert bait not in release.body_text


async def test_every_release_is_there_word_for_word(sample: Sample) -> None:
    for known in SAMPLES.values():
        check_words(sample, known)


async def test_every_date_is_as_exact_as_the_page_gave_it(sample: Sample) -> None:
    wrong = {}
    for known in SAMPLES.values():
        release = sample.get(known.slug)
        if known.date in ("time", "relative"):
            right = release.published == known.published.astimezone(UTC)
        elif known.date == "text":
            right = release.published is not None and (release.published.date(), release.published_precision) == (
                known.published.date(),
                Precision.DAY,
            )
        else:
            right = release.published is None and release.origin["published"] == FIRST_SEEN
        if not right:
            wrong[known.slug] = (release.published, known.date)
    assert wrong == {}


async def test_every_lead_image_is_the_releases_own(sample: Sample) -> None:
    for known in SAMPLES.values():
        lead = sample.get(known.slug).lead
        expected = f"{sample.site}/bilder/{known.image.file}" if known.image else None
        assert (lead.src if lead else None) == expected, known.slug


async def test_topics_are_the_kickers(sample: Sample) -> None:
    assert {topic.slug for slug in SAMPLES for topic in sample.get(slug).topics} == {
        "bildung", "kultur", "sicherheit", "soziales", "umwelt", "verkehr", "verwaltung", "wirtschaft"
    }  # fmt: skip


async def test_only_a_week_back_may_be_mailed(sample: Sample) -> None:
    for known in SAMPLES.values():
        release = sample.get(known.slug)
        assert release.mailable is (release.published is None or release.published >= NOW - timedelta(days=7))


IMAGES: dict[str, tuple[str, Callable[[Image], bool]]] = {
    "no alt": ("solardach-berufsschule", lambda image: image.alt is None),
    "an empty alt is nobody's decision": ("spielplatz-muehlenfeld", lambda image: image.alt == ""),
    "alt = caption": ("sechs-bausteine-kitas", lambda image: image.alt == image.caption and bool(image.alt)),
    "credit inside the alt": (
        "stadtbibliothek-sonntags",
        lambda image: (image.alt, image.credit) == ("Bücherregale und eine Leseecke mit Sessel und Lampe", "dpa"),
    ),
    "Symbolbild": ("stadtwald-eichen-elsbeeren", lambda image: image.symbolic and image.caption is None),
    "credit beside the caption": ("radbruecke-musterfluss", lambda image: image.credit == "Stadt Musterstadt"),
    "not symbolic": ("radbruecke-musterfluss", lambda image: not image.symbolic),
}


@pytest.mark.parametrize("trap", IMAGES)
async def test_what_belongs_to_a_picture_is_told_apart(sample: Sample, trap: str) -> None:
    slug, right = IMAGES[trap]
    assert right(sample.lead(slug)), sample.lead(slug)


async def test_a_second_picture_stays(sample: Sample) -> None:
    assert len(sample.get("hochwasserschutz-suedstadt").images) == 2


async def test_documents_are_kept_apart(sample: Sample) -> None:
    for known in SAMPLES.values():
        found = {document.url.rpartition("/")[2] for document in sample.get(known.slug).documents}
        assert found == {f"{document.file}.pdf" for document in known.documents}, known.slug


async def test_the_hostile_headline_is_plain_text(sample: Sample) -> None:
    headline = sample.get("gefaelschte-e-mails").headline
    assert '<script>alert("Gebühr")</script>' in headline
    assert not any(ord(character) < 32 for character in headline)


async def test_an_unchanged_portal_changes_nothing(sample: Sample) -> None:
    before = [sample.get(slug) for slug in SAMPLES]
    for minutes in (15, 60, 24 * 60):
        report = await sample.collect(minutes)
        assert (report.new, report.updated, report.withdrawn, report.problems) == (0, 0, 0, ())
    assert [sample.get(slug) for slug in SAMPLES] == before


async def test_the_update_is_told_and_the_withdrawal_follows(sample: Sample) -> None:
    before = sample.get("wasserrohrbruch-bahnhofstrasse")
    sample.state.advance()
    assert (await sample.collect(15)).updated == 1
    after = sample.get("wasserrohrbruch-bahnhofstrasse")
    assert (after.id, after.revision, after.change) == (before.id, 2, Change.UPDATE)
    assert after.headline == "Wasserrohrbruch: Bahnhofstraße ab 5 Uhr wieder frei"
    assert (after.published, after.updated) == (before.published, sample.now)
    sample.state.advance()
    reports = [await sample.collect(60), await sample.collect(15)]
    assert [report.withdrawn for report in reports] == [0, 1]
    assert sample.get("hafenfest-termin").state is ReleaseState.WITHDRAWN
    assert sum(report.updated for report in reports) == 0


async def test_its_feed_fills_the_gaps_of_its_pages(sample: Sample) -> None:
    report = await sample.collect(15, kind="feed", url=f"{sample.site}/feed.xml")
    assert (report.found, report.new, report.problems) == (10, 0, ())
