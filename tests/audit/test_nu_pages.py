"""The Nu Html Checker finds no error in the pages people act on, readers' and editors', also with errors in forms."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from urllib.parse import urljoin

import httpx
import lxml.html
import pytest
from playwright.sync_api import Page, Response

from newsletter.model import Role
from tests.audit.test_nu import errors
from tests.integration.store.test_releases import collected
from tests.integration.web import test_own_browser
from tests.integration.web.admin.samples import new, pictured
from tests.integration.web.admin.world import Office, office
from tests.integration.web.browser import served
from tests.integration.web.world import Site
from tests.servers.chromium import Chromium

pytestmark = pytest.mark.timeout(900)
FORM_TOKEN = re.compile(r'name="form_token" value="([0-9a-f]+)"')
OUT = re.compile(r"/sign-out|/people/|/account")  # their forms would end the session that looks around


def written(place: Path, pages: dict[str, str]) -> list[Path]:
    """The pages as files."""
    for name, html in pages.items():
        (place / (re.sub(r"\W+", "-", name).strip("-") + ".html")).write_text(html, "utf-8")
    return sorted(place.glob("*.html"))


def taken(page: Page, act: Callable[[Page], None]) -> str:
    """The HTML that the last navigation was answered with."""
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer) if answer.request.is_navigation_request() else None)
    act(page)
    return answers[-1].text()


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    with served(tmp_path) as opened:
        opened.reader(topics=["bildung", "verkehr"])
        opened.reader(newsletter="rat")
        yield opened


@pytest.mark.parametrize("name", test_own_browser.PAGES)
def test_a_readers_own_pages(here: Site, chromium: Chromium, name: str, tmp_path: Path) -> None:
    html = chromium.run(
        lambda page: taken(page, lambda page: test_own_browser.opened(page, here, name)), locale="de-DE"
    )
    assert errors(written(tmp_path, {name: html})) == []


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Office]:
    """An office with something of each kind."""
    with office(tmp_path) as opened:
        program = opened.program
        collected(program.database, new("a", headline="Neue Radbrücke"))
        pictured(program, 1, "Neues Hallenbad", alt="IMG_1.jpg")
        program.desk.compose_due(opened.now)
        program.register.add("mara@leser.example", program.offer.wish("presse"), "Formular", opened.now)
        yield opened


async def pages_of(client: httpx.AsyncClient) -> AsyncIterator[tuple[str, str]]:
    """Every page of the admin that links lead to, each of its forms sent empty, too: name and HTML."""
    waiting, seen = ["https://news.musterstadt.example/admin/"], set[str]()
    while waiting:
        address = waiting.pop(0)
        if address in seen:
            continue
        seen.add(address)
        answer = await client.get(address)
        if "html" not in answer.headers.get("content-type", ""):
            continue
        yield address.partition("/admin")[2] or "today", answer.text
        document = lxml.html.fromstring(answer.text, base_url=address)
        waiting += [lead for lead in map(str, _leads(document, address)) if "/admin" in lead and len(seen) < 200]
        for number, form in enumerate(document.forms):
            target = urljoin(address, form.get("action") or "")
            if form.method == "POST" and not OUT.search(target):
                token = FORM_TOKEN.search(answer.text)
                sent = await client.post(target, data={"form_token": token[1] if token else ""})
                if sent.status_code == 422:
                    yield f"{address.partition('/admin')[2]} form {number}", sent.text


def _leads(document: lxml.html.HtmlElement, address: str) -> Iterator[str]:
    for lead in document.xpath("//a/@href | //iframe/@src"):
        yield urljoin(address, lead).partition("#")[0]


async def test_the_pages_of_editors(desk: Office, tmp_path: Path) -> None:
    place = tmp_path / "pages"
    place.mkdir()
    async with desk.signed_in(Role.ADMIN) as client:
        pages = {name: html async for name, html in pages_of(client)}
    async with desk.client() as client:
        pages["sign in"] = (await client.get("/admin/sign-in")).text
    assert len(pages) > 30
    assert sum("form" in name for name in pages) > 4
    assert errors(written(place, pages)) == []
