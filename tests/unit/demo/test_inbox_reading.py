"""A mail taken apart: good ones wholly, broken ones as far as they go."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.demo.inbox.preview import Preview
from newsletter.demo.inbox.reading import read, visible


def digest() -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "Müll & mehr: „Neues“ <b>"
    message["From"] = "Presse Musterstadt <presse@musterstadt.example>"
    message.set_content("Grüße\n")
    message.add_alternative("<p>Grüße</p>", subtype="html")
    message["Content-Language"] = "de"
    return message


def test_a_good_mail_is_read_wholly() -> None:
    reading = read(digest().as_bytes())
    assert reading.subject == "Müll & mehr: „Neues“ <b>"
    assert (reading.text, reading.html, reading.language) == ("Grüße\n", "<p>Grüße</p>\n", "de")
    assert (reading.others, reading.problem) == ((), "")
    assert [name for name, _ in reading.headers][:2] == ["Subject", "From"]


def test_attachments_are_named_and_are_not_the_text() -> None:
    message = EmailMessage()
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="Müll.pdf")
    message.add_attachment("not the text", filename="note.txt")
    reading = read(message.as_bytes())
    assert (reading.text, reading.html) == (None, None)
    assert reading.others == ("Müll.pdf application/pdf", "note.txt text/plain")


HEADERS = {
    b"Subject: =?utf-8?q?Stra=C3=9Fe?=": "Straße",
    b"Subject: =?utf-8?q?folded_?=\r\n =?utf-8?b?w7xiZXI=?=": "folded über",
    "Subject: Straße roh".encode(): "Straße roh",
    b"Subject: Stra\xdfe": "Stra\ufffde",
    b"Subject: =?utf-8?q?x=0D=0ABcc:_all@musterstadt.example?=": "x␊Bcc: all@musterstadt.example",
    b"Subject: =?klingon?q?x?=": "=?klingon?q?x?=",
    b"Subject: =?utf-8?b?abcde?=": "=?utf-8?b?abcde?=",
    b"Subject: a\0b\x1bc": "a␀b␛c",
    b"From: only": "",
    b"Subject:": "",
}


@pytest.mark.parametrize("line", HEADERS)
def test_subjects_of_any_kind(line: bytes) -> None:
    assert read(line + b"\r\n\r\nbody").subject == HEADERS[line]


LANGUAGES = {"de": "de", "de-AT, en": "de-AT", '"><script>': "", "": ""}


@pytest.mark.parametrize("named", LANGUAGES)
def test_only_a_language_becomes_a_lang(named: str) -> None:
    assert read(f"Content-Language: {named}\r\n\r\n".encode()).language == LANGUAGES[named]


BODIES = {
    b"Content-Type: text/plain; charset=klingon\r\n\r\nGr\xc3\xbc\xc3\x9fe": "Grüße",
    b"Content-Type: text/plain; charset=iso-8859-1\r\n\r\nGr\xfc\xdfe": "Grüße",
    b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nabcde": "abcde",
    b"Content-Type: text/plain\r\nContent-Transfer-Encoding: x-none\r\n\r\nraw": "raw",
    b"Content-Type: ;;;\r\n\r\nno type": "no type",
    b"no header at all": "no header at all",
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nnever closed": "never closed",
    b"Content-Type: multipart/mixed\r\n\r\nno boundary": None,
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x--\r\n": None,
    b"Content-Type: text/html\r\n\r\n<p>only": None,
    b"": "",
}


@pytest.mark.parametrize("raw", BODIES)
def test_bodies_of_any_kind(raw: bytes) -> None:
    assert read(raw).text == BODIES[raw]


def test_a_mail_nested_beyond_reading_says_so_and_keeps_its_headers() -> None:
    parts = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (depth, depth) for depth in range(1200)
    )
    reading = read(b"Subject: Matroschka\r\n" + parts)
    assert reading.subject == "Matroschka"
    assert "RecursionError" in reading.problem


TOKENS = [
    b"Content-Type: multipart/alternative; boundary=b\r\n", b"Content-Type: text/html; charset*=x'y'z\r\n",
    b"Content-Transfer-Encoding: uuencode\r\n", b"Content-Transfer-Encoding: base64\r\n", b"--b\r\n", b"--b--\r\n",
    b"Subject: =?utf-8?q?=?=", b"\r\n", b"\n", b"\r", b" ", b"\xff", b"begin 644 x\n",
    b"Content-Disposition: attachment;", b" filename*0*=utf-8''%ff;", b"Content-Type: message/rfc822\r\n\r\n",
    b"<p>", b"=", b":",
]  # fmt: skip


@given(st.lists(st.sampled_from(TOKENS) | st.binary(max_size=12), max_size=30).map(b"".join))
def test_nothing_makes_reading_fail(raw: bytes) -> None:
    reading = read(raw)
    assert "\n" not in reading.subject
    reading.subject.encode()
    visible(reading.text or "")


def test_previews_lead_to_one_another() -> None:
    preview = Preview({"width": "320 px", "colours": "purple"})
    assert [preview[name] for name in ("width", "pictures", "colours")] == ["320 px", "shown", "light"]
    assert preview.query == "width=320+px"
    assert dict(preview.choices())["colours"] == [("light", "width=320+px"), ("dark", "width=320+px&colours=dark")]
    assert dict(preview.choices())["width"][0] == ("full", "")
