"""Pictures in the whole program: hosted before anything is published or composed, and never in anybody's way."""

from __future__ import annotations

import base64
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsletter.app import Program
from newsletter.app.extras import new_editions
from newsletter.config import load
from newsletter.model import EditionState, Format, Image, Release, ReleaseState, Revised, Saying
from newsletter.store.collecting import Collecting
from tests.integration.collect.web import Reply, Web, web
from tests.integration.store.test_releases import release
from tests.unit.collect.hosting.pictures import data, photo

NOW = datetime(2026, 11, 23, 6, 0, 1, tzinfo=UTC)
PHOTO = Reply(data(photo(1600, 900), "JPEG"), type="image/jpeg")
OURS = "https://news.musterstadt.example/images/"
DAILY = "presse-daily-20261123T0600Z"
FEED = 'title = "Presse"\nkind = "html"\nurl = "https://musterstadt.example/presse"\nlanguage = "de"\n'
SETTINGS = """
[site]
title = "Presse Musterstadt"
base_url = "https://news.musterstadt.example"
publisher = "Stadt Musterstadt"
contact = "presse@musterstadt.example"
[collect]
allow_networks = ["127.0.0.0/8"]
[publish]
images = "{images}"
[mail]
from = "Presse Musterstadt <presse@musterstadt.example>"
[[newsletters]]
id = "presse"
title = "Pressemitteilungen"
feeds = ["musterstadt"]
cadences = ["daily"]
send_at = "07:00"
"""


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def portal() -> AsyncIterator[Web]:
    async with web() as server:
        yield server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@contextmanager
def running(folder: Path, clock: Clock, images: str = "host") -> Iterator[Program]:
    for name in ("feeds", "var"):
        (folder / name).mkdir(exist_ok=True)
    (folder / "newsletter.toml").write_text(SETTINGS.format(images=images), "utf-8")
    (folder / "feeds/musterstadt.toml").write_text(FEED, "utf-8")
    keys = folder / "var/keys"
    if not keys.exists():
        keys.touch(0o600)
        keys.write_text(base64.b64encode(os.urandom(32)).decode() + "\n", "ascii")
    with Program.open(load(folder / "newsletter.toml", {}), clock) as opened:
        opened.desk.rows(clock())
        yield opened


@pytest.fixture
def program(tmp_path: Path, clock: Clock) -> Iterator[Program]:
    with running(tmp_path, clock) as opened:
        yield opened


def keep(program: Program, portal: Web, id: str = "a") -> Release:
    """A release with a lead picture and the same again in its text, as if collected now."""
    src = f"{portal.site}/bilder/{id}.jpg"
    image = Image(src, "Die neue Brücke am Abend", "Seit heute offen.", "Foto: Stadt", lead=True)
    inner = Image(f"{portal.site}/bilder/innen.jpg", "Der Plan der Brücke")
    body = f'<p>Text.</p><figure><img src="{inner.src}" alt="Der Plan der Brücke"></figure>'
    at = program.now()
    one = release(id, first_seen=at, updated=at, published=at, images=(image, inner), body_html=body)
    assert Collecting(program.database).save(Revised(one, None, 1, id, (one.url,)), [], at)
    return one


def published(program: Program) -> dict[str, str]:
    """What of the public directory is text, by name."""
    folder = program.settings.publish.directory
    texts = [
        path for path in folder.rglob("*") if path.is_file() and path.suffix in (".atom", ".rss", ".json", ".html")
    ]
    return {str(path.relative_to(folder)): path.read_text("utf-8") for path in texts}


def copies(program: Program) -> list[Path]:
    return [path for path in (program.settings.publish.directory / "images").rglob("*") if path.is_file()]


def mail(program: Program, edition: str = DAILY, format: Format = Format.STANDARD) -> tuple[str, str]:
    _, html, text = program.preview(edition, format, "de")
    return html or "", text


async def test_mails_pages_and_feeds_show_our_copies_alone(program: Program, portal: Web) -> None:
    portal.pages |= {"/bilder/a.jpg": PHOTO, "/bilder/innen.jpg": Reply(data(photo(800, 600), "PNG"), type="image/png")}
    keep(program, portal)
    await program.turn()
    assert program.editions.get(DAILY).state in (EditionState.APPROVED, EditionState.SENDING, EditionState.FINISHED)
    html, _ = mail(program)
    assert f'<img src="{OURS}' in html
    assert 'width="600" height="338"' in html
    texts = published(program)
    assert {name.partition("/")[0] for name, text in texts.items() if OURS in text} == {"feeds", "releases", "editions"}
    for name, text in {**texts, "mail": html}.items():
        assert portal.site not in text, name
    for name in ("feeds/musterstadt.atom", "feeds/musterstadt.rss"):
        assert 'type="image/jpeg" width="1200" height="675"' in texts[name]
    assert texts["releases/a.html"].count(f'src="{OURS}') == 2
    for path in copies(program):
        assert f"{OURS}{path.parent.name}/{path.name}" in texts["releases/a.html"]


