"""Visits to the website."""

from support.license_client import CUSTOMER, LicenseClient

from rtmcli.sandbox import seed_data, visits


def test_a_visit_begins_and_ends_once() -> None:
    """Ending a visit is told; where there is none, nothing is."""
    state = LicenseClient().license.state
    customer = state.customers[CUSTOMER]
    [ended] = visits.end_visit(state, customer)

    assert ended.payload.keys() == {"customer_id", "visit_id", "ended_at"}
    assert visits.end_visit(state, customer) == []


def test_who_comes_for_the_first_time_comes_from_anywhere() -> None:
    """A customer without an earlier visit gets a place of the seed; a later visit keeps it."""
    client = LicenseClient()
    created = client.call("create_customer").payload["id"]
    state = client.license.state
    first = visits.start_visit(state, state.customers[created]).payload
    visits.end_visit(state, state.customers[created])
    second = visits.start_visit(state, state.customers[created]).payload

    assert first["geolocation"] in [
        seed_data.geolocation(place) for place in seed_data.LOCATIONS.values()
    ]
    assert second["geolocation"] == first["geolocation"]
    assert second["ip"] == first["ip"]
    assert second["visit_id"] != first["visit_id"]
    assert state.customers[created].data["statistics"]["visits_count"] == 2


def test_the_first_page_has_no_referrer() -> None:
    """A page's referrer is the page before it in the same visit."""
    state = LicenseClient().license.state
    customer = state.customers[CUSTOMER]
    visits.start_visit(state, customer)
    pages = [visits.open_page(state, customer, path, "A page").payload for path in ("/a", "/b")]

    assert [each["referrer"] for each in pages] == ["", "https://shop.example.com/a"]


def test_newcomers_are_made_up() -> None:
    """A newcomer has a name and an address that fits it."""
    person = visits.random_customer(LicenseClient().license.state)
    first, last = person["name"].split()

    assert person["email"] == f"{first}.{last}@example.net".lower()
