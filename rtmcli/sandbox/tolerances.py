"""What the server accepts although the catalogue's checks would not."""

from collections.abc import Callable

from rtmcli.protocol.validation import find
from rtmcli.sandbox.seam import Payload


def _in_either_form(payload: Payload) -> Payload:
    """Take `access {group_ids}` where `{type, id}` is documented: other clients send it."""
    access = payload.get("access")
    if not isinstance(access, dict) or "type" in access:
        return payload
    groups = access.get("group_ids")
    if not isinstance(groups, list) or not all(type(each) is int for each in groups):
        return payload
    return {**payload, "access": {**access, "type": "group", "id": 0}}


def _numbered_groups(payload: Payload) -> Payload:
    """Take the digits of a group as its number: the reference types multicast's groups so."""
    groups = find(payload, "scopes.agents.groups")
    if not isinstance(groups, list) or not any(isinstance(each, str) for each in groups):
        return payload
    wanted: Payload = payload["scopes"]
    agents: Payload = wanted["agents"]
    read = [int(each) if isinstance(each, str) and each.isdecimal() else each for each in groups]
    return {**payload, "scopes": {**wanted, "agents": {**agents, "groups": read}}}


STRANGE_FORMS: dict[str, Callable[[Payload], Payload]] = {
    "grant_access": _in_either_form,
    "revoke_access": _in_either_form,
    "set_access": _in_either_form,
    "multicast": _numbered_groups,
}
