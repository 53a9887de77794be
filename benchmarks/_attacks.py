"""A portal of attacks: every payload in every field of a release's page, and in every field of a feed's entry.

On its *written* pages a field holds the payload as text, as a content management system would write what an editor
typed: all fields at once. On its *raw* pages one field holds it as it is, as a portal that was broken into would: what
else such a page holds may be swallowed by it, so there is one for each field. Headlines differ by their number, so that
no release is taken for another.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

FIELDS = ("kicker", "headline", "teaser", "body", "alt", "caption", "credit", "link", "href", "title", "topic")
A_SOURCE = 120  # releases; each source has a newsletter of its own, and a digest of it all
SINGLE = 12  # releases that are mailed one by one
DATE = "2026-11-21T09:20:00+01:00"
TEXT = "Die Stadt Musterstadt erneuert die Brunnen auf ihren Plätzen, und Anwohner sind zum Fest eingeladen. " * 4
GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)


@dataclass(frozen=True)
class Attack:
    """A payload in one field, or (None) in all; `raw`: as it is, else as text."""

    payload: str
    field: str | None = None
    raw: bool = False

    def put(self, field: str, harmless: str) -> str:
        """What stands in a field, as HTML."""
        if self.field not in (None, field):
            return harmless
        return self.payload if self.raw else escape(self.payload)


def attacks(corpus: Path, quick: bool) -> list[Attack]:
    """The payloads of the corpus in all their places; for a quick run a few of each kind."""
    payloads = [
        json.loads(line)["payload"]
        for name in ("dompurify", "bleach")
        for line in (corpus / f"xss/{name}.jsonl").read_text("utf-8").splitlines()
    ]
    strings = json.loads((corpus / "naughty-strings/blns.json").read_text("utf-8"))
    raw = [Attack(payload, field, raw=True) for payload in payloads for field in FIELDS]
    texts = (*payloads[:: 2 if quick else 1], *strings[:: 24 if quick else 1])
    written = [Attack(payload) for payload in texts]
    return written + raw[:: 31 if quick else 1]


def sources(found: list[Attack]) -> dict[str, list[Attack]]:
    """The attacks by the slug of the source that serves them; the written ones once more as a feed.

    Some stand in the source `einzeln` again, whose releases are mailed one by one and in full.
    """
    parts = {f"seite-{n}": found[start : start + A_SOURCE] for n, start in enumerate(range(0, len(found), A_SOURCE), 1)}
    written = [attack for attack in found if not attack.raw]
    feeds = {f"feed-{n}": written[s : s + A_SOURCE] for n, s in enumerate(range(0, len(written), A_SOURCE), 1)}
    return parts | feeds | {"einzeln": found[:: max(1, len(found) // SINGLE)]}


def portal(found: dict[str, list[Attack]]) -> Starlette:
    """Lists, pages, feeds and pictures; everything else is 404."""

    async def answer(request: Request) -> Response:
        slug, name = request.path_params["slug"], request.path_params["name"]
        source = found.get(slug, [])
        if name == "liste":
            return Response(_list(slug, source), media_type="text/html")
        if name == "feed.json":
            return JSONResponse(_feed(slug, source, str(request.base_url)))
        if name.isdecimal() and int(name) < len(source):
            return Response(_page(slug, int(name), source[int(name)]), media_type="text/html")
        return Response(GIF, media_type="image/gif") if name.endswith(".gif") else Response("", 404)

    return Starlette(routes=[Route("/{slug}/{name}", answer)])


def _name(slug: str, number: int) -> str:
    return f"Meldung {slug} Nummer {number}"


def _list(slug: str, source: list[Attack]) -> bytes:
    items = "".join(
        f'<li><a href="/{slug}/{number}">{_name(slug, number)}</a> <time datetime="{DATE}">21.11.2026</time></li>'
        for number in range(len(source))
    )
    return _bytes(f"<!doctype html><html lang=de><meta charset=utf-8><title>Presse</title><ul>{items}</ul></html>")


def _page(slug: str, number: int, attack: Attack) -> bytes:
    name, put = _name(slug, number), attack.put
    return _bytes(f"""<!doctype html><html lang="de"><head><meta charset="utf-8">
<title>{name} {put("title", "")}</title>
<meta name="keywords" content="{put("topic", "Brunnen")}"><meta name="author" content="{put("author", "Presseamt")}">
</head><body><main><article>
<p class="kicker">{put("kicker", "Umwelt")}</p>
<h1>{name} {put("headline", "")}</h1>
<time datetime="{DATE}">21. November 2026</time>
<p class="lead">Einleitung Nummer {number} {put("teaser", "")}</p>
<figure><img src="/{slug}/{number}.gif" width="800" height="450" alt="Ein Brunnen {put("alt", "")}">
<figcaption>Der Brunnen {put("caption", "")} <span class="credit">Foto: {put("credit", "Presseamt")}</span></figcaption>
</figure>
<div class="text"><p>{TEXT} Dies ist {name}.</p><h2>Was gebaut wird</h2><p>{put("body", "Wasser.")}</p>
<p>Mehr steht im <a href="/{slug}/{number}.pdf?{put("link", "")}">Plan {put("link", "")}</a> und
<a href="{put("href", "/plan")}">hier</a>.</p></div>
</article></main></body></html>""")


def _feed(slug: str, source: list[Attack], base: str) -> dict[str, Any]:
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Presse",
        "items": list(_items(slug, source, base)),
    }


def _items(slug: str, source: list[Attack], base: str) -> Iterator[dict[str, Any]]:
    for number, attack in enumerate(source):
        payload = attack.payload.encode("utf-8", "replace").decode()
        yield {
            "id": f"{slug}-{number}",
            "url": f"{base}{slug}/{number}-eintrag",
            "title": f"{_name(slug, number)} {payload}",
            "summary": f"Einleitung Nummer {number} {payload}",
            "content_html": f"<p>{TEXT} Dies ist {_name(slug, number)}.</p>{payload}<p>{TEXT}</p>",
            "image": payload if number % 2 else f"{base}{slug}/{number}.gif",
            "authors": [{"name": payload}],
            "tags": [payload],
            "attachments": [{"url": payload, "mime_type": "application/pdf", "title": payload}],
            "date_published": DATE,
        }


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
