"""The sections of the admin, in the order in which its header names them."""

from __future__ import annotations

from dataclasses import dataclass

from newsletter.model import Role


def _(message: str) -> str:
    return message  # marks a message for the catalogues


@dataclass(frozen=True, slots=True)
class Section:
    """A place in the header."""

    path: str
    title: str
    role: Role = Role.VIEWER

    def holds(self, path: str) -> bool:
        """Whether an address lies in this section."""
        return path == self.path if self.path == "/" else f"{path}/".startswith(f"{self.path}/")


SECTIONS = (
    Section("/", _("Today")),
    Section("/sources", _("Sources")),
    Section("/releases", _("Releases")),
    Section("/alts", _("Alt texts")),
    Section("/editions", _("Editions")),
    Section("/subscribers", _("Subscribers")),
    Section("/settings", _("Settings"), Role.ADMIN),
    Section("/people", _("People"), Role.ADMIN),
    Section("/audit", _("Audit log"), Role.ADMIN),
)
