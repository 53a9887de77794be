"""The inbox over SMTP: what it accepts lies on the disk, as it came."""

from __future__ import annotations

import asyncio
import os
import smtplib
import socket
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from newsletter.demo.inbox import Inbox
from newsletter.demo.inbox.server import LARGEST

SENDER = "bounces+abc@musterstadt.example"


@pytest.fixture
async def inbox(tmp_path: Path) -> AsyncIterator[tuple[Inbox, int]]:
    inbox = Inbox(tmp_path / "inbox")
    port = await inbox.start()
    yield inbox, port
    await inbox.stop()


def send(port: int, mails: list[tuple[str, bytes]]) -> None:
    with smtplib.SMTP("127.0.0.1", port) as connection:
        for recipient, content in mails:
            assert connection.sendmail(SENDER, recipient, content) == {}


async def test_200_mails_over_several_connections(inbox: tuple[Inbox, int]) -> None:
    server, port = inbox
    body = b"Subject: Digest %d\r\n\r\n" + b"A line of a digest, about as long as they come.\r\n" * 1000
    mails = [(f"leser{number}@musterstadt.example", body % number) for number in range(200)]
    await asyncio.gather(*(asyncio.to_thread(send, port, mails[start::8]) for start in range(8)))
    kept = server.mails()
    assert [mail.number for mail in kept] == list(range(1, 201))
    assert {(mail.recipient, mail.raw) for mail in kept} == set(mails)


ODD = {
    "empty": b"",
    "no header": b"\r\nonly a body\r\n",
    "dots": b"Subject: dots\r\n\r\n.\r\n..\r\n.leading\r\nend.\r\n",
    "bare line ends": b"Subject: bare\r\n\r\none\ntwo\rthree\r\n",
    "8 bit": b"Subject: Stra\xdfe \xff\r\n\r\n\x00\x80\xff\r\n",
    "a line of a megabyte": b"Subject: long\r\n\r\n" + b"x" * 2**20 + b"\r\n",
    "huge header": b"".join(b"X-Header-%d: %s\r\n" % (number, b"y" * 900) for number in range(2000)) + b"\r\n",
    "broken MIME": b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n",
}


@pytest.mark.parametrize("kind", ODD)
async def test_odd_mails_are_kept_as_they_came(inbox: tuple[Inbox, int], kind: str) -> None:
    server, port = inbox

    def hand_over() -> tuple[int, bytes]:
        with smtplib.SMTP("127.0.0.1", port) as connection:
            connection.ehlo()
            connection.mail(SENDER, ["BODY=8BITMIME"])
            connection.rcpt("leser@musterstadt.example")
            connection.putcmd("data")
            assert connection.getreply()[0] == 354
            stuffed = ODD[kind].replace(b"\r\n.", b"\r\n..")  # smtplib itself would mend bare line ends
            connection.send(stuffed + b".\r\n")
            return connection.getreply()

    assert (await asyncio.to_thread(hand_over))[0] == 250
    assert [mail.raw for mail in server.mails()] == [ODD[kind]]


async def test_a_mail_to_several_is_kept_for_each(inbox: tuple[Inbox, int]) -> None:
    server, port = inbox
    to = ["eins@musterstadt.example", "zwei@musterstadt.example"]

    def hand_over() -> None:
        with smtplib.SMTP("127.0.0.1", port) as connection:
            connection.sendmail("<>", to, b"Subject: x\r\n\r\n")

    await asyncio.to_thread(hand_over)
    assert [mail.recipient for mail in server.mails()] == to


async def test_it_offers_what_it_can_do(inbox: tuple[Inbox, int]) -> None:
    _, port = inbox

    def greet() -> dict[str, str]:
        with smtplib.SMTP("127.0.0.1", port) as connection:
            connection.ehlo()
            return dict(connection.esmtp_features)

    assert await asyncio.to_thread(greet) == {
        "pipelining": "",
        "size": str(LARGEST),
        "8bitmime": "",
        "smtputf8": "",
        "help": "",
    }


async def test_pipelined_commands_are_answered_in_order(inbox: tuple[Inbox, int]) -> None:
    server, port = inbox
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    envelope = b"MAIL FROM:<%s>\r\nRCPT TO:<leser%d@musterstadt.example>\r\nDATA\r\n"
    sender = SENDER.encode()
    writer.write(b"EHLO client.example\r\n" + envelope % (sender, 0))
    for number in range(1, 30):  # the dot together with the next envelope
        writer.write(b"Subject: %d\r\n\r\n.\r\n" % number + envelope % (sender, number))
    writer.write(b"Subject: last\r\n\r\n.\r\nQUIT\r\n")
    answers = (await reader.read()).decode().splitlines()
    writer.close()
    codes = Counter(answer[:3] for answer in answers if answer[3] == " ")
    assert codes == {"220": 1, "250": 1 + 30 * 3, "354": 30, "221": 1}
    assert [mail.recipient.partition("@")[0] for mail in server.mails()] == [f"leser{number}" for number in range(30)]


async def test_no_250_before_the_mail_is_on_the_disk(inbox: tuple[Inbox, int], monkeypatch: pytest.MonkeyPatch) -> None:
    server, port = inbox

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        with pytest.raises(smtplib.SMTPDataError) as refused:
            await asyncio.to_thread(send, port, [("leser@musterstadt.example", b"Subject: x\r\n\r\n")])
        assert refused.value.smtp_code == 452
        assert server.mails() == []
    await asyncio.to_thread(send, port, [("leser@musterstadt.example", b"Subject: x\r\n\r\n")])
    assert len(server.mails()) == 1


async def test_it_listens_on_loopback_only(inbox: tuple[Inbox, int]) -> None:
    _, port = inbox
    with socket.socket() as probe:
        probe.bind(("127.0.0.2", port))  # free: the inbox has not taken every address


async def test_it_stops_with_connections_open_and_goes_on_later(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path)
    port = await inbox.start()
    await asyncio.to_thread(send, port, [("eins@musterstadt.example", b"Subject: 1\r\n\r\n")])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await reader.readline()
    await inbox.stop()
    assert await reader.read() == b""
    writer.close()
    await inbox.stop()

    again = Inbox(tmp_path)
    assert await again.start(port) == port
    await asyncio.to_thread(send, port, [("zwei@musterstadt.example", b"Subject: 2\r\n\r\n")])
    await again.stop()
    assert [(mail.number, mail.recipient[:4]) for mail in again.mails()] == [(1, "eins"), (2, "zwei")]
