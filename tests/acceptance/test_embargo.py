"""A release under embargo is in no output before its minute, and in all of them from then on."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.acceptance.instance import Instance
from tests.acceptance.mailserver import Mailserver
from tests.acceptance.portal import Piece, Portal

pytestmark = pytest.mark.timeout(400)  # some thirty commands
BERLIN = ZoneInfo("Europe/Berlin")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def secret(portal: Portal, name: str, at: datetime, **more: Any) -> Piece:
    """A release of which every part says what it is."""
    body = f"<p>Im Text steht {name}text und was dazu gehört, und zwar in aller Ausführlichkeit.</p>" * 6
    teaser = f"Der Vorspann nennt {name}vorspann beim Namen."
    return portal.add(f"{name}-adresse", f"Die Stadt plant {name}titel am Hafen", at, teaser=teaser, body=body, **more)


def outputs(instance: Instance, mailserver: Mailserver) -> str:
    """All that leaves the house: files and their names, pages, mails, what is told of editions and of the whole."""
    found = [part for file in instance.published().items() for part in file]
    found += [f"{mail.subject}\n{mail.html}\n{mail.text}" for mail in mailserver.mails]
    found += [instance.run("editions", "list", "--json").out, instance.run("status", "--json").out]
    addresses = ("/", "/feeds/", "/feeds/presse/", "/feeds.opml", "/sitemap.xml", "/feeds/presse.json", "/subscribe")
    found += [httpx.get(f"{instance.url}{address}").text for address in addresses]
    return "\n".join(found)


def ids(instance: Instance, *names: str) -> dict[str, str]:
    """The ids of secrets by their names, as an editor sees them."""
    found = instance.json("releases", "list")
    return {name: one["id"] for name in names for one in found if f"{name}titel" in one["headline"]}


def told(said: str, name: str, id: str) -> set[str]:
    """The parts of a secret that are told."""
    return {
        word for word in (*(f"{name}{part}" for part in ("titel", "text", "vorspann", "-adresse")), id) if word in said
    }


def test_nothing_of_it_is_told_before_its_minute_and_all_of_it_then(
    instance: Instance, portal: Portal, mailserver: Mailserver
) -> None:
    begin = (datetime.now(BERLIN) + HOUR).replace(second=0, microsecond=0)
    ends = begin + 3 * HOUR
    midnight = datetime.combine((ends + DAY).date(), time(), BERLIN)
    portal.add("offen", "Das Freibad öffnet wie geplant", begin - HOUR)
    page = secret(portal, "alpha", ends)
    secret(portal, "beta", midnight, day_only=True)
    instance.letter["cadences"] = ["immediate"]
    instance.feed("presse", portal.list_url)
    instance.subscribe("leserin@leser.example", cadence="immediate")
    web = instance.start("--web-only")

    instance.once(begin.isoformat())
    of = ids(instance, "alpha", "beta")
    assert len(of) == 2

    def quiet(*names: str) -> None:
        said = outputs(instance, mailserver)
        assert "Freibad" in said
        assert {name: told(said, name, of[name]) for name in names} == {name: set() for name in names}
        assert {httpx.get(f"{instance.url}/releases/{of[name]}").status_code for name in names} == {404}

    quiet("alpha", "beta")
    page.body = page.text().replace("alphatext", "alphatext, neu gefasst,")
    instance.once((ends - MINUTE).isoformat())  # its page was changed meanwhile
    quiet("alpha", "beta")
    instance.once(ends.isoformat())
    everywhere(instance, mailserver, "alpha", of["alpha"])
    instance.once((midnight - MINUTE).isoformat())
    quiet("beta")
    instance.once(midnight.isoformat())  # a day begins at its midnight here, not in Greenwich
    everywhere(instance, mailserver, "beta", of["beta"])
    assert len(mailserver.mails) == 3
    instance.stop(web)


def test_an_editor_sets_one_and_no_page_lifts_it(instance: Instance, portal: Portal, mailserver: Mailserver) -> None:
    begin = (datetime.now(BERLIN) + HOUR).replace(second=0, microsecond=0)
    ends = begin + 5 * HOUR
    portal.add("offen", "Das Freibad öffnet wie geplant", begin - HOUR)
    page = secret(portal, "gamma", begin - 2 * HOUR)
    instance.letter["send_at"] = (begin + HOUR).strftime("%H:%M")
    instance.letter["send_days"] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    instance.feed("presse", portal.list_url)
    instance.subscribe("leserin@leser.example")
    web = instance.start("--web-only")
    instance.once(begin.isoformat())
    id = ids(instance, "gamma")["gamma"]
    assert told(outputs(instance, mailserver), "gamma", id)

    without = instance.run("releases", "withhold", id, "--until", "2026-11-22T09:00")
    assert (without.code, "no time zone" in without.err) == (1, True)
    done = instance.run("releases", "withhold", id, "--until", ends.isoformat())
    assert (done.code, f"{id} is withheld until" in done.out) == (0, True), done.err
    assert told(outputs(instance, mailserver), "gamma", id) == set()

    page.body = page.text() + "<p>Ein Absatz kam dazu, und niemand soll ihn vor der Zeit lesen können.</p>"
    for moment in (begin + HOUR, ends - MINUTE):  # an edition goes out in between
        instance.once(moment.isoformat())
    assert told(outputs(instance, mailserver), "gamma", id) == set()
    assert len(mailserver.mails) == 1
    instance.once(ends.isoformat())
    assert {"gammatitel", "gammatext", id} <= told(outputs(instance, mailserver), "gamma", id)
    instance.once((begin + HOUR + DAY).isoformat())
    assert "gammatitel" in mailserver.mails[-1].subject + mailserver.mails[-1].text
    instance.stop(web)


def everywhere(instance: Instance, mailserver: Mailserver, name: str, id: str) -> None:
    home = (instance.public / "index.html").read_text()
    feeds = [(instance.public / f"feeds/presse.{ending}").read_text() for ending in ("atom", "rss", "json")]
    page = httpx.get(f"{instance.url}/releases/{id}")
    assert (page.status_code, f"{name}text" in page.text, f"{name}titel" in home) == (200, True, True)
    assert all(f"{name}text" in feed and id in feed for feed in feeds)
    assert f"{name}titel" in mailserver.mails[-1].subject
