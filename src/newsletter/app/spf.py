"""A domain's SPF record (RFC 7208): whether there is one that receivers can use, and what it costs them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from newsletter.app.names import Names
from newsletter.errors import NewsletterError

LOOKS: Final = ("include", "a", "mx", "ptr", "exists", "redirect")  # what makes a receiver ask the DNS once more
MOST_LOOKS: Final = 10  # RFC 7208, 4.6.4: beyond it the record is an error
KNOWN: Final = {*LOOKS, "ip4", "ip6", "all", "exp"}


def record_of(names: Names, domain: str) -> str:
    """The one record. Raises NewsletterError where there is none, or more than one."""
    found = [text for text in names.texts(domain) if text.lower().split(" ")[0] == "v=spf1"]
    if not found:
        raise NewsletterError(f'{domain} has no SPF record: publish TXT "v=spf1 mx -all", with who may send for it')
    if len(found) > 1:
        raise NewsletterError(f"{domain} has {len(found)} SPF records, so receivers use none: make them one")
    return found[0]


def examined(names: Names, domain: str) -> str:
    """What the record ends with and costs. Raises NewsletterError with what is to be done about it."""
    record = record_of(names, domain)
    strange = [term for term in record.split()[1:] if _name(term) not in KNOWN]
    if strange:
        raise NewsletterError(f"the SPF record of {domain} has a mistake in {strange[0]!r}: {record}")
    looks = sum(1 for _ in islice(_looks(names, record), MOST_LOOKS + 1))
    if looks > MOST_LOOKS:
        raise NewsletterError(
            f"the SPF record of {domain} makes receivers ask the DNS more than {MOST_LOOKS} times, and so "
            "counts for nothing: take out what no longer sends"
        )
    end = next((term for term in record.split() if _name(term) in ("all", "redirect")), "")
    if end.lstrip("+") == "all":
        raise NewsletterError(
            f"the SPF record of {domain} ends with {end}: anybody may send in its name; end it with -all"
        )
    if not end:
        raise NewsletterError(f"the SPF record of {domain} has no end: end it with -all")
    return f"{record} ({looks} of {MOST_LOOKS} questions)"


def _looks(names: Names, record: str) -> Iterator[str]:
    for term in record.split()[1:]:
        name = _name(term)
        if name not in LOOKS:
            continue
        yield term
        target = term.partition("=" if name == "redirect" else ":")[2]
        if name in ("include", "redirect") and target and "%" not in target:
            yield from _looks(names, record_of(names, target))


def _name(term: str) -> str:
    return term.lstrip("+-~?").partition(":")[0].partition("=")[0].partition("/")[0].lower()
