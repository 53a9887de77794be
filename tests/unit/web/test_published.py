"""Published files: what HTTP promises of them, without an application behind."""

from __future__ import annotations

import gzip
import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.responses import PlainTextResponse

from newsletter.web.files import Kept
from newsletter.web.published import Published

ATOM = ("<feed>" + "Meldung & mehr " * 200 + "</feed>").encode()
FILES = {
    "index.html": b"<!doctype html>home",
    "style.css": b"body { margin: 0 }",
    "feeds.opml": b"<opml/>",
    "feeds/index.html": b"feeds",
    "feeds/musterstadt.atom": ATOM,
    "feeds/musterstadt.rss": b"<rss/>",
    "feeds/musterstadt.json": b"{}",
    "feeds/musterstadt/index.html": b"one feed",
    "feeds/musterstadt/verkehr.atom": b"<feed/>",
    "releases/0193.html": b"a release",
    "releases/0194.gone.html": b"withdrawn",
    "editions/presse-daily.html": b"an edition",
    "bild.png": b"\x89PNG",
    "images/ab/abcdef.jpg": b"\xff\xd8\xff",
    "feeds/musterstadt.atom.gz": gzip.compress(ATOM),
    ".rendered": b"secret",
}


@pytest.fixture
def public(tmp_path: Path) -> Path:
    for name, data in FILES.items():
        path = tmp_path / "public" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (tmp_path / "outside.html").write_bytes(b"outside")
    return tmp_path / "public"


@pytest.fixture
async def client(public: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = Published(PlainTextResponse("the router", 404), public, "/newsletter", {"alt-stadt": "musterstadt"}, Kept())
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="https://news.example", headers={"Accept-Encoding": ""}
    ) as it:
        yield it


@pytest.mark.parametrize(
    ("path", "file", "media_type"),
    [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/feeds/", "feeds/index.html", "text/html; charset=utf-8"),
        ("/feeds/musterstadt/", "feeds/musterstadt/index.html", "text/html; charset=utf-8"),
        ("/feeds/musterstadt.atom", "feeds/musterstadt.atom", "application/atom+xml; charset=utf-8"),
        ("/feeds/musterstadt.rss", "feeds/musterstadt.rss", "application/rss+xml; charset=utf-8"),
        ("/feeds/musterstadt.json", "feeds/musterstadt.json", "application/feed+json"),
        ("/feeds/musterstadt/verkehr.atom", "feeds/musterstadt/verkehr.atom", "application/atom+xml; charset=utf-8"),
        ("/feeds.opml", "feeds.opml", "text/x-opml; charset=utf-8"),
        ("/releases/0193", "releases/0193.html", "text/html; charset=utf-8"),
        ("/editions/presse-daily", "editions/presse-daily.html", "text/html; charset=utf-8"),
        ("/style.css?v=1", "style.css", "text/css; charset=utf-8"),
        ("/bild.png", "bild.png", "image/png"),
    ],
)  # fmt: skip
async def test_what_lies_where(client: httpx.AsyncClient, path: str, file: str, media_type: str) -> None:
    response = await client.get(path)
    assert (response.status_code, response.content) == (200, FILES[file])
    assert response.headers["content-type"] == media_type
    assert response.headers["cache-control"].startswith("public, max-age=")


@pytest.mark.parametrize(
    "path",
    [
        "/.rendered",
        "/releases/0193.html",
        "/feeds/musterstadt.atom.gz",
        "/releases/0194.gone.html",
        "/%2e%2e/outside",
        "/releases/..%2f..%2foutside",
        "/releases/%2e%2e/%2e%2e/outside",
        "//etc/passwd",
        "/releases\\0193",
        "/releases/0193%00",
        "/releases/" + "a" * 5000,
        "/releases/0193/",
        "/nowhere",
    ],
)
async def test_nothing_else_is_found(client: httpx.AsyncClient, path: str) -> None:
    response = await client.get(path)
    assert (response.status_code, response.text) == (404, "the router")


async def test_a_withdrawn_release_is_gone(client: httpx.AsyncClient) -> None:
    response = await client.get("/releases/0194")
    assert (response.status_code, response.content) == (410, b"withdrawn")
    again = await client.get("/releases/0194", headers={"If-None-Match": response.headers["etag"]})
    assert again.status_code == 410


async def test_a_folder_without_its_slash_leads_there(client: httpx.AsyncClient) -> None:
    response = await client.get("/feeds")
    assert (response.status_code, response.headers["location"]) == (308, "/newsletter/feeds/")


async def test_only_reading_is_answered(client: httpx.AsyncClient) -> None:
    assert (await client.post("/feeds/musterstadt.atom")).text == "the router"


async def test_head_says_the_same_and_sends_nothing(client: httpx.AsyncClient) -> None:
    whole, head = await client.get("/feeds/musterstadt.atom"), await client.head("/feeds/musterstadt.atom")
    assert (head.status_code, head.content, head.headers) == (200, b"", whole.headers)
    assert int(head.headers["content-length"]) == len(ATOM)


