"""Whose delivery a returned mail is about: our own token, or the Message-ID that comes back; nothing else proves it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from newsletter.deliver.feedback.mime import open_mail
from newsletter.deliver.feedback.origin import Origin, Origins
from newsletter.tokens import Keys, Purpose

KEYS, OTHERS = Keys((b"k" * 32,)), Keys((b"x" * 32,))
NOW = datetime(2026, 11, 22, tzinfo=UTC)
PATH = "bounces+{token}@musterstadt.example"
IDENTIFIER = KEYS.message_id(7, NOW, "musterstadt.example")
RETURNED = f"""\
From: Mailer <MAILER-DAEMON@mx.anderswo.example>
To: {{to}}
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.anderswo.example

Final-Recipient: rfc822; weg@anderswo.example
Action: failed
Status: 5.1.1

--b
Content-Type: message/rfc822

To: Weg@anderswo.example
Message-ID: {IDENTIFIER}
Subject: x

Text that speaks of <aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@musterstadt.example>
--b--
"""


def path(purpose: Purpose, subject: int, keys: Keys = KEYS) -> str:
    return PATH.replace("{token}", keys.token(purpose, subject))


def origin(raw: str, *recipients: str, return_path: str | None = PATH) -> Origin:
    return Origins(KEYS, return_path).of(raw.encode(), open_mail(raw.encode()), recipients, NOW)


LOOKED_UP = Origin(message_ids=(IDENTIFIER,), addresses=("Weg@anderswo.example",))
OURS = path(Purpose.BOUNCE, 7)


@pytest.mark.parametrize("field", ["To", "Delivered-To", "X-Original-To", "Envelope-To"])
def test_the_token_is_in_the_address_that_it_came_to(field: str) -> None:
    raw = f"{field}: {OURS}\n" + RETURNED.replace("{to}", "x@y.example")
    assert origin(raw) == replace(LOOKED_UP, delivery=7)


def test_the_envelope_that_the_mail_server_tells_of_counts_too() -> None:
    assert origin(RETURNED, OURS.upper()).delivery == 7


def test_a_token_that_a_server_quotes_and_folds_is_found() -> None:
    folded = f"{OURS[:30]}=\n{OURS[30:]}"
    assert origin(RETURNED.replace("Sorry.", f"MAIL FROM:<{folded}> was refused")).delivery == 7


@pytest.mark.parametrize(
    "address",
    [
        path(Purpose.BOUNCE, 7, OTHERS),  # another's key
        path(Purpose.UNSUBSCRIBE, 7),  # another purpose
        OURS.replace("bounces", "briefe"),
        OURS[:20] + OURS[22:],
        PATH.replace("{token}", "a" * 40),
        "",
    ],
)
def test_nothing_else_names_a_delivery(address: str) -> None:
    assert origin(RETURNED.replace("{to}", address), address).delivery is None


def test_forged_tokens_before_it_do_not_hide_the_good_one() -> None:
    forged = "\n".join(path(Purpose.BOUNCE, number, OTHERS) for number in range(20))
    assert origin(RETURNED.replace("Sorry.", forged) + OURS).delivery == 7


def test_without_a_token_the_returned_message_id_is_looked_up() -> None:
    plain = "bounces@musterstadt.example"
    assert origin(RETURNED.replace("{to}", plain), plain, return_path=plain) == LOOKED_UP


@pytest.mark.parametrize("return_path", [PATH, None])
def test_who_writes_to_the_unsubscribing_address_leaves(return_path: str | None) -> None:
    token = KEYS.token(Purpose.UNSUBSCRIBE, 5)
    to, subject = (path(Purpose.UNSUBSCRIBE, 5), "x") if return_path else ("b@m.example", f"unsubscribe {token}")
    raw = f"From: leserin@leser.example\nTo: {to}\nSubject: {subject}\n\n"
    assert origin(raw, return_path=return_path).leaving == 5


def test_a_quoted_unsubscribing_address_is_no_wish() -> None:
    address = path(Purpose.UNSUBSCRIBE, 5)
    raw = f"To: presse@musterstadt.example\nSubject: Frage\n\n> List-Unsubscribe: <mailto:{address}>\n"
    assert origin(raw).leaving is None
