"""Chapter "customers"."""

from rtmcli.sandbox import filters, pagination, threads, visits
from rtmcli.sandbox.interface import ActionResult, Payload, PushDelivery
from rtmcli.sandbox.model import Customer, JSONObject
from rtmcli.sandbox.request_context import RequestContext
from rtmcli.sandbox.state import State

_WRITABLE_FIELDS = ("name", "email", "avatar", "fields")
_EMPTY_STATISTICS = {"chats_count": 0, "threads_count": 0, "visits_count": 0}


def ban_customer(context: RequestContext, payload: Payload) -> ActionResult:
    """Ban a customer: the visit ends, the active chat is closed, new ones are refused."""
    state, days = context.state, payload["ban"]["days"]
    customer = state.customer(payload["customer_id"])
    customer.banned_until = state.now + days * 86_400
    delivery = PushDelivery(
        "customer_banned",
        {"customer_id": customer.id, "ban": {"days": days}},
        state.customer_push_recipients,
    )
    deliveries = [delivery]
    chat = state.active_chat(customer)
    if chat:
        deliveries += threads.close_thread(
            state,
            chat,
            "customer_banned",
            user_id=context.user_id,
            agent=state.agents[context.user_id].name,
            duration=str(days),
        )
        threads.mark_absent(chat, customer)
    return ActionResult({}, deliveries + visits.end_visit(state, customer))


def create_customer(context: RequestContext, payload: Payload) -> ActionResult:
    """Create a customer."""
    customer = add_customer(
        context.state, {name: payload[name] for name in _WRITABLE_FIELDS if name in payload}
    )
    push_payload = {"customer": customer.data}
    delivery = PushDelivery(
        "customer_created", push_payload, context.state.customer_push_recipients
    )
    return ActionResult(customer.data, [delivery])


def add_customer(state: State, profile: JSONObject, customer_id: str = "") -> Customer:
    """Take a new customer into the licence."""
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


def update_customer(context: RequestContext, payload: Payload) -> ActionResult:
    """Change a customer; with an active chat the change shows once that has ended."""
    state, customer = context.state, context.state.customer(payload["customer_id"])
    changes = {name: payload[name] for name in _WRITABLE_FIELDS if name in payload}
    if state.active_chat(customer):
        customer.pending_changes = {**customer.pending_changes, **changes}
        return ActionResult({**customer.data, **customer.pending_changes}, [])
    delivery = threads.update_customer(state, customer, changes)
    return ActionResult(customer.data, [delivery])


def get_customers(context: RequestContext, payload: Payload) -> ActionResult:
    """List customers by their creation."""
    matching = list(context.state.customers.values())
    for predicate in filters.customer_predicates(payload.get("filters", {})):
        matching = [customer for customer in matching if predicate(customer)]
    page = pagination.page_by_time(matching, payload, _creation_key)
    customers = [customer.data for customer in page.items]
    return ActionResult(
        {"customers": customers, "total_customers": len(matching), **page.page_ids}, []
    )


def _creation_key(customer: Customer) -> tuple[int, int]:
    return customer.created_ms, customer.serial_number
