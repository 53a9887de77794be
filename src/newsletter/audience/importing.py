"""A CSV file of people whose consent was given elsewhere: what each row says, or why it cannot be used.

Files come from spreadsheets: with commas, semicolons or tabs, in UTF-8 or Windows-1252, with English or German column
names in any order; or from another newsletter program (see foreign/).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Final, NamedTuple

from newsletter.audience.address import normalised
from newsletter.audience.foreign import Export, Place, folded
from newsletter.audience.offer import Offer
from newsletter.errors import BadInput
from newsletter.model import Enrolment, SubscriptionState, Wish
from newsletter.tokens import Keys

COLUMNS: Final = {
    "email": ("email", "mail", "emailadresse", "emailaddress", "mailadresse", "adresse", "address"),
    "newsletter": ("newsletter", "verteiler", "liste", "list"),
    "topics": ("topics", "topic", "themen", "thema", "tags"),
    "cadence": ("cadence", "frequency", "rhythmus", "turnus", "häufigkeit"),
    "language": ("language", "lang", "sprache"),
    "format": ("format",),
    "consent": ("consent", "evidence", "consentevidence", "einwilligung", "nachweis", "einwilligungsnachweis"),
    "date": ("date", "consentdate", "consentat", "datum", "einwilligungam", "einwilligungsdatum"),
    "state": ("state", "status", "zustand"),
}
GERMAN: Final = {  # case-folded
    "sofort": "immediate", "täglich": "daily", "taeglich": "daily", "wöchentlich": "weekly", "woechentlich": "weekly",
    "deutsch": "de", "englisch": "en", "german": "de", "english": "en",
    "normal": "standard", "gross": "large", "grossdruck": "large", "ohne bilder": "no-images", "nur text": "text",
    "aktiv": "active", "abgemeldet": "ended",
}  # fmt: skip
OURS: Final = ("line", "reason")  # columns that we add to what is refused
WISHES: Final = ("topics", "cadence", "language", "format")
SOMETHING: Final = re.compile(r"\S.*")
LINES_A_ROW: Final = 20  # a cell may hold line breaks, between quotation marks
NO_TEXT: Final = re.compile("[\0\ud800-\udfff]")  # PostgreSQL keeps no NUL, and no database half a surrogate pair
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # https://owasp.org/www-community/attacks/CSV_Injection


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was left out, and what it held. `line` is that of the file, from 1."""

    line: int
    reason: str
    cells: tuple[str, ...] = ()


class Record(NamedTuple):
    """A row of a file: its line, from 1, its cells as they stand there, and what they mean."""

    line: int
    cells: tuple[str, ...]
    said: dict[str, str]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file: every row is added, was there already, or is refused with a reason.

    Of another program's export some are `passed` over, as they stood there: they left or never confirmed. So many of
    them were `suppressed`, as nothing was sent to them there either. `header` names the columns of what is refused.
    """

    added: int
    already: int
    refused: tuple[Refusal, ...]
    ignored_columns: tuple[str, ...] = ()
    passed: int = 0
    suppressed: int = 0
    header: tuple[str, ...] = ()
    program: str | None = None


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for rows that do not say it themselves."""

    newsletter: str | None = None
    consent: str | None = None


class Arrival(NamedTuple):
    """Somebody of another program's list; `who` is there where they read."""

    place: Place
    email_hash: str
    who: Enrolment | None = None


def text_of(data: bytes) -> str:
    """A file's text. Raises BadInput for what is no text at all."""
    return decoded(data)[0]


