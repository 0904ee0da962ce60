"""Visits to the website."""

from support.license_client import CUSTOMER, LicenseClient, render

from rtmcli.sandbox.domain import seed_data
from rtmcli.sandbox.domain.website import visits


def test_a_visit_ends_once() -> None:
    """Ending a visit causes a push; without a visit there is none."""
    client = LicenseClient()
    state = client.license.state
    customer = state.customers[CUSTOMER]
    [ended] = visits.end_visit(state, customer)
    [push] = render(client.license, [ended])

    assert push.payload.keys() == {"customer_id", "visit_id", "ended_at"}
    assert visits.end_visit(state, customer) == []


def test_a_new_customer_gets_a_random_location() -> None:
    """The first visit gets a location of the sample data; later visits keep it."""
    client = LicenseClient()
    created = client.call("create_customer").payload["id"]
    state = client.license.state
    customer = state.customers[created]
    first = render(client.license, [visits.start_visit(state, customer)])[0].payload
    visits.end_visit(state, state.customers[created])
    second = render(client.license, [visits.start_visit(state, customer)])[0].payload

    assert first["geolocation"] in [
        seed_data.geolocation(location) for location in seed_data.LOCATIONS.values()
    ]
    assert second["geolocation"] == first["geolocation"]
    assert second["ip"] == first["ip"]
    assert second["visit_id"] != first["visit_id"]
    assert customer.statistics["visits_count"] == 2


def test_the_first_page_has_no_referrer() -> None:
    """A page's referrer is the previous page of the same visit."""
    client = LicenseClient()
    state = client.license.state
    customer = state.customers[CUSTOMER]
    visits.start_visit(state, customer)
    pages = [visits.open_page(state, customer, path, "A page") for path in ("/a", "/b")]

    assert [push.payload["referrer"] for push in render(client.license, pages)] == [
        "",
        "https://shop.example.com/a",
    ]


def test_a_random_customer_has_a_matching_email() -> None:
    """The email address consists of the first and the last name."""
    profile = visits.random_customer(LicenseClient().license.state)
    assert profile.name
    first, last = profile.name.split()

    assert profile.email == f"{first}.{last}@example.net".lower()
