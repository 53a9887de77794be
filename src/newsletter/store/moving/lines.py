"""Rows as lines of text, the same for every database: as PostgreSQL's COPY writes them.

https://www.postgresql.org/docs/current/sql-copy.html, "Text Format". Two tables hold the same where their lines, in the
order of their keys, do; so one hash tells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, Column, Integer, LargeBinary, Table

from newsletter.store.columns import Moment

ROWS = 20_000  # of a chunk: one transaction where it is put
NULL = "\\N"
ESCAPES = {"\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t", "\v": "v", "\\": "\\"}
SPECIAL = re.compile("[\b\f\n\r\t\v\\\\]")
ESCAPED = re.compile(r"\\(.)")
MEANT = {letter: char for char, letter in ESCAPES.items()}
TABLE = str.maketrans({char: f"\\{letter}" for char, letter in ESCAPES.items()})

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a table, one after the other: their lines, each with its end, and the first and the last key."""

    lines: bytes
    rows: int
    first: Key
    last: Key


def chunk(table: Table, lines: Sequence[bytes]) -> Chunk:
    """These lines, of which there is one at least."""
    return Chunk(b"".join(lines), len(lines), key_of(table, lines[0]), key_of(table, lines[-1]))


def key_of(table: Table, line: bytes) -> Key:
    """The primary key of a line, as it is ordered: texts by their characters' numbers."""
    values = line.decode().rstrip("\n").split("\t")
    return tuple(
        decoder(column)(value) for column, value in zip(table.columns, values, strict=True) if column.primary_key
    )


def encoded(table: Table, rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Lines of rows as SQLite's driver gives them."""
    encoders = [encoder(column) for column in table.columns]
    for row in rows:
        fields = [NULL if value is None else encode(value) for encode, value in zip(encoders, row, strict=True)]
        yield ("\t".join(fields) + "\n").encode()


def decoded(table: Table, lines: bytes) -> Iterator[tuple[Any, ...]]:
    """Rows as SQLite's driver takes them."""
    decoders = [decoder(column) for column in table.columns]
    for line in lines.decode().removesuffix("\n").split("\n"):
        fields = line.split("\t")
        yield tuple(None if field == NULL else decode(field) for decode, field in zip(decoders, fields, strict=True))


def encoder(column: Column[Any]) -> Callable[[Any], str]:
    """What writes a value of a column."""
    if isinstance(column.type, Boolean):
        return lambda value: "t" if value else "f"
    if isinstance(column.type, LargeBinary):
        return lambda value: f"\\\\x{value.hex()}"
    return str if _is_number(column) else _escape


def decoder(column: Column[Any]) -> Callable[[str], Any]:
    """What reads it again."""
    if isinstance(column.type, Boolean):
        return lambda field: int(field == "t")
    if isinstance(column.type, LargeBinary):
        return lambda field: bytes.fromhex(field[3:])
    return int if _is_number(column) else _unescape


def _is_number(column: Column[Any]) -> bool:
    return isinstance(column.type, Integer | Moment)


def _escape(value: Any) -> str:
    text = value if isinstance(value, str) else str(value)
    return text.translate(TABLE) if SPECIAL.search(text) else text


def _unescape(field: str) -> str:
    return ESCAPED.sub(lambda found: MEANT[found[1]], field) if "\\" in field else field
