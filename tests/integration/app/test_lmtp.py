"""Returned mail by LMTP, from a client of Python's own."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from newsletter.app.lmtp import LmtpListener
from newsletter.config import Feedback
from newsletter.errors import NewsletterError, StoreError
from tests.servers.process import free_port

MAIL = "From: mailer-daemon@leser.example\r\nSubject: Returned mail\r\n\r\nNo such user.\r\n"
TO = ["bounces+a@musterstadt.example", "bounces+b@musterstadt.example"]


class Taker:
    def __init__(self, fault: Callable[[], None] = lambda: None) -> None:
        self.taken: list[tuple[bytes, list[str]]] = []
        self._fault = fault

    def __call__(self, raw: bytes, recipients: Sequence[str]) -> None:
        self._fault()
        self.taken.append((raw, list(recipients)))


async def handed(feedback: Feedback, taker: Taker, mail: str = MAIL) -> list[tuple[int, bytes]]:
    """What the listener answers for each recipient."""

    def hand() -> list[tuple[int, bytes]]:
        host, _, port = (feedback.listen or "").rpartition(":")
        with smtplib.LMTP(str(feedback.path) if feedback.path else host, int(port or 0), "mx.example") as client:
            client.ehlo_or_helo_if_needed()
            client.mail("")
            for recipient in TO:
                assert client.rcpt(recipient)[0] == 250
            first = client.data(mail)
            return [first, *(client.getreply() for _ in TO[1:])]

    async with LmtpListener(feedback, taker).listening():
        return await asyncio.to_thread(hand)


@pytest.fixture(params=["path", "listen"])
def feedback(request: pytest.FixtureRequest, tmp_path: Path) -> Feedback:
    where = {"path": tmp_path / "lmtp"} if request.param == "path" else {"listen": f"127.0.0.1:{free_port()}"}
    return Feedback.model_validate({"kind": "lmtp", **where})


async def test_a_mail_is_taken_and_answered_for_each_recipient(feedback: Feedback) -> None:
    taker = Taker()
    answers = await handed(feedback, taker)
    assert [code for code, _ in answers] == [250, 250]
    assert taker.taken == [(MAIL.encode(), TO)]
    assert feedback.path is None or not feedback.path.exists()


async def test_what_the_database_cannot_take_comes_again(feedback: Feedback) -> None:
    def fault() -> None:
        raise StoreError("locked")

    assert [code for code, _ in await handed(feedback, Taker(fault))] == [451, 451]


async def test_one_that_cannot_be_read_does_not_come_again(feedback: Feedback) -> None:
    def fault() -> None:
        raise ValueError("poison")

    assert [code for code, _ in await handed(feedback, Taker(fault))] == [250, 250]


async def test_long_lines_and_other_bytes_are_taken(feedback: Feedback) -> None:
    taker = Taker()
    await handed(feedback, taker, MAIL + "x" * 5000 + "\r\n")
    assert len(taker.taken[0][0]) == len(MAIL) + 5002


async def test_where_it_cannot_listen_it_says_so(tmp_path: Path) -> None:
    feedback = Feedback.model_validate({"kind": "lmtp", "path": tmp_path / "nowhere/lmtp"})
    with pytest.raises(NewsletterError, match="nowhere/lmtp cannot be listened on: No such file"):
        async with LmtpListener(feedback, Taker()).listening():
            pass
