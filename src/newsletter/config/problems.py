"""What is wrong with settings, in lines that say what, where and what to do."""

from __future__ import annotations

import difflib
import inspect
import typing
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from newsletter.config.settings import SINGLE, FeedSettings, Newsletter
from newsletter.model import Cadence, NoticeKind

SECRET = ("password", "key", "secret")


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
    name = where.rpartition(".")[2]
    secret = name == "proxy" or any(word in name for word in SECRET)  # a proxy's address may hold its password
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


def layouts(folders: Iterable[Path]) -> set[str]:
    """The layouts there are files for: every template of a mail that is neither a frame of others nor a notice."""
    found = {path.stem for folder in folders for path in (folder / "email").glob("*.mjml")}
    return found - {"shell", "digest", "notice", *NoticeKind}


def unknown_layouts(newsletters: Iterable[Newsletter], known: Collection[str]) -> Iterator[str]:
    """Cadences whose layout there is not, or that cannot have it."""
    for index, newsletter in enumerate(newsletters):
        for cadence in newsletter.cadences:
            name = newsletter.layout_of(cadence)
            where = f"newsletter.toml: newsletters[{index}].layout"
            if name not in known:
                close = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
                yield f"{where}: there is no templates/email/{name}.mjml; did you mean {close[0]}?"
            elif name == SINGLE and cadence is not Cadence.IMMEDIATE:
                yield f'{where}: "{SINGLE}" carries one release, and {cadence} may have many; it is for immediate only'


def contradictions(newsletters: object, feeds: Collection[str]) -> Iterator[str]:
    """What is well-formed and wrong together; `newsletters` as they were read, so that nothing else hides it."""
    seen: set[str] = set()
    for index, newsletter in enumerate(newsletters if isinstance(newsletters, list) else ()):
        table = newsletter if isinstance(newsletter, dict) else {}
        where = f"newsletter.toml: newsletters[{index}]"
        if "id" in table and str(table["id"]) in seen:
            yield f"{where}.id: {table['id']!r} stands twice"
        seen.add(str(table.get("id")))
        named = table.get("feeds")
        for slug in map(str, named if isinstance(named, list) else ()):
            if slug not in feeds:
                close = difflib.get_close_matches(slug, feeds, n=1)
                hint = f"; did you mean {close[0]}?" if close else ""
                yield f"{where}.feeds: there is no feeds/{slug}.toml{hint}"


def aliases(feeds: Mapping[str, FeedSettings]) -> Iterator[str]:
    """Slugs that a feed is said to have had and that another feed has, or had as well."""
    taken = {slug: slug for slug in feeds}
    for slug, feed in feeds.items():
        for alias in feed.aliases:
            other = taken.setdefault(alias, slug)
            if alias == slug or other != slug:
                has = "it is the feed's own slug" if alias == slug else f"feeds/{other}.toml has it"
                yield f"feeds/{slug}.toml: aliases: {alias!r} cannot lead here: {has}"
