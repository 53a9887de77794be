"""A mailbox over IMAP, as a real Dovecot has it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from newsletter.app.imap import ImapMailbox
from newsletter.config import Feedback
from newsletter.errors import NewsletterError, StoreError
from tests.servers.dovecot import PASSWORD, USER, Dovecot

MAIL = b"From: mailer-daemon@leser.example\r\nSubject: Returned mail: %d\r\n\r\nNo such user.\r\n"


def settings(server: Dovecot, **change: Any) -> Feedback:
    own = {"kind": "imap", "host": "127.0.0.1", "port": server.tls_port, "ca_file": server.ca_file}
    return Feedback.model_validate(own | {"username": USER, "password": PASSWORD} | change)


def subject(raw: bytes) -> str:
    return raw.partition(b"Returned mail: ")[2].partition(b"\r\n")[0].decode()


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_what_is_unread_is_taken_once(dovecot: Dovecot, security: str) -> None:
    for number in range(3):
        dovecot.put(MAIL % number)
    port = dovecot.tls_port if security == "tls" else dovecot.port
    taken: list[bytes] = []

    def take(raw: bytes) -> str:
        taken.append(raw)
        return "noted"

    box = ImapMailbox(settings(dovecot, security=security, port=port), take)
    assert box.waiting() == 3
    assert box.look() == Counter(noted=3)
    assert [subject(raw) for raw in taken] == ["0", "1", "2"]
    assert taken[0] == MAIL % 0
    assert all("\\Seen" in flags for flags in dovecot.flags())
    dovecot.put(MAIL % 3)
    assert box.look() == Counter(noted=1)
    assert box.waiting() == 0


def test_one_that_cannot_be_read_is_flagged_and_stops_nobody(dovecot: Dovecot) -> None:
    for number in range(3):
        dovecot.put(MAIL % number)

    def take(raw: bytes) -> str:
        if subject(raw) == "1":
            raise ValueError("poison")
        return "noted"

    assert ImapMailbox(settings(dovecot), take).look() == Counter(noted=2, failed=1)
    assert ["\\Flagged" in flags for flags in dovecot.flags()] == [False, True, False]
    assert all("\\Seen" in flags for flags in dovecot.flags())


def test_what_the_database_cannot_take_stays_unread(dovecot: Dovecot) -> None:
    for number in range(3):
        dovecot.put(MAIL % number)

    def take(raw: bytes) -> str:
        if subject(raw) == "1":
            raise StoreError("locked")
        return "noted"

    box = ImapMailbox(settings(dovecot), take)
    with pytest.raises(StoreError):
        box.look()
    assert box.waiting() == 2
    assert ImapMailbox(settings(dovecot), lambda raw: "noted").look() == Counter(noted=2)


def test_a_folder_may_have_any_name(dovecot: Dovecot) -> None:
    with dovecot.client() as client:
        client.create('"R&APw-ckl&AOQ-ufer &- mehr"')
        client.append('"R&APw-ckl&AOQ-ufer &- mehr"', "", "", MAIL % 1)
    box = ImapMailbox(settings(dovecot, folder="Rückläufer & mehr"), lambda raw: "noted")
    assert box.look() == Counter(noted=1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"password": "falsch"}, "AUTHENTICATIONFAILED"),
        ({"password": "Schlüssel"}, "AUTHENTICATIONFAILED"),
        ({"folder": "Nirgends"}, "cannot be opened"),
        ({"port": 1}, "cannot be used: Connection refused"),
        ({"ca_file": None}, "cannot be used"),
    ],
)
def test_a_mailbox_that_cannot_be_read_says_why(dovecot: Dovecot, change: dict[str, Any], said: str) -> None:
    with pytest.raises(NewsletterError, match=r"mail\.feedback: 127\.0\.0\.1, folder") as refused:
        ImapMailbox(settings(dovecot, **change), str).look()
    assert said in str(refused.value)
    assert PASSWORD not in str(refused.value)
