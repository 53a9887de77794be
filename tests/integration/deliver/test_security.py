"""TLS, STARTTLS and sign-in, against aiosmtpd and against a server that cheats."""

from __future__ import annotations

import base64
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message as Mail
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Handler
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from newsletter.config import Mail as MailSettings
from newsletter.deliver.server import Server, connect
from newsletter.deliver.transports import find, names
from newsletter.errors import SenderRefused, TransportError
from newsletter.model import EditionState
from tests.integration.deliver.scripted import Scripted, at, serving
from tests.integration.deliver.world import EDITION, SHORT, World
from tests.servers.certificate import write_certificate
from tests.servers.process import free_port


class Box(Handler):
    def __init__(self) -> None:
        super().__init__()
        self.mails: list[Mail] = []

    def handle_message(self, message: Mail) -> None:
        self.mails.append(message)


class ImplicitTls(Controller):
    """aiosmtpd's Controller would try itself with a client that does not trust the certificate."""

    def _trigger_server(self) -> None:
        socket.create_connection((self.hostname, self.port), timeout=5).close()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    place = tmp_path_factory.mktemp("certificate")
    write_certificate(chain=place / "server.pem", ca_file=place / "ca.pem")
    return place / "server.pem", place / "ca.pem"


@contextmanager
def running(certificate: tuple[Path, Path], security: str, **options: Any) -> Iterator[tuple[Box, int]]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate[0])
    how: dict[str, Any] = {"tls_context": context, "require_starttls": True} if security == "starttls" else {}
    kind = ImplicitTls if security == "tls" else Controller
    box, port = Box(), free_port()
    wrapped = context if security == "tls" else None
    server = kind(box, "127.0.0.1", port, ssl_context=wrapped, **how, **options)
    server.start()
    try:
        yield box, port
    finally:
        server.stop()


def only_presse(server: SMTP, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"presse", "geheim ü".encode())
    return AuthResult(success=good, handled=False)


AUTH: dict[str, Any] = {"authenticator": only_presse, "auth_required": True}


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
async def test_mail_goes_out(small_world: World, certificate: tuple[Path, Path], security: str) -> None:
    readers = small_world.plan(5)
    with running(certificate, security) as (box, port):
        transport = small_world.transport(port, 2, security=security, ca_file=certificate[1])
        await small_world.deliverer(transport).run_until_idle()
    assert sorted(mail["To"] for mail in box.mails) == readers
    assert small_world.edition_row().state == EditionState.FINISHED


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_that_is_not_trusted_is_refused(certificate: tuple[Path, Path], security: str) -> None:
    with running(certificate, security) as (_, port), pytest.raises(TransportError, match=r"not trusted.*ca_file"):
        await connect(Server("127.0.0.1", port, security=security, timeouts=SHORT))  # type: ignore[arg-type]


@pytest.mark.parametrize("auth", ["auto", "plain", "login"])
async def test_sign_in(small_world: World, certificate: tuple[Path, Path], auth: str) -> None:
    small_world.plan(1)
    with running(certificate, "starttls", **AUTH) as (box, port):
        how: dict[str, Any] = {"security": "starttls", "ca_file": certificate[1], "auth": auth}
        transport = small_world.transport(port, username="presse", password="geheim ü", **how)
        await small_world.deliverer(transport).run_until_idle()
    assert len(box.mails) == 1


async def test_a_refused_sign_in_pauses_the_run(small_world: World, certificate: tuple[Path, Path]) -> None:
    small_world.plan(2)
    with running(certificate, "starttls", **AUTH) as (box, port):
        how: dict[str, Any] = {"security": "starttls", "ca_file": certificate[1]}
        transport = small_world.transport(port, username="presse", password="falsch", **how)
        with pytest.raises(SenderRefused, match="535"):
            await transport.session()
        await small_world.deliverer(transport).run_until_idle()
    assert box.mails == []
    assert small_world.edition_row().state == EditionState.PAUSED
    assert set(small_world.states()) == {"queued"}
    assert "falsch" not in str(small_world.told.standing)
    assert "sign-in" in small_world.told.standing["mail-sender"][1]


async def test_what_was_slipped_in_before_tls_is_refused() -> None:
    """CVE-2011-0411: what stands in the buffer when TLS begins was not said under TLS."""
    script = at("STARTTLS", "220 go\r\n250 injected")
    async with serving(Scripted(script=script, offers=("STARTTLS",))) as server:
        with pytest.raises(TransportError, match="between STARTTLS and TLS"):
            await connect(Server("127.0.0.1", server.port, timeouts=SHORT))


async def test_never_in_the_clear_where_starttls_is_asked_for() -> None:
    async with serving(Scripted(offers=("PIPELINING",))) as server:
        with pytest.raises(TransportError, match="does not offer STARTTLS"):
            await connect(Server("127.0.0.1", server.port, username="presse", password="x", timeouts=SHORT))
        assert not any(said.startswith(("AUTH", "MAIL")) for said in server.said)


async def test_a_server_without_ehlo_is_greeted_in_the_old_way(small_world: World) -> None:
    readers = small_world.plan(2)

    def script(verb: str, argument: str, number: int) -> str | None:
        return {"EHLO": "502 5.5.1 what?", "HELO": "250 mail.test"}.get(verb)

    async with serving(Scripted(script=script)) as server:
        await small_world.deliverer(small_world.transport(server.port)).run_until_idle()
    assert server.recipients() == readers


async def test_no_sign_in_offered_says_so() -> None:
    async with serving(Scripted()) as server:
        with pytest.raises(TransportError, match="offers no sign-in by PLAIN or LOGIN"):
            await connect(Server("127.0.0.1", server.port, security="none", username="presse", timeouts=SHORT))


@pytest.mark.parametrize("token", ["ya29.gut", "ya29.alt"])
async def test_sign_in_with_an_access_token(tmp_path: Path, token: str) -> None:
    """The file is read again for each sign-in: whoever renews the token writes it there."""
    file = tmp_path / "token"
    file.write_text("ya29.von-gestern\n")

    def script(verb: str, argument: str, number: int) -> str | None:
        if verb == "AUTH":
            method, _, given = argument.partition(" ")
            good = base64.b64decode(given) == b"user=presse\1auth=Bearer ya29.gut\1\1"
            return "235 2.7.0 welcome" if (method, good) == ("XOAUTH2", True) else "334 eyJzdGF0dXMiOiI0MDAifQ=="
        return "535 5.7.8 the token is too old" if verb == "" else None

    async with serving(Scripted(offers=("AUTH PLAIN XOAUTH2",), script=script)) as mail:
        how = {"username": "presse", "password_file": file, "auth": "xoauth2", "timeouts": SHORT}
        server = Server("127.0.0.1", mail.port, security="none", **how)  # type: ignore[arg-type]
        file.write_text(f"{token}\n")
        if token == "ya29.gut":
            wire, _ = await connect(server)
            wire.close()
        else:
            with pytest.raises(SenderRefused, match="the token is too old"):
                await connect(server)


def unreachable(host: str) -> httpx.AsyncHTTPTransport:
    raise AssertionError(f"{host} is not for this transport")


async def test_transports_are_found_by_their_file(small_world: World) -> None:
    assert names() == ["log", "smtp"]
    readers = small_world.plan(3)
    await small_world.deliverer(
        find(MailSettings.model_validate({"from": "presse@musterstadt.example"}), unreachable, small_world.clock)
    ).run_until_idle()
    assert len(readers) == 3
    assert set(small_world.rows("state", "answer")) == {("accepted", "logged, not sent (mail.transport = log)")}
    assert small_world.edition_row(EDITION).state == EditionState.FINISHED
