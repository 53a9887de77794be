"""A name server of the tests' own, on loopback: real questions over UDP, answers from a table."""

from __future__ import annotations

import socketserver
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Thread
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset

Zone = Mapping[tuple[str, str], Sequence[str]]
"""From name and type to the records as a zone file has them."""


@contextmanager
def names_served(zone: Zone) -> Iterator[dns.resolver.Resolver]:
    """A resolver that asks it, until the block ends."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, socket = self.request
            socket.sendto(_answer(zone, data), self.client_address)

    with socketserver.UDPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], server.server_address[1]
        yield resolver
        server.shutdown()
        thread.join(5)


def _answer(zone: Zone, data: bytes) -> bytes:
    question: Any = dns.message.from_wire(data)
    asked = question.question[0]
    name, kind = str(asked.name).rstrip(".").lower(), dns.rdatatype.to_text(asked.rdtype)
    answer = dns.message.make_response(question)
    answer.flags |= dns.flags.AA
    if records := zone.get((name, kind)):
        answer.answer.append(dns.rrset.from_text_list(asked.name, 60, "IN", kind, list(records)))
    elif not any(known == name for known, _ in zone):
        answer.set_rcode(dns.rcode.NXDOMAIN)
    return answer.to_wire()
