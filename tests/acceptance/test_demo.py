"""`newsletter demo --once`: the whole way, from the sample portal and its traps to inbox, feeds and archive."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import feedparser
import lxml.html
import pytest

from tests.acceptance.demo import Demo, run_demo
from tests.acceptance.instance import newsletter, words
from tests.acceptance.mailserver import Mail, defects

HOSTILE = "=?utf-8?q?x=0D=0ABcc:alle=40musterstadt.example?= </mj-text> <script>"
PUBLIC_URL = "https://news.musterstadt.example"
STATES = {"queued", "claimed", "committing", "accepted", "deferred", "failed", "suppressed", "uncertain"}
STATES |= {"quarantined", "cancelled"}


def release(demo: Demo, slug: str) -> dict[str, Any]:
    """A release as the JSON Feed gives it."""
    (item,) = [item for item in demo.items if item["url"].endswith(f"/presse/{slug}")]
    return item


def page(demo: Demo, slug: str) -> str:
    """The page of a release in the archive."""
    id = release(demo, slug)["id"].removeprefix("urn:uuid:")
    return (demo.folder / f"public/releases/{id}.html").read_text("utf-8")


def standard(demo: Demo) -> Mail:
    (mail,) = [mail for mail in demo.mails if mail.recipient == "standard.de@leserin.example"]
    return mail


def card(mail: Mail, headline: str) -> str:
    """What stands in a mail from a headline to the next one."""
    parts = re.split(r"(?=<h3)", mail.html)
    (found,) = [part for part in parts if headline in words(part.partition("</h3>")[0])]
    return found


def test_it_ends_well_and_its_sums_match(demo: Demo) -> None:
    summary = demo.summary
    assert demo.done.code == (3 if summary["editions_held"] else 0), demo.done.err
    assert summary["planned"] == sum(summary[state] for state in STATES) > 0
    assert summary["uncertain"] == summary["failed"] == summary["queued"] == 0
    assert summary["accepted"] == len(demo.mails)
    assert summary["collected"] == summary["published"] >= 24
    assert all(isinstance(value, int) for value in summary.values())
    assert "Traceback" not in demo.done.err
    reports = list((demo.folder / "reports").glob("*.json"))
    assert reports
    assert all(json.loads(report.read_text("utf-8")) for report in reports)


def test_what_was_sent_is_what_was_checked(demo: Demo) -> None:
    """Every part of every mail has, but for the personal links, a hash that the edition's report names."""
    reports = [json.loads(path.read_text("utf-8")) for path in (demo.folder / "reports").glob("*.json")]
    known = {digest for report in reports for variant in report["variants"] for digest in variant["sha256"].values()}
    for mail in demo.mails:
        for part in filter(None, (mail.html, mail.text)):
            assert checked_hash(part) in known, mail.recipient
    (edition,) = (report["edition"] for report in reports if report["state"] == "finished")
    earl = (demo.folder / f"public/reports/{edition}.jsonld").read_text("utf-8")
    assert all(f"sha256:{digest}" in earl for digest in known if digest)


def checked_hash(part: str) -> str:
    for name in ("unsubscribe", "preferences"):
        part = re.sub(rf"https://[^\s\"<>]+/{name}/[a-z0-9]+", f"{{{name}_url}}", part)
    return hashlib.sha256(part.replace("\r\n", "\n").encode()).hexdigest()


def test_every_mail_is_whole(demo: Demo) -> None:
    formats = {mail.recipient.partition(".")[0] for mail in demo.mails}
    assert {"standard", "large", "no-images", "text"} <= formats
    for mail in demo.mails:
        message, raw = mail.message, mail.raw
        assert defects(message) == [], mail.recipient
        assert mail.text.strip()
        assert re.search(rb"(?m)^List-Unsubscribe: <https://[^>\s]+>\r$", raw), mail.recipient
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert message["To"] == mail.recipient
        assert message["Bcc"] is None
        assert message["Content-Language"] in ("de", "en")
        lines = raw.split(b"\r\n")
        assert max(map(len, lines)) <= 998
        assert not [line for line in lines if b"\r" in line or b"\n" in line]
        assert mail.link("/unsubscribe/") in str(message["List-Unsubscribe"])


