"""Mails that come back through a real Postfix: who is gone is written to no more; a forger gives up nobody."""

from __future__ import annotations

import smtplib
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from tests.acceptance.instance import Instance, wait_for
from tests.acceptance.portal import Portal
from tests.servers.dovecot import PASSWORD, USER, Dovecot
from tests.servers.postfix import Mail, Postfix
from tests.servers.process import free_port

pytestmark = pytest.mark.usefixtures("quiet")

GONE, STAYS, LEAVES = "weg@example.com", "bleibt@leser.example", "geht@leser.example"
NOW = datetime.now(UTC).replace(microsecond=0)
NOON = (NOW + timedelta(days=1)).replace(hour=12, minute=0)
PATHS = ["bounces+{token}@musterstadt.example", "bounces@musterstadt.example"]


def sent(instance: Instance, portal: Portal, postfix: Postfix, day: int) -> dict[str, Mail]:
    """Another release, and the digest that carries it: who got it."""
    moment = NOON + timedelta(days=day)
    portal.add(f"meldung-{day}", f"Meldung Nummer {day} aus dem Rathaus", moment - timedelta(hours=4))
    postfix.clear()
    instance.once(moment.isoformat())
    return {mail.recipient: mail for mail in postfix.mails() if "Meldung" in str(mail.message["Subject"])}


def post(postfix: Postfix, mail: EmailMessage, sender: str, recipient: str) -> None:
    with smtplib.SMTP(postfix.host, postfix.port) as connection:
        connection.send_message(mail, sender, [recipient])
    postfix.mails()


def standing(instance: Instance) -> dict[str, tuple[str, bool]]:
    return {one["email"]: (one["state"], one["suppressed"]) for one in instance.json("subscribers", "list")}


@pytest.mark.timeout(240)
@pytest.mark.parametrize("path", PATHS)
def test_what_comes_back_is_taken(instance: Instance, portal: Portal, postfix: Postfix, path: str) -> None:
    maildir = postfix.place / "mail/all"
    instance.settings["mail.smtp"]["port"] = postfix.port
    instance.settings["mail"]["return_path"] = path
    instance.settings["mail.feedback"] = {"kind": "maildir", "path": str(maildir)}
    instance.feed("presse", portal.list_url)
    instance.subscribe(GONE, STAYS, LEAVES)
    instance.once(NOW.isoformat())
    assert any("mailbox unreadable" in alarm for alarm in instance.alarms())  # nothing has come yet, not even a folder
    mails = sent(instance, portal, postfix, 0)
    assert {STAYS, LEAVES} <= set(mails)  # the third one was taken by Postfix, and is returned

    https, mailto = str(mails[LEAVES].message["List-Unsubscribe"]).split(", ")
    assert https.startswith("<http")
    address, _, subject = mailto.strip("<>").removeprefix("mailto:").partition("?subject=")
    leaving = EmailMessage()
    leaving["From"], leaving["To"], leaving["Subject"] = LEAVES, address, subject.replace("%20", " ")
    post(postfix, leaving, LEAVES, address)
    post(postfix, forged(STAYS, str(mails[STAYS].message["Message-ID"])), "", "bounces@musterstadt.example")

    instance.once((NOON + timedelta(minutes=5)).isoformat())
    assert standing(instance) == {GONE: ("active", True), STAYS: ("active", False), LEAVES: ("ended", False)}
    assert not any((maildir / "new").iterdir())
    assert instance.alarms() == []
    (edition,) = instance.editions("finished")
    returned = {line["returned"] for line in instance.ledger(edition)["deliveries"]}
    assert returned == {None, "bounced: host-unknown: 5.1.2"}
    assert set(sent(instance, portal, postfix, 1)) == {STAYS}


def forged(reader: str, identifier: str) -> EmailMessage:
    """A bounce by somebody who knows the reader's address, but no token and no Message-ID of a mail to them."""
    mail = EmailMessage()
    mail["From"], mail["To"] = "MAILER-DAEMON@mx.anderswo.test", "bounces@musterstadt.example"
    mail["Subject"] = "Undelivered Mail Returned to Sender"
    mail.set_content(f"<{reader}>: host mx said: 550 5.1.1 user unknown\n")
    returned = EmailMessage()
    returned["To"], returned["Message-ID"] = reader, identifier.replace(identifier[1:9], "aaaaaaaa")
    returned.set_content("x")
    mail.add_attachment(returned)
    return mail


