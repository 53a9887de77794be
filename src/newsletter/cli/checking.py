"""`feeds check --stored`: what is read otherwise of the pages kept, and what is withheld and would pass."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli.output import echo_json

if TYPE_CHECKING:
    from newsletter.collect.contract import Contract
    from newsletter.collect.replay import Changed, Replay, Replayed

MOST_CHARACTERS = 120


def show_replay(found: Mapping[str, Replay], *, as_json: bool) -> None:
    """Print what was found of each source."""
    if as_json:
        echo_json({slug: {"usual": _usual(one.contract), "pages": one.pages} for slug, one in found.items()})
        return
    for slug, one in found.items():
        _show(slug, one)


def _show(slug: str, found: Replay) -> None:
    good = [page for page in found.pages if not page.withheld]
    withheld = [page for page in found.pages if page.withheld]
    click.echo(f"{slug}: {len(good)} good pages kept, {len(withheld)} withheld")
    if usual := _usual(found.contract):
        click.echo("  usual: " + ", ".join(f"{name} {said}" for name, said in usual.items()))
    for page in found.pages:
        if page.withheld or page.problem or page.changes:
            _show_page(page)
    otherwise = sum(bool(page.changes or page.problem) for page in good)
    passing = sum(page.problem is None for page in withheld)
    click.echo(
        f"  read otherwise: {otherwise} of {len(good)} good pages; would pass: {passing} of {len(withheld)} withheld"
    )


def _show_page(page: Replayed) -> None:
    click.echo(f"\n  {page.url}")
    if page.withheld:
        click.echo(f"    withheld: {page.reason}")
        click.echo(f"    now: {page.problem or 'it would pass'}")
    elif page.problem:
        click.echo(f"    now: {page.problem}")
    for change in page.changes:
        click.echo(f"    {change.field}: {_before(change)} → {_in_words(change.after, change.after_from)}")


def _before(change: Changed) -> str:
    return _in_words(change.before, change.before_from)


def _in_words(value: str | None, step: str | None) -> str:
    if value is None:
        return "none"
    short = textwrap.shorten(value, MOST_CHARACTERS, placeholder="…")
    length = f", {len(value)} characters" if len(value) > MOST_CHARACTERS else ""
    return f"“{short}” (from {step or 'its list'}{length})"


def _usual(contract: Contract) -> dict[str, Any]:
    """What was learned of the source's releases; empty where too few are known."""
    body = {"characters": f"{contract.median} as a rule, {contract.floor} at least"} if contract.floor else {}
    return body | {str(name): f"{habit.had} of {habit.of}" for name, habit in contract.habits.items()}
