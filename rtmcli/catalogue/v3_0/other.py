"""Chapter "other" of the v3.0 reference."""

from rtmcli.catalogue.model import (
    Chapter,
    Constraint,
    Format,
    Method,
    Pagination,
    Param,
    ParamType,
    Retry,
    Rule,
    Transcript,
)
from rtmcli.catalogue.v3_0.pagination import LIMIT, ORDER, PAGE_ID
from rtmcli.catalogue.v3_0.scopes import CHATS_RO, CHATS_RW, CONVERSATION_RW

_CHAT_ID = Param("chat_id", ParamType.STRING, required=True, help="The id of the chat.")

_GET_ARCHIVES = Method(
    action="get_archives",
    # The reference mentions active threads only; later documents describe archives.
    summary="List active and closed threads.",
    scopes=CHATS_RO,
    retry=Retry.READ_ONLY,
    params=(
        Param("filters", ParamType.OBJECT, help="Criteria for threads."),
        Param("filters.query", ParamType.STRING, help="Match threads that contain this text."),
        Param("filters.date_from", ParamType.STRING, format=Format.DATE, help="The first day."),
        Param("filters.date_to", ParamType.STRING, format=Format.DATE, help="The last day."),
        Param(
            "filters.agent_ids", ParamType.STRINGS, help="Match these agents (e-mail addresses)."
        ),
        Param("filters.group_ids", ParamType.INTEGERS, help="Match these groups."),
        # B20, B21: one parameter for <namespace>.<name>.<filter_type> and the entry in the legend.
        Param(
            "filters.properties",
            ParamType.PROPERTY_FILTERS,
            help="Criteria for properties, one filter for each.",
        ),
        Param("pagination", ParamType.OBJECT, help="The page to return, {page, limit}."),
        Param(
            "pagination.page",
            ParamType.INTEGER,
            at_least=1,
            at_most=1000,
            default="1",
            help="The page number.",
        ),
        # B22: a limit of 0 is allowed; the response then contains only the total.
        Param(
            "pagination.limit",
            ParamType.INTEGER,
            at_least=0,
            at_most=100,
            default="25",
            help="The number of items per page.",
        ),
    ),
    # C5: the sample has a duplicate key `rating`.
    example={
        "filters": {
            "query": "search keyword",
            "agent_ids": ["agent1@example.com"],
            "date_from": "2016-09-01",
            "date_to": "2016-10-01",
            "properties": {"rating": {"score": {"values": [1]}, "comment": {"exists": True}}},
        },
        "pagination": {"page": 1, "limit": 25},
    },
    response_fields=("chats", "pagination"),
    pagination=Pagination(
        items_path="chats",
        page_number_param="pagination.page",
        limit_param="pagination.limit",
        total_path="pagination.total",
        max_page_number=1000,
    ),
    columns=(
        "chat.id",
        "chat.thread.id",
        "chat.thread.timestamp",
        "chat.thread.active",
        "chat.users.name",
        "chat.thread.tags",
    ),
    details=(
        "Each item holds one thread: {chat: {..., thread}}; a chat is listed once for each matching"
        " thread, and pagination.total counts threads. A property filter is either exists (true or"
        " false), values (an array) or exclude_values (an array)."
    ),
)

_GET_CHAT_THREADS = Method(
    action="get_chat_threads",
    summary="Get threads of a chat.",
    scopes=CHATS_RO[:2],
    scopes_note="chats--my:ro does not suffice.",  # B12: not even for the requester's own chats
    retry=Retry.READ_ONLY,
    params=(
        _CHAT_ID,
        Param("thread_ids", ParamType.STRINGS, help="The ids of the threads."),
    ),
    example={"chat_id": "PJ0MRSHTDG", "thread_ids": ["K600PKZON8"]},
    # C8: the sample response misspells `properties`.
    response_fields=("chat",),
    transcript=Transcript(
        users_path="chat.users",
        threads_path="chat.threads",
        time_field="timestamp",
        order_field="order",
        text={
            "": ("annotation_type", "text", "name", "url"),
            "elements": ("title", "subtitle", "image.url", "buttons.text"),
            "fields": ("label", "answer", "answer.label", "answers.label"),
            "content": ("",),
        },
        marks={("recipients", "agents"): "agents only"},
        other_threads_path="chat.threads_summary.thread_id",
        thread_param="thread_ids",
    ),
    details=(
        "Without thread_ids, the response may contain threads_summary (the id and order of each"
        " thread) instead of the threads. Threads without access are returned without events."
    ),
)

