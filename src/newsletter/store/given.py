"""Many values in one statement with one parameter each column, however many they are: no text grows with them.

They come as JSON on SQLite, as arrays on PostgreSQL.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Connection, Subquery, Text, any_, func, literal, select


def among(connection: Connection, column: ColumnElement[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """Whether a column has one of these values (texts or numbers)."""
    if connection.dialect.name == "postgresql":
        return column == any_(literal(list(values), ARRAY(column.type)))
    return column.in_(select(_each(list(values)).c.value))


def listed(connection: Connection, rows: Collection[Sequence[Any]], *names: str) -> Subquery:
    """These rows of texts (on SQLite numbers too), in columns of these names."""
    if connection.dialect.name == "postgresql":
        arrays = [literal(list(values), ARRAY(Text)) for values in zip(*rows, strict=True)]
        return select(*func.unnest(*arrays).table_valued(*names).render_derived().c).subquery()
    each = _each(list(rows))
    columns = (func.json_extract(each.c.value, f"$[{at}]").label(name) for at, name in enumerate(names))
    return select(*columns).subquery()


def _each(values: Sequence[Any]) -> Any:
    # Not in ASCII: half a surrogate pair would pass the driver as `\udcff`, and be kept as what nobody can read again.
    given = json.dumps(values, ensure_ascii=False)
    return func.json_each(literal(given, Text)).table_valued("key", "value")
