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
)
from rtmcli.catalogue.v3_0.pagination import LIMIT, ORDER, PAGE_ID
from rtmcli.catalogue.v3_0.scopes import CHATS_RO, CHATS_RW, CONVERSATION_RW

_CHAT_ID = Param("chat_id", ParamType.STRING, required=True, help="The chat.")

_GET_ARCHIVES = Method(
    action="get_archives",
    # The reference speaks of active threads only; later text of archives.
    summary="List threads, active and closed.",
    scopes=CHATS_RO,
    retry=Retry.READ_ONLY,
    params=(
        Param("filters", ParamType.OBJECT, help="Which threads to find."),
        Param("filters.query", ParamType.STRING, help="Find threads that contain this."),
        Param("filters.date_from", ParamType.STRING, format=Format.DATE, help="From this day on."),
        Param("filters.date_to", ParamType.STRING, format=Format.DATE, help="Up to this day."),
        Param(
            "filters.agent_ids", ParamType.STRINGS, help="Find threads of these agents (e-mails)."
        ),
        Param("filters.group_ids", ParamType.INTEGERS, help="Find threads of these groups."),
        # B20, B21: one row for <namespace>.<name>.<filter_type> and the legend's own row.
        Param(
            "filters.properties",
            ParamType.PROPERTY_FILTERS,
            help="Find by properties: one filter for each.",
        ),
        Param("pagination", ParamType.OBJECT, help="Which page to get, {page, limit}."),
        Param(
            "pagination.page",
            ParamType.INTEGER,
            at_least=1,
            at_most=1000,
            default="1",
            help="The page's number.",
        ),
        # B22: a limit of 0 is allowed; it gets the total alone.
        Param(
            "pagination.limit",
            ParamType.INTEGER,
            at_least=0,
            at_most=100,
            default="25",
            help="How many items a page has.",
        ),
    ),
    # C5: the sample has the key `rating` twice.
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
    details=(
        "Each item holds one thread: {chat: {..., thread}}; a chat comes once for each thread"
        " that is found, and pagination.total counts threads. A property filter is one of exists"
        " (true or false), values or exclude_values (arrays)."
    ),
)

_GET_CHAT_THREADS = Method(
    action="get_chat_threads",
    summary="Get threads of a chat.",
    scopes=CHATS_RO[:2],
    scopes_note="chats--my:ro does not suffice.",  # B12: not even for the requester's own chats.
    retry=Retry.READ_ONLY,
    params=(
        _CHAT_ID,
        Param("thread_ids", ParamType.STRINGS, help="The threads to get."),
    ),
    example={"chat_id": "PJ0MRSHTDG", "thread_ids": ["K600PKZON8"]},
    # C8: the sample answers "properites"; the member is `properties`.
    response_fields=("chat",),
    details=(
        "Without thread_ids the answer may have only threads_summary (each thread's id and order)"
        " instead of the threads. Of a thread the agent has no access to, the events are missing."
    ),
)

_GET_CHAT_THREADS_SUMMARY = Method(
    action="get_chat_threads_summary",
    summary="List the threads of a chat, without their events.",
    scopes=CHATS_RO,
    retry=Retry.READ_ONLY,
    # B31: the reference speaks of the order of chats, but means threads.
    params=(_CHAT_ID, ORDER, LIMIT, PAGE_ID),
    example={"chat_id": "PJ0MRSHTDG", "limit": 25, "page_id": "MjpkZXNj"},
    # B7: found_threads is typed as a string, but is a number.
    response_fields=("threads_summary", "found_threads", "next_page_id?", "previous_page_id?"),
    pagination=Pagination(
        items_path="threads_summary",
        cursor_param="page_id",
        next_cursor_path="next_page_id",
        limit_param="limit",
        total_path="found_threads",
    ),
)

