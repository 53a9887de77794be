"""What is kept of the checking of an edition: by which rules and versions, on which bytes, and what nobody tested."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from newsletter.model.edition import Format

NOT_TESTED = (
    "How it sounds in a screen reader: no person has listened to this edition.",
    "How it looks in each mail program: the rules read the HTML, they do not draw it.",
    "What only a browser shows: reflow, text at twice its size, text spacing, target size, contrast as drawn.",
    "Whether an alt text says what matters in its picture, and whether pictures hold text.",
    "Whether the texts are easy to understand.",
    "What lies behind the links.",
)
"""What no rule of ours can say of a mail; each is a message for gettext."""


@dataclass(frozen=True, slots=True)
class CheckedRule:
    """A rule as it was when it was asked; `clause` is that of EN 301 549 for documents, where it has one."""

    id: str
    severity: str
    criterion: str
    clause: str | None
    title: str


@dataclass(frozen=True, slots=True)
class CheckedVariant:
    """A variant by what it is made of, and the SHA-256 of its parts (see `Variant.html_sha256`).

    Both are None for what was checked before hashes were kept.
    """

    key: str
    language: str
    format: Format
    releases: tuple[str, ...]  # ids in their order
    html_sha256: str | None
    text_sha256: str | None


@dataclass(frozen=True, slots=True)
class Record:
    """The checking of one edition; `at` is when it was last checked. What was found stands with the edition."""

    edition: str
    at: datetime
    versions: Mapping[str, str]
    rules: tuple[CheckedRule, ...]
    variants: tuple[CheckedVariant, ...] = ()
