"""Chapter "Customers"."""

from typing import Any

from rtmcli.sandbox.domain import customers
from rtmcli.sandbox.domain.chats import threads
from rtmcli.sandbox.domain.errors import not_found
from rtmcli.sandbox.domain.model import Customer
from rtmcli.sandbox.domain.website import bans, subscriptions
from rtmcli.sandbox.interface import ActionResult, Payload
from rtmcli.sandbox.request_context import RequestContext
from rtmcli.sandbox.v3_6 import views

_DEFAULT_LIMIT = 100


def get_customer(context: RequestContext, payload: Payload) -> ActionResult:
    """Return what is known about a customer."""
    state, customer = context.state, context.state.customer(payload["id"])
    response = views.render_customer(customer)
    chat_ids = [chat.id for chat in state.chats.values() if chat.customer_id == customer.id]
    if chat_ids:
        response["chat_ids"] = chat_ids
    return ActionResult(response)


def update_customer(context: RequestContext, payload: Payload) -> ActionResult:
    """Change a customer at once; an active chat gets a system message about name and email."""
    state, customer = context.state, context.state.customer(payload["id"])
    facts = [customers.update(customer, _parse_profile(payload))]
    chat = state.active_chat(customer)
    contact = {name: payload[name] for name in ("name", "email") if name in payload}
    if chat and contact:
        facts += threads.add_system_message(
            state,
            chat,
            "customer_updated",
            initiator=context.user.name,
            customer_name=customer.profile.name or "",
            customer_email=customer.profile.email or "",
        )
    return ActionResult({}, facts)


def _parse_profile(payload: Payload) -> dict[str, Any]:
    names = ("name", "email", "avatar", "phone_number", "address")
    changes: dict[str, Any] = {name: payload[name] for name in names if name in payload}
    if "session_fields" in payload:
        pairs = [pair for each in payload["session_fields"] for pair in each.items()]
        changes["session_fields"] = tuple(pairs)
    # C16: written as objects, read as arrays of other names.
    omnichannel = payload.get("omnichannel", {})
    if "fbmessenger" in omnichannel:
        changes["messenger_accounts"] = (omnichannel["fbmessenger"],)
    if "twilio" in omnichannel:
        changes["text_numbers"] = (omnichannel["twilio"],)
    return changes


def ban_customer(context: RequestContext, payload: Payload) -> ActionResult:
    """Ban a customer: close the active chat, end the visit, and refuse new chats."""
    customer = context.state.customer(payload["id"])
    return ActionResult({}, bans.ban(context.state, customer, payload["ban"]["days"], context.user))


def subscribe_customers(context: RequestContext, payload: Payload) -> ActionResult:
    """Track the customers of groups on this connection; list those who are online now."""
    state = context.state
    group_ids = payload.get("group_ids", context.agent.group_ids)
    groups = frozenset(state.group(each) for each in group_ids)
    limit = payload.get("limit", _DEFAULT_LIMIT)
    subscription_id = subscriptions.subscribe(state, context.caller.connection_id, groups, limit)
    online = subscriptions.online_customers(state, state.subscriptions[subscription_id])
    return ActionResult(
        {
            "subscription_id": subscription_id,
            "customers": [_render(context, customer) for customer in online[:limit]],
        }
    )


def _render(context: RequestContext, customer: Customer) -> Payload:
    return views.render_visitor(context.state, customer)


def unsubscribe_customers(context: RequestContext, payload: Payload) -> ActionResult:
    """End a subscription of this connection."""
    subscription_id = payload["subscription_id"]
    subscription = context.state.subscriptions.get(subscription_id)
    if not subscription or subscription.connection_id != context.caller.connection_id:
        not_found(f"subscription {subscription_id} not found on this connection")
    del context.state.subscriptions[subscription_id]
    return ActionResult({})
