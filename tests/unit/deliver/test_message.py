"""A variant becomes bytes that any parser reads back as they were meant, whatever stands in it."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.deliver.headers import one_line
from newsletter.deliver.message import Envelope, compile_variant
from newsletter.deliver.splice import LONGEST_LINK, Person
from newsletter.errors import BadInput, RenderError
from newsletter.model import Blank, Format, Variant

DATED = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
ENVELOPE = Envelope(
    sender="Presse Musterstadt <presse@musterstadt.example>",
    reply_to="presse@musterstadt.example",
    list_id=("Pressemitteilungen", "presse.musterstadt.example"),
)
LEAVE = "https://news.musterstadt.example/unsubscribe/" + "a" * 40
PERSON = Person("leser@stadt.example", "<abc@musterstadt.example>", DATED, {"unsubscribe_url": LEAVE})
NAMES = ["To", "Message-ID", "List-Unsubscribe", "Date", "From", "Reply-To", "Subject", "Content-Language"]
NAMES += ["List-Id", "List-Unsubscribe-Post", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"]
HOSTILE = "=?utf-8?q?x=0D=0ABcc:_opfer@stadt.example?="
NAUGHTY = st.one_of(
    st.text(max_size=200),
    st.lists(
        st.sampled_from(
            [HOSTILE, "\r\nBcc: x@y.example", "\r", "\n", "\0", "\u2028", "\x85", "ä", " ", '"', "\\", "<", ">"]
        )
        | st.text(max_size=5),
        max_size=30,
    ).map("".join),
)


def variant(subject: str = "Neues", html: str | None = "<p>Grüße</p>\n", text: str = "Grüße\n") -> Variant:
    return Variant(
        key="de-standard-1",
        edition="presse-daily-20261122T0600Z",
        language="de",
        format=Format.STANDARD if html else Format.TEXT,
        selection=("r1",),
        subject=subject,
        html=(html, '<a href="', Blank("unsubscribe_url"), '">Abmelden</a>\n') if html else None,
        text=(text, "Abmelden: ", Blank("unsubscribe_url"), "\n"),
    )


def parsed(made: Variant, envelope: Envelope = ENVELOPE, person: Person = PERSON) -> EmailMessage:
    data = b"".join(compile_variant(made, envelope).message(person))
    lines = data.split(b"\r\n")
    assert data.endswith(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line for line in lines), "a bare CR or LF"
    assert max(map(len, lines)) <= 998
    assert not any(line.startswith(b".") for line in lines), "needs dot-stuffing"
    _, _, body = data.partition(b"\r\n\r\n")
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert all(byte < 128 for byte in data)
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert message.keys() == [name for name in NAMES if name in message]
    assert not message.defects
    return message


def content(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


@given(subject=NAUGHTY, html=NAUGHTY, text=NAUGHTY)
@example(HOSTILE, "<p>.\n..\n. \n</p>", ".\n" * 80)
@example("x" * 10_000, "y" * 10_000, "z " * 5_000)
@example("ä" * 3_000, "." * 300, "=\r\n.")
@example("", "", "")
@example("", "x" * 75 + " \n", "x" * 74 + "\t\nx")
@example("", "ä" * 12 + "xxx \r\n" * 2, "x" * 73 + " \n")
def test_what_was_meant_is_what_is_read(subject: str, html: str, text: str) -> None:
    message = parsed(variant(subject, html or "<p>\n", text))
    assert message["Subject"] == one_line(subject)
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert content(message, "html") == f'{as_lines(html or "<p>" + chr(10))}<a href="{LEAVE}">Abmelden</a>\n'
    assert content(message, "plain") == f"{as_lines(text)}Abmelden: {LEAVE}\n"


def as_lines(text: str) -> str:
    """As a mail carries it: every line end is one, what is no text is a question mark."""
    return re.sub("\r\n?", "\n", text.encode("utf-8", "replace").decode())


@given(name=NAUGHTY, title=NAUGHTY)
@example(HOSTILE, HOSTILE)
@example('Stadt "Muster", Presse', "a" * 300)
def test_names_are_read_as_they_were_given(name: str, title: str) -> None:
    quoted = one_line(name).translate({ord(char): f"\\{char}" for char in '"\\'})
    sender = f'"{quoted}" <presse@musterstadt.example>'
    expected = email.utils.parseaddr(sender)
    envelope = replace(ENVELOPE, sender=sender, list_id=(title, "presse.musterstadt.example"))
    message = parsed(variant(), envelope)
    assert message["From"].addresses[0].addr_spec == expected[1]
    # policy.default leaves a space between the encoded-words of a name, where RFC 2047, 6.2 has none.
    old = email.message_from_bytes(b"".join(compile_variant(variant(), envelope).message(PERSON)))
    for field, shown in (("From", one_line(expected[0])), ("List-Id", one_line(title))):
        phrase = re.sub(r"\s*<[^<]*>\Z", "", old[field].replace("\r\n", ""))
        plain = phrase[1:-1].replace('\\"', '"').replace("\\\\", "\\") if phrase.startswith('"') else phrase
        assert str(make_header(decode_header(plain))) == shown or phrase == expected[1]


def test_the_unsubscribe_link_is_verbatim_at_every_length() -> None:
    compiled = compile_variant(variant(), ENVELOPE)
    for length in range(60, LONGEST_LINK + 1):
        link = "https://news.musterstadt.example/unsubscribe/".ljust(length, "a")
        person = replace(PERSON, urls={"unsubscribe_url": link})
        assert f"\r\nList-Unsubscribe: <{link}>\r\n".encode() in b"".join(compiled.message(person))
        message = parsed(variant(), person=person)
        assert message["List-Unsubscribe"] == f"<{link}>"
        assert f"Abmelden: {link}\n" in content(message, "plain")
        assert f'href="{link}"' in content(message, "html")


def test_headers_are_those_of_a_digest() -> None:
    message = parsed(variant("Presse vom 22. November: Größere Bäder"))
    assert message.keys() == NAMES[:-1]
    assert message["To"] == "leser@stadt.example"
    assert message["From"] == "Presse Musterstadt <presse@musterstadt.example>"
    assert message["Reply-To"] == "presse@musterstadt.example"
    assert message["Date"].datetime == DATED
    assert message["Message-ID"] == "<abc@musterstadt.example>"
    assert message["List-Id"] == "Pressemitteilungen <presse.musterstadt.example>"
    assert message["Content-Language"] == "de"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Subject"] == "Presse vom 22. November: Größere Bäder"


def test_a_notice_cannot_be_left_and_says_that_a_machine_sent_it() -> None:
    made = replace(variant(), html=None, text=("Bestätigen: ", Blank("confirm_url"), "\n"))
    confirm = "https://news.musterstadt.example/confirm/x"
    data = b"".join(
        compile_variant(made, Envelope("presse@musterstadt.example")).message(
            replace(PERSON, urls={"confirm_url": confirm})
        )
    )
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert message["Auto-Submitted"] == "auto-generated"
    assert not {"List-Unsubscribe", "List-Unsubscribe-Post", "List-Id"} & set(message.keys())
    assert message.get_content_type() == "text/plain"
    assert message.get_content().replace("\r\n", "\n") == f"Bestätigen: {confirm}\n"


def test_format_text_has_no_html() -> None:
    message = parsed(variant(html=None))
    assert message.get_content_type() == "text/plain"
    assert message.get_content().replace("\r\n", "\n") == f"Grüße\nAbmelden: {LEAVE}\n"


def test_the_same_variant_is_the_same_bytes() -> None:
    assert compile_variant(variant(), ENVELOPE) == compile_variant(variant(), ENVELOPE)


@pytest.mark.parametrize(
    "link",
    [
        "https://x.example/\r\nBcc: y",
        'https://x.example/"',
        "https://x.example/<",
        "javascript:1",
        "https://x/" + "a" * 900,
    ],
)
def test_a_link_that_could_break_out_is_refused(link: str) -> None:
    with pytest.raises(RenderError, match="not safe"):
        compile_variant(variant(), ENVELOPE).message(replace(PERSON, urls={"unsubscribe_url": link}))


def test_an_open_blank_of_the_variant_is_refused() -> None:
    with pytest.raises(RenderError, match="counts"):
        compile_variant(replace(variant(), text=(Blank("counts"),)), ENVELOPE)


@pytest.mark.parametrize(
    "sender", ["", "Presse", "Prässe <prässe@musterstadt.example>", "a@b@c", "=?utf-8?q?x?=@y.example"]
)
def test_a_sender_that_no_server_takes_is_refused(sender: str) -> None:
    with pytest.raises(BadInput):
        compile_variant(variant(), replace(ENVELOPE, sender=sender))


def test_a_senders_domain_is_written_in_ascii() -> None:
    compiled = compile_variant(variant(), replace(ENVELOPE, sender="Presse <presse@müsterstadt.example>"))
    assert compiled.domain == "xn--msterstadt-9db.example"
    assert b"<presse@xn--msterstadt-9db.example>" in compiled.head
