"""What a page of the admin says of itself: its address, who may open it, and what it does, if it does anything.

    @page("/editions/{id}", Role.VIEWER)
    def show(desk: Desk) -> Response: …

    @action("/editions/{id}/approve", "edition.approve", Role.EDITOR)
    def approve(desk: Desk) -> Response: …

A page answers GET and changes nothing. An action answers POST with its form's token, is put on record before it is
done, and leads on by a redirect; what it answers otherwise (a form with errors) goes on record as refused. Each module
of `pages/` is found by its name; its functions are found by these decorators.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from starlette.responses import Response

from newsletter.model import Role
from newsletter.web.admin import pages
from newsletter.web.admin.desk import Desk

Handler = Callable[[Desk], Response] | Callable[[Desk], Awaitable[Response]]
H = TypeVar("H", bound=Handler)
ROUTES = "admin_routes"
MOST_BYTES = 1024 * 1024  # of a form


@dataclass(frozen=True, slots=True)
class AdminRoute:
    """One address. `role` None: for people who are not signed in. `action` None: a page."""

    path: str
    role: Role | None
    action: str | None
    handler: Handler
    most_bytes: int = MOST_BYTES


def page(path: str, role: Role | None) -> Callable[[H], H]:
    """Answers GET; for those with this role in any newsletter: which, the handler asks with `desk.require`."""
    return _marked(AdminRoute, path, role, None)


def action(path: str, name: str, role: Role | None, most_bytes: int = MOST_BYTES) -> Callable[[H], H]:
    """Answers POST of so many bytes at most; `name` is what the audit log calls it, as `edition.approve`."""
    return _marked(AdminRoute, path, role, name, most_bytes)


def _marked(
    kind: type[AdminRoute], path: str, role: Role | None, name: str | None, most_bytes: int = MOST_BYTES
) -> Callable[[H], H]:
    def mark(handler: H) -> H:
        routes: list[AdminRoute] = getattr(handler, ROUTES, [])
        setattr(handler, ROUTES, [*routes, kind(path, role, name, handler, most_bytes)])
        return handler

    return mark


def all_routes() -> Iterator[AdminRoute]:
    """Every page and action there is."""
    for found in pkgutil.iter_modules(pages.__path__, f"{pages.__name__}."):
        module = importlib.import_module(found.name)
        for value in vars(module).values():
            if getattr(value, "__module__", None) == module.__name__:
                yield from getattr(value, ROUTES, ())
