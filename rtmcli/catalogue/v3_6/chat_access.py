"""Chapter "Chat access" of the v3.6 reference."""

from rtmcli.catalogue.model import Chapter, Method, Param, ParamType, Retry
from rtmcli.catalogue.v3_6.scopes import CHATS_RW, CONDITIONS_RW

CHAPTER = Chapter(
    "chat access",
    (
        Method(
            action="transfer_chat",
            summary="Transfer a chat to groups or agents.",
            scopes=CHATS_RW,
            scope_conditions=CONDITIONS_RW,
            requires_presence=True,
            presence_param="ignore_requester_presence",
            push="chat_transferred",
            push_keys={"id": "chat_id"},
            other_pushes={
                "incoming_event": "with the system message chat_transferred",
                "incoming_chat": "to agents who gain the chat",
                "user_added_to_chat": "if an agent joins the chat",
                "user_removed_from_chat": "if an agent leaves the chat",
                "chat_access_updated": "if the groups with access change",
            },
            retry=Retry.NEVER,
            retry_note="A second call may route the chat to a different agent.",
            params=(
                Param("id", ParamType.STRING, required=True, help="The id of the chat."),
                Param(
                    "target",
                    ParamType.OBJECT,
                    default="the current group",
                    help="The new assignee.",
                ),
                # B2: type and ids are required only if there is a target.
                Param(
                    "target.type",
                    ParamType.STRING,
                    required=True,
                    choices=("group", "agent"),
                    help="Whether ids are groups or agents.",
                ),
                Param(
                    "target.ids",
                    ParamType.IDS,
                    required=True,
                    help="Ids of groups (integers) or agents (e-mail addresses).",
                ),
                Param(
                    "ignore_agents_availability",
                    ParamType.BOOLEAN,
                    default="false",
                    help="Transfer even if no agent of the groups is available.",
                ),
                Param(
                    "ignore_requester_presence",
                    ParamType.BOOLEAN,
                    default="false",
                    help="Do not require the requester to be a member of the chat.",
                ),
            ),
            sandbox_overrides={"id": "PJ0MRSHTDG", "target.ids": ["2"]},
            example={
                "id": "QCH4N1AB2C",
                "target": {"type": "group", "ids": [19]},
                "ignore_agents_availability": True,
            },
            details=(
                "The chat must be active. With ignore_agents_availability, it may be queued; an"
                " agent who is the target must have access to the chat."
            ),
        ),
    ),
)
