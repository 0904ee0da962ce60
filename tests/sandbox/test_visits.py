"""Visits to the website."""

from support.license_client import CUSTOMER, LicenseClient

from rtmcli.sandbox import seed_data, visits


def test_a_visit_ends_once() -> None:
    """Ending a visit causes a push; without a visit there is none."""
    state = LicenseClient().license.state
    customer = state.customers[CUSTOMER]
    [ended] = visits.end_visit(state, customer)

    assert ended.payload.keys() == {"customer_id", "visit_id", "ended_at"}
    assert visits.end_visit(state, customer) == []


def test_a_new_customer_gets_a_random_location() -> None:
    """The first visit gets a location of the sample data; later visits keep it."""
    client = LicenseClient()
    created = client.call("create_customer").payload["id"]
    state = client.license.state
    first = visits.start_visit(state, state.customers[created]).payload
    visits.end_visit(state, state.customers[created])
    second = visits.start_visit(state, state.customers[created]).payload

    assert first["geolocation"] in [
        seed_data.geolocation(location) for location in seed_data.LOCATIONS.values()
    ]
    assert second["geolocation"] == first["geolocation"]
    assert second["ip"] == first["ip"]
    assert second["visit_id"] != first["visit_id"]
    assert state.customers[created].data["statistics"]["visits_count"] == 2


def test_the_first_page_has_no_referrer() -> None:
    """A page's referrer is the previous page of the same visit."""
    state = LicenseClient().license.state
    customer = state.customers[CUSTOMER]
    visits.start_visit(state, customer)
    pages = [visits.open_page(state, customer, path, "A page").payload for path in ("/a", "/b")]

    assert [each["referrer"] for each in pages] == ["", "https://shop.example.com/a"]


def test_a_random_customer_has_a_matching_email() -> None:
    """The email address consists of the first and the last name."""
    profile = visits.random_customer(LicenseClient().license.state)
    first, last = profile["name"].split()

    assert profile["email"] == f"{first}.{last}@example.net".lower()
