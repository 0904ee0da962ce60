"""Visits to the website: customers come, open pages and go.

Every function here acts; whoever calls it has checked all there is to check.
"""

from rtmcli.sandbox import seed, threads
from rtmcli.sandbox.model import Customer, Visit
from rtmcli.sandbox.seam import Delivery
from rtmcli.sandbox.state import State

_REMEMBERED_PAGES = 10


def invent(state: State) -> dict[str, str]:
    """Make up who comes by for the first time: a name and an e-mail address."""
    first, last = state.random.choice(seed.FIRST_NAMES), state.random.choice(seed.LAST_NAMES)
    return {"name": f"{first} {last}", "email": f"{first}.{last}@example.net".lower()}


def begin_visit(state: State, customer: Customer) -> Delivery:
    """Begin a visit: from where the customer came the last time, or from anywhere."""
    last = customer.facts.get("last_visit")
    if last:
        ip, geolocation = last["ip"], last["geolocation"]
    else:
        place = state.random.choice(list(seed.PLACES.values()))
        ip = f"{place.network}.{state.random.randint(1, 254)}"
        geolocation = seed.geolocation(place)
    visit = Visit(state.new_uuid(), state.date_time, ip, seed.USER_AGENT, geolocation)
    state.visits[customer.id] = visit
    threads.count(customer, visits_count=1)
    seen = {name: value for name, value in visit._asdict().items() if name != "id"}
    customer.change(last_visit={**seen, "last_pages": []})
    payload = {"customer_id": customer.id, "visit_id": visit.id, **seen}
    return Delivery("customer_visit_started", payload, state.customer_watchers)


def look_at(state: State, customer: Customer, path: str, title: str) -> Delivery:
    """Open a page during a visit; the page before is its referrer."""
    last = customer.facts["last_visit"]
    before = last["last_pages"]
    opened = {"opened_at": state.date_time, "url": seed.SITE + path, "title": title}
    customer.change(last_visit={**last, "last_pages": [*before, opened][-_REMEMBERED_PAGES:]})
    threads.count(customer, page_views_count=1)
    payload = {
        "customer_id": customer.id,
        "visit_id": state.visits[customer.id].id,
        **opened,
        "referrer": before[-1]["url"] if before else "",
    }
    return Delivery("customer_page_updated", payload, state.customer_watchers)


def end_visit(state: State, customer: Customer) -> list[Delivery]:
    """End a customer's visit, where there is one; tell of it."""
    visit = state.visits.pop(customer.id, None)
    if not visit:
        return []
    payload = {"customer_id": customer.id, "visit_id": visit.id, "ended_at": state.date_time}
    return [Delivery("customer_visit_ended", payload, state.customer_watchers)]
