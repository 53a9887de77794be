"""Each family of bounce, and what it says."""

from __future__ import annotations

import pytest

from newsletter.deliver.feedback.read import read_returned
from newsletter.deliver.feedback.returned import Kind
from tests.unit.deliver.feedback.samples import BOUNCES, Case


@pytest.mark.parametrize("case", BOUNCES, ids=[case[0] for case in BOUNCES])
def test_what_a_bounce_says(case: Case) -> None:
    _, raw, recipients, permanent, reason = case
    found = read_returned(raw)
    assert (found.kind, found.recipients, found.permanent, found.reason) == (Kind.BOUNCE, recipients, permanent, reason)
