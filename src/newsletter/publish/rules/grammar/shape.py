"""The notation of the tables: `title!=plain link!=url item*` says which children an element has, how often, and of
which kind their text is; `@url!=url` says the same of an attribute.

`!` exactly once, `+` at least once, `*` any number, nothing: at most once. An element of which no shape is known holds
text only. The kinds are those of values.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

_TERM = re.compile(r"(@?)([\w:.-]+)([!*+]?)(?:=(\w+))?")


@dataclass(frozen=True, slots=True)
class Term:
    """A child or attribute: whether it must be there, whether it may be there twice, and of which kind it is."""

    needed: bool
    many: bool
    kind: str


@dataclass(frozen=True, slots=True)
class Shape:
    """What an element may hold."""

    children: Mapping[str, Term]
    attributes: Mapping[str, Term]
    kind: str = ""  # of its text, where it has no children


@dataclass(frozen=True, slots=True)
class Grammar:
    """A format: the namespaces its elements may be in, its root, and the shape of every element."""

    namespaces: frozenset[str]
    root: str
    shapes: Mapping[str, Shape]

    def shape(self, name: str, parent: str, kind: str) -> Shape:
        """The shape of an element; of one that is not in the tables text of `kind`."""
        found = self.shapes.get(f"{parent}/{name}") or self.shapes.get(name)
        return replace(found, kind=kind) if found else Shape({}, {}, kind)


def grammar(root: str, namespaces: set[str], tables: Mapping[str, str]) -> Grammar:
    """A grammar from its notation."""
    return Grammar(frozenset(namespaces), root, {name: _shape(text) for name, text in tables.items()})


def _shape(text: str) -> Shape:
    children: dict[str, Term] = {}
    attributes: dict[str, Term] = {}
    for term in text.split():
        match: Any = _TERM.fullmatch(term)
        at, name, often, kind = match.groups()
        (attributes if at else children)[name] = Term(often in ("!", "+"), often in ("*", "+"), kind or "")
    return Shape(children, attributes)
