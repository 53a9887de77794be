"""Fetching from a real server: politely, within bounds, and from nowhere else than was checked."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from newsletter.collect.fetch import Fetcher
from newsletter.errors import AddressRefused, FetchError
from tests.integration.collect.web import AGENT, LOOPBACK, Asked, Reply, Web, fetcher, web

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)


@pytest.fixture
async def portal() -> AsyncIterator[Web]:
    async with web() as server:
        yield server


async def at_loopback(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


async def test_a_page_comes_as_it_was_sent(portal: Web) -> None:
    portal.pages["/x"] = Reply(
        b"Gr\xfc\xdfe", type='Text/HTML; charset="ISO-8859-1"; x=y', etag='"1"', headers={"Last-Modified": "then"}
    )
    page = await fetcher(clock=lambda: NOW).fetch(f"{portal.site}/x")
    assert (page.body, page.status, page.content_type, page.charset) == (b"Gr\xfc\xdfe", 200, "text/html", "ISO-8859-1")
    assert (page.etag, page.last_modified, page.fetched_at) == ('"1"', "then", NOW)
    assert portal.asked[-1].headers["user-agent"] == AGENT


async def test_a_conditional_request_echoes_what_the_server_gave(portal: Web) -> None:
    portal.pages["/x"] = Reply(b"x", etag='W/"1"')
    page = await fetcher().fetch(f"{portal.site}/x", etag='W/"1"', last_modified="Sat, 21 Nov 2026 07:00:00 GMT")
    assert (page.status, page.body) == (304, b"")
    assert portal.asked[-1].headers["if-modified-since"] == "Sat, 21 Nov 2026 07:00:00 GMT"


async def test_a_304_nobody_asked_for_is_an_error(portal: Web) -> None:
    portal.pages["/x"] = Reply(status=304)
    with pytest.raises(FetchError, match="answered 304"):
        await fetcher().fetch(f"{portal.site}/x")


@pytest.mark.parametrize("status", [404, 410])
async def test_what_is_gone_is_an_answer(portal: Web, status: int) -> None:
    portal.pages["/x"] = Reply(b"weg", status)
    assert (await fetcher().fetch(f"{portal.site}/x")).status == status


@pytest.mark.parametrize("status", [204, 206, 300, 400, 401, 403, 418, 500, 502])
async def test_every_other_status_is_an_error(portal: Web, status: int) -> None:
    portal.pages["/x"] = Reply(b"", status)
    with pytest.raises(FetchError, match=f"answered {status}") as caught:
        await fetcher().fetch(f"{portal.site}/x")
    assert caught.value.status == status


async def test_robots_is_asked_once_and_obeyed(portal: Web) -> None:
    portal.pages |= {"/robots.txt": "User-agent: *\nDisallow: /intern/", "/a": "a", "/b": "b", "/intern/c": "c"}
    one = fetcher()
    await one.fetch(f"{portal.site}/a")
    await one.fetch(f"{portal.site}/b")
    with pytest.raises(AddressRefused, match=r"robots\.txt"):
        await one.fetch(f"{portal.site}/intern/c")
    assert [asked.path for asked in portal.asked] == ["/robots.txt", "/a", "/b"]


async def test_a_redirect_into_what_robots_forbids_is_not_followed(portal: Web) -> None:
    portal.pages |= {
        "/robots.txt": "User-agent: *\nDisallow: /intern/",
        "/a": Reply(status=302, headers={"Location": "/intern/c"}),
    }
    with pytest.raises(AddressRefused, match=r"robots\.txt"):
        await fetcher().fetch(f"{portal.site}/a")
    assert "/intern/c" not in portal.paths()


async def test_while_robots_cannot_be_had_nothing_is_fetched(portal: Web) -> None:
    portal.pages |= {"/robots.txt": Reply(b"", 503), "/a": "a"}
    now = [NOW]
    one = fetcher(clock=lambda: now[0])
    with pytest.raises(FetchError, match=r"robots\.txt answered 503") as caught:
        await one.fetch(f"{portal.site}/a")
    assert caught.value.retry_after == 900
    portal.pages["/robots.txt"] = Reply(b"", 404)
    with pytest.raises(FetchError):
        await one.fetch(f"{portal.site}/a")
    now[0] += timedelta(minutes=15)
    assert (await one.fetch(f"{portal.site}/a")).body == b"a"


async def test_robots_may_be_elsewhere_but_not_at_home(portal: Web) -> None:
    portal.pages |= {
        "/robots.txt": Reply(status=301, headers={"Location": "/rules"}),
        "/rules": "User-agent: *\nDisallow: /a",
        "/a": "a",
    }
    with pytest.raises(AddressRefused, match=r"robots\.txt asks"):
        await fetcher().fetch(f"{portal.site}/a")
    portal.pages["/robots.txt"] = Reply(status=301, headers={"Location": "http://10.0.0.1/robots.txt"})
    with pytest.raises(FetchError, match="leads where nothing is fetched"):
        await fetcher().fetch(f"{portal.site}/a")


async def test_five_redirects_are_followed_and_no_more(portal: Web) -> None:
    for number in range(6):
        portal.pages[f"/{number}"] = Reply(status=301 + number % 3, headers={"Location": f"/{number + 1}"})
    portal.pages["/6"] = "da"
    page = await fetcher().fetch(f"{portal.site}/1")
    assert (page.body, page.url) == (b"da", f"{portal.site}/6")
    with pytest.raises(AddressRefused, match="more than 5 redirects"):
        await fetcher().fetch(f"{portal.site}/0")


async def test_a_loop_of_redirects_ends(portal: Web) -> None:
    portal.pages["/x"] = Reply(status=302, headers={"Location": "/x"})
    with pytest.raises(AddressRefused, match="redirects"):
        await fetcher().fetch(f"{portal.site}/x")
    assert len(portal.paths()) == 6


@pytest.mark.parametrize(
    "place",
    [
        "http://127.0.0.2/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://2130706434/",  # 127.0.0.2 as a number
        "http://0x7f.2/",
        "http://0177.0.0.2/",
        "//10.0.0.1/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://user:secret@127.0.0.1/",
        "http://127.0.0.1:99999/",
        "http://[",
    ],
)
async def test_a_redirect_to_where_nothing_is_fetched(portal: Web, place: str) -> None:
    portal.pages["/x"] = Reply(status=302, headers={"Location": place})
    with pytest.raises(AddressRefused):
        await fetcher().fetch(f"{portal.site}/x")
    assert portal.paths() == ["/x"]


async def test_the_portal_itself_must_be_allowed_and_the_refusal_says_how(portal: Web) -> None:
    with pytest.raises(AddressRefused, match=r"allow_networks = \[\"127\.0\.0\.1/32\"\]"):
        await Fetcher(AGENT).fetch(f"{portal.site}/x")
    assert portal.asked == []


async def test_the_connection_goes_to_the_address_that_was_checked(portal: Web) -> None:
    portal.pages["/x"] = "da"
    page = await fetcher(resolve=at_loopback).fetch(f"http://presse.nowhere.example:{portal.port}/x")
    assert page.body == b"da"
    assert portal.asked[-1].headers["host"] == f"presse.nowhere.example:{portal.port}"


async def test_a_name_that_moves_home_between_two_requests_is_refused(portal: Web) -> None:
    answers = [["127.0.0.1"], ["127.0.0.1"], ["10.0.0.5"]]

    async def rebinding(host: str, port: int) -> list[str]:
        return answers.pop(0)

    portal.pages |= {"/x": "da", "/y": "da"}
    one = fetcher(resolve=rebinding)
    await one.fetch(f"http://evil.example:{portal.port}/x")
    with pytest.raises(AddressRefused, match=r"10\.0\.0\.5"):
        await one.fetch(f"http://evil.example:{portal.port}/y")
    assert portal.paths() == ["/x"]


async def test_a_name_with_one_address_at_home_is_refused(portal: Web) -> None:
    async def both(host: str, port: int) -> list[str]:
        return ["127.0.0.1", "192.168.0.1"]

    with pytest.raises(AddressRefused, match=r"192\.168\.0\.1"):
        await fetcher(resolve=both).fetch(f"http://evil.example:{portal.port}/x")
    assert portal.asked == []


async def test_a_host_that_is_not_there() -> None:
    with pytest.raises(FetchError, match="no such host"):
        await fetcher().fetch("http://gibt-es-nicht.invalid/")


async def test_a_server_that_does_not_answer(portal: Web) -> None:
    with pytest.raises(FetchError, match="cannot be had"):
        await fetcher().fetch("http://127.0.0.1:1/")


BOMB = zlib.compressobj(9, wbits=31)
BOMBED = b"".join(BOMB.compress(b"\0" * 1_000_000) for _ in range(60)) + BOMB.flush()
BODIES = {
    "a gzip bomb": (Reply(BOMBED, headers={"Content-Encoding": "gzip"}), "larger than 5 MB"),
    "a bomb in a bomb": (Reply(gzip.compress(BOMBED), headers={"Content-Encoding": "gzip, gzip"}), "not asked for"),
    "too much": (Reply(b"x" * 5_000_001), "larger than 5 MB"),
    "half a gzip": (Reply(gzip.compress(b"x" * 1_000)[:-9], headers={"Content-Encoding": "gzip"}), "breaks off"),
    "no gzip": (Reply(b"x" * 1_000, headers={"Content-Encoding": "gzip"}), "damaged"),
    "less than was said": (Reply(b"x", headers={"Content-Length": "5", "Connection": "close"}), "not read to its end"),
}


@pytest.mark.parametrize("name", BODIES)
async def test_a_body_that_cannot_be_taken(portal: Web, name: str) -> None:
    portal.pages["/x"], said = BODIES[name]
    with pytest.raises(FetchError, match=said):
        await fetcher(wall=2.0).fetch(f"{portal.site}/x")


async def test_a_compressed_body_is_decoded(portal: Web) -> None:
    portal.pages["/x"] = Reply(gzip.compress(b"Presse" * 1_000), headers={"Content-Encoding": "gzip"})
    assert (await fetcher().fetch(f"{portal.site}/x")).body == b"Presse" * 1_000
    assert portal.asked[-1].headers["accept-encoding"] == "gzip, deflate"


@pytest.mark.parametrize("reply", [Reply(b"x" * 1_000, drip=1, pause=0.05), Reply(b"x", pause=30.0)])
async def test_a_body_that_drips_is_left_in_time(portal: Web, reply: Reply) -> None:
    portal.pages["/x"] = reply
    with pytest.raises(FetchError, match="not read to its end"):
        await fetcher(wall=0.3).fetch(f"{portal.site}/x")


async def test_a_host_that_is_too_slow_three_times_is_left_alone(portal: Web) -> None:
    portal.pages |= {f"/{n}": Reply(b"x", pause=30.0) for n in range(4)} | {"/good": "da"}
    now = [NOW]
    one = fetcher(wall=0.5, clock=lambda: now[0])
    for number in range(3):
        with pytest.raises(FetchError, match="not read to its end") as caught:
            await one.fetch(f"{portal.site}/{number}")
    assert caught.value.retry_after == 60
    with pytest.raises(FetchError, match="60 seconds of rest left"):
        await one.fetch(f"{portal.site}/good")
    assert portal.paths() == ["/0", "/1", "/2"]
    now[0] += timedelta(minutes=1)
    assert (await one.fetch(f"{portal.site}/good")).body == b"da"


async def test_a_page_in_time_makes_up_for_slow_ones(portal: Web) -> None:
    portal.pages |= {"/slow": Reply(b"x", pause=30.0), "/good": "da"}
    one = fetcher(wall=0.1)
    for path in ("slow", "slow", "good", "slow", "slow", "good"):
        if path == "slow":
            with pytest.raises(FetchError, match="not read to its end"):
                await one.fetch(f"{portal.site}/slow")
        else:
            assert (await one.fetch(f"{portal.site}/good")).body == b"da"


async def test_of_large_pages_few_are_in_hand_at_once(portal: Web) -> None:
    portal.pages |= {f"/{n}": Reply(b"x" * 4_900_000) for n in range(4)}
    one = fetcher()
    held = [await one.fetch(f"{portal.site}/{n}") for n in range(2)]
    third = asyncio.create_task(one.fetch(f"{portal.site}/2"))
    await asyncio.sleep(0.2)
    assert not third.done()
    held.pop()
    assert len((await third).body) == 4_900_000


async def test_waiting_for_ones_turn_is_not_the_pages_fault(portal: Web) -> None:
    portal.pages |= {f"/{n}": Reply(b"x", pause=0.2) for n in range(6)}
    one = fetcher(wall=0.6)
    pages = await asyncio.gather(*(one.fetch(f"{portal.site}/{n}") for n in range(6)))
    assert [page.body for page in pages] == [b"x"] * 6


async def test_a_host_is_asked_for_one_page_at_a_time(portal: Web) -> None:
    under_way: list[int] = []

    def page(asked: Asked) -> Reply:
        under_way.append(len(portal.paths()))
        return Reply(b"x", pause=0.02)

    portal.pages |= {f"/{n}": page for n in range(20)}
    one = fetcher()
    await asyncio.gather(*(one.fetch(f"{portal.site}/{n}") for n in range(20)))
    assert under_way == list(range(1, 21))


async def test_one_that_gives_up_waiting_leaves_the_others_their_turn(portal: Web) -> None:
    portal.pages |= {f"/{n}": Reply(b"x", pause=0.05) for n in range(5)}
    one = fetcher()
    tasks = [asyncio.create_task(one.fetch(f"{portal.site}/{n}")) for n in range(5)]
    await asyncio.sleep(0.08)
    for task in tasks[1:3]:
        task.cancel()
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(end, BaseException) for end in ends] == [False, True, True, False, False]
    assert (await one.fetch(f"{portal.site}/0")).body == b"x"


async def test_a_host_gets_its_crawl_delay_even_at_home(portal: Web) -> None:
    portal.pages |= {"/robots.txt": "User-agent: *\nCrawl-delay: 0.2", "/a": "a", "/b": "b"}
    one, loop = fetcher(), asyncio.get_running_loop()
    begun = loop.time()
    await one.fetch(f"{portal.site}/a")
    await one.fetch(f"{portal.site}/b")
    assert loop.time() - begun >= 0.19


@pytest.mark.parametrize(("status", "value", "rest"), [(429, "120", 120), (503, "120", 120), (429, "", 60)])
async def test_a_host_that_asks_for_rest_gets_it(portal: Web, status: int, value: str, rest: float) -> None:
    portal.pages |= {"/a": Reply(b"", status, {"Retry-After": value} if value else {}), "/b": "b"}
    now = [NOW]
    one = fetcher(clock=lambda: now[0])
    with pytest.raises(FetchError, match=f"answered {status}") as caught:
        await one.fetch(f"{portal.site}/a")
    assert caught.value.retry_after == rest
    with pytest.raises(FetchError, match="rest") as caught:
        await one.fetch(f"{portal.site}/b")
    assert caught.value.retry_after == rest
    assert portal.paths() == ["/a"]
    now[0] += timedelta(seconds=rest)
    assert (await one.fetch(f"{portal.site}/b")).body == b"b"


async def test_a_503_that_names_no_time_is_only_an_error(portal: Web) -> None:
    portal.pages |= {"/a": Reply(b"", 503), "/b": "b"}
    one = fetcher()
    with pytest.raises(FetchError) as caught:
        await one.fetch(f"{portal.site}/a")
    assert caught.value.retry_after is None
    assert (await one.fetch(f"{portal.site}/b")).body == b"b"


async def test_the_environment_changes_nothing(portal: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    portal.pages["/x"] = "da"
    assert (await fetcher().fetch(f"{portal.site}/x")).body == b"da"


async def test_headers_without_end_are_refused(portal: Web) -> None:
    portal.pages["/x"] = Reply(b"", headers={"X-Long": "x" * 300_000})
    with pytest.raises(FetchError):
        await fetcher(wall=2.0).fetch(f"{portal.site}/x")


async def test_closing(portal: Web) -> None:
    portal.pages["/x"] = "da"
    one = Fetcher(AGENT, allow=[LOOPBACK])
    await one.fetch(f"{portal.site}/x")
    await one.aclose()
