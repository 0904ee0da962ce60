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

_CHAT_ID = Param("chat_id", ParamType.STRING, required=True, help="The chat.")
_USER_ID = Param(
    "user_id", ParamType.STRING, required=True, help="The agent's e-mail or customer's id."
)
_USER_TYPE = Param(
    "user_type",
    ParamType.STRING,
    required=True,
    choices=("agent", "customer"),
    help="Who the user is.",
)
_EXAMPLE = {"chat_id": "PJ0MRSHTDG", "user_id": "agent1@example.com", "user_type": "agent"}

CHAPTER = Chapter(
    "chat users",
    (
        # A3: the reference's table gives this method the action of another.
        Method(
            action="add_user_to_chat",
            summary="Add an agent or a customer to a chat.",
            scopes=CHATS_RW,
            push="chat_user_added",
            push_keys={"chat_id": "chat_id", "user_id": "user.id", "user_type": "user_type"},
            retry=Retry.IDEMPOTENT,
            retry_note="A repeat may be refused although the first try worked.",
            params=(_CHAT_ID, _USER_ID, _USER_TYPE),
            example=_EXAMPLE,
            # B34: the reference forbids a second customer in words that can be read both ways.
            details="A chat has one customer at most; a second is refused.",
        ),
        Method(
            action="update_agent",
            summary="Let an agent accept chats, or not.",
            scopes=("agents--my:rw", "agents--all:rw"),
            scopes_note="Another agent than the requester takes agents--all:rw.",
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
            # B24: everything is optional, so an empty call passes and changes nothing.
            rules=(
                Rule(
                    Constraint.AT_LEAST_ONE,
                    ("routing_status",),
                    message="without routing_status nothing changes",
                    severity=Severity.NOTE,
                ),
            ),
            example={"routing_status": "accepting_chats"},  # C16: it updates the agent itself.
        ),
        Method(
            action="remove_user_from_chat",
            summary="Remove an agent from a chat.",
            scopes=CHATS_RW,
            scopes_note="Agents may always remove themselves.",
            push="chat_user_removed",  # A4: the reference names chat_user_added.
            push_keys={"chat_id": "chat_id", "user_id": "user_id", "user_type": "user_type"},
            retry=Retry.IDEMPOTENT,
            retry_note="A repeat may be refused although the first try worked.",
            params=(_CHAT_ID, _USER_ID, _USER_TYPE),
            # B33: `customer` is a documented value, yet customers cannot be removed.
            rules=(
                Rule(
                    Constraint.FORBIDDEN,
                    ("user_type",),
                    message="customers cannot be removed from a chat",
                    when=("user_type", "customer"),
                    severity=Severity.WARNING,
                ),
            ),
            example=_EXAMPLE,
        ),
        Method(
            action="set_away_status",
            summary="Mark this connection's agent as away, or as back.",
            scopes=("agents--my:rw",),
            retry=Retry.CONNECTION,
            retry_note="It counts for its connection only: set it again after reconnecting.",
            params=(
                Param("away", ParamType.BOOLEAN, required=True, help="Whether the agent is away."),
            ),
            example={"away": True},
            in_web_api=False,
            details=(
                "It ends with the connection, so it has little effect as a single call. Once all"
                " connections of an agent are away, the agent no longer accepts chats."
            ),
        ),
    ),
)
