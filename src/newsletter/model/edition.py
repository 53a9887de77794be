"""An issue of a newsletter: its states, and the sheets and variants it is rendered to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple


class Cadence(StrEnum):
    IMMEDIATE = "immediate"
    DAILY = "daily"
    WEEKLY = "weekly"


class Format(StrEnum):
    """How a subscriber wants the mail; the choice is stored, never a reason."""

    STANDARD = "standard"
    LARGE = "large"
    NO_IMAGES = "no-images"
    TEXT = "text"


class EditionState(StrEnum):
    COMPOSED = "composed"
    HELD = "held"
    APPROVED = "approved"
    SENDING = "sending"
    PAUSED = "paused"
    FINISHED = "finished"
    SKIPPED = "skipped"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


EDITION_MOVES: Final[Mapping[EditionState, frozenset[EditionState]]] = {
    EditionState.COMPOSED: frozenset(
        {EditionState.HELD, EditionState.APPROVED, EditionState.SUPERSEDED, EditionState.CANCELLED}
    ),
    EditionState.HELD: frozenset({EditionState.APPROVED, EditionState.SUPERSEDED, EditionState.CANCELLED}),
    EditionState.APPROVED: frozenset(
        {EditionState.SENDING, EditionState.HELD, EditionState.SUPERSEDED, EditionState.CANCELLED}
    ),
    EditionState.SENDING: frozenset({EditionState.PAUSED, EditionState.FINISHED, EditionState.CANCELLED}),
    EditionState.PAUSED: frozenset({EditionState.SENDING, EditionState.CANCELLED}),
    EditionState.FINISHED: frozenset(),  # but see `settle` in store/settling.py: what is uncertain may go once more
    EditionState.SKIPPED: frozenset(),
    EditionState.SUPERSEDED: frozenset(),
    EditionState.CANCELLED: frozenset(),
}

CARRYING: Final = frozenset({EditionState.APPROVED, EditionState.SENDING, EditionState.PAUSED, EditionState.FINISHED})
"""States in which an edition carries its releases, so that they are no longer due (DESIGN, decision 4); `cancelled`
carries them too once `first_fence_at` is set."""


@dataclass(frozen=True, slots=True)
class Carried:
    """One release in an edition, at the revision the edition carries."""

    release: str
    revision: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found in final bytes. `severity` is "block" or "warn"; `where` names the place, of an edition's
    finding the variant first."""

    rule: str
    severity: str
    criterion: str  # WCAG success criterion, or the standard the rule comes from
    where: str
    message: str
    remedy: str
    line: int | None = None  # in the file that was looked at, where there is one

    @property
    def blocks(self) -> bool:
        """Whether an edition with this finding is held."""
        return self.severity == "block"


@dataclass(frozen=True, slots=True)
class Edition:
    """One issue of a newsletter for a cadence and slot. `id` is its unique key: `presse-daily-20261122T0600Z`."""

    id: str
    newsletter: str
    cadence: Cadence
    slot: datetime
    state: EditionState
    carried: tuple[Carried, ...] = ()
    composed_at: datetime | None = None
    approved_at: datetime | None = None
    first_fence_at: datetime | None = None
    finished_at: datetime | None = None
    reason: str | None = None  # why it is held, skipped, superseded, paused or cancelled
    findings: tuple[Finding, ...] = ()
    override: str | None = None  # who let it go in spite of findings, and why
    subject: str | None = None  # an editor's, in place of our own
    intro: str | None = None  # an editor's plain text; an empty line ends a paragraph
    extra: bool = False  # put together by an editor, beside the slots
    follows: str | None = None  # an earlier edition: it goes to those only who got that one
    send_after: datetime | None = None  # an editor's time for it; it goes out no sooner
    ordered: bool = False  # its releases stand in an editor's order, those of one topic together

    @property
    def goes_at(self) -> datetime:
        """The moment from which it may be sent, once it is approved."""
        return self.slot if self.send_after is None else self.send_after


@dataclass(frozen=True, slots=True)
class Saying:
    """What an editor says in an edition: its subject, and plain text before the releases."""

    subject: str | None = None
    intro: str | None = None


LONGEST_SAYING: Final = {"subject": 250, "intro": 5_000}
"""Characters of what an editor says, at most."""


@dataclass(frozen=True, slots=True)
class Blank:
    """Bytes left open: for a variant (`title`, `preheader`, `counts`, `contents`, `linked`, `beyond`) or for a person.

    The person's blanks are exactly those of `PERSON_BLANKS`.
    """

    name: str


Pieces = tuple[str | Blank, ...]

PERSON_BLANKS: Final = frozenset({"unsubscribe_url", "preferences_url", "confirm_url", "data_url", "address_url"})


@dataclass(frozen=True, slots=True)
class Part:
    """One cut of a sheet. Its HTML and its text each end with a newline, and a blank never begins a line.

    `kind` is "shell" (always there), "topic" (there when a card of `topic` is), "rule" (between two cards of a topic)
    or "card" (there when the selection has `release`). A sheet that could grow too large for a mail also has "line"
    (the headline of `release` in place of its card), "rest" (around lines) and "beyond" (for what has no line either).
    """

    kind: str
    html: Pieces
    text: Pieces
    topic: str | None = None
    release: str | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """An edition (or notice) rendered once for one language and format, its cards cut apart, blanks left open."""

    edition: str
    language: str
    format: Format
    parts: tuple[Part, ...]
    texts: Mapping[str, str]  # what variant blanks are filled from: headlines by release id, wording
    has_html: bool = True  # False for format `text`


@dataclass(frozen=True, slots=True)
class Variant:
    """A sheet's shell and one selection's cards, the variant's blanks filled; only a person's blanks are left open."""

    key: str
    edition: str
    language: str
    format: Format
    selection: tuple[str, ...]  # release ids in their order
    subject: str
    html: Pieces | None
    text: Pieces
    linked: tuple[str, ...] = ()  # those of the selection that only a line tells of, as the mail is full
    beyond: tuple[str, ...] = ()  # those that are on the edition's page only

    @property
    def html_sha256(self) -> str | None:
        """Of the HTML in UTF-8, with `{name}` for each person's blank; None where there is none."""
        return None if self.html is None else _sha256(self.html)

    @property
    def text_sha256(self) -> str:
        """Of the text part, in the same way."""
        return _sha256(self.text)


def _sha256(pieces: Pieces) -> str:
    text = "".join(piece if isinstance(piece, str) else f"{{{piece.name}}}" for piece in pieces)
    return hashlib.sha256(text.encode()).hexdigest()


class Issued(NamedTuple):
    """An edition that people may read, by its newsletter and moment."""

    id: str
    newsletter: str
    cadence: Cadence
    slot: datetime
