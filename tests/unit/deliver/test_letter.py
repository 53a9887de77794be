"""A message taken apart is what a mail program reads of it."""

from __future__ import annotations

import email
import email.policy

from hypothesis import given

from newsletter.deliver.letter import letter_of, mark_of
from newsletter.deliver.message import Envelope, Message, compile_variant
from newsletter.deliver.writer import Writer
from newsletter.model import Blank, Format, Variant
from tests.integration.deliver.world import KEYS
from tests.unit.deliver.test_domains import claim
from tests.unit.deliver.test_message import NAUGHTY, as_lines

WRITER = Writer(KEYS, "https://news.musterstadt.example")
LINK = Blank("unsubscribe_url")


def message(subject: str, html: str | None, text: str, title: str = "Presse") -> Message:
    own = None if html is None else (html, '<a href="', LINK, '">Abmelden</a>\n')
    made = Variant("v", "e", "de", Format.STANDARD, (), subject, own, (text, "Abmelden: ", LINK, "\n"))
    envelope = Envelope("Presse <p@m.example>", "Redaktion <r@m.example>", (title, "presse.m.example"))
    return WRITER.write(claim(7), compile_variant(made, envelope))


@given(subject=NAUGHTY, html=NAUGHTY, text=NAUGHTY, title=NAUGHTY)
def test_each_part_is_what_a_mail_program_reads(subject: str, html: str, text: str, title: str) -> None:
    written = message(subject, html or "<p>", text, title)
    read = email.message_from_bytes(b"".join(written.data), policy=email.policy.default)
    letter = letter_of(written)
    assert letter.subject == read["Subject"]
    assert letter.mark == mark_of(written) == str(read["Message-ID"]).strip("<>").partition("@")[0]
    assert letter.text.startswith(as_lines(text))
    assert letter.text.endswith(f"Abmelden: {read['List-Unsubscribe'].strip('<>')}\n")
    assert letter.html is not None
    assert letter.html.startswith(as_lines(html or "<p>"))
    assert (letter.sender.name, letter.sender.address) == ("Presse", "p@m.example")
    assert letter.reply_to is not None
    assert letter.reply_to.address == "r@m.example"
    assert letter.headers["List-Id"] == "<presse.m.example>"
    assert all(value.isascii() and "\n" not in value and "\r" not in value for value in letter.headers.values())


def test_a_text_mail_has_no_html() -> None:
    letter = letter_of(message("Größe", None, "Grüße\n.\n"))
    assert letter.html is None
    assert letter.text.startswith("Grüße\n.\nAbmelden: https://")