def test_a_pipe_hands_one_over_and_keeps_it_while_the_database_is_away(
    instance: Instance, portal: Portal, postfix: Postfix
) -> None:
    instance.settings["mail.smtp"]["port"] = postfix.port
    instance.settings["mail.feedback"] = {"kind": "pipe"}
    instance.feed("presse", portal.list_url)
    instance.subscribe(GONE)
    instance.once(NOW.isoformat())
    assert sent(instance, portal, postfix, 0) == {}
    (returned,) = postfix.mails()
    raw = returned.raw.decode()

    database = instance.folder / "var/newsletter.db"
    hidden = database.rename(database.with_suffix(".away"))
    database.mkdir()
    away = instance.run("bounces", "receive", returned.recipient, input=raw)
    assert (away.code, len(away.err.splitlines())) == (75, 1)
    database.rmdir()
    hidden.rename(database)
    for _ in range(2):  # a mail server may hand it over twice
        taken = instance.run("bounces", "receive", returned.recipient, "--json", input=raw)
        assert taken.code == 0, taken.err
        assert (taken.json["consequence"], taken.json["kind"]) == ("suppressed", "bounce")
    assert standing(instance) == {GONE: ("active", True)}


def test_a_mailbox_is_looked_into(instance: Instance, portal: Portal, postfix: Postfix, dovecot: Dovecot) -> None:
    own = {"host": dovecot.host, "port": dovecot.tls_port, "ca_file": str(dovecot.ca_file), "username": USER}
    instance.settings["mail.smtp"]["port"] = postfix.port
    instance.settings["mail.feedback"] = {"kind": "imap", **own, "password": PASSWORD}
    instance.feed("presse", portal.list_url)
    instance.subscribe(GONE)
    instance.once(NOW.isoformat())
    sent(instance, portal, postfix, 0)
    (returned,) = postfix.mails()
    dovecot.put(returned.raw)
    assert "127.0.0.1: 1 wait" in instance.run("doctor").out
    instance.once((NOON + timedelta(minutes=5)).isoformat())
    assert standing(instance) == {GONE: ("active", True)}
    assert [r"\Seen" in flags for flags in dovecot.flags()] == [True]


def test_the_daemon_takes_them_by_lmtp(instance: Instance, portal: Portal, postfix: Postfix) -> None:
    port = free_port()
    instance.settings["mail.smtp"]["port"] = postfix.port
    instance.settings["mail.feedback"] = {"kind": "lmtp", "listen": f"127.0.0.1:{port}"}
    instance.feed("presse", portal.list_url)
    instance.subscribe(GONE)
    instance.once(NOW.isoformat())
    sent(instance, portal, postfix, 0)
    (returned,) = postfix.mails()
    daemon = instance.start()
    with postfix.routed("bounces@musterstadt.example", f"lmtp:inet:127.0.0.1:{port}"):
        with smtplib.SMTP(postfix.host, postfix.port) as connection:
            connection.sendmail("", [returned.recipient], returned.raw)
        wait_for(lambda: standing(instance) == {GONE: ("active", True)})
        wait_for(lambda: "status=sent (250 2.0.0 taken)" in postfix.log)
    assert instance.stop(daemon) == 0


def test_the_doctor_sees_a_test_mail_come_back(instance: Instance, postfix: Postfix) -> None:
    instance.settings["mail.smtp"]["port"] = postfix.port
    instance.settings["mail.feedback"] = {"kind": "maildir", "path": str(postfix.place / "mail/all")}
    instance.write()
    postfix.mails()
    with smtplib.SMTP(postfix.host, postfix.port) as connection:  # a Maildir is made with its first mail
        connection.sendmail("", ["bounces@musterstadt.example"], "Subject: x\r\n\r\nx\r\n")
    postfix.mails()
    lines = instance.run("doctor", "--test-mail").out.splitlines()
    (found,) = [line for line in lines if "test mail" in line]
    assert found.startswith("ok")
    assert "the server there does not say whether SPF, DKIM and DMARC are good" in found
    assert not any("SPF of" in line for line in lines), "no DNS is asked about a domain for examples"
