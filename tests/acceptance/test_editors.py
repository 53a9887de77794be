"""What an editor decides about a release, by commands alone: withdraw, restore, correct, and see what changed."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.acceptance.instance import Instance, words
from tests.acceptance.mailserver import Mailserver
from tests.acceptance.portal import Portal

pytestmark = pytest.mark.timeout(300)  # some twenty commands
HOUR = timedelta(hours=1)
HEADLINE = "Das Freibad öffnet am Samstag"


def mailed(instance: Instance, portal: Portal) -> tuple[datetime, str]:
    """A release that a reader has been sent: when, and its id."""
    begin = (datetime.now(ZoneInfo("Europe/Berlin")) - 3 * HOUR).replace(second=0, microsecond=0)
    portal.add("freibad", HEADLINE, begin - HOUR)
    portal.add("markt", "Der Wochenmarkt zieht um", begin - 2 * HOUR)
    instance.letter["cadences"] = ["immediate"]
    instance.feed("presse", portal.list_url)
    instance.subscribe("leserin@leser.example", cadence="immediate")
    instance.once(begin.isoformat())
    (id,) = [one["id"] for one in instance.json("releases", "list") if one["headline"] == HEADLINE]
    return begin, id


def test_a_release_is_withdrawn_and_restored(instance: Instance, portal: Portal) -> None:
    begin, id = mailed(instance, portal)
    web = instance.start("--web-only")
    page = f"{instance.url}/releases/{id}"

    done = instance.run("releases", "withdraw", id, "--reason", "falsches Datum")
    assert (done.code, done.out.splitlines()[0]) == (0, f"{id} is withdrawn"), done.err
    assert "mails that bring it: 1 of presse-immediate-" in done.out  # who has it already
    gone = httpx.get(page)
    assert (gone.status_code, "Diese Meldung wurde zurückgezogen" in gone.text) == (410, True)
    assert "Freibad" not in httpx.get(instance.url).text
    (notice,) = [one for one in instance.feed_items("presse") if id in one["id"]]
    assert notice["title"] == f"Zurückgezogen: {HEADLINE}"
    assert f'ref="urn:uuid:{id}"' in (instance.public / "feeds/presse.atom").read_text()
    assert "falsches Datum" not in "".join(instance.published().values())
    for ending in ("atom", "rss", "json"):
        assert instance.run("lint", str(instance.public / f"feeds/presse.{ending}")).code == 0
    instance.once((begin + HOUR).isoformat())
    assert httpx.get(page).status_code == 410  # its page stands on the portal as before: it does not come back by that

    assert instance.run("releases", "restore", id).out == f"{id} is live\n"
    assert "Wieder veröffentlicht am" in words(httpx.get(page).text)
    assert [one["title"] for one in instance.feed_items("presse") if id in one["id"]] == [HEADLINE]
    instance.stop(web)


def test_an_update_is_seen_line_by_line_and_called_a_correction_by_an_editor_alone(
    instance: Instance, portal: Portal, mailserver: Mailserver
) -> None:
    begin, id = mailed(instance, portal)
    piece = portal.releases[0]
    piece.body = piece.text().replace("Die Wege bleiben offen.", "Die Wege bleiben gesperrt.")
    instance.once((begin + 5 * HOUR).isoformat())
    shown = instance.run("releases", "show", id, "--changes").out
    assert "update" in shown
    assert [line[4] for line in shown.splitlines() if "Wege bleiben" in line] == ["-", "+"]
    assert len(mailserver.mails) == 3
    assert "Aktualisiert am" in mailserver.mails[-1].text

    assert instance.run("releases", "correct", id).code == 0
    instance.once((begin + 6 * HOUR).isoformat())
    assert len(mailserver.mails) == 4
    assert "Berichtigt am" in mailserver.mails[-1].text
    assert "Berichtigt am" in words((instance.public / f"releases/{id}.html").read_text())
    states = [one["change"] for one in instance.json("releases", "show", id)["revisions"]]
    assert states == [None, "update", "correction"]
    assert instance.run("releases", "withdraw", "nothing").code == 1


def test_an_update_goes_to_exactly_those_who_got_the_mail(
    instance: Instance, portal: Portal, mailserver: Mailserver
) -> None:
    begin, _ = mailed(instance, portal)
    before = next(
        id for id in instance.editions("finished") if HEADLINE in str(instance.json("editions", "show", id)["carried"])
    )
    instance.subscribe("neu@leser.example", cadence="immediate")
    instance.subscribe("geht@leser.example", cadence="immediate")
    sent = len(mailserver.mails)
    made = instance.run("editions", "new", "presse", "--readers-of", before, "--subject", "Nachtrag", "--json")
    assert made.code == 3, made.err
    (own,) = [one["id"] for one in made.json]
    assert instance.json("editions", "show", own)["follows"] == before
    assert instance.run("editions", "approve", own).code == 0
    instance.once((begin + 4 * HOUR).isoformat())
    (mail,) = [mail for mail in mailserver.mails[sent:] if mail.subject == "Nachtrag"]
    assert mail.recipient == "leserin@leser.example"
    assert HEADLINE in words(mail.html)
    for wrong in ("presse-daily-20200101T0000Z", own.replace("presse", "amtsblatt")):
        refused = instance.run("editions", "new", "presse", "--readers-of", wrong)
        assert (refused.code, "no edition" in refused.err) == (1, True), refused.err
    assert instance.run("editions", "new", "presse", "--readers-of", before, "--cadence", "immediate").code == 2
