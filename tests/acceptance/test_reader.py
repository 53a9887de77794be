"""A reader's whole way through the running program: ask, confirm, read, change, leave. By HTTP and mail alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.acceptance.instance import Instance, wait_for
from tests.acceptance.mailserver import Mail, Mailserver
from tests.acceptance.portal import Portal

pytestmark = pytest.mark.usefixtures("quiet")

READER = "leserin@leser.example"


def ask(instance: Instance, **more: str) -> httpx.Response:
    """Sends the form as a browser does."""
    wish = {"email": READER, "cadence": instance.letter["cadences"][0], "language": "de", "format": "standard"}
    return httpx.post(f"{instance.url}/subscribe", data={**wish, "website": "", **more})


def subscription(instance: Instance) -> dict[str, object]:
    found: dict[str, object] = instance.json("subscribers", "list")[0]
    return found


def scan(instance: Instance, mail: Mail) -> None:
    """Opens every address of ours in a mail, as link scanners do."""
    ours = [link for link in mail.links if link.startswith(instance.url)]
    assert ours
    for link in ours:
        assert httpx.head(link).status_code == httpx.get(link, follow_redirects=True).status_code == 200, link


def confirmed(instance: Instance, mailserver: Mailserver) -> None:
    """Asks, has every link opened by a scanner, and confirms."""
    answer = ask(instance)
    assert answer.status_code == 200
    assert READER not in answer.text
    confirmation = wait_for(lambda: mailserver.to(READER))[0]
    assert confirmation.message["Auto-Submitted"] == "auto-generated"
    scan(instance, confirmation)
    assert subscription(instance)["state"] == "pending"
    assert httpx.post(confirmation.link("/confirm/")).status_code == 200
    assert subscription(instance)["state"] == "active"


def choose_culture_in_english(instance: Instance, digest: Mail) -> None:
    """By the link in a mail."""
    preferences = digest.link("/preferences/")
    assert httpx.get(preferences).status_code == 200
    wish = {"cadence": "immediate", "language": "en", "format": "text", "topics": "kultur"}
    assert httpx.post(preferences, data=wish).status_code == 200
    changed = subscription(instance)
    assert (changed["language"], changed["format"], changed["topics"]) == ("en", "text", ["kultur"])


def leave_by_one_click(instance: Instance, mail: Mail) -> None:
    """As a mail program does (RFC 8058)."""
    address = str(mail.message["List-Unsubscribe"]).strip("<>")
    answer = httpx.post(address, data={"List-Unsubscribe": "One-Click"}, follow_redirects=False)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert subscription(instance)["state"] == "ended"


def test_ask_confirm_read_change_and_leave(instance: Instance, portal: Portal, mailserver: Mailserver) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    portal.add("alt", "Alte Meldung aus dem Rathaus", now - timedelta(days=1))
    instance.letter["cadences"] = ["immediate"]
    instance.feed("presse", portal.list_url, first_collect="archive", topics={"Kultur": "kultur"})
    daemon = instance.start()
    confirmed(instance, mailserver)
    portal.add("neu", "Neue Linie fährt bis zum Hafen", now)
    digest = wait_for(lambda: mailserver.to(READER)[1:])[0]
    assert "Neue Linie fährt bis zum Hafen" in digest.subject
    assert "Alte Meldung" not in digest.text
    scan(instance, digest)
    assert subscription(instance)["state"] == "active"
    choose_culture_in_english(instance, digest)
    assert instance.stop(daemon) == 0

    instance.start("--web-only")  # the turns are ours from here on
    portal.add("sperrung", "Sperrung der Brücke am Wochenende", now)
    portal.add("konzert", "Konzert im Park am Sonntagabend", now, kicker="Kultur")
    instance.run("once")
    (culture,) = mailserver.to(READER)[2:]
    assert "Konzert im Park" in culture.text
    assert (culture.html, culture.message["Content-Language"]) == ("", "en")
    scan(instance, culture)
    leave_by_one_click(instance, culture)
    portal.add("ende", "Ende der Ausstellung im Museum", now, kicker="Kultur")
    instance.run("once")
    assert "Ende der Ausstellung im Museum" in str(instance.feed_items("presse"))
    assert len(mailserver.to(READER)) == 3
    check_what_is_on_record(instance, digest)


def check_what_is_on_record(instance: Instance, mail: Mail) -> None:
    """Every step of the consent; and the log holds neither address nor token."""
    actions = [step["action"] for step in instance.json("subscribers", "proof", READER)]
    assert actions == ["asked", "confirmed", "changed", "withdrawn"]
    assert READER not in instance.log
    assert mail.link("/unsubscribe/").rpartition("/")[2] not in instance.log


def test_the_next_slot_sends_a_digest_and_the_unsubscribe_page_ends_it(
    instance: Instance, portal: Portal, mailserver: Mailserver
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    tomorrow = (now + timedelta(days=1)).replace(hour=12, minute=0)
    portal.add("eins", "Erste Meldung aus dem Rathaus", now)
    instance.feed("presse", portal.list_url)
    instance.once(now.isoformat())
    instance.start("--web-only")  # the turns are ours, at the moments we choose
    ask(instance)
    instance.once((now + timedelta(minutes=1)).isoformat())
    (confirmation,) = mailserver.to(READER)
    httpx.post(confirmation.link("/confirm/"))
    instance.once(tomorrow.isoformat())
    digest = mailserver.to(READER)[1]
    assert "Erste Meldung aus dem Rathaus" in digest.text

    leave = digest.link("/unsubscribe/")
    assert "<form" in httpx.get(leave).text
    assert httpx.post(leave).status_code == 200
    portal.add("zwei", "Zweite Meldung aus dem Rathaus", now + timedelta(hours=1))
    instance.once((tomorrow + timedelta(days=1)).isoformat())
    assert len(mailserver.to(READER)) == 2
    assert httpx.post(leave).status_code == 200  # again does no harm


def test_the_form_tells_nothing_and_takes_nothing_that_is_no_address(
    instance: Instance, portal: Portal, mailserver: Mailserver
) -> None:
    instance.feed("presse", portal.list_url)
    instance.subscribe("da@leser.example")
    instance.start()
    for wrong in ("", "kein at", "a@b", "x@y.example\r\nBcc: z@y.example"):
        answer = ask(instance, email=wrong)
        assert answer.status_code == 422, wrong
        assert 'role="group"' in answer.text
    known, new = (ask(instance, email=email) for email in ("da@leser.example", "neu@leser.example"))
    assert (known.status_code, known.text) == (new.status_code, new.text)
    robot = ask(instance, email="robot@leser.example", website="https://spam.example")
    assert robot.text == new.text
    wait_for(lambda: mailserver.to("neu@leser.example") and mailserver.to("da@leser.example"))
    (told,) = mailserver.to("da@leser.example")  # who is subscribed already is told so, and has nothing to confirm
    assert "/preferences/" in told.text
    assert "/confirm/" not in told.text
    asked = {"neu@leser.example", "da@leser.example"}
    assert {mail.recipient for mail in mailserver.mails} <= asked | {"it@musterstadt.example"}
    for address in ("/unsubscribe/", "/confirm/", "/preferences/"):
        assert httpx.get(f"{instance.url}{address}{'a' * 40}").status_code == 404
        assert httpx.post(f"{instance.url}{address}{'a' * 40}").status_code == 404
