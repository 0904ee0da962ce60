"""Filters: what passes over unknown operators, and what moments they refuse."""

import pytest
from asking import Asker

from rtmcli.sandbox import filters
from rtmcli.sandbox.seam import Refusal


def test_without_filters_there_is_nothing_to_pass() -> None:
    """No filters, empty ones, and operators that nobody knows make no tests."""
    assert filters.of_customers({}) == []
    assert filters.of_customers({"name": {}, "visits_count": {"near": 3}, "colour": {}}) == []


def test_a_day_is_in_to_its_last_second() -> None:
    """date_to includes that day, date_from too; both are days in UTC."""
    state = Asker().licence.state
    [chat] = [each for each in state.chats.values() if each.id == "PJ0MRSHTDG"]
    thread = chat.threads[0]

    def passes(timestamp: int, **bounds: str) -> bool:
        thread.timestamp = timestamp
        return all(test(chat, thread) for test in filters.of_archives(state, bounds))

    midnight = 1_567_382_400  # 2019-09-02
    assert passes(midnight, date_from="2019-09-02", date_to="2019-09-02")
    assert passes(midnight + 86_399, date_from="2019-09-02", date_to="2019-09-02")
    assert not passes(midnight - 1, date_from="2019-09-02")
    assert not passes(midnight + 86_400, date_to="2019-09-02")


@pytest.mark.parametrize("text", ["2019-02-30", "2019-02-30T00:00:00Z", "2019-01-01T00:00:60Z"])
def test_moments_that_never_were_are_refused(text: str) -> None:
    """What has the form of a date but is none is refused with validation."""
    with pytest.raises(Refusal, match="is no date and time"):
        filters.of_customers({"created_at": {"gt": text}})
