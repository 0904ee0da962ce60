"""Customers: create, update, ban and list."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.license_client import (
    AGENT1,
    CHAT,
    CLOSED_CHAT,
    CUSTOMER,
    CUSTOMER_OF_CLOSED_CHAT,
    LicenseClient,
    RenderedVisitors,
    normal_agent,
    push_names,
)

from rtmcli.catalogue.v3_0 import API
from rtmcli.sandbox.domain.errors import DomainError

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
CUSTOMER_FIELDS = {
    "name": st.text("abc", max_size=5),
    "email": st.just("zoe@example.org"),
    "avatar": st.just("https://example.org/zoe.png"),
    "fields": st.dictionaries(st.text("abc", max_size=3), st.text("abc", max_size=3), max_size=2),
}


def get_customer_id(client: LicenseClient, chat_id: str) -> str:
    """Return the ID of a chat's customer."""
    users = client.fetch_chat(chat_id)["users"]
    [customer] = [each for each in users if each["type"] == "customer"]
    return str(customer["id"])


@given(st.fixed_dictionaries({}, optional=CUSTOMER_FIELDS))
def test_a_new_customer_has_the_fields_of_the_request(fields: dict[str, Any]) -> None:
    """The response is the customer with an ID and a creation time; all fields are optional."""
    result = LicenseClient().call("create_customer", fields)
    response = dict(result.payload)

    assert UUID.fullmatch(response.pop("id"))
    assert response.pop("created_at").endswith("Z")
    assert response == {
        "type": "customer",
        "statistics": {"chats_count": 0, "threads_count": 0, "visits_count": 0},
        **fields,
    }
    assert result.deliveries[0].payload == {"customer": result.payload}


def test_customers_may_have_the_same_email() -> None:
    """An email address need not be unique."""
    client = LicenseClient()
    first, second = (client.call("create_customer", email="zoe@example.org").payload for _ in "ab")

    assert first["id"] != second["id"]


def test_an_update_replaces_the_named_members() -> None:
    """The named members get their new value; the others stay."""
    client = LicenseClient()
    outcome = client.call("update_customer", customer_id=CUSTOMER, fields={"a": "b"}, name="Zoe")

    assert (outcome.payload["name"], outcome.payload["fields"]) == ("Zoe", {"a": "b"})
    assert outcome.payload["email"] == "lena@example.org"
    assert outcome.deliveries[0].payload == {
        "id": CUSTOMER,
        "type": "customer",
        "name": "Zoe",
        "email": "lena@example.org",
        "avatar": outcome.payload["avatar"],
        "present": True,
        "banned": False,
        "fields": {"a": "b"},
    }


def test_an_update_is_deferred_during_an_active_chat() -> None:
    """The customer changes when the thread is closed; then customer_updated is pushed."""
    client = LicenseClient()
    customer_id = get_customer_id(client, CHAT)
    only = {"filters": {"customer_id": {"values": [customer_id]}}}
    response, deliveries, _ = client.call("update_customer", customer_id=customer_id, name="Zoe")
    during = client.call("get_customers", only).payload["customers"][0]["name"]
    push_names = client.push_names("close_thread", chat_id=CHAT)

    assert (response["name"], deliveries, during) == ("Zoe", [], "Ada Nowak")
    assert push_names[-1] == "customer_updated"
    assert client.call("get_customers", only).payload["customers"][0]["name"] == "Zoe"


def test_an_update_needs_a_change_and_a_known_customer() -> None:
    """Without a member to change or a known customer it is rejected with validation."""
    client = LicenseClient()
    unknown_id = "00000000-0000-4000-0000-000000000000"

    assert "at least one of" in client.expect_error("update_customer", customer_id=CUSTOMER)
    assert "8-4-4-4-12" in client.expect_error("update_customer", customer_id="x", name="Zoe")
    error = client.expect_error("update_customer", customer_id=unknown_id, name="Zoe")
    assert error == f"validation: customer {unknown_id} not found"


