"""The inbox's pages, through HTTP and in a browser: everything is shown, nothing of it is trusted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, Request
from selectolax.lexbor import LexborHTMLParser as Parser

from newsletter.demo.inbox import create_inbox
from newsletter.demo.inbox.folder import keep
from tests.servers.chromium import Chromium, axe
from tests.servers.web import serving

PICTURE = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
DIGEST = f"""<!doctype html><html lang="de"><head><meta name="color-scheme" content="light dark">
<style>body {{ background: #fff }} @media (prefers-color-scheme: dark) {{ body {{ background: #14181c }} }}</style>
</head><body><h1>Grüße</h1><a href="ELSEWHERE">Brücke</a>
<img src="{PICTURE}" alt="Brücke über den Fluss"></body></html>"""
HOSTILE = """<script>document.title = "taken"; parent.document.title = "taken"</script><p id="body">Still here</p>
<meta http-equiv="refresh" content="0; url=ELSEWHERE/refresh"><form action="ELSEWHERE/form"><button>Go</button></form>
<img src="https://tracker.example/pixel.gif" onerror="document.title='taken'"><iframe src="ELSEWHERE/frame"></iframe>
<link rel="stylesheet" href="ELSEWHERE/style.css"><a href="javascript:document.title='taken'">Click</a>"""
HOSTILE_SUBJECT = '<script>alert("Gebühr")</script> {{ 7*7 }} \u202etxet'


def mail(html: str | None, text: str | None = "Grüße <b> & mehr\n", subject: str = "Müll & mehr") -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"] = subject, "Presse Musterstadt <presse@musterstadt.example>"
    if text is not None:
        message.set_content(text)
    if html is not None:
        message.make_alternative()
        message.add_alternative(html, subtype="html")
    message["Content-Language"] = "de"
    return message.as_bytes()


MAILS = [
    ("leserin@musterstadt.example", mail(DIGEST)),
    ("hostil@musterstadt.example", mail(HOSTILE, text="<script>alert(1)</script>\n", subject=HOSTILE_SUBJECT)),
    ("nur-text@musterstadt.example", mail(None, subject="News in plain text")),
    ("nur-html@musterstadt.example", mail(DIGEST, text=None)),
    ("leer@musterstadt.example", b""),
    ("kaputt@musterstadt.example", b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nno end"),
    ("kopf@musterstadt.example", b"X-Long: " + b"y" * 20_000 + b"\r\nSubject: Stra\xdfe \xff\r\n\r\nGr\xfc\xdfe\r\n"),
    ("matroschka@musterstadt.example", b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (depth, depth) for depth in range(1200)
    )),
]  # fmt: skip
WIDTHS_OF_ICONS = """() => Promise.all([...document.querySelectorAll("link[rel=icon]")].map(async link => {
    const icon = new Image();
    icon.src = link.href;
    await icon.decode();
    return icon.width;
}))"""
VIEWS = ("", "/text", "/headers", "/source")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("inbox")
    for number, (recipient, content) in enumerate(MAILS, 1):
        keep(directory, number, recipient, content)
    return directory


def browser(directory: Path) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(create_inbox(directory)), base_url="http://inbox.example")


@pytest.fixture
async def client(kept: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(kept) as client:
        yield client


async def look(client: httpx.AsyncClient, path: str) -> Parser:
    answer = await client.get(path)
    assert answer.status_code == 200, path
    return Parser(answer.text)


def texts(page: Parser, selector: str) -> list[str]:
    return [found.text(strip=True) for found in page.css(selector)]


async def test_the_list_names_each_mail_newest_first(client: httpx.AsyncClient) -> None:
    page = await look(client, "/")
    assert texts(page, "h1") == ["8 mails"]
    rows = {
        cells[0]: cells[1] for row in page.css("tbody tr") if (cells := [c.text(strip=True) for c in row.css("td")])
    }
    assert rows == {
        "matroschka@musterstadt.example": "unreadable",
        "kopf@musterstadt.example": "text only",
        "kaputt@musterstadt.example": "text only",
        "leer@musterstadt.example": "text only",
        "nur-html@musterstadt.example": "HTML only",
        "nur-text@musterstadt.example": "text only",
        "hostil@musterstadt.example": "HTML, text",
        "leserin@musterstadt.example": "HTML, text",
    }
    assert list(rows) == [recipient for recipient, _ in reversed(MAILS)]
    assert texts(page, "tbody th a")[-1] == "Müll & mehr"
    assert page.css("bdi[lang=de]")[-1].text() == "Müll & mehr"


async def test_every_page_has_an_icon_that_its_policy_lets_a_browser_show(client: httpx.AsyncClient) -> None:
    for path in ("/", "/mails/1", "/mails/1/source"):
        page = await look(client, path)
        icons = [link.attributes["href"] for link in page.css("link[rel=icon]")]
        assert icons == ["/favicon.ico", "/icon.svg"]
    for address, kind in (("/favicon.ico", "image/x-icon"), ("/icon.svg", "image/svg+xml")):
        answer = await client.get(address)
        assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
        assert len(answer.content) > 100


async def test_a_long_list_is_paged(tmp_path: Path) -> None:
    for number in range(1, 206):
        keep(tmp_path, number, f"leser{number}@musterstadt.example", b"Subject: %d\r\n\r\n" % number)
    async with browser(tmp_path) as client:
        found = []
        path: str | None = "/"
        while path:
            page = await look(client, path)
            found += texts(page, "tbody th")
            following = page.css_first("a[rel=next]")
            path = following.attributes["href"] if following else None
        assert found == [str(number) for number in range(205, 0, -1)]
        for wish in ("0", "4", "x", "-1", "²"):
            assert (await client.get("/", params={"page": wish})).status_code == 404


async def test_an_empty_inbox_says_what_will_stand_here(tmp_path: Path) -> None:
    async with browser(tmp_path / "none") as client:
        page = await look(client, "/")
        assert texts(page, "h1") == ["No mails yet"]
        assert page.css_first("main a[href='/']")


async def test_every_view_of_every_mail_answers(client: httpx.AsyncClient) -> None:
    for number in range(1, len(MAILS) + 1):
        for view in VIEWS:
            page = await look(client, f"/mails/{number}{view}")
            assert len(page.css("[aria-current=page]")) == 1


async def test_text_headers_and_source_are_shown_and_do_nothing(client: httpx.AsyncClient) -> None:
    assert texts(await look(client, "/mails/2/text"), "pre[lang=de]") == ["<script>alert(1)</script>"]
    source = await look(client, "/mails/2/source")
    assert "Still here" in source.css("pre")[0].text()
    headers = await look(client, "/mails/2/headers")
    assert texts(headers, "tbody tr:nth-child(1) td") == [HOSTILE_SUBJECT]
    long = await look(client, "/mails/7/headers")
    assert texts(long, "tbody tr td") == ["y" * 20_000, "Stra\ufffde \ufffd"]
    for page in (source, headers, await look(client, "/")):
        assert not page.css("script")


async def test_a_mail_that_cannot_be_read_says_so(client: httpx.AsyncClient) -> None:
    assert "RecursionError" in texts(await look(client, "/mails/8"), ".warning")[0]
    assert texts(await look(client, "/mails/3"), ".nothing a") == ["Read its text"]


async def test_a_source_too_long_is_cut_and_says_so(tmp_path: Path) -> None:
    keep(tmp_path, 1, "lang@musterstadt.example", b"x" * 1_500_000)
    async with browser(tmp_path) as client:
        page = await look(client, "/mails/1/source")
        assert len(page.css("pre")[0].text()) == 1_000_000
        assert "first 1,000,000" in texts(page, ".hint")[0]


async def test_the_file_is_the_mail_as_it_came(client: httpx.AsyncClient) -> None:
    answer = await client.get("/mails/7.eml")
    assert answer.content == MAILS[6][1]
    assert answer.headers["content-type"] == "message/rfc822"
    assert answer.headers["content-disposition"] == "attachment; filename*=utf-8''007-kopf%40musterstadt.example.eml"


@pytest.mark.parametrize("path", ["/mails/99", "/mails/99/text", "/mails/99.eml", "/mails/3/preview", "/nothing"])
async def test_what_is_not_there_is_404(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    assert "Nothing here" in answer.text


async def test_every_answer_is_guarded(client: httpx.AsyncClient) -> None:
    for path in ("/", "/mails/1", "/mails/1/source", "/mails/1.eml", "/inbox.css", "/nothing"):
        policy = (await client.get(path)).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
    shown = (await client.get("/mails/1/preview")).headers["content-security-policy"]
    assert shown.startswith("sandbox allow-popups")
    assert "allow-scripts" not in shown
    assert "img-src data: http://127.0.0.1:*" in shown
    blocked = (await client.get("/mails/1/preview?pictures=blocked")).headers["content-security-policy"]
    assert "img-src 'none'" in blocked


@pytest.fixture(scope="module")
def site(kept: Path) -> Iterator[str]:
    with serving(create_inbox(kept)) as address:
        yield address


@pytest.mark.parametrize("path", ["/", *(f"/mails/{each}" for each in ("1", "1/text", "7/headers", "2/source", "8"))])
def test_the_pages_are_accessible_wide_narrow_and_dark(chromium: Chromium, site: str, path: str) -> None:
    def look(page: Page) -> tuple[list[str], int]:
        page.goto(site + path)
        found = axe(page)
        page.emulate_media(color_scheme="dark")
        found += axe(page)
        page.set_viewport_size({"width": 320, "height": 640})
        return found + axe(page), page.evaluate("document.documentElement.scrollWidth")

    assert chromium.run(look) == ([], 320)


def test_a_browser_shows_the_icon(chromium: Chromium, site: str) -> None:
    def look(page: Page) -> list[int]:
        page.goto(f"{site}/mails/1")
        sizes: list[int] = page.evaluate(WIDTHS_OF_ICONS)
        return sizes

    assert all(size >= 32 for size in chromium.run(look))


def test_a_hostile_mail_does_nothing(chromium: Chromium, site: str) -> None:
    def look(page: Page) -> tuple[set[str], str]:
        asked: list[Request] = []

        def note(request: Request) -> None:
            asked.append(request)

        page.on("request", note)
        page.goto(f"{site}/mails/2")
        frame = page.frames[1]
        frame.wait_for_selector("#body")
        frame.click("text=Go")
        frame.click("text=Click")
        page.wait_for_timeout(300)
        page.goto(f"{site}/mails/2/preview")  # nor on its own, without the frame
        page.wait_for_timeout(300)
        assert page.url == f"{site}/mails/2/preview"
        outside = [each for each in asked if "ELSEWHERE" in each.url or not each.url.startswith(site)]
        return {f"{each.url}: {each.failure}" for each in outside}, page.title()

    assert chromium.run(look) == (
        {f"{site}/mails/2/ELSEWHERE/style.css: csp", "https://tracker.example/pixel.gif: csp"},
        "",
    )


def test_links_of_a_mail_open_beside_the_inbox(chromium: Chromium, tmp_path: Path, site: str) -> None:
    keep(tmp_path, 1, "leserin@musterstadt.example", mail(DIGEST.replace("ELSEWHERE", f"{site}/mails/2/headers")))

    def look(page: Page) -> tuple[str, str, int]:
        page.goto(f"{inbox}/mails/1")
        with page.expect_popup() as opened:
            page.frames[1].click("a")
        opened.value.wait_for_load_state()
        return page.url, opened.value.url, int(opened.value.evaluate("1 + 1"))

    with serving(create_inbox(tmp_path)) as inbox:
        assert chromium.run(look) == (f"{inbox}/mails/1", f"{site}/mails/2/headers", 2)


@pytest.mark.parametrize(
    ("query", "width", "ground", "pictures"),
    [
        ("", 1078, "rgb(255, 255, 255)", True),
        ("?width=320+px&colours=dark&pictures=blocked", 320, "rgb(20, 24, 28)", False),
    ],
)
def test_previews(chromium: Chromium, site: str, query: str, width: int, ground: str, pictures: bool) -> None:
    def look(page: Page) -> tuple[int, str, bool]:
        page.goto(f"{site}/mails/1{query}")
        frame = page.frames[1]
        frame.wait_for_load_state()
        frame.wait_for_function("innerWidth > 0")  # it is laid out after it was loaded
        return (
            frame.evaluate("innerWidth"),
            frame.evaluate("getComputedStyle(document.body).backgroundColor"),
            frame.evaluate("document.images[0].naturalWidth > 0"),
        )

    sight = {"viewport": {"width": 1280, "height": 800}, "color_scheme": "null"}  # Playwright's own would overrule
    assert chromium.run(look, **sight) == (width, ground, pictures)
