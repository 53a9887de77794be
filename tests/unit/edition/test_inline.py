"""MJML and premailer, with what they leave undone mended."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from newsletter.edition.inline import inline
from newsletter.errors import RenderError

MAIL = (
    '<mjml lang="de" dir="ltr"><mj-head><mj-style>{kept}</mj-style></mj-head>'
    '<mj-body><mj-raw><p class="a">Text</p><img src="https://a.example/x.png" alt="Bild &lt;b&gt;" width="600">'
    "</mj-raw></mj-body></mjml>"
)


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """A web server on loopback, and the paths it was asked for."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", paths
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_doctype_stays_and_unused_namespaces_go() -> None:
    html = inline(MAIL.format(kept=".a{color:red}"), "")
    assert html.startswith('<!DOCTYPE html>\n<html lang="de" dir="ltr"><head>')
    assert "xmlns:v" not in html


def test_rules_are_inlined_and_kept_styles_stay_as_they_are() -> None:
    kept = "@media (prefers-color-scheme:dark){.a{color:#fff!important}} [data-ogsc] .a{color:#fff!important}"
    html = inline(MAIL.format(kept=kept), ".a{color:#123456;font-size:17px}")
    assert '<p class="a" style="color:#123456; font-size:17px">Text</p>' in html
    assert kept in html
    assert "data-premailer" not in html


def test_pictures_keep_their_own_measures_and_content_its_escapes() -> None:
    html = inline(MAIL.format(kept=""), "img{width:auto;height:auto}")
    assert 'width="600"' in html
    assert 'height="auto"' not in html
    assert 'alt="Bild &lt;b&gt;"' in html


def test_nothing_is_ever_fetched(asked: tuple[str, list[str]]) -> None:
    url, paths = asked
    imported = f"@import url({url}/a.css);"
    html = inline(MAIL.format(kept=imported), f"{imported} .a{{background:url({url}/b.png);color:red}}")
    assert "color:red" in html
    assert paths == []


def test_no_font_is_loaded() -> None:
    source = MAIL.format(kept="").replace("<mj-body>", '<mj-body><mj-section><mj-column><mj-text font-family="Roboto">x'
                                          "</mj-text></mj-column></mj-section>")  # fmt: skip
    assert "fonts.googleapis" not in inline(source, "")


def test_unreadable_mjml_says_so() -> None:
    with pytest.raises(RenderError, match="cannot be compiled"):
        inline("<mjml><mj-body><mj-raw><p>offen</mj-raw></mj-body></mjml>", "")


def test_threads_do_not_disturb_each_other() -> None:
    sources = [MAIL.format(kept=f".k{n}{{color:#00000{n}}}").replace("Text", f"Text {n}") for n in range(8)]
    styles = [f".a{{color:#11111{n};margin:{n}px}}" for n in range(8)]
    alone = list(map(inline, sources, styles))
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(inline, sources * 5, styles * 5)) == alone * 5
