"""What is wrong with settings, in lines that say what, where and what to do."""

from __future__ import annotations

import difflib
import inspect
import typing
from collections.abc import Collection, Iterator, Sequence
from email.utils import parseaddr
from typing import Any

import holidays
from pydantic import BaseModel, ValidationError

from newsletter.config.settings import Mail, Newsletter, Site
from newsletter.i18n import languages

SECRET = ("password", "key")


def explain(error: ValidationError, model: type[BaseModel]) -> Iterator[str]:
    """One line a problem; an unknown key names the nearest known one, a value is shown unless it may be a secret."""
    for problem in error.errors(include_url=False):
        loc = problem["loc"]
        where = _path(loc)
        if problem["type"] == "extra_forbidden":
            yield f"{where}: unknown key{_nearest(str(loc[-1]), model, loc[:-1])}"
        elif problem["type"] == "missing":
            yield f"{where}: missing; it must be set"
        else:
            message = problem["msg"].removeprefix("Value error, ")
            yield f"{where}: {message}{_shown(where, problem['input'])}"


def _path(loc: Sequence[int | str]) -> str:
    text = ""
    for step in loc:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text or "(file)"


def _shown(where: str, value: object) -> str:
    secret = any(word in where.rpartition(".")[2] for word in SECRET)
    return "" if secret or isinstance(value, dict | list | BaseModel) else f" (it is {str(value)[:80]!r})"


def _nearest(key: str, model: type[BaseModel], loc: Sequence[int | str]) -> str:
    table = model
    for step in loc:
        if isinstance(step, int):
            continue
        inner = _model_in(next((f.annotation for n, f in table.model_fields.items() if step in (n, f.alias)), None))
        if inner is None:
            return ""
        table = inner
    known = [field.alias or name for name, field in table.model_fields.items()]
    close = difflib.get_close_matches(key, known, n=1, cutoff=0.0)
    return f"; did you mean {close[0]}?" if close else ""


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for model in map(_model_in, typing.get_args(annotation)) if model), None)


def contradictions(site: Site, mail: Mail, newsletters: Sequence[Newsletter], feeds: Collection[str]) -> Iterator[str]:
    """Settings that are well-formed each, and wrong together."""
    if site.language not in languages():
        yield f"newsletter.toml: site.language: {site.language!r} is not one of {', '.join(languages())}"
    if mail.return_path is not None:
        yield from _return_path(mail.return_path)
    seen: set[str] = set()
    for index, newsletter in enumerate(newsletters):
        where = f"newsletter.toml: newsletters[{index}]"
        if newsletter.id in seen:
            yield f"{where}.id: {newsletter.id!r} stands twice"
        seen.add(newsletter.id)
        for slug in newsletter.feeds:
            if slug not in feeds:
                close = difflib.get_close_matches(slug, feeds, n=1)
                hint = f"; did you mean {close[0]}?" if close else ""
                yield f"{where}.feeds: there is no feeds/{slug}.toml{hint}"
        if newsletter.holidays is not None:
            yield from _holidays(newsletter.holidays, where)


def _return_path(pattern: str) -> Iterator[str]:
    sample = pattern.replace("{token}", "a" * 40)
    local = parseaddr(sample)[1].rpartition("@")[0]
    if not local or sample.count("@") != 1:
        yield 'newsletter.toml: mail.return_path: an address, as "bounces+{token}@example.org"'
    elif len(local) > 64:
        yield "newsletter.toml: mail.return_path: with a token of 40 characters its local part is longer than 64"


def _holidays(region: str, where: str) -> Iterator[str]:
    country, _, part = region.partition("-")
    try:
        holidays.country_holidays(country, subdiv=part or None)
    except (NotImplementedError, KeyError):
        yield f'{where}.holidays: {region!r} is not known; a country or a part of it, as "DE" or "DE-BW"'
