"""Feeds and archive written from what is stored, as the settings say."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from newsletter.publish.archive import Report, publish
from newsletter.publish.writer import Writer

if TYPE_CHECKING:
    from newsletter.app.program import Program


def publish_archive(program: Program) -> Report:
    """Write what changed; what was written, and what could not be."""
    settings = program.settings
    writer = Writer(settings.publish.directory)
    for name, file in settings.logos.items():
        with suppress(FileNotFoundError):  # gone since settings were read: what was published of it stays
            writer.write(name, file.read_bytes())
    return publish(
        settings.site,
        settings.feeds,
        settings.newsletters,
        program.published,
        program.pages,
        writer,
        program.now(),
        hub=settings.publish.hub,
    )
