"""Releases, a site and a store in memory to publish from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from newsletter.config import FeedSettings, Newsletter, Site
from newsletter.errors import NotFound
from newsletter.model import (
    AltFrom,
    Cadence,
    Carried,
    Change,
    CheckedRule,
    CheckedVariant,
    Dated,
    Document,
    Edition,
    EditionState,
    Finding,
    Format,
    Image,
    Issued,
    Mark,
    Precision,
    Record,
    Release,
    ReleaseState,
    Topic,
)

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
TRAFFIC = Topic("verkehr", "Verkehr")
NATURE = Topic("umwelt", "Umwelt")
SITE = Site(
    title="Presse Musterstadt",
    base_url="https://news.musterstadt.example",
    publisher="Stadt Musterstadt",
    postal_address="Marktplatz 1, 12345 Musterstadt",
    contact="Presse <presse@musterstadt.example>",
    imprint_url="https://musterstadt.example/impressum",
    privacy_url="https://musterstadt.example/datenschutz",
    accessibility_url="https://musterstadt.example/barrierefreiheit",
)
FEEDS = {
    "musterstadt": FeedSettings(
        title="Pressemitteilungen der Stadt Musterstadt", url="https://musterstadt.example/presse"
    )
}
NEWSLETTERS = [Newsletter(id="presse", title="Pressemitteilungen", feeds=["musterstadt"])]
HOSTILE = (
    "</mj-text><script>alert(1)</script> =?utf-8?q?x=0D=0ABcc:a@b.example?= ]]> & \x00\x0b\x1b\ufffe\ud800 \u202eabc"
)


def make(number: int, **values: object) -> Release:
    """A plain release: the first is the oldest, a day lies between two."""
    day = NOW - timedelta(days=60 - number)
    given = {
        "id": str(UUID(int=0x0193_0000_0000_7000_8000_0000_0000_0000 + number)),
        "source": "musterstadt",
        "url": f"https://musterstadt.example/presse/{number}",
        "headline": f"Meldung {number}",
        "teaser": f"Der Vorspann von Meldung {number}.",
        "body_html": f"<p>Der erste Absatz von Meldung {number}.</p><h2>Hintergrund</h2><p>Mehr.</p>",
        "body_text": f"Der erste Absatz von Meldung {number}.\n\nHintergrund\n\nMehr.",
        "language": "de",
        "published": day,
        "published_precision": Precision.MINUTE,
        "first_seen": day + timedelta(minutes=7),
        "updated": day,
        "reading_minutes": 2,
        "topics": (NATURE,),
    }
    return Release(**(given | values))  # type: ignore[arg-type]


BRIDGE = make(
    50,
    headline="Neue Radbrücke über den „Musterfluss“ wird am 1. Dezember freigegeben",
    kicker="Verkehr",
    teaser="Nach zwei Jahren Bauzeit schließt die Brücke die letzte Lücke im Radschnellweg 4.",
    body_html="<p>Der Steg ist vier Meter breit &amp; beleuchtet.</p><h3>Umleitung</h3><ul><li>Bis Jahresende gilt eine"
    " <a href='/umleitung'>Umleitung</a>.</li></ul><h3>Zahlen</h3><table><caption>Die Brücke in Zahlen</caption>"
    "<thead><tr><th scope=col>Was</th><th scope=col>Wie viel</th></tr></thead><tbody><tr><td>Länge</td>"
    "<td>210 Meter</td></tr><tr><td>Breite</td><td>4 Meter</td></tr></tbody></table>",
    published=datetime(2026, 11, 19, 23, 0, tzinfo=UTC),  # the 20th in Berlin
    published_precision=Precision.DAY,
    first_seen=datetime(2026, 11, 20, 8, 5, tzinfo=UTC),
    updated=datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
    revision=2,
    change=Change.UPDATE,
    issuer="Tiefbauamt",
    topics=(TRAFFIC,),
    images=(
        Image(
            "https://musterstadt.example/bruecke.jpg",
            alt="Schrägseilbrücke mit zwei Pfeilern über einem Fluss",
            alt_from=AltFrom.SOURCE,
            caption="Die Brücke ist 210 Meter lang",
            credit="Stadt Musterstadt",
            symbolic=True,
            lead=True,
            width=1200,
            height=675,
        ),
    ),
    documents=(
        Document("https://musterstadt.example/plan.pdf", "Lageplan", "application/pdf", 1_234_567),
        Document("https://musterstadt.example/notiz.docx", "Notiz"),
    ),
)
ENGLISH = make(
    49, language="en", headline="City opens help desk for newcomers", teaser="No appointment needed.", topics=(),
    body_html="<p>In eight languages.</p>", body_text="In eight languages.", reading_minutes=1,
)  # fmt: skip
UNDATED = make(48, published=None, published_precision=None, updated=NOW - timedelta(days=12) + timedelta(minutes=7))
NO_ALT = make(47, images=(Image("https://musterstadt.example/x.jpg", lead=True, credit="dpa"),))
FRENCH = make(46, language="fr", headline="Un pont neuf", teaser="À bicyclette.", images=BRIDGE.images)
ARABIC = make(45, language="ar", headline="جسر جديد", teaser="للدراجات.", body_html="<p>نص</p>", body_text="نص")
NASTY = make(
    44, headline=HOSTILE + " 🎉 " + "lang " * 2000, teaser=HOSTILE, kicker=HOSTILE, issuer=HOSTILE, body_text=HOSTILE,
    body_html="<p>Text ]]&gt; \x0b 🎉 שלום</p>", topics=(Topic("boese", HOSTILE),),
    images=(Image("https://musterstadt.example/y.jpg", alt=HOSTILE, caption=HOSTILE, credit=HOSTILE, lead=True),),
    documents=(Document("https://musterstadt.example/z", HOSTILE, "application/pdf", 12),),
)  # fmt: skip
ALL = [BRIDGE, ENGLISH, UNDATED, NO_ALT, FRENCH, ARABIC, NASTY, make(40, topics=(TRAFFIC, NATURE))]


FINDING = Finding("ALT-4", "warn", "WCAG 1.1.1", "de-standard", "Der Alternativtext ist die Bildunterschrift.", "")
RECORD = Record(
    "presse-daily-20261121T0600Z",
    NOW - timedelta(days=1),
    {"newsletter": "0.1", "premailer": "3.10"},
    (
        CheckedRule("ALT-1", "block", "WCAG 1.1.1", "10.1.1.1", "Different pictures have different alt texts"),
        CheckedRule("ALT-4", "warn", "WCAG 1.1.1", "10.1.1.1", "Every heading says something"),
        CheckedRule("SIZE-2", "warn", "Gmail", None, "There is a text part"),
    ),
    (
        CheckedVariant("de-standard-1", "de", Format.STANDARD, ("1", "2"), "a1" * 32, "b2" * 32),
        CheckedVariant("de-text-1", "de", Format.TEXT, ("1",), None, "c3" * 32),
    ),
)


@dataclass
class Shelf:
    """A PublishStore in memory."""

    stock: list[Release] = field(default_factory=list)
    editions: list[Edition] = field(default_factory=list)
    changed: dict[str, datetime] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)

    def put(self, release: Release, at: datetime = NOW) -> None:
        self.stock = [other for other in self.stock if other.id != release.id] + [release]
        self.changed[release.id] = at

    def newest(self, feed: str, topic: str | None, limit: int, now: datetime) -> Sequence[Release]:
        found = [
            release
            for release in self._of(feed)
            if release.visible(now) and topic in (None, *(t.slug for t in release.topics))
        ]
        return sorted(found, key=lambda release: (release.published_at, release.id), reverse=True)[:limit]

    def withdrawn(self, feed: str, topic: str | None, limit: int) -> Sequence[Release]:
        found = [
            release
            for release in self._of(feed)
            if release.state is ReleaseState.WITHDRAWN and topic in (None, *(t.slug for t in release.topics))
        ]
        return sorted(found, key=lambda release: (release.updated, release.id), reverse=True)[:limit]

    def dated(self, feed: str, now: datetime) -> Iterable[Dated]:
        for one in self._of(feed):
            yield Dated(one.id, one.published_at, self.changed.get(one.id, NOW), one.state, one.visible(now))

    def topics_of(self, feed: str) -> Sequence[Topic]:
        topics = {topic for release in self._of(feed) for topic in release.topics}
        return sorted(topics, key=lambda topic: topic.title)

    def _of(self, feed: str) -> list[Release]:
        listed = [one for one in self.stock if feed in (seen.source for seen in one.seen_by)]
        return [release.as_in([feed]) for release in listed]

    def release_marks(self, now: datetime) -> Iterable[Mark]:
        for release in self.stock:
            if release.visible(now) or release.state is ReleaseState.WITHDRAWN:
                yield Mark(release.id, self.changed.get(release.id, NOW), release.state)

    def releases(self, ids: Sequence[str]) -> Sequence[Release]:
        return [release for release in self.stock if release.id in ids]

    def edition_marks(self) -> Iterable[Mark]:
        for edition in self.editions:
            yield Mark(edition.id, max(self.changed.get(carried.release, NOW) for carried in edition.carried))

    def editions_issued(self) -> list[Issued]:
        found = [Issued(one.id, one.newsletter, one.cadence, one.slot) for one in self.editions]
        return sorted(found, key=lambda one: (one.slot, one.id), reverse=True)

    def edition(self, edition: str) -> Edition:
        for each in self.editions:
            if each.id == edition:
                return each
        raise NotFound(edition)

    def record(self, edition: str) -> Record | None:
        return self.records.get(edition)


def shelf() -> Shelf:
    """All sample releases and an edition of four of them."""
    carried = tuple(Carried(release.id, release.revision) for release in (BRIDGE, UNDATED, FRENCH, ENGLISH))
    edition = Edition(
        "presse-daily-20261121T0600Z", "presse", Cadence.DAILY, NOW - timedelta(days=1), EditionState.FINISHED, carried
    )
    return Shelf(list(ALL), [edition], records={edition.id: RECORD})


def withdrawn(release: Release, at: datetime = NOW) -> Release:
    """The release, taken back."""
    return release.taken_back("by the press office", at)
