"""Chapter "chat access" of the v3.0 reference."""

from rtmcli.catalogue.model import (
    Chapter,
    Constraint,
    Method,
    Param,
    ParamType,
    Retry,
    Rule,
    Severity,
)
from rtmcli.catalogue.v3_0.scopes import CHATS_RW

_PARAMS = (
    Param(
        "resource",
        ParamType.STRING,
        required=True,
        choices=("chat", "customer"),
        help="The type of the resource.",
    ),
    Param("id", ParamType.STRING, required=True, help="The id of the chat or customer."),
    # B5: {type, id} in requests, {group_ids} in pushes; neither is converted to the other.
    Param("access", ParamType.OBJECT, required=True, help="The group or agent, {type, id}."),
    Param(
        "access.type",
        ParamType.STRING,
        required=True,
        choices=("group", "agent"),
        help="Whether id is a group or an agent.",
    ),
    # B4: typed as a number, although an agent's id is an e-mail address.
    Param(
        "access.id",
        ParamType.ID,
        required=True,
        help="The id of the group (an integer) or agent (an e-mail address).",
    ),
)
_RULES = (
    Rule(
        Constraint.FORBIDDEN,
        ("access.type", "access.id"),
        message="access.type agent may not work: the reference types access.id as a number",
        when={"access.type": "agent"},
        severity=Severity.NOTE,
    ),
)
_EXAMPLE = {"resource": "chat", "id": "PJ0MRSHTDG", "access": {"type": "group", "id": 1}}
_PUSH_KEYS = {"resource": "resource", "id": "id"}

CHAPTER = Chapter(
    "chat access",
    (
        Method(
            action="grant_access",
            summary="Grant access to a chat or customer.",
            scopes=CHATS_RW,
            push="access_granted",
            push_keys=_PUSH_KEYS,
            retry=Retry.IDEMPOTENT,
            params=_PARAMS,
            rules=_RULES,
            example=_EXAMPLE,
            details="Existing access is kept. The push lists the groups as {group_ids}.",
        ),
        Method(
            action="revoke_access",
            summary="Revoke access to a chat or customer.",
            scopes=CHATS_RW,
            push="access_revoked",
            push_keys=_PUSH_KEYS,
            retry=Retry.IDEMPOTENT,
            params=_PARAMS,
            rules=_RULES,
            example=_EXAMPLE,
            details="Other access is kept. The push lists the groups as {group_ids}.",
        ),
        Method(
            action="set_access",
            summary="Replace the access to a chat or customer.",
            scopes=CHATS_RW,
            push="access_set",
            push_keys=_PUSH_KEYS,
            retry=Retry.IDEMPOTENT,
            params=_PARAMS,
            rules=_RULES,
            example=_EXAMPLE,
            details="All other access is revoked. The push lists the groups as {group_ids}.",
        ),
    ),
)
