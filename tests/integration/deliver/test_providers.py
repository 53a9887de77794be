"""Sending over providers' interfaces: the same promise as over SMTP, whatever breaks and wherever."""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes, policy
from functools import partial
from typing import Any

import httpx
import pytest
from moto.server import ThreadedMotoServer

from newsletter.config import Mail
from newsletter.deliver import http, providers
from newsletter.deliver.http import HttpTransport
from newsletter.deliver.providers.postmark import Postmark
from newsletter.deliver.transports import find
from newsletter.deliver.verdict import Fate
from newsletter.errors import SettingsError
from newsletter.model import EditionState
from tests.integration.deliver.world import EDITION, KEYS, World, deliver_until_done
from tests.servers.process import free_port
from tests.servers.provider import DROP, EARLY, GARBAGE, HASTY, KEPT, OPTIONS, STALL, Provider, form, providing

NAMES = sorted(OPTIONS)
STATUSES = (400, 401, 403, 404, 408, 420, 422, 429, 500, 502, 503)
SENDER = "presse@musterstadt.example"


def settings(name: str, url: str, **api: Any) -> Mail:
    options = {"key": "key", "url": url, "connections": 1, **OPTIONS.get(name, {}), **api}
    return Mail.model_validate({"from": SENDER, "transport": name, "api": options})


def way(host: str) -> httpx.AsyncHTTPTransport:
    return httpx.AsyncHTTPTransport()


