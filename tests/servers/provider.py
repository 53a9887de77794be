"""Providers that take mail over HTTP, as their published interfaces describe them; each may be told to fail.

What a request must have, what is answered, and with which codes is written after the providers' own references:
Brevo `sendTransacEmail`, Mailgun `POST /v3/{domain}/messages.mime`, Mailjet Send API 3.1, Postmark `POST /email`,
Scaleway `POST …/emails`. A request counts only when it is whole.
"""

from __future__ import annotations

import asyncio
import base64
import email
import email.policy
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from ssl import SSLContext
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qsl

EARLY, HASTY, DROP, KEPT, STALL, GARBAGE = "early", "hasty", "drop", "kept", "stall", "garbage"
Reply = tuple[int, dict[str, str], Any]
Script = Callable[[int, str], str | int | None]
"""From the number of the request and its recipient: what goes wrong (a word from above, or a status), or None."""


@dataclass(frozen=True)
class Got:
    """A whole request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Taken:
    """A mail that the provider has."""

    recipient: str
    mark: str
    got: Got


@dataclass
class Provider:
    """One provider; `keys` are those of idempotency that it knows."""

    name: str
    script: Script = lambda number, recipient: None
    taken: list[Taken] = field(default_factory=list)
    asked: int = 0
    open: int = 0
    port: int = 0
    keys: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)  # of answers with a status from the script

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def dawdle(self) -> None:
        """What it does before and after it takes a mail."""

    def keep(self, taken: Taken) -> None:
        """Take a mail."""
        self.taken.append(taken)

    def recipients(self) -> list[str]:
        return [one.recipient for one in self.taken]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while await self._one(reader, writer):
                pass
        self.open -= 1
        writer.transport.abort()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        fields = (line.partition(":") for line in head[1:] if line)
        headers = {name.lower(): value.strip() for name, _, value in fields}
        self.asked += 1
        number = self.asked
        fault = self.script(number, "")
        if fault == EARLY:
            return False
        if fault == HASTY:  # a gateway that does not wait for the request
            await _answer(writer, (503, {}, {"message": "no upstream"}))
            return False
        got = Got(head[0].split()[1], headers, await reader.readexactly(int(headers.get("content-length", 0))))
        if head[0].startswith("GET "):
            return await _answer(writer, self._asked(got))
        mark, recipient = read(self.name, got)
        fault = fault or self.script(number, recipient)
        if fault == DROP:
            return False
        if isinstance(fault, int):
            code = {400: 300, 422: 300}.get(fault, fault)  # Postmark's: about the mail
            return await _answer(writer, (fault, self.headers, {"message": "told to", "ErrorCode": code}))
        await self.dawdle()
        reply = self._take(got, mark, recipient)
        await self.dawdle()
        if fault == KEPT:
            return False
        if fault == STALL:
            await asyncio.sleep(60)
        return await _answer(writer, (200, {}, "<html>nothing that makes sense") if fault == GARBAGE else reply)

    def _asked(self, got: Got) -> Reply:
        """What it says of a mail that it is asked about."""
        query = dict(parse_qsl(got.path.partition("?")[2]))
        mark = query.get("metadata_mark") or query.get("CustomID")
        ids = [f"id-{number}" for number, one in enumerate(self.taken) if one.mark == mark]
        if self.name == "postmark":
            return 200, {}, {"TotalCount": len(ids), "Messages": [{"MessageID": id} for id in ids]}
        return 200, {}, {"Count": len(ids), "Data": [{"ID": id} for id in ids], "Total": len(ids)}

    def _take(self, got: Got, mark: str, recipient: str) -> Reply:
        problem = wrong(self.name, got)
        if problem:
            return problem
        key = str(got.json["headers"]["idempotencyKey"]) if self.name == "brevo" else ""
        if key and key in self.keys:
            return 400, {}, {"code": "duplicate_request", "message": "idempotency key was used"}
        self.keys[key] = recipient
        self.keep(Taken(recipient, mark, got))
        return good(self.name, recipient, len(self.taken))


def read(name: str, got: Got) -> tuple[str, str]:
    """The delivery's mark and the recipient."""
    if name == "mailgun":
        fields = form(got)
        return fields["v:mark"].decode(), fields["to"].decode()
    body = got.json
    match name:
        case "brevo":
            return body["headers"]["X-Mailin-custom"], body["to"][0]["email"]
        case "mailjet":
            return body["Messages"][0]["CustomID"], body["Messages"][0]["To"][0]["Email"]
        case "postmark":
            return body["Metadata"]["mark"], body["To"]
    named = {one["key"]: one["value"] for one in body["additional_headers"]}
    return named["X-Newsletter-Delivery"], body["to"][0]["email"]


