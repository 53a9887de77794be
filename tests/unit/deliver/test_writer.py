"""One person's message: links, Message-ID and envelope sender."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from newsletter.deliver.message import Envelope, compile_variant
from newsletter.deliver.writer import LINKS, Writer
from newsletter.errors import BadInput, SettingsError
from newsletter.model import PERSON_BLANKS, Blank, Claim, Format, Variant
from newsletter.tokens import LASTS, Keys, Purpose

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
KEYS = Keys((b"k" * 32,))
BASE = "https://news.musterstadt.example/presse/"
TEXT = ("Ändern: ", Blank("preferences_url"), "\nAbmelden: ", Blank("unsubscribe_url"), "\n")
VARIANT = Variant("v", "e", "de", Format.TEXT, (), "Neues", None, TEXT)
COMPILED = compile_variant(
    VARIANT, Envelope("presse@musterstadt.example", None, ("Presse", "presse.musterstadt.example"))
)
CLAIM = Claim(7, 1, "e", None, "v", 3, 5, "leser@stadt.example", NOW, 0, NOW)


def test_every_link_carries_the_subscriptions_token() -> None:
    message = Writer(KEYS, BASE).write(CLAIM, COMPILED)
    data = b"".join(message.data).replace(b"=\r\n", b"").decode()
    for purpose in (Purpose.UNSUBSCRIBE, Purpose.PREFERENCES):
        assert f"https://news.musterstadt.example/presse/{purpose}/{KEYS.token(purpose, 5)}" in data
    assert message.size == len(b"".join(message.data))
    assert message.recipient == "leser@stadt.example"


def test_the_links_of_notices_name_their_reader_and_their_question() -> None:
    writer, notice = Writer(KEYS, BASE), replace(CLAIM, edition=None, notice=9)
    data = KEYS.token(Purpose.DATA, 3, expires=NOW + LASTS[Purpose.DATA])  # dated as the mail: a repeat is the same
    assert writer.link("data_url", notice) == f"{BASE}data/{data}"
    assert writer.link("address_url", notice) == f"{BASE}address/{KEYS.token(Purpose.ADDRESS, 9)}"


def test_every_blank_of_a_person_has_its_link() -> None:
    assert set(LINKS) == PERSON_BLANKS


def test_a_repeat_is_the_same_to_the_byte() -> None:
    writer = Writer(KEYS, BASE)
    again = replace(CLAIM, token=2, attempts=3)
    assert writer.write(CLAIM, COMPILED).data == writer.write(again, COMPILED).data


@pytest.mark.parametrize(
    ("return_path", "sender"),
    [
        (None, "presse@musterstadt.example"),
        ("bounces@musterstadt.example", "bounces@musterstadt.example"),
        ("bounces+{token}@m.example", f"bounces+{KEYS.token(Purpose.BOUNCE, 7)}@m.example"),
    ],
)
def test_the_envelope_sender(return_path: str | None, sender: str) -> None:
    assert Writer(KEYS, BASE, return_path).write(CLAIM, COMPILED).sender == sender


@pytest.mark.parametrize(
    ("base_url", "return_path"),
    [
        ('https://x.example/"', None),
        ("https://müster.example", None),
        ("https://x.example/?a=b&c", None),
        (BASE, "a-local-part-that-is-too-long+{token}@m.example"),
        (BASE, "<>"),
        (BASE, "bounces@m.example\r\nRCPT TO:<x@y.example>"),
    ],
)
def test_settings_that_cannot_be_mailed_are_refused_at_once(base_url: str, return_path: str | None) -> None:
    with pytest.raises(SettingsError):
        Writer(KEYS, base_url, return_path)


@pytest.mark.parametrize("email", ["", "x", "x@", "a b@c.example", "a@b\r\n.example", "<a@b.example>", "a,b@c.example"])
def test_an_address_that_is_none_is_refused(email: str) -> None:
    with pytest.raises(BadInput):
        Writer(KEYS, BASE).write(replace(CLAIM, email=email), COMPILED)


@pytest.mark.parametrize(
    ("return_path", "expected"),
    [
        ("bounces+{token}@m.example", "mailto:bounces+{token}@m.example?subject=unsubscribe"),
        ("bounces@m.example", "mailto:bounces@m.example?subject=unsubscribe%20{token}"),
        ("b&q=1+{token}@m.example", "mailto:b%26q%3D1+{token}@m.example?subject=unsubscribe"),
    ],
)
def test_a_mail_unsubscribes_where_the_return_path_is_read(return_path: str, expected: str) -> None:
    mailto = f"<{expected.replace('{token}', KEYS.token(Purpose.UNSUBSCRIBE, CLAIM.subscription))}>"
    compiled = replace(COMPILED, leavable=True)
    for read in (True, False):
        message = Writer(KEYS, BASE, return_path, leave_by_mail=read).write(CLAIM, compiled)
        field = b"".join(message.data).decode().partition("List-Unsubscribe: ")[2].partition("\r\n")[0]
        assert field.split(", ")[1:] == ([mailto] if read else [])
        assert field.startswith(f"<{BASE}unsubscribe/")
