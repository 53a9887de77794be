"""What the DNS says of a domain, as the doctor asks it."""

from __future__ import annotations

from typing import Final

import dns.exception
import dns.rdata
import dns.resolver
import dns.reversename
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.TXT import TXT

from newsletter.errors import NewsletterError

SECONDS: Final = 5.0  # for one question
RESERVED: Final = ("example", "test", "invalid", "localhost", "local", "internal")  # RFC 2606, 6761, 6762
NO_ANSWER: Final = (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer)


class Names:
    """Asks the name servers of this machine. Each method raises NewsletterError where they cannot be asked."""

    def __init__(self, resolver: dns.resolver.Resolver | None = None) -> None:
        self._resolver = resolver

    def texts(self, name: str) -> list[str]:
        """The TXT records of a name, each put together; none where there are none."""
        records = self._ask(name, "TXT")
        return [b"".join(record.strings).decode("utf-8", "replace") for record in records if isinstance(record, TXT)]

    def mail_servers(self, name: str) -> list[str]:
        """The hosts that take a domain's mail (MX), the first ones first; `.` where it says that it takes none."""
        records = self._ask(name, "MX")
        found = sorted((one.preference, str(one.exchange)) for one in records if isinstance(one, MX))
        return [host.rstrip(".") or "." for _, host in found]

    def addresses(self, name: str) -> list[str]:
        """The addresses of a host."""
        return [str(record) for kind in ("A", "AAAA") for record in self._ask(name, kind)]

    def names_of(self, address: str) -> list[str]:
        """The names that an address has (PTR)."""
        return [str(record).rstrip(".") for record in self._ask(str(dns.reversename.from_address(address)), "PTR")]

    def _ask(self, name: str, kind: str) -> list[dns.rdata.Rdata]:
        try:
            if self._resolver is None:
                self._resolver = dns.resolver.Resolver()
            return list(self._resolver.resolve(name, kind, lifetime=SECONDS))
        except NO_ANSWER:
            return []
        except (dns.exception.DNSException, OSError, ValueError) as error:
            raise NewsletterError(f"the DNS cannot be asked about {name} ({type(error).__name__})") from error


def reserved(domain: str) -> bool:
    """Whether a domain is one that cannot be in the public DNS."""
    return "." not in domain or domain.rpartition(".")[2].lower() in RESERVED
