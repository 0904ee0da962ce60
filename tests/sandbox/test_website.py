"""Visits to the website."""

from asking import CUSTOMER, Asker

from rtmcli.sandbox import seed, website


def test_a_visit_begins_and_ends_once() -> None:
    """Ending a visit is told; where there is none, nothing is."""
    state = Asker().licence.state
    customer = state.customers[CUSTOMER]
    [ended] = website.end_visit(state, customer)

    assert ended.payload.keys() == {"customer_id", "visit_id", "ended_at"}
    assert website.end_visit(state, customer) == []


def test_who_comes_for_the_first_time_comes_from_anywhere() -> None:
    """A customer without an earlier visit gets a place of the seed; a later visit keeps it."""
    asker = Asker()
    created = asker.ask("create_customer").answer["id"]
    state = asker.licence.state
    first = website.begin_visit(state, state.customers[created]).payload
    website.end_visit(state, state.customers[created])
    second = website.begin_visit(state, state.customers[created]).payload

    assert first["geolocation"] in [seed.geolocation(place) for place in seed.PLACES.values()]
    assert second["geolocation"] == first["geolocation"]
    assert second["ip"] == first["ip"]
    assert second["visit_id"] != first["visit_id"]
    assert state.customers[created].facts["statistics"]["visits_count"] == 2


def test_the_first_page_has_no_referrer() -> None:
    """A page's referrer is the page before it in the same visit."""
    state = Asker().licence.state
    customer = state.customers[CUSTOMER]
    website.begin_visit(state, customer)
    pages = [website.look_at(state, customer, path, "A page").payload for path in ("/a", "/b")]

    assert [each["referrer"] for each in pages] == ["", "https://shop.example.com/a"]


def test_newcomers_are_made_up() -> None:
    """A newcomer has a name and an address that fits it."""
    person = website.invent(Asker().licence.state)
    first, last = person["name"].split()

    assert person["email"] == f"{first}.{last}@example.net".lower()
