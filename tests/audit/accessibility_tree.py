"""Prints what Thunderbird tells screen readers of the message it shows; run by Debian's python3, which has AT-SPI.

A line an element: its role, the level of a heading, and its name or text; two spaces deeper for each that holds it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import Any

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi  # noqa: E402

PATIENCE = 120  # seconds


def document(node: Any) -> Any:
    """The message: the web document in Thunderbird's window that has something in it."""
    if node is None:
        return None
    if node.get_role_name() == "document web" and node.get_child_count():
        return node
    inner = (document(node.get_child_at_index(n)) for n in range(node.get_child_count()))
    return next((found for found in inner if found is not None), None)


def show(node: Any, depth: int = 0) -> Iterator[str]:
    """Yield the lines of a node and of what it holds."""
    role, level = node.get_role_name(), (node.get_attributes() or {}).get("level")
    held = [node.get_child_at_index(n) for n in range(node.get_child_count())]
    text = Atspi.Text.get_text(node, 0, -1) if "Text" in node.get_interfaces() else ""
    text = " ".join(text.replace("\ufffc", " ").split())
    said = node.get_name() or text
    yield f"{'  ' * depth}{role}{f' {level}' if role == 'heading' else ''}: {said}".rstrip(": ")
    if role not in ("link", "heading") or any(one.get_role_name() != "text leaf" for one in held):
        for one in held:
            yield from show(one, depth + 1)


def main() -> int:
    """Wait for the message, then print it."""
    title, ends = sys.argv[1], time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        desktop = Atspi.get_desktop(0)
        for n in range(desktop.get_child_count()):
            found = document(desktop.get_child_at_index(n))
            if found is not None and found.get_name() == title:
                sys.stdout.write("\n".join((*show(found), "")))
                return 0
        time.sleep(0.5)
    sys.stderr.write(f"no message called {title!r} was shown within {PATIENCE} seconds\n")
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
