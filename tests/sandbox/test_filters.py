"""Filters: unknown operators and invalid dates."""

import pytest
from support.license_client import LicenseClient

from rtmcli.sandbox import filters
from rtmcli.sandbox.interface import RequestError


def test_empty_filters_match_everything() -> None:
    """Missing or empty filters and unknown operators are ignored."""
    assert filters.customer_predicates({}) == []
    assert filters.customer_predicates({"name": {}, "visits_count": {"near": 3}, "color": {}}) == []


def test_date_filters_include_the_whole_day() -> None:
    """date_from and date_to include their days, in UTC."""
    state = LicenseClient().license.state
    [chat] = [each for each in state.chats.values() if each.id == "PJ0MRSHTDG"]
    thread = chat.threads[0]

    def is_match(timestamp: int, **bounds: str) -> bool:
        thread.timestamp = timestamp
        return all(test(chat, thread) for test in filters.archive_predicates(state, bounds))

    midnight = 1_567_382_400  # 2019-09-02
    assert is_match(midnight, date_from="2019-09-02", date_to="2019-09-02")
    assert is_match(midnight + 86_399, date_from="2019-09-02", date_to="2019-09-02")
    assert not is_match(midnight - 1, date_from="2019-09-02")
    assert not is_match(midnight + 86_400, date_to="2019-09-02")


@pytest.mark.parametrize("text", ["2019-02-30", "2019-02-30T00:00:00Z", "2019-01-01T00:00:60Z"])
def test_impossible_dates_are_rejected(text: str) -> None:
    """A date that does not exist fails with validation."""
    with pytest.raises(RequestError, match="is no date and time"):
        filters.customer_predicates({"created_at": {"gt": text}})
