"""What went wrong with one thing while the others went on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from newsletter.errors import StoreError


class Problems:
    """Collects problems, a line each, none twice."""

    def __init__(self) -> None:
        self._lines: dict[str, None] = {}

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(self._lines)

    def add(self, what: str, error: Exception) -> None:
        """Note what went wrong with `what`."""
        self._lines[" ".join(f"{what}: {str(error) or type(error).__name__}".split())[:500]] = None

    @contextmanager
    def of(self, what: str) -> Iterator[None]:
        """Note whatever goes wrong inside as a problem of `what`; only a full disk or a broken store go on up."""
        try:
            yield
        except (OSError, StoreError):
            raise
        except Exception as error:  # what a portal or a user's template may hold is not foreseeable
            self.add(what, error)
