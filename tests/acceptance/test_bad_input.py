"""Bad input is normal: what is broken is withheld with a reason, everything else goes on."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import feedparser
import httpx

from tests.acceptance.instance import Instance, words
from tests.acceptance.mailserver import Mailserver, defects
from tests.acceptance.portal import Answer, Portal

BERLIN = ZoneInfo("Europe/Berlin")
EVENING = "2026-11-22T20:00:00+01:00"
SLOT = "2026-11-23T07:00:00+01:00"  # a Monday
NEXT_SLOT = "2026-11-24T07:00:00+01:00"
HOSTILE = "=?utf-8?q?x=0D=0ABcc:=20all=40musterstadt.example?= </mj-text> {{ 7*7 }} %s <script>alert(1)</script>"


def at(hour: int, day: int = 22) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=BERLIN)


def three_good_ones(portal: Portal) -> None:
    portal.add("bruecke", "Neue Brücke am Hafen eröffnet", at(9))
    portal.add("bad", "Hallenbad öffnet nach Umbau wieder", at(10), kicker="Soziales")
    portal.add("wald", "Stadtwald bekommt tausend neue Eichen", at(11), kicker="Umwelt")


def test_a_broken_page_is_withheld_with_a_reason_and_the_others_go_on(
    instance: Instance, portal: Portal, mailserver: Mailserver
) -> None:
    three_good_ones(portal)
    broken = {
        "leer": Answer(200, "<!doctype html><title>x</title>"),
        "fehler": Answer(500, "Internal Server Error"),
        "zaun": Answer(200, "<h1>Wartungsarbeiten</h1><p>Wir sind gleich zurück.</p>"),
        "muell": Answer(200, bytes(range(256)) * 40, "application/octet-stream"),
        "weg": Answer(404, "nicht da"),
        "kreis": Answer(302, headers={"Location": "/presse/kreis"}),
    }
    for hour, (slug, answer) in enumerate(broken.items(), 12):
        portal.add(slug, f"Sitzung des Ausschusses {slug} verschoben worden", at(hour))
        portal.answers[f"/presse/{slug}"] = answer
    instance.feed("presse", portal.list_url)
    instance.subscribe("leserin@leser.example")

    (source,) = instance.run("collect", "--json").json["sources"]
    assert (source["new"], source["withheld"]) == (3, len(broken)), source
    for slug in broken:
        assert any(portal.address(slug) in problem for problem in source["problems"]), (slug, source["problems"])

    instance.once(SLOT)
    assert len(instance.feed_items("presse")) == 3
    (mail,) = mailserver.to("leserin@leser.example")
    assert "Neue Brücke am Hafen eröffnet" in mail.text
    assert "verschoben" not in mail.text


def test_a_broken_feed_or_portal_never_stops_the_others(instance: Instance, portal: Portal) -> None:
    three_good_ones(portal)
    portal.answers["/kaputt.xml"] = Answer(200, "<rss><channel><item><title>Halb", "application/rss+xml")
    portal.answers["/text.xml"] = Answer(200, "no feed at all", "text/plain")
    instance.feed("gut", portal.feed_url, kind="feed")
    instance.feed("kaputt", f"{portal.url}/kaputt.xml", kind="feed")
    instance.feed("text", f"{portal.url}/text.xml", kind="feed")
    instance.feed("fort", f"{portal.url}/fort", kind="html")
    instance.feed("tot", "http://127.0.0.1:9/presse")

    done = instance.run("collect", "--json")
    sources = {source["slug"]: source for source in done.json["sources"]}
    assert done.code == 1
    assert sources["gut"]["new"] == 3
    for slug in ("text", "fort", "tot"):
        assert sources[slug]["problems"], slug
        assert "Traceback" not in done.err
    assert "404" in " ".join(sources["fort"]["problems"])
    alarms = " ".join(instance.alarms())
    assert "feeds/fort.toml" in alarms
    assert "feeds/gut.toml" not in alarms


def test_a_broken_picture_is_left_out_and_its_release_stays(
    instance: Instance, portal: Portal, mailserver: Mailserver
) -> None:
    pictures = {
        "ohne-alt": '<figure><img src="/bilder/a.jpg" width="1200" height="675"></figure>',
        "kaputt": '<figure><img src="http://[::1" alt="Eine Brücke"></figure>',
        "fremd": '<figure><img src="javascript:alert(1)" alt="Ein Bild"></figure>',
        "gut": '<figure><img src="/bilder/g.jpg" alt="Der Hafen am Abend" width="1200" height="675"></figure>',
    }
    for hour, (slug, picture) in enumerate(pictures.items(), 9):
        portal.add(slug, f"Vorhaben {slug} im Hafenviertel beginnt", at(hour), picture=picture)
    instance.feed("presse", portal.list_url)
    instance.subscribe("leserin@leser.example")
    instance.once(SLOT)

    (mail,) = mailserver.to("leserin@leser.example")
    for slug in pictures:
        assert f"Vorhaben {slug}" in mail.text
    assert mail.html.count("<img") == 1
    assert 'alt="Der Hafen am Abend"' in mail.html
    assert "javascript:" not in mail.html
    assert len(instance.feed_items("presse")) == len(pictures)


def test_a_portal_that_answers_with_an_empty_or_another_page_raises_an_alarm_and_empties_no_feed(
    instance: Instance, portal: Portal
) -> None:
    three_good_ones(portal)
    instance.feed("presse", portal.list_url)
    instance.once(EVENING)
    before = {path.name: path.read_bytes() for path in instance.public.glob("feeds/presse.*")}
    assert len(instance.feed_items("presse")) == 3

    list_of_three = portal.releases
    other = '<li><h2><a href="/shop/{0}">Angebot {0} im Sommerschlussverkauf</a></h2><p>Nur heute, nur hier.</p></li>'
    answers = (
        Answer(200, ""),
        Answer(200, "<!doctype html><title>Presse</title><h1>Pressemitteilungen</h1><ul></ul>"),
        Answer(200, "<!doctype html><title>Shop</title><ul>" + "".join(map(other.format, range(9))) + "</ul>"),
    )
    for hour, answer in enumerate(answers):
        portal.answers["/presse"] = answer
        instance.once(f"2026-11-23T0{2 * hour}:00:00+01:00")
        assert any("feeds/presse.toml" in alarm for alarm in instance.alarms()), answer
        assert {path.name: path.read_bytes() for path in instance.public.glob("feeds/presse.*")} == before

    del portal.answers["/presse"]
    assert portal.releases == list_of_three
    instance.once("2026-11-23T15:00:00+01:00")
    assert instance.alarms() == []


def test_robots_txt_is_obeyed(instance: Instance, portal: Portal) -> None:
    three_good_ones(portal)
    portal.answers["/robots.txt"] = Answer(200, "User-agent: *\nDisallow: /presse/bad\n", "text/plain")
    instance.feed("presse", portal.list_url)
    (source,) = instance.run("collect", "--json").json["sources"]
    assert (source["new"], source["withheld"]) == (2, 1)
    assert "robots.txt" in " ".join(source["problems"])

    portal.answers["/robots.txt"] = Answer(200, "User-agent: *\nDisallow: /\n", "text/plain")
    done = instance.run("collect", "--json")
    assert "robots.txt" in " ".join(done.json["sources"][0]["problems"])
    assert any("robots.txt" in alarm for alarm in instance.alarms())


def test_hostile_headlines_are_plain_text_everywhere(
    instance: Instance, portal: Portal, mailserver: Mailserver
) -> None:
    longest = "Sehr lange Überschrift " + "x" * 10_000
    controls = "Zeile\x00eins\x08 und\x1b[31m rot \u202e\ufeffverkehrt"
    for hour, headline in enumerate((HOSTILE, longest, controls), 9):
        portal.add(f"boese-{hour}", headline, at(hour), teaser=headline[:300])
    instance.feed("presse", portal.list_url)
    instance.subscribe("leserin@leser.example", "text@leser.example")
    instance.once(SLOT)

    assert {mail.recipient for mail in mailserver.mails} == {"leserin@leser.example", "text@leser.example"}
    for mail in mailserver.mails:
        assert defects(mail.message) == []
        assert mail.message["Bcc"] is None
        assert max(map(len, mail.raw.split(b"\r\n"))) <= 998
        assert "<script>alert(1)</script>" in mail.text
        assert "<script" not in mail.html
        assert "{{ 7*7 }}" in mail.html
        assert "\x00" not in mail.text + mail.html
        assert "\x1b" not in mail.text + mail.html
    for path in instance.public.rglob("*.html"):
        assert "<script>alert" not in path.read_text("utf-8"), path
    for kind in ("atom", "rss"):
        found = feedparser.parse((instance.public / f"feeds/presse.{kind}").read_bytes())
        assert not found.bozo, found.get("bozo_exception")
        assert len(found.entries) == 3
    titles = [item["title"] for item in instance.feed_items("presse")]
    assert any("</mj-text>" in title and "=?utf-8?q?" in title for title in titles)


def test_an_update_is_marked_and_mailed_again_and_a_withdrawal_leaves_a_notice(
    instance: Instance, portal: Portal, mailserver: Mailserver
) -> None:
    three_good_ones(portal)
    instance.feed("presse", portal.list_url)
    instance.subscribe("leserin@leser.example")
    instance.once(SLOT)
    pages = {item["title"]: item["id"].removeprefix("urn:uuid:") for item in instance.feed_items("presse")}

    bruecke = portal.releases[0]
    bruecke.headline = "Neue Brücke am Hafen eröffnet: Umleitung aufgehoben"
    bruecke.body = bruecke.text() + "<p>Die Umleitung über den Gerbersteg ist seit heute Mittag aufgehoben.</p>"
    portal.remove("bad")
    for moment in ("12:00", "12:30", "13:00"):  # a page that is gone is looked at a second time before it counts
        instance.once(f"2026-11-23T{moment}:00+01:00")
    instance.once(NEXT_SLOT)

    _, note = mailserver.to("leserin@leser.example")
    assert "Umleitung aufgehoben" in note.text
    assert "Aktualisiert am 23. November 2026" in note.text
    assert "Aktualisiert am 23. November 2026" in words(note.html)
    assert "Hallenbad" not in note.text
    assert "Stadtwald" not in note.text

    titles = [item["title"] for item in instance.feed_items("presse")]
    assert "Hallenbad öffnet nach Umbau wieder" not in titles
    assert bruecke.headline in titles
    instance.start("--web-only")
    gone = httpx.get(f"{instance.url}/releases/{pages['Hallenbad öffnet nach Umbau wieder']}")
    assert gone.status_code == 410
    assert "zurückgezogen" in gone.text
    updated = httpx.get(f"{instance.url}/releases/{pages['Neue Brücke am Hafen eröffnet']}")
    assert updated.status_code == 200
    assert "Aktualisiert am 23. November 2026" in words(updated.text)


def test_a_missing_alt_text_can_hold_an_edition_until_an_editor_lets_it_go(
    instance: Instance, portal: Portal, mailserver: Mailserver
) -> None:
    portal.add("bild", "Neues Bild vom Hafen", at(9), picture='<figure><img src="/bilder/h.jpg"></figure>')
    instance.letter["missing_alt"] = "hold"
    instance.feed("presse", portal.list_url)
    instance.subscribe("leserin@leser.example")

    done = instance.once(SLOT, code=3)
    (edition,) = done["held"]
    assert mailserver.to("leserin@leser.example") == []
    (finding,) = [one for one in instance.editions()[edition]["findings"] if one["severity"] == "block"]
    assert finding["rule"]
    assert "1.1.1" in finding["criterion"]
    assert "Neues Bild vom Hafen" in finding["where"] or "h.jpg" in finding["where"] + finding["message"]
    assert finding["remedy"]
    assert any(edition in alarm for alarm in instance.alarms())
    (alarm,) = mailserver.to("it@musterstadt.example")
    assert edition in alarm.text

    refused = instance.run("editions", "approve", edition)
    assert refused.code == 1
    assert "--override" in refused.err
    assert instance.run("editions", "approve", edition, "--override", "Kim Beispiel: the portal is told").code == 0
    instance.once("2026-11-23T07:30:00+01:00")
    assert len(mailserver.to("leserin@leser.example")) == 1
    assert instance.json("editions", "show", edition)["override"] == "Kim Beispiel: the portal is told"
    report = instance.json("editions", "report", edition)
    assert report["override"] == "Kim Beispiel: the portal is told"
    assert finding["rule"] in {one["rule"] for one in report["findings"]}
    public = (instance.public / f"reports/{edition}.html").read_text("utf-8")
    assert "the portal is told" in public
    assert "Kim Beispiel" not in public
    assert instance.alarms() == []
