"""Opening a mail or a page tells nobody but its publisher: every picture is the publisher's own copy."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Page, Route

from tests.acceptance.demo import Demo
from tests.acceptance.instance import Instance
from tests.acceptance.mailserver import Mail, Mailserver
from tests.acceptance.portal import Portal, picture
from tests.acceptance.test_bad_input import SLOT, at
from tests.servers.chromium import Chromium

LOADED = "() => Array.from(document.images, image => image.complete ? image.naturalWidth : 0)"
FOREIGN = re.compile(r"""(?:src|srcset|poster|background)\s*=\s*["']?\s*(https?://[^"'\s>]+)""")


def opened(html: str, answer: Callable[[Route], None]) -> Callable[[Page], tuple[Counter[str], list[int]]]:
    """Opens a mail: which hosts (with port) were asked how often, and how wide its pictures are."""

    def look(page: Page) -> tuple[Counter[str], list[int]]:
        asked: Counter[str] = Counter()
        page.on("request", lambda request: asked.update([urlsplit(request.url).netloc]))
        page.route("**/*", answer)
        page.set_content(html, wait_until="networkidle")
        return asked, page.evaluate(LOADED)

    return look


def from_folder(public: Path) -> Callable[[Route], None]:
    """Answers with what the demo published, and with nothing else."""

    def answer(route: Route) -> None:
        file = public / urlsplit(route.request.url).path.lstrip("/")
        route.fulfill(path=file) if file.is_file() else route.abort()

    return answer


def mail_to(demo: Demo, name: str) -> Mail:
    (mail,) = [mail for mail in demo.mails if mail.recipient == name]
    return mail


def test_opening_a_mail_of_the_demo_asks_its_publisher_and_nobody_else(demo: Demo, chromium: Chromium) -> None:
    for name in ("standard.de@leserin.example", "large.en@leserin.example"):
        mail = mail_to(demo, name)
        asked, widths = chromium.run(opened(mail.html, from_folder(demo.folder / "public")))
        assert set(asked) == {"news.musterstadt.example"}, asked
        assert asked["news.musterstadt.example"] == len(set(re.findall(r'<img src="([^"]+)"', mail.html))) >= 10
        assert len(widths) >= 10
        assert all(width > 0 for width in widths)
    asked, widths = chromium.run(opened(mail_to(demo, "no-images.de@leserin.example").html, from_folder(Path("/no"))))
    assert (asked, widths) == (Counter(), [])


def test_nothing_that_the_demo_published_loads_anything_from_the_portal(demo: Demo) -> None:
    texts = {mail.recipient: mail.html for mail in demo.mails}
    for path in (demo.folder / "public").rglob("*.*"):
        if path.suffix in (".html", ".atom", ".rss", ".json"):
            texts[str(path)] = path.read_text("utf-8").replace("\\/", "/").replace('\\"', '"').replace("&lt;", "<")
    assert len(texts) > 60
    loaded = {urlsplit(url).netloc for text in texts.values() for url in FOREIGN.findall(text)}
    assert loaded == {"news.musterstadt.example"}
    for item in demo.items:
        assert item.get("image", "https://news.musterstadt.example").startswith("https://news.musterstadt.example")


def test_the_copies_are_named_by_their_bytes_and_bare_of_metadata(demo: Demo) -> None:
    copies = [path for path in (demo.folder / "public/images").rglob("*") if path.is_file()]
    assert len(copies) >= 20
    for path in copies:
        body = path.read_bytes()
        assert path.stem == hashlib.sha256(body).hexdigest()[:32]
        assert path.parent.name == path.stem[:2]
        assert len(body) <= 150_000
        assert not re.search(rb"Exif|Photoshop|xmpmeta|ICC_PROFILE", body)


def test_a_daemon_serves_copies_for_ever_while_the_portal_is_asked_by_no_reader(
    instance: Instance, portal: Portal, mailserver: Mailserver, chromium: Chromium
) -> None:
    figure = '<figure><img src="/bilder/hafen.jpg" alt="Der Hafen am Abend"></figure>'
    portal.add("hafen", "Der Hafen wird im Frühjahr umgebaut", at(9), picture=figure)
    instance.feed("presse", portal.list_url)
    instance.subscribe("leserin@leser.example")
    instance.once(SLOT)
    (mail,) = mailserver.to("leserin@leser.example")
    instance.start("--web-only")

    asked, widths = chromium.run(opened(mail.html, lambda route: route.continue_()))
    assert asked == Counter({f"127.0.0.1:{instance.port}": 1})
    assert widths == [1200]

    (address,) = re.findall(r'<img src="([^"]+)"', mail.html)
    answer = httpx.get(address)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.content != picture()
    assert httpx.get(address, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304

    def visit(page: Page) -> tuple[Counter[str], list[int]]:
        seen: Counter[str] = Counter()
        page.on("request", lambda request: seen.update([urlsplit(request.url).netloc]))
        page.goto(f"{instance.url}/feeds/presse/", wait_until="networkidle")
        page.get_by_role("link", name="Der Hafen wird im Frühjahr umgebaut").click()
        page.wait_for_load_state("networkidle")
        return seen, page.evaluate(LOADED)

    seen, widths = chromium.run(visit)
    assert set(seen) == {f"127.0.0.1:{instance.port}"}
    assert widths == [1200]


def test_an_edition_waits_for_no_picture_that_cannot_be_had(
    instance: Instance, portal: Portal, mailserver: Mailserver
) -> None:
    figure = '<figure><img src="http://127.0.0.1:9/bilder/weg.jpg" alt="Der Hafen am Abend"></figure>'
    portal.add("hafen", "Der Hafen wird im Frühjahr umgebaut", at(9), picture=figure)
    instance.feed("presse", portal.list_url)
    instance.subscribe("leserin@leser.example")
    instance.once(SLOT)
    (mail,) = mailserver.to("leserin@leser.example")
    assert "<img" not in mail.html
    assert "127.0.0.1:9" not in mail.html
    assert "Der Hafen am Abend" in mail.html
    assert "Der Hafen am Abend" in mail.text
    said = instance.run("status").out
    assert "pictures: 0 good, 0 wait, 1 cannot be had or shown" in said
    assert "picture http://127.0.0.1:9/bilder/weg.jpg: " in said
