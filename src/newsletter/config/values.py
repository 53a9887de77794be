"""The kinds of value that settings hold: durations, times, addresses; each refuses what it cannot be, in a sentence."""

from __future__ import annotations

import base64
import re
from datetime import date, datetime, time, timedelta
from email.utils import parseaddr
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BeforeValidator, SecretStr

from newsletter.i18n import languages
from newsletter.model import Cadence

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 365 * 86400}
HOST = re.compile(r"(?=.{1,253}\Z)[\w-]{1,63}(?:\.[\w-]{1,63})*\Z")
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")


def duration(text: object) -> object:
    """`15m`, `7d`, `3y` as a timedelta; the empty string is None."""
    if not isinstance(text, str):
        return text
    if not text.strip():
        return None
    match = re.fullmatch(r"\s*(\d+)\s*([smhdwy])\s*", text)
    if not match:
        raise ValueError('a duration is a number and a unit, as "15m", "12h" or "7d"')
    return timedelta(seconds=int(match[1]) * UNITS[match[2]])


def clock(text: object) -> object:
    """`07:00` as a local time of day."""
    if not isinstance(text, str):
        return text
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise ValueError('a time of day is written as "07:00"')
    return time.fromisoformat(text)


def before(one: time, other: time) -> timedelta:
    """How long a time of day lies before another: of the same day, or of the next."""
    day = date.min
    return (datetime.combine(day, other) - datetime.combine(day, one)) % timedelta(days=1)


def security_contact(text: str) -> str:
    """Where somebody writes who found a hole: an address of a mailbox, a page or a telephone (RFC 9116, 2.5.3)."""
    if not re.fullmatch(r"(mailto:[^\s@]+@[^\s@]+|https://[^\s/]\S*|tel:\+?[0-9-]+)", text):
        raise ValueError('a mailto:, https: or tel: address, as "mailto:security@musterstadt.example"')
    return text


def listen(text: str) -> str:
    """A host and a port."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise ValueError('a host and a port, as "127.0.0.1:8000"')
    return text


def web_address(text: str) -> str:
    """An absolute http(s) address."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("an address begins with https:// or http:// and has a host")
    return text


def origin(text: str) -> str:
    """Scheme, host and port of a site, as a browser names it (RFC 6454); a slash at its end is taken off."""
    parts = urlsplit(web_address(text.rstrip("/")))
    if parts.path or parts.query or parts.fragment or parts.username or not re.fullmatch(r"[\w.:\[\]-]+", parts.netloc):
        raise ValueError('a site is named without a path, as "https://musterstadt.example"')
    return f"{parts.scheme}://{parts.netloc.lower()}"


def base_address(text: str) -> str:
    """The public address that pages are put under, without a slash at its end."""
    parts = urlsplit(web_address(text))
    if parts.query or parts.fragment:
        raise ValueError("a base address has no ? and no #")
    return text.rstrip("/")


def zone(text: str) -> str:
    """A time zone that zoneinfo knows."""
    if text not in available_timezones():
        raise ValueError('a time zone is named as "Europe/Berlin"')
    return str(ZoneInfo(text))


def mailbox(text: str) -> str:
    """`Name <address>` or a bare address."""
    _, address = parseaddr(text)
    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise ValueError(f"no mail address: {error}") from error
    if any(ord(char) < 32 for char in text):
        raise ValueError("no line breaks or control characters")
    return text


def slug(text: str) -> str:
    """A name that stands in addresses: small letters, digits, single hyphens."""
    if not SLUG.match(text):
        raise ValueError('small letters, digits and hyphens only, as "musterstadt"')
    return text


def network(text: object) -> object:
    """`10.1.0.0/16`, or a single address."""
    try:
        return ip_network(text) if isinstance(text, str) else text
    except ValueError as error:
        raise ValueError('a network is written as "10.1.0.0/16"') from error


