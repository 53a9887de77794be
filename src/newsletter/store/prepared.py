"""Statements that are asked thousands of times: compiled once, then handed to the driver as they are.

SQLAlchemy's way from an expression to the driver costs more than the database itself where a statement changes a few
rows; so what fences and receipts ask goes without it. What it asks is written as an expression all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, UpdateBase
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Compiled:
    text: str
    order: Sequence[str] | None  # of positional parameters; None: they go by name
    constants: Mapping[str, Any]  # as the driver takes them
    convert: Mapping[str, Convert]

    def filled(self, values: Mapping[str, Any]) -> Any:
        known = dict(self.constants)
        for name, value in values.items():
            convert = self.convert.get(name)
            known[name] = convert(value) if convert else value
        return known if self.order is None else tuple(known[name] for name in self.order)


class Prepared:
    """A statement; `build` makes it for a dialect, with a `bindparam` for each value. No list may be expanded in it."""

    def __init__(self, build: Callable[[str], UpdateBase]) -> None:
        self._build = build
        self._compiled: dict[str, _Compiled] = {}

    def scalars(self, connection: Connection, **values: Any) -> Sequence[Any]:
        """The first column of what it returns."""
        compiled = self._for(connection.dialect)
        with _asking(connection, compiled.text) as cursor:
            cursor.execute(compiled.text, compiled.filled(values))
            return [row[0] for row in cursor.fetchall()]

    def many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run it for each of these rows of values."""
        compiled = self._for(connection.dialect)
        with _asking(connection, compiled.text) as cursor:
            cursor.executemany(compiled.text, [compiled.filled(row) for row in rows])

    def _for(self, dialect: Dialect) -> _Compiled:
        if dialect.name not in self._compiled:
            self._compiled[dialect.name] = _compile(self._build(dialect.name), dialect)
        return self._compiled[dialect.name]


@contextmanager
def _asking(connection: Connection, text: str) -> Iterator[DBAPICursor]:
    """A cursor of the driver, whose errors are SQLAlchemy's."""
    driver, cursor = connection.dialect.loaded_dbapi, connection.connection.cursor()
    try:
        yield cursor
    except driver.Error as error:
        raise DBAPIError.instance(
            text, (), error, driver.Error, hide_parameters=True, dialect=connection.dialect
        ) from error
    finally:
        cursor.close()


def _compile(statement: UpdateBase, dialect: Dialect) -> _Compiled:
    compiled = statement.compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)  # noqa: S101 - an UPDATE is nothing else
    convert: dict[str, Convert] = {}
    constants: dict[str, Any] = {}
    for parameter, name in compiled.bind_names.items():
        bind = parameter.type.dialect_impl(dialect).bind_processor(dialect)
        if bind is not None:
            convert[name] = bind
        if not parameter.required:
            value = parameter.effective_value
            constants[name] = bind(value) if bind is not None else value
    return _Compiled(compiled.string, compiled.positiontup if compiled.positional else None, constants, convert)