def test_every_html_part_has_a_language_and_an_alt_text_on_every_picture(demo: Demo) -> None:
    for mail in demo.mails:
        if mail.recipient.startswith("text."):
            assert mail.html == ""
            continue
        html = lxml.html.document_fromstring(mail.html)
        assert html.get("lang") == mail.message["Content-Language"]
        assert html.xpath("string(//title)").strip()
        assert html.xpath("//img[not(@alt) or normalize-space(@alt)='']") == []
        if mail.recipient.endswith("@leserin.example"):  # they get all releases
            assert bool(html.xpath("//img")) is not mail.recipient.startswith("no-images.")
        assert html.xpath("//script|//form|//iframe|//link[@rel='stylesheet']") == []
        assert not [src for src in html.xpath("//img/@src") if "pixel" in src or "track" in src]


def test_who_chose_topics_gets_these_alone(demo: Demo) -> None:
    for mail in demo.mails:
        topic, _, domain = mail.recipient.partition("@")
        headings = re.findall(r"(?m)^(?:Thema|Topic): (.*?)\s*$", mail.text)
        if domain == "leser.example" and topic in ("verkehr", "bildung", "umwelt", "kultur"):
            assert [heading.casefold() for heading in headings] == [topic]
        elif domain == "leserin.example":
            assert len(headings) >= 6


def test_feeds_are_read_without_a_complaint(demo: Demo) -> None:
    feeds = [path for ending in ("atom", "rss") for path in (demo.folder / "public/feeds").rglob(f"*.{ending}")]
    assert len(feeds) >= 10
    for path in feeds:
        found = feedparser.parse(path.read_bytes())
        assert not found.bozo, (path, found.get("bozo_exception"))
        assert found.entries
        address = f"{PUBLIC_URL}/{path.relative_to(demo.folder / 'public')}"
        assert [link.href for link in found.feed.links if link.rel == "self"] == [address]
        for entry in found.entries:
            pictures = lxml.html.fromstring(f"<div>{entry.content[0].value}</div>").xpath("//img")
            assert all(picture.get("alt") for picture in pictures), entry.link
    ids = [{entry.id for entry in feedparser.parse(f.read_bytes()).entries} for f in feeds if f.stem == "musterstadt"]
    assert ids[0] == ids[1] == {item["id"] for item in demo.items}


def test_nothing_of_another_release_gets_in(demo: Demo) -> None:
    """Related cards, share bars, navigation, press contact, and the dates of all of them."""
    foreign = ("Weitere Meldungen", "Berechne Lesezeit", "Link kopieren", "Auf Mastodon teilen", "Jana Lindner")
    headlines = {item["title"] for item in demo.items}
    for item in demo.items:
        body = words(item["content_html"])
        assert not [part for part in foreign if part in body], item["url"]
        assert not [other for other in headlines - {item["title"]} if other in body], item["url"]
        assert "portrait.jpg" not in item["content_html"]
    for mail in demo.mails:
        assert not [part for part in foreign if part in mail.text + words(mail.html)]
    for path in (demo.folder / "public").rglob("*.html"):
        text = words(path.read_text("utf-8"))
        assert not [part for part in foreign[1:] if part in text and part != "Link kopieren"], path  # a button of ours
    old = release(demo, "wochenmarkt-altstadt")["date_published"]  # its related cards are all newer
    newest = release(demo, "wasserrohrbruch-bahnhofstrasse")["date_published"]
    assert old < newest


def test_relative_written_and_missing_dates(demo: Demo) -> None:
    newest = release(demo, "wasserrohrbruch-bahnhofstrasse")["date_published"]
    relative = release(demo, "bauantrag-online")["date_published"]  # the page says "vor 2 Stunden" beside a real date
    assert relative[:10] == newest[:10]
    assert relative[11:16] == "17:05"
    assert re.search(r"\n\d+\. \w+ \d{4}\. Lesezeit", card_text(demo, "Haushaltsentwurf: 96 Millionen"))


def card_text(demo: Demo, headline: str) -> str:
    """A release of the text part, under its headline."""
    text = standard(demo).text.replace("\r\n", "\n")
    return text[text.rindex(headline) :][:600]


def test_pictures_keep_alt_caption_credit_and_symbolic_apart(demo: Demo) -> None:
    library = release(demo, "stadtbibliothek-sonntags")["_image"]  # "(Quelle: dpa)" stood inside the alt
    assert library["alt"] == "Bücherregale und eine Leseecke mit Sessel und Lampe"
    assert library["credit"] == "dpa"
    forest = card(standard(demo), "Stadtwald")  # its caption is but "Symbolbild"
    assert 'alt="Sanfte, bewaldete Hügel im Morgenlicht"' in forest
    assert words(forest).count("Symbolbild") == 1
    assert "Bild: dpa" in words(forest)
    assert "Symbolbild" in words(page(demo, "stadtwald-eichen-elsbeeren"))
    assert "Symbolbild" in words(release(demo, "stadtwald-eichen-elsbeeren")["content_html"])
    nursery = card(standard(demo), "Bündnis für gute Kitas")  # alt = caption: read once, seen once
    assert re.search(r'<span[^>]*aria-hidden="true"[^>]*>Bunte Bausteine', nursery)


