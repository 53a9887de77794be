"""Who reads: subscribing, confirming, changing, leaving; adding, importing, exporting, erasing, suppressing."""

from __future__ import annotations

from newsletter.audience.exporting import Entry, consent_values, csv_lines, json_lines, refused_lines
from newsletter.audience.importing import Defaults, ImportReport, Refusal
from newsletter.audience.lifting import Lift, Lifting
from newsletter.audience.offer import Offer
from newsletter.audience.on_behalf import OnBehalf
from newsletter.audience.own_data import Change, Holdings
from newsletter.audience.register import Register
from newsletter.audience.subscribing import Standing, Subscribing

__all__ = [
    "Change",
    "Defaults",
    "Entry",
    "Holdings",
    "ImportReport",
    "Lift",
    "Lifting",
    "Offer",
    "OnBehalf",
    "Refusal",
    "Register",
    "Standing",
    "Subscribing",
    "consent_values",
    "csv_lines",
    "json_lines",
    "refused_lines",
]
