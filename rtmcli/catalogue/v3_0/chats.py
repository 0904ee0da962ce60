"""Chapter "chats" of the v3.0 reference."""

from rtmcli.catalogue.model import Chapter, Method, Pagination, Param, ParamType, Retry
from rtmcli.catalogue.v3_0.pagination import LIMIT, ORDER, PAGE_ID
from rtmcli.catalogue.v3_0.scopes import CHATS_RO, CHATS_RW, CONVERSATION_RW

_CHAT_ID = Param("chat_id", ParamType.STRING, required=True, help="The chat.")

# Access, properties, user and thread of a chat that begins.
_ACCESS = Param(
    "chat.access", ParamType.OBJECT, default="all agents", help="Who may see the chat, {group_ids}."
)
_GROUP_IDS = Param(
    "chat.access.group_ids",
    ParamType.INTEGERS,
    required=True,
    documented=False,
    help="The groups that may see the chat; 0 is everybody.",
)
_PROPERTIES = Param("chat.properties", ParamType.PROPERTIES, help="The chat's first properties.")
_USERS = Param(
    "chat.users", ParamType.OBJECTS, help="One known customer to bring in, [{id, type}]."
)
_THREAD_PARAMS = (
    Param("chat.thread", ParamType.OBJECT, help="The new thread: its events and properties."),
    Param("chat.thread.events", ParamType.OBJECTS, help="The new thread's first events."),
    Param(
        "chat.thread.properties", ParamType.PROPERTIES, help="The new thread's first properties."
    ),
    # B9: only the sample has tags, is_followed and continuous.
    Param(
        "chat.thread.tags", ParamType.STRINGS, documented=False, help="The new thread's first tags."
    ),
)
_IS_FOLLOWED = Param(
    "chat.is_followed",
    ParamType.BOOLEAN,
    documented=False,
    help="Whether to follow the chat from now on.",
)

# C6: the sample's system message has no system_message_type, and its custom_id is a repeat.
_EXAMPLE_EVENTS = (
    {"type": "message", "custom_id": "31-0C-1C-07-DB-16", "text": "hello there"},
    {"type": "system_message", "custom_id": "31-0C-1C-07-DB-16", "text": "hello there"},
)

CHAPTER = Chapter(
    "chats",
    (
        Method(
            action="activate_chat",
            summary="Start a new thread in a chat that has none active.",
            scopes=CONVERSATION_RW,
            conditional_scopes=("chat.users", CHATS_RW),  # B15: the scope depends on the payload.
            push="incoming_chat_thread",
            push_keys={"chat.id": "chat.id"},
            retry=Retry.NEVER,
            retry_note="Once the new thread has closed, a repeat opens another one.",
            params=(
                Param(
                    "chat", ParamType.OBJECT, required=True, help="The chat and what to begin with."
                ),
                Param("chat.id", ParamType.STRING, required=True, help="The chat to activate."),
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
                    default="as it was",
                    help="Whether the chat goes on while nobody is there to answer.",
                ),
            ),
            sandbox_overrides={"chat.id": "UK6J5H4G3F"},  # which has no active thread
            # C2: the sample holds literal dots.
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
            # C11: `chat` holds `threads` here (the new one only), `thread` after start_chat.
            response_fields=("chat",),
            details=(
                "Property values are given bare ({namespace: {name: value}}); answers and pushes"
                " wrap them ({namespace: {name: {value: ...}}})."
            ),
        ),
        Method(
            action="follow_chat",
            summary="Follow a chat, to receive all its changes.",
            scopes=CHATS_RW,
            # B13: the documents differ.
            scopes_note="Another v3.0 text asks for chats--all:ro or chats--access:ro only.",
            push="incoming_chat_thread",
            push_condition="the requester neither follows the chat already nor takes part in it",
            push_keys={"chat_id": "chat.id"},
            retry=Retry.IDEMPOTENT,
            params=(_CHAT_ID,),
            example={"chat_id": "PJ0MRSHTDG"},  # C3: the sample ends in a comma.
            details=(
                "It lasts until the chat is activated again or unfollowed. Those who take part in"
                " a chat receive everything anyway."
            ),
        ),
        # A1: the index lists this method, its section is missing.
        Method(
            action="get_chats_summary",
            summary="List summaries of the chats the agent can see.",
            scopes=CHATS_RO,
            retry=Retry.READ_ONLY,
            params=(
                PAGE_ID,
                LIMIT,
                ORDER,
                Param(
                    "filters", ParamType.OBJECT, help="Which chats to find; the same for all pages."
                ),
                Param(
                    "filters.include_active",
                    ParamType.BOOLEAN,
                    default="true",
                    help="Whether to find chats with an active thread too.",
                ),
                # B21: one row for the placeholder <namespace>.<name>.<filter_type>.
                Param(
                    "filters.properties",
                    ParamType.PROPERTY_FILTERS,
                    help="Find by properties: one filter for each.",
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
            details=(
                "found_chats is an estimate. A property filter is one of exists (true or false),"
                " values or exclude_values (arrays)."
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
            retry_note="A repeat starts another chat.",
            params=(
                Param("chat", ParamType.OBJECT, help="What the chat begins with."),
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
                    help="Whether to start it even while no group is online.",
                ),
            ),
            # C2, C4: the sample holds literal dots and lacks a comma.
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
                "A chat has one customer at most. Property values are given bare ({namespace:"
                " {name: value}}); answers and pushes wrap them."
            ),
        ),
        Method(
            action="transfer_chat",
            summary="Transfer a chat to groups or agents.",
            scopes=CHATS_RW,
            push="chat_transferred",
            push_keys={"chat_id": "chat_id"},
            retry=Retry.NEVER,
            retry_note="A repeat may route the chat to yet another agent.",
            params=(
                Param("chat_id", ParamType.STRING, required=True, help="The chat to transfer."),
                Param(
                    "target", ParamType.OBJECT, default="the current group", help="Where it goes."
                ),
                # B3: type and ids are required only where there is a target.
                Param(
                    "target.type",
                    ParamType.STRING,
                    required=True,
                    choices=("group", "agent"),
                    help="What the target's ids name.",
                ),
                Param(
                    "target.ids",
                    ParamType.IDS,
                    required=True,
                    help="Groups (whole numbers) or agents (their e-mails).",
                ),
                Param(
                    "force",
                    ParamType.BOOLEAN,
                    default="false",
                    help="Transfer even where no agent of the groups can take it.",
                ),
            ),
            # C4: the sample lacks a comma.
            example={
                "chat_id": "PJ0MRSHTDG",
                "target": {"type": "group", "ids": [1]},
                "force": True,
            },
            details="Without force it fails where no agent of the groups can take the chat.",
        ),
        Method(
            action="unfollow_chat",
            summary="Stop following a chat.",
            retry=Retry.IDEMPOTENT,
            params=(_CHAT_ID,),
            example={"chat_id": "PJ0MRSHTDG"},
            sandbox_overrides={"chat_id": "QX5T2L9WAB"},  # whose agent is another one
            details=(
                "From then on only transfers and the closing of threads are told. Those who take"
                " part in a chat cannot unfollow it."
            ),
        ),
    ),
)