def transport(world: World, server: Provider, **api: Any) -> HttpTransport:
    found = find(settings(server.name, server.url, **api), way, world.clock)
    assert isinstance(found, HttpTransport)
    return found


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits two minutes for an answer here."""
    monkeypatch.setattr(http, "TIMEOUTS", httpx.Timeout(5, read=0.5))
    monkeypatch.setattr(http, "AGAIN_AFTER", (0.01, 0.01))


def test_settings_and_files_name_the_same_providers() -> None:
    assert providers.names() == sorted([*NAMES, "ses"])
    for name in providers.names():
        assert settings(name, "https://api.example").transport == name


@pytest.mark.parametrize("name", NAMES)
async def test_each_takes_an_edition(small_world: World, name: str) -> None:
    readers = small_world.plan(5)
    async with providing(Provider(name)) as server:
        await small_world.deliverer(transport(small_world, server)).run_until_idle()
    assert sorted(server.recipients()) == sorted(readers)
    assert small_world.edition_row().state == EditionState.FINISHED
    made = {KEYS.message_id(id, small_world.now, "x")[1:33] for (id,) in small_world.rows("id")}
    assert {one.mark for one in server.taken} == made, "each is named by what is in its Message-ID"
    for one in server.taken:
        parts = _parts(name, one.got)
        assert parts["subject"] == "Größere Bäder"
        assert "Grüße" in parts["text"]
        assert "Grüße" in parts["html"]
        assert parts["leave"].startswith("<https://news.musterstadt.example/unsubscribe/")
        assert parts["leave"].strip("<>") in parts["html"]
        assert parts["click"] == "List-Unsubscribe=One-Click"
    assert not any("@" in answer for (answer,) in small_world.rows("answer"))


def _parts(name: str, got: Any) -> dict[str, str]:
    if name == "mailgun":
        fields = form(got)
        assert fields["o:tracking"] == b"no"
        mail: Any = message_from_bytes(fields["message"], policy=policy.default)
        bodies = {kind: mail.get_body((kind,)).get_content() for kind in ("plain", "html")}
        return _named(mail["Subject"], bodies["plain"], bodies["html"], dict(mail.items()))
    body = got.json
    match name:
        case "brevo":
            return _named(body["subject"], body["textContent"], body["htmlContent"], body["headers"])
        case "mailjet":
            mail = body["Messages"][0]
            assert (mail["TrackOpens"], mail["TrackClicks"]) == ("disabled", "disabled")
            return _named(mail["Subject"], mail["TextPart"], mail["HTMLPart"], mail["Headers"])
        case "postmark":
            assert (body["TrackOpens"], body["TrackLinks"], body["MessageStream"]) == (False, "None", "presse")
            headers = {one["Name"]: one["Value"] for one in body["Headers"]}
            return _named(body["Subject"], body["TextBody"], body["HtmlBody"], headers)
    headers = {one["key"]: one["value"] for one in body["additional_headers"]}
    return _named(body["subject"], body["text"], body["html"], headers)


def _named(subject: str, text: str, html: str, headers: dict[str, str]) -> dict[str, str]:
    assert headers["Content-Language"] == "de"
    assert headers["List-Id"].endswith("<presse.musterstadt.example>")
    left = {"leave": headers["List-Unsubscribe"], "click": headers["List-Unsubscribe-Post"]}
    return {"subject": subject, "text": text, "html": html, **left}


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("fault", [EARLY, HASTY, DROP, KEPT, STALL, GARBAGE, *STATUSES])
@pytest.mark.parametrize("name", NAMES)
async def test_every_fault_of_every_provider(small_world: World, name: str, fault: str | int, number: int) -> None:
    world, readers = small_world, small_world.plan(3)
    server = Provider(name, script=lambda asked, recipient: fault if asked == number else None)
    async with providing(server):
        await deliver_until_done(world, transport(world, server))
    doubts = {delivery for delivery, kind in world.events() if kind == "uncertain"}
    taken, expected = Counter(server.recipients()), Counter(readers)
    if fault in (400, 422):
        assert sorted(world.states()) == ["accepted", "accepted", "failed"]
        expected[readers[number - 1]] = 0
    else:
        assert set(world.states()) == {"accepted"}
    keyed = name == "brevo"
    if fault in (KEPT, STALL, GARBAGE) and not keyed:
        expected[readers[number - 1]] += 1
    if fault not in (EARLY, HASTY):  # it depends on which byte finds the connection closed
        answerless = fault in (DROP, KEPT, STALL, GARBAGE, 500, 502, 503)
        assert bool(doubts) == (answerless and not keyed), world.rows("answer")
    assert len(doubts) >= sum(times - 1 for times in taken.values())
    assert +taken == +expected, "never twice but where it is named"
    assert world.suppressed() == []
    assert world.told.standing == {}, "what is over stands no longer"


async def test_what_the_provider_took_is_doubted_and_named(small_world: World) -> None:
    readers = small_world.plan(2)
    async with providing(Provider("postmark", script=lambda n, to: KEPT if n == 1 and to else None)) as server:
        await deliver_until_done(small_world, transport(small_world, server))
    assert Counter(server.recipients()) == Counter([*readers, readers[0]])
    assert [kind for _, kind in small_world.events()] == ["uncertain", "resent"]
    assert server.taken[0].mark == server.taken[2].mark, "a repeat is recognisable"


async def test_a_key_keeps_a_repeat_from_being_sent(small_world: World) -> None:
    readers = small_world.plan(2)
    async with providing(Provider("brevo", script=lambda n, to: KEPT if n == 1 and to else None)) as server:
        await deliver_until_done(small_world, transport(small_world, server))
    assert server.asked == 3
    assert server.recipients() == readers
    assert small_world.events() == []
    assert "it has this one already" in small_world.rows("answer")[0][0]


async def test_a_refusal_of_the_repeat_says_nothing_of_the_first(small_world: World) -> None:
    world, readers = small_world, small_world.plan(1)
    full = Provider("brevo", script=lambda n, to: (KEPT if n == 1 else 429) if n < 4 and to else None)
    async with providing(full) as server:
        await world.deliverer(transport(world, server)).run_until_idle()
        assert [kind for _, kind in world.events()] == ["uncertain", "resent"], "it may have been taken, and it was"
        await deliver_until_done(world, transport(world, server))
    assert server.recipients() == readers, "the key holds for the next attempt, too"


@pytest.mark.parametrize("fenced", [False, True])
async def test_whatever_the_client_raises_is_dealt_with(small_world: World, fenced: bool) -> None:
    """Not all that TLS raises is an error of HTTP's to httpx."""

    class Broken(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if fenced:
                await request.aread()
            raise ssl.SSLError("bad record mac")

    world = small_world
    world.plan(2)
    found = find(settings("postmark", "https://api.example"), lambda host: Broken(), world.clock)
    await world.deliverer(found).run_until_idle()
    assert ("uncertain" in {kind for _, kind in world.events()}) is fenced
    assert world.suppressed() == []


async def test_who_answers_before_the_request_is_whole_gets_no_repeat(small_world: World) -> None:
    """No fence was asked for: a repeat by its key would go out without one."""
    asked = 0

    class Hasty(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            nonlocal asked
            asked += 1
            return httpx.Response(503, json={"message": "no upstream"})

    small_world.plan(1)
    found = find(settings("brevo", "https://api.example"), lambda host: Hasty(), small_world.clock)
    await small_world.deliverer(found).run_until_idle()
    assert asked == 1
    assert small_world.states() == ["deferred"]
    assert small_world.events() == []


async def test_what_no_request_can_be_made_of_stops_nobody(small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world, readers = small_world, small_world.plan(3)
    made = Postmark.request

    def request(self: Postmark, message: Any) -> Any:
        if message.recipient == readers[1]:
            raise ValueError("poison")
        return made(self, message)

    monkeypatch.setattr(Postmark, "request", request)
    async with providing(Provider("postmark")) as server:
        await world.deliverer(transport(world, server)).run_until_idle()
    assert sorted(server.recipients()) == [readers[0], readers[2]]
    assert sorted(world.states()) == ["accepted", "accepted", "quarantined"]


async def test_who_left_while_the_request_was_under_way_gets_nothing(small_world: World) -> None:
    world, (reader, other) = small_world, small_world.plan(2)

    def leaves(number: int, recipient: str) -> None:
        if number == 1 and not recipient:  # the head is there, the last byte waits for its fence
            world.suppress(reader)

    async with providing(Provider("mailjet", script=leaves)) as server:
        settle, pool = world.ledger.settle, ThreadPoolExecutor(1)

        def late(*given: Any) -> Any:
            while not server.asked:
                pass
            return settle(*given).result()

        world.ledger.settle = partial(pool.submit, late)  # type: ignore[method-assign]
        with pool:
            await world.deliverer(transport(world, server)).run_until_idle()
    assert server.recipients() == [other]
    assert sorted(world.states()) == ["accepted", "suppressed"]


async def test_one_that_is_full_is_left_as_long_as_it_asks_and_then_gets_half(small_world: World) -> None:
    world = small_world
    world.plan(40)
    full = Provider("brevo", script=lambda n, to: 429 if n == 8 and to else None, headers={"Retry-After": "90"})
    async with providing(full) as server:
        deliverer = world.deliverer(transport(world, server, connections=8))
        first = await deliverer.run_until_idle()
        assert first.rests_until == world.now + timedelta(seconds=90)
        asked = server.asked
        world.pass_time(seconds=60)
        await deliverer.run_until_idle()
        assert server.asked == asked
        world.pass_time(seconds=31)
        await deliverer.run_until_idle()
        assert deliverer._tools.breaker.share == 2
    assert set(world.states()) == {"accepted"}
    assert len(set(server.recipients())) == len(server.recipients()) == 40


async def test_a_wrong_key_pauses_and_blames_nobody(small_world: World) -> None:
    small_world.plan(3)
    async with providing(Provider("scaleway")) as server:
        await small_world.deliverer(transport(small_world, server, key="other")).run_until_idle()
    assert small_world.edition_row().state == EditionState.PAUSED
    assert small_world.suppressed() == []
    assert server.taken == []
    assert set(small_world.states()) <= {"queued", "deferred"}
    ((_, said),) = small_world.told.standing.values()
    assert "401 denied_authentication: Key not found" in said


async def test_one_bad_address_stops_nobody(small_world: World) -> None:
    world = small_world
    world.subscribe("jürgen@stadt.example")
    readers = world.plan(2)
    async with providing(Provider("postmark")) as server:
        await world.deliverer(transport(world, server)).run_until_idle()
    assert server.recipients() == readers
    assert sorted(world.states()) == ["accepted", "accepted", "quarantined"]


@pytest.fixture(scope="module")
def amazon() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", free_port(), verbose=False)
    server.start()
    url = f"http://127.0.0.1:{server._server.server_port}"  # type: ignore[union-attr]
    yield url
    server.stop()


async def test_amazon_takes_an_edition(small_world: World, amazon: str) -> None:
    readers = small_world.plan(3)
    mail = settings("ses", amazon, secret="secret", region="eu-central-1")
    refused = await small_world.deliverer(find(mail, way, small_world.clock)).run_until_idle()
    assert refused.fates[Fate.BARRED] == 1, "nobody verified the sender yet"
    await asyncio.to_thread(_verify, amazon)
    small_world.editions.move(EDITION, EditionState.SENDING, small_world.now)
    small_world.pass_time(minutes=20)
    await small_world.deliverer(find(mail, way, small_world.clock)).run_until_idle()
    assert set(small_world.states()) == {"accepted"}
    kept = await asyncio.to_thread(_kept, amazon)
    assert len(kept) == len(readers) == 3


def _verify(amazon: str) -> None:
    scope = "Credential=key/20261122/eu-central-1/ses/aws4_request"
    headers = {"Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0"}
    identity = {"EmailIdentity": SENDER}
    assert httpx.post(f"{amazon}/v2/email/identities", headers=headers, json=identity).status_code == 200


def _kept(amazon: str) -> list[Any]:
    found: list[Any] = httpx.get(f"{amazon}/moto-api/data.json").json()["ses"]["RawMessage"]
    return found


def test_requests_to_amazon_are_signed_as_amazon_asks() -> None:
    """Against the signature of Amazon's own library over the same request, at the same moment."""
    import botocore.auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    provider = providers.find(settings("ses", "https://x.example", secret="secret", region="eu-central-1"))
    request = provider._sign(providers.Request("https://email.eu-central-1.amazonaws.com/x", {}, b"{}"))  # type: ignore[attr-defined]
    again = AWSRequest("POST", request.url, {"X-Amz-Date": request.headers["X-Amz-Date"]}, request.body)
    again.context["timestamp"] = request.headers["X-Amz-Date"]
    auth = botocore.auth.SigV4Auth(Credentials("key", "secret"), "ses", "eu-central-1")
    again.headers["Host"] = "email.eu-central-1.amazonaws.com"
    signed = auth.signature(auth.string_to_sign(again, auth.canonical_request(again)), again)
    assert signed in request.headers["Authorization"]


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("brevo", {"api": {}}, "mail.api.key: brevo needs it"),
        ("brevo", {"api": {"key": "k", "domain": "x.example"}}, "mail.api.domain: brevo has no use for it"),
        ("mailgun", {"api": {"key": "k"}}, "mail.api.domain: mailgun needs it"),
        ("mailgun", {"api": {"key": "k", "domain": "x", "region": "asia"}}, "mail.api.region: mailgun has eu and us"),
        ("postmark", {"return_path": "b+{token}@x.example"}, "mail.return_path: postmark has its own"),
        ("ses", {"api": {"key": "k", "region": "eu-west-1"}}, "ses takes both, or neither"),
        ("mailjet", {"dkim": {"domain": "x.example", "selector": "s", "key_file": "k"}}, "mail.dkim: mailjet changes"),
    ],
)
def test_what_a_provider_cannot_do_is_refused_by_its_name(name: str, change: dict[str, Any], said: str) -> None:
    mail = Mail.model_validate({"from": SENDER, "transport": name, **change})
    with pytest.raises(SettingsError, match="mail") as refused:
        providers.find(mail)
    assert said in str(refused.value)
