"""What the rules of mails and of feeds share: what a rule is, HTML as they see it, and the rules over any HTML.

The rules of a mail lie in edition/rules, those of a feed in publish/rules. A family of rules is a module; each rule in
it is a function under `@rule`. Rules are found, not registered.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from types import ModuleType

from newsletter.model import Finding
from newsletter.rules.rule import Rule


def rules_in(*packages: str) -> tuple[Rule, ...]:
    """The rules in the modules of these packages, by id."""
    modules = (module for package in packages for module in _modules(importlib.import_module(package)))
    found = {value.id: value for module in modules for value in vars(module).values() if isinstance(value, Rule)}
    return tuple(found[id] for id in sorted(found))


def merge(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings with those that say the same told once, the blocking ones first."""
    first: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        first.setdefault((finding.rule, finding.message), finding)
    return tuple(sorted(first.values(), key=lambda finding: (not finding.blocks, finding.rule)))


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for module in pkgutil.iter_modules(package.__path__):
        yield importlib.import_module(f"{package.__name__}.{module.name}")
