"""A returned mail's bytes become a `Returned`: complaints first, then reports, notices in words, and answers.

It does not ask whether the mail is genuine, nor whose delivery it is about: that takes the token in the address that
it came to.
"""

from __future__ import annotations

from newsletter.deliver.feedback import amazon, notice, report, sender
from newsletter.deliver.feedback.addresses import ADDRESS, once
from newsletter.deliver.feedback.complaint import feedback_type, read_complaint
from newsletter.deliver.feedback.diagnosis import Verdict, judge
from newsletter.deliver.feedback.mime import Mail, open_mail
from newsletter.deliver.feedback.returned import Kind, Reason, Returned
from newsletter.deliver.feedback.telling import is_notice


def read_returned(raw: bytes) -> Returned:
    """What a mail that came back says. Its bytes may be anything; the work is bounded and nothing is raised."""
    mail = open_mail(raw)
    return (
        read_complaint(mail)
        or _read_notification(mail)
        or _read_bounce(mail)
        or (_answer(mail) if sender.is_answer(mail) and not sender.is_server(mail) else None)
        or Returned(Kind.OTHER)
    )


def _read_bounce(mail: Mail, *, inner: bool = False) -> Returned | None:
    words = notice.read_notice(mail)
    found = report.recipients_of(mail)
    if found and _is_report(mail):
        failed = [one for one in found if not one.arrived]
        return _reported(mail, failed, words) if failed else Returned(Kind.OTHER)
    if not is_notice(mail, words):
        return None
    addresses = notice.recipients_of(mail, words)
    handed_on = None if addresses or inner else _enclosed_bounce(mail)
    return handed_on or _told(addresses or notice.recipient_of_returned(words), words)


def _told(addresses: tuple[str, ...], words: notice.Notice) -> Returned:
    return _bounce(addresses, [judge(words.answers(one)) for one in addresses or ("",)])


def _is_report(mail: Mail) -> bool:
    """Whether the fields of a report are the server's own: a person may send them on, or paste them."""
    own = bool(mail.parts_of(*report.STATUS_TYPES)) and "report" in mail.headers.type
    server = sender.is_server(mail) and not sender.is_handed_on(mail)
    return own or server or (sender.has_no_sender(mail) and not sender.is_answer(mail))


def _reported(mail: Mail, failed: list[report.Recipient], words: notice.Notice) -> Returned:
    named = once(one.address for one in failed if one.address)
    addresses = named or notice.recipients_of(mail, words) or notice.recipient_of_returned(words)
    verdicts = [judge((one.answer, *words.answers(one.address)), one.status, delayed=one.delayed) for one in failed]
    return _bounce(addresses, verdicts)


def _bounce(addresses: tuple[str, ...], verdicts: list[Verdict]) -> Returned:
    """One bounce of what is said of each address: gone only where all are; else the reason is that of one not gone."""
    gone = [verdict.gone for verdict in verdicts]
    permanent = True if all(gone) else (False if False in gone else None)
    chosen = next((v for v in verdicts if v.gone is permanent), verdicts[0])
    return Returned(Kind.BOUNCE, addresses, permanent, chosen.status, chosen.reason)


def _enclosed_bounce(mail: Mail) -> Returned | None:
    """The bounce that a server hands on instead of telling of its own."""
    enclosed = next((part for part in mail.parts if part.enclosed), None)
    return _read_bounce(open_mail(enclosed.body), inner=True) if enclosed else None


def _read_notification(mail: Mail) -> Returned | None:
    notification = amazon.read_notification(mail)
    match amazon.kind_of(notification):
        case "Bounce":
            failed = amazon.bounced(notification)
            addresses = once(one.address for one in failed if one.address)
            verdicts = [judge((one.answer,), one.status) for one in failed]
            return _bounce(addresses, verdicts or [Verdict(Reason.UNEXPLAINED, None, temporary=False)])
        case "Complaint":
            people, about = amazon.complained(notification)
            return Returned(Kind.COMPLAINT, once(people), reason=feedback_type(about))
    return None


def _answer(mail: Mail) -> Returned:
    return Returned(Kind.AUTO_REPLY, once(ADDRESS.findall(mail.headers.raw("from"))))
