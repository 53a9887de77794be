"""Reading pages: a release page becomes a Draft, a list becomes Candidates, HTML from outside becomes safe.

Pure functions of bytes. Nothing here fetches, stores or decides.
"""

from __future__ import annotations

from newsletter.collect.read.credits import without_credit
from newsletter.collect.read.dates import read_date, read_machine_date
from newsletter.collect.read.listing import Listing, read_list
from newsletter.collect.read.release import NoText, read_release
from newsletter.collect.read.sanitise import sanitise
from newsletter.collect.read.text import clean, reading_minutes

__all__ = [
    "Listing",
    "NoText",
    "clean",
    "read_date",
    "read_list",
    "read_machine_date",
    "read_release",
    "reading_minutes",
    "sanitise",
    "without_credit",
]
