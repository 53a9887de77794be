"""Complaints: abuse reports (RFC 5965, 6591), and those of providers who send none but say so all the same."""

from __future__ import annotations

import re
from typing import Final

from newsletter.deliver.feedback.addresses import ADDRESS, address_in, once
from newsletter.deliver.feedback.mime import Headers, Mail, fields, open_mail
from newsletter.deliver.feedback.returned import Complaint, Kind, Returned

REPORT: Final = "message/feedback-report"
RECIPIENT_FIELDS: Final = ("removal-recipient", "original-rcpt-to")
OUTLOOK_SENDER: Final = re.compile(r"staff@hotmail\.com", re.IGNORECASE)  # Outlook.com's JMRP: the mail, and no report
OUTLOOK_SUBJECT: Final = re.compile(r"\s*complaint about message from ", re.IGNORECASE)
OUTLOOK_RECIPIENT: Final = "x-hmxmroriginalrecipient"


def read_complaint(mail: Mail) -> Returned | None:
    """The complaint in a mail, or None where it is none."""
    if mail.parts_of(REPORT) or mail.headers.parameter("report-type").lower() == "feedback-report":
        return _by_report(mail)
    if OUTLOOK_SENDER.search(mail.headers.get("from")) and OUTLOOK_SUBJECT.match(mail.headers.get("subject")):
        return Returned(Kind.COMPLAINT, _returned_to(mail), reason=Complaint.ABUSE)
    if mail.headers.raw("x-apple-unsubscribe").strip().lower() == "true":  # Apple Mail's button
        return Returned(Kind.COMPLAINT, once(ADDRESS.findall(mail.headers.raw("from"))), reason=Complaint.OPT_OUT)
    return None


def _by_report(mail: Mail) -> Returned:
    report = _fields(mail)
    named = (address_in(value) for name in RECIPIENT_FIELDS for value in report.fields.get(name, []))
    recipients = once(address for address in named if address) or _returned_to(mail)
    return Returned(Kind.COMPLAINT, recipients, reason=feedback_type(report.raw("feedback-type")))


def _fields(mail: Mail) -> Headers:
    """The report's fields: of its part, or, where MIME was lost on the way, of the block that has them."""
    texts = [part.text() for part in mail.parts_of(REPORT)] or [mail.own_text()]
    groups = (fields(block) for text in texts for block in text.split("\n\n"))
    return next((group for group in groups if "feedback-type" in group), Headers({}))


def feedback_type(value: str) -> Complaint:
    """The complaint that a report or provider names, `other` where the word is none of RFC 5965."""
    value = value.strip().lower()
    return Complaint(value) if value in set(Complaint) else Complaint.OTHER


def _returned_to(mail: Mail) -> tuple[str, ...]:
    """Whom the mail that is complained about went to, where it is enclosed."""
    for part in mail.parts:
        if part.enclosed:
            headers = open_mail(part.body).headers
            reporter = address_in(headers.raw(OUTLOOK_RECIPIENT))
            return (reporter,) if reporter else once(ADDRESS.findall(headers.raw("to"))[:1])
    return ()
