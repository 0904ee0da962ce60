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
        help="What the id names.",
    ),
    Param("id", ParamType.STRING, required=True, help="The chat or customer."),
    # B5: one {type, id} in requests, {group_ids} in pushes; never convert the one to the other.
    Param("access", ParamType.OBJECT, required=True, help="Whose access it is, {type, id}."),
    Param(
        "access.type",
        ParamType.STRING,
        required=True,
        choices=("group", "agent"),
        help="Whether a group or an agent has the access.",
    ),
    # B4: typed as a number, although agents are named by e-mail.
    Param(
        "access.id",
        ParamType.ID,
        required=True,
        help="The group (a whole number) or the agent (an e-mail).",
    ),
)
_RULES = (
    Rule(
        Constraint.FORBIDDEN,
        ("access.type", "access.id"),
        message="access.type agent: only groups are sure to work, for ids are typed as numbers",
        when=("access.type", "agent"),
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
            summary="Let a group or an agent see a chat or customer.",
            scopes=CHATS_RW,
            push="access_granted",
            push_keys=_PUSH_KEYS,
            retry=Retry.IDEMPOTENT,
            params=_PARAMS,
            rules=_RULES,
            example=_EXAMPLE,
            details="It adds to the access that is there. The push names groups: {group_ids}.",
        ),
        Method(
            action="revoke_access",
            summary="Take a group's or an agent's access away.",
            scopes=CHATS_RW,
            push="access_revoked",
            push_keys=_PUSH_KEYS,
            retry=Retry.IDEMPOTENT,
            params=_PARAMS,
            rules=_RULES,
            example=_EXAMPLE,
            details="Other access stays. The push names groups: {group_ids}.",
        ),
        Method(
            action="set_access",
            summary="Make a group or an agent the only one with access.",
            scopes=CHATS_RW,
            push="access_set",
            push_keys=_PUSH_KEYS,
            retry=Retry.IDEMPOTENT,
            params=_PARAMS,
            rules=_RULES,
            example=_EXAMPLE,
            details="It replaces the access that is there. The push names groups: {group_ids}.",
        ),
    ),
)
