"""Each answer of a mail server, and what it means."""

from __future__ import annotations

import pytest

from newsletter.deliver.verdict import LONGEST_ANSWER, Fate, Reply, judge, redacted

CASES = [
    (".", 250, "2.0.0 queued", Fate.ACCEPTED),
    (".", 354, "go on", Fate.UNCERTAIN),
    (".", 421, "4.3.2 closing", Fate.DEFERRED),
    (".", 451, "4.7.1 greylisted", Fate.DEFERRED),
    (".", 550, "5.6.0 content", Fate.FAILED),
    (".", 552, "5.3.4 too big", Fate.FAILED),
    (".", 550, "5.7.1 spam", Fate.BARRED),
    (".", 550, "5.7.515 not authenticated", Fate.BARRED),
    ("RCPT", 450, "4.2.1 busy", Fate.DEFERRED),
    ("RCPT", 550, "5.1.1 no such user", Fate.UNKNOWN),
    ("RCPT", 550, "5.1.10 no such user", Fate.UNKNOWN),
    ("RCPT", 550, "no such user", Fate.FAILED),
    ("RCPT", 550, "5.1.2 bad domain", Fate.FAILED),
    ("RCPT", 550, "5.1.100 not one of ours", Fate.FAILED),
    ("RCPT", 552, "5.2.2 mailbox full", Fate.DEFERRED),
    ("RCPT", 554, "5.7.1 relay access denied", Fate.BARRED),
    ("RCPT", 530, "authentication required", Fate.BARRED),
    ("MAIL", 452, "4.3.1 no space", Fate.DEFERRED),
    ("MAIL", 550, "sender refused", Fate.BARRED),
    ("MAIL", 552, "5.3.4 too big", Fate.FAILED),
    ("DATA", 554, "5.5.1 no", Fate.FAILED),
]


@pytest.mark.parametrize(("command", "code", "text", "fate"), CASES)
def test_what_an_answer_means(command: str, code: int, text: str, fate: Fate) -> None:
    assert judge(command, Reply(code, text)).fate is fate


def test_answers_are_kept_without_addresses() -> None:
    text = "<leser@stadt.example>: user leser@stadt.example, or jürgen@müster.example, unknown\n\0in table"
    assert redacted(text) == "<address>: user <address>, or <address>, unknown in table"
    assert len(redacted("x" * 5_000)) == LONGEST_ANSWER
