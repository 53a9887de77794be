"""Will mail arrive? What the DNS says of each domain that we send from, and of the way that our mail takes."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from email.utils import parseaddr
from functools import partial
from ipaddress import ip_address
from typing import Final

from newsletter.app.mailroom import signers
from newsletter.app.names import Names, reserved
from newsletter.app.spf import examined
from newsletter.config import Settings
from newsletter.deliver.headers import address_of
from newsletter.errors import NewsletterError

Fetch = Callable[[str], bytes]
"""What lies at an address; raises OSError."""
Finding = tuple[str, Callable[[], str]]
"""What is looked at, and the look: what was found, or NewsletterError with the remedy."""

ELSEWHERE: Final = ("192.0.2.1", 9)  # no packet goes there: it only tells by which address we would
POLICIES: Final = ("none", "quarantine", "reject")


def findings(settings: Settings, names: Names, fetch: Fetch) -> Iterator[Finding]:
    """Every check that there is for these settings. None for domains that no DNS knows (`.example`)."""
    mail = settings.mail
    back = _domain(mail.return_path) if mail.return_path else None
    for sender in _senders(settings):
        if reserved(sender):
            continue
        envelope = back or sender
        if mail.transport == "smtp":
            yield f"SPF of {envelope}", partial(examined, names, envelope)
        yield f"DMARC of {sender}", partial(_dmarc, names, sender)
        yield f"alignment of {sender}", partial(_aligned, settings, sender)
        yield f"MTA-STS of {sender}", partial(_mta_sts, names, sender, fetch)
    if mail.dkim is not None and not reserved(mail.dkim.domain):
        for signer in signers(mail.dkim):
            yield f"DKIM at {signer.place}", partial(_dkim, names, signer.place, signer.key.record())
    if back is not None and not reserved(back):
        yield f"way back to {back}", partial(_takes_mail, names, back)
    if mail.transport == "smtp" and not all(map(reserved, _senders(settings))):
        yield "reverse DNS", partial(_reverse, names, mail.smtp.host)


def _senders(settings: Settings) -> list[str]:
    senders = (settings.mail.sender, *(one.sender for one in settings.newsletters if one.sender))
    return list(dict.fromkeys(_domain(parseaddr(sender)[1]) for sender in senders))


def _domain(address: str) -> str:
    written = address.replace("{token}", "x")
    return address_of(written)[0].rpartition("@")[2].lower()


def _dmarc(names: Names, domain: str) -> str:
    """The record of the domain, or of the nearest one above it (DMARC's tree walk)."""
    labels = domain.split(".")
    for start in range(len(labels) - 1):
        at = ".".join(labels[start:])
        found = [text for text in names.texts(f"_dmarc.{at}") if text.replace(" ", "").lower().startswith("v=dmarc1")]
        if len(found) > 1:
            raise NewsletterError(f"_dmarc.{at} has {len(found)} records, so receivers use none: make them one")
        if found:
            return _policy(found[0], at)
    raise NewsletterError(
        f"{domain} has no DMARC record, which Gmail and Yahoo ask of who sends many mails: publish at _dmarc.{domain} "
        'TXT "v=DMARC1; p=none; rua=mailto:…"'
    )


def _policy(record: str, at: str) -> str:
    tags = dict(tag.strip().partition("=")[::2] for tag in record.split(";") if "=" in tag)
    policy = tags.get("p", "").strip().lower()
    if policy not in POLICIES:
        raise NewsletterError(f"the DMARC record at _dmarc.{at} has no policy: p={'|'.join(POLICIES)}: {record}")
    more = "; receivers only report: go to p=quarantine once the reports are clean" if policy == "none" else ""
    return f"p={policy} at _dmarc.{at}{more}"


def _aligned(settings: Settings, sender: str) -> str:
    """DMARC counts what is proven for the domain in From, or one that belongs to it."""
    mail = settings.mail
    if mail.transport != "smtp":
        return f"{mail.transport} signs: verify {sender} there, so that it signs with this domain"
    proven = []
    if mail.dkim is not None and _belong(mail.dkim.domain.lower(), sender):
        proven.append(f"DKIM by {mail.dkim.domain}")
    envelope = _domain(mail.return_path) if mail.return_path else sender
    if _belong(envelope, sender):
        proven.append(f"SPF by {envelope}")
    if not proven:
        raise NewsletterError(
            f"neither the DKIM domain nor the return path belongs to {sender}: mails fail DMARC unless the relay signs "
            f"with it; set mail.dkim.domain or mail.return_path to {sender}"
        )
    return " and ".join(proven) + ("" if mail.dkim else "; let the relay sign with DKIM too, forwarded mail breaks SPF")


def _belong(one: str, other: str) -> bool:
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _dkim(names: Names, place: str, wanted: str) -> str:
    found = [_key(text) for text in names.texts(place)]
    if _key(wanted) in found:
        return "the DNS has the key that we sign with"
    what = "has another key" if found else "has no key"
    raise NewsletterError(f"the DNS {what} at {place}, so that every signature of ours fails: publish TXT {wanted!r}")


def _key(record: str) -> str:
    tags = (tag.strip().partition("=") for tag in record.split(";"))
    return next(("".join(value.split()) for name, _, value in tags if name.strip() == "p"), "")


def _takes_mail(names: Names, domain: str) -> str:
    servers = names.mail_servers(domain)
    if servers == ["."]:
        raise NewsletterError(f"{domain} says that it takes no mail (MX .): bounces to mail.return_path are lost")
    if servers:
        return f"mail to it goes to {', '.join(servers)}"
    if names.addresses(domain):
        return "it has no MX record, its own address takes mail"
    raise NewsletterError(f"{domain} has no MX record: bounces to mail.return_path are lost")


def _mta_sts(names: Names, domain: str, fetch: Fetch) -> str:
    """RFC 8461: a policy that is announced has to be there, and to name every server that takes mail."""
    if not any(text.lower().startswith("v=stsv1") for text in names.texts(f"_mta-sts.{domain}")):
        return "none; it is optional: replies and bounces may come without TLS"
    address = f"https://mta-sts.{domain}/.well-known/mta-sts.txt"
    try:
        text = fetch(address).decode("utf-8", "replace")
    except OSError as error:
        raise NewsletterError(
            f"announced, but {address} cannot be read ({error}): mail to {domain} may be refused"
        ) from error
    lines = [(name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in text.splitlines())]
    allowed = [value for name, value in lines if name == "mx"]
    uncovered = [server for server in names.mail_servers(domain) if not any(_matches(server, one) for one in allowed)]
    if uncovered:
        raise NewsletterError(f"the policy at {address} does not name {', '.join(uncovered)}: mail to it is refused")
    return f"mode {dict(lines).get('mode', 'none')}, names {', '.join(allowed)}"


def _matches(server: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return server.partition(".")[2].lower() == pattern[2:].lower()
    return server.lower() == pattern.lower()


def _reverse(names: Names, host: str) -> str:
    """Receivers refuse a sending address without a name that leads back to it."""
    outgoing = _outgoing(names, host)
    if not outgoing:
        return "this machine has private addresses only: see to it where its mail leaves your network"
    for address in outgoing:
        found = names.names_of(address)
        if not found:
            raise NewsletterError(
                f"{address} has no name (PTR): let who gives you the address set it to the relay's name"
            )
        if not any(address in names.addresses(name) for name in found):
            raise NewsletterError(
                f"{address} is called {found[0]}, which does not lead back to it: correct PTR or A record"
            )
    return f"{', '.join(outgoing)}: its name leads back to it"


def _outgoing(names: Names, host: str) -> list[str]:
    """The public addresses that our mail leaves from, as far as they are known: the relay's, or ours for one here."""
    try:
        found = [str(ip_address(host))]
    except ValueError:
        found = names.addresses(host) if not reserved(host) else ["127.0.0.1"]
    if all(ip_address(one).is_loopback for one in found):
        found = [_own()]
    return [one for one in found if ip_address(one).is_global]


def _own() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(ELSEWHERE)
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"
