"""What came back of a mail, in words: its kind, and why. The codes are those of `deliver.feedback`."""

from __future__ import annotations

from newsletter.deliver.feedback.consequence import Sign
from newsletter.deliver.feedback.returned import Complaint, Kind, Reason
from newsletter.web.admin.desk import Desk


def _(message: str) -> str:
    return message  # marks a message for the catalogues


SIGN_OF: dict[str, Sign] = {Kind.BOUNCE: Sign.BOUNCED, Kind.COMPLAINT: Sign.COMPLAINED}
SIGNS: dict[str, str] = {
    Sign.BOUNCED: _("came back"),
    Sign.REFUSED: _("mail or sender refused"),
    Sign.DELAYED: _("delayed, still being tried"),
    Sign.COMPLAINED: _("called unwanted"),
}
REASONS: dict[str, str] = {
    Reason.USER_UNKNOWN: _("no such mailbox"),
    Reason.HOST_UNKNOWN: _("no such domain, or one that takes no mail"),
    Reason.MOVED: _("the person is elsewhere now"),
    Reason.DISABLED: _("the mailbox is locked"),
    Reason.MAILBOX_FULL: _("the mailbox is full"),
    Reason.TOO_BIG: _("the mail is too large"),
    Reason.NOT_ALLOWED: _("the recipient takes no mail from us"),
    Reason.DELAYED: _("not delivered yet"),
    Reason.EXPIRED: _("given up after a time of trying"),
    Reason.NETWORK: _("connection or name service"),
    Reason.BUSY: _("too many mails at a time"),
    Reason.SYSTEM: _("the server’s own trouble"),
    Reason.PROTOCOL: _("the servers do not understand each other"),
    Reason.AUTHENTICATION: _("SPF, DKIM, DMARC or a sign-in"),
    Reason.BLOCKED: _("our server is on a block list"),
    Reason.SENDER: _("the sender’s address is refused"),
    Reason.RELAY: _("the server does not carry mail for this domain"),
    Reason.SPAM: _("taken for spam"),
    Reason.VIRUS: _("taken for a virus"),
    Reason.POLICY: _("against a rule of the recipient’s house"),
    Reason.CONTENT: _("the form of the mail"),
    Reason.UNEXPLAINED: _("no reason given"),
}
COMPLAINTS: dict[str, str] = {
    Complaint.ABUSE: _("called spam"),
    Complaint.AUTH_FAILURE: _("taken for a forgery"),
    Complaint.FRAUD: _("called fraud"),
    Complaint.NOT_SPAM: _("called no spam"),
    Complaint.OPT_OUT: _("wants no more of it"),
    Complaint.VIRUS: _("called a virus"),
    Complaint.OTHER: _("another complaint"),
}


def why(desk: Desk, kind: str, detail: str) -> tuple[str, str]:
    """Why it came back, in the page's language, and what the server said besides: a status, or words of its own."""
    reason, _colon, rest = detail.partition(": ")
    words = COMPLAINTS if kind == Sign.COMPLAINED else REASONS
    return (desk.say(words[reason]), rest) if reason in words else ("", detail)


def suppressed(desk: Desk, reason: str) -> str:
    """Why nothing is sent to an address: in the page's language what came back, as it is what somebody wrote."""
    kind, _colon, detail = reason.partition(": ")
    sign = SIGN_OF.get(kind)
    if sign is None:
        return desk.tell(reason)
    told = " ".join(filter(None, why(desk, sign, detail)))
    return f"{desk.say(SIGNS[sign])}: {told}" if told else desk.say(SIGNS[sign])
