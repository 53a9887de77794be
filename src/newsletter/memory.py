"""Memory that was needed once goes back to the system: glibc keeps it for the thread that freed it, for the next time.

A page's tree takes many times the page, and publishing many releases at once; with each in a thread of its own, what
the process holds would grow to the sum of the worst that each of them ever had in hand.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import partial

M_ARENA_MAX = -8  # malloc.h
ARENAS = 2  # threads wait for each other at the interpreter's lock, not at malloc's


def _of_glibc(name: str) -> Callable[..., object]:
    """A function of the C library; one that does nothing where there is no such one (musl, macOS)."""
    try:
        function: Callable[..., object] = getattr(ctypes.CDLL(None), name)
    except (AttributeError, OSError):
        return lambda *_: 0
    return function


give_back = partial(_of_glibc("malloc_trim"), 0)
"""Give what is free back to the system (malloc_trim(3)); takes milliseconds."""


def share_arenas() -> None:
    """Let all threads take their memory from a few places (mallopt(3)); to be called before there are threads."""
    _of_glibc("mallopt")(M_ARENA_MAX, ARENAS)
