"""`lint`: the rules on anybody's mail or feed, for people, programs and CI."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli.output import echo_json, is_address, usable_settings
from newsletter.cli.sarif import sarif
from newsletter.errors import NewsletterError
from newsletter.i18n import Words, nearest
from newsletter.model import Finding

if TYPE_CHECKING:
    from newsletter.config import Settings


@dataclass(frozen=True, slots=True)
class Linted:
    """A file or address with what was found, or why it could not be read."""

    file: str
    findings: tuple[Finding, ...] = ()
    problem: str | None = None


@click.command()
@click.argument("places", nargs=-1, required=True, metavar="FILE|URL…")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON value.")
@click.option("--sarif", "as_sarif", is_flag=True, help="Print SARIF 2.1.0, as code hosts read it.")
@click.pass_context
def lint(ctx: click.Context, places: tuple[str, ...], as_json: bool, as_sarif: bool) -> None:
    """Check anybody's mails (.eml, .html) and feeds (.atom, .rss, .xml, .json); exit 1 when anything blocks."""
    if as_json and as_sarif:
        raise click.UsageError("--json and --sarif are two ways of saying the same: choose one")
    words, now = Words(language_of(os.environ)), datetime.now(UTC)
    settings = usable_settings(ctx.obj["config"]) if any(map(is_address, places)) else None
    found = [_lint(place, words, now, settings) for place in places]
    if as_sarif:
        echo_json(sarif((one.file, one.findings) for one in found))
    elif as_json:
        echo_json([_values(one) for one in found])
    else:
        _show(found, words)
    for one in found:
        if one.problem:
            click.echo(one.problem, err=True)
    if any(one.problem or any(finding.blocks for finding in one.findings) for one in found):
        ctx.exit(1)


def language_of(environment: Mapping[str, str]) -> str:
    """The language in which somebody wants to be spoken to (POSIX: LC_ALL, LC_MESSAGES, LANG); else English."""
    wished = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environment.get(name))), "")
    return nearest(wished.split(".")[0].replace("_", "-"), "en")


def _lint(place: str, words: Words, now: datetime, settings: Settings | None) -> Linted:
    from newsletter.app.linting import lint

    try:
        return Linted(place, asyncio.run(lint(place, words, now, settings)))
    except NewsletterError as error:
        return Linted(place, problem=str(error))


def _values(one: Linted) -> dict[str, Any]:
    from newsletter.app.linting import every_rule

    clauses = {rule.id: rule.clause for rule in every_rule()}
    findings = [
        {
            "rule": finding.rule,
            "severity": finding.severity,
            "criterion": finding.criterion,
            "clause": clauses.get(finding.rule),
            "where": finding.where,
            "line": finding.line,
            "message": finding.message,
            "remedy": finding.remedy,
        }
        for finding in one.findings
    ]
    return {"file": one.file, "findings": findings} | ({"problem": one.problem} if one.problem else {})


def _show(found: list[Linted], words: Words) -> None:
    blocks, warns, remedy = words.say("blocks"), words.say("warning"), words.say("What to do")
    for one in (one for one in found if not one.problem):
        click.echo(f"{_printable(one.file)}: {_count(one.findings, words)}")
        for finding in one.findings:
            weight = blocks if finding.blocks else warns
            place = f"{finding.where}: " if finding.where else ""
            click.echo(_printable(f"  {weight}: {finding.rule} ({finding.criterion}): {place}{finding.message}"))
            click.echo(_printable(f"    {remedy}: {finding.remedy}"))


def _count(findings: tuple[Finding, ...], words: Words) -> str:
    if not findings:
        return words.say("nothing found")
    blocking = sum(finding.blocks for finding in findings)
    counted = words.count("%(n)s finding", "%(n)s findings", len(findings))
    return words.say("%(findings)s, %(blocking)s of them blocking", findings=counted, blocking=blocking)


def _printable(text: str) -> str:
    """A line without what a terminal would obey: findings quote files of whatever origin."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
