"""Where the folders lie that ship with the program: `templates`, `feeds` and `locales`."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_PLACES = (_PACKAGE / "_data", _PACKAGE.parents[1])  # an installed wheel, a source checkout


def folder(name: str) -> Path:
    """Return the shipped folder `name`; raises FileNotFoundError where the installation lacks it."""
    for place in _PLACES:
        if (found := place / name).is_dir():
            return found
    raise FileNotFoundError(f"folder {name!r} is in none of {', '.join(map(str, _PLACES))}: reinstall newsletter")
