"""Chapter "customers"."""

from rtmcli.sandbox import customers, filters, pagination, threads, visits
from rtmcli.sandbox.interface import ActionResult, Payload, PushDelivery
from rtmcli.sandbox.model import Customer
from rtmcli.sandbox.request_context import RequestContext

_WRITABLE_FIELDS = ("name", "email", "avatar", "fields")


def ban_customer(context: RequestContext, payload: Payload) -> ActionResult:
    """Ban a customer: close the active chat, end the visit, and reject new chats."""
    state, days = context.state, payload["ban"]["days"]
    customer = state.customer(payload["customer_id"])
    customer.banned_until = state.now + days * 86_400
    push_payload = {"customer_id": customer.id, "ban": {"days": days}}
    deliveries = [PushDelivery("customer_banned", push_payload, state.customer_push_recipients)]
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
    state = context.state
    profile = {name: payload[name] for name in _WRITABLE_FIELDS if name in payload}
    customer = customers.add_customer(state, profile)
    push_payload = {"customer": customer.data}
    delivery = PushDelivery("customer_created", push_payload, state.customer_push_recipients)
    return ActionResult(customer.data, [delivery])


def update_customer(context: RequestContext, payload: Payload) -> ActionResult:
    """Change a customer; during an active chat the change is deferred until the thread closes."""
    state, customer = context.state, context.state.customer(payload["customer_id"])
    changes = {name: payload[name] for name in _WRITABLE_FIELDS if name in payload}
    if state.active_chat(customer):
        customer.pending_changes = {**customer.pending_changes, **changes}
        return ActionResult({**customer.data, **customer.pending_changes}, [])
    delivery = customers.update_customer(state, customer, changes)
    return ActionResult(customer.data, [delivery])


def get_customers(context: RequestContext, payload: Payload) -> ActionResult:
    """List customers, sorted by creation time."""
    matching = list(context.state.customers.values())
    for predicate in filters.customer_predicates(payload.get("filters", {})):
        matching = [customer for customer in matching if predicate(customer)]
    page = pagination.page_by_time(matching, payload, _creation_key)
    listed = [customer.data for customer in page.items]
    return ActionResult(
        {"customers": listed, "total_customers": len(matching), **page.page_ids}, []
    )


def _creation_key(customer: Customer) -> tuple[int, int]:
    return customer.created_ms, customer.serial_number
