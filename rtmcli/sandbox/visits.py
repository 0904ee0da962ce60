"""Visits to the website: they start, pages are opened, and they end.

These functions do not validate anything; their callers do.
"""

from rtmcli.sandbox import customers, seed_data
from rtmcli.sandbox.interface import PushDelivery
from rtmcli.sandbox.model import Customer, Visit
from rtmcli.sandbox.state import State

_MAX_LAST_PAGES = 10


def random_customer(state: State) -> dict[str, str]:
    """Generate the profile of a new customer: a name and a matching email address."""
    first = state.random.choice(seed_data.FIRST_NAMES)
    last = state.random.choice(seed_data.LAST_NAMES)
    return {"name": f"{first} {last}", "email": f"{first}.{last}@example.net".lower()}


def start_visit(state: State, customer: Customer) -> PushDelivery:
    """Start a visit from the location of the last visit, or from a random one."""
    last_visit = customer.data.get("last_visit")
    if last_visit:
        ip, geolocation = last_visit["ip"], last_visit["geolocation"]
    else:
        location = state.random.choice(list(seed_data.LOCATIONS.values()))
        ip = f"{location.network}.{state.random.randint(1, 254)}"
        geolocation = seed_data.geolocation(location)
    visit = Visit(state.new_uuid(), state.date_time, ip, seed_data.USER_AGENT, geolocation)
    state.visits[customer.id] = visit
    customers.increment_statistics(customer, visits_count=1)
    visit_fields = {name: value for name, value in visit._asdict().items() if name != "id"}
    customer.update(last_visit={**visit_fields, "last_pages": []})
    payload = {"customer_id": customer.id, "visit_id": visit.id, **visit_fields}
    return PushDelivery("customer_visit_started", payload, state.customer_push_recipients)


def open_page(state: State, customer: Customer, path: str, title: str) -> PushDelivery:
    """Open a page during a visit; its referrer is the previous page."""
    last_visit = customer.data["last_visit"]
    previous_pages = last_visit["last_pages"]
    page = {"opened_at": state.date_time, "url": seed_data.SITE_URL + path, "title": title}
    customer.update(
        last_visit={**last_visit, "last_pages": [*previous_pages, page][-_MAX_LAST_PAGES:]}
    )
    customers.increment_statistics(customer, page_views_count=1)
    payload = {
        "customer_id": customer.id,
        "visit_id": state.visits[customer.id].id,
        **page,
        "referrer": previous_pages[-1]["url"] if previous_pages else "",
    }
    return PushDelivery("customer_page_updated", payload, state.customer_push_recipients)


def end_visit(state: State, customer: Customer) -> list[PushDelivery]:
    """End a customer's visit, if any; return its push."""
    visit = state.visits.pop(customer.id, None)
    if not visit:
        return []
    payload = {"customer_id": customer.id, "visit_id": visit.id, "ended_at": state.date_time}
    return [PushDelivery("customer_visit_ended", payload, state.customer_push_recipients)]