def test_a_ban_ends_the_customers_visit() -> None:
    """The customer leaves the website and cannot visit it again until the ban ends."""
    now = [1_600_000_000.0]
    client = LicenseClient()
    client.license.state._get_time = lambda: now[0]
    deliveries = client.call("ban_customer", customer_id=CUSTOMER, ban={"days": 2}).deliveries
    now[0] += 2 * 86_400 - 1
    with pytest.raises(DomainError, match="is banned"):
        RenderedVisitors(client.license).start_visit(CUSTOMER)
    now[0] += 2

    assert push_names(deliveries) == ["customer_banned", "customer_visit_ended"]
    assert deliveries[0].payload == {"customer_id": CUSTOMER, "ban": {"days": 2}}
    assert RenderedVisitors(client.license).start_visit(CUSTOMER)[0] == CUSTOMER


def test_a_ban_closes_the_active_chat() -> None:
    """A system message is added, then the requester closes the thread."""
    client = LicenseClient()
    customer_id = get_customer_id(client, CHAT)
    deliveries = client.call("ban_customer", customer_id=customer_id, ban={"days": 5}).deliveries

    assert push_names(deliveries) == ["customer_banned", "incoming_event", "thread_closed"]
    event = deliveries[1].payload["event"]
    assert event["system_message_type"] == "customer_banned"
    assert event["text_vars"] == {"agent": "Agent One", "duration": "5"}
    assert deliveries[2].payload["user_id"] == AGENT1
    assert client.fetch_thread()["active"] is False


@pytest.mark.parametrize("days", [0, -1, 1.5, "5", None])
def test_a_ban_lasts_whole_days(days: Any) -> None:
    """A value that is not an integer of 1 or more is rejected."""
    error = LicenseClient().expect_error("ban_customer", customer_id=CUSTOMER, ban={"days": days})
    assert error.startswith("validation: ban.days")


def list_customers(client: LicenseClient, **filters: Any) -> list[dict[str, Any]]:
    """List all customers who match filters."""
    response = client.call("get_customers", filters=filters, limit=100).payload
    assert len(response["customers"]) == response["total_customers"]
    customers: list[dict[str, Any]] = response["customers"]
    return customers


def get_field(customer: dict[str, Any], path: str) -> Any:
    """Return a field of a customer, or None."""
    value: Any = customer
    for key in path.split("."):
        value = value.get(key, {})
    return value or None


TEXT_FILTERS = {
    "country": ("last_visit.geolocation.country", "Poland"),
    "email": ("email", "ada@example.org"),
    "name": ("name", "John Roe"),
    "customer_id": ("id", CUSTOMER),
}
COUNT_FILTERS = {"chats_count": 1, "threads_count": 2, "visits_count": 20}
DATE_FILTERS = ("created_at", "agent_last_event_created_at", "customer_last_event_created_at")
RANGE_OPERATORS = {
    "lt": lambda value, bound: value < bound,
    "lte": lambda value, bound: value <= bound,
    "gt": lambda value, bound: value > bound,
    "gte": lambda value, bound: value >= bound,
    "eq": lambda value, bound: value == bound,
}


@pytest.mark.parametrize("name", TEXT_FILTERS)
def test_text_filters_include_or_exclude_values(name: str) -> None:
    """`values` matches customers with one of the texts, `exclude_values` all others."""
    client = LicenseClient()
    path, text = TEXT_FILTERS[name]
    matching = [each for each in list_customers(client) if get_field(each, path) == text]

    assert matching
    assert list_customers(client, **{name: {"values": [text, "unknown"]}}) == matching
    others = list_customers(client, **{name: {"exclude_values": [text]}})
    assert others == [each for each in list_customers(client) if each not in matching]


@pytest.mark.parametrize("operator", RANGE_OPERATORS)
@pytest.mark.parametrize("name", COUNT_FILTERS)
def test_range_filters_compare_counts(name: str, operator: str) -> None:
    """Each operator compares the count with the bound."""
    client = LicenseClient()
    bound = COUNT_FILTERS[name]
    expected = [
        each
        for each in list_customers(client)
        if RANGE_OPERATORS[operator](each["statistics"][name], bound)
    ]

    assert list_customers(client, **{name: {operator: bound}}) == expected


