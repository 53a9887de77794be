"""Other ways to read a release: those of this very release, made by people, and no others."""

from __future__ import annotations

import pytest

from newsletter.collect.read import read_release
from newsletter.collect.read.alternates import seconds_in, sound
from newsletter.model import Alternate, AlternateKind, Page

EASY, SIGN, AUDIO = AlternateKind.EASY, AlternateKind.SIGN, AlternateKind.AUDIO
URL = "https://musterstadt.example/presse/2026/radweg-nordufer"
TEXT = "Die Stadt baut am Nordufer einen neuen Radweg. Er ist vier Kilometer lang und führt bis zum Hafen. " * 3
PAGE = """<html lang="de"><head>{head}</head><body><header><nav><a href="/leichte-sprache">Leichte Sprache</a>
<a href="/dgs">Gebärdensprache</a></nav></header><main><article><h1>Neuer Radweg am Nordufer</h1>{piece}
<p>{text}</p></article></main>
<footer><a href="/service/leichte-sprache/radweg">Leichte Sprache</a></footer></body></html>"""


def found(piece: str = "", head: str = "") -> tuple[Alternate, ...]:
    return read_release(Page(URL, PAGE.format(piece=piece, head=head, text=TEXT).encode())).alternates


@pytest.mark.parametrize(
    ("piece", "alternate"),
    [
        (
            '<p><a href="/leicht/radweg-am-nordufer">Leichte Sprache</a></p>',
            Alternate(EASY, "https://musterstadt.example/leicht/radweg-am-nordufer", "de-simple"),
        ),
        (
            '<p><a href="/ls/77">Diese Meldung in Leichter Sprache</a></p>',
            Alternate(EASY, "https://musterstadt.example/ls/77", "de-simple"),
        ),
        (
            '<a href="/v/dgs.mp4">Video in Deutscher Gebärdensprache (3:12 Minuten, 24 MB)</a>',
            Alternate(SIGN, "https://musterstadt.example/v/dgs.mp4", "gsg", "video/mp4", 192, 24_000_000),
        ),
        (
            '<a href="https://videos.example/radweg" hreflang="bfi">Signed version in sign language</a>',
            Alternate(SIGN, "https://videos.example/radweg", "bfi"),
        ),
        (
            '<p><a href="/a/77.mp3">Anhören</a> (4 Minuten)</p>',
            Alternate(AUDIO, "https://musterstadt.example/a/77.mp3", None, "audio/mpeg", 240),
        ),
        (
            '<audio controls><source src="/a/77.m4a" type="audio/mp4"></audio>',
            Alternate(AUDIO, "https://musterstadt.example/a/77.m4a", None, "audio/mp4"),
        ),
        (
            '<figure><video src="/v/77.webm" title="Gebärdensprache"></video></figure>',
            Alternate(SIGN, "https://musterstadt.example/v/77.webm", "gsg", "video/webm"),
        ),
        (
            '<a href="/leicht/radweg-am-nordufer"><img src="/ls.svg" alt="In Leichter Sprache lesen"></a>',
            Alternate(EASY, "https://musterstadt.example/leicht/radweg-am-nordufer", "de-simple"),
        ),
    ],
)
def test_what_is_of_this_release_is_found(piece: str, alternate: Alternate) -> None:
    assert found(piece) == (alternate,)


@pytest.mark.parametrize(
    "piece",
    [
        "",
        '<p><a href="/service/leichte-sprache">Leichte Sprache</a></p>',
        '<p><a href="/DE/Service/Gebaerdensprache/gebaerdensprache_node.html">Gebärdensprache</a></p>',
        '<a href="#" class="rs">Vorlesen</a>',
        '<a href="/a/77.mp3">Anhören (automatisch vorgelesen)</a>',
        '<p>Diese Fassung wurde maschinell übersetzt: <a href="/ls/radweg">In Leichter Sprache</a></p>',
        '<a href="/ls/radweg">KI-generierte Fassung in Leichter Sprache</a>',
        '<a href="https://app.readspeaker.example/radweg.mp3">Anhören mit ReadSpeaker</a>',
        '<a href="javascript:lies()">Diese Meldung in Leichter Sprache</a>',
        '<a href="/radweg/podcast">Unser Podcast</a>',
        '<video src="/v/baustelle.mp4" title="Die Baustelle"></video>',
        '<aside><a href="/ls/radweg">Leichte Sprache</a></aside>',
    ],
)
def test_what_is_the_sites_own_or_a_machines_is_not(piece: str) -> None:
    assert found(piece) == ()


def test_the_pages_own_data_tell_of_it() -> None:
    data = """<script type="application/ld+json">{"@context": "https://schema.org", "@type": "NewsArticle",
    "headline": "Neuer Radweg am Nordufer",
    "audio": {"@type": "AudioObject", "contentUrl": "/a/1.mp3", "duration": "PT4M5S"},
    "video": [{"@type": "VideoObject", "contentUrl": "/v/1.mp4", "accessibilityFeature": ["signLanguage"]},
              {"@type": "VideoObject", "contentUrl": "/v/2.mp4", "name": "Baustelle"}]}</script>"""
    assert [(one.kind, one.url, one.seconds) for one in found(head=data)] == [
        (AUDIO, "https://musterstadt.example/a/1.mp3", 245),
        (SIGN, "https://musterstadt.example/v/1.mp4", None),
    ]


def test_each_address_is_there_once_and_not_too_many() -> None:
    link = '<p><a href="/ls/radweg-{}">Leichte Sprache</a></p>'
    assert len(found(link.format(1) * 3)) == 1
    assert len(found("".join(link.format(n) for n in range(40)))) == 6


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1:02:03", 3723),
        ("3:12", 192),
        ("4 Min.", 240),
        ("90 Sekunden", 90),
        ("PT1H", 3600),
        ("99:99:99", None),
        ("ja", None),
    ],
)
def test_lengths_are_read(text: str, seconds: int | None) -> None:
    assert seconds_in(text) == seconds


def test_an_enclosure_that_is_sound_is_an_audio_version() -> None:
    assert sound("https://a.example/x.mp3", None, size=5) == Alternate(
        AUDIO, "https://a.example/x.mp3", None, "audio/mpeg", None, 5
    )
    assert sound("https://a.example/x", "audio/ogg; codecs=opus") is not None
    assert sound("https://a.example/x.mp3", "audio/mpeg", "Automatisch vorgelesen") is None
    assert sound("https://a.example/x.pdf", "application/pdf") is None
