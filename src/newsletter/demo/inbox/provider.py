"""The inbox as a provider: it takes mail over HTTP too, as Mailgun's `messages.mime` does."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from newsletter.demo.inbox.server import LARGEST, Inbox


def create_provider(inbox: Inbox) -> Starlette:
    """The interface; whatever the key, it is let in."""

    async def take(request: Request) -> Response:
        async with request.form(max_files=1, max_part_size=LARGEST) as form:
            message, recipient = form.get("message"), form.get("to")
            if not isinstance(message, UploadFile) or not isinstance(recipient, str):
                return JSONResponse({"message": "to and message are needed"}, 400)
            content = await message.read()
        try:
            number = await inbox.take(recipient, content)
        except OSError as error:
            return JSONResponse({"message": f"cannot keep the mail: {error.strerror}"}, 503)
        return JSONResponse({"id": f"<{number:03}@inbox.example>", "message": "Queued. Thank you."})

    return Starlette(routes=[Route("/v3/{domain}/messages.mime", take, methods=["POST"])])
