"""Which certificates of mail servers and mailboxes are trusted."""

from __future__ import annotations

import ssl
from pathlib import Path


def trusting(own: Path | None, house: Path | None) -> ssl.SSLContext:
    """A client's side of TLS: it trusts the server's `own` authority alone where one is named.

    Else it trusts the public authorities and, beside them, that of the `house` (`[network] ca_file`). Raises OSError
    where a file cannot be read.
    """
    context = ssl.create_default_context(cafile=own)
    if own is None and house is not None:
        context.load_verify_locations(house)
    return context
