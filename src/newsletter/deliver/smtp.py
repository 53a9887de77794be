"""Sending messages over one SMTP connection: two writes a message, and never a final dot without its fence.

The first write is the body. Then the fence; then the dot goes out together with the MAIL, RCPT and DATA of the message
that follows (RFC 2920), so that a message costs one round trip. Whatever breaks before the dot was written is known not
to be sent; whatever breaks after it is `uncertain`, and said so.

A server that offers CHUNKING (RFC 3030) gets the body as one chunk, and `BDAT 0 LAST` is the dot: what the fence
refuses is taken back by RSET, where DATA leaves no way back but to close the connection.
"""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.deliver.message import Message
from newsletter.deliver.server import Extensions, Server, connect
from newsletter.deliver.transports import Fence, Following
from newsletter.deliver.verdict import Fate, Outcome, Reply, judge, redacted
from newsletter.deliver.wire import Wire
from newsletter.errors import TransportError

END = b".\r\n"  # the body ends with CRLF
LAST = b"BDAT 0 LAST\r\n"
NOT_SENT = "the connection was lost before the end of the message; it was not sent"


class SmtpSession:
    """One connection; one message at a time, the envelope of the next one ahead."""

    def __init__(self, wire: Wire, extensions: Extensions, server: Server) -> None:
        self._wire = wire
        self._timeouts = server.timeouts
        self._pipelining = "PIPELINING" in extensions
        self._chunking = self._pipelining and "CHUNKING" in extensions
        self._utf8 = "SMTPUTF8" in extensions
        size = extensions.get("SIZE", "")
        self._largest = int(size) if size.isdecimal() else 0  # 0: any (RFC 1870)
        self._ahead: Message | None = None  # whose envelope is on the wire already
        self._stale = False  # a transaction was begun and refused: RSET before the next
        self._fenced = False
        self.carried = 0

    @property
    def usable(self) -> bool:
        """See `Session`."""
        return self._wire.alive

    @property
    def interruptible(self) -> bool:
        """See `Session`."""
        return not self._fenced

    async def deliver(self, message: Message, fence: Fence, following: Following) -> Outcome:
        """See `Session`."""
        unfit = self._unfit(message)
        if unfit:
            return Outcome(Fate.UNFIT, unfit)
        refusal = await self._open(message)
        if refusal:
            return refusal
        if self._chunking:
            self._wire.send(b"BDAT %d\r\n" % message.size, *message.data)
        else:
            self._wire.send(*message.data)
        await self._wire.sent(self._timeouts.block)
        if not (self._chunking or self._wire.silent):
            self._wire.abort("it answered before the message had ended")
            raise TransportError("it answered before the message had ended")
        self._fenced = True
        try:
            return await self._end(fence, following)
        except BaseException:
            self.abort()
            raise
        finally:
            self._fenced = False

    async def close(self) -> None:
        """See `Session`."""
        if self._ahead or not self.usable:
            return self.abort()
        try:
            self._wire.send(b"QUIT\r\n")
            await self._wire.reply(self._timeouts.quit)
        except TransportError:
            return self.abort()
        return self._wire.close()

    def abort(self) -> None:
        """See `Session`."""
        self._wire.abort("we dropped the connection")

    async def _open(self, message: Message) -> Outcome | None:
        """Bring the server to its 354, or tell why it refuses."""
        commands = list(self._commands(message))
        if self._pipelining and self._ahead is not message:
            self._wire.send(*(line for _, line in commands))
        self._ahead = None
        refusal: Outcome | None = None
        for command, line in commands:
            if not self._pipelining:
                self._wire.send(line)
            reply = await self._wire.reply(self._timeouts.data if command == "DATA" else self._timeouts.command)
            refusal = self._weigh(command, reply, refusal)
            if refusal and not (self._pipelining and self.usable):
                break
        self._stale = refusal is not None
        return refusal

    def _weigh(self, command: str, reply: Reply, refusal: Outcome | None) -> Outcome | None:
        """What stands against the message after one more reply: the first refusal counts, the rest follow from it."""
        if reply.code == 421 or (command == "RSET" and not reply.positive):
            self._wire.abort("it is closing the connection")
            if command == "DATA" and refusal:
                return refusal
            if command not in ("RSET", "MAIL"):
                raise TransportError(redacted(f"{command}: {reply}"))
            return Outcome(Fate.AGAIN, redacted(f"{command}: {reply}"))
        if reply.code == 354 and command == "DATA":
            if refusal:  # it waits for a message to nobody: never send one (RFC 2920, 3.1)
                self._wire.abort("it asked for a message that it had refused")
            return refusal
        if reply.code < 400 and (command == "DATA" or reply.code >= 300):
            self._wire.abort("it lost its place")
            raise TransportError(redacted(f"{command}: {reply} makes no sense"))
        return refusal if refusal or reply.code < 300 else judge(command, reply)

    async def _end(self, fence: Fence, following: Following) -> Outcome:
        if not await fence():
            await self._take_back()
            return Outcome(Fate.REFUSED, "the fence refused it")
        if self._chunking and (refusal := await self._chunk_refused()):
            return refusal
        if not (self.usable and self._wire.silent):
            self.abort()
            return Outcome(Fate.DEFERRED, NOT_SENT)
        self._wire.send(LAST if self._chunking else END, *self._envelope_ahead(following))
        try:
            reply = await self._wire.reply(self._timeouts.end)
        except TransportError as error:
            return Outcome(Fate.UNCERTAIN, f"no answer to the end of the message: {error}")
        outcome = judge(".", reply)
        if reply.code == 421 or outcome.fate is Fate.UNCERTAIN:
            self._wire.abort("it is closing the connection")
        self.carried += outcome.fate is Fate.ACCEPTED
        return outcome

    async def _chunk_refused(self) -> Outcome | None:
        """What stands against the chunk. Its end is not sent before it is taken: so nothing of it can be in doubt."""
        try:
            reply = await self._wire.reply(self._timeouts.block)
        except TransportError as error:
            return Outcome(Fate.DEFERRED, f"no answer to the message, before its end: {error}; it was not sent")
        if 200 <= reply.code < 300:
            return None
        self.abort()
        return judge("BDAT", reply)

    async def _take_back(self) -> None:
        """Leave the server with nothing of a message whose end is not sent."""
        if not self._chunking:
            return self.abort()
        try:
            reply = await self._wire.reply(self._timeouts.block)
        except TransportError:
            return self.abort()
        self._stale = True
        return None if reply.code != 421 and self._wire.silent else self.abort()

    def _envelope_ahead(self, following: Following) -> Iterator[bytes]:
        message = following() if self._pipelining else None
        if message is None or self._unfit(message):
            return
        self._ahead = message
        for _, line in self._commands(message):
            yield line

    def _commands(self, message: Message) -> Iterator[tuple[str, bytes]]:
        if self._stale:
            yield "RSET", b"RSET\r\n"
        options = " SMTPUTF8 BODY=8BITMIME" if message.utf8 else ""
        yield "MAIL", f"MAIL FROM:<{message.sender}>{options}\r\n".encode("ascii")
        yield "RCPT", f"RCPT TO:<{message.recipient}>\r\n".encode()
        if not self._chunking:
            yield "DATA", b"DATA\r\n"

    def _unfit(self, message: Message) -> str | None:
        if message.utf8 and not self._utf8:
            return "the mail server does not offer SMTPUTF8 (RFC 6531), which this address needs"
        if self._largest and message.size > self._largest:
            return f"the message has {message.size} bytes, the mail server takes {self._largest}"
        return None


async def open_session(server: Server) -> SmtpSession:
    """A session with the server. Raises TransportError, SenderRefused where it refuses the sign-in."""
    wire, extensions = await connect(server)
    return SmtpSession(wire, extensions, server)
