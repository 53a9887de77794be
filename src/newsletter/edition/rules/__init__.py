"""The gate: rules over the final HTML and text of a variant and over the releases in it (facts of accessible mail).

A family of rules is a module of this package; each rule in it is a function under `@rule`. They are found, not
registered. What needs a browser (rendered contrast, reflow, target size) is not here; report.py says so.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from functools import lru_cache

from newsletter.config import Newsletter, Site
from newsletter.edition.rules.mail import Mail
from newsletter.edition.rules.rule import Rule
from newsletter.model import Finding, Release, Variant

__all__ = ["Mail", "Rule", "check", "merge", "rules"]


@lru_cache
def rules() -> tuple[Rule, ...]:
    """Every rule of this package, by id."""
    modules = (importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    found = {value.id: value for module in modules for value in vars(module).values() if isinstance(value, Rule)}
    return tuple(found[id] for id in sorted(found))


def check(variant: Variant, releases: Iterable[Release], site: Site, newsletter: Newsletter) -> tuple[Finding, ...]:
    """What the rules find in a variant, in the site's language.

    `releases` holds at least those of the variant; a person's blanks are filled with sample addresses.
    """
    mail = Mail(variant, releases, site, newsletter)
    return tuple(finding for each in rules() for finding in each.findings(mail))


def merge(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings of several variants with those that say the same told once, the blocking ones first."""
    first: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        first.setdefault((finding.rule, finding.message), finding)
    return tuple(sorted(first.values(), key=lambda finding: (not finding.blocks, finding.rule)))
