"""What is counted. Three of the counts have to be nought."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields


@dataclass(frozen=True, slots=True)
class Outcome:
    """Counts of one case, or of many: `runs` are interruptions that took place, `mails` what the mail server took."""

    runs: int = 0
    mails: int = 0
    lost: int = 0  # a planned mail that neither came nor is named as failed or in doubt
    unexplained: int = 0  # a copy beyond the first that the ledger does not name as possible
    after_goodbye: int = 0  # a mail whose fence came after its reader had left
    doubled: int = 0
    uncertain: int = 0

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def red(self) -> bool:
        """Whether a promise was broken."""
        return bool(self.lost or self.unexplained or self.after_goodbye)

    def counts(self) -> dict[str, int]:
        """All of it, by name."""
        return asdict(self)
