"""Takes the pictures of mails in docs/images from a fresh demo: `.venv/bin/python scripts/screenshots.py`.

Each is of a mail as a subscriber of the demo got it; pictures in it come from the demo's public directory.
"""

from __future__ import annotations

import email
import html
import io
import mimetypes
import subprocess
import sys
import tempfile
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from PIL import Image
from playwright.sync_api import Page, Route, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from tests.servers.chromium import OPTIONS  # noqa: E402

IMAGES = ROOT / "docs/images"
BASE = "https://news.musterstadt.example"
COLOURS = 96  # of the palette: enough for a page with a photograph, a tenth of the bytes
WIDE, NARROW = {"width": 640, "height": 900}, {"width": 320, "height": 640}
SHOTS: dict[str, tuple[str, dict[str, Any]]] = {  # whose mail, and how it is looked at
    "digest": ("standard.de", {"viewport": WIDE}),
    "digest-dark": ("standard.de", {"viewport": WIDE, "color_scheme": "dark"}),
    "digest-narrow": ("standard.de", {"viewport": NARROW}),
    "digest-large": ("large.de", {"viewport": WIDE}),
    "digest-no-images": ("no-images.de", {"viewport": WIDE}),
    "digest-text": ("text.de", {"viewport": WIDE}),
    "digest-english": ("standard.en", {"viewport": WIDE}),
}
AS_TEXT = """<!doctype html><html lang="de"><meta charset="utf-8"><title>Text</title>
<body style="margin:24px; background:#fff; color:#111"><pre style="font:16px/1.5 monospace; white-space:pre-wrap;
overflow-wrap:anywhere">{}</pre></body></html>"""


def shown(mail: EmailMessage) -> str:
    """The mail as a document: its HTML part, or its text as a mail program shows it."""
    part = mail.get_body(("html",))
    if part is not None:
        return str(part.get_content())
    text = mail.get_body(("plain",))
    return AS_TEXT.format(html.escape(text.get_content() if text else ""))


def served(public: Path, document: str, route: Route) -> None:
    """The document itself, and what lies in the public directory; nothing else."""
    parts = urlsplit(route.request.url)
    file = public / unquote(parts.path).lstrip("/")
    if parts.path == "/mail":
        route.fulfill(body=document, content_type="text/html; charset=utf-8")
    elif route.request.url.startswith(BASE) and file.is_file():
        route.fulfill(body=file.read_bytes(), content_type=mimetypes.guess_type(file.name)[0] or "image/jpeg")
    else:
        route.abort()


def take(page: Page, public: Path, document: str, place: Path) -> None:
    """Take the picture, in few colours."""
    page.route("**/*", lambda route: served(public, document, route))
    page.goto(f"{BASE}/mail", wait_until="networkidle")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(place, optimize=True)


def main() -> int:
    """Run the demo once, and take every picture."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        subprocess.run([ROOT / ".venv/bin/newsletter", "demo", "--once", "--dir", folder], check=True)
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=OPTIONS)
        for name, (whose, look) in SHOTS.items():
            (file,) = Path(folder, "inbox").glob(f"*-{whose}@*.eml")
            mail = email.message_from_bytes(file.read_bytes(), policy=policy.default)
            assert isinstance(mail, EmailMessage)
            with browser.new_context(**look) as context:
                take(context.new_page(), Path(folder, "public"), shown(mail), IMAGES / f"{name}.png")
        browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
