"""What goes the way of `[network]`: through the house's proxy, trusting the house's authority. Mail servers are asked
directly, and the authority counts for them, too."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from newsletter.app import Program
from newsletter.app.directly import send_notice
from newsletter.app.doctor import examine
from newsletter.app.fetching import fetcher
from newsletter.app.returns import place_of
from newsletter.config import load
from newsletter.errors import FetchError, NewsletterError, TransportError
from newsletter.model import AlarmKind, Role
from newsletter.publish.writer import Writer
from tests.integration.app.test_webhooks import RELEASE, SECRET
from tests.integration.web.api_world import START, settings
from tests.servers import openid
from tests.servers.certificate import write_certificate
from tests.servers.dovecot import PASSWORD, USER, Dovecot
from tests.servers.openid import CLIENT, OpenIdProvider
from tests.servers.postfix import Postfix
from tests.servers.provider import Provider, provided
from tests.servers.proxy import Proxy, proxying
from tests.servers.web import serving

HOUSE, POST = "dienste.stadt.example", "post.stadt.example"
IT = "it@musterstadt.example"
SETTINGS = """
[alerts]
webhook = "{house}/chat"
[[webhooks]]
url = "{house}/program"
secret = "{secret}"
events = ["release.published"]
[admin]
local = false
[admin.oidc]
issuer = "{house}"
client_id = "{client}"
client_secret = "{client_secret}"
roles = {{ press = "admin" }}
[network]
{network}
"""
API = 'transport = "postmark"\n[mail.api]\nkey = "key"\nurl = "{post}"\nstream = "presse"\n'


@dataclass
class House:
    """Servers that one authority vouches for; `heard` are the paths that they were asked for."""

    ca_file: Path
    openid: OpenIdProvider
    mail: Provider
    address: str = ""
    heard: list[str] = field(default_factory=list)

    @property
    def app(self) -> Starlette:
        ways = (Route(path, self.listen, methods=["GET", "POST"]) for path in ("/program", "/chat", "/hub", "/policy"))
        return Starlette(routes=[*self.openid.app.routes, *ways])

    async def listen(self, request: Request) -> Response:
        self.heard.append(request.url.path)
        return PlainTextResponse("v1", 202)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    chain, ca_file = tmp_path / "chain.pem", tmp_path / "ca.pem"
    write_certificate(chain=chain, ca_file=ca_file, hosts=["localhost", HOUSE, POST])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    person = {"sub": "4711", "email": "mara@musterstadt.example", "groups": ["press"]}
    one = House(ca_file, OpenIdProvider(person=person, now=START.timestamp()), Provider("postmark"))
    with serving(one.app, chain=chain) as one.address, provided(one.mail, context):
        yield one


@contextmanager
def program(place: Path, *, house: str, post: str, network: str) -> Iterator[Program]:
    """A program whose settings name all these servers."""
    url = f"sqlite:///{place}/newsletter.db"
    named = {"house": house, "secret": SECRET, "client": CLIENT, "client_secret": openid.SECRET, "network": network}
    file = settings(place, url, mail=API.format(post=post), more=SETTINGS.format(**named))
    with Program.open(load(file, {"NEWSLETTER_PUBLISH__HUB": f"{house}/hub"}), lambda: START) as opened:
        yield opened


@asynccontextmanager
async def behind(place: Path, house: House, *, trusted: bool = True) -> AsyncIterator[tuple[Program, Proxy]]:
    """A program that reaches the web by a proxy alone: nobody else knows these names."""
    hosts = {HOUSE: ("127.0.0.1", urlsplit(house.address).port or 0), POST: ("127.0.0.1", house.mail.port)}
    house.openid.issuer = f"https://{HOUSE}"
    async with proxying(hosts) as proxy:
        network = f'proxy = "{proxy.address}"\n' + (f'ca_file = "{house.ca_file}"' if trusted else "")
        with program(place, house=f"https://{HOUSE}", post=f"https://{POST}", network=network) as opened:
            yield opened, proxy


async def sign_in(program: Program, house: House) -> bool:
    """Discovery, token and keys."""
    assert program.openid is not None
    there, flow = await asyncio.to_thread(program.openid.begin, "")
    house.openid.codes["code"] = dict(parse_qsl(urlsplit(there).query))
    account = await asyncio.to_thread(program.openid.finish, flow, {"state": flow.state, "code": "code"}, START)
    return account is not None and Role.ADMIN in dict(account.roles).values()


async def tell_a_program(program: Program, house: House) -> bool:
    await program.programs.push("rathaus", RELEASE)
    await program.programs.webhooks.tell(START)
    return house.heard == ["/program"]


async def tell_a_chat(program: Program, house: House) -> bool:
    program.alarms.sound("feed", AlarmKind.SOURCE_BROKEN, "The portal is silent.", START)
    await asyncio.to_thread(program.alarms.tell, START)
    return house.heard == ["/chat"]


async def tell_the_hub(program: Program, house: House) -> bool:
    Writer(program.settings.publish.directory).write("feeds/rathaus.atom", b"<feed/>")
    await program.hub.tell(START)
    return house.heard == ["/hub"]


async def ask_for_a_policy(program: Program, house: House) -> bool:
    """As `doctor` does of MTA-STS, and a hook of the certificate that signed it."""
    address = program.settings.publish.hub
    assert address is not None
    fetch = fetcher(program.settings.network)
    return await asyncio.to_thread(fetch, address.replace("/hub", "/policy")) == b"v1" and house.heard == ["/policy"]


async def mail_by_a_provider(program: Program, house: House) -> bool:
    await asyncio.to_thread(send_notice, program, "Betreff", "Text\n", [IT], START)
    return house.mail.recipients() == [IT]


Way = Callable[[Program, House], Awaitable[bool]]
WAYS: dict[Way, str] = {
    sign_in: HOUSE,
    tell_a_program: HOUSE,
    tell_a_chat: HOUSE,
    tell_the_hub: HOUSE,
    ask_for_a_policy: HOUSE,
    mail_by_a_provider: POST,
}


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
async def test_it_goes_through_the_proxy(tmp_path: Path, house: House, way: Way) -> None:
    async with behind(tmp_path, house) as (opened, proxy):
        assert await way(opened, house)
    assert set(proxy.asked) == {f"CONNECT {WAYS[way]}:443 HTTP/1.1"}


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
async def test_nobody_is_believed_whom_no_authority_vouches_for(tmp_path: Path, house: House, way: Way) -> None:
    async with behind(tmp_path, house, trusted=False) as (opened, proxy):
        with suppress(FetchError, TransportError, OSError):
            assert not await way(opened, house)
    assert set(proxy.asked) == {f"CONNECT {WAYS[way]}:443 HTTP/1.1"}
    assert (house.heard, house.openid.asked, house.mail.taken) == ([], [], [])


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
async def test_what_no_proxy_names_is_asked_directly(tmp_path: Path, house: House, way: Way) -> None:
    address = house.openid.issuer = house.address
    async with proxying({}) as proxy:
        network = f'proxy = "{proxy.address}"\nno_proxy = ["127.0.0.0/8"]\nca_file = "{house.ca_file}"'
        post = f"https://127.0.0.1:{house.mail.port}"
        with program(tmp_path, house=address, post=post, network=network) as opened:
            assert await way(opened, house)
    assert proxy.asked == []


def by_smtp(place: Path, port: int, network: str, own: str = "", security: str = "starttls") -> Path:
    mail = f'transport = "smtp"\n[mail.smtp]\nport = {port}\nsecurity = "{security}"\n{own}'
    return settings(place, f"sqlite:///{place}/newsletter.db", mail=mail, more=f"[network]\n{network}")


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_mail_server_is_asked_directly_and_the_authority_counts(
    tmp_path: Path, postfix: Postfix, security: str
) -> None:
    port = postfix.tls_port if security == "tls" else postfix.port
    async with proxying({}) as proxy:
        network = f'proxy = "{proxy.address}"\nca_file = "{postfix.ca_file}"\n'
        with Program.open(load(by_smtp(tmp_path, port, network, security=security), {}), lambda: START) as opened:
            session = await opened.mailroom.transport().session()
            await session.close()
    assert proxy.asked == []


async def test_an_authority_of_its_own_is_the_only_one_of_a_mail_server(tmp_path: Path, postfix: Postfix) -> None:
    write_certificate(chain=tmp_path / "chain.pem", ca_file=tmp_path / "other.pem")
    network = f'ca_file = "{postfix.ca_file}"\n'
    file = by_smtp(tmp_path, postfix.port, network, own='ca_file = "other.pem"\n')
    with Program.open(load(file, {}), lambda: START) as opened, pytest.raises(TransportError, match="not trusted"):
        await opened.mailroom.transport().session()


def test_the_doctor_greets_it_the_same_way(tmp_path: Path, postfix: Postfix) -> None:
    found = {check.what: check for check in examine(by_smtp(tmp_path, postfix.port, f'ca_file = "{postfix.ca_file}"'))}
    assert found["mail server"].good, found["mail server"].message
    found = {check.what: check for check in examine(by_smtp(tmp_path, postfix.port, ""))}
    assert "network.ca_file" in found["mail server"].message


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_mailbox_is_asked_directly_and_the_authority_counts(tmp_path: Path, dovecot: Dovecot, security: str) -> None:
    def looked(**network: Any) -> int:
        place = place_of(load(by_imap(tmp_path, dovecot, security, **network), {}), str)
        assert place is not None
        return place.waiting()

    dovecot.put(b"Subject: Hallo\r\n\r\nText\r\n")
    assert looked(ca_file=str(dovecot.ca_file), proxy="http://127.0.0.1:1") == 1
    with pytest.raises(NewsletterError, match="cannot be used"):
        looked()


def by_imap(place: Path, server: Dovecot, security: str, **network: str) -> Path:
    port = server.tls_port if security == "tls" else server.port
    mailbox = {"kind": "imap", "host": server.host, "security": security, "username": USER, "password": PASSWORD}
    rows = "".join(f"{name} = '{value}'\n" for name, value in mailbox.items())
    mail = f'return_path = "bounces@musterstadt.example"\n[mail.feedback]\nport = {port}\n{rows}'
    more = "[network]\n" + "".join(f'{name} = "{value}"\n' for name, value in network.items())
    return settings(place, f"sqlite:///{place}/newsletter.db", mail=mail, more=more)
