"""Who asks nginx and who asks the program gets the same: everything published, however it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path

import httpx
import pytest

from newsletter.config import FeedSettings
from newsletter.publish.archive import publish
from newsletter.publish.pages import Pages
from newsletter.publish.writer import Writer
from newsletter.store.database import open_database
from newsletter.store.journal import Journal
from newsletter.store.schema import upgrade
from newsletter.web import Protocol
from newsletter.web.headers import security_headers
from tests.integration.audience.world import settings
from tests.integration.web.world import Site
from tests.servers.nginx import handing_over, nginx
from tests.servers.web import serving
from tests.unit.publish.sample import FEEDS, NEWSLETTERS, NO_ALT, NOW, SITE, make, shelf, withdrawn

LOGOS = Path(__file__).parents[3] / "docs/images"
ENDED = FeedSettings(title="Was endet", url="https://musterstadt.example/ende")
SAID = (
    *("content-type", "cache-control", "content-encoding", "content-length", "last-modified", "location", "vary"),
    *(name.decode() for name, _ in security_headers(SITE.base_url)),
)
"""What must be the same. An ETag is each server's own."""
NOWHERE = (
    *("/nowhere", "/releases/nobody", "/feeds/nowhere.atom", "/images/ab/none.png", "/reports/none.jsonld"),
    *("/.rendered", "/feeds/musterstadt/archive/.months", "/index.html", "/style.css.gz", "/style.css/"),
    *(
        f"/releases/{NO_ALT.id}.gone",
        f"/releases/{NO_ALT.id}.gone.html",
    ),
)
ASKED_OF_THE_PROGRAM = ("/subscribe", "/pow.js", "/search", "/healthz", "/embed/subscribe", "/.well-known/security.txt")
MOVED = {
    "/feeds/presse-alt.atom": "/feeds/musterstadt.atom",
    "/feeds/presse-alt/verkehr.rss": "/feeds/musterstadt/verkehr.rss",
    "/feeds/presse-alt/archive/2026-10.atom": "/feeds/musterstadt/archive/2026-10.atom",
    "/feeds/presse-alt/": "/feeds/musterstadt/",
    "/feeds": "/feeds/",
    "/feeds/musterstadt": "/feeds/musterstadt/",
    "/feeds/musterstadt/archive": "/feeds/musterstadt/archive/",
}


@dataclass(frozen=True)
class Two:
    """The same site twice, and what is published of it: each address with its status."""

    nginx: str
    program: str
    published: dict[str, int]
    root: str


PLACES = {"at the root": "", "under a path": "/newsletter", "under a path of another site": "/newsletter"}


