"""Addresses: absolute, rightly written, the same for the same thing."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes, urlsplit

from newsletter.publish.rules.feed import RDF, RSS, Feed, Value
from newsletter.rules.markup import Element
from newsletter.rules.rule import BLOCK, WARN, Defect, _, rule

ABSOLUTE = ("url", "web", "iri", "uri", "id url")
ANY = (*ABSOLUTE, "ref", "href")
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
PORTS = {"http": 80, "https": 443, "ftp": 21}
# iana.org/assignments/uri-schemes, the permanent ones
SCHEMES = frozenset(
    re.findall(
        r"\S+",
        "aaa about acap acct cap cid coap coaps crid data dav dict dns example file ftp geo go gopher h323 http "
        "https iax icap im imap info ipp ipps iris jabber ldap leaptofrogans mailto mid msrp msrps mtqp mupdate "
        "news nfs ni nih nntp opaquelocktoken pkcs11 pop pres reload rtsp rtsps rtspu service session shttp sieve "
        "sip sips sms snmp stun stuns tag tel telnet tftp tip tn3270 turn turns tv urn vemmi vnc ws wss xcon xmpp "
        "z39.50r z39.50s",
    )
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_FORBIDDEN = re.compile(r"[\s<>\"{}|\\^`]|%(?![0-9A-Fa-f]{2})")
_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
_UNRESERVED = frozenset((string.ascii_letters + string.digits + "-._~").encode())


@rule("URL-1", BLOCK, "RFC 3986 4.3")
def absolute(feed: Feed) -> Iterator[Defect]:
    """An address is complete: with its scheme, and its host where the scheme has one."""
    for value in feed.values:
        if value.kind in ABSOLUTE and not is_absolute(value.text.strip()):
            yield Defect(
                value.spot,
                _("“%(address)s” is no complete address."),
                _("Write it with https:// and its host."),
                {"address": value.text.strip()[:120]},
            )


@rule("URL-2", BLOCK, "RFC 3986 2")
def rightly_written(feed: Feed) -> Iterator[Defect]:
    """An address has no characters that must be escaped; in RSS that is every one outside ASCII, too."""
    for value in feed.of_kind(*ANY):
        text = value.text.strip()
        if _FORBIDDEN.search(text) or (not text.isascii() and _needs_ascii(value, feed)):
            yield Defect(
                value.spot,
                _("“%(address)s” holds characters that an address may not have."),
                _("Escape them with %%xx, a host with its xn-- form."),
                {"address": text[:120]},
            )


@rule("URL-4", WARN, "RFC 7595 3")
def known_scheme(feed: Feed) -> Iterator[Defect]:
    """The scheme of an address is a registered one."""
    for value in feed.of_kind(*ABSOLUTE):
        scheme = value.text.strip().partition(":")[0]
        if is_absolute(value.text.strip()) and scheme.lower() not in SCHEMES:
            yield Defect(
                value.spot,
                _("Nobody has registered addresses with “%(scheme)s:”."),
                _("Use https, or another that readers know."),
                {"scheme": scheme[:40]},
            )


@rule("URL-5", WARN, "RFC 4287 4.2.6.1")
def canonical(feed: Feed) -> Iterator[Defect]:
    """An id is written in the one usual form, since ids are compared letter by letter."""
    for value in feed.of_kind("uri", "guid"):
        text = value.text.strip()
        if is_absolute(text) and (odd := _odd(text)):
            yield Defect(
                value.spot,
                _("The id “%(address)s” is not in its usual form: %(odd)s."),
                _("Write it in one form, and never change it."),
                {"address": text[:120], "odd": feed.words.say(odd)},
            )


@rule("URL-6", WARN, "RFC 3986 4.4")
def not_itself(feed: Feed) -> Iterator[Defect]:
    """A relative address leads elsewhere than to the base that it is relative to."""
    for value in feed.of_kind("href"):
        if value.text.strip() in (".", "./") and value.element.get("rel", "alternate") != "self":
            base = next(
                (el.get(XML_BASE) for el in (value.element, *value.element.iterancestors()) if el.get(XML_BASE)), ""
            )
            if base.endswith("/"):
                yield Defect(
                    value.spot,
                    _("The address is that of xml:base, so it leads to the document itself."),
                    _("Write the address that is meant in full."),
                )


@rule("URL-7", WARN, "RSS Best Practices")
def no_relative_in_content(feed: Feed) -> Iterator[Defect]:
    """Links and pictures in a text have complete addresses: a reader may not know what they are relative to."""
    for markup in feed.markups:
        for element in markup.elements:
            address = element.get("href") or element.get("src")
            if address and not _SCHEME.match(address.strip()) and not address.startswith("#") and not _has_base(feed):
                yield Defect(
                    element,
                    _("The text has an address that is not complete: “%(address)s”."),
                    _("Write it with https:// and its host."),
                    {"address": address[:120]},
                )


def base_around(element: Element) -> str:
    """The xml:base that an element's addresses are relative to."""
    return next((str(base) for one in (element, *element.iterancestors()) if (base := one.get(XML_BASE))), "")


def is_absolute(text: str) -> bool:
    """Whether an address has a scheme and what that asks for."""
    scheme, colon, rest = text.partition(":")
    if not colon or not _SCHEME.match(f"{scheme}:") or not rest:
        return False
    if scheme.lower() not in PORTS:
        return True
    try:
        return rest.startswith("//") and bool(urlsplit(text).hostname)
    except ValueError:
        return False


def _needs_ascii(value: Value, feed: Feed) -> bool:
    return feed.form in (RSS, RDF) and value.kind in ("url", "web")


def _has_base(feed: Feed) -> bool:
    return not isinstance(feed.root, dict) and bool(feed.root.xpath("boolean(//@xml:base)"))


def _odd(text: str) -> str:
    """What is unusual about an address, in English; "" where nothing is."""
    scheme, _colon, _rest = text.partition(":")
    if scheme != scheme.lower():
        return _("its scheme is in capitals")
    if scheme in ("http", "https") and (odd := _odd_host(text)):
        return odd
    for escape in _ENCODED.findall(text):
        if escape != escape.upper():
            return _("%%xx is in small letters")
        if unquote_to_bytes(escape)[0] in _UNRESERVED:
            return _("it escapes what needs no escape")
    return ""


def _odd_host(text: str) -> str:
    parts = urlsplit(text)
    user, found, host = parts.netloc.rpartition("@")
    name, colon, port = host.partition(":")
    if name != name.lower():
        return _("its host is in capitals")
    if found and not user.strip(":"):
        return _("it names an empty user")
    if colon and port in ("", str(PORTS[parts.scheme])):
        return _("it names the port that goes without saying")
    if not parts.path:
        return _("it has no path, not even /")
    return _("its path has . or ..") if re.search(r"/\.\.?(?:/|\Z)", parts.path) else ""