_SEND_RICH_MESSAGE_POSTBACK = Method(
    action="send_rich_message_postback",
    summary="Press a button of a rich message, or release it.",
    # B11: no chats.conversation--access:rw in the reference; it implies the first of these.
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
    # B27: in the sample's order; the table's is alphabetical.
    params=(
        _CHAT_ID,
        Param("thread_id", ParamType.STRING, required=True, help="The thread of the rich message."),
        Param("event_id", ParamType.STRING, required=True, help="The rich message."),
        Param("postback", ParamType.OBJECT, required=True, help="The button, {id, toggled}."),
        # A6: the reference spells this path with trailing spaces.
        Param("postback.id", ParamType.STRING, required=True, help="The button's postback id."),
        Param(
            "postback.toggled",
            ParamType.BOOLEAN,
            required=True,
            help="Whether the button is pressed from now on.",
        ),
    ),
    example={
        "chat_id": "PJ0MRSHTDG",
        "thread_id": "K600PKZON8",
        "event_id": "a0c22fdd-fb71-40b5-bfc6-a8a0bc3117f7",
        "postback": {"id": "action_yes", "toggled": True},
    },
    details="All buttons of the message with the same postback id are switched together.",
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
        Param("scopes", ParamType.OBJECT, required=True, help="Who receives it."),
        Param("scopes.agents", ParamType.OBJECT, help="Which agents, {all, ids, groups}."),
        Param("scopes.agents.all", ParamType.BOOLEAN, help="Whether all agents receive it."),
        Param("scopes.agents.ids", ParamType.STRINGS, help="Agents who receive it (e-mails)."),
        # B6: typed as strings, sampled as numbers.
        Param("scopes.agents.groups", ParamType.INTEGERS, help="Groups whose agents receive it."),
        Param("scopes.customers", ParamType.OBJECT, help="Which customers, {ids}."),
        Param("scopes.customers.ids", ParamType.STRINGS, help="Customers who receive it."),
        Param("content", ParamType.ANY, required=True, help="What is sent: any JSON."),
        Param("type", ParamType.STRING, help="A name for this kind of content."),
    ),
    # B35: no row of its own says so, a footnote does.
    rules=(
        Rule(
            Constraint.AT_LEAST_ONE,
            (
                "scopes.agents.all",
                "scopes.agents.ids",
                "scopes.agents.groups",
                "scopes.customers.ids",
            ),
            message="scopes needs agents.all, agents.ids, agents.groups or customers.ids",
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
    details="Nothing is stored: it reaches whoever is connected.",
)

_SEND_TYPING_INDICATOR = Method(
    action="send_typing_indicator",
    summary="Show that the agent is typing, or has stopped.",
    scopes=CONVERSATION_RW,
    retry=Retry.EPHEMERAL,
    params=(
        _CHAT_ID,
        Param(
            "recipients",
            ParamType.STRING,
            choices=("all", "agents"),
            default="all",
            help="Who sees it.",
        ),
        Param("is_typing", ParamType.BOOLEAN, required=True, help="Whether the agent is typing."),
    ),
    example={"chat_id": "PJ0MRSHTDG", "recipients": "all", "is_typing": True},
    details="The recipients get it as incoming_typing_indicator; the sender gets no push.",
)

_CLOSE_THREAD = Method(
    action="close_thread",
    summary="Close the active thread of a chat.",
    scopes=CHATS_RW,
    push="thread_closed",
    push_condition="the chat has an active thread",
    push_keys={"chat_id": "chat_id"},
    retry=Retry.NEVER,
    retry_note="It names only the chat: a late repeat closes the next thread.",
    params=(
        _CHAT_ID,
        # B10: only another v3.0 text has it.
        Param(
            "require_requester_presence",
            ParamType.BOOLEAN,
            default="false",
            documented=False,
            help="Refuse unless the requester takes part in the chat.",
        ),
    ),
    example={"chat_id": "PJ0MRSHTDG"},  # C3: the sample ends in a comma.
    details=(
        "Nobody can send to the thread afterwards. A system message comes as incoming_event"
        " besides. Where no thread is active it succeeds and changes nothing."
    ),
)

_CHANGE_PUSH_NOTIFICATIONS = Method(
    action="change_push_notifications",
    summary="Switch a device's push notifications on or off.",
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
        Param("enabled", ParamType.BOOLEAN, required=True, help="Whether the device is notified."),
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
    retry_note="Without timestamp it means now, and a repeat means a later now.",
    params=(
        _CHAT_ID,
        # B17: neither the unit nor the default is documented; elsewhere it is seconds.
        Param(
            "timestamp",
            ParamType.INTEGER,
            default="now",
            help="When it was seen, in seconds since 1970.",
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
