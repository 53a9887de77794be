"""A portal that a test can change while the program looks at it: a paged list, release pages, a picture, a feed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from html import escape
from typing import Any

from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.servers.web import serving


@dataclass
class Piece:
    """A release as the portal's editors wrote it. `picture` is an `<img …>` with what belongs to it, or nothing."""

    slug: str
    headline: str
    published: datetime
    kicker: str = "Verkehr"
    teaser: str = ""
    body: str = ""
    picture: str = ""
    day_only: bool = False

    @property
    def moment(self) -> str:
        """The date as exactly as the page gives it."""
        return self.published.date().isoformat() if self.day_only else self.published.isoformat()

    def text(self) -> str:
        """Some paragraphs of its own: two releases never share their text."""
        return self.body or (
            f"<p>Die Stadt teilt zum Vorhaben {self.slug} mit, dass die Arbeiten wie geplant vorangehen und noch in "
            f"diesem Monat enden. Anwohnerinnen und Anwohner hatten danach gefragt.</p>\n"
            f"<h2>Was sich bei {self.slug} ändert</h2>\n"
            f"<p>Die Wege bleiben offen. Auskunft gibt das Bürgertelefon, Stichwort {self.slug}, montags bis freitags "
            f"von acht bis achtzehn Uhr. Wer es genauer wissen will, findet die Pläne im Rathaus.</p>\n"
        )


@dataclass(frozen=True)
class Answer:
    """What the portal says at an address instead of what it would."""

    status: int = 200
    body: bytes | str = b""
    media_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


def picture(width: int = 1200, height: int = 675) -> bytes:
    """A JPEG."""
    with io.BytesIO() as file:
        Image.new("RGB", (width, height), "#3a6ea5").save(file, "JPEG")
        return file.getvalue()


class Portal:
    """The releases, newest first on the list, and the addresses that answer otherwise."""

    def __init__(self, per_page: int = 50) -> None:
        self.releases: list[Piece] = []
        self.answers: dict[str, Answer] = {}
        self.per_page = per_page
        self.url = ""
        self._picture = picture()

    @property
    def list_url(self) -> str:
        return f"{self.url}/presse"

    @property
    def feed_url(self) -> str:
        return f"{self.url}/feed.xml"

    def address(self, slug: str) -> str:
        """Where a release lies."""
        return f"{self.url}/presse/{slug}"

    def add(self, slug: str, headline: str, published: datetime, **more: Any) -> Piece:
        """One more release."""
        piece = Piece(slug, headline, published, **more)
        self.releases.append(piece)
        return piece

    def remove(self, slug: str) -> None:
        """Takes a release off the list and answers 410 at its page."""
        self.releases = [piece for piece in self.releases if piece.slug != slug]
        self.answers[f"/presse/{slug}"] = Answer(410, "<!doctype html><title>Weg</title><h1>Nicht mehr da</h1>")

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/{path:path}", self._answer)])

    async def _answer(self, request: Request) -> Response:
        path = request.url.path
        if (said := self.answers.get(path)) is not None:
            return Response(said.body, said.status, said.headers, said.media_type)
        if path == "/presse":
            return self._html(self._list(int(request.query_params.get("seite", "1"))))
        if path == "/feed.xml":
            return Response(self._feed(), media_type="application/rss+xml")
        if path.startswith("/bilder/"):
            return Response(self._picture, media_type="image/jpeg")
        for piece in self.releases:
            if path == f"/presse/{piece.slug}":
                return self._html(_page(piece.headline, _release(piece)))
        return Response("not here", 404)

    def _html(self, text: str) -> Response:
        return Response(text, media_type="text/html; charset=utf-8")

    def _sorted(self) -> list[Piece]:
        return sorted(self.releases, key=lambda piece: piece.published, reverse=True)

    def _list(self, number: int) -> str:
        shown = self._sorted()[(number - 1) * self.per_page : number * self.per_page]
        more = len(self.releases) > number * self.per_page
        following = f'<nav><a rel="next" href="/presse?seite={number + 1}">Ältere Meldungen</a></nav>' if more else ""
        cards = "\n".join(map(_card, shown))
        return _page("Pressemitteilungen", f'<h1>Pressemitteilungen</h1>\n<ul class="list">\n{cards}\n</ul>{following}')

    def _feed(self) -> str:
        items = "".join(
            f"<item><title>{escape(piece.headline)}</title><link>{self.address(piece.slug)}</link>"
            f"<guid>{self.address(piece.slug)}</guid><pubDate>{format_datetime(piece.published)}</pubDate>"
            f"<description>{escape(piece.teaser or piece.headline)}</description></item>"
            for piece in self._sorted()
        )
        head = f"<title>Presse</title><link>{self.url}</link><description>Alles</description>"
        return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'


@contextmanager
def portal(per_page: int = 50) -> Iterator[Portal]:
    """An empty portal on a port of its own, until the block ends."""
    made = Portal(per_page)
    with serving(made.app()) as url:
        made.url = url
        yield made


def _page(title: str, main: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="de"><head><meta charset="utf-8"><title>{escape(title)} – Stadt Musterstadt</title></head>
<body><header><nav><a href="/">Start</a> <a href="/rathaus">Rathaus</a> <a href="/leben">Leben</a></nav></header>
<main>{main}</main>
<footer><a href="/impressum">Impressum</a> <a href="/datenschutz">Datenschutz</a></footer></body></html>"""


def _card(piece: Piece) -> str:
    return f"""<li class="card"><p class="kicker">{escape(piece.kicker)}</p>
<h2><a href="/presse/{piece.slug}">{escape(piece.headline)}</a></h2>
<p><time datetime="{piece.moment}">{piece.published:%d.%m.%Y}</time></p>
<p>{escape(piece.teaser)}</p></li>"""


def _release(piece: Piece) -> str:
    return f"""<article><p class="kicker">{escape(piece.kicker)}</p>
<h1>{escape(piece.headline)}</h1>
<p class="teaser">{escape(piece.teaser)}</p>
<p><time datetime="{piece.moment}">{piece.published:%d.%m.%Y}</time></p>
{piece.picture}
<div class="text">{piece.text()}</div></article>"""