def proxy(secret: SecretStr) -> SecretStr:
    """`http://proxy.example:3128`, perhaps with a user name and a password; the empty string is none."""
    text = secret.get_secret_value().strip()
    if not text:
        return SecretStr("")
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or not _port_is_good(text):
        raise ValueError('a proxy is written as "http://proxy.example:3128"; only http and https are spoken with one')
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("a proxy has a host and a port, and no path")
    return SecretStr(text)


def webhook_secret(secret: SecretStr) -> SecretStr:
    """`whsec_` and 24 to 64 bytes in base64, as Standard Webhooks has it; the empty string is none."""
    text = secret.get_secret_value().strip()
    try:
        size = len(base64.b64decode(text.removeprefix("whsec_"), validate=True))
    except ValueError:
        size = 0
    if text and (not text.startswith("whsec_") or not 24 <= size <= 64):
        raise ValueError("a secret is whsec_ and 24 to 64 random bytes in base64; `openssl rand -base64 32` makes some")
    return SecretStr(text)


def _port_is_good(address: str) -> bool:
    try:
        return urlsplit(address).port != 0
    except ValueError:
        return False


def without_proxy(text: str) -> str:
    """A host that is asked directly: its name (what lies under it, too), an address or a network."""
    name = text.strip().lower().lstrip(".")
    try:
        return str(ip_network(name))
    except ValueError:
        if HOST.match(name):
            return name
    raise ValueError('a host, or a network, as "intern.example" (and all under it) or "10.0.0.0/8"')


def language(text: str) -> str:
    """A language that mails and pages are written in."""
    if text not in languages():
        raise ValueError(f"not one of {', '.join(languages())}")
    return text


def layouts(value: object) -> object:
    """A layout's name, for all but `immediate`; or a table with the name for each cadence."""
    return {"daily": value, "weekly": value} if isinstance(value, str) else value


def region(text: str) -> str:
    """Where holidays are taken from: a country, or a part of it."""
    import holidays  # every command reads settings, and few of them need all the world's calendars

    country, _, part = text.partition("-")
    try:
        holidays.country_holidays(country, subdiv=part or None)
    except (NotImplementedError, KeyError) as error:
        raise ValueError('not known; a country or a part of it, as "DE" or "DE-BW"') from error
    return text


def return_path(text: str) -> str:
    """An envelope sender, with `{token}` where a delivery's own token goes; RFC 5321 allows 64 octets before the @."""
    sample = parseaddr(text.replace("{token}", "a" * 40))[1]
    local = sample.rpartition("@")[0]
    if not local or sample.count("@") != 1:
        raise ValueError('an address, as "bounces+{token}@example.org"')
    if len(local) > 64:
        raise ValueError("with a token of 40 characters its local part is longer than 64")
    return text


Duration = Annotated[timedelta, BeforeValidator(duration)]
OptionalDuration = Annotated[timedelta | None, BeforeValidator(duration)]
SecurityContact = Annotated[str, AfterValidator(security_contact)]
Clock = Annotated[time, BeforeValidator(clock)]
Listen = Annotated[str, AfterValidator(listen)]
WebAddress = Annotated[str, AfterValidator(web_address)]
OptionalWebAddress = Annotated[WebAddress | None, BeforeValidator(lambda text: text or None)]
Origin = Annotated[str, AfterValidator(origin)]
BaseAddress = Annotated[str, AfterValidator(base_address)]
Zone = Annotated[str, AfterValidator(zone)]
Mailbox = Annotated[str, AfterValidator(mailbox)]
Slug = Annotated[str, AfterValidator(slug)]
Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(network)]
Proxy = Annotated[SecretStr, AfterValidator(proxy)]
WebhookSecret = Annotated[SecretStr, AfterValidator(webhook_secret)]
WithoutProxy = Annotated[str, AfterValidator(without_proxy)]
Language = Annotated[str, AfterValidator(language)]
Region = Annotated[str, AfterValidator(region)]
Layouts = Annotated[dict[Cadence, Slug], BeforeValidator(layouts)]
ReturnPath = Annotated[str, AfterValidator(return_path)]
