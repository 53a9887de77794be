"""One connection to a mail server: commands go out, replies come in, everything from the server is bounded."""

from __future__ import annotations

import asyncio
import math
import re
import ssl
from collections import deque
from collections.abc import Awaitable, Iterable
from functools import lru_cache
from typing import cast

from newsletter.deliver.verdict import Reply
from newsletter.errors import TransportError

LONGEST_LINE = 4096  # bytes; RFC 5321 says 512, and some servers are wordier
MOST_LINES = 128  # of one reply
MOST_REPLIES = 16  # unasked for, or not yet asked for
REPLY_LINE = re.compile(rb"([2-5][0-9]{2})([ -]|\Z)(.*)\Z", re.DOTALL)


class Wire(asyncio.Protocol):
    """The server's half as replies in order. asyncio has set TCP_NODELAY, so each `send` leaves at once."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._lines: list[tuple[bytes, bytes]] = []
        self._replies: deque[Reply] = deque()
        self._error: TransportError | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._writable = asyncio.Event()
        self._alarm: asyncio.TimerHandle | None = None
        self._until, self._patience = math.inf, 0.0  # of who waits: until when (the loop's time), and for how long

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # streams are all it is made for
        self._transport.set_write_buffer_limits(high=1, low=0)  # at high=0 TLS would pause for good
        self._writable.set()

    def data_received(self, data: bytes) -> None:
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            self._take(line.removesuffix(b"\r"))
        if len(self._buffer) > LONGEST_LINE:
            self.abort("its answer has no end")

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(f"the connection was lost{f' ({type(exc).__name__})' if exc else ''}")

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    @property
    def alive(self) -> bool:
        """Whether nothing has gone wrong yet; an unasked-for 421 is told by the next `reply`."""
        return self._error is None

    @property
    def own_address(self) -> str:
        """Our end of the connection, as a bare IP address."""
        return str(self._transport.get_extra_info("sockname")[0]) if self._transport else "127.0.0.1"

    @property
    def silent(self) -> bool:
        """Whether the server has said nothing beyond what was read."""
        return not (self._buffer or self._lines or self._replies)

    def send(self, *parts: bytes) -> None:
        """Hand bytes to the kernel, in one write where it takes them. Raises TransportError when there is none."""
        if self._error or self._transport is None:
            raise self._error or TransportError("the connection is not open")
        self._transport.write(b"".join(parts))

    async def sent(self, seconds: float) -> None:
        """Wait until the kernel has it all. Raises TransportError when the connection breaks, or after `seconds`."""
        if not self._writable.is_set():
            await self._within(seconds, self._writable.wait())
        if self._error:
            raise self._error

    async def reply(self, seconds: float) -> Reply:
        """The next reply. Raises TransportError when the connection breaks or none comes within `seconds`."""
        if not self._replies:
            if self._error:
                raise self._error
            self._waiter = asyncio.get_running_loop().create_future()
            await self._within(seconds, self._waiter)
        return self._replies.popleft()

    async def encrypt(self, context: ssl.SSLContext, host: str, seconds: float) -> None:
        """Go on under TLS, the certificate proven for `host`. Raises TransportError when that fails."""
        if not self.silent:
            # What came with the 220 was sent before TLS, by whoever: CVE-2011-0411.
            self.abort("it sent something between STARTTLS and TLS")
        if self._error or self._transport is None:
            raise self._error or TransportError("the connection is not open")
        loop = asyncio.get_running_loop()
        try:
            transport = await loop.start_tls(
                self._transport, self, context, server_hostname=host, ssl_handshake_timeout=seconds
            )
        except (OSError, ConnectionError) as error:
            self.abort("TLS failed")
            raise TransportError("TLS failed: %(why)s", why=tls_problem(error)) from error
        if transport is None:
            raise TransportError("the connection was lost during STARTTLS")
        self.connection_made(transport)

    def abort(self, reason: str) -> None:
        """Drop the connection at once; whoever waits for it gets TransportError with the reason."""
        if self._transport is not None:
            self._transport.abort()
        self._fail(reason)

    def close(self) -> None:
        """Close after what was sent."""
        if self._transport is not None:
            self._transport.close()

    def _take(self, line: bytes) -> None:
        if self._error:
            return
        reply = (None if self._lines else in_one_line(line)) or self._in_several(line)
        if reply is None:
            return
        if len(self._replies) >= MOST_REPLIES:
            self.abort("its answer is no SMTP reply")
            return
        self._replies.append(reply)
        self._wake()

    def _in_several(self, line: bytes) -> Reply | None:
        """The reply that ends with this line; None where more of it is to come, or it is none and we are gone."""
        found = REPLY_LINE.match(line)
        if not found or len(line) > LONGEST_LINE or len(self._lines) >= MOST_LINES:
            self.abort("its answer is no SMTP reply")
            return None
        code, more, text = found.groups()
        self._lines.append((code, text))
        if more == b"-":
            return None
        lines, self._lines = self._lines, []
        if len({code for code, _ in lines}) > 1:
            self.abort("its answer is no SMTP reply")
            return None
        return Reply(int(code), joined(text for _, text in lines))

    def _fail(self, reason: str) -> None:
        self._error = self._error or TransportError(reason)
        self._drop_alarm()
        self._writable.set()
        self._wake()

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            if self._replies:
                waiter.set_result(None)
            elif self._error:
                waiter.set_exception(self._error)

    async def _within(self, seconds: float, waiting: Awaitable[object]) -> None:
        """Wait, and be woken by the end of the connection where it takes too long.

        The alarm is set once for many waits: it goes off early, and is set anew for who waits then.
        """
        loop = asyncio.get_running_loop()
        self._patience, self._until = seconds, loop.time() + seconds
        if self._alarm is None or self._alarm.when() > self._until:
            self._set_alarm(loop)
        try:
            await waiting
        finally:
            self._until = math.inf

    def _set_alarm(self, loop: asyncio.AbstractEventLoop) -> None:
        self._drop_alarm()
        self._alarm = loop.call_at(self._until, self._look, loop)

    def _drop_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self._alarm = None
        if self._until == math.inf:
            return  # nobody waits
        if loop.time() >= self._until:
            self.abort(f"it did not answer within {self._patience:g} s")
        else:
            self._set_alarm(loop)


@lru_cache(maxsize=64)
def in_one_line(line: bytes) -> Reply | None:
    """The reply that a line is by itself (a server says most with every mail); None where there is more to it."""
    found = REPLY_LINE.match(line)
    if not found or found[2] == b"-" or len(line) > LONGEST_LINE:
        return None
    return Reply(int(found[1]), joined([found[3]]))


def joined(lines: Iterable[bytes]) -> str:
    """Reply lines as one text of lines; what is not ASCII becomes U+FFFD."""
    return "\n".join(line.decode("ascii", "replace") for line in lines)


def tls_problem(error: Exception) -> str:
    """Why TLS failed, in words that name the remedy."""
    if isinstance(error, ssl.SSLCertVerificationError):
        remedy = "set mail.smtp.ca_file or network.ca_file, or fix the certificate"
        return f"its certificate is not trusted ({error.verify_message}); {remedy}"
    return str(error) or type(error).__name__
