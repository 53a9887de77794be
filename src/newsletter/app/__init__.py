"""The composition root: the only place that knows every room."""

from __future__ import annotations

from newsletter.app.program import Clock, Program, utc_now

__all__ = ["Clock", "Program", "utc_now"]
