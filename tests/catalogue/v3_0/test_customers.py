"""Test the chapter "customers"."""

import pytest

from rtmcli.catalogue.model import Severity
from rtmcli.catalogue.v3_0.customers import CHAPTER
from rtmcli.protocol.validation import PayloadValidator

METHODS = {method.action: method for method in CHAPTER.methods}
CUSTOMER_ID = "b7eff798-f8df-4364-8059-649c35c9ed0c"


@pytest.mark.parametrize("days", [0, -1, 1.5, "5", True])
def test_a_ban_requires_a_positive_integer(days: object) -> None:
    """Any other number of days is an error."""
    problems = PayloadValidator(METHODS["ban_customer"]).validate(
        {"customer_id": CUSTOMER_ID, "ban": {"days": days}}
    )
    assert [(problem.path, problem.severity) for problem in problems] == [
        ("ban.days", Severity.ERROR)
    ]


def test_the_shortest_ban_is_one_day() -> None:
    """One day is valid."""
    assert (
        PayloadValidator(METHODS["ban_customer"]).validate(
            {"customer_id": CUSTOMER_ID, "ban": {"days": 1}}
        )
        == []
    )


def test_a_customer_can_be_created_without_data() -> None:
    """All parameters are optional; the values of `fields` are strings."""
    method = METHODS["create_customer"]
    assert PayloadValidator(method).validate({}) == []
    assert [
        problem.path for problem in PayloadValidator(method).validate({"fields": {"age": 7}})
    ] == ["fields"]
    assert method.push_keys == {"id": "customer.id"}


@pytest.mark.parametrize("field", ["country", "email", "name", "customer_id"])
def test_a_string_filter_takes_one_operator(field: str) -> None:
    """Several values are valid; values and exclude_values together are not."""
    method = METHODS["get_customers"]
    assert PayloadValidator(method).validate({"filters": {field: {"values": ["a", "b"]}}}) == []
    problems = PayloadValidator(method).validate(
        {"filters": {field: {"values": ["a"], "exclude_values": ["b"]}}}
    )
    assert [problem.severity for problem in problems] == [Severity.ERROR]
    assert f"filters.{field}" in problems[0].message


@pytest.mark.parametrize("field", ["chats_count", "threads_count", "visits_count"])
def test_the_bounds_of_a_count_can_be_combined(field: str) -> None:
    """A range has two bounds."""
    assert (
        PayloadValidator(METHODS["get_customers"]).validate(
            {"filters": {field: {"gte": 1, "lt": 9}}}
        )
        == []
    )


@pytest.mark.parametrize(
    "field", ["created_at", "agent_last_event_created_at", "customer_last_event_created_at"]
)
def test_a_time_requires_a_time_zone(field: str) -> None:
    """An offset or Z is valid; a date alone is not."""
    method = METHODS["get_customers"]
    zoned = {"gte": "2017-10-12T15:19:21.010200+01:00", "lt": "2017-10-12T14:19:21.010200Z"}
    assert PayloadValidator(method).validate({"filters": {field: zoned}}) == []
    problems = PayloadValidator(method).validate({"filters": {field: {"gte": "2017-10-12"}}})
    assert [problem.path for problem in problems] == [f"filters.{field}.gte"]


@pytest.mark.parametrize(
    ("customer", "severities"),
    [
        (CUSTOMER_ID, []),
        ("345f8235-d60d-433e-63c5-0123456789ab", []),  # a real id, with another variant
        ("someone", [Severity.WARNING]),
    ],
)
def test_only_the_form_of_a_customer_id_is_checked(
    customer: str, severities: list[Severity]
) -> None:
    """Ids need not be strict UUIDs; another form causes a warning."""
    problems = PayloadValidator(METHODS["update_customer"]).validate(
        {"customer_id": customer, "name": "John Doe"}
    )
    assert [problem.severity for problem in problems] == severities


def test_an_update_without_data_causes_a_warning() -> None:
    """The server rejects it."""
    [problem] = PayloadValidator(METHODS["update_customer"]).validate({"customer_id": CUSTOMER_ID})
    assert problem.severity is Severity.WARNING


def test_customer_updated_is_matched_by_id() -> None:
    """The payload of this push is the customer itself."""
    assert METHODS["update_customer"].push_keys == {"customer_id": "id"}
