"""Lists of other newsletter programs, one file a program: what their exports say of people and of their consent.

The file's name is what `--from` takes; it is found, not registered. Each has `EXPORT`. IP addresses that an export
holds are not read: a time and a way prove a consent as well, and what is not kept needs no protection.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Final, cast

from newsletter.errors import BadInput

NEVER: Final = ("", "0", "-", "null", "0000-00-00", "0000-00-00 00:00:00", "false", "no", "nein")


class Place(StrEnum):
    """Where somebody stands in another program."""

    READS = "reads"
    LEFT = "left there"
    WAITS = "never confirmed there"
    BLOCKED = "blocked there"


@dataclass(frozen=True, slots=True)
class Export:
    """What the export of a program looks like; names and states as `folded` has them.

    It is known by its columns: one of the sets in `marks` is there. `columns` may be `email`, `state`, `asked`,
    `confirmed`, `left`, `blocked` (moments, or a yes) and `way`. `confirms`: who has no moment of confirming never did.
    """

    name: str
    marks: tuple[frozenset[str], ...]
    columns: Mapping[str, Collection[str]]
    states: Mapping[Place, Collection[str]]
    confirms: bool = False

    def place(self, row: Mapping[str, str]) -> Place:
        """Where somebody stands. Raises BadInput for a state that is not known."""
        state = folded(row.get("state", ""))
        found = next((place for place, names in self.states.items() if state in names), None)
        if state and found is None:
            of = {"state": repr(row["state"]), "program": self.name}
            raise BadInput("the state %(state)s is none of %(program)s's", **of)
        if found is Place.BLOCKED or _happened(row.get("blocked")):
            return Place.BLOCKED
        if found is Place.LEFT or _happened(row.get("left")):
            return Place.LEFT
        if found is Place.WAITS or (self.confirms and not _happened(row.get("confirmed"))):
            return Place.WAITS
        return Place.READS

    def evidence(self, row: Mapping[str, str], otherwise: str | None) -> str | None:
        """What the row says of a consent; `otherwise` where it says too little: nobody confirmed anything."""
        said = [f"{what} {_moment(row[name])}" for name, what in SAYS if _happened(row.get(name))]
        if row.get("way"):
            said.append(f"by {row['way'][:200]}")
        proven = _happened(row.get("confirmed"))
        told = f"{self.name}: {', '.join(said)}" if said else None
        return told if proven else "; ".join(part for part in (told, otherwise) if part) or None


SAYS: Final = (("asked", "signed up"), ("confirmed", "confirmed"))


@cache
def programs() -> tuple[str, ...]:
    """The names of all programs."""
    return tuple(sorted(module.name for module in iter_modules(__path__)))


def export_of(name: str) -> Export:
    """What a program's export looks like. Raises BadInput for a program that is not known."""
    if name not in programs():
        raise BadInput("%(name)s is not known; there is %(known)s", name=repr(name), known=", ".join(programs()))
    return cast(Export, import_module(f"{__name__}.{name}").EXPORT)


def recognised(header: Sequence[str]) -> Export | None:
    """Whose export has these columns; None: nobody's that we know."""
    cells = frozenset(map(folded, header))
    exports = map(export_of, programs())
    return next((one for one in exports if any(marks <= cells for marks in one.marks)), None)


def folded(cell: str) -> str:
    """The name of a column or state without case, space and punctuation."""
    return re.sub(r"[\W_]+", "", cell.casefold())


def _happened(cell: str | None) -> bool:
    return (cell or "").strip().casefold() not in NEVER


def _moment(cell: str) -> str:
    """A moment as it stands there; one in seconds since 1970 so that people can read it."""
    if re.fullmatch(r"\d{9,10}", cell):
        return datetime.fromtimestamp(int(cell), UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return cell[:40]