_GET_CHAT_THREADS_SUMMARY = Method(
    action="get_chat_threads_summary",
    summary="List the threads of a chat, without their events.",
    scopes=CHATS_RO,
    retry=Retry.READ_ONLY,
    # B31: the reference says the order of chats, but means threads.
    params=(_CHAT_ID, ORDER, LIMIT, PAGE_ID),
    example={"chat_id": "PJ0MRSHTDG", "limit": 25, "page_id": "MjpkZXNj"},
    # B7: found_threads is documented as a string, but is a number.
    response_fields=("threads_summary", "found_threads", "next_page_id?", "previous_page_id?"),
    pagination=Pagination(
        items_path="threads_summary",
        cursor_param="page_id",
        next_cursor_path="next_page_id",
        limit_param="limit",
        total_path="found_threads",
    ),
    columns=("id", "order", "events_count"),
)

_SEND_RICH_MESSAGE_POSTBACK = Method(
    action="send_rich_message_postback",
    summary="Press or release a button of a rich message.",
    # B11: not chats.conversation--access:rw in the reference; it implies the first of these.
    scopes=("chats.conversation--my:rw", "chats.conversation--all:rw"),
    push="incoming_rich_message_postback",
    push_condition="the thread is active",
    push_keys={
        "chat_id": "chat_id",
        "thread_id": "thread_id",
        "event_id": "event_id",
        "postback.id": "postback.id",
    },
    retry=Retry.NEVER,
    # B27: in the order of the sample; the table's is alphabetical.
    params=(
        _CHAT_ID,
        Param("thread_id", ParamType.STRING, required=True, help="The id of the thread."),
        Param("event_id", ParamType.STRING, required=True, help="The id of the rich message."),
        Param("postback", ParamType.OBJECT, required=True, help="The button, {id, toggled}."),
        # A6: the reference has trailing spaces in this path.
        Param("postback.id", ParamType.STRING, required=True, help="The button's postback id."),
        Param(
            "postback.toggled",
            ParamType.BOOLEAN,
            required=True,
            help="Whether the button is pressed or released.",
        ),
    ),
    example={
        "chat_id": "PJ0MRSHTDG",
        "thread_id": "K600PKZON8",
        "event_id": "a0c22fdd-fb71-40b5-bfc6-a8a0bc3117f7",
        "postback": {"id": "action_yes", "toggled": True},
    },
    details="It toggles all buttons of the message that have the same postback id.",
)

_MULTICAST = Method(
    action="multicast",
    summary="Send JSON to agents and customers outside chats.",
    scopes=("multicast:rw",),
    push="incoming_multicast",
    push_condition="the requester is among the recipients",
    push_keys={"content": "content", "type": "type"},
    retry=Retry.NEVER,
    params=(
        Param("scopes", ParamType.OBJECT, required=True, help="The recipients."),
        Param("scopes.agents", ParamType.OBJECT, help="The agents, {all, ids, groups}."),
        Param("scopes.agents.all", ParamType.BOOLEAN, help="Whether to send to all agents."),
        Param("scopes.agents.ids", ParamType.STRINGS, help="The ids of agents (e-mail addresses)."),
        # B6: documented as strings, but numbers in the sample.
        Param(
            "scopes.agents.groups",
            ParamType.INTEGERS,
            help="The ids of groups whose agents to send to.",
        ),
        Param("scopes.customers", ParamType.OBJECT, help="The customers, {ids}."),
        Param("scopes.customers.ids", ParamType.STRINGS, help="The ids of customers."),
        Param("content", ParamType.ANY, required=True, help="The content: any JSON value."),
        Param("type", ParamType.STRING, help="A name for this type of content."),
    ),
    # B35: documented in a footnote only.
    rules=(
        Rule(
            Constraint.AT_LEAST_ONE,
            (
                "scopes.agents.all",
                "scopes.agents.ids",
                "scopes.agents.groups",
                "scopes.customers.ids",
            ),
            message="scopes requires agents.all, agents.ids, agents.groups or customers.ids",
        ),
    ),
    example={
        "scopes": {
            "agents": {
                "all": True,
                "ids": ["agent1@example.com", "agent2@example.com"],
                "groups": [1, 2],
            },
            "customers": {"ids": ["b7eff798-f8df-4364-8059-649c35c9ed0c"]},
        },
        "content": {"example": {"nested": "json"}},
        "type": "type1",
    },
    details="Multicasts are not stored: only recipients that are connected receive them.",
)

