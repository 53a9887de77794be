"""In which language a page speaks: as its address says, else as the browser asks, else the site's."""

from __future__ import annotations

from starlette.requests import Request

from newsletter.i18n import languages


def spoken(request: Request, default: str) -> str:
    """The language of a page: `?lang=`, then Accept-Language (RFC 9110, 12.5.4), then `default`."""
    asked = request.query_params.get("lang", "")
    if asked in languages():
        return asked
    wishes = [_wish(part) for part in request.headers.get("accept-language", "").split(",")]
    best = [language for weight, language in sorted(wishes, key=lambda wish: -wish[0]) if weight > 0]
    return next((language for language in best if language in languages()), default)


def _wish(part: str) -> tuple[float, str]:
    tag, _, weight = part.strip().lower().partition(";")
    try:
        return float(weight.strip().removeprefix("q=") or 1), tag.split("-")[0].strip()
    except ValueError:
        return 0.0, tag
