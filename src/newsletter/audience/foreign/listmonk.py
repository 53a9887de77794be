"""listmonk: Subscribers → Export. It says since when somebody is there, not whether they confirmed a list."""

from __future__ import annotations

from newsletter.audience.foreign import Export, Place

EXPORT = Export(
    name="listmonk",
    marks=(frozenset({"uuid", "email", "attributes", "status"}),),
    columns={"email": ("email",), "state": ("status",), "asked": ("createdat",)},
    states={Place.READS: ("enabled",), Place.LEFT: ("disabled",), Place.BLOCKED: ("blocklisted", "blacklisted")},
)
