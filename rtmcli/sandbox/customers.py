"""Create and change customers.

These functions do not validate anything; their callers do.
"""

from rtmcli.sandbox.interface import PushDelivery
from rtmcli.sandbox.model import Customer, JSONObject
from rtmcli.sandbox.state import State

_EMPTY_STATISTICS = {"chats_count": 0, "threads_count": 0, "visits_count": 0}


def add_customer(state: State, profile: JSONObject, customer_id: str = "") -> Customer:
    """Add a new customer to the license."""
    data = {
        "id": customer_id or state.new_uuid(),
        "type": "customer",
        **profile,
        "statistics": _EMPTY_STATISTICS,
        "created_at": state.date_time,
    }
    customer = Customer(data, len(state.customers) + 1, round(state.now * 1000))
    state.customers[customer.id] = customer
    return customer


def update_customer(state: State, customer: Customer, changes: JSONObject) -> PushDelivery:
    """Change a customer's fields; return the push `customer_updated`."""
    customer.update(**changes)
    data = customer.data
    contact: JSONObject = {name: data[name] for name in ("name", "email", "avatar") if name in data}
    payload = {
        "id": customer.id,
        **contact,
        "type": "customer",
        "present": customer.id in state.visits,
        "banned": customer.banned_until > state.now,
        "fields": data.get("fields", {}),
    }
    return PushDelivery("customer_updated", payload, state.customer_push_recipients)


def increment_statistics(customer: Customer, **increments: int) -> None:
    """Add to a customer's statistics."""
    statistics = dict(customer.data.get("statistics", {}))
    for name, number in increments.items():
        statistics[name] = statistics.get(name, 0) + number
    customer.update(statistics=statistics)


def display_name(customer: Customer) -> str:
    """Return the customer's name for system messages."""
    return str(customer.data.get("name", "Customer"))
