"""The rules of mails, over the final HTML and text, and of ours over the releases in them (facts of accessible mail).

The gate runs them over every variant before it is sent, `lint` over anybody's mail. What needs a browser (rendered
contrast, reflow, target size) is not here; report.py says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from newsletter.config import Newsletter, Site
from newsletter.edition.rules.mail import Mail
from newsletter.model import Finding, Release, Variant
from newsletter.rules import merge, rules_in
from newsletter.rules.rule import Rule

__all__ = ["Mail", "check", "findings", "merge", "rules"]


@lru_cache
def rules() -> tuple[Rule, ...]:
    """Every rule of mails, by id."""
    return rules_in("newsletter.rules", __name__)


def check(variant: Variant, releases: Iterable[Release], site: Site, newsletter: Newsletter) -> tuple[Finding, ...]:
    """What the rules find in a variant, in the site's language.

    `releases` holds at least those of the variant; a person's blanks are filled with sample addresses.
    """
    return findings(Mail.of(variant, releases, site, newsletter))


def findings(mail: Mail) -> tuple[Finding, ...]:
    """What the rules find in a mail."""
    return tuple(finding for each in rules() for finding in each.findings(mail))
