"""The pages of editors, an application of its own under `/admin`."""

from __future__ import annotations

from newsletter.web.admin.app import create_admin

__all__ = ["create_admin"]
