"""Chapter "chat users" of the v3.0 reference."""

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

_CHAT_ID = Param("chat_id", ParamType.STRING, required=True, help="The id of the chat.")
_USER_ID = Param(
    "user_id",
    ParamType.STRING,
    required=True,
    help="The agent's e-mail address or the customer's id.",
)
_USER_TYPE = Param(
    "user_type",
    ParamType.STRING,
    required=True,
    choices=("agent", "customer"),
    help="The type of the user.",
)
_EXAMPLE = {"chat_id": "PJ0MRSHTDG", "user_id": "agent1@example.com", "user_type": "agent"}

CHAPTER = Chapter(
    "chat users",
    (
        # A3: the reference's table has another method's action here.
        Method(
            action="add_user_to_chat",
            summary="Add an agent or a customer to a chat.",
            scopes=CHATS_RW,
            push="chat_user_added",
            push_keys={"chat_id": "chat_id", "user_id": "user.id", "user_type": "user_type"},
            retry=Retry.IDEMPOTENT,
            retry_note="A second call may fail although the first one succeeded.",
            params=(_CHAT_ID, _USER_ID, _USER_TYPE),
            example=_EXAMPLE,
            # B34: the reference's sentence about a second customer is ambiguous.
            details="A chat has at most one customer: adding a second one fails.",
        ),
        Method(
            action="update_agent",
            summary="Set whether an agent accepts chats.",
            scopes=("agents--my:rw", "agents--all:rw"),
            scopes_note="Updating another agent requires agents--all:rw.",
            push="agent_updated",
            push_condition="routing_status is given",
            push_keys={"agent_id": "agent_id", "routing_status": "routing_status"},
            retry=Retry.IDEMPOTENT,
            params=(
                Param(
                    "agent_id",
                    ParamType.STRING,
                    default="the current agent",
                    help="The agent to update.",
                ),
                Param(
                    "routing_status",
                    ParamType.STRING,
                    choices=("accepting_chats", "not_accepting_chats"),
                    help="Whether new chats are routed to the agent.",
                ),
            ),
            # B24: all parameters are optional, so an empty call succeeds without effect.
            rules=(
                Rule(
                    Constraint.AT_LEAST_ONE,
                    ("routing_status",),
                    message="without routing_status the call has no effect",
                    severity=Severity.NOTE,
                ),
            ),
            example={"routing_status": "accepting_chats"},  # C16: the sample updates the requester.
        ),
        Method(
            action="remove_user_from_chat",
            summary="Remove an agent from a chat.",
            scopes=CHATS_RW,
            scopes_note="Agents can always remove themselves.",
            push="chat_user_removed",  # A4: the reference names chat_user_added.
            push_keys={"chat_id": "chat_id", "user_id": "user_id", "user_type": "user_type"},
            retry=Retry.IDEMPOTENT,
            retry_note="A second call may fail although the first one succeeded.",
            params=(_CHAT_ID, _USER_ID, _USER_TYPE),
            # B33: `customer` is a documented value, but customers cannot be removed.
            rules=(
                Rule(
                    Constraint.FORBIDDEN,
                    ("user_type",),
                    message="customers cannot be removed from a chat",
                    when={"user_type": "customer"},
                    severity=Severity.WARNING,
                ),
            ),
            example=_EXAMPLE,
        ),
        Method(
            action="set_away_status",
            summary="Set whether the agent is away on this connection.",
            scopes=("agents--my:rw",),
            retry=Retry.CONNECTION,
            retry_note="It applies to one connection: set it again after reconnecting.",
            params=(
                Param("away", ParamType.BOOLEAN, required=True, help="Whether the agent is away."),
            ),
            example={"away": True},
            in_web_api=False,
            details=(
                "The status applies to the connection and ends with it, so a one-shot call has"
                " little effect. When all connections of an agent are away, the agent stops"
                " accepting chats."
            ),
        ),
    ),
)
