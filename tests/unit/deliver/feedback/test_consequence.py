"""What a returned mail leads to, case by case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newsletter.deliver.feedback.consequence import OURS, Consequence, Sign, consequence, sign
from newsletter.deliver.feedback.returned import GONE, Complaint, Kind, Reason, Returned

NOW = datetime(2026, 11, 22, tzinfo=UTC)
NOTED, SUPPRESSED, LEFT, NOTHING = Consequence.NOTED, Consequence.SUPPRESSED, Consequence.LEFT, Consequence.NOTHING


def ago(*days: float) -> list[datetime]:
    return [NOW - timedelta(days=day) for day in days]


def bounce(reason: Reason, permanent: bool | None = False) -> Returned:
    return Returned(Kind.BOUNCE, ("a@b.example",), permanent, None, reason)


@pytest.mark.parametrize("reason", sorted(GONE))
def test_an_address_that_is_gone_is_given_up_at_once(reason: Reason) -> None:
    assert consequence(bounce(reason, True), ago(0)) is SUPPRESSED


@pytest.mark.parametrize("reason", sorted(set(Reason) - GONE))
def test_one_bounce_of_a_mailbox_that_is_there_gives_up_nobody(reason: Reason) -> None:
    assert consequence(bounce(reason), ago(0)) is NOTED


@pytest.mark.parametrize(
    ("bounced", "expected"),
    [
        (ago(0, 3, 7, 10, 14), SUPPRESSED),
        (ago(0, 3, 7, 10, 13.9), NOTED),
        (ago(0, 7, 14, 21), NOTED),
        (ago(0, 7, 14, 21, 28), SUPPRESSED),
        (ago(0, 0.1, 0.2, 0.3, 0.4), NOTED),
        ([], NOTED),
    ],
)
def test_five_in_a_row_over_two_weeks_do(bounced: list[datetime], expected: Consequence) -> None:
    assert consequence(bounce(Reason.MAILBOX_FULL), bounced) is expected


@pytest.mark.parametrize("reason", sorted([*OURS, Reason.DELAYED]))
@pytest.mark.parametrize("permanent", [True, False, None])
def test_nobody_is_given_up_for_what_is_our_own_fault_or_only_late(reason: Reason, permanent: bool | None) -> None:
    assert consequence(bounce(reason, permanent), ago(*range(0, 60, 7))) is NOTED
    assert sign(bounce(reason)) in (Sign.REFUSED, Sign.DELAYED)


@pytest.mark.parametrize("about", list(Complaint))
def test_a_complaint_ends_all_unless_it_is_none(about: Complaint) -> None:
    expected = NOTED if about in (Complaint.NOT_SPAM, Complaint.AUTH_FAILURE) else LEFT
    returned = Returned(Kind.COMPLAINT, reason=about)
    assert (consequence(returned, []), sign(returned)) == (expected, Sign.COMPLAINED)


@pytest.mark.parametrize("kind", [Kind.AUTO_REPLY, Kind.OTHER])
def test_what_is_no_return_changes_nothing(kind: Kind) -> None:
    assert consequence(Returned(kind), ago(0)) is NOTHING
