"""Request forms that the server accepts although the catalogue does not allow them."""

from collections.abc import Callable

from rtmcli.protocol.paths import get_path
from rtmcli.sandbox.interface import Payload


def _normalize_access(payload: Payload) -> Payload:
    """Accept `access {group_ids}` for the documented `{type, id}`: other clients send it."""
    access = payload.get("access")
    if not isinstance(access, dict) or "type" in access:
        return payload
    group_ids = access.get("group_ids")
    if not isinstance(group_ids, list) or not all(type(each) is int for each in group_ids):
        return payload
    return {**payload, "access": {**access, "type": "group", "id": 0}}


def _normalize_multicast_groups(payload: Payload) -> Payload:
    """Convert group ids given as strings, the type in the reference of multicast, to integers."""
    groups = get_path(payload, "scopes.agents.groups")
    if not isinstance(groups, list) or not any(isinstance(each, str) for each in groups):
        return payload
    scopes: Payload = payload["scopes"]
    agents: Payload = scopes["agents"]
    group_ids = [
        int(each) if isinstance(each, str) and each.isdecimal() else each for each in groups
    ]
    return {**payload, "scopes": {**scopes, "agents": {**agents, "groups": group_ids}}}


NORMALIZERS: dict[str, Callable[[Payload], Payload]] = {
    "grant_access": _normalize_access,
    "revoke_access": _normalize_access,
    "set_access": _normalize_access,
    "multicast": _normalize_multicast_groups,
}
