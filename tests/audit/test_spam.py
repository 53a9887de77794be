"""Debian's SpamAssassin, with the tests that need no network, takes none of the demo's mails for spam, by far."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.acceptance.demo import Demo
from tests.servers.process import needed, which

MOST = 1.0  # points; a mail server lets mail through below 5


def score(mail: bytes) -> tuple[float, str]:
    """A mail's points, and the tests that gave them."""
    command: list[str | Path] = [needed(which("spamassassin")), "--local", "--test-mode"]
    done = subprocess.run(command, input=mail, capture_output=True, check=True, timeout=300)
    status = re.search(
        rb"^X-Spam-Status: .*?\bscore=(\S+) .*?tests=(.*?)\s+autolearn", done.stdout, re.MULTILINE | re.DOTALL
    )
    assert status
    return float(status[1]), b"".join(status[2].split()).decode()


def test_spam_is_told_from_mail() -> None:
    points, tests = score(
        b"Subject: XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\n\n"
        b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\n"
    )
    assert points > 100, tests


@pytest.mark.timeout(1800)
@pytest.mark.xdist_group("demo")
def test_every_mail_of_the_demo(demo: Demo) -> None:
    found = {mail.recipient: score(mail.raw) for mail in demo.mails}
    assert len(found) > 10
    assert {recipient: tests for recipient, (points, tests) in found.items() if points >= MOST} == {}
