"""Visits to the website: they start, pages are opened, and they end.

These functions do not validate anything; their callers do.
"""

from rtmcli.sandbox.domain import seed_data
from rtmcli.sandbox.domain.facts import Fact, PageOpened, VisitEnded, VisitStarted
from rtmcli.sandbox.domain.model import Customer, Page, Profile, Visit
from rtmcli.sandbox.domain.state import State

_MAX_PAGES = 10


def random_customer(state: State) -> Profile:
    """Generate the profile of a new customer: a name and a matching email address."""
    first = state.random.choice(seed_data.FIRST_NAMES)
    last = state.random.choice(seed_data.LAST_NAMES)
    return Profile(f"{first} {last}", f"{first}.{last}@example.net".lower())


def create_visit(state: State, ip: str, geolocation: dict[str, str]) -> Visit:
    """Return a visit that starts now."""
    state.visit_count += 1
    visit_id = state.new_uuid()
    return Visit(visit_id, state.visit_count, state.now, ip, seed_data.USER_AGENT, geolocation)


def start_visit(state: State, customer: Customer) -> Fact:
    """Start a visit from the location of the last visit, or from a random one."""
    if customer.visit:
        ip, geolocation = customer.visit.ip, customer.visit.geolocation
    else:
        location = state.random.choice(list(seed_data.LOCATIONS.values()))
        ip = f"{location.network}.{state.random.randint(1, 254)}"
        geolocation = seed_data.geolocation(location)
    visit = create_visit(state, ip, geolocation)
    state.visits[customer.id] = customer.visit = visit
    customer.increment_statistics(visits_count=1)
    return VisitStarted(customer, visit)


def open_page(state: State, customer: Customer, path: str, title: str) -> Fact:
    """Open a page during a visit; its referrer is the previous page."""
    visit = state.visits[customer.id]
    page = Page(state.now, seed_data.SITE_URL + path, title)
    referrer = visit.pages[-1].url if visit.pages else ""
    visit = visit._replace(pages=(*visit.pages, page)[-_MAX_PAGES:])
    state.visits[customer.id] = customer.visit = visit
    customer.increment_statistics(page_views_count=1)
    return PageOpened(customer, visit, page, referrer)


def end_visit(state: State, customer: Customer) -> list[Fact]:
    """End a customer's visit, if any."""
    visit = state.visits.pop(customer.id, None)
    if not visit:
        return []
    customer.visit = visit._replace(ended=state.now)
    return [VisitEnded(customer, customer.visit)]
