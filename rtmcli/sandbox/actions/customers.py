"""Chapter "customers"."""

from rtmcli.sandbox import filters, pages, threads, website
from rtmcli.sandbox.call import Call
from rtmcli.sandbox.model import Customer, Wire
from rtmcli.sandbox.seam import Delivery, Outcome, Payload
from rtmcli.sandbox.state import State

_ABOUT = ("name", "email", "avatar", "fields")
_NO_STATISTICS = {"chats_count": 0, "threads_count": 0, "visits_count": 0}


def ban_customer(call: Call, payload: Payload) -> Outcome:
    """Ban a customer: the visit ends, the active chat is closed, new ones are refused."""
    state, days = call.state, payload["ban"]["days"]
    customer = state.customer(payload["customer_id"])
    customer.banned_until = state.now + days * 86_400
    told = Delivery(
        "customer_banned",
        {"customer_id": customer.id, "ban": {"days": days}},
        state.customer_watchers,
    )
    deliveries = [told]
    chat = state.active_chat(customer)
    if chat:
        deliveries += threads.close(
            state,
            chat,
            "customer_banned",
            user_id=call.user_id,
            agent=state.agents[call.user_id].name,
            duration=str(days),
        )
        threads.see_off(chat, customer)
    return Outcome({}, deliveries + website.end_visit(state, customer))


def create_customer(call: Call, payload: Payload) -> Outcome:
    """Create a customer."""
    customer = new_customer(call.state, {name: payload[name] for name in _ABOUT if name in payload})
    pushed = {"customer": customer.facts}
    told = Delivery("customer_created", pushed, call.state.customer_watchers)
    return Outcome(customer.facts, [told])


def new_customer(state: State, about: Wire, customer_id: str = "") -> Customer:
    """Take a new customer into the licence."""
    facts = {
        "id": customer_id or state.new_uuid(),
        "type": "customer",
        **about,
        "statistics": _NO_STATISTICS,
        "created_at": state.date_time,
    }
    customer = Customer(facts, len(state.customers) + 1, round(state.now * 1000))
    state.customers[customer.id] = customer
    return customer


def update_customer(call: Call, payload: Payload) -> Outcome:
    """Change a customer; with an active chat the change shows once that has ended."""
    state, customer = call.state, call.state.customer(payload["customer_id"])
    changes = {name: payload[name] for name in _ABOUT if name in payload}
    if state.active_chat(customer):
        customer.later = {**customer.later, **changes}
        return Outcome({**customer.facts, **customer.later}, [])
    told = threads.change_customer(state, customer, changes)
    return Outcome(customer.facts, [told])


def get_customers(call: Call, payload: Payload) -> Outcome:
    """List customers by their creation."""
    found = list(call.state.customers.values())
    for passes in filters.of_customers(payload.get("filters", {})):
        found = [customer for customer in found if passes(customer)]
    part = pages.timed(found, payload, _creation)
    shown = [customer.facts for customer in part.items]
    return Outcome({"customers": shown, "total_customers": len(found), **part.links}, [])


def _creation(customer: Customer) -> tuple[int, int]:
    return customer.created, customer.serial
