"""A mail server (RFC 5321), and the beginning of a connection with it: greeting, STARTTLS, sign-in."""

from __future__ import annotations

import asyncio
import base64
import os
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from newsletter.deliver.trust import trusting
from newsletter.deliver.verdict import Reply, redacted
from newsletter.deliver.wire import Wire, tls_problem
from newsletter.errors import SenderRefused, TransportError
from newsletter.said import Said


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait for each answer; RFC 5321, 4.5.3.2 where it names one."""

    connect: float = 30
    greeting: float = 300
    command: float = 300  # MAIL, RCPT, and the others that it does not name
    data: float = 120  # the 354
    block: float = 180  # until a written body is taken
    end: float = 600  # the answer to the final dot
    quit: float = 5


@dataclass(frozen=True, slots=True)
class Server:
    """Which server, how to reach it and how to sign in."""

    host: str
    port: int
    security: Literal["none", "starttls", "tls"] = "starttls"
    ca_file: Path | None = None
    house_ca_file: Path | None = None  # trusted where there is no `ca_file`, beside the public authorities
    username: str = ""
    password: str = field(default="", repr=False)
    auth: Literal["auto", "plain", "login", "xoauth2"] = "auto"
    password_file: Path | None = None  # read again for each sign-in: an access token is worth something for an hour
    timeouts: Timeouts = Timeouts()

    def __str__(self) -> str:
        return f"the mail server {self.host}:{self.port}"


Extensions = Mapping[str, str]
"""What EHLO offers: keyword in capitals to its parameters."""


async def connect(server: Server) -> tuple[Wire, Extensions]:
    """A connection that is ready for MAIL. Raises TransportError (SenderRefused where sign-in is refused)."""
    try:
        return await _connect(server)
    except TransportError as error:
        raise type(error)("%(server)s: %(why)s", server=server, why=error.said) from error


async def _connect(server: Server) -> tuple[Wire, Extensions]:
    context = None if server.security == "none" else _context(server)
    wire = await _open(server, context if server.security == "tls" else None)
    try:
        _expect(await wire.reply(server.timeouts.greeting), Said("its greeting"))
        extensions = await _hello(wire, server)
        if server.security == "starttls" and context:
            if "STARTTLS" not in extensions:
                raise TransportError("it does not offer STARTTLS; set mail.smtp.security")
            wire.send(b"STARTTLS\r\n")
            _expect(await wire.reply(server.timeouts.command), "STARTTLS")
            await wire.encrypt(context, server.host, server.timeouts.connect)
            extensions = await _hello(wire, server)  # what was offered before TLS is worth nothing
        if server.username:
            await _sign_in(wire, server, extensions)
    except BaseException:
        wire.abort("the connection is not used")
        raise
    return wire, extensions


async def _open(server: Server, context: ssl.SSLContext | None) -> Wire:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(server.timeouts.connect):
            _, wire = await loop.create_connection(Wire, server.host, server.port, ssl=context)
    except TimeoutError:
        raise TransportError("it did not answer within %(n)s s", n=f"{server.timeouts.connect:g}") from None
    except ssl.SSLError as error:
        raise TransportError("TLS failed: %(why)s", why=tls_problem(error)) from error
    except OSError as error:
        raise TransportError("cannot be reached (%(why)s)", why=_reason(error)) from error
    return wire


def _reason(error: OSError) -> str:
    """The system's own words; asyncio puts addresses into `strerror`."""
    if isinstance(error, socket.gaierror) or not error.errno:
        return error.strerror or "no address of it answers"
    return os.strerror(error.errno)


def _context(server: Server) -> ssl.SSLContext:
    try:
        return trusting(server.ca_file, server.house_ca_file)
    except OSError as error:
        name = "mail.smtp" if server.ca_file else "network"
        raise TransportError(f"{name}.ca_file: {server.ca_file or server.house_ca_file} cannot be read") from error


async def _hello(wire: Wire, server: Server) -> Extensions:
    name = _own_name(wire)
    wire.send(f"EHLO {name}\r\n".encode("ascii"))
    reply = await wire.reply(server.timeouts.command)
    if reply.code in (500, 502, 504):  # a server of before 1995
        wire.send(f"HELO {name}\r\n".encode("ascii"))
        _expect(await wire.reply(server.timeouts.command), "HELO")
        return {}
    _expect(reply, "EHLO")
    lines = (line.replace("=", " ", 1) if line[:5].upper() == "AUTH=" else line for line in reply.text.split("\n")[1:])
    return {keyword.upper(): rest for keyword, _, rest in (line.partition(" ") for line in lines)}


def _own_name(wire: Wire) -> str:
    """Our name where it is one that others can know, else our address (RFC 5321, 4.1.3)."""
    name = socket.gethostname()
    if "." in name and name.isascii():
        return name
    address = wire.own_address
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


async def _sign_in(wire: Wire, server: Server, extensions: Extensions) -> None:
    offered = extensions.get("AUTH", "").upper().split()
    wanted = ["PLAIN", "LOGIN"] if server.auth == "auto" else [server.auth.upper()]
    method = next((name for name in wanted if name in offered), None)
    if method is None:
        none = "it offers no sign-in by %(ways)s here; set mail.smtp.auth or username"
        raise TransportError(none, ways=" or ".join(wanted))
    for step in _steps(method, server.username.encode(), _password(server).encode()):
        wire.send(step, b"\r\n")
        reply = await wire.reply(server.timeouts.command)
        if reply.code != 334:
            break
    if reply.code >= 500:
        refused = "it refuses the sign-in: %(answer)s; check mail.smtp.username and password"
        raise SenderRefused(refused, answer=redacted(str(reply)))
    if reply.code != 235:
        raise TransportError("sign-in failed: %(answer)s", answer=redacted(str(reply)))


def _password(server: Server) -> str:
    if server.auth != "xoauth2" or server.password_file is None:
        return server.password
    try:
        return server.password_file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise TransportError(f"mail.smtp.password_file: {server.password_file} cannot be read") from error


def _steps(method: str, user: bytes, password: bytes) -> list[bytes]:
    """What to say one after the other, while the server answers with 334."""
    if method == "PLAIN":
        return [b"AUTH PLAIN " + base64.b64encode(b"\0" + user + b"\0" + password)]
    if method == "XOAUTH2":  # what is wrong comes as a challenge, and an empty answer ends it
        return [b"AUTH XOAUTH2 " + base64.b64encode(b"user=%b\1auth=Bearer %b\1\1" % (user, password)), b""]
    return [b"AUTH LOGIN", base64.b64encode(user), base64.b64encode(password)]


def _expect(reply: Reply, what: str) -> None:
    if not 200 <= reply.code < 300:
        raise TransportError("%(what)s was %(answer)s", what=what, answer=redacted(str(reply)))
