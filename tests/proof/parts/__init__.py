"""One way of breaking the program a file, found by its name: `KINDS` of database, and `run(proof)`."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType


def parts() -> dict[str, ModuleType]:
    """Every part there is."""
    names = sorted(module.name for module in iter_modules(__path__))
    return {name: import_module(f"{__name__}.{name}") for name in names}
