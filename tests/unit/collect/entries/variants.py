"""One press release as every vintage of feed writes it; `{text}` is its text, `{teaser}` its summary, both escaped."""

from __future__ import annotations

import json
from html import escape

TEASER = "Die Stadtwerke stellen Brunnen auf."
TEXT = (
    "<p>"
    + "Am Marktplatz fließt er schon, neunzehn weitere folgen. " * 8
    + "</p><h2>Sauber</h2><ul><li>Ohne Chemie</li></ul>"
)

RSS_091 = """<?xml version="1.0" encoding="ISO-8859-1"?>
<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">
<rss version="0.91"><channel><title>Presse</title><link>{site}</link><description>Presse</description>
<language>de</language>
<item><title>Trinkbrunnen für alle</title><link>{site}/brunnen</link><description>{teaser}</description></item>
</channel></rss>"""

RSS_092 = """<rss version="0.92"><channel><title>Presse</title><link>{site}</link><description>Presse</description>
<item><title>Trinkbrunnen für alle</title><link>{site}/brunnen</link><description>{teaser}</description>
<category>Umwelt</category><enclosure url="{site}/plan.pdf" length="1200" type="application/pdf"/></item>
</channel></rss>"""

RSS_10 = """<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel rdf:about="{site}"><title>Presse</title><link>{site}</link><description>Presse</description>
<dc:language>de</dc:language>
<items><rdf:Seq><rdf:li resource="{site}/brunnen"/></rdf:Seq></items></channel>
<item rdf:about="{site}/brunnen"><title>Trinkbrunnen für alle</title><link>{site}/brunnen</link>
<description>{teaser}</description>
<content:encoded>{text}</content:encoded><dc:date>2026-11-21T09:20:00+01:00</dc:date>
<dc:creator>Pressestelle</dc:creator>
<dc:subject>Umwelt</dc:subject></item></rdf:RDF>"""

RSS_20 = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Presse</title><link>{site}</link>
<description>Presse</description>
<language>de-DE</language>
<item><title>Trinkbrunnen für alle</title><link>{site}/brunnen</link><guid isPermaLink="false">urn:x:17</guid>
<media:content url="{site}/brunnen.jpg" medium="image">
<media:description type="plain">Ein Brunnen aus Stahl</media:description>
<media:credit>Foto: Lena Vogt</media:credit></media:content>
<description>{teaser}</description><content:encoded>{text}</content:encoded>
<pubDate>Sat, 21 Nov 2026 09:20:00 +0100</pubDate><dc:creator>Pressestelle</dc:creator><category>Umwelt</category>
</item>
</channel></rss>"""

ATOM_03 = """<?xml version="1.0" encoding="UTF-8"?>
<feed version="0.3" xmlns="http://purl.org/atom/ns#" xml:lang="de"><title>Presse</title>
<link rel="alternate" type="text/html" href="{site}"/><modified>2026-11-21T08:20:00Z</modified>
<entry><title>Trinkbrunnen für alle</title><link rel="alternate" type="text/html" href="{site}/brunnen"/>
<id>tag:x,2026:17</id>
<issued>2026-11-21T08:20:00Z</issued><modified>2026-11-21T10:00:00Z</modified><author><name>Pressestelle</name>
</author>
<summary type="text/plain">{teaser}</summary><content type="text/html" mode="escaped">{text}</content></entry>
</feed>"""

ATOM_10 = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Presse</title><id>urn:x</id>
<updated>2026-11-21T10:00:00Z</updated>
<link href="{site}"/>
<entry xml:lang="de" xml:base="{site}/"><title type="html">Trinkbrunnen f&amp;uuml;r alle</title>
<link href="brunnen"/><id>urn:x:17</id>
<published>2026-11-21T09:20:00+01:00</published><updated>2026-11-21T10:00:00Z</updated><author>
<name>Pressestelle</name></author>
<category term="umwelt" label="Umwelt"/><summary>{teaser}</summary>
<content type="html">{text}&lt;p&gt;&lt;img src="brunnen.jpg" alt="Ein Brunnen aus Stahl"&gt;&lt;/p&gt;</content>
<link rel="enclosure" type="application/pdf" href="plan.pdf" length="1200" title="Der Plan"/></entry></feed>"""

JSON_10 = """{{"version": "https://jsonfeed.org/version/1", "title": "Presse",
"author": {{"name": "Pressestelle"}}, "items": [
{{"id": 17, "url": "{site}/brunnen", "title": "Trinkbrunnen für alle", "summary": {teaser_json},
"content_html": {text_json},
"date_published": "2026-11-21T09:20:00+01:00", "tags": ["Umwelt"], "image": "{site}/brunnen.jpg"}}]}}"""

JSON_11 = """{{"version": "https://jsonfeed.org/version/1.1", "title": "Presse",
"language": "de", "items": [
{{"id": "17", "url": "{site}/brunnen", "title": "Trinkbrunnen für alle", "summary": {teaser_json},
"content_html": {text_json},
"date_published": "2026-11-21T08:20:00Z", "authors": [{{"name": "Pressestelle"}}], "tags": ["Umwelt"],
"attachments": [{{"url": "{site}/plan.pdf", "mime_type": "application/pdf",
"title": "Der Plan", "size_in_bytes": 1200}}]}}]}}"""

WHOLE = {
    "RSS 1.0": RSS_10,
    "RSS 2.0": RSS_20,
    "Atom 0.3": ATOM_03,
    "Atom 1.0": ATOM_10,
    "JSON 1.0": JSON_10,
    "JSON 1.1": JSON_11,
}
TEASERS = {"RSS 0.91": RSS_091, "RSS 0.92": RSS_092}


def written(variant: str, site: str) -> bytes:
    """The feed's bytes, in the encoding it declares."""
    text = variant.format(
        site=site, teaser=escape(TEASER), text=escape(TEXT), teaser_json=json.dumps(TEASER), text_json=json.dumps(TEXT)
    )
    return text.encode("iso-8859-1" if "ISO-8859-1" in text else "utf-8")
