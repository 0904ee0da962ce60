"""Chapter "chats" of the v3.0 reference."""

from rtmcli.catalogue.model import Chapter, Method, Pagination, Param, ParamType, Retry
from rtmcli.catalogue.v3_0.pagination import LIMIT, ORDER, PAGE_ID
from rtmcli.catalogue.v3_0.scopes import CHATS_RO, CHATS_RW, CONVERSATION_RW

_CHAT_ID = Param("chat_id", ParamType.STRING, required=True, help="The id of the chat.")

# Members of the object `chat` that start_chat and activate_chat share.
_ACCESS = Param(
    "chat.access",
    ParamType.OBJECT,
    default="all agents",
    help="Which groups have access to the chat, {group_ids}.",
)
_GROUP_IDS = Param(
    "chat.access.group_ids",
    ParamType.INTEGERS,
    required=True,
    documented=False,
    help="The ids of the groups; 0 stands for all agents.",
)
_PROPERTIES = Param("chat.properties", ParamType.PROPERTIES, help="Initial properties of the chat.")
_USERS = Param("chat.users", ParamType.OBJECTS, help="One existing customer to add, [{id, type}].")
_THREAD_PARAMS = (
    Param("chat.thread", ParamType.OBJECT, help="The initial thread."),
    Param("chat.thread.events", ParamType.OBJECTS, help="Initial events of the thread."),
    Param("chat.thread.properties", ParamType.PROPERTIES, help="Initial properties of the thread."),
    # B9: tags, is_followed and continuous are not in the reference's tables.
    Param(
        "chat.thread.tags", ParamType.STRINGS, documented=False, help="Initial tags of the thread."
    ),
)
_IS_FOLLOWED = Param(
    "chat.is_followed",
    ParamType.BOOLEAN,
    documented=False,
    help="Whether the requester follows the chat.",
)

# C6: the sample's system message has no system_message_type, and its custom_id is not unique.
_EXAMPLE_EVENTS = (
    {"type": "message", "custom_id": "31-0C-1C-07-DB-16", "text": "hello there"},
    {"type": "system_message", "custom_id": "31-0C-1C-07-DB-16", "text": "hello there"},
)

