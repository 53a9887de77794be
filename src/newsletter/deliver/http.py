"""Sending messages to a provider over HTTP, with the same promise as over SMTP: nothing is complete without its fence.

A request names its length and goes out but for its last byte. Then the fence; then that byte. Whatever breaks before is
known not to be sent: an incomplete request is none (RFC 9112, 8). Whatever breaks after it is `uncertain`, but for a
provider that takes a repeated request by its key: there the same request is made again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import httpx

from newsletter.deliver.answer import Answer
from newsletter.deliver.message import Message
from newsletter.deliver.providers import Provider, Request
from newsletter.deliver.transports import Fence, Following, Inquiry, Way
from newsletter.deliver.verdict import Fate, Outcome
from newsletter.errors import TransportError

TIMEOUTS: Final = httpx.Timeout(connect=30, write=60, read=120, pool=30)
LONGEST: Final = 150.0  # seconds for a request in all: with its repeats within the lease of a fence
AGAIN_AFTER: Final = (1.0, 4.0, 10.0)  # seconds: far within the time for which a provider knows a key
MOST_ANSWERED: Final = 256 * 1024  # bytes of an answer


class Refused(Exception):
    """The fence said no; it goes through the client that sends the request."""


class HttpSession:
    """One connection to a provider; one message at a time."""

    def __init__(self, provider: Provider, client: httpx.AsyncClient, now: Callable[[], datetime]) -> None:
        self._provider = provider
        self._client = client
        self._now = now
        self._sending: asyncio.Task[Answer] | None = None
        self._fenced = False  # it was asked
        self._granted = False  # and said yes: from here on it may be taken
        self._unasked: Exception | None = None  # what the fence raised
        self.usable = True
        self.carried = 0

    @property
    def interruptible(self) -> bool:
        """See `Session`."""
        return not self._fenced

    async def deliver(self, message: Message, fence: Fence, following: Following) -> Outcome:
        """See `Session`."""
        unfit = self._provider.unfit(message)
        if unfit:
            return Outcome(Fate.UNFIT, unfit)
        try:
            request = self._provider.request(message)
        except TransportError:
            raise
        except Exception as error:  # whatever it is: this message would meet it again
            return Outcome(Fate.UNFIT, f"no request can be made of it: {type(error).__name__}")
        try:
            return await self._handed_over(request, fence)
        finally:
            self._fenced = self._granted = False
            if not self.usable:
                await self._client.aclose()

    async def close(self) -> None:
        """See `Session`."""
        self.usable = False
        await self._client.aclose()

    def abort(self) -> None:
        """See `Session`."""
        self.usable = False
        if self._sending:
            self._sending.cancel()

    async def _handed_over(self, request: Request, fence: Fence) -> Outcome:
        try:
            answer = await self._send(request, self._body(request.body, fence))
        except Refused:
            self.usable = False
            return Outcome(Fate.REFUSED, "the fence refused it")
        except Exception as error:
            if error is self._unasked or isinstance(error, TransportError):
                raise
            outcome = self._broken(error)
        else:
            outcome = self._conclude(answer)
        if outcome.fate is not Fate.UNCERTAIN:
            return outcome
        if not self._granted:  # it answered before the request was whole
            return Outcome(Fate.DEFERRED, outcome.answer, outcome.wait)
        return await self._repeated(request, outcome) if self._provider.keyed else outcome

    async def _send(self, request: Request, body: AsyncIterator[bytes]) -> Answer:
        self._sending = asyncio.create_task(self._post(request, body))
        try:
            return await self._sending
        except asyncio.CancelledError:
            if self._sending.cancelled() and not self.usable and not self._fenced:
                raise TransportError("we dropped the connection") from None
            raise
        finally:
            self._sending = None

    async def _post(self, request: Request, body: AsyncIterator[bytes]) -> Answer:
        headers = {**request.headers, "Content-Length": str(len(request.body))}
        async with asyncio.timeout(LONGEST):
            async with self._client.stream("POST", request.url, headers=headers, content=body) as response:
                read = b""
                async for piece in response.aiter_bytes():
                    read += piece
                    if len(read) > MOST_ANSWERED:
                        break
                return Answer(response.status_code, _small(response.headers), read[:MOST_ANSWERED])

    async def _body(self, body: bytes, fence: Fence) -> AsyncIterator[bytes]:
        yield body[:-1]
        self._fenced = True
        try:
            granted = await fence()
        except Exception as error:
            self._unasked = error
            raise
        if not granted:
            raise Refused
        self._granted = True
        yield body[-1:]

    def _broken(self, error: Exception) -> Outcome:
        """The connection broke: before the fence was granted nothing was sent, after it nobody knows."""
        self.usable = False
        if self._granted:
            return Outcome(Fate.UNCERTAIN, f"no answer to the request: {_reason(error)}")
        if self.carried:  # it was open and idle, and the provider closed it
            return Outcome(Fate.AGAIN, _reason(error))
        raise TransportError(f"{self._provider.host}: {_reason(error)}") from error

    async def _repeated(self, request: Request, doubt: Outcome) -> Outcome:
        """The same request again, by its key. Only that it was taken says something: a refusal may be of the repeat."""
        for pause in AGAIN_AFTER:
            await asyncio.sleep(pause)
            try:
                answer = await self._send(request, _whole(request.body))
            except Exception:  # noqa: S112 - it is in doubt as before
                continue
            outcome = self._provider.judge(answer, self._now())
            if outcome.fate is Fate.ACCEPTED:
                return self._conclude(answer)
            doubt = Outcome(doubt.fate, doubt.answer, outcome.wait)
        self.usable = False
        return doubt

    def _conclude(self, answer: Answer) -> Outcome:
        outcome = self._provider.judge(answer, self._now())
        self.usable = outcome.wait is None and outcome.fate is not Fate.UNCERTAIN
        self.carried += outcome.fate is Fate.ACCEPTED
        return outcome


class HttpTransport:
    """Sessions with a provider; `way` is how its host is reached."""

    def __init__(self, provider: Provider, connections: int, way: Way, now: Callable[[], datetime]) -> None:
        self.connections = connections
        self.inquiry: Inquiry | None = HttpInquiry(provider, self._client)
        self._provider = provider
        self._way = way
        self._now = now

    async def session(self) -> HttpSession:
        """See `Transport`; it connects with its first message."""
        return HttpSession(self._provider, self._client(), self._now)

    def _client(self) -> httpx.AsyncClient:
        way, names = self._way(self._provider.host), {"User-Agent": "newsletter"}
        return httpx.AsyncClient(transport=way, timeout=TIMEOUTS, headers=names, trust_env=False)


class HttpInquiry:
    """A provider that may be asked what it took."""

    def __init__(self, provider: Provider, client: Callable[[], httpx.AsyncClient]) -> None:
        self._provider = provider
        self._client = client

    async def taken(self, marks: Sequence[str], since: datetime) -> Mapping[str, str | None]:
        """See `Inquiry`; one question after the other, until one is not answered."""
        found: dict[str, str | None] = {}
        async with self._client() as client:
            for mark in marks:
                try:
                    id = await self._known(client, mark)
                except TransportError:
                    if found:
                        return found
                    raise
                found[mark] = f"found at the provider as {id}" if id else None
        return found

    async def _known(self, client: httpx.AsyncClient, mark: str) -> str:
        question = self._provider.question(mark)
        if question is None:
            return ""
        try:
            response = await client.get(question.url, headers=question.headers)
        except Exception as error:
            raise TransportError(f"{self._provider.host}: {_reason(error)}") from error
        return self._provider.known(Answer(response.status_code, _small(response.headers), response.content))


async def _whole(body: bytes) -> AsyncIterator[bytes]:
    yield body


def _small(headers: httpx.Headers) -> Mapping[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _reason(error: Exception) -> str:
    """What broke; the library's own words may be empty, and hold addresses."""
    words: dict[type[Exception], str] = {
        TimeoutError: "no answer in time",
        httpx.ConnectTimeout: "it does not answer",
        httpx.ReadTimeout: "no answer in time",
        httpx.WriteTimeout: "it does not take the request",
        httpx.ConnectError: "cannot be reached",
        httpx.RemoteProtocolError: "it closed the connection, or speaks no HTTP",
        httpx.ProxyError: "the proxy refuses; look at [network]",
    }
    return words.get(type(error), "the connection broke")