@pytest.fixture(scope="module", params=PLACES)
def two(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    folder, root = tmp_path_factory.mktemp("alike"), PLACES[request.param]
    url = f"sqlite:///{folder}/newsletter.db"
    upgrade(url)
    renamed = {"musterstadt": FEEDS["musterstadt"].model_copy(update={"aliases": ["presse-alt"]})}
    given = settings(folder, SITE.base_url + root)
    told = given.site.model_copy(update={"security_contact": "mailto:sicherheit@musterstadt.example"})
    given = given.model_copy(update={"feeds": renamed, "site": told})
    public = given.publish.directory
    with ExitStack() as ends:
        database = open_database(url)
        ends.callback(database.close)
        here = Site(database, given, Journal(folder / "journal"))
        _publish(here, public)
        program = ends.enter_context(serving(here.app, http=Protocol))
        before = ends.enter_context(nginx(folder, public, program, root)).address
        if request.param == "under a path of another site":
            (folder / "other").mkdir()
            before = ends.enter_context(handing_over(folder / "other", before))
        yield Two(before + root, program + root, dict(_addresses(public)), root)


def _publish(here: Site, public: Path) -> None:
    """All there may be: closed months, a release withdrawn, a feed that has ended, pictures and a logo."""
    store, writer, pages = shelf(), Writer(public), Pages(here.settings.site)
    store.put(withdrawn(NO_ALT))
    store.put(make(10))
    store.put(make(30, source="ende"))
    feeds = dict(here.settings.feeds)
    publish(here.settings.site, {**feeds, "ende": ENDED}, NEWSLETTERS, store, pages, writer, NOW)
    publish(here.settings.site, feeds, NEWSLETTERS, store, pages, writer, NOW)
    picture = next(LOGOS.rglob("*.png")).read_bytes()
    for name in ("images/ab/abcdef.png", "images/ab/abcdef.avif", "theme/0123.png"):
        writer.write(name, picture)
    writer.write("theme/0123.svg", b'<svg xmlns="http://www.w3.org/2000/svg">' + b"<g/>" * 200 + b"</svg>")


def _addresses(public: Path) -> Iterator[tuple[str, int]]:
    """What each published file is asked for as (see writer.py), and the status that it is answered with."""
    for file in sorted(path for path in public.rglob("*") if path.is_file()):
        name = f"/{file.relative_to(public)}"
        if "/." in name or name.endswith(".gz"):
            continue
        gone = name.endswith(".gone.html")
        address = name.removesuffix(".html").removesuffix(".gone")
        yield address.removesuffix("index") if address.endswith("/index") else address, 410 if gone else 200


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with httpx.Client(headers={"Accept-Language": "de"}) as opened:
        yield opened


def _said(answer: httpx.Response) -> tuple[object, ...]:
    """What an answer says; a header that comes twice is told twice."""
    return (answer.status_code, answer.content, *((name, answer.headers.get_list(name)) for name in SAID))


def _both(client: httpx.Client, two: Two, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    """The answer of the program, that of nginx being the same."""
    before, program = (client.request(method, at + path, headers=headers) for at in (two.nginx, two.program))
    assert _said(before) == _said(program), (method, path, headers)
    return program


def _validators(client: httpx.Client, address: str, coding: str) -> tuple[str, str]:
    answer = client.get(address, headers={"Accept-Encoding": coding})
    return answer.headers["etag"], answer.headers["last-modified"]


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_everything_is_answered_alike(client: httpx.Client, two: Two, coding: str) -> None:
    paths = {**two.published, **dict.fromkeys(NOWHERE, 404), **dict.fromkeys(ASKED_OF_THE_PROGRAM, 200)}
    for path, status in paths.items():
        found = _both(client, two, path, **{"Accept-Encoding": coding})
        head = _both(client, two, path, "HEAD", **{"Accept-Encoding": coding})
        assert head.content == b""
        assert (path, found.status_code, head.status_code) == (path, status, status)
        _both(client, two, path, **{"Accept-Encoding": coding, "Via": "1.1 cdn.example"})
        assert all(found.headers.get_list(name.decode()) for name, _ in security_headers(SITE.base_url)), path


def test_the_walk_meets_all_there_is(two: Two) -> None:
    endings = {Path(path).suffix for path, status in two.published.items() if status == 200}
    assert endings >= {
        "",
        ".atom",
        ".rss",
        ".json",
        ".jsonld",
        ".opml",
        ".xml",
        ".txt",
        ".css",
        ".png",
        ".avif",
        ".svg",
    }
    gone = {path for path, status in two.published.items() if status == 410}
    assert gone >= {f"/releases/{NO_ALT.id}", "/feeds/ende.atom", "/feeds/ende/", "/feeds/ende/archive/2026-10"}
    assert "/feeds/musterstadt/archive/2026-10.atom" in two.published


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_who_has_it_is_not_sent_it_again(client: httpx.Client, two: Two, coding: str) -> None:
    for path in (path for path, status in two.published.items() if status == 200):
        for server in (two.nginx, two.program):
            _known(client, server + path, coding)


def _known(client: httpx.Client, address: str, coding: str) -> None:
    etag, modified = _validators(client, address, coding)
    at = parsedate_to_datetime(modified)
    earlier, later = (format_datetime(at.replace(year=at.year + years), usegmt=True) for years in (-1, 1))
    cases = (
        (304, {"If-None-Match": etag}),
        (304, {"If-None-Match": f'"other", W/{etag.removeprefix("W/")}, "another"'}),
        (304, {"If-None-Match": "*"}),
        (304, {"If-None-Match": etag, "If-Modified-Since": modified}),
        (200, {"If-None-Match": '"other"'}),
        (200, {"If-None-Match": '"other"', "If-Modified-Since": later}),
        (304, {"If-Modified-Since": modified}),
        (304, {"If-Modified-Since": later}),
        (304, {"If-Modified-Since": at.strftime("%a %b %e %H:%M:%S %Y")}),  # asctime: RFC 9110, 5.6.7
        (200, {"If-Modified-Since": earlier}),
        (200, {"If-Modified-Since": "yesterday"}),
    )
    for status, headers in cases:
        for method in ("GET", "HEAD") if "If-None-Match" in headers else ("GET",):
            answer = client.request(method, address, headers={"Accept-Encoding": coding, **headers})
            assert (answer.status_code, answer.headers["etag"]) == (status, etag), (method, address, headers)
            assert bool(answer.content) == (status == 200 and method == "GET")


def test_a_304_says_what_its_answer_would(client: httpx.Client, two: Two) -> None:
    for path in (path for path, status in two.published.items() if status == 200):
        told, etags = [], set()
        for server in (two.nginx, two.program):
            etag, _ = _validators(client, server + path, "gzip")
            answer = client.get(server + path, headers={"If-None-Match": etag})
            told.append({name: answer.headers.get_list(name) for name in SAID if not name.startswith("content-")})
            etags.add(etag)
        assert told[0] == told[1], path
        assert told[0]["cache-control"], path
        assert len(etags) == 2, f"{path}: nginx asked the program for it"


def test_what_has_moved_leads_to_its_place(client: httpx.Client, two: Two) -> None:
    for path, place in MOVED.items():
        answer = _both(client, two, path)
        status = 301 if "presse-alt" in path else 308
        assert (answer.status_code, answer.headers["location"]) == (status, two.root + place)
        assert _both(client, two, path, "HEAD").status_code == status
        assert _both(client, two, place).status_code == 200
