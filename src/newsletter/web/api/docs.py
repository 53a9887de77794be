"""`/api/docs`: the OpenAPI document as a page of ours, for people. It runs no script and loads nothing from others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from newsletter.app import Program
from newsletter.i18n import language_name, languages
from newsletter.web.language import spoken

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a field of a body."""

    name: str
    kind: str
    needed: bool
    text: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be done."""

    anchor: str
    method: str
    path: str
    summary: str
    text: str
    scope: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    answers: tuple[tuple[str, str], ...]


class Docs:
    """Shows what an OpenAPI document says."""

    def __init__(self, program: Program, document: Document) -> None:
        self._program = program
        self._document = document
        self._groups: dict[str, list[Operation]] = {}
        for tag, operation in _operations(document):
            self._groups.setdefault(tag, []).append(operation)

    async def show(self, request: Request) -> Response:
        """The page, in the reader's language; what the document says is in English."""
        language = spoken(request, self._program.settings.site.language)
        body = await run_in_threadpool(self._render, request, language)
        return HTMLResponse(body, headers={"Vary": "Accept-Language", "Content-Language": language})

    def _render(self, request: Request, language: str) -> str:
        others = [
            (other, language_name(other, other), f"?{request.url.include_query_params(lang=other).query}")
            for other in languages()
            if other != language
        ]
        about = [part.replace("\n", " ") for part in self._document["info"]["description"].strip().split("\n\n")]
        return self._program.pages.render(
            "api_docs.html",
            language,
            other_languages=others,
            groups=self._groups,
            about=about,
            server=self._document["servers"][0]["url"],
        )


def _operations(document: Document) -> Iterator[tuple[str, Operation]]:
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            yield said["tags"][-1], _operation(document, path, method, said)


def _operation(document: Document, path: str, method: str, said: Document) -> Operation:
    content = said.get("requestBody", {}).get("content", {}).get("application/json", {})
    return Operation(
        anchor=said["operationId"],
        method=method.upper(),
        path=path,
        summary=said["summary"],
        text=said.get("description", ""),
        scope=said["security"][0]["token"][0],
        parameters=tuple(_parameter(document, one) for one in said.get("parameters", ())),
        body=tuple(_fields(document, content.get("schema", {}))),
        answers=tuple((status, one["description"]) for status, one in sorted(said["responses"].items())),
    )


def _parameter(document: Document, said: Document) -> Field:
    kind = _kind(document, said["schema"])
    return Field(said["name"], kind, bool(said.get("required")), said.get("description", ""))


def _fields(document: Document, schema: Document) -> Iterator[Field]:
    found = _followed(document, schema)
    for name, field in found.get("properties", {}).items():
        text = field.get("description") or _followed(document, field).get("description", "")
        yield Field(name, _kind(document, field), name in found.get("required", ()), text)


def _kind(document: Document, schema: Document) -> str:
    """What a value is, in a few words of JSON Schema."""
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_kind(document, one) for one in schema["anyOf"]))
    found = _followed(document, schema)
    if "enum" in found:
        return " | ".join("null" if one is None else f'"{one}"' for one in found["enum"])
    if found.get("type") == "array":
        return f"[{_kind(document, found['items'])}]"
    if "properties" in found:
        return "{" + ", ".join(found["properties"]) + "}"
    return str(found.get("format") or found.get("type") or "any")


def _followed(document: Document, schema: Document) -> Document:
    if "$ref" not in schema:
        return schema
    found: Document = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found
