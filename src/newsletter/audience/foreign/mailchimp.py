"""Mailchimp: Audience → Export. Three files: who is subscribed, who left (UNSUB_TIME), who was cleaned (CLEAN_TIME)."""

from __future__ import annotations

from newsletter.audience.foreign import Export, Place

EXPORT = Export(
    name="Mailchimp",
    marks=(frozenset({"optintime", "confirmtime"}), frozenset({"memberrating", "leid", "euid"})),
    columns={
        "email": ("emailaddress", "email", "emailadresse"),
        "state": ("status",),
        "asked": ("optintime",),
        "confirmed": ("confirmtime",),
        "left": ("unsubtime",),
        "blocked": ("cleantime",),
    },
    states={
        Place.READS: ("subscribed",),
        Place.LEFT: ("unsubscribed", "archived"),
        Place.WAITS: ("pending", "nonsubscribed"),
        Place.BLOCKED: ("cleaned",),
    },
)