def decoded(data: bytes) -> tuple[str, str]:
    """A file's text, and the encoding that it is in. Raises BadInput for what is no text at all."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    for attempt in (encoding, "cp1252"):
        try:
            text = data.decode(attempt)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, attempt
    raise BadInput("the file is no text: save it as CSV, in UTF-8")


class Table:
    """The rows of a CSV file."""

    def __init__(self, text: str) -> None:
        self._text = text.replace("\r\n", "\n").replace("\r", "\n")  # whole, and no list of lines: there may be many
        first = self._text[: self._end(0)]
        self.delimiter = max(";,\t", key=first.count)
        self._names: list[str | None] = []
        self.header = tuple(cell.strip() for cell in self._cells(first))
        self.ignored: tuple[str, ...] = ()

    def named(self, columns: Mapping[str, Collection[str]]) -> Table:
        """The same rows under the names of these columns. Raises BadInput where none of them holds addresses."""
        return self.assigned(self.guessed(columns))

    def guessed(self, columns: Mapping[str, Collection[str]]) -> list[str | None]:
        """What each column of the file may hold, by what it is called; None: nothing of these."""
        known = {spelling: name for name, spellings in columns.items() for spelling in spellings}
        return [known.get(folded(cell)) for cell in self.header]

    def assigned(self, names: Sequence[str | None]) -> Table:
        """The same rows, each column under the name of its place. Raises BadInput where none holds addresses."""
        self._names = [*names, *[None] * len(self.header)][: len(self.header)]
        pairs = zip(self.header, self._names, strict=True)
        self.ignored = tuple(cell for cell, name in pairs if name is None and cell not in OURS)
        if "email" not in self._names:
            raise BadInput("the file's first line must name its columns, and one of them must be `email`")
        return self

    def __len__(self) -> int:
        """How many lines below the first hold something: as many rows at most."""
        return sum(1 for _ in SOMETHING.finditer(self._text, self._end(0) + 1))

    def __iter__(self) -> Iterator[Record]:
        """Empty rows are passed over, what cannot be read is a row of nothing."""
        line, at = 2, self._end(0) + 1
        while at < len(self._text):
            record, spent, after = self._record(at)
            if record.strip():
                cells = tuple(self._cells(record))
                pairs = zip(self._names, cells, strict=False)
                yield Record(line, cells, {name: _plain(cell) for name, cell in pairs if name})
            line, at = line + spent, after

    def _record(self, at: int) -> tuple[str, int, int]:
        """A row that begins here, how many lines it takes, and where the next one begins.

        A quotation mark never closed spoils one line only.
        """
        end = first = self._end(at)
        for spent in range(1, LINES_A_ROW + 1):
            record = self._text[at:end]
            if record.count('"') % 2 == 0:
                return record, spent, end + 1
            end = self._end(end + 1)
        return self.delimiter, 1, first + 1

    def _end(self, at: int) -> int:
        """Where the line ends in which this is."""
        end = self._text.find("\n", at)
        return len(self._text) if end < 0 else end

    def _cells(self, record: str) -> list[str]:
        if '"' not in record and len(record) <= csv.field_size_limit():  # as most are: the same, in a tenth of the time
            return record.split(self.delimiter)
        try:
            return next(csv.reader(io.StringIO(record, newline=""), delimiter=self.delimiter), [])
        except csv.Error:
            return []


class Reading:
    """What the rows of one file say. `export`: of whose list it is; `today` is a day in UTC."""

    def __init__(self, offer: Offer, keys: Keys, defaults: Defaults, today: date, export: Export | None = None) -> None:
        self._keys = keys
        self._defaults = defaults
        self._today = today
        self._export = export
        self._wish = lru_cache(maxsize=1000)(partial(_wish, offer))  # many rows ask for the same

    def arrival(self, row: Mapping[str, str]) -> Arrival:
        """What a row says. Raises BadInput or NotFound with the reason why it cannot be used."""
        return self._own(row) if self._export is None else self._foreign(row, self._export)

    def _own(self, row: Mapping[str, str]) -> Arrival:
        email = normalised(row.get("email", ""))
        if _meant(row.get("state", "")) not in ("", SubscriptionState.ACTIVE):
            raise BadInput("only active subscriptions can be imported")
        evidence = _proof(row.get("consent") or self._defaults.consent)
        given = _day(row["date"], self._today) if row.get("date") else None
        wish = self._wish(row.get("newsletter") or self._defaults.newsletter, *(row.get(name, "") for name in WISHES))
        return self._reads(email, wish, f"{evidence} ({given})" if given else evidence)

    def _foreign(self, row: Mapping[str, str], export: Export) -> Arrival:
        place = export.place(row)
        email = normalised(row.get("email", ""))
        if place is not Place.READS:
            return Arrival(place, self._keys.address_hash(email))
        evidence = _proof(export.evidence(row, self._defaults.consent))
        return self._reads(email, self._wish(self._defaults.newsletter), evidence)

    def _reads(self, email: str, wish: Wish, evidence: str) -> Arrival:
        who = Enrolment(email, self._keys.address_hash(email), wish, evidence)
        return Arrival(Place.READS, who.email_hash, who)


def _wish(
    offer: Offer, newsletter: str | None, topics: str = "", cadence: str = "", language: str = "", format: str = ""
) -> Wish:
    return offer.wish(
        newsletter,
        topics=[part for part in re.split(r"[,;|]", topics) if part.strip()],
        cadence=_meant(cadence),
        language=_meant(language),
        format=_meant(format),
    )


def _proof(evidence: str | None) -> str:
    if not evidence:
        raise BadInput("no proof of consent: fill the column `consent`, or give one for all rows with --consent")
    return kept(evidence)


def kept(evidence: str) -> str:
    """A proof of consent that can stay on record. Raises BadInput for what is no text."""
    if NO_TEXT.search(evidence):
        raise BadInput("the proof of consent is no text: write it in UTF-8")
    return evidence


def _plain(cell: str) -> str:
    """A cell as meant: spreadsheets (and our own export) put an apostrophe before what would be a formula."""
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA else cell


def _meant(text: str) -> str:
    wanted = text.strip().casefold()
    return GERMAN.get(wanted, wanted)


@lru_cache(maxsize=1000)
def _day(text: str, today: date) -> date:
    for pattern in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            day = datetime.strptime(text.strip()[:10], pattern).date()  # noqa: DTZ007  # a day, no moment
        except ValueError:
            continue
        if day > today:
            raise BadInput("the consent's date %(day)s lies in the future", day=day)
        return day
    raise BadInput("date %(typed)s: write it as 2026-11-01 or 01.11.2026", typed=repr(text))
