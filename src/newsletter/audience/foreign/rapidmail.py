"""rapidmail: recipient lists → export. `created` is when somebody signed up, `activated` when they confirmed."""

from __future__ import annotations

from newsletter.audience.foreign import Export, Place

EXPORT = Export(
    name="rapidmail",
    marks=(frozenset({"email", "status", "createdip"}), frozenset({"email", "status", "activatedip"})),
    columns={
        "email": ("email", "emailadresse"),
        "state": ("status",),
        "asked": ("created", "createdat", "createddate"),
        "confirmed": ("activated", "activatedat", "activateddate"),
    },
    states={
        Place.READS: ("active", "aktiv"),
        Place.LEFT: ("deleted", "unsubscribed", "abgemeldet"),
        Place.WAITS: ("new", "unconfirmed", "unbestätigt"),
        Place.BLOCKED: ("bounced", "abused", "gebounct", "unerwünscht"),
    },
)
