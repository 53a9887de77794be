"""Mail servers that take everything and keep nothing: Debian's smtp-sink, and a leaner one of our own.

The lean one exists to show the sender's own limit: it looks for the end of the message and answers in one write.
"""

from __future__ import annotations

import os
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

END = b"\r\n.\r\n"
BUFFER = 1 << 20


class Talk:
    """One connection: its commands until DATA, then its message until the dot."""

    __slots__ = ("data", "rest")

    def __init__(self) -> None:
        self.data = False
        self.rest = b""  # of a command, or the last bytes of a message

    def answer(self, read: bytes) -> bytes:
        answers = []
        read = self.rest + read
        while read:
            if self.data:
                end = read.find(END)
                if end < 0:
                    self.rest = read[-4:]
                    break
                self.data, read = False, read[end + 5 :]
                answers.append(b"250 2.0.0 Ok\r\n")
                continue
            line, found, after = read.partition(b"\r\n")
            if not found:
                self.rest = read
                break
            read = after
            self.data = line[:4].upper() == b"DATA"
            answers.append(_reply(line[:4].upper()))
        else:
            self.rest = b""
        return b"".join(answers)


def _reply(verb: bytes) -> bytes:
    if verb == b"EHLO":
        return b"250-lean\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
    if verb == b"DATA":
        return b"354 go\r\n"
    return b"221 bye\r\n" if verb == b"QUIT" else b"250 2.1.0 Ok\r\n"


def serve(listener: socket.socket) -> None:
    """Take mail until the process ends."""
    chooser = selectors.DefaultSelector()
    chooser.register(listener, selectors.EVENT_READ)
    while True:
        for key, _ in chooser.select():
            if key.data is None:
                other, _ = listener.accept()
                other.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                chooser.register(other, selectors.EVENT_READ, Talk())
                other.send(b"220 lean ESMTP\r\n")
            elif not _served(key.fileobj, key.data):  # type: ignore[arg-type]
                chooser.unregister(key.fileobj)
                key.fileobj.close()  # type: ignore[union-attr]


def _served(connection: socket.socket, talk: Talk) -> bool:
    try:
        read = connection.recv(BUFFER)
        answer = talk.answer(read) if read else b""
        if answer:
            connection.send(answer)
    except OSError:
        return False
    return bool(read)


@contextmanager
def lean_sink() -> Iterator[int]:
    """The port of a lean sink in a process of its own."""
    with _process([sys.executable, __file__], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield int(process.stdout.readline())


@contextmanager
def smtp_sink() -> Iterator[int]:
    """The port of Debian's smtp-sink."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    with _process(["/usr/sbin/smtp-sink", *user, f"127.0.0.1:{port}", "1000"]):
        until = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.02)
        yield port


@contextmanager
def _process(command: list[str], **how: object) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(command, **how)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0), backlog=200) as own:
        print(own.getsockname()[1], flush=True)
        serve(own)
