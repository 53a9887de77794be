"""Answers as servers give them, and the reason that is read from each."""

from __future__ import annotations

import pytest

from newsletter.deliver.feedback.diagnosis import judge
from newsletter.deliver.feedback.returned import Reason

GONE = {
    Reason.USER_UNKNOWN: (
        "550 5.1.1 The email account that you tried to reach does not exist",
        "550 5.5.0 Requested action not taken: mailbox unavailable",
        "550 Requested action not taken: mailbox unavailable",
        "550 Invalid recipient <leserin@ort.example> (#5.1.1)",
        "550 #5.1.0 Address rejected.",
        "550 5.7.1 <leserin@ort.example>: Recipient address rejected: User unknown",
        "554 5.7.1 Recipient address rejected: user leserin@ort.example does not exist",
        "550 No Such User Here",
        "511 5.1.1 unknown address or alias",
        "550 Addressee unknown",
        "550 Mailbox not found",
        '550 unknown local-part "leserin" in domain "ort.example"',
        "550 5.1.1 Email address could not be found, or was misspelled (G8)",
        "550 account has been closed",
        "550 no such local user",
        "550 5.1.1 <leserin@ort.example>: inactive email address",
        "550 spamfilter.mx.ort.example said: User unknown",
        "Empfänger unbekannt",
        "Die E-Mail-Adresse existiert nicht",
        "Der Benutzer wurde nicht gefunden",
        "El usuario no existe",
        "L'indirizzo non esiste",
        "De gebruiker bestaat niet",
        "5.1.3 malformed address",
    ),
    Reason.HOST_UNKNOWN: (
        "550 5.1.2 bad destination system",
        "Host or domain name not found. Name service error for name=ort.example type=MX: Host not found",
        "550 5.4.310 DNS domain ort.example does not exist",
        "556 5.1.10 Recipient address has null MX",
        "550 Host unknown",
        "Unknown domain ort.example",
        "DNS lookup failure: host ort.example not found",
        "all relevant MX records point to non-existent hosts",
    ),
    Reason.MOVED: (
        "551 User not local; please try <leserin@anderswo.example>",
        "550 5.1.6 has moved",
        "550 user has moved",
    ),
}
KEPT = {
    Reason.MAILBOX_FULL: (
        "552 5.2.2 mailbox full",
        "550 5.1.1 <leserin@ort.example>: user is over quota",
        "552 Requested mail action aborted: exceeded storage allocation",
        "550 Benutzer hat zuviele Mails auf dem Server.",
        "550 Das Postfach ist voll",
        "The recipient's mailbox is full",
        "User disk quota exceeded",
        "552",
    ),
    Reason.DISABLED: (
        "550 5.2.1 mailbox disabled",
        "554 5.2.1 The recipient mailbox is inactive",
        "550 account suspended",
        "Das Konto ist gesperrt",
    ),
    Reason.TOO_BIG: ("552 5.3.4 too big", "550 message size exceeds limit", "552 Message too large"),
    Reason.SPAM: ("550 High probability of spam", "550 5.1.1 This is spam", "554 rejected: unsolicited mail"),
    Reason.BLOCKED: (
        (
            "550 5.7.1 Unfortunately, messages from [192.0.2.9] weren't sent. Part of their network is on "
            "our block list (S3140)"
        ),
        "550 5.1.1 mailbox unavailable. Your IP address 192.0.2.9 is blacklisted",
        "554 5.7.1 Client host rejected: cannot find your reverse hostname",
        "553 http://www.spamhaus.org/query/bl?ip=192.0.2.9",
    ),
    Reason.AUTHENTICATION: (
        "550 5.7.26 rejected",
        "550 SPF check failed",
        "550 5.1.1 rejected by DMARC policy of the domain",
    ),
    Reason.POLICY: (
        "554 5.7.1 rejected for policy reasons",
        "550 permanent failure (blocked)",
        "554 Message not allowed",
    ),
    Reason.SENDER: (
        "550 5.1.8 Sender address rejected: Domain not found",
        "550 Sender verify failed",
        "550 sender domain does not exist",
    ),
    Reason.RELAY: (
        "554 5.7.1 Relay access denied",
        "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
    ),
    Reason.EXPIRED: (
        "554 5.4.7 expired",
        "retry timeout exceeded",
        "message expired",
        "Cannot send message for 5 days",
    ),
    Reason.NETWORK: (
        "mail for ort.example loops back to myself",
        "connect to ort.example: Connection refused",
        "Host not found, try again",
        "554 5.4.6 Too many hops",
    ),
    Reason.BUSY: ("421 too many connections", "550 5.1.1 rate limit exceeded", "450 greylisted"),
    Reason.VIRUS: ("550 5.1.1 virus found",),
    Reason.NOT_ALLOWED: ("550 You are not a member of this list", "550 Delivery not authorized, message refused"),
    Reason.SYSTEM: ("554 5.3.0 internal system error", "451 local error in processing"),
    Reason.CONTENT: ("550 5.6.0 headers too long", "554 message is not RFC 5322 compliant"),
    Reason.PROTOCOL: ("503 Improper sequence of commands",),
    Reason.UNEXPLAINED: ("550", "554 no", ""),
}


@pytest.mark.parametrize(
    ("reason", "answer"), [(reason, answer) for reason, answers in GONE.items() for answer in answers]
)
def test_an_address_is_gone(reason: Reason, answer: str) -> None:
    verdict = judge([answer])
    assert (verdict.reason, verdict.gone) == (reason, True)


@pytest.mark.parametrize(
    ("reason", "answer"), [(reason, answer) for reason, answers in KEPT.items() for answer in answers]
)
def test_an_address_is_kept(reason: Reason, answer: str) -> None:
    verdict = judge([answer])
    assert (verdict.reason, verdict.gone) == (reason, None if reason is Reason.UNEXPLAINED else False)


@pytest.mark.parametrize("answer", ["450 4.1.1 user unknown", "450 mailbox unavailable", "4.4.4 no such domain"])
def test_what_may_change_is_never_for_good(answer: str) -> None:
    assert judge([answer]).gone is False


def test_the_words_of_the_server_come_before_those_around_it() -> None:
    verdict = judge(["552 5.2.2 full", "Perhaps there is no such user."], "5.0.0")
    assert (verdict.reason, verdict.status) == (Reason.MAILBOX_FULL, "5.2.2")


def test_the_field_speaks_where_the_answer_says_nothing() -> None:
    assert judge([""], "5.1.1").gone is True
    assert judge([""], "5.1.1", delayed=True).gone is False
    assert judge([""], delayed=True).reason is Reason.DELAYED


def test_numbers_that_are_no_codes_are_not_read() -> None:
    assert judge(["host 10.5.1.1 runs Exim 4.92.3 and took 550ms"]).status is None


def test_an_answer_without_end_is_cut() -> None:
    assert judge(["user " * 1_000_000]).gone is None
