"""The servers that other tests rely on do what is said of them."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from email.message import EmailMessage

import psycopg
import pytest
from playwright.sync_api import Page

from tests.servers.chromium import Chromium
from tests.servers.postfix import Postfix
from tests.servers.postgres import Postgres

GOOD = "<!doctype html><html lang=de><title>Muster</title><main><h1>Müll & mehr</h1><img src=data:, alt=Rathaus></main>"


def mail(to: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "presse@musterstadt.example", to, "Übung"
    message.set_content("Grüße\n")
    return message


def test_every_test_gets_an_empty_database(postgres: Postgres, postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE TABLE word (text text)")
        connection.execute("INSERT INTO word VALUES ('Übung')")
    copy = postgres.create(template=postgres_url.rpartition("/")[2])
    with psycopg.connect(copy) as connection:
        assert connection.execute("SELECT upper(text) FROM word").fetchone() == ("ÜBUNG",)
    other = postgres.create()
    with psycopg.connect(other) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
    postgres.drop(copy)
    postgres.drop(other)


def test_postfix_delivers(postfix: Postfix) -> None:
    with smtplib.SMTP(postfix.host, postfix.port) as connection:
        connection.send_message(mail("leser@stadt.example"), from_addr="bounces+abc@musterstadt.example")
    (received,) = postfix.mails("leser@stadt.example")
    assert received.recipient == "leser@stadt.example"
    assert received.sender == "bounces+abc@musterstadt.example"
    assert received.message["Subject"] == "Übung"
    assert received.message.get_content() == "Grüße\n"
    assert postfix.mails("niemand@stadt.example") == []


def test_postfix_speaks_tls(postfix: Postfix) -> None:
    trusted = ssl.create_default_context(cafile=postfix.ca_file)
    with smtplib.SMTP(postfix.host, postfix.port) as connection:
        connection.starttls(context=trusted)
        connection.send_message(mail("eins@stadt.example"))
    with smtplib.SMTP_SSL(postfix.host, postfix.tls_port, context=trusted) as connection:
        connection.send_message(mail("zwei@stadt.example"))
    assert [received.recipient for received in postfix.mails()] == ["eins@stadt.example", "zwei@stadt.example"]


@pytest.mark.parametrize(("to", "code"), [("unknown+7@stadt.example", 550), ("busy@stadt.example", 451)])
def test_postfix_refuses(postfix: Postfix, to: str, code: int) -> None:
    refusal = pytest.raises(smtplib.SMTPRecipientsRefused)
    with smtplib.SMTP(postfix.host, postfix.port) as connection, refusal as refused:
        connection.send_message(mail(to))
    assert refused.value.recipients[to][0] == code
    assert postfix.mails() == []


def test_postfix_returns_what_would_leave(postfix: Postfix) -> None:
    with smtplib.SMTP(postfix.host, postfix.port) as connection:
        connection.send_message(mail("jemand@elsewhere.invalid"), from_addr="bounces+abc@musterstadt.example")
    (returned,) = postfix.mails()
    assert returned.recipient == "bounces+abc@musterstadt.example"
    assert returned.sender == ""
    assert returned.message.get_content_type() == "multipart/report"


def test_axe_sees_violations(chromium: Chromium) -> None:
    assert chromium.violations(GOOD) == []
    bad = GOOD.replace("alt=Rathaus", "").replace("lang=de", "")
    assert {line.split(":")[0] for line in chromium.violations(bad)} == {"html-has-lang", "image-alt"}
    assert [line.split(":")[0] for line in chromium.violations(bad, exempt=["html-has-lang"])] == ["image-alt"]


async def test_chromium_serves_async_tests_and_asks_nobody_outside(chromium: Chromium) -> None:
    def look(page: Page) -> tuple[str, list[str | None]]:
        failed: list[str | None] = []
        page.on("requestfailed", lambda request: failed.append(request.failure))
        page.set_content(GOOD.replace("data:,", "http://musterstadt.example/bild.png"))
        return page.inner_text("h1"), failed

    heading, failed = await asyncio.to_thread(chromium.run, look)
    assert heading == "Müll & mehr"
    assert failed == ["net::ERR_NAME_NOT_RESOLVED"]
