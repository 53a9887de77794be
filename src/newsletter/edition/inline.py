"""MJML becomes HTML with its styles inline: mjml-python and premailer, with what they leave undone mended."""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from threading import Lock
from typing import Any, Final

import cssutils
import mjml
from lxml import etree
from premailer import Premailer

from newsletter.errors import RenderError

CSS_LOCK = Lock()
"""cssutils keeps its serializer's settings in globals: in threads some outputs differed."""

_MSO_GROUP_FIX = re.compile(r"<!--\[if lte mso 11\]>.*?<!\[endif\]-->\n?", re.DOTALL)
_MSO_SPACING = re.compile(r"\s*mso-table-[lr]space:\s*0pt;?")  # no CSS; the shell says it to Outlook alone
_HTML_TAG = re.compile(r'<html lang="([^"]*)" dir="([^"]*)"[^>]*>')
_BLOCK_END = re.compile(r"(?:</(?:p|h[1-6]|li|ul|div|style|head)>|<(?:ul|div|meta)[^>]*>|-->)(?=<)")
_OFFICE = "<o:OfficeDocumentSettings>"
_OFFICE_NAMESPACE = '<o:OfficeDocumentSettings xmlns:o="urn:schemas-microsoft-com:office:office">'


HARMLESS: Final[dict[str, Any]] = {
    "strip_important": False,
    "disable_leftover_css": True,
    "disable_validation": True,
    "disable_basic_attributes": ["width", "height", "align", "valign", "bgcolor"],
    "align_floating_images": False,
    "allow_network": False,
    "cssutils_logging_level": logging.CRITICAL,
}
"""premailer's settings with which it damages nothing."""


class _Inliner(Premailer):
    """premailer that never touches the network: `allow_network` does not stop a stylesheet's @import."""

    def _parse_css_string(self, css_body: str, validate: bool = True) -> Any:
        return parse_css(css_body)

    def _parse_style_rules(self, css_body: str, ruleset_index: int) -> tuple[list[Any], list[Any]]:
        rules, leftover = _style_rules(css_body, ruleset_index)
        return list(rules), list(leftover)


@lru_cache(maxsize=64)
def parse_css(text: str) -> Any:
    """A cssutils stylesheet; nothing is fetched, what cannot be read is left out. Call it under `CSS_LOCK`."""
    cssutils.log.setLevel(logging.CRITICAL)
    return cssutils.CSSParser(fetcher=lambda url: (None, b""), validate=False).parseString(text)


def inline(source: str, css: str) -> str:
    """Compile MJML and put the rules of `css` into style attributes; `<style>` elements stay as they are.

    Raises RenderError where the MJML cannot be read.
    """
    html = compiled(source)
    try:
        with CSS_LOCK:
            html = str(_Inliner(css_text=css, **HARMLESS).transform(html, pretty_print=False))
    except (ValueError, etree.LxmlError) as error:
        raise RenderError(f"the styles cannot be put in: {error}") from error
    return _BLOCK_END.sub(r"\g<0>\n", html)  # MJML drops line ends; quoted-printable pays for long lines


def compiled(source: str) -> str:
    """MJML as the HTML that goes to premailer. Raises RenderError where it cannot be read."""
    try:
        html = mjml.mjml2html(source, fonts={})  # else named fonts are fetched from Google
    except ValueError as error:
        raise RenderError(f"the MJML cannot be compiled: {error}") from error
    html = _HTML_TAG.sub(r'<html lang="\1" dir="\2">', html, count=1)  # unused namespaces are errors in HTML
    html = _MSO_SPACING.sub("", _MSO_GROUP_FIX.sub("", html)).replace(_OFFICE, _OFFICE_NAMESPACE, 1)
    html = html.replace("<!doctype html>", "<!DOCTYPE html>\n", 1)  # in small letters premailer drops it: quirks mode
    return html.replace("<style", '<style data-premailer="ignore"')


@lru_cache(maxsize=64)  # the CSS of a language and format is the same in every edition, and costs most of the inlining
def _style_rules(css_body: str, ruleset_index: int) -> tuple[list[Any], list[Any]]:
    found: tuple[list[Any], list[Any]] = Premailer._parse_style_rules(_Inliner(**HARMLESS), css_body, ruleset_index)
    return found
