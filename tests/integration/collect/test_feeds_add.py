"""`feeds add`, from the command line against a real server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from newsletter.cli import cli
from newsletter.config import load
from newsletter.errors import NewsletterError
from tests.integration.collect.newsroom import TEXT, headline
from tests.integration.collect.web import Reply, Web, list_page, release_page, web

NUMBERS = range(9, 0, -1)
PICTURE = '<figure><img src="/b/brunnen.jpg" width="800" height="500" alt="Wasser fließt"></figure>'


@dataclass(frozen=True)
class Desk:
    """A folder with settings, and a portal whose network they allow."""

    folder: Path
    portal: Web

    async def run(self, *words: str) -> Result:
        command = ["--config", str(self.folder / "newsletter.toml"), "feeds", "add", *words]
        return await asyncio.to_thread(CliRunner().invoke, cli, command)

    async def add(self, *words: str) -> Result:
        result = await self.run(*words)
        assert result.exit_code == 0, result.output
        return result

    async def look(self, path: str, *words: str):
        return json.loads((await self.add(self.portal.site + path, "--dry-run", "--json", *words)).stdout)

    def feeds(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "feeds").glob("*.toml"))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    CliRunner().invoke(cli, ["init", str(tmp_path / "press")])
    settings = tmp_path / "press" / "newsletter.toml"
    settings.write_text(settings.read_text().replace("allow_networks = []", 'allow_networks = ["127.0.0.1/32"]'))
    async with web() as portal:
        for n in NUMBERS:
            page = release_page(headline(n), f"{TEXT} Es ist Nummer {n}.", f"2026-11-0{n}T09:20:00+01:00")
            portal.pages[f"/presse/{n}"] = page.replace('<div class="text">', f'{PICTURE}<div class="text">')
        items = {f"/presse/{n}": headline(n) for n in NUMBERS}
        portal.pages["/presse"] = list_page(items, "/presse?seite=2", "2026-11-01")
        yield Desk(tmp_path / "press", portal)


def rss(desk: Desk, *numbers: int, whole: bool = False) -> Reply:
    text = f"<content:encoded><![CDATA[<p>{TEXT}</p>]]></content:encoded>" if whole else ""
    items = "".join(
        f"<item><title>{headline(n)}</title><link>{desk.portal.site}/presse/{n}</link><category>Umwelt</category>"
        f"<pubDate>Sun, 0{n % 9 + 1} Nov 2026 09:20:00 +0100</pubDate>{text}</item>"
        for n in numbers
    )
    space = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    channel = f"<channel><title>Presse der Stadt</title><language>de</language>{items}</channel>"
    return Reply(f'<rss version="2.0" {space}>{channel}</rss>', type="application/rss+xml")


def declare(desk: Desk, path: str) -> None:
    page = str(desk.portal.pages["/presse"])
    link = f'<link rel="alternate" type="application/rss+xml" href="{path}">'
    desk.portal.pages["/presse"] = page.replace("<title>", f"{link}<title>", 1)


async def test_a_list_is_shown_with_its_pictures_and_written_down(desk: Desk):
    shown = await desk.add(desk.portal.site + "/presse")
    assert "html: " in shown.stdout
    assert f"goes on at {desk.portal.site}/presse?seite=2" in shown.stdout
    row = next(line for line in shown.stdout.splitlines() if headline(9) in line)
    assert row.split("  ")[0] == "2026-11-09 09:20"
    assert "brunnen.jpg" in row
    assert row.endswith("Wasser fließt")
    assert 'under the newsletter "presse": feeds = ["musterstadt", "127-0-0-1"]' in shown.stdout
    feed = load(desk.folder / "newsletter.toml").feeds["127-0-0-1"]
    assert (feed.title, feed.kind, feed.url, feed.language) == ("Presse", "html", desk.portal.site + "/presse", "de")


async def test_what_json_prints_is_what_was_promised(desk: Desk):
    found = await desk.look("/presse")
    assert (found["kind"], found["url"]) == ("html", desk.portal.site + "/presse")
    assert found["next_page"] == desk.portal.site + "/presse?seite=2"
    assert found["profile"] == {"title": "Presse", "kind": "html", "url": found["url"], "language": "de"}
    first, last = found["items"][0], found["items"][-1]
    assert first["url"] == desk.portal.site + "/presse/9"
    assert (first["headline"], first["published"]) == (headline(9), "2026-11-09T08:20:00+00:00")
    assert (first["kicker"], first["image"]["alt"], first["read"]) == ("Umwelt", "Wasser fließt", True)
    assert (last["headline"], last["image"], last["read"]) == (headline(1), None, False)
    assert desk.feeds() == ["musterstadt.toml"]


async def test_a_feed_that_carries_the_list_is_preferred_and_the_list_can_be_asked_for(desk: Desk):
    declare(desk, "/feed.xml")
    desk.portal.pages["/feed.xml"] = rss(desk, *NUMBERS, whole=True)
    found = await desk.look("/presse")
    assert (found["kind"], found["title"]) == ("feed", "Presse der Stadt")
    assert "whole text" in found["reason"]
    assert [other["kind"] for other in found["others"]] == ["html"]
    assert (await desk.look("/presse", "--kind", "html"))["kind"] == "html"
    assert [asked for asked in desk.portal.paths() if asked.startswith("/presse/")] == [
        f"/presse/{n}" for n in (9, 8, 7)
    ]


async def test_a_feed_of_the_whole_site_does_not_take_the_place_of_the_list(desk: Desk):
    declare(desk, "/feed.xml")
    desk.portal.pages["/feed.xml"] = rss(desk, *range(50, 70))
    found = await desk.look("/presse")
    assert (found["kind"], found["others"][0]["kind"]) == ("html", "feed")


async def test_a_feed_that_is_declared_and_is_none_is_told(desk: Desk):
    declare(desk, "/weg.xml")
    found = await desk.look("/presse")
    assert found["kind"] == "html"
    assert "/weg.xml" in found["problems"][0]


async def test_without_list_and_feed_the_sitemap_of_robots_txt_is_found(desk: Desk):
    portal = desk.portal
    portal.pages["/app"] = "<html><title>Presse</title><body><div id=app></div></body></html>"
    portal.pages["/robots.txt"] = f"User-agent: *\nSitemap: {portal.site}/karte.xml\n"
    addresses = "".join(
        f"<url><loc>{portal.site}/{path}</loc></url>" for path in ("", "impressum", *(f"presse/{n}" for n in NUMBERS))
    )
    portal.pages["/karte.xml"] = f"<urlset>{addresses}</urlset>"
    found = await desk.look("/app")
    assert (found["kind"], found["profile"]["item"], len(found["items"])) == ("sitemap", {"under": "/presse/"}, 9)
    assert found["items"][0]["headline"] == headline(9)
    await desk.add(portal.site + "/app", "--slug", "karte")
    assert load(desk.folder / "newsletter.toml").feeds["karte"].item.under == "/presse/"


async def test_where_there_is_nothing_it_says_so(desk: Desk):
    desk.portal.pages["/leer"] = "<html><body><p>Nichts.</p></body></html>"
    for path in ("/leer", "/nirgends"):
        result = await desk.run(desk.portal.site + path, "--dry-run")
        assert isinstance(result.exception, NewsletterError)


async def test_nothing_is_overwritten_and_no_address_is_added_twice(desk: Desk):
    await desk.add(desk.portal.site + "/presse", "--slug", "stadt")
    again = await desk.run(desk.portal.site + "/presse", "--slug", "anders")
    assert (again.exit_code, "stadt.toml collects from" in again.stderr) == (1, True)
    desk.portal.pages["/mehr"] = desk.portal.pages["/presse"]
    taken = await desk.run(desk.portal.site + "/mehr", "--slug", "stadt")
    assert (taken.exit_code, "is there already" in taken.stderr) == (1, True)
    bad = await desk.run(desk.portal.site + "/mehr", "--slug", "../stadt")
    assert (bad.exit_code, "cannot be a slug" in bad.stderr) == (1, True)
    assert desk.feeds() == ["musterstadt.toml", "stadt.toml"]


def test_a_file_is_looked_at_without_settings_and_without_a_network(tmp_path: Path):
    file = tmp_path / "liste.html"
    file.write_text(list_page({f"/presse/{n}": headline(n) for n in NUMBERS}))
    words = ["--config", str(tmp_path / "newsletter.toml"), "feeds", "add", str(file)]
    result = CliRunner().invoke(cli, [*words, "--url", "https://musterstadt.example/presse", "--dry-run", "--json"])
    found = json.loads(result.stdout)
    assert [item["url"] for item in found["items"]] == [f"https://musterstadt.example/presse/{n}" for n in NUMBERS]
    written = CliRunner().invoke(cli, words)
    assert isinstance(written.exception, NewsletterError)
    assert "newsletter init" in str(written.exception)


async def test_a_file_whose_address_is_not_known_is_not_written_down(desk: Desk):
    file = desk.folder / "liste.html"
    file.write_text(str(desk.portal.pages["/presse"]))
    result = await desk.run(str(file))
    assert (result.exit_code, "--url ADDRESS" in result.stderr) == (1, True)
    await desk.add(str(file), "--url", "https://www.musterdorf.example/presse")
    assert "musterdorf.toml" in desk.feeds()


async def test_settings_that_name_a_feed_that_is_yet_to_come_do_not_stand_in_the_way(desk: Desk):
    settings = desk.folder / "newsletter.toml"
    settings.write_text(settings.read_text().replace('feeds = ["musterstadt"]', 'feeds = ["dorf"]'))
    file = desk.folder / "liste.html"
    file.write_text(str(desk.portal.pages["/presse"]))
    await desk.add(str(file), "--url", "https://dorf.example/presse")
    assert "dorf.toml" in desk.feeds()


async def test_an_opml_becomes_a_file_for_each_feed_and_one_that_cannot_be_stops_no_other(desk: Desk):
    outlines = "".join(
        f'<outline text="{text}" xmlUrl="{url}"/>'
        for text, url in (
            ("Rathaus", "https://a.example/feed"),
            ("Zoo", "https://a.example/zoo.xml"),
            ("Schon da", "https://musterstadt.example/presse"),
            ("Nichts", "gopher://b.example/"),
            ("Bäder", "https://c.example/rss?x=&quot;1"),
        )
    )
    file = desk.folder / "feeds.opml"
    file.write_text(f"<opml version='2.0'><body>{outlines}</body></opml>")
    shown = await desk.add(str(file), "--dry-run", "--json")
    assert [one["title"] for one in json.loads(shown.stdout)["feeds"]] == ["Rathaus", "Zoo", "Schon da", "Bäder"]
    result = await desk.add(str(file))
    assert desk.feeds() == ["a-zoo.toml", "a.toml", "c.toml", "musterstadt.toml"]
    assert "musterstadt.toml collects from" in result.stderr
    assert "Nichts: names no feed" in result.stderr
    assert load(desk.folder / "newsletter.toml").feeds["c"].title == "Bäder"
