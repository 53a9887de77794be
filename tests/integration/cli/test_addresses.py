"""`read URL` and `lint URL` fetch as the settings say, where there are any."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from newsletter.cli import cli
from tests.servers.web import serving

SETTINGS = """\
[site]
title = "Presse"
base_url = "https://news.musterstadt.example"
publisher = "Stadt Musterstadt"
contact = "presse@musterstadt.example"
[mail]
from = "presse@musterstadt.example"
"""
ALLOWED = '[collect]\nallow_networks = ["127.0.0.1/32"]\n'
BODY = "Der Brunnen am Markt sprudelt wieder, und alle sind zum Fest eingeladen. " * 5
PAGE = f"<!doctype html><html lang=de><title>Brunnen</title><main><h1>Der Brunnen sprudelt</h1><p>{BODY}</p></main>"


@pytest.fixture
def portal() -> Iterator[str]:
    def page(request: Request) -> Response:
        return HTMLResponse(PAGE) if request.url.path == "/x.html" else Response("", 404)

    with serving(Starlette(routes=[Route("/{path}", page)])) as address:
        yield address


def run(folder: Path, settings: str | None, *arguments: str) -> tuple[int, str, str]:
    path = folder / "newsletter.toml"
    if settings is not None:
        path.write_text(settings)
    done = CliRunner().invoke(cli, ["--config", str(path), *arguments])
    return done.exit_code, done.stdout, done.stderr or str(done.exception)


@pytest.mark.parametrize("settings", [None, SETTINGS])
@pytest.mark.parametrize("command", ["read", "lint"])
def test_a_private_network_is_refused_with_the_line_that_allows_it(
    tmp_path: Path, portal: str, command: str, settings: str | None
) -> None:
    code, _, said = run(tmp_path, settings, command, f"{portal}/x.html")
    assert code == 1
    assert '[collect] allow_networks = ["127.0.0.1/32"]' in said


def test_a_network_that_the_settings_allow_is_read_from(tmp_path: Path, portal: str) -> None:
    code, out, _ = run(tmp_path, SETTINGS + ALLOWED, "read", f"{portal}/x.html", "--json")
    assert code == 0
    assert json.loads(out)[0]["headline"] == "Der Brunnen sprudelt"


def test_a_network_that_the_settings_allow_is_linted(tmp_path: Path, portal: str) -> None:
    _, out, _ = run(tmp_path, SETTINGS + ALLOWED, "lint", f"{portal}/x.html", "--json")
    (linted,) = json.loads(out)
    assert "problem" not in linted
    assert linted["findings"]


@pytest.mark.parametrize("command", ["read", "lint"])
def test_the_proxy_of_the_settings_is_asked(tmp_path: Path, command: str) -> None:
    settings = SETTINGS + '[network]\nproxy = "http://127.0.0.1:1"\n'
    code, _, said = run(tmp_path, settings, command, "http://presse.stadt.example/x.html")
    assert code == 1
    assert "through the proxy 127.0.0.1:1" in said


def test_settings_that_are_broken_allow_nothing_and_are_told(tmp_path: Path, portal: str) -> None:
    code, _, said = run(tmp_path, SETTINGS + ALLOWED + "nonsense = 1\n", "lint", f"{portal}/x.html")
    assert code == 1
    assert "nonsense: unknown key" in said
    assert "no private network is looked at" in said


def test_the_doctor_says_what_a_proxy_means(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    _, out, _ = run(tmp_path, SETTINGS, "doctor", "--json")
    assert "resolved and checked here" in _network(out)
    _, out, _ = run(tmp_path, SETTINGS + '[network]\nproxy = "http://me:geheim@127.0.0.1:1"\n', "doctor", "--json")
    assert "the proxy 127.0.0.1:1 cannot be reached" in _network(out)
    assert "geheim" not in out


def test_the_doctor_says_that_the_proxys_word_counts(tmp_path: Path, portal: str) -> None:
    settings = SETTINGS + f'[network]\nproxy = "{portal}"\n'
    _, out, _ = run(tmp_path, settings, "doctor", "--json")
    assert "its word counts" in _network(out)


def _network(out: str) -> str:
    (message,) = (one["message"] for one in json.loads(out) if one["what"] == "network")
    return str(message)
