"""CleverReach: recipients → export. Who has no date of activation never confirmed."""

from __future__ import annotations

from newsletter.audience.foreign import Export, Place

EXPORT = Export(
    name="CleverReach",
    marks=(
        frozenset({"registered", "activated"}),
        frozenset({"activated", "deactivated"}),
        frozenset({"anmeldedatum", "aktivierungsdatum"}),
    ),
    columns={
        "email": ("email", "emailadresse", "mail"),
        "state": ("active", "aktiv", "status"),
        "asked": ("registered", "anmeldedatum", "registriert"),
        "confirmed": ("activated", "aktivierungsdatum", "aktiviert"),
        "left": ("deactivated", "abmeldedatum", "deaktiviert"),
        "blocked": ("bounced", "bounce"),
        "way": ("source", "quelle"),
    },
    states={
        Place.READS: ("1", "true", "yes", "ja", "active", "aktiv"),
        Place.LEFT: ("0", "false", "no", "nein", "inactive", "inaktiv"),
        Place.BLOCKED: ("bounced", "bounce", "blacklisted"),
    },
    confirms=True,
)
