"""The sample portal through HTTP: every page answers, every trap is set."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from datetime import date
from urllib.parse import urljoin

import feedparser
import httpx
import pytest
from protego import Protego
from selectolax.lexbor import LexborHTMLParser as Parser

from newsletter.demo.portal import PortalState, Stage, create_portal
from newsletter.demo.portal.content import releases

TODAY = date(2026, 11, 22)
SITE = "http://portal.example"
SLUGS = [release.slug for release in releases(TODAY, Stage.FIRST_LOOK)]


def browser(state: PortalState | None = None) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(create_portal(TODAY, state)), base_url=SITE)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with browser() as client:
        yield client


async def look(client: httpx.AsyncClient, path: str) -> Parser:
    answer = await client.get(path)
    assert answer.status_code == 200, path
    return Parser(answer.text)


def text(page: Parser, selector: str) -> str:
    found = page.css_first(selector)
    assert found is not None, selector
    return found.text(strip=True)


def markup(page: Parser, selector: str) -> str:
    found = page.css_first(selector)
    assert found is not None, selector
    return found.html or ""


def attributes(page: Parser, selector: str) -> dict[str, str | None]:
    found = page.css_first(selector)
    assert found is not None, selector
    return found.attributes


HERO = "article .hero img"
TRAPS: dict[str, tuple[str, Callable[[Parser], bool]]] = {
    "image without alt": ("solardach-berufsschule", lambda page: "alt" not in attributes(page, HERO)),
    "alt is the caption": (
        "sechs-bausteine-kitas",
        lambda page: text(page, "figcaption").startswith(attributes(page, HERO)["alt"] or "-"),
    ),
    "credit inside the alt": (
        "stadtbibliothek-sonntags",
        lambda page: (attributes(page, HERO)["alt"] or "").endswith("(Quelle: dpa)") and not page.css(".credit"),
    ),
    "Symbolbild": ("stadtwald-eichen-elsbeeren", lambda page: text(page, "figcaption") == "SymbolbildBild: dpa"),
    "decorative image": ("spielplatz-muehlenfeld", lambda page: 'alt=""' in markup(page, HERO)),
    "PNG with text": ("nachtlinie-n7", lambda page: (attributes(page, HERO)["src"] or "").endswith(".png")),
    "no image": ("help-desk-newcomers", lambda page: not page.css("article img")),
    "accordion with button": (
        "sechs-bausteine-kitas",
        lambda page: len(page.css(".text .accordion div[hidden] li")) == 6,
    ),
    "accordion with details": ("sirenen-probealarm", lambda page: len(page.css(".text details li")) == 3),
    "relative date": ("bauantrag-online", lambda page: text(page, "article time[datetime]") == "vor 2 Stunden"),
    "date as text only": (
        "haushaltsentwurf",
        lambda page: not page.css("article time") and text(page, "article .date") == "16. November 2026",
    ),
    "undated": ("barrierefreie-haltestellen", lambda page: not page.css("article time, article .date")),
    "quotes and umlauts": ("stadtbibliothek-sonntags", lambda page: text(page, "h1").startswith("„Bücher für alle“")),
    "hostile headline": (
        "gefaelschte-e-mails",
        lambda page: (
            all(
                bait in text(page, "h1")
                for bait in ("=?utf-8?q?x=0D=0ABcc:", "</mj-text>", '<script>alert("Gebühr")</script>', "{{ 7*7 }}")
            )
            and len(page.css("script")) == 1
        ),
    ),
    "soft hyphen": ("laermaktionsplan", lambda page: text(page, "h1").count("\u00ad") == 3),
    "English in the German list": ("tram-line-5", lambda page: attributes(page, "article")["lang"] == "en"),
    "long compound": (
        "strassenreinigungsgebuehren",
        lambda page: max(map(len, text(page, "h1").split())) > 40,
    ),
    "table": ("strassenreinigungsgebuehren", lambda page: len(page.css(".text table tbody tr")) == 4),
    "second picture": ("hochwasserschutz-suedstadt", lambda page: len(page.css("article img")) == 2),
    "documents": ("radbruecke-musterfluss", lambda page: len(page.css(".documents a[href$='.pdf']")) == 2),
}


@pytest.mark.parametrize("trap", TRAPS)
async def test_trap_is_set(client: httpx.AsyncClient, trap: str) -> None:
    slug, is_set = TRAPS[trap]
    assert is_set(await look(client, f"/presse/{slug}"))


@pytest.mark.parametrize("slug", SLUGS)
async def test_every_page_distracts_with_cards_share_bar_and_placeholder(client: httpx.AsyncClient, slug: str) -> None:
    page = await look(client, f"/presse/{slug}")
    assert text(page, ".reading-time") == "Berechne Lesezeit"
    assert len(page.css(".share li")) == 4
    assert attributes(page, ".contact img")["src"] == "/bilder/portrait.jpg"
    assert len(page.css(".related .card .card__kicker")) == 3
    if SLUGS.index(slug) >= 3:
        newer = SLUGS[: SLUGS.index(slug)]
        assert all((card.attributes["href"] or "").split("/")[-1] in newer for card in page.css(".related h3 a"))


async def test_the_list_holds_each_release_once_newest_first(client: httpx.AsyncClient) -> None:
    found: list[str] = []
    path: str | None = "/presse"
    while path:
        page = await look(client, path)
        assert len(page.css(".list .card")) == 10
        found += [(link.attributes["href"] or "").removeprefix("/presse/") for link in page.css(".list .card h2 a")]
        following = page.css_first("link[rel=next]")
        path = following.attributes["href"] if following else None
    assert found == SLUGS


@pytest.mark.parametrize("wish", ["0", "4", "x", "-1", "²"])
async def test_a_list_page_that_is_not_there_is_404(client: httpx.AsyncClient, wish: str) -> None:
    assert (await client.get("/presse", params={"seite": wish})).status_code == 404


async def test_no_link_of_the_portal_is_dead(client: httpx.AsyncClient) -> None:
    waiting, seen = ["/presse"], {"/presse"}
    while waiting:
        path = waiting.pop()
        answer = await client.get(path, follow_redirects=True)
        assert answer.status_code == 200, path
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        links = re.findall(r'(?:href|src)="([^"]+)"', answer.text)
        inside = {urljoin(f"{SITE}{path}", link).split("#")[0] for link in links if not link.startswith("mailto:")}
        fresh = {link.removeprefix(SITE) for link in inside if link.startswith(SITE)} - seen
        seen |= fresh
        waiting += sorted(fresh)
    assert {f"/presse/{slug}" for slug in SLUGS} < seen
    assert len([path for path in seen if path.endswith(".pdf")]) == 4


async def test_the_update_shows_and_the_withdrawn_is_gone() -> None:
    state = PortalState()
    async with browser(state) as client:
        before = await client.get("/presse/wasserrohrbruch-bahnhofstrasse")
        state.advance()
        after = await client.get("/presse/wasserrohrbruch-bahnhofstrasse", headers=known(before))
        assert after.status_code == 200
        assert text(Parser(after.text), ".updated") == "Aktualisiert am22. November 2026, 00:20 Uhr"
        assert (await client.get("/presse/hafenfest-termin")).status_code == 200
        state.advance()
        gone = await client.get("/presse/hafenfest-termin")
        assert gone.status_code == 410
        assert "zurückgezogen" in gone.text
        lists = [(await client.get("/presse", params={"seite": number})).text for number in (1, 2, 3)]
        assert not any("hafenfest-termin" in page for page in lists)


def known(answer: httpx.Response) -> dict[str, str]:
    """What a polite reader sends the next time."""
    return {"If-None-Match": answer.headers["etag"], "If-Modified-Since": answer.headers["last-modified"]}


@pytest.mark.parametrize("path", ["/presse", "/presse/tram-line-5", "/feed.xml", "/dokumente/radbruecke-umleitung.pdf"])
async def test_what_has_not_changed_is_304(client: httpx.AsyncClient, path: str) -> None:
    first = await client.get(path)
    again = await client.get(path, headers=known(first))
    assert (again.status_code, again.content) == (304, b"")
    since = await client.get(path, headers={"If-Modified-Since": first.headers["last-modified"]})
    assert since.status_code == 304
    other = await client.get(
        path, headers={"If-None-Match": '"other"', "If-Modified-Since": first.headers["last-modified"]}
    )
    assert other.status_code == 200
    nonsense = await client.get(path, headers={"If-Modified-Since": "yesterday"})
    assert nonsense.content == first.content


async def test_two_portals_of_one_day_say_the_same_bytes(client: httpx.AsyncClient) -> None:
    async with browser() as other:
        for path in ("/presse", "/feed.xml", *(f"/presse/{slug}" for slug in SLUGS)):
            assert (await client.get(path)).content == (await other.get(path)).content


async def test_robots_keeps_out_of_the_editors_pages_only(client: httpx.AsyncClient) -> None:
    robots = Protego.parse((await client.get("/robots.txt")).text)
    assert robots.can_fetch(f"{SITE}/presse/tram-line-5", "newsletter")
    assert not robots.can_fetch(f"{SITE}/intern/", "newsletter")


async def test_the_feed_is_well_formed(client: httpx.AsyncClient) -> None:
    feed = feedparser.parse((await client.get("/feed.xml")).content)
    assert not feed.bozo
    assert [entry.link.rsplit("/", 1)[-1] for entry in feed.entries] == SLUGS[:10]
