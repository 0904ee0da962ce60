"""Test the chapter "customers"."""

import pytest

from rtmcli.catalogue.model import Severity
from rtmcli.catalogue.v3_0.customers import CHAPTER
from rtmcli.protocol.validation import PayloadValidator

METHODS = {method.action: method for method in CHAPTER.methods}
CUSTOMER_ID = "b7eff798-f8df-4364-8059-649c35c9ed0c"


@pytest.mark.parametrize("days", [0, -1, 1.5, "5", True])
def test_a_ban_lasts_whole_days(days: object) -> None:
    """Nothing but a whole number of days, one at least, is sent."""
    found = PayloadValidator(METHODS["ban_customer"]).validate(
        {"customer_id": CUSTOMER_ID, "ban": {"days": days}}
    )
    assert [(problem.path, problem.severity) for problem in found] == [("ban.days", Severity.ERROR)]


def test_the_shortest_ban_is_a_day() -> None:
    """One day is enough."""
    assert (
        PayloadValidator(METHODS["ban_customer"]).validate(
            {"customer_id": CUSTOMER_ID, "ban": {"days": 1}}
        )
        == []
    )


def test_a_customer_may_be_created_from_nothing() -> None:
    """All facts about a customer are optional; its fields are texts."""
    method = METHODS["create_customer"]
    assert PayloadValidator(method).validate({}) == []
    assert [
        problem.path for problem in PayloadValidator(method).validate({"fields": {"age": 7}})
    ] == ["fields"]
    assert method.push_keys == {"id": "customer.id"}


@pytest.mark.parametrize("field", ["country", "email", "name", "customer_id"])
def test_a_text_filter_takes_one_operator(field: str) -> None:
    """Several values pass; values and exclude_values together do not."""
    method = METHODS["get_customers"]
    assert PayloadValidator(method).validate({"filters": {field: {"values": ["a", "b"]}}}) == []
    found = PayloadValidator(method).validate(
        {"filters": {field: {"values": ["a"], "exclude_values": ["b"]}}}
    )
    assert [problem.severity for problem in found] == [Severity.ERROR]
    assert f"filters.{field}" in found[0].message


@pytest.mark.parametrize("field", ["chats_count", "threads_count", "visits_count"])
def test_bounds_of_a_count_combine(field: str) -> None:
    """A range has two ends."""
    assert (
        PayloadValidator(METHODS["get_customers"]).validate(
            {"filters": {field: {"gte": 1, "lt": 9}}}
        )
        == []
    )


@pytest.mark.parametrize(
    "field", ["created_at", "agent_last_event_created_at", "customer_last_event_created_at"]
)
def test_a_moment_has_a_time_zone(field: str) -> None:
    """Both spellings of the zone pass; a date alone does not."""
    method = METHODS["get_customers"]
    zoned = {"gte": "2017-10-12T15:19:21.010200+01:00", "lt": "2017-10-12T14:19:21.010200Z"}
    assert PayloadValidator(method).validate({"filters": {field: zoned}}) == []
    found = PayloadValidator(method).validate({"filters": {field: {"gte": "2017-10-12"}}})
    assert [problem.path for problem in found] == [f"filters.{field}.gte"]


@pytest.mark.parametrize(
    ("customer", "severities"),
    [
        (CUSTOMER_ID, []),
        ("345f8235-d60d-433e-63c5-0123456789ab", []),  # a real one's variant nibble
        ("someone", [Severity.WARNING]),
    ],
)
def test_only_the_shape_of_a_customers_id_counts(customer: str, severities: list[Severity]) -> None:
    """An id that is no UUID by the letter passes; another shape is warned of."""
    found = PayloadValidator(METHODS["update_customer"]).validate(
        {"customer_id": customer, "name": "John Doe"}
    )
    assert [problem.severity for problem in found] == severities


def test_an_update_without_a_change_is_warned_of() -> None:
    """One of the four facts must be there, or the server refuses."""
    [problem] = PayloadValidator(METHODS["update_customer"]).validate({"customer_id": CUSTOMER_ID})
    assert problem.severity is Severity.WARNING


def test_the_push_of_an_update_names_the_customer_by_its_own_id() -> None:
    """customer_updated is flat."""
    assert METHODS["update_customer"].push_keys == {"customer_id": "id"}
