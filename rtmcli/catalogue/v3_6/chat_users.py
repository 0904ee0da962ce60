"""Chapter "Chat users" of the v3.6 reference."""

from rtmcli.catalogue.model import (
    Chapter,
    Constraint,
    Method,
    Param,
    ParamType,
    Retry,
    Rule,
)
from rtmcli.catalogue.v3_6.scopes import CHATS_RW, CONDITIONS_RW
from rtmcli.catalogue.v3_6.structures import VISIBILITIES

_CHAT_ID = Param("chat_id", ParamType.STRING, required=True, help="The id of the chat.")
_IGNORE_REQUESTER_PRESENCE = Param(
    "ignore_requester_presence",
    ParamType.BOOLEAN,
    default="false",
    help="Do not require the requester to be a member of the chat.",
)
_RETRY_NOTE = "A second call may fail although the first one succeeded."

CHAPTER = Chapter(
    "chat users",
    (
        Method(
            action="add_user_to_chat",
            summary="Add an agent, a bot or the customer to a chat.",
            scopes=CHATS_RW,
            scope_conditions=CONDITIONS_RW,
            requires_presence=True,
            presence_param="ignore_requester_presence",
            push="user_added_to_chat",
            # D13: the push has no user_type; a page on webhooks lists one.
            push_keys={"chat_id": "chat_id", "user_id": "user.id"},
            other_pushes={
                "incoming_event": (
                    "with the system message agent_added, agent_joined or customer_added"
                )
            },
            retry=Retry.IDEMPOTENT,
            retry_note=_RETRY_NOTE,
            params=(
                _CHAT_ID,
                Param(
                    "user_id",
                    ParamType.STRING,
                    required=True,
                    help="The id of the agent or customer.",
                ),
                Param(
                    "user_type",
                    ParamType.STRING,
                    required=True,
                    choices=("agent", "customer"),
                    help="The type of the user.",
                ),
                # D11: required since v3.4, which the changelog does not say.
                Param(
                    "visibility",
                    ParamType.STRING,
                    required=True,
                    choices=VISIBILITIES,
                    help="Who can see the user and the user's events.",
                ),
                _IGNORE_REQUESTER_PRESENCE,
            ),
            rules=(
                Rule(
                    Constraint.FORBIDDEN,
                    ("visibility",),
                    message="a customer requires the visibility all",
                    when={"user_type": "customer", "visibility": "agents"},
                ),
            ),
            sandbox_overrides={"chat_id": "PJ0MRSHTDG", "user_id": "agent2@example.com"},
            example={
                "chat_id": "QCH4N1AB2C",
                "user_id": "smith@example.com",
                "user_type": "agent",
                "visibility": "agents",
                "ignore_requester_presence": True,
            },
            details=(
                "The chat must be active, and has at most one customer. The agent needs access to"
                " the chat. Several agents per chat require an arrangement with the vendor."
            ),
        ),
        Method(
            action="remove_user_from_chat",
            summary="Remove an agent from a chat.",
            scopes=CHATS_RW,
            scope_conditions=CONDITIONS_RW,
            requires_presence=True,
            presence_param="ignore_requester_presence",
            push="user_removed_from_chat",
            push_keys={"chat_id": "chat_id", "user_id": "user_id"},
            other_pushes={"incoming_event": "with the system message agent_removed or agent_left"},
            retry=Retry.IDEMPOTENT,
            retry_note=_RETRY_NOTE,
            params=(
                _CHAT_ID,
                Param(
                    "user_id",
                    ParamType.STRING,
                    required=True,
                    help="The id of the agent.",
                ),
                # E6: the vendor's SDK also allows customers.
                Param(
                    "user_type",
                    ParamType.STRING,
                    required=True,
                    choices=("agent",),
                    help="The type of the user.",
                ),
                _IGNORE_REQUESTER_PRESENCE,
            ),
            sandbox_overrides={"chat_id": "PJ0MRSHTDG", "user_id": "agent1@example.com"},
            example={
                "chat_id": "QCH4N1AB2C",
                "user_id": "smith@example.com",
                "user_type": "agent",
            },
            details="Customers cannot be removed. The chat may be inactive.",
        ),
    ),
)
