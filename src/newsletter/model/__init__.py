"""The words of the product as values: frozen dataclasses, enums and state tables that all rooms share. No I/O.

A release goes its way as `Page → Candidate → Draft → Release`; an edition as `Edition → Sheet → Variant → Message`;
one person's mail as `Delivery → Receipt`. The type's name says the stage. All datetimes are aware and in UTC unless
a field says otherwise.
"""

from __future__ import annotations

from newsletter.model.alarm import (
    Alarm,
    AlarmKind,
)
from newsletter.model.delivery import (
    DELIVERY_MOVES,
    OPEN,
    Claim,
    DeliveryState,
    LedgerLine,
    Receipt,
)
from newsletter.model.edition import (
    CARRYING,
    EDITION_MOVES,
    PERSON_BLANKS,
    Blank,
    Cadence,
    Carried,
    Edition,
    EditionState,
    Finding,
    Format,
    Part,
    Pieces,
    Saying,
    Sheet,
    Variant,
)
from newsletter.model.image import (
    DueImage,
    ImageCopy,
    ImageState,
    KnownImage,
)
from newsletter.model.person import (
    Consent,
    Enrolment,
    Notice,
    NoticeKind,
    Subscriber,
    Subscription,
    SubscriptionState,
    Wish,
)
from newsletter.model.record import (
    NOT_TESTED,
    CheckedRule,
    CheckedVariant,
    Record,
)
from newsletter.model.release import (
    AltFrom,
    Candidate,
    Change,
    Document,
    Draft,
    Image,
    Mark,
    Page,
    Precision,
    Release,
    ReleaseState,
    Sighting,
    Topic,
)
from newsletter.model.source import (
    Backfill,
    KnownPage,
    Revised,
    Source,
    Standing,
    Stored,
)

__all__ = [
    "CARRYING",
    "DELIVERY_MOVES",
    "EDITION_MOVES",
    "NOT_TESTED",
    "OPEN",
    "PERSON_BLANKS",
    "Alarm",
    "AlarmKind",
    "AltFrom",
    "Backfill",
    "Blank",
    "Cadence",
    "Candidate",
    "Carried",
    "Change",
    "CheckedRule",
    "CheckedVariant",
    "Claim",
    "Consent",
    "DeliveryState",
    "Document",
    "Draft",
    "DueImage",
    "Edition",
    "EditionState",
    "Enrolment",
    "Finding",
    "Format",
    "Image",
    "ImageCopy",
    "ImageState",
    "KnownImage",
    "KnownPage",
    "LedgerLine",
    "Mark",
    "Notice",
    "NoticeKind",
    "Page",
    "Part",
    "Pieces",
    "Precision",
    "Receipt",
    "Record",
    "Release",
    "ReleaseState",
    "Revised",
    "Saying",
    "Sheet",
    "Sighting",
    "Source",
    "Standing",
    "Stored",
    "Subscriber",
    "Subscription",
    "SubscriptionState",
    "Topic",
    "Variant",
    "Wish",
]
