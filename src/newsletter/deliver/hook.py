"""A provider's call to `/hooks/<provider>`: is it theirs, and what does it tell. Its words are closed vocabularies."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from newsletter.deliver.feedback.diagnosis import judge
from newsletter.deliver.feedback.returned import Complaint, Kind, Reason, Returned
from newsletter.errors import HookRefused


@dataclass(frozen=True, slots=True)
class Hook:
    """One call. `headers` are in small letters; `fetch` gets what lies at an address, within bounds of size and time.

    `fetch` raises OSError.
    """

    headers: Mapping[str, str]
    body: bytes
    fetch: Callable[[str], bytes]
    now: datetime

    @property
    def json(self) -> Any:
        """What it says. Raises HookRefused where that is no JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise HookRefused("the call is no JSON", status=400) from error


@dataclass(frozen=True, slots=True)
class Event:
    """What became of one mail. `mark` names the delivery (see `Letter`), `address` proves it together with that."""

    mark: str
    address: str
    returned: Returned


def signed_in(hook: Hook, secret: str) -> None:
    """Check the password of the hook's address: Basic (any user name) or Bearer. Raises HookRefused."""
    scheme, _, given = hook.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            given = base64.b64decode(given, validate=True).decode().partition(":")[2]
        except ValueError:
            given = ""
    if not secret or not hmac.compare_digest(given.strip().encode(), secret.encode()):
        raise HookRefused("the call has not the password of mail.api.hook_secret", status=401)


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """The events of a call: one object, or a list of them."""
    found = value if isinstance(value, list) else [value]
    return (one for one in found if isinstance(one, dict))


def bounce(said: str, status: str = "", *, permanent: bool | None = None, default: Reason) -> Returned:
    """A bounce whose reason is in a server's words, where the provider hands them on; else `default`.

    `permanent` is the provider's own word: with `False` no address is given up, with `True` one is that may be.
    """
    verdict = judge([said], status)
    reason = default if verdict.reason is Reason.UNEXPLAINED else verdict.reason
    gone = verdict.gone if verdict.reason is not Reason.UNEXPLAINED else permanent
    return Returned(Kind.BOUNCE, permanent=bool(gone) and permanent is not False, status=verdict.status, reason=reason)


def complaint(about: Complaint = Complaint.ABUSE) -> Returned:
    """A reader who pressed "spam"."""
    return Returned(Kind.COMPLAINT, reason=about)