@pytest.mark.parametrize("operator", RANGE_OPERATORS)
@pytest.mark.parametrize("name", DATE_FILTERS)
def test_date_filters_compare_times(name: str, operator: str) -> None:
    """Each operator compares times in any time zone; a customer without the field never matches."""
    client = LicenseClient()
    known = sorted(each[name] for each in list_customers(client) if name in each)
    middle = known[len(known) // 2]
    expected = [
        each
        for each in list_customers(client)
        if name in each and RANGE_OPERATORS[operator](each[name], middle)
    ]

    assert expected
    assert list_customers(client, **{name: {operator: middle.replace("Z", "+00:00")}}) == expected


def test_a_missing_text_matches_excluded_values() -> None:
    """A customer without an email address or visit does not have an excluded value."""
    client = LicenseClient()
    bare = client.call("create_customer").payload

    for name in ("country", "email", "name"):
        assert bare in list_customers(client, **{name: {"exclude_values": ["x"]}})
        assert bare not in list_customers(client, **{name: {"values": ["x"]}})


def test_the_example_of_the_reference_finds_customers() -> None:
    """The filters and page_id of the example match customers of the two countries."""
    example = dict(API.methods["get_customers"].example)
    response = LicenseClient().call("get_customers", example).payload

    names = [each["name"] for each in response["customers"]]
    assert names == ["Hanna Zielinska", "Grace Hill", "Filip Kowalski"]
    assert response["total_customers"] == 4


def test_bounds_of_a_range_may_be_combined() -> None:
    """A customer must match all operators of a range and all filters."""
    customers = list_customers(
        LicenseClient(), visits_count={"gte": 20, "lt": 30}, country={"values": ["Poland"]}
    )
    assert {each["name"] for each in customers} == {"Filip Kowalski", "Hanna Zielinska"}


@pytest.mark.parametrize(
    "filters",
    [
        {"country": {"values": ["a"], "exclude_values": ["b"]}},
        {"created_at": {"gt": "yesterday"}},
        {"created_at": {"gt": "2019-02-31T00:00:00Z"}},
        {"visits_count": {"gt": "many"}},
        {"email": {"values": "a"}},
    ],
)
def test_invalid_filters_are_rejected(filters: dict[str, Any]) -> None:
    """Two operators of a text filter, and values of the wrong type, are rejected."""
    assert LicenseClient().expect_error("get_customers", filters=filters).startswith("validation: ")


def test_customers_are_listed_newest_first() -> None:
    """Customers are sorted by creation time, oldest first with order asc."""
    client = LicenseClient()
    newest = [each["created_at"] for each in list_customers(client)]
    oldest = client.call("get_customers", order="asc", limit=100).payload["customers"]

    assert newest == sorted(newest, reverse=True)
    assert [each["created_at"] for each in oldest] == newest[::-1]


@given(limit=st.integers(1, 30), order=st.sampled_from(["asc", "desc"]))
def test_the_pages_list_every_customer_once(limit: int, order: str) -> None:
    """Following next_page_id lists every customer once."""
    client = LicenseClient()
    page = {"limit": limit, "order": order, "filters": {"visits_count": {"gt": 1}}}
    response = client.call("get_customers", page).payload
    listed = list(response["customers"])
    while "next_page_id" in response:
        next_page = {**page, "page_id": response["next_page_id"]}
        response = client.call("get_customers", next_page).payload
        listed += response["customers"]

    expected = list_customers(client, visits_count={"gt": 1})
    assert listed == (expected if order == "desc" else expected[::-1])


def test_pushes_about_customers_require_a_scope() -> None:
    """Pushes about customers require customers:ro; the requester gets its copy without it."""
    agent = normal_agent("customers.ban:rw")
    delivery = agent.first_push(
        "ban_customer", customer_id=CUSTOMER_OF_CLOSED_CHAT, ban={"days": 1}
    )

    assert AGENT1 not in delivery.agent_ids
    assert delivery.to_requester
    assert agent.license.state.chats[CLOSED_CHAT].active_thread is None
