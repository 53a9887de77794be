"""`/api/v1`: what editors can do, for programs with a token; described in OpenAPI, and for people at `/api/docs`."""

from __future__ import annotations

from newsletter.web.api.app import create_api

__all__ = ["create_api"]
