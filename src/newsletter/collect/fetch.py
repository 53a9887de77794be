"""Fetching, politely and within bounds: the only place of this room that touches the network.

Each host is asked one thing at a time, at its pace (robots.txt, Crawl-delay, Retry-After). Each hop of a redirect is
resolved, checked and connected to by the very address that was checked, so a name cannot point elsewhere between the
check and the connection (DNS rebinding). Behind the house's proxy the proxy resolves, and its word counts (route.py).
Nothing is taken from the environment: no proxy, no .netrc.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast
from urllib.parse import urljoin

import httpx

from newsletter.collect.addresses import Network, check_addresses, check_url, check_written, is_allowed
from newsletter.collect.answer import REDIRECTS, Answer, Budget, length_of, retry_at
from newsletter.collect.body import bounded
from newsletter.collect.hand import Hold, Room
from newsletter.collect.pace import OwnPace, Pace
from newsletter.collect.robots import MAX_BYTES as ROBOTS_BYTES
from newsletter.collect.robots import Robots, read_robots, unreachable
from newsletter.collect.route import Route
from newsletter.collect.wish import PAGE, Wish
from newsletter.errors import AddressRefused, FetchError
from newsletter.model import Page
from newsletter.said import Said

Resolve = Callable[[str, int], Awaitable[list[str]]]
Clock = Callable[[], datetime]

MAX_HOPS = 5
WALL = 30.0  # seconds for a page, all hops together, however slowly it drips; waiting for our turn does not count
ROBOTS_WALL = 10.0
DELAY = 1.0  # seconds between two requests to a host on the public internet
BRIEF = timedelta(minutes=1)  # the rest of a host that is too slow, or answers "too many" and does not say how long
PATIENCE = 3  # pages in a row that may take too long before their host gets a rest
TOO_SLOW = "%(url)s: not read to its end within %(seconds)s seconds"
LEFT_ALONE = (
    "%(url)s: not read to its end within %(seconds)s seconds, as %(n)s before it; its host is left alone for a while"
)
SIGN_IN = "the proxy %(proxy)s answered 407: it wants [network] proxy_username and proxy_password_file"


def utc_now() -> datetime:
    """The moment it is."""
    return datetime.now(UTC)


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host by the system's resolver. Raises FetchError when it has none."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError("%(host)s: no such host (%(why)s)", host=host, why=error) from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(slots=True)
class _Host:
    """What is known of a host: one request at a time, its rules, and when it may be asked again."""

    transport: httpx.AsyncHTTPTransport
    proxy: str | None = None  # the name of the proxy that it is asked through
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    rests_until: datetime | None = None
    slow: int = 0  # pages in a row that took too long
    robots: Robots | None = None
    near: bool = False  # inside a network the operator named: needs no delay

    def rest(self, now: datetime) -> float | None:
        """Seconds that the host still wants to rest, None where it does not."""
        left = (self.rests_until - now).total_seconds() if self.rests_until else 0.0
        return left if left > 0 else None


class Fetcher:
    """Fetches pages for one run of the program; `agent` is the User-Agent, with a contact in it."""

    def __init__(
        self,
        agent: str,
        *,
        allow: Sequence[Network] = (),
        route: Route | None = None,
        clock: Clock = utc_now,
        resolve: Resolve = resolve,
        delay: float = DELAY,
        wall: float = WALL,
        pace: Pace | None = None,
    ) -> None:
        self._agent = agent
        self._allow = tuple(allow)
        self._route = route or Route()
        self._clock = clock
        self._resolve = resolve
        self._delay = delay
        self._wall = wall
        self._pace = pace or OwnPace()
        self._room = Room()
        self._hosts: dict[tuple[str, str, int], _Host] = {}

    async def fetch(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None, wish: Wish = PAGE
    ) -> Page:
        """The page at `url`, after redirects; its status is 200, 304 (where validators were given), 404 or 410.

        Raises AddressRefused (private network, robots.txt, too many redirects) and FetchError (all else), and what
        the wish raises.
        """
        given = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        validators = {name: value for name, value in given.items() if value}
        budget, asked = Budget(self._wall), url
        for _ in range(MAX_HOPS + 1):
            host = self._host(asked)
            with self._room.hold(wish.most) as hold:
                async with host.turn:
                    await self._check_robots(host, asked)
                    await self._pause(host, asked)
                    answer = await self._within(budget, host, asked, validators, wish, hold)
                if answer.leads_to is None:
                    page = self._page(host, answer, conditional=bool(validators), part=wish.head is not None)
                    return hold.keep_for(page)
            asked = answer.leads_to
        raise AddressRefused(f"{url}: more than {MAX_HOPS} redirects, the last to {asked[:200]}")

    async def aclose(self) -> None:
        """Close every connection."""
        for host in self._hosts.values():
            await host.transport.aclose()

    def _host(self, url: str) -> _Host:
        """A host has connections of its own: two names at one address must not share one, nor its certificate."""
        key = check_url(url)
        if key not in self._hosts:
            proxy = self._route.name if self._route.proxied(key[1]) else None
            self._hosts[key] = _Host(self._route.transport(key[1]), proxy)
        return self._hosts[key]

    async def _check_robots(self, host: _Host, url: str) -> None:
        if host.robots is None or host.robots.until <= self._clock():
            host.robots = await self._robots(host, url)
        if host.robots.problem:
            left = (host.robots.until - self._clock()).total_seconds()
            why = host.robots.problem
            raise FetchError("%(url)s: not fetched for now: %(why)s", retry_after=left, url=url, why=why)
        if not host.robots.allows(url):
            raise AddressRefused("%(url)s: the portal's robots.txt asks programs not to fetch this address", url=url)

    async def _robots(self, host: _Host, url: str) -> Robots:
        address = urljoin(url, "/robots.txt")
        budget = Budget(min(ROBOTS_WALL, self._wall))
        try:
            for _ in range(MAX_HOPS + 1):
                answer = await self._within(budget, host, address, {}, Wish(most=2 * ROBOTS_BYTES))
                if answer.leads_to is None:
                    return read_robots(answer.status, answer.body, self._clock())
                address = answer.leads_to
                host = self._host(address)
            return read_robots(404, b"", self._clock())  # RFC 9309 §2.3.1.2: past five redirects, as if unavailable
        except AddressRefused as error:
            if address == urljoin(url, "/robots.txt"):  # the host itself is refused
                raise
            return unreachable(f"its robots.txt leads where nothing is fetched ({error})", self._clock())
        except FetchError as error:
            return unreachable(f"its robots.txt cannot be had ({error})", self._clock())

    async def _pause(self, host: _Host, url: str) -> None:
        if left := host.rest(self._clock()):
            rest = "%(url)s: its host has %(seconds)s seconds of rest left"
            raise FetchError(rest, retry_after=left, url=url, seconds=f"{left:.0f}")
        wanted = host.robots.delay if host.robots else 0.0
        name = "{}://{}:{}".format(*check_url(url))
        await asyncio.sleep(await self._pace.step(name, max(0.0 if host.near else self._delay, wanted)))

    async def _within(
        self,
        budget: Budget,
        host: _Host,
        url: str,
        validators: Mapping[str, str],
        wish: Wish,
        hold: Hold | None = None,
    ) -> Answer:
        try:
            with budget.counted() as left:
                async with asyncio.timeout(left):
                    answer = await self._ask(host, url, validators, wish, hold)
        except TimeoutError as error:
            raise self._too_slow(host, url) from error
        host.slow = 0
        return answer

    def _too_slow(self, host: _Host, url: str) -> FetchError:
        """A page that took too long; after three in a row the host gets a rest, and its other pages wait."""
        host.slow += 1
        seconds = f"{self._wall:.0f}"
        if host.slow < PATIENCE:
            return FetchError(TOO_SLOW, url=url, seconds=seconds)
        host.slow, host.rests_until = 0, self._clock() + BRIEF
        return FetchError(LEFT_ALONE, retry_after=BRIEF.total_seconds(), url=url, seconds=seconds, n=PATIENCE - 1)

    async def _ask(self, host: _Host, url: str, validators: Mapping[str, str], wish: Wish, hold: Hold | None) -> Answer:
        request = await self._request(host, url, validators, wish)
        try:
            response = await host.transport.handle_async_request(request)
            try:
                body = b""
                if response.status_code not in REDIRECTS:
                    stream = cast(httpx.AsyncByteStream, response.stream)  # as it came: httpx would decode it unbounded
                    encoding = response.headers.get("content-encoding", "")
                    enough = wish.enough if response.status_code in (200, 203, 206) else None
                    large = hold.take if hold else None
                    body = await bounded(aiter(stream), encoding, url, wish.most, enough=enough, large=large)
            finally:
                await response.aclose()
        except (httpx.HTTPError, httpx.StreamError) as error:
            through = f" (through the proxy {host.proxy})" if host.proxy else ""
            why = f"{type(error).__name__}: {str(error) or 'no answer'}{through}"
            raise FetchError("%(url)s: %(why)s", url=url, why=why) from error
        return Answer(url, response.status_code, response.headers, body)

    async def _request(self, host: _Host, url: str, validators: Mapping[str, str], wish: Wish) -> httpx.Request:
        """A request to the address that was checked, under the name that was asked for (Host, and SNI for TLS).

        One through a proxy goes to the name: what it resolves to, the proxy alone knows.
        """
        headers = {"User-Agent": self._agent, "Accept": wish.accept, "Accept-Encoding": wish.encodings, **validators}
        headers |= {"Range": f"bytes=0-{wish.head - 1}"} if wish.head else {}
        seconds = dict.fromkeys(("connect", "read", "write", "pool"), self._wall)
        try:
            request = httpx.Request("GET", url, headers=headers, extensions={"timeout": seconds})
        except (httpx.InvalidURL, ValueError) as error:
            raise AddressRefused(f"{url[:200]}: not a web address: {error}") from error
        if host.proxy is not None:
            written = check_written(request.url.host, self._allow)
            host.near = written is not None and is_allowed(str(written), self._allow)
            return request
        _, name, port = check_url(url)
        address = check_addresses(name, await self._resolve(name, port), self._allow)[0]
        host.near = is_allowed(address, self._allow)
        return httpx.Request(
            "GET",
            request.url.copy_with(host=address),
            headers=request.headers,
            extensions={**request.extensions, "sni_hostname": request.url.raw_host.decode("ascii")},
        )

    def _page(self, host: _Host, answer: Answer, *, conditional: bool, part: bool) -> Page:
        status, headers, now = answer.status, answer.headers, self._clock()
        if status in (429, 503):
            asked = retry_at(headers.get("retry-after"), now)
            host.rests_until = asked or (now + BRIEF if status == 429 else None)
        beginning = part and status == 206 and headers.get("content-range", "").startswith("bytes 0-")
        if not (beginning or status in (200, 203, 404, 410) or (status == 304 and conditional)):
            said = Said("answered %(code)s", code=status) if status != 407 else Said(SIGN_IN, proxy=host.proxy)
            rest = host.rest(now)
            raise FetchError("%(url)s: %(why)s", status=status, retry_after=rest, url=answer.url, why=said)
        kind, _, parameters = headers.get("content-type", "").partition(";")
        charset = parameters.partition("charset=")[2].split(";")[0].strip(" \"'") or None
        return Page(
            url=answer.url,
            body=answer.body,
            status=200 if status in (203, 206) else status,
            content_type=kind.strip().lower(),
            charset=charset,
            etag=headers.get("etag"),
            last_modified=headers.get("last-modified"),
            fetched_at=now,
            length=length_of(headers),
        )