def form(got: Got) -> dict[str, bytes]:
    """The fields of a multipart form."""
    head = f"Content-Type: {got.headers['content-type']}\r\n\r\n".encode()
    parsed = email.message_from_bytes(head + got.body, policy=email.policy.HTTP)
    parts = got.body.split(b"--" + str(parsed.get_boundary()).encode())
    found = {}
    for part in parts[1:-1]:
        start, _, value = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        found[start.decode().partition('name="')[2].partition('"')[0]] = value.removesuffix(b"\r\n")
    return found


KEYS = {
    "brevo": ("api-key", "key"),
    "postmark": ("x-postmark-server-token", "key"),
    "scaleway": ("x-auth-token", "key"),
    "mailjet": ("authorization", "Basic " + base64.b64encode(b"key:secret").decode()),
    "mailgun": ("authorization", "Basic " + base64.b64encode(b"api:key").decode()),
}
PATHS = {
    "brevo": "/smtp/email",
    "postmark": "/email",
    "scaleway": "/transactional-email/v1alpha1/regions/fr-par/emails",
    "mailjet": "/v3.1/send",
    "mailgun": "/v3/mg.musterstadt.example/messages.mime",
}
FIELDS = {
    "brevo": {"sender", "to", "subject", "textContent", "headers"},
    "postmark": {"From", "To", "Subject", "TextBody", "MessageStream"},
    "scaleway": {"project_id", "from", "to", "subject", "text"},
    "mailjet": {"Messages"},
}


def wrong(name: str, got: Got) -> Reply | None:
    """What the provider would say against it."""
    header, value = KEYS[name]
    if got.headers.get(header) != value:
        said = {"message": "Key not found", "code": "unauthorized", "type": "denied_authentication", "ErrorCode": 10}
        return 401, {}, said
    if got.path != PATHS[name]:
        return 404, {}, {"message": "not found", "code": "document_not_found"}
    if name == "mailgun":
        return None if form(got)["message"].startswith(b"To: ") else (400, {}, {"message": "no message"})
    missing = FIELDS[name] - got.json.keys()
    return (
        (400, {}, {"message": f"missing {missing}", "code": "missing_parameter", "ErrorCode": 300}) if missing else None
    )


def good(name: str, recipient: str, number: int) -> Reply:
    """Its answer to what it takes."""
    match name:
        case "brevo":
            return 201, {}, {"messageId": f"<2026{number}@smtp-relay.mailin.fr>"}
        case "mailgun":
            return 200, {}, {"id": f"<2026{number}@mg.musterstadt.example>", "message": "Queued. Thank you."}
        case "postmark":
            sent = {"To": recipient, "SubmittedAt": "2026-11-22T06:00:00Z", "MessageID": f"0a129aee-{number}"}
            return 200, {}, {**sent, "ErrorCode": 0, "Message": "OK"}
        case "mailjet":
            to = {"Email": recipient, "MessageUUID": f"u{number}", "MessageID": 456 + number, "MessageHref": "…"}
            return 200, {}, {"Messages": [{"Status": "success", "To": [to], "Cc": [], "Bcc": []}]}
    return 200, {}, {"emails": [{"id": f"e{number}", "mail_rcpt": recipient, "status": "new"}]}


async def _answer(writer: asyncio.StreamWriter, reply: Reply) -> bool:
    status, headers, value = reply
    body = value.encode() if isinstance(value, str) else json.dumps(value).encode()
    lines = [f"HTTP/1.1 {status} told", f"Content-Length: {len(body)}", *(f"{k}: {v}" for k, v in headers.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)
    await writer.drain()
    return True


@asynccontextmanager
async def providing(provider: Provider, tls: SSLContext | None = None) -> AsyncIterator[Provider]:
    """Serves it on loopback until the block ends."""
    server = await asyncio.start_server(provider.serve, "127.0.0.1", 0, ssl=tls)
    provider.port = server.sockets[0].getsockname()[1]
    async with server:
        yield provider
        server.close()


@contextmanager
def provided(provider: Provider, tls: SSLContext | None = None) -> Iterator[Provider]:
    """Serves it on loopback until the block ends, in a thread with a loop of its own."""
    loop, up = asyncio.new_event_loop(), Event()

    async def serve() -> None:
        async with providing(provider, tls):
            up.set()
            await asyncio.Event().wait()

    def run() -> None:
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(task)

    task = loop.create_task(serve())
    thread = Thread(target=run, name=provider.name, daemon=True)
    thread.start()
    assert up.wait(10)
    try:
        yield provider
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(10)


OPTIONS: dict[str, dict[str, str]] = {
    "brevo": {},
    "mailgun": {"domain": "mg.musterstadt.example"},
    "mailjet": {"secret": "secret"},
    "postmark": {"stream": "presse"},
    "scaleway": {"project": "11111111-2222", "region": "fr-par"},
}
"""What each needs in `[mail.api]` beside its key."""