CHAPTER = Chapter(
    "chats",
    (
        Method(
            action="activate_chat",
            summary="Start a new thread in an inactive chat.",
            scopes=CONVERSATION_RW,
            conditional_scopes=("chat.users", CHATS_RW),  # B15: the scope depends on the payload.
            push="incoming_chat_thread",
            push_keys={"chat.id": "chat.id"},
            retry=Retry.NEVER,
            retry_note="If the new thread is already closed, a second call starts another.",
            params=(
                Param(
                    "chat", ParamType.OBJECT, required=True, help="The chat, and its initial data."
                ),
                Param(
                    "chat.id",
                    ParamType.STRING,
                    required=True,
                    help="The id of the chat to activate.",
                ),
                _ACCESS,
                _GROUP_IDS,
                _PROPERTIES,
                _USERS,
                *_THREAD_PARAMS,
                _IS_FOLLOWED,
                Param(
                    "continuous",
                    ParamType.BOOLEAN,
                    documented=False,
                    default="unchanged",
                    help="Whether the chat stays active while no agent is available.",
                ),
            ),
            sandbox_overrides={"chat.id": "UK6J5H4G3F"},  # it has no active thread
            # C2: the sample contains literal `...`.
            example={
                "chat": {
                    "id": "PJ0MRSHTDG",
                    "access": {"group_ids": [1]},
                    "properties": {"source": {"type": "facebook"}},
                    "thread": {
                        "events": [dict(event) for event in _EXAMPLE_EVENTS],
                        "properties": {"source": {"type": "facebook"}},
                        "tags": ["bug_report"],
                    },
                }
            },
            # C11: `chat` has `threads` here (only the new one), but `thread` in start_chat.
            response_fields=("chat",),
            details=(
                "Requests contain property values as {namespace: {name: value}}; responses and"
                " pushes wrap them: {namespace: {name: {value: ...}}}."
            ),
        ),
        Method(
            action="follow_chat",
            summary="Follow a chat to receive its pushes.",
            scopes=CHATS_RW,
            # B13: the documents contradict each other.
            scopes_note="Another v3.0 document lists chats--all:ro and chats--access:ro.",
            push="incoming_chat_thread",
            push_condition="the requester is neither a follower nor a member of the chat",
            push_keys={"chat_id": "chat.id"},
            retry=Retry.IDEMPOTENT,
            params=(_CHAT_ID,),
            example={"chat_id": "PJ0MRSHTDG"},  # C3: the sample has a trailing comma.
            details=(
                "It lasts until the chat is activated again or unfollowed. Members of a chat"
                " receive all its pushes without following it."
            ),
        ),
        # A1: the index lists this method, but its section is missing.
        Method(
            action="get_chats_summary",
            summary="List summaries of accessible chats.",
            scopes=CHATS_RO,
            retry=Retry.READ_ONLY,
            params=(
                PAGE_ID,
                LIMIT,
                ORDER,
                Param(
                    "filters",
                    ParamType.OBJECT,
                    help="Criteria for chats; keep them the same on all pages.",
                ),
                Param(
                    "filters.include_active",
                    ParamType.BOOLEAN,
                    default="true",
                    help="Whether to include chats with an active thread.",
                ),
                # B21: one parameter for the placeholder <namespace>.<name>.<filter_type>.
                Param(
                    "filters.properties",
                    ParamType.PROPERTY_FILTERS,
                    help="Criteria for properties, one filter for each.",
                ),
            ),
            response_fields=("chats_summary", "found_chats", "next_page_id?", "previous_page_id?"),
            pagination=Pagination(
                items_path="chats_summary",
                cursor_param="page_id",
                next_cursor_path="next_page_id",
                limit_param="limit",
                total_path="found_chats",
            ),
            columns=(
                "id",
                "users.name",
                "last_thread_summary.id",
                "last_thread_summary.timestamp",
                "access.group_ids",
            ),
            details=(
                "found_chats is an estimate. A property filter is either exists (true or false),"
                " values (an array) or exclude_values (an array)."
            ),
        ),
        Method(
            action="start_chat",
            summary="Start a chat.",
            scopes=CONVERSATION_RW,
            conditional_scopes=("chat.users", CHATS_RW),  # B15
            push="incoming_chat_thread",
            push_keys={"chat.id": "chat.id"},
            retry=Retry.NEVER,
            retry_note="A second call starts another chat.",
            params=(
                Param("chat", ParamType.OBJECT, help="The initial data of the chat."),
                _PROPERTIES,
                _ACCESS,
                _GROUP_IDS,
                _USERS,
                *_THREAD_PARAMS,
                _IS_FOLLOWED,
                Param(
                    "continuous",
                    ParamType.BOOLEAN,
                    documented=False,
                    default="false",
                    help="Whether to start the chat even if no group is online.",
                ),
            ),
            # C2, C4: the sample contains literal `...` and lacks a comma.
            example={
                "chat": {
                    "properties": {"source": {"type": "facebook"}},
                    "users": [{"id": "b7eff798-f8df-4364-8059-649c35c9ed0c", "type": "customer"}],
                    "thread": {
                        "events": [
                            {**_EXAMPLE_EVENTS[0], "recipients": "all"},
                            {**_EXAMPLE_EVENTS[1], "recipients": "agents"},
                        ],
                        "properties": {"source": {"type": "facebook"}},
                        "tags": ["bug_report"],
                    },
                    "access": {"group_ids": [1]},
                    "is_followed": True,
                },
                "continuous": True,
            },
            response_fields=("chat",),
            details=(
                "A chat has at most one customer. Requests contain property values as"
                " {namespace: {name: value}}; responses and pushes wrap them."
            ),
        ),
        Method(
            action="transfer_chat",
            summary="Transfer a chat to groups or agents.",
            scopes=CHATS_RW,
            push="chat_transferred",
            push_keys={"chat_id": "chat_id"},
            retry=Retry.NEVER,
            retry_note="A second call may route the chat to a different agent.",
            params=(
                Param(
                    "chat_id",
                    ParamType.STRING,
                    required=True,
                    help="The id of the chat to transfer.",
                ),
                Param(
                    "target",
                    ParamType.OBJECT,
                    default="the current group",
                    help="The new assignee.",
                ),
                # B3: type and ids are required only if there is a target.
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
                    "force",
                    ParamType.BOOLEAN,
                    default="false",
                    help="Transfer even if no agent of the groups is available.",
                ),
            ),
            # C4: the sample lacks a comma.
            example={
                "chat_id": "PJ0MRSHTDG",
                "target": {"type": "group", "ids": [1]},
                "force": True,
            },
            details="Without force, the call fails if no agent of the groups is available.",
        ),
        Method(
            action="unfollow_chat",
            summary="Stop following a chat.",
            retry=Retry.IDEMPOTENT,
            params=(_CHAT_ID,),
            example={"chat_id": "PJ0MRSHTDG"},
            sandbox_overrides={"chat_id": "QX5T2L9WAB"},  # the requester is not a member
            details=(
                "Afterwards, only transfers and closed threads are pushed. Members of a chat cannot"
                " unfollow it."
            ),
        ),
    ),
)