_SEND_TYPING_INDICATOR = Method(
    action="send_typing_indicator",
    summary="Show that the agent is typing or has stopped.",
    scopes=CONVERSATION_RW,
    retry=Retry.EPHEMERAL,
    params=(
        _CHAT_ID,
        Param(
            "recipients",
            ParamType.STRING,
            choices=("all", "agents"),
            default="all",
            help="Who can see the indicator.",
        ),
        Param("is_typing", ParamType.BOOLEAN, required=True, help="Whether the agent is typing."),
    ),
    example={"chat_id": "PJ0MRSHTDG", "recipients": "all", "is_typing": True},
    details="The recipients receive incoming_typing_indicator; the sender receives no push.",
)

_CLOSE_THREAD = Method(
    action="close_thread",
    summary="Close the active thread of a chat.",
    scopes=CHATS_RW,
    push="thread_closed",
    push_condition="the chat has an active thread",
    push_keys={"chat_id": "chat_id"},
    retry=Retry.NEVER,
    retry_note="The payload names no thread: a late second call closes the next thread.",
    params=(
        _CHAT_ID,
        # B10: only in another v3.0 document.
        Param(
            "require_requester_presence",
            ParamType.BOOLEAN,
            default="false",
            documented=False,
            help="Reject the call unless the requester is a member of the chat.",
        ),
    ),
    example={"chat_id": "PJ0MRSHTDG"},  # C3: the sample has a trailing comma.
    details=(
        "No event can be added to a closed thread. A system message is also pushed, as"
        " incoming_event. If the chat has no active thread, the call succeeds without effect."
    ),
)

_CHANGE_PUSH_NOTIFICATIONS = Method(
    action="change_push_notifications",
    summary="Turn a device's push notifications on or off.",
    retry=Retry.IDEMPOTENT,
    params=(
        Param(
            "firebase_token",
            ParamType.STRING,
            required=True,
            secret=True,
            help="The device's Firebase token.",
        ),
        Param(
            "platform",
            ParamType.STRING,
            required=True,
            choices=("ios", "android"),
            help="The device's platform.",
        ),
        Param(
            "enabled",
            ParamType.BOOLEAN,
            required=True,
            help="Whether the device receives notifications.",
        ),
    ),
    example={"firebase_token": "8daDAD9dada8ja1JADA11", "platform": "ios", "enabled": True},
    in_web_api=False,
)

_UPDATE_LAST_SEEN_TIMESTAMP = Method(
    action="update_last_seen_timestamp",
    summary="Record when the agent last saw a chat.",
    scopes=("chats--access:ro", "chats--all:ro"),
    scopes_note="chats--my:ro does not suffice.",
    push="last_seen_timestamp_updated",
    push_keys={"chat_id": "chat_id", "timestamp": "timestamp"},
    retry=Retry.IDEMPOTENT,
    retry_note="Without timestamp, a second call records a later time.",
    params=(
        _CHAT_ID,
        # B17: neither unit nor default is documented; other timestamps are in seconds.
        Param(
            "timestamp",
            ParamType.INTEGER,
            default="now",
            help="The time, in seconds since 1970 (Unix time).",
        ),
    ),
    example={"chat_id": "PJ0MRSHTDG", "timestamp": 123456789},
    response_fields=("timestamp",),
)

CHAPTER = Chapter(
    "other",
    (
        _GET_ARCHIVES,
        _GET_CHAT_THREADS,
        _GET_CHAT_THREADS_SUMMARY,
        _SEND_RICH_MESSAGE_POSTBACK,
        _MULTICAST,
        _SEND_TYPING_INDICATOR,
        _CLOSE_THREAD,
        _CHANGE_PUSH_NOTIFICATIONS,
        _UPDATE_LAST_SEEN_TIMESTAMP,
    ),
)
