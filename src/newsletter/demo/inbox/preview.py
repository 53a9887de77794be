"""How a mail's HTML is looked at: the width of its frame, with or without pictures, light or dark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

CHOICES = {  # the first of each holds unasked
    "width": ("full", "320 px"),
    "pictures": ("shown", "blocked"),
    "colours": ("light", "dark"),
}


class Preview:
    """One value for each of CHOICES, as an address's query names them; what is unknown there counts as unasked."""

    def __init__(self, query: Mapping[str, str]) -> None:
        asked = {name: query.get(name, "") for name in CHOICES}
        self._chosen = {name: asked[name] if asked[name] in values else values[0] for name, values in CHOICES.items()}

    def __getitem__(self, name: str) -> str:
        return self._chosen[name]

    @property
    def query(self) -> str:
        """The query that leads here: what differs from the unasked."""
        return _query(self._chosen)

    def choices(self) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """Each thing to choose, with its values and the query that leads to each of them from here."""
        for name, values in CHOICES.items():
            yield name, [(value, _query(self._chosen | {name: value})) for value in values]


def _query(chosen: Mapping[str, str]) -> str:
    return urlencode({name: value for name, value in chosen.items() if value != CHOICES[name][0]})
