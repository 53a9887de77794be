"""What comes back and is no bounce, and above all what only looks like one."""

from __future__ import annotations

import pytest

from newsletter.deliver.feedback.read import read_returned
from newsletter.deliver.feedback.returned import Complaint, Kind, Returned
from tests.unit.deliver.feedback.samples import BOUNCES, RETURNED, group, mail, parts, report

BOUNCE = {name: raw for name, raw, *_ in BOUNCES}
PERSON = "Frau Leserin <leserin@ort.example>"


def quoted(raw: bytes) -> str:
    return "".join(f"> {line}\n" for line in raw.decode().splitlines())


OTHERS = {
    "a letter": mail("Guten Tag, wann ist das Rathaus offen?", sender=PERSON, subject="Frage"),
    "a reply that quotes a bounce": mail(
        f"Was heißt das?\n\n{quoted(BOUNCE['qmail'])}", sender=PERSON, subject="Re: failure notice"
    ),
    "a letter that quotes a bounce": mail(
        f"Was heißt das?\n\n{quoted(BOUNCE['exim'])}", sender=PERSON, subject="Undelivered mail?"
    ),
    "a bounce forwarded in the text": mail(
        f"Siehe unten.\n\n-------- Weitergeleitete Nachricht --------\n{BOUNCE['qmail'].decode()}",
        sender=PERSON,
        subject="WG: failure notice",
    ),
    "a bounce pasted without a mark": mail(BOUNCE["postfix-text"].decode(), sender=PERSON, subject="what is this?"),
    "a bounce forwarded as attachment": parts(
        ("text/plain", "Our mail could not be delivered, see leserin@ort.example below."),
        ("message/rfc822", BOUNCE["postfix"].decode().replace("=_b", "=_inner")),
        media="multipart/mixed",
        sender=PERSON,
        subject="Mail delivery failed",
    ),
    "a report attached by a person": parts(
        ("text/plain", "see attached"),
        ("message/delivery-status", "Reporting-MTA: dns; mx.example\n\n" + group("5.1.1", "550 unknown")),
        media="multipart/mixed",
        sender=PERSON,
        subject="Log",
    ),
    "a postmaster who asks about a report": mail(
        "What is this?\n\nReporting-MTA: dns; mx.example\n\n" + group("5.1.1", "550 unknown"),
        sender="Postmaster <postmaster@ort.example>",
        subject="Re: Undelivered Mail Returned to Sender",
    ),
    "an article about bounces": mail(
        "Our article: why mail could not be delivered, and what 550 5.1.1 User unknown means.\n",
        sender=PERSON,
        subject="Delivery failure explained",
    ),
    "a report of success": report(
        group("2.1.5", "250 2.1.5 Ok", action="delivered"), subject="Successful Mail Delivery Report"
    ),
    "a report that it was passed on": report(group("2.0.0", "250 ok", action="relayed")),
    "a moderation notice": mail(
        "Your mail to 'liste' with the subject\n\n    Neues\n\nIs being held until the list moderator "
        "can review it for approval.\n",
        sender="liste-bounces@ort.example",
        subject="Your message to liste awaits moderator approval",
    ),
    "a TLS report": parts(
        ("text/plain", "Report"),
        ("application/tlsrpt+gzip", "x"),
        media="multipart/report; report-type=tlsrpt",
        sender="tls@mx.example",
        subject="Report Domain: a",
    ),
    "a DMARC report": mail(
        "",
        sender="noreply-dmarc-support@mx.example",
        subject="Report domain: musterstadt.example",
        headers="Content-Type: application/zip\n",
    ),
    "a delivery of Amazon": mail(
        '{"notificationType":"Delivery","mail":{}}',
        sender="no-reply@sns.amazonaws.com",
        subject="AWS Notification Message",
    ),
    "nothing": b"",
    "no mail at all": b"\x00\xff" * 100,
}

ANSWERS = {
    "out of office": mail(
        "Ich bin bis Montag nicht da.", sender=PERSON, subject="Abwesenheitsnotiz: Neues", headers="Return-Path: <>\n"
    ),
    "automatic reply": mail(
        "I am away; mail to leserin@ort.example is not delivered to anyone.",
        sender=PERSON,
        subject="Automatic reply: Neues",
        headers="Return-Path: <>\n",
    ),
    "RFC 3834": mail(
        "We have got your mail.",
        sender=PERSON,
        subject="Re: Neues",
        headers="Auto-Submitted: auto-replied (vacation)\n",
    ),
    "gone away": mail(
        "This address is no longer valid, the user has left. Your mail was not delivered.",
        sender=PERSON,
        subject="Neues",
        headers="X-Autoreply: yes\nReturn-Path: <>\n",
    ),
    "read receipt": parts(
        ("text/plain", "This is a receipt for the mail you sent."),
        (
            "message/disposition-notification",
            "Final-Recipient: rfc822; leserin@ort.example\nDisposition: manual-action/MDN-sent-manually; displayed",
        ),
        media="multipart/report; report-type=disposition-notification",
        sender=PERSON,
        subject="Gelesen: Neues",
    ),
}

