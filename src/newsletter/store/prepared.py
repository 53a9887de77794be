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
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Compiled:
    text: str
    # Parameters by place or by name; the constants are in it, as the driver takes them.
    form: list[Any] | dict[str, Any]
    blanks: Sequence[tuple[Any, str, Convert | None]]  # where a value belongs in the form, and its name

    def filled(self, values: Mapping[str, Any]) -> Any:
        form: Any = self.form.copy()
        for place, name, convert in self.blanks:
            value = values[name]
            form[place] = convert(value) if convert is not None else value
        return form


class Prepared:
    """A statement; `build` makes it for a dialect, with a `bindparam` for each value. No list may be expanded in it."""

    def __init__(self, build: Callable[[str], UpdateBase]) -> None:
        self._build = build
        self._compiled: dict[str, _Compiled] = {}

    def scalars(self, connection: Connection, **values: Any) -> Sequence[Any]:
        """The first column of what it returns."""
        compiled = self._for(connection.dialect)
        with asking(connection, compiled.text) as cursor:
            cursor.execute(compiled.text, compiled.filled(values))
            return [row[0] for row in cursor.fetchall()]

    def many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run it for each of these rows of values."""
        compiled = self._for(connection.dialect)
        with asking(connection, compiled.text) as cursor:
            cursor.executemany(compiled.text, [compiled.filled(row) for row in rows])

    def _for(self, dialect: Dialect) -> _Compiled:
        if dialect.name not in self._compiled:
            self._compiled[dialect.name] = _compile(self._build(dialect.name), dialect)
        return self._compiled[dialect.name]


@contextmanager
def asking(connection: Connection, text: str) -> Iterator[Any]:
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
    names = compiled.positiontup if compiled.positional else list(compiled.binds)
    form: dict[Any, Any] = {}
    blanks = []
    for place, name in enumerate(names or ()):
        parameter, key = compiled.binds[name], place if compiled.positional else name
        convert = parameter.type.dialect_impl(dialect).bind_processor(dialect)
        form[key] = None
        if parameter.required:
            blanks.append((key, name, convert))
        else:
            form[key] = parameter.effective_value if convert is None else convert(parameter.effective_value)
    return _Compiled(compiled.string, list(form.values()) if compiled.positional else form, blanks)
