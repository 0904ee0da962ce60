"""Chapter "chat access".

A request names one group or agent, `{type, id}`, or groups, `{group_ids}`.
"""

from collections.abc import Callable
from typing import Any

from rtmcli.sandbox.domain.errors import reject
from rtmcli.sandbox.domain.facts import AccessChanged
from rtmcli.sandbox.domain.model import Access, Chat, Customer
from rtmcli.sandbox.domain.state import State
from rtmcli.sandbox.interface import ActionResult, Payload
from rtmcli.sandbox.request_context import RequestContext

AccessChange = Callable[[Access, Access], Access]


def grant_access(context: RequestContext, payload: Payload) -> ActionResult:
    """Add to the access of a chat or customer."""
    return _change_access(context, payload, "granted", _add)


def revoke_access(context: RequestContext, payload: Payload) -> ActionResult:
    """Remove from the access of a chat or customer."""
    return _change_access(context, payload, "revoked", _remove)


def set_access(context: RequestContext, payload: Payload) -> ActionResult:
    """Replace the access of a chat or customer."""
    return _change_access(context, payload, "set", lambda _, requested: requested)


def _add(current: Access, requested: Access) -> Access:
    return Access(
        tuple(dict.fromkeys(current.group_ids + requested.group_ids)),
        tuple(dict.fromkeys(current.agent_ids + requested.agent_ids)),
    )


def _remove(current: Access, requested: Access) -> Access:
    return Access(
        tuple(each for each in current.group_ids if each not in requested.group_ids),
        tuple(each for each in current.agent_ids if each not in requested.agent_ids),
    )


def _change_access(
    context: RequestContext, payload: Payload, change: str, combine: AccessChange
) -> ActionResult:
    resource = _find_resource(context, payload)
    requested = _parse_access(context.state, payload["access"])
    before, resource.access = resource.access, combine(resource.access, requested)
    audience = None
    if isinstance(resource, Chat):
        if resource.active_thread:
            resource.active_thread.access = resource.access
        resource.invalidate_audience()
        audience = resource.audience
    fact = AccessChanged(change, resource, requested, before, resource.access, audience)
    return ActionResult({}, [fact])


def _find_resource(context: RequestContext, payload: Payload) -> Chat | Customer:
    if payload["resource"] == "chat":
        return context.chat(payload["id"])
    customer = context.state.customer(payload["id"])
    context.require_access(customer.access, f"customer {customer.id}")
    return customer


def _parse_access(state: State, access: dict[str, Any]) -> Access:
    if "group_ids" in access:
        return Access(tuple(dict.fromkeys(state.group(each) for each in access["group_ids"])))
    if access["type"] == "group":
        return Access((state.group(access["id"]),))
    if not isinstance(access["id"], str):
        reject("access.id must be an agent's email if access.type is agent")
    return Access((), (state.agent(access["id"]).id,))
