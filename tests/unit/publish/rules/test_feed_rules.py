"""Each rule of feeds finds its defect, and none finds anything in the clean twins; without the rule, its test fails."""

from __future__ import annotations

import json

import pytest

from newsletter.publish.rules import rules
from tests.unit.publish.rules.feeds import ATOM, JSON, RDF, RSS, Defect, atom, found, item, jsonfeed, rdf, rss

TITLE, DATE, GUID = (
    "<title>Ein Baum</title>",
    "Fri, 20 Nov 2026 09:00:00 GMT",
    "<guid>https://verein.example/brunnen</guid>",
)
TEXT = "<p>Er steht am Markt.</p>"
PICTURE, PLAN = 'alt="Ein runder Brunnen"', '<a href="https://verein.example/plan">Der Plan</a>'
DIV = '<div xmlns="http://www.w3.org/1999/xhtml"><p>Er steht am <b>Markt</b>.</p></div>'
LINK = '<link href="https://verein.example/baum"/>'
ID = "tag:verein.example,2026:baum"
CONTENT = f'<content type="xhtml">{DIV}</content>'
ELSEWHERE = '<content type="image/png" src="https://verein.example/baum.png"/>'
SUMMARY = "<summary>Er steht daneben.</summary>"

DEFECTS: dict[str, list[Defect]] = {
    "ALT-1": [rss(f" {PICTURE}", ""), item(content_html='<img src="https://verein.example/b.jpg">')],
    "ALT-2": [rss(PICTURE, 'alt="b.jpg"')],
    "ALT-3": [rss(PICTURE, 'alt="Bild von einem Brunnen"')],
    "ALT-5": [rss(PICTURE, 'alt="Brunnen, Foto: Ada"')],
    "ALT-6": [rss(PICTURE, f'alt="{"Brunnen " * 30}"')],
    "ALT-7": [rss("</p>]]>", '<img src="https://verein.example/2.jpg" alt="Ein runder Brunnen"></p>]]>')],
    "ATTR-1": [
        rss(' length="1234"', ""),
        atom(' term="markt"', ""),
        atom('<link href="https://verein.example/"/>', "<link/>"),
    ],
    "ATTR-2": [
        rss('<rss version="2.0"', '<rss version="2.0" lang="de"'),
        atom("<summary>", '<summary mode="escaped">'),
    ],
    "CONTENT-1": [lambda: ATOM.replace(LINK, "").replace(ELSEWHERE, "").encode()],
    "CONTENT-2": [atom(CONTENT, "")],
    "CONTENT-3": [atom(' type="image/png"', "")],
    "CONTENT-4": [atom(SUMMARY, "")],
    "CONTENT-5": [atom(ELSEWHERE, '<content type="image/png">kein Bild!</content>')],
    "DATE-1": [
        rss(DATE, "2026-11-20T09:00:00Z"),
        rss(DATE, "Fr, 20 Nov 2026 09:00:00 GMT"),
        rss(DATE, "Fri, 31 Nov 2026 09:00 GMT"),
    ],
    "DATE-2": [rss(DATE, "Mon, 20 Nov 2026 09:00:00 GMT")],
    "DATE-3": [
        atom("2026-11-19T09:00:00Z", "2026-11-19T09:00:00"),
        atom("2026-11-19T09:00:00Z", "2026-11-19"),
        rdf("<dc:language>de", "<dc:date>gestern</dc:date><dc:language>de"),
        item(date_published="20.11.2026"),
    ],
    "DATE-4": [rss(DATE, "20 Nov 26 09:00:00 GMT"), rss(DATE, "20 Nov 2026 09:00:00 A"), rss(DATE, f"{DATE} (noon)")],
    "DATE-5": [
        rss(DATE, "20 Nov 2033 09:00:00 GMT"),
        atom("2026-11-19T", "1026-11-19T"),
        item(date_published="2126-11-20T09:00:00Z"),
    ],
    "DATE-6": [rss(f"<pubDate>{DATE}</pubDate>", ""), item(date_published=None)],
    "ELEMENT-1": [
        rss("<ttl>60</ttl>", "<ttl>60</ttl><updated>x</updated>"),
        rss("Er steht daneben.", "Er steht <b>daneben</b>."),
        rss("<dc:creator>Ada", "<dc:autor>Ada</dc:autor><dc:creator>Ada"),
        rss("<ttl>60</ttl>", "<content:encoded>x</content:encoded>"),
        atom(SUMMARY, f"{SUMMARY}<pubDate>x</pubDate>"),
        atom("<summary>Er steht", "<summary><b>Er</b> steht"),
        rdf("<title>Eins", "<pubDate>x</pubDate><title>Eins"),
    ],
    "ELEMENT-2": [
        rss("<description>Neues vom Markt</description>\n", ""),
        atom(f"<id>{ID}</id>", ""),
        jsonfeed(title=None),
        item(id=None),
    ],
    "ELEMENT-3": [rss(TITLE, TITLE * 2), atom("<summary>", "<summary>x</summary><summary>")],
    "ELEMENT-4": [
        rss("<item>\n<title>Ein Baum", "<item>\nText <title>Ein Baum"),
        atom("<entry>\n<title>Ein Baum", "<entry>Text<title>Ein Baum"),
    ],
    "ELEMENT-5": [rss(f"{TITLE}\n<description>Er steht daneben.</description>", ""), item(content_html=None)],
    "ELEMENT-6": [
        rss(
            "<ttl>",
            "<textInput><title>x</title><description>x</description><name>q</name>"
            "<link>https://verein.example/</link></textInput><ttl>",
        )
    ],
    "ELEMENT-7": [
        rss("</channel>", "<copyright>Verein</copyright></channel>"),
        rss("<guid>https", "<description>Noch einmal</description><guid>https"),
    ],
    "ELEMENT-8": [rss("<dc:creator>", "<dc:title>Ein Baum</dc:title><dc:creator>")],
    "FEED-1": [lambda: b"<html><body>x</body></html>", lambda: b'{"title": "x"}', lambda: b"<!DOCTYPE html><p>x<br>"],
    "FEED-2": [jsonfeed(version="https://jsonfeed.org/version/1")],
    "FEED-3": [rss("</rss>", f"<!--{'x' * 5_000_000}--></rss>")],
    "HEAD-2": [rss("<h3>Aus Stein</h3>", "<h4>Aus Stein</h4>")],
    "HEAD-3": [rss("<h3>Aus Stein</h3>", "<h3> </h3>")],
    "ID-1": [
        rss(f'<guid isPermaLink="false">{ID}</guid>', GUID),
        atom(f"<id>{ID}</id>", "<id>https://verein.example/brunnen</id>"),
        rdf("feed.rdf", "1"),
        item(id="2"),
    ],
    "ID-2": [rss(GUID, "<guid>brunnen</guid>"), rss(GUID, "<guid></guid>")],
    "ID-3": [rss(GUID, "")],
    "ID-4": [atom(ID, "urn:uuid:1234"), atom(ID, "tag:verein:baum"), rss(ID, "urn:x")],
    "ID-5": [atom("2026-11-19T09:00:00Z", "2026-11-20T09:00:00.5Z")],
    "JSON-1": [lambda: b'{"version": "https://jsonfeed.org/version/1.1",\n}', lambda: b'{"items": "\xff"}'],
    "JSON-2": [item(id=1), item(tags="Markt"), jsonfeed(expired="no"), jsonfeed(items={}), item(authors=[1])],
    "LANG-5": [rss("<language>de</language>", ""), atom(' xml:lang="de"', ""), jsonfeed(language=None)],
    "LINK-1": [rss("Der Plan</a>", "</a>")],
    "LINK-2": [rss("Der Plan</a>", "hier</a>")],
    "LINK-3": [rss("Der Plan</a>", "https://verein.example/plan</a>")],
    "MARKUP-1": [
        rss(TITLE, "<title>Ein &lt;b&gt;Baum&lt;/b&gt;</title>"),
        rss(TITLE, "<title>B&amp;uuml;ume</title>"),
        rss("(Am Markt)", "(&amp;quot;Am Markt)"),
        atom("<name>Ada", "<name>&lt;i&gt;Ada&lt;/i&gt;"),
        atom(TITLE, "<title>Ein &amp;uuml;ber</title>"),
        item(title="<b>Ein Brunnen</b>"),
    ],
    "MARKUP-2": [atom(DIV, '<div xmlns="http://www.w3.org/1999/xhtml">&lt;p&gt;Er steht.&lt;/p&gt;</div>')],
    "MARKUP-3": [
        atom(DIV, DIV.replace("<div", "<p").replace("</div>", "</p>")),
        atom(DIV, f"x{DIV}"),
        atom(f">{DIV}<", "><div/><"),
    ],
    "MARKUP-4": [atom(CONTENT, '<content type="text/html">&lt;p&gt;x&lt;/p&gt;</content>')],
    "MARKUP-5": [item(content_html="<p>Er <b>steht</i></b>.</p>")],
    "REL-1": [rss('rel="self"', 'rel="alternate"'), atom('rel="self"', 'rel="related"')],
    "REL-2": [atom('href="https://verein.example/feed.atom"', 'href=""')],
    "REL-3": [atom('rel="self" type="application/atom+xml"', 'rel="self" type="text/html"')],
    "REL-4": [atom(LINK, LINK * 2)],
    "REL-5": [atom(LINK, '<link href="https://verein.example/baum">Ein Baum</link>')],
    "REL-6": [atom(LINK, f'{LINK}<link rel="besser" href="https://verein.example/baum"/>')],
    "REL-7": [
        rss(
            "<title>Verein am Markt</title><link>https://verein.example/",
            "<title>Verein</title><link>https://v.example/",
        )
    ],
    "REL-8": [rss("<guid>", '<enclosure url="https://verein.example/c.mp3" length="1" type="audio/mpeg"/><guid>')],
    "REL-9": [
        rss(
            '<media:content url="https://verein.example/t.jpg"/>',
            '<media:group><media:content url="https://v.example/t.jpg"/></media:group>',
        )
    ],
    "SAFE-1": [
        rss("<h2>", "<script>x()</script><h2>"),
        rss("<h2>", '<h2 onclick="x()">'),
        rss('href="https://verein.example/plan"', 'href="javascript:x()"'),
        item(content_html="<iframe src='https://a.example/'></iframe>"),
    ],
    "SAFE-2": [rss("<h2>", '<h2 style="position: fixed">')],
    "TABLE-1": [item(content_html="<table><tr><td>x</td></tr></table>")],
    "URL-1": [
        rss("<link>https://verein.example/brunnen</link>", "<link>/brunnen</link>"),
        rss("<link>https://verein.example/brunnen</link>", "<link>http:brunnen</link>"),
        atom(f"<id>{ID}</id>", "<id>baum</id>"),
        item(url="brunnen"),
    ],
    "URL-2": [
        rss("<link>https://verein.example/brunnen", "<link>https://verein.example/ein brunnen"),
        rss("<link>https://verein.example/brunnen", "<link>https://verein.example/größe"),
        atom('href="https://verein.example/baum"', 'href="https://verein.example/%zz"'),
    ],
    "URL-4": [rss("<link>https://verein.example/brunnen", "<link>feed://verein.example/brunnen")],
    "URL-5": [
        atom(ID, address)
        for address in (
            "HTTP://verein.example/",
            "https://Verein.example/",
            "https://verein.example",
            "https://verein.example:443/",
            "https://@verein.example/",
            "https://verein.example/a/../b",
            "https://verein.example/%c3%bc",
            "https://verein.example/%7Eada/",
        )
    ],
    "URL-6": [atom(LINK, '<link href="." xml:base="https://verein.example/"/>')],
    "URL-7": [rss("https://verein.example/plan", "/plan"), item(content_html='<img src="b.jpg" alt="Ein Brunnen">')],
    "VALUE-1": [rss(TITLE, "<title> </title>"), atom("<name>Ada", "<name>")],
    "VALUE-2": [atom(f"<id>{ID}</id>", f"<id> {ID}</id>"), atom("2026-11-19T09:00:00Z<", "2026-11-19T09:00:00Z\n<")],
    "VALUE-3": [rss("<ttl>60", "<ttl>1,5"), rss('length="1234"', 'length="-1"'), rss("<hour>3", "<hour>25")],
    "VALUE-4": [
        rss("<language>de", "<language>deutsch"),
        rss("<language>de", "<language>xx"),
        rss("<language>de", "<language>de-QQ"),
    ],
    "VALUE-5": [
        rss('type="audio/mpeg"', 'type="mp3"'),
        atom(CONTENT, '<content type="multipart/mixed">eA==</content>'),
    ],
    "VALUE-6": [rss("brief@verein.example (Am Markt)", "Am Markt"), atom("ada@verein.example", "Ada")],
    "VALUE-7": [rss("brief@verein.example (Am Markt)", "brief@verein.example")],
    "VALUE-8": [
        rss('version="2.0" xmlns:atom', 'version="3.0" xmlns:atom'),
        rss("<day>Sunday", "<day>Sonntag"),
        rss('isPermaLink="false"', 'isPermaLink="no"'),
        atom("<summary>", '<summary type="text/html">'),
        jsonfeed(version="1.1"),
    ],
    "VALUE-9": [rss("<hour>0", "<hour>24")],
    "VALUE-10": [rss("<hour>3", "<hour>0"), rss("<day>Sunday</day>", "<day>Sunday</day><day>Sunday</day>")],
    "VALUE-11": [
        rss(
            "<ttl>",
            "<textInput><title>x</title><description>x</description><name>4 2</name>"
            "<link>https://verein.example/</link></textInput><ttl>",
        )
    ],
    "VALUE-12": [rss("<day>Sunday</day>", "<day>Sunday</day>" * 8)],
    "XML-1": [
        rss("</item>", "</itm>"),
        rss("Ein Baum", "B&auml;ume"),
        rss(' xmlns:dc="http://purl.org/dc/elements/1.1/"', ""),
        rss("http://search.yahoo.com/mrss/", "http://search.yahoo.com/ mrss/"),
        lambda: b"\n" + RSS.encode(),
        lambda: RSS.encode().replace(b"Brunnen &", b"Brunnen \xff &"),
    ],
    "XML-2": [lambda: RSS.replace("utf-8", "mac-cyrillic").encode("mac-cyrillic")],
    "XML-3": [rss('encoding="utf-8"', 'encoding="klingon"')],
    "XML-4": [
        lambda: RSS.replace("dc:", "core:").replace(":dc=", ":core=").encode(),
        lambda: (
            ATOM.replace("<", "<a:")
            .replace("<a:/", "</a:")
            .replace("<a:?", "<?")
            .replace("xmlns=", "xmlns:a=", 1)
            .encode()
        ),
    ],
    "XML-5": [
        rss("<rss ", "<!DOCTYPE rss>\n<rss "),
        lambda: RSS.replace("<rss ", '<!DOCTYPE rss [<!ENTITY a "x">]>\n<rss ').encode(),
    ],
}
WARNINGS = {
    *("ALT-3", "ALT-5", "ALT-6", "ALT-7", "CONTENT-2", "CONTENT-3", "DATE-4", "DATE-5", "DATE-6", "FEED-2", "FEED-3"),
    *("ELEMENT-6", "ELEMENT-7", "ELEMENT-8", "ID-3", "ID-5", "LANG-5", "MARKUP-1", "MARKUP-2", "MARKUP-4", "MARKUP-5"),
    *("REL-1", "REL-2", "REL-3", "REL-5", "REL-6", "REL-7", "REL-8", "SAFE-1", "SAFE-2", "URL-4", "URL-5", "URL-6"),
    *("URL-7", "VALUE-1", "VALUE-7", "VALUE-9", "XML-2", "XML-4"),
}
CASES = [(id, defect) for id, defects in DEFECTS.items() for defect in defects]


@pytest.mark.parametrize(
    "data", [RSS.encode(), ATOM.encode(), RDF.encode(), json.dumps(JSON).encode()], ids=["rss", "atom", "rdf", "json"]
)
def test_the_clean_twins_are_clean(data: bytes) -> None:
    assert found(data) == ()


def test_every_rule_has_a_defect() -> None:
    assert DEFECTS.keys() == {rule.id for rule in rules()}


@pytest.mark.parametrize(("id", "defect"), CASES, ids=[f"{id}-{n}" for n, (id, _) in enumerate(CASES)])
def test_a_rule_finds_its_defect(id: str, defect: Defect) -> None:
    caught = [finding for finding in found(defect()) if finding.rule == id]
    assert caught
    assert {finding.severity for finding in caught} == {"warn" if id in WARNINGS else "block"}
    assert all(finding.message and finding.remedy and finding.criterion for finding in caught)
