"""Link scanners open every address of every mail, and what the pages behind them lead to: no row changes."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from tests.acceptance.demo import Demo
from tests.acceptance.instance import Instance, start, wait_for
from tests.acceptance.mailserver import Mail, Mailserver
from tests.acceptance.portal import Portal
from tests.servers.process import free_port

pytestmark = pytest.mark.timeout(300)
LEADS = re.compile(r'\b(?:href|src|action)="([^"]+)"')


def rows(database: Path) -> list[str]:
    """Every row of every table, and the tables themselves."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return list(connection.iterdump())


def crawl(addresses: Iterable[str], host: str) -> Iterator[tuple[str, str, int]]:
    """Ask for each address of a host by GET and HEAD, and for all that its page leads to: method, address, status."""
    waiting, seen = [each for each in addresses if urlsplit(each).netloc == host], set[str]()
    with httpx.Client(timeout=30, follow_redirects=True) as client:
        while waiting:
            address = waiting.pop()
            if address in seen:
                continue
            seen.add(address)
            for method in ("HEAD", "GET"):
                answer = client.request(method, address)
                yield method, address, answer.status_code
            if "html" in answer.headers.get("content-type", ""):
                found = (urljoin(address, unescape(lead)).partition("#")[0] for lead in LEADS.findall(answer.text))
                waiting += [lead for lead in found if urlsplit(lead).netloc == host]


def test_the_demos_mails(demo: Demo) -> None:
    port = free_port()
    ours, url = "https://news.musterstadt.example", f"http://127.0.0.1:{port}"
    places = {"NEWSLETTER_WEB__LISTEN": f"127.0.0.1:{port}", "NEWSLETTER_SITE__BASE_URL": url}
    daemon = start(demo.folder / "newsletter.toml", url, "--web-only", **places)
    before = rows(demo.folder / "var/newsletter.db")
    links = {link.replace(ours, url) for mail in demo.mails for link in mail.links if link.startswith(ours)}
    asked = list(crawl(links, f"127.0.0.1:{port}"))
    daemon.terminate()
    assert daemon.wait(30) == 0
    assert rows(demo.folder / "var/newsletter.db") == before
    about = {urlsplit(address).path.split("/")[1] for _, address, _ in asked}
    assert {"unsubscribe", "preferences", "releases", "editions"} <= about
    assert {status for _, address, status in asked if urlsplit(address).path.startswith("/unsubscribe/")} == {200}


def test_the_mails_that_ask_and_tell(instance: Instance, portal: Portal, mailserver: Mailserver, quiet: None) -> None:
    """Confirmation, already subscribed, one's data, a new address, and the old one told of it."""
    instance.feed("presse", portal.list_url, every="1h")
    instance.subscribe("da@leser.example", "zieht@leser.example")
    instance.start()

    def arrived(recipient: str, about: str) -> Mail:
        return wait_for(lambda: [one for one in mailserver.to(recipient) if about in " ".join(one.links)])[0]

    for email in ("da@leser.example", "neu@leser.example"):
        httpx.post(f"{instance.url}/subscribe", data={"email": email, "cadence": "daily"}).raise_for_status()
    for email in ("da@leser.example", "zieht@leser.example"):
        httpx.post(f"{instance.url}/my-data", data={"email": email}).raise_for_status()
    data = arrived("zieht@leser.example", "/data/").link("/data/")
    httpx.post(data, data={"act": "address", "email": "zog@leser.example"}).raise_for_status()
    mails = [
        arrived("da@leser.example", "/preferences/"),
        arrived("da@leser.example", "/data/"),
        arrived("neu@leser.example", "/confirm/"),
        arrived("zog@leser.example", "/address/"),
    ]
    before = rows(instance.folder / "var/newsletter.db")
    asked = list(crawl({link for mail in mails for link in mail.links}, f"127.0.0.1:{instance.port}"))
    assert rows(instance.folder / "var/newsletter.db") == before
    about = {urlsplit(address).path.split("/")[1] for _, address, status in asked if status == 200}
    assert {"confirm", "data", "address", "preferences", "unsubscribe", "subscribe", "my-data"} <= about
