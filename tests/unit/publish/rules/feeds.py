"""Feeds that no rule finds anything in, one a format, and what each rule must find when they are spoilt."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from newsletter.i18n import Words
from newsletter.model import Finding
from newsletter.publish.rules import check

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
<channel>
<title>Verein am Markt</title>
<link>https://verein.example/</link>
<description>Neues vom Markt</description>
<atom:link rel="self" type="application/rss+xml" href="https://verein.example/feed.rss"/>
<language>de</language>
<managingEditor>brief@verein.example (Am Markt)</managingEditor>
<pubDate>Fri, 20 Nov 2026 10:00:00 +0100</pubDate>
<category>Markt &#x26; Brunnen</category>
<ttl>60</ttl>
<image><url>https://verein.example/l.png</url><title>Verein am Markt</title><link>https://verein.example/</link></image>
<skipHours><hour>0</hour><hour>3</hour></skipHours>
<skipDays><day>Sunday</day></skipDays>
<item>
<title>Ein Brunnen &#x3C;neu&#x3E;</title>
<link>https://verein.example/brunnen</link>
<description>&lt;p&gt;Er steht am Markt.&lt;/p&gt;</description>
<content:encoded><![CDATA[<h2>Der Brunnen</h2><h3>Aus Stein</h3><p><a href="https://verein.example/plan">Der Plan</a>
<img src="https://verein.example/b.jpg" alt="Ein runder Brunnen"></p>]]></content:encoded>
<enclosure url="https://verein.example/b.mp3" length="1234" type="audio/mpeg"/>
<guid>https://verein.example/brunnen</guid>
<pubDate>Fri, 20 Nov 2026 09:00:00 GMT</pubDate>
</item>
<item>
<title>Ein Baum</title>
<description>Er steht daneben.</description>
<dc:creator>Ada</dc:creator>
<guid isPermaLink="false">tag:verein.example,2026:baum</guid>
<pubDate>19 Nov 2026 09:00 +0100</pubDate>
<media:content url="https://verein.example/t.jpg"/>
</item>
</channel>
</rss>"""
ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de">
<title>Verein am Markt</title>
<id>urn:uuid:60a76c80-d399-11d9-b93c-0003939e0af6</id>
<link rel="self" type="application/atom+xml" href="https://verein.example/feed.atom"/>
<link href="https://verein.example/"/>
<updated>2026-11-20T10:00:00+01:00</updated>
<author><name>Ada</name><email>ada@verein.example</email><uri>https://verein.example/ada</uri></author>
<category term="markt" label="Markt" scheme="https://verein.example/themen"/>
<generator uri="https://verein.example/g" version="1">G</generator>
<entry>
<title type="html">Ein &lt;em&gt;Brunnen&lt;/em&gt;</title>
<id>https://verein.example/brunnen</id>
<link rel="alternate" type="text/html" hreflang="de" href="https://verein.example/brunnen"/>
<updated>2026-11-20T09:00:00.5Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Er steht am <b>Markt</b>.</p></div></content>
</entry>
<entry>
<title>Ein Baum</title>
<id>tag:verein.example,2026:baum</id>
<link href="https://verein.example/baum"/>
<updated>2026-11-19T09:00:00Z</updated>
<summary>Er steht daneben.</summary>
<content type="image/png" src="https://verein.example/baum.png"/>
</entry>
</feed>"""
RDF = """<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://verein.example/feed.rdf">
<title>Verein</title><link>https://verein.example/</link><description>Neues</description><dc:language>de</dc:language>
<items><rdf:Seq><rdf:li rdf:resource="https://verein.example/1"/></rdf:Seq></items>
</channel>
<item rdf:about="https://verein.example/1"><title>Eins</title><link>https://verein.example/1</link></item>
</rdf:RDF>"""
JSON: dict[str, Any] = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Verein am Markt",
    "home_page_url": "https://verein.example/",
    "feed_url": "https://verein.example/feed.json",
    "language": "de",
    "authors": [{"name": "Ada", "url": "https://verein.example/ada"}],
    "_own": {"anything": 1},
    "items": [
        {
            "id": "1",
            "url": "https://verein.example/1",
            "title": "Ein Brunnen",
            "content_html": '<p>Er steht am Markt.</p><img src="https://verein.example/b.jpg" alt="Ein Brunnen">',
            "date_published": "2026-11-20T09:00:00+01:00",
            "tags": ["Markt"],
            "attachments": [{"url": "https://verein.example/b.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 12}],
        },
        {"id": "2", "content_text": "Er steht daneben.", "date_published": "2026-11-19T09:00:00Z"},
    ],
}
WORDS = Words("en")
Defect = Callable[[], bytes]


def found(data: bytes) -> tuple[Finding, ...]:
    """What the rules find."""
    return check(data, WORDS, NOW)


def rss(old: str, new: str) -> Defect:
    """The RSS feed with a piece exchanged."""
    return lambda: _exchanged(RSS, old, new)


def atom(old: str, new: str) -> Defect:
    """The Atom feed with a piece exchanged."""
    return lambda: _exchanged(ATOM, old, new)


def rdf(old: str, new: str) -> Defect:
    """The feed of RSS 1.0 with a piece exchanged."""
    return lambda: _exchanged(RDF, old, new)


def jsonfeed(**changes: Any) -> Defect:
    """The JSON feed with keys set or, where None, taken away."""
    return lambda: json.dumps({key: value for key, value in {**JSON, **changes}.items() if value is not None}).encode()


def item(**changes: Any) -> Defect:
    """The JSON feed with keys of its first item set or taken away."""
    first = {key: value for key, value in {**JSON["items"][0], **changes}.items() if value is not None}
    return jsonfeed(items=[first, JSON["items"][1]])


def _exchanged(feed: str, old: str, new: str) -> bytes:
    assert old in feed, old
    return feed.replace(old, new).encode()
