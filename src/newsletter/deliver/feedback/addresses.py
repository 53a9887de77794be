"""Finding mail addresses in what servers write."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

CONTROL: Final = r"\x00-\x1f\x7f-\x9f"  # an address is shown on terminals
LOCAL: Final = rf"[^\s<>()\[\],;:\"'@|\\{CONTROL}]{{1,64}}"
DOMAIN: Final = r"[\w](?:[\w.-]{0,251}[\w])?"
ADDRESS: Final = re.compile(rf"{LOCAL}@{DOMAIN}")
WHOLE: Final = re.compile(rf"(?:{LOCAL}|\"[^\"{CONTROL}]{{1,62}}\")@{DOMAIN}")
ESCAPED: Final = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")


def address_in(value: str) -> str | None:
    """The address of a field such as `rfc822; <someone@example.org>` (RFC 3464, 2.3.1; RFC 6533), or None."""
    kind, semicolon, rest = value.partition(";")
    value = (rest if semicolon else kind).strip()
    if "utf-8" in kind.lower():
        value = ESCAPED.sub(lambda found: _character(found[1]), value)
    value = value.strip("<>").strip()
    whole = WHOLE.fullmatch(value)
    found = whole or ADDRESS.search(value)
    return found[0] if found else None


def once(addresses: Iterable[str]) -> tuple[str, ...]:
    """Each address once, in the order of its first coming, told apart without case."""
    first: dict[str, str] = {}
    for address in addresses:
        first.setdefault(address.lower(), address)
    return tuple(first.values())


def _character(code: str) -> str:
    number = int(code, 16)
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else ""