@pytest.mark.parametrize("slug", ["solardach-berufsschule", "spielplatz-muehlenfeld"])
def test_a_picture_without_alt_is_left_out_and_never_invented(demo: Demo, slug: str) -> None:
    item = release(demo, slug)
    assert "<img" not in item["content_html"]
    assert "image" not in item
    assert "<img" not in card(standard(demo), item["title"])
    assert "<img" not in page(demo, slug).partition("<article")[2].partition("</article>")[0]


def test_an_accordion_keeps_its_list_and_details_their_text(demo: Demo) -> None:
    nursery = release(demo, "sechs-bausteine-kitas")["content_html"]
    assert nursery.count("<li>") == 6
    assert "<button" not in nursery
    assert "Die sechs Bausteine des Bündnisses" in words(nursery)
    assert "Dreimal unterbrochener Ton" in release(demo, "sirenen-probealarm")["content_html"]


def test_a_hostile_headline_is_plain_text(demo: Demo) -> None:
    item = release(demo, "gefaelschte-e-mails")
    assert HOSTILE in item["title"]
    assert "{{ 7*7 }}" in item["title"]
    for path in (demo.folder / "public").rglob("*.html"):
        assert "<script>alert" not in path.read_text("utf-8"), path
    assert HOSTILE in words(page(demo, "gefaelschte-e-mails"))
    for mail in demo.mails:
        assert "<script" not in mail.html
        assert HOSTILE in mail.text or "gefälscht" not in mail.text


def test_umlauts_quotes_and_soft_hyphens_stay(demo: Demo) -> None:
    assert release(demo, "stadtbibliothek-sonntags")["title"].startswith("„Bücher für alle“: Stadtbibliothek")
    noise = release(demo, "laermaktionsplan")["title"].replace("\u00ad", "")
    assert noise.startswith("Bürgerbeteiligung zum Lärmaktionsplan")
    assert "„Bücher für alle“" in standard(demo).text
    assert "Bürgerbeteiligung zum Lärmaktionsplan" in standard(demo).text


def test_english_releases_are_marked_as_such(demo: Demo) -> None:
    assert release(demo, "tram-line-5")["language"] == "en"
    tram = card(standard(demo), "Tram line 5")
    assert re.search(r'<h3[^>]*lang="en"', tram)
    atom = (demo.folder / "public/feeds/musterstadt.atom").read_text("utf-8")
    assert '<entry xml:lang="en">' in atom


def test_old_releases_are_in_the_archive_and_in_no_mail(demo: Demo) -> None:
    assert release(demo, "trinkbrunnen")
    assert all("Zwanzig neue Trinkbrunnen" not in mail.text for mail in demo.mails)


def test_a_second_run_sends_nothing_and_changes_no_public_file(demo: Demo) -> None:
    before = hashes(demo.folder)
    again = newsletter("demo", "--once", "--dir", str(demo.folder))
    assert again.code == demo.done.code, again.err
    assert hashes(demo.folder) == before
    assert json.loads((demo.folder / "summary.json").read_text("utf-8")) == demo.summary


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", "utf-8")
    done = newsletter("demo", "--once", "--dir", str(tmp_path))
    assert done.code == 1
    assert len(done.err.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def hashes(folder: Path) -> dict[str, str]:
    """Every public file and every mail."""
    files = [path for part in ("public", "inbox") for path in (folder / part).rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_over_a_provider_the_same_mails_come(demo: Demo, tmp_path: Path) -> None:
    other = run_demo(tmp_path / "demo", "--transport", "mailgun")
    assert other.done.code == 0, other.done.err
    by_smtp = {mail.recipient: mail for mail in demo.mails}
    assert {mail.recipient for mail in other.mails} == set(by_smtp)
    for mail in other.mails:
        assert mail.message["Subject"] == by_smtp[mail.recipient].message["Subject"]
        assert words(mail.html) == words(by_smtp[mail.recipient].html)
        assert defects(mail.message) == []