FEEDBACK = "Feedback-Type: {}\nUser-Agent: Some/1\nVersion: 1\n"
COMPLAINTS = {
    "abuse": (
        parts(
            ("text/plain", "This is an abuse report. The mail could not be delivered to the inbox."),
            ("message/feedback-report", FEEDBACK.format("abuse") + "Original-Rcpt-To: <leserin@ort.example>\n"),
            ("message/rfc822", RETURNED),
            media="multipart/report; report-type=feedback-report",
        ),
        Complaint.ABUSE,
    ),
    "opt-out": (
        parts(
            ("message/feedback-report", FEEDBACK.format("opt-out") + "Removal-Recipient: leserin@ort.example\n"),
            media="multipart/report; report-type=feedback-report",
        ),
        Complaint.OPT_OUT,
    ),
    "named only by the mail": (
        parts(
            ("message/feedback-report", FEEDBACK.format("abuse")), ("message/rfc822", RETURNED), media="multipart/mixed"
        ),
        Complaint.ABUSE,
    ),
    "a type that nobody knows": (
        parts(
            ("message/feedback-report", FEEDBACK.format("annoyed")),
            ("text/rfc822-headers", RETURNED),
            media="multipart/report; report-type=feedback-report",
        ),
        Complaint.OTHER,
    ),
    "a report that lost its parts": (
        mail(
            "An abuse report.\n\n" + FEEDBACK.format("abuse") + "Original-Rcpt-To: leserin@ort.example\n\n" + RETURNED,
            headers="Content-Type: multipart/report; report-type=feedback-report; boundary=gone\n",
        ),
        Complaint.ABUSE,
    ),
    "Outlook.com": (
        parts(
            ("message/rfc822", f"X-HmXmrOriginalRecipient: leserin@ort.example\n{RETURNED}"),
            media="multipart/mixed",
            sender="staff@hotmail.com",
            subject="complaint about message from 192.0.2.1",
        ),
        Complaint.ABUSE,
    ),
    "Amazon": (
        mail(
            '{"Type":"Notification","Message":"{\\"notificationType\\":\\"Complaint\\",\\"complaint\\":{\\"complaintFeedbackType\\":\\"abuse\\",'
            '\\"complainedRecipients\\":[{\\"emailAddress\\":\\"leserin@ort.example\\"}]}}"}',
            sender="no-reply@sns.amazonaws.com",
        ),
        Complaint.ABUSE,
    ),
    "Apple Mail's button": (
        mail(
            "Apple Mail sent this.",
            sender="leserin@ort.example",
            subject="unsubscribe",
            headers="X-Apple-Unsubscribe: true\nAuto-Submitted: auto-replied\n",
        ),
        Complaint.OPT_OUT,
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_bounce_is_not_taken_for_one(name: str) -> None:
    assert read_returned(OTHERS[name]) == Returned(Kind.OTHER)


@pytest.mark.parametrize("name", ANSWERS)
def test_a_machine_that_answers_for_a_person_is_no_bounce(name: str) -> None:
    assert read_returned(ANSWERS[name]) == Returned(Kind.AUTO_REPLY, ("leserin@ort.example",))


@pytest.mark.parametrize("name", COMPLAINTS)
def test_complaints(name: str) -> None:
    raw, about = COMPLAINTS[name]
    assert read_returned(raw) == Returned(Kind.COMPLAINT, ("leserin@ort.example",), reason=about)


def test_a_bounce_of_amazon() -> None:
    text = (
        '{"eventType":"Bounce","bounce":{"bouncedRecipients":[{"emailAddress":"leserin@ort.example","status":"5.1.1",'
        '"diagnosticCode":"smtp; 550 5.1.1 user!\n unknown"}]}}'
    )
    found = read_returned(mail(text, sender="no-reply@sns.amazonaws.com", subject="AWS Notification Message"))
    assert (found.kind, found.recipients, found.permanent, found.status) == (
        Kind.BOUNCE,
        ("leserin@ort.example",),
        True,
        "5.1.1",
    )
