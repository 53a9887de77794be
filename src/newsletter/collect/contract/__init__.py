"""What a source's releases normally are: learned from those that were good, and checked of each that comes.

Pure functions of values. A page without a headline or a text is no release whatever was learned (faults.py). Beyond
that, a contract (learning.py) says what practically every release of the source has, and judging.py what a page that
breaks it is: one odd page, or the first of a portal that changed. silence.py says when a source has gone silent.
"""

from __future__ import annotations

from newsletter.collect.contract.faults import fault, list_fault
from newsletter.collect.contract.features import Features, Field, features_of
from newsletter.collect.contract.judging import Case, Verdict, judge
from newsletter.collect.contract.learning import ENOUGH, SAMPLE, Contract, learn
from newsletter.collect.contract.silence import silence

__all__ = [
    "ENOUGH",
    "SAMPLE",
    "Case",
    "Contract",
    "Features",
    "Field",
    "Verdict",
    "fault",
    "features_of",
    "judge",
    "learn",
    "list_fault",
    "silence",
]
