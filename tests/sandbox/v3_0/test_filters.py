"""Filters: unknown operators, date ranges and invalid dates."""

import pytest
from support.license_client import LicenseClient

from rtmcli.sandbox.domain.errors import DomainError
from rtmcli.sandbox.v3_0 import filters


def test_empty_filters_and_unknown_operators_give_no_predicates() -> None:
    """A customer need not satisfy empty filters, unknown filters or unknown operators."""
    assert filters.customer_predicates({}) == []
    unknown = {"name": {}, "visits_count": {"near": 3}, "unknown": {}}
    assert filters.customer_predicates(unknown) == []


def test_date_ranges_include_both_days() -> None:
    """date_from and date_to include their days, which are in UTC."""
    state = LicenseClient().license.state
    [chat] = [each for each in state.chats.values() if each.id == "PJ0MRSHTDG"]
    thread = chat.threads[0]

    def is_match(timestamp: int, **bounds: str) -> bool:
        thread.created = timestamp * 1_000_000
        predicates = filters.archive_predicates(state, bounds)
        return all(predicate(chat, thread) for predicate in predicates)

    midnight = 1_567_382_400  # 2019-09-02
    assert is_match(midnight, date_from="2019-09-02", date_to="2019-09-02")
    assert is_match(midnight + 86_399, date_from="2019-09-02", date_to="2019-09-02")
    assert not is_match(midnight - 1, date_from="2019-09-02")
    assert not is_match(midnight + 86_400, date_to="2019-09-02")


@pytest.mark.parametrize("text", ["2019-02-30", "2019-02-30T00:00:00Z", "2019-01-01T00:00:60Z"])
def test_an_invalid_date_is_rejected(text: str) -> None:
    """A date that has the right form but does not exist is rejected with validation."""
    with pytest.raises(DomainError, match="is not a valid date and time"):
        filters.customer_predicates({"created_at": {"gt": text}})
