"""`[admin]`: the pages of editors."""

from __future__ import annotations

import re

from pydantic import field_validator

from newsletter.config.settings import Table

SYSLOG = re.compile(r"/.+|[^\s:]+:\d{1,5}")


class Admin(Table):
    """Who may sign in stands in the database; `syslog` is a socket's path or host:port that the audit log goes to."""

    syslog: str = ""

    @field_validator("syslog")
    @classmethod
    def _a_place(cls, value: str) -> str:
        if value and not SYSLOG.fullmatch(value):
            raise ValueError("syslog is a socket's path, as /dev/log, or host:port")
        return value
