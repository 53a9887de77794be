"""Memory that was needed once goes back to the system: glibc keeps it for the thread that freed it, for the next time.

A page's tree takes many times the page, and publishing many releases at once; with each in a thread of its own, what
the process holds would grow to the sum of the worst that each of them ever had in hand.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
from collections.abc import Callable, Iterator
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


@contextlib.contextmanager
def loading() -> Iterator[None]:
    """Modules are loaded within: they leave no rubbish, and to look for it takes an eighth of the time of a start.

    What was loaded stays to the end; the collector does not look at it again (gc.freeze).
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def share_arenas() -> None:
    """Let all threads take their memory from a few places (mallopt(3)); to be called before there are threads."""
    _of_glibc("mallopt")(M_ARENA_MAX, ARENAS)