async def test_the_etag_stays_while_the_bytes_stay(client: httpx.AsyncClient, public: Path) -> None:
    feed = public / "feeds/musterstadt.atom"
    first = await client.get("/feeds/musterstadt.atom")
    os.utime(feed, (1, 1))
    second = await client.get("/feeds/musterstadt.atom")
    assert second.headers["etag"] == first.headers["etag"]
    assert second.headers["last-modified"] == "Thu, 01 Jan 1970 00:00:01 GMT"
    feed.write_bytes(b"<feed>new</feed>")
    third = await client.get("/feeds/musterstadt.atom")
    assert (third.content, third.headers["etag"] != first.headers["etag"]) == (b"<feed>new</feed>", True)


@pytest.mark.parametrize("tags", ["{}", "W/{}", '"other", {}', '"a", W/"b" , W/{}', "*"])
async def test_what_the_client_has_is_not_sent_again(client: httpx.AsyncClient, tags: str) -> None:
    whole = await client.get("/feeds/musterstadt.atom")
    headers = {
        "If-None-Match": tags.format(whole.headers["etag"]),
        "If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT",
    }
    response = await client.get("/feeds/musterstadt.atom", headers=headers)
    assert (response.status_code, response.content) == (304, b"")
    for kept in ("etag", "last-modified", "cache-control", "vary"):
        assert response.headers[kept] == whole.headers[kept]
    assert "content-length" not in response.headers


async def test_another_etag_or_no_date_is_answered_whole(client: httpx.AsyncClient) -> None:
    modified = (await client.get("/feeds/musterstadt.atom")).headers["last-modified"]
    for headers, status in (
        ({"If-None-Match": '"other"', "If-Modified-Since": modified}, 200),
        ({"If-Modified-Since": modified}, 304),
        ({"If-Modified-Since": "yesterday"}, 200),
        ({"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 +999999999999999999"}, 200),
        ({"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT" + " " * 500}, 200),
        ({"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}, 200),
    ):
        assert (await client.get("/feeds/musterstadt.atom", headers=headers)).status_code == status, headers


@pytest.mark.parametrize("accepted", ["gzip", "br;q=1.0, gzip;q=0.8, *;q=0.1", "deflate, *", "GZIP ; q=0.001"])
async def test_gzip_for_those_who_take_it(client: httpx.AsyncClient, accepted: str) -> None:
    plain = await client.get("/feeds/musterstadt.atom")
    async with client.stream("GET", "/feeds/musterstadt.atom", headers={"Accept-Encoding": accepted}) as packed:
        raw = b"".join([chunk async for chunk in packed.aiter_raw()])
    assert (packed.headers["content-encoding"], packed.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert (gzip.decompress(raw), raw[4:8]) == (ATOM, b"\0\0\0\0")  # no time in it: the same bytes each time
    assert int(packed.headers["content-length"]) == len(raw) < len(ATOM)
    assert packed.headers["etag"] != plain.headers["etag"]
    known = {"If-None-Match": packed.headers["etag"], "Accept-Encoding": accepted}
    again = await client.get("/feeds/musterstadt.atom", headers=known)
    assert (again.status_code, again.headers["etag"]) == (304, packed.headers["etag"])


@pytest.mark.parametrize("accepted", ["", "identity", "gzip;q=0", "gzip;q=0.0, *", "br"])
async def test_no_gzip_for_those_who_do_not(client: httpx.AsyncClient, accepted: str) -> None:
    response = await client.get("/feeds/musterstadt.atom", headers={"Accept-Encoding": accepted})
    assert "content-encoding" not in response.headers
    assert (response.content, response.headers["vary"]) == (ATOM, "Accept-Encoding")


async def test_a_file_that_goes_is_gone(client: httpx.AsyncClient, public: Path) -> None:
    assert (await client.get("/feeds/musterstadt.rss")).status_code == 200
    (public / "feeds/musterstadt.rss").unlink()
    assert (await client.get("/feeds/musterstadt.rss")).status_code == 404


async def test_what_is_named_by_its_bytes_is_kept_for_ever_by_who_has_it(client: httpx.AsyncClient) -> None:
    copy = await client.get("/images/ab/abcdef.jpg")
    assert (copy.status_code, copy.headers["content-type"]) == (200, "image/jpeg")
    assert copy.headers["cache-control"] == "public, max-age=31536000, immutable"
    other = await client.get("/bild.png")
    assert other.headers["cache-control"] == "public, max-age=3600"
    assert (await client.get("/images/ab/")).text == "the router"


@pytest.mark.parametrize("ending", [".atom", ".rss", "/verkehr.json", "/archive/2026-10.atom", "/"])
async def test_a_former_slug_leads_to_the_feed_for_good(client: httpx.AsyncClient, ending: str) -> None:
    answer = await client.get(f"/feeds/alt-stadt{ending}")
    assert answer.status_code == 301
    assert answer.headers["location"] == f"/newsletter/feeds/musterstadt{ending}"


async def test_a_feed_that_ended_is_gone_at_each_of_its_addresses(client: httpx.AsyncClient, public: Path) -> None:
    for name in ("feeds/aus.atom.gone.html", "feeds/aus/index.gone.html", "feeds/aus/archive/2026-10.gone.html"):
        (public / name).parent.mkdir(parents=True, exist_ok=True)
        (public / name).write_bytes(b"ended")
    for path in ("/feeds/aus.atom", "/feeds/aus/", "/feeds/aus/archive/2026-10"):
        answer = await client.get(path)
        assert (answer.status_code, answer.content) == (410, b"ended")
    assert (await client.get("/feeds/aus")).headers["location"] == "/newsletter/feeds/aus/"