async def test_an_edition_that_an_editor_puts_together_shows_our_copies_too(program: Program, portal: Web) -> None:
    portal.pages |= {"/bilder/a.jpg": PHOTO, "/bilder/innen.jpg": PHOTO}
    keep(program, portal)
    await program.pictures.look()
    (made,) = new_editions(program, "presse", [], ["a"], Saying())
    assert not any(finding.blocks for finding in made.findings)
    html, _ = mail(program, made.id)
    assert f'<img src="{OURS}' in html
    assert portal.site not in html


async def test_what_cannot_be_had_is_told_in_words_tried_again_and_shown_on_later_pages(
    program: Program, portal: Web, clock: Clock
) -> None:
    portal.pages["/bilder/a.jpg"] = Reply("Wartung", 500)
    keep(program, portal)
    await program.turn()
    html, text = mail(program)
    assert "<img" not in html
    assert "Die neue Brücke am Abend" in html
    assert "Die neue Brücke am Abend" in text
    assert not any(portal.site in page for page in published(program).values())
    told = program.status()["pictures"]
    assert (told["failed"], told["unfit"]) == (2, 0)
    assert any(line.startswith(f"{portal.site}/bilder/a.jpg: ") and "answered 500" in line for line in told["problems"])

    portal.pages["/bilder/a.jpg"] = PHOTO
    clock.now += timedelta(minutes=11)
    await program.turn()
    assert OURS in published(program)["releases/a.html"]
    assert OURS in published(program)[f"editions/{DAILY}.html"]
    assert mail(program)[0] == html  # what was checked and sent stays as it is


async def test_composing_tries_the_pictures_that_were_never_tried(program: Program, portal: Web) -> None:
    portal.pages["/bilder/a.jpg"] = PHOTO
    keep(program, portal)
    await program.compose()
    assert OURS in mail(program)[0]
    assert portal.paths() == ["/bilder/a.jpg"]  # that of the text is none of a mail's


async def test_linked_pictures_are_the_portals_own_with_their_size(tmp_path: Path, portal: Web, clock: Clock) -> None:
    portal.pages["/bilder/a.jpg"] = PHOTO
    with running(tmp_path, clock, "link") as program:
        keep(program, portal)
        await program.turn()
        assert copies(program) == []
        assert f'<img src="{portal.site}/bilder/a.jpg"' in mail(program)[0]
        assert 'width="600" height="338"' in mail(program)[0]
        page = published(program)["releases/a.html"]
        assert f'src="{portal.site}/bilder/a.jpg" alt="Die neue Brücke am Abend" width="1600" height="900"' in page
    with running(tmp_path, clock, "host") as program:
        await program.pictures.look()
        program.publish()
        assert portal.site not in published(program)["releases/a.html"]
        assert len(copies(program)) == 1


async def test_lost_files_are_made_again_and_withdrawn_ones_removed(
    program: Program, portal: Web, clock: Clock
) -> None:
    portal.pages["/bilder/a.jpg"] = PHOTO
    keep(program, portal)
    await program.turn()
    (copy,) = copies(program)
    body = copy.read_bytes()
    copy.unlink()
    clock.now += timedelta(hours=1)
    await program.turn()
    assert copy.read_bytes() == body

    program.releases.withdraw("a", "zurückgezogen", program.now())
    assert program.pictures.tidy() == 1
    assert copies(program) == []
    assert program.pictures.tidy() == 0


async def test_a_copy_that_mails_link_to_outlives_its_release_by_two_years(
    program: Program, portal: Web, clock: Clock
) -> None:
    portal.pages["/bilder/a.jpg"] = PHOTO
    one = keep(program, portal)
    await program.turn()
    bare = release("a", first_seen=NOW, updated=NOW, published=NOW)
    assert Collecting(program.database).save(Revised(bare, one, 1, "b", (one.url,)), [], program.now())
    for days, left in ((700, 1), (40, 0)):
        clock.now += timedelta(days=days)
        program.pictures.tidy()
        assert len(copies(program)) == left
    assert program.releases.get("a").state is ReleaseState.LIVE
