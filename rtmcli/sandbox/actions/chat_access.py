"""Chapter "chat access".

A request names one group or agent, `{type, id}`, or groups, `{group_ids}`; a push tells groups.
"""

from collections.abc import Callable
from typing import Any

from rtmcli.sandbox.call import Call
from rtmcli.sandbox.model import Access, Chat, Customer
from rtmcli.sandbox.seam import Delivery, Outcome, Payload
from rtmcli.sandbox.state import State, refuse

Change = Callable[[Access, Access], Access]


def grant_access(call: Call, payload: Payload) -> Outcome:
    """Add to the access that is there."""
    return _change(call, payload, "access_granted", _added)


def revoke_access(call: Call, payload: Payload) -> Outcome:
    """Take from the access that is there."""
    return _change(call, payload, "access_revoked", _removed)


def set_access(call: Call, payload: Payload) -> Outcome:
    """Replace the access that is there."""
    return _change(call, payload, "access_set", lambda _, named: named)


def _added(old: Access, named: Access) -> Access:
    return Access(
        tuple(dict.fromkeys(old.groups + named.groups)),
        tuple(dict.fromkeys(old.agents + named.agents)),
    )


def _removed(old: Access, named: Access) -> Access:
    return Access(
        tuple(each for each in old.groups if each not in named.groups),
        tuple(each for each in old.agents if each not in named.agents),
    )


def _change(call: Call, payload: Payload, push: str, change: Change) -> Outcome:
    resource = _resource(call, payload)
    named = _named(call.state, payload["access"])
    old, resource.access = resource.access, change(resource.access, named)
    if isinstance(resource, Chat):
        if resource.active_thread:
            resource.active_thread.access = resource.access
        resource.regroup()
        told = call.state.told(resource) | call.state.with_access(old, resource.access)
    else:
        told = call.state.with_access(old, resource.access)
    pushed = {"resource": payload["resource"], "id": resource.id, "access": named.wire()}
    return Outcome({}, [Delivery(push, pushed, told)])


def _resource(call: Call, payload: Payload) -> Chat | Customer:
    if payload["resource"] == "chat":
        return call.chat(payload["id"])
    customer = call.state.customer(payload["id"])
    call.require_access(customer.access, f"customer {customer.id}")
    return customer


def _named(state: State, access: dict[str, Any]) -> Access:
    if "group_ids" in access:
        return Access(tuple(dict.fromkeys(state.group(each) for each in access["group_ids"])))
    if access["type"] == "group":
        return Access((state.group(access["id"]),))
    if not isinstance(access["id"], str):
        refuse("access.id must be an agent's e-mail where access.type is agent")
    return Access((), (state.agent(access["id"]).id,))
