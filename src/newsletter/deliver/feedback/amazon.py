"""What Amazon SES sends by mail through SNS: a JSON notification instead of a report.

The fields: docs.aws.amazon.com/ses/latest/dg/notification-contents.html.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from newsletter.deliver.feedback.mime import Mail
from newsletter.deliver.feedback.report import Recipient

FOLD: Final = re.compile(r"!\n[ \t]")  # where an old server broke a line that was too long
SENDER: Final = re.compile(r"@sns\.amazonaws\.com\b", re.IGNORECASE)


def read_notification(mail: Mail) -> dict[str, Any]:
    """The notification in a mail, or an empty one."""
    text = mail.own_text().lstrip() if SENDER.search(mail.headers.get("from")) else ""
    if not text.startswith("{"):
        return {}
    notification = _object(FOLD.sub("", text))
    wrapped = notification.get("Message")  # in SNS's own envelope, unless the topic is set to raw
    return _object(wrapped) if isinstance(wrapped, str) else notification


def _object(text: str) -> dict[str, Any]:
    try:
        value, _ = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def kind_of(notification: dict[str, Any]) -> str:
    """`Bounce`, `Complaint`, `Delivery` …"""
    return str(notification.get("notificationType") or notification.get("eventType") or "")


def bounced(notification: dict[str, Any]) -> list[Recipient]:
    """The recipients of a bounce, as a report would give them."""
    return [
        Recipient(
            str(one.get("emailAddress") or "") or None,
            "failed",
            str(one.get("status") or ""),
            str(one.get("diagnosticCode") or "").partition(";")[2],
        )
        for one in _members(notification, "bounce", "bouncedRecipients")
    ]


def complained(notification: dict[str, Any]) -> tuple[list[str], str]:
    """Who complains, and the feedback type."""
    people = [str(one.get("emailAddress") or "") for one in _members(notification, "complaint", "complainedRecipients")]
    about = notification.get("complaint")
    return [p for p in people if p], str(about.get("complaintFeedbackType") or "") if isinstance(about, dict) else ""


def _members(notification: dict[str, Any], name: str, key: str) -> Iterator[dict[str, Any]]:
    about = notification.get(name)
    members = about.get(key) if isinstance(about, dict) else None
    return (one for one in (members if isinstance(members, list) else [])[:100] if isinstance(one, dict))
