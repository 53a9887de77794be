"""Bytes from anywhere: never an exception, never more work than is bounded."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.deliver.feedback.mime import DEEPEST, MOST_PARTS, open_mail
from newsletter.deliver.feedback.read import read_returned
from newsletter.deliver.feedback.returned import Kind
from tests.unit.deliver.feedback.samples import BOUNCES, group, mail, parts, report

FRAGMENTS = st.sampled_from(
    [
        b"From: MAILER-DAEMON@mx.example\n",
        b"From: <>\n",
        b"Return-Path: <>\n",
        b"Subject: failure notice\n",
        b"Subject: =?utf-8?b?4?=\n",
        b"Subject: =?nonsense?q?=FF?=\n",
        b"Content-Type: multipart/report; boundary=b\n",
        b"Content-Type: message/delivery-status\n",
        b"Content-Type: message/rfc822\n",
        b"Content-Type: message/feedback-report\n",
        b"Content-Type: text/html; charset=punycode\n",
        b"Content-Type: text/plain; charset=iso-2022-jp\n",
        b"Content-Transfer-Encoding: base64\n",
        b"Content-Transfer-Encoding: quoted-printable\n",
        b"X-Failed-Recipients: a@b, ,@\n",
        b"\n",
        b"\n\n",
        b"--b\n",
        b"--b--\n",
        b"\r\n",
        b"\0",
        b"\x1b$B",
        b"Final-Recipient: utf-8; \\x{D800}@\\x{110000}\n",
        b"Final-Recipient: rfc822;a@b.example\n",
        b"Action: failed\n",
        b"Status: 5.1.1\n",
        b"Diagnostic-Code: ;\n",
        b"<a@b.example>: 550 5.1.1 unknown\n",
        b">>> RCPT To:<a@b.example>\n",
        b"could not be delivered\n",
        b"From: no-reply@sns.amazonaws.com\n",
        b'{"Message":"{}"}',
        b'{"bounce":[]',
        b'{"notificationType":"Bounce","bounce":{"bouncedRecipients":[1,{}]}}',
        b'{"notificationType":"Complaint","complaint":[]}',
        b"Feedback-Type: \xff\n",
        b" folded\n",
        b"=",
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read(raw: bytes) -> None:
    assert read_returned(raw).kind in Kind


@settings(max_examples=400, deadline=None)
@given(st.lists(FRAGMENTS | st.binary(max_size=12), max_size=40))
def test_any_mixture_of_what_bounces_are_made_of_is_read(pieces: list[bytes]) -> None:
    found = read_returned(b"".join(pieces))
    assert found.kind in Kind
    assert all("@" in address for address in found.recipients)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([raw for _, raw, *_ in BOUNCES]),
    st.integers(0, 2_000),
    st.integers(0, 2_000),
    st.binary(max_size=8),
)
def test_damaged_bounces_are_read(raw: bytes, start: int, end: int, junk: bytes) -> None:
    assert read_returned(raw[:start] + junk + raw[end:]).kind in Kind


@pytest.mark.parametrize("level", [100, 5_000])
def test_mails_in_mails_are_not_followed_down(level: int) -> None:
    assert read_returned(b"Content-Type: message/rfc822\n\n" * level + b"x").kind is Kind.OTHER
    nested = b"".join(b"Content-Type: multipart/report; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(level))
    assert len(open_mail(nested).parts) == 1
    bounce = BOUNCES[0][1].decode().replace("=_b", "=_inner")
    handed_on = parts(
        ("text/plain", "delivery errors"), ("message/rfc822", "Content-Type: message/rfc822\n\n" * level + bounce)
    )
    assert read_returned(handed_on).recipients == ()


def test_parts_and_levels_are_bounded() -> None:
    assert len(open_mail(parts(*[("text/plain", "x")] * 1_000)).parts) <= MOST_PARTS
    assert DEEPEST < 10


def test_ten_megabytes_are_read_from_their_beginning() -> None:
    raw = report(group("5.1.1", "550 5.1.1 User unknown")) + b"x" * 10_000_000
    assert read_returned(raw).permanent is True


HUGE = 100_000
LINES = {
    "letters": "a" * HUGE,
    "addresses": "a@b.example " * (HUGE // 12),
    "almost addresses": "a@" * (HUGE // 2),
    "dots": "a." * (HUGE // 2),
    "brackets": "<" * HUGE,
    "tags": "<p " * (HUGE // 3),
    "spaces": " " * HUGE,
    "lines": "\n" * HUGE,
    "dashes": "-" * HUGE,
    "quotes": ">" * HUGE,
    "codes": "550 5.1.1 " * (HUGE // 10),
    "words": "user mailbox recipient not " * (HUGE // 27),
    "labels": "recipient: to for user " * (HUGE // 23),
    "markers": "--- Original message\n" * (HUGE // 21),
    "colons": "a:" * (HUGE // 2),
    "links": "https://a.b.c.d/" * (HUGE // 16),
}


@pytest.mark.timeout(5)
@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("place", ["words", "html", "diagnostic", "header", "list"])
def test_no_text_is_so_long_or_odd_that_reading_it_takes_long(name: str, place: str) -> None:
    line = LINES[name]
    raw = {
        "words": mail(f"could not be delivered to <leserin@ort.example>: {line}"),
        "html": mail(f"could not be delivered {line}", headers="Content-Type: text/html\n"),
        "diagnostic": report(group("5.0.0", line)),
        "header": mail(
            "could not be delivered", subject=line.replace("\n", " "), headers=f"X-Failed-Recipients: {line}\n"
        ),
        "list": mail(f"here is your list of failed recipients\n{line}\n"),
    }[place]
    assert read_returned(raw).kind in Kind


def test_what_is_encoded_is_read() -> None:
    text = "Ihre Nachricht konnte nicht zugestellt werden:\n<leserin@ort.example>: Empfänger unbekannt\n"
    coded = {
        "base64": base64.b64encode(text.encode("latin-1")),
        "quoted-printable": text.encode("latin-1").replace(b"\xe4", b"=E4"),
        "8bit": text.encode("latin-1"),
    }
    for encoding, body in coded.items():
        for charset in ("iso-8859-1", "utf-8", "no-such-charset"):
            head = f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {encoding}\n"
            assert read_returned(mail("", headers=head) + body).permanent is True, (encoding, charset)


def test_html_alone_is_read() -> None:
    page = (
        "<p>Your message could not be delivered</p><table><tr><td>&lt;leserin@ort.example&gt;:<br>User unknown</table>"
    )
    found = read_returned(mail(page, headers="Content-Type: text/html\n"))
    assert (found.recipients, found.permanent) == (("leserin@ort.example",), True)


def test_an_mbox_separator_and_windows_lines_are_passed_over() -> None:
    raw = b"From MAILER-DAEMON Mon Mar  2 07:00:00 2026\n" + BOUNCES[0][1]
    assert read_returned(raw) == read_returned(BOUNCES[0][1]) == read_returned(raw.replace(b"\n", b"\r\n"))


def test_a_library_that_stumbles_over_a_mail_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    found = read_returned(b"Subject: failure notice\n\nno address here")
    assert (found.kind, found.recipients) == (Kind.BOUNCE, ())
    assert caplog.records == []
