"""The attacks once more, through the pages of editors: what was collected is looked at there, and typed there.

An admin signs in as people do, and opens every page that a link leads to, a number of each kind. Then every form found
is filled with payloads, in every field that takes text, and sent; each answer is looked at, and in the end all pages
again, for what was stored. Looked at with the pages' own policy and without any.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import urljoin, urlsplit

import httpx
import lxml.html
import pyotp
from _figures import say
from _watch import Watch
from playwright.sync_api import Browser

from tests.acceptance.instance import Instance

NAME, PASSWORD = "angriff@musterstadt.example", "ein Satz als Kennwort"
OF_A_KIND = 40  # pages that differ by an id only
LEFT_ALONE = re.compile(r"/admin/(sign-out|account|people/angriff|style\.css)|/audit/|export")  # or we are out
ID = re.compile(r"(?<=/)(?:[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32,}|[a-z]+(?:-[a-z0-9]+)*-\d[\w-]*|\d+)(?=/|$)")


def editing(program: Instance, chromium: Browser, payloads: list[str], quick: bool) -> dict[str, float]:
    """The figures of the pages of editors."""
    with httpx.Client(base_url=program.url, timeout=60, follow_redirects=True) as client:
        session = _sign_in(program, client)
        ours = {urlsplit(program.url).netloc}
        watches = [Watch(chromium, ours, say, policy=policy, charts=True) for policy in (True, False)]
        for watch in watches:
            watch.let_in("newsletter_session", session, f"{program.url}/admin")
        limit = 4 if quick else OF_A_KIND
        pages = list(_pages(client, limit))
        forms = sent = 0
        for address in _one_of_each(pages):
            found = list(_forms(client, address))
            forms += len(found)
            for number in range(len(found)):
                for payload in payloads[:: len(payloads) // (2 if quick else 12) or 1]:
                    sent += 1
                    answer = _send(client, address, number, payload)
                    if answer is not None and "html" in answer.headers.get("content-type", ""):
                        watches[1].show(f"{address} form {number}: {payload[:60]!r}", answer.text)
        before, pages = len(pages), list(_pages(client, limit))
        assert len(pages) > before / 2, f"only {len(pages)} of {before} pages are left"
        for address in pages:
            for watch in watches:
                watch.visit(address)
    seen = watches[0].seen + watches[1].seen
    say(f"pages of editors: {len(pages)} opened, {forms} forms sent {sent} times; seen: {dict(seen)}")
    names = ("documents", "scripts", "dialogs", "foreign", "waiting")
    return {f"admin_{name}": float(seen[name]) for name in names} | {"admin_forms_sent": float(sent)}


def _sign_in(program: Instance, client: httpx.Client) -> str:
    link = re.search(r"\S+/admin/welcome/\S+", program.run("admin", "add", NAME).out)
    assert link, "no link to sign in by"
    secret = re.search(r'class="code">([A-Z2-7 ]+)<', client.get(link[0]).text)
    assert secret, "no key for one-time codes"
    code = pyotp.TOTP(secret[1].replace(" ", "")).now()
    form = {"password": PASSWORD, "code": code}
    client.post(link[0], data=form, headers={"sec-fetch-site": "same-origin"}).raise_for_status()
    return client.cookies["newsletter_session"]


def _pages(client: httpx.Client, limit: int) -> Iterator[str]:
    """Every page that links lead to from today's on; of those that differ by an id, so many."""
    waiting, seen, kinds = [f"{_root(client)}/admin/"], set[str](), Counter[str]()
    while waiting:
        address = waiting.pop(0)
        kind = _kind(address)
        if address in seen or kinds[kind] >= limit or LEFT_ALONE.search(address):
            continue
        seen.add(address)
        kinds[kind] += 1
        answer = client.get(address)
        if answer.status_code >= 500:
            raise AssertionError(f"{address} answers {answer.status_code}")
        if "html" in answer.headers.get("content-type", ""):
            yield address
            document = lxml.html.fromstring(answer.text)
            found = (urljoin(address, lead).partition("#")[0] for lead in document.xpath("//a/@href | //iframe/@src"))
            waiting += [lead for lead in found if lead.startswith(f"{_root(client)}/admin/")]


def _root(client: httpx.Client) -> str:
    return str(client.base_url).rstrip("/")


def _kind(address: str) -> str:
    parts = urlsplit(address)
    names = ",".join(sorted(pair.partition("=")[0] for pair in parts.query.split("&")))
    return f"{ID.sub('*', parts.path)}?{names}"


def _one_of_each(pages: Iterable[str]) -> list[str]:
    return list({_kind(address): address for address in pages}.values())


def _forms(client: httpx.Client, address: str) -> Iterator[lxml.html.FormElement]:
    answer = client.get(address)
    if answer.is_success and "html" in answer.headers.get("content-type", ""):
        document = lxml.html.fromstring(answer.text, base_url=str(answer.url))
        yield from (form for form in document.forms if not LEFT_ALONE.search(form.get("action") or str(answer.url)))


def _send(client: httpx.Client, address: str, number: int, payload: str) -> httpx.Response | None:
    """The answer to a form of a page with the payload in every field that takes text; None where it is no more."""
    form = next((each for n, each in enumerate(_forms(client, address)) if n == number), None)
    if form is None:
        return None
    hidden = {each.name for each in form.inputs if each.get("type") == "hidden"}
    values = {
        name: value if name in hidden else _typed(form, name, value, payload) for name, value in form.form_values()
    }
    values |= {each.name: payload for each in form.inputs if each.tag == "textarea" and each.name}
    values |= {name: payload for name in form.fields if name not in values and _takes_text(form, name)}
    target = urljoin(address, form.get("action") or "")
    text = {name: str(value).encode("utf-8", "replace").decode() for name, value in values.items()}
    if form.method == "GET":
        return client.get(target, params=text)
    return client.post(target, data=text, headers={"sec-fetch-site": "same-origin"})


def _typed(form: lxml.html.FormElement, name: str, value: str, payload: str) -> str:
    return payload if _takes_text(form, name) else value


def _takes_text(form: lxml.html.FormElement, name: str) -> bool:
    field = form.inputs[name]
    return getattr(field, "tag", "") == "textarea" or getattr(field, "type", "") in ("text", "search", "email", "url")
