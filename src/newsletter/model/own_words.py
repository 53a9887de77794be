"""What editors say in place of what a release's source says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from newsletter.model.release import Release


@dataclass(frozen=True, slots=True)
class OwnWords:
    """An editor's headline, kicker and teaser of a release; None: as the source says, "": none at all.

    They stay when the source changes its own.
    """

    release: str
    by: str
    at: datetime
    headline: str | None = None
    kicker: str | None = None
    teaser: str | None = None

    def said(self, release: Release) -> Release:
        """The release in these words."""
        return replace(
            release,
            headline=self.headline or release.headline,
            kicker=release.kicker if self.kicker is None else self.kicker or None,
            teaser=release.teaser if self.teaser is None else self.teaser or None,
        )

    @property
    def any(self) -> bool:
        """Whether they say anything of their own."""
        return (self.headline, self.kicker, self.teaser) != (None, None, None)
