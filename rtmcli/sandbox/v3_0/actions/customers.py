"""Chapter "customers"."""

from typing import Any

from rtmcli.sandbox.domain import customers
from rtmcli.sandbox.domain.facts import CustomerCreated
from rtmcli.sandbox.domain.model import Customer, Profile
from rtmcli.sandbox.domain.website import bans
from rtmcli.sandbox.interface import ActionResult, Payload
from rtmcli.sandbox.request_context import RequestContext
from rtmcli.sandbox.v3_0 import filters, pagination
from rtmcli.sandbox.v3_0.views import render_customer


def ban_customer(context: RequestContext, payload: Payload) -> ActionResult:
    """Ban a customer: close the active chat, end the visit, and reject new chats."""
    customer = context.state.customer(payload["customer_id"])
    days = payload["ban"]["days"]
    return ActionResult({}, bans.ban(context.state, customer, days, context.user))


def _parse_profile(payload: Payload) -> dict[str, Any]:
    changes: dict[str, Any] = {
        name: payload[name] for name in ("name", "email", "avatar") if name in payload
    }
    if "fields" in payload:
        changes["session_fields"] = tuple(payload["fields"].items())
    return changes


def create_customer(context: RequestContext, payload: Payload) -> ActionResult:
    """Create a customer."""
    customer = customers.add_customer(context.state, Profile(**_parse_profile(payload)))
    return ActionResult(render_customer(customer), [CustomerCreated(customer)])


def update_customer(context: RequestContext, payload: Payload) -> ActionResult:
    """Change a customer; during an active chat the change is deferred until the thread closes."""
    state, customer = context.state, context.state.customer(payload["customer_id"])
    changes = _parse_profile(payload)
    if state.active_chat(customer):
        customer.pending_changes = {**customer.pending_changes, **changes}
        return ActionResult(render_customer(customer, customer.pending_changes), [])
    fact = customers.update(customer, changes)
    return ActionResult(render_customer(customer), [fact])


def get_customers(context: RequestContext, payload: Payload) -> ActionResult:
    """List customers, sorted by creation time."""
    matching = list(context.state.customers.values())
    for predicate in filters.customer_predicates(payload.get("filters", {})):
        matching = [customer for customer in matching if predicate(customer)]
    page = pagination.page_by_time(matching, payload, _creation_key)
    listed = [render_customer(customer) for customer in page.items]
    return ActionResult(
        {"customers": listed, "total_customers": len(matching), **page.page_ids}, []
    )


def _creation_key(customer: Customer) -> tuple[int, int]:
    return round(customer.created / 1000), customer.serial_number
