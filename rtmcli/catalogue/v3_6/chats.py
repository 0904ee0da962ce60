"""Chapter "Chats" of the v3.6 reference."""

from rtmcli.catalogue.model import (
    Chapter,
    Constraint,
    Method,
    Param,
    ParamType,
    Retry,
    Rule,
    Severity,
    Transcript,
)
from rtmcli.catalogue.v3_6.filters import (
    date_range,
    exclusive_lists_rule,
    general_filter,
    nested_values_filter,
    operator_rules,
    require_every_value,
    values_filter,
)
from rtmcli.catalogue.v3_6.pagination import (
    LIMIT,
    PAGE_ID,
    PAGE_ID_RULE,
    SORT_ORDER,
    pagination,
    response_fields,
)
from rtmcli.catalogue.v3_6.scopes import CHATS_RO, CHATS_RW, CONDITIONS_RO, CONDITIONS_RW
from rtmcli.catalogue.v3_6.structures import (
    ACCESS_GROUP_IDS,
    EVENT_FIELDS,
    USER_FIELDS,
    prefixed,
)

_CHAT_ID = Param("chat_id", ParamType.STRING, required=True, help="The id of the chat.")
_ID = Param("id", ParamType.STRING, required=True, help="The id of the chat.")
_GROUP_IDS_FILTER = Param(
    "filters.group_ids", ParamType.INTEGERS, max_items=200, help="Match any of these groups."
)
# One row for the placeholder <namespace>.<name>.<filter_type>.
_PROPERTIES_FILTER = Param(
    "filters.properties",
    ParamType.PROPERTY_FILTERS,
    help="Criteria for properties, one filter for each.",
)
_PROPERTY_FILTER_DETAILS = (
    "A property filter is either exists (true or false), values (an array) or exclude_values (an"
    " array)."
)
_IGNORE_REQUESTER_PRESENCE = Param(
    "ignore_requester_presence",
    ParamType.BOOLEAN,
    default="false",
    help="Do not require the requester to be a member of the chat.",
)

# Members of the object `chat` that start_chat and resume_chat share.
_ACCESS = Param(
    "chat.access",
    ParamType.OBJECT,
    default="all agents",
    help="Which groups have access to the chat, {group_ids}.",
)
_ACCESS_GROUP_IDS = prefixed("chat.access", (ACCESS_GROUP_IDS,))
_PROPERTIES = Param("chat.properties", ParamType.PROPERTIES, help="Initial properties of the chat.")
# B25: agents are limited although several per chat need an arrangement with the vendor.
_USERS = Param(
    "chat.users",
    ParamType.OBJECTS,
    items=USER_FIELDS,
    help="Up to 4 agents and 1 customer to add, [{id, type}].",
)
_THREAD_PARAMS = (
    Param("chat.thread", ParamType.OBJECT, help="The initial thread."),
    Param(
        "chat.thread.events",
        ParamType.OBJECTS,
        items=EVENT_FIELDS,
        help="Initial events of the thread.",
    ),
    Param("chat.thread.properties", ParamType.PROPERTIES, help="Initial properties of the thread."),
)
_ACTIVE = Param(
    "active", ParamType.BOOLEAN, default="true", help="Whether the new thread is active."
)
_NEW_THREAD_DETAILS = (
    "Authors of initial events other than the requester must be in chat.users. The visibility of"
    " initial events and users is always all."
)

_LIST_CHATS = Method(
    action="list_chats",
    summary="List summaries of accessible chats.",
    scopes=CHATS_RO,
    scope_conditions=CONDITIONS_RO,
    retry=Retry.READ_ONLY,
    params=(
        Param("filters", ParamType.OBJECT, help="Criteria for chats."),
        Param(
            "filters.active",
            ParamType.OPTIONAL_BOOLEAN,
            default="both",
            help="Match only active, or only inactive, chats.",
        ),
        Param(
            "filters.include_chats_without_threads",
            ParamType.BOOLEAN,
            default="true",
            help="Whether to include chats that have no thread.",
        ),
        _GROUP_IDS_FILTER,
        _PROPERTIES_FILTER,
        SORT_ORDER,
        LIMIT,
        PAGE_ID,
    ),
    rules=(PAGE_ID_RULE,),
    sandbox_overrides={"filters.group_ids": ["0", "1"]},
    example={"filters": {"active": True, "group_ids": [0, 19]}, "sort_order": "asc", "limit": 25},
    response_fields=response_fields("chats_summary", "found_chats"),
    columns=(
        "id",
        "users.name",
        "last_thread_summary.id",
        "last_thread_summary.created_at",
        "last_thread_summary.active",
        "access.group_ids",
    ),
    pagination=pagination("chats_summary", "found_chats"),
    # D23: the vendor's SDK describes the order; the reference says only "oldest" and "newest".
    details=(
        "Chats are sorted by the creation time of their last thread. found_chats is an estimate. "
        + _PROPERTY_FILTER_DETAILS
    ),
)

_LIST_THREADS = Method(
    action="list_threads",
    summary="List the threads of a chat, with their events.",
    scopes=CHATS_RO,
    scope_conditions=CONDITIONS_RO,
    retry=Retry.READ_ONLY,
    params=(
        _CHAT_ID,
        SORT_ORDER,
        LIMIT._replace(default="3"),
        PAGE_ID,
        Param(
            "min_events_count",
            ParamType.INTEGER,
            at_least=1,
            at_most=100,
            help="Return the latest threads that together have this many events.",
        ),
        Param("filters", ParamType.OBJECT, help="Criteria for threads."),
        *date_range("filters", "a thread"),
    ),
    rules=(
        PAGE_ID_RULE,
        Rule(
            Constraint.EXCLUDES,
            ("min_events_count", "limit", "filters"),
            message="min_events_count excludes limit and filters",
        ),
        # B13: only limit and filters are excluded explicitly.
        Rule(
            Constraint.AT_MOST_ONE,
            ("min_events_count", "page_id"),
            message="page_id should not be combined with min_events_count",
            severity=Severity.WARNING,
        ),
    ),
    sandbox_overrides={"chat_id": "PJ0MRSHTDG"},
    example={
        "chat_id": "QCH4N1AB2C",
        "limit": 10,
        "filters": {"from": "2026-05-01T00:00:00.000000+00:00"},
    },
    response_fields=response_fields("threads", "found_threads"),
    columns=("id", "created_at", "active", "user_ids", "tags"),
    pagination=pagination("threads", "found_threads"),
)

_GET_CHAT = Method(
    action="get_chat",
    summary="Get a chat with one of its threads.",
    scopes=CHATS_RO,
    scope_conditions=CONDITIONS_RO,
    # D7: the changelog lists the check of the thread for several versions.
    scopes_note="The scope must cover the requested thread, not only the chat.",
    retry=Retry.READ_ONLY,
    params=(
        _CHAT_ID,
        Param(
            "thread_id",
            ParamType.STRING,
            default="the latest thread",
            help="The id of the thread.",
        ),
    ),
    sandbox_overrides={"chat_id": "PJ0MRSHTDG", "thread_id": "K600PKZON8"},
    example={"chat_id": "QCH4N1AB2C", "thread_id": "QTH7K2LM9P"},
    # C9: the structure's sample has `threads`, but every method and push has `thread`.
    response_fields=("id", "thread?", "users", "properties?", "access?", "is_followed"),
    transcript=Transcript(
        users_path="users",
        threads_path="thread",
        time_field="created_at",
        order_field="created_at",
        text={
            "": ("text", "name", "alternative_text", "url", "subtype", "details"),
            "elements": ("title", "subtitle", "image.url", "buttons.text"),
            "fields": ("label", "answer", "answer.label", "answers.label"),
            "content": ("",),
        },
        marks={("visibility", "agents"): "agents only", ("deleted", True): "deleted"},
        other_threads_path="thread.previous_thread_id",
        thread_param="thread_id",
    ),
)

_AGENT_TYPES = ("human", "chatbot", "ai_agent")
_FORM_FILTER_FIELDS = (
    Param(
        "type",
        ParamType.STRING,
        choices=("pre_chat", "post_chat"),
        severity=Severity.WARNING,
        help="The type of the form.",
    ),
    Param("answer_id", ParamType.STRING, help="The id of a chosen answer."),
    # B1: the Web API's reference has these instead of answer_id; which are served is not known.
    *(
        param._replace(documented=False)
        for param in (
            Param("from", ParamType.STRING, help="The earliest time of the form."),
            Param("to", ParamType.STRING, help="The latest time of the form."),
            Param("exists", ParamType.BOOLEAN, help="Whether there is such a form."),
            Param("values", ParamType.STRINGS, help="Match any of these answers."),
            Param("exclude_values", ParamType.STRINGS, help="Match none of these answers."),
            *nested_values_filter("groups", "groups", ParamType.INTEGERS),
        )
    ),
)
_ARCHIVE_FILTERS = (
    Param("filters", ParamType.OBJECT, help="Criteria for threads."),
    Param("filters.query", ParamType.STRING, help="Match threads that contain this text."),
    *date_range("filters", "a thread"),
    # D6: the changelog lists this filter, agent_types and carts for v3.6 and for v3.7.
    Param("filters.chat_ids", ParamType.STRINGS, max_items=1000, help="Match any of these chats."),
    Param(
        "filters.thread_ids",
        ParamType.STRINGS,
        max_items=20,
        help="Match these threads; excludes other filters and pagination.",
    ),
    _GROUP_IDS_FILTER,
    _PROPERTIES_FILTER,
    *general_filter("filters.agents", "agents"),
    *general_filter("filters.tags", "tags"),
    # B14: the types of the ids of sales and goals are not documented.
    *general_filter("filters.sales", "sales", ParamType.IDS),
    *general_filter("filters.goals", "goals", ParamType.IDS),
    Param(
        "filters.forms",
        ParamType.OBJECTS,
        items=_FORM_FILTER_FIELDS,
        help="Criteria for forms, [{type, answer_id}].",
    ),
    Param("filters.event_types", ParamType.OBJECT, help="Criteria for types of events."),
    *values_filter("filters.event_types", "types of events", ParamType.STRINGS),
    require_every_value("filters.event_types", "types of events"),
    Param("filters.greetings", ParamType.OBJECT, help="Criteria for greetings."),
    *date_range("filters.greetings", "a greeting"),
    Param("filters.greetings.exists", ParamType.BOOLEAN, help="Whether there are any greetings."),
    *values_filter("filters.greetings", "greetings", ParamType.INTEGERS),
    *nested_values_filter("filters.greetings.groups", "groups of greetings", ParamType.INTEGERS),
    Param("filters.agent_response", ParamType.OBJECT, help="Criteria for responses of agents."),
    Param(
        "filters.agent_response.exists", ParamType.BOOLEAN, help="Whether an agent has responded."
    ),
    Param(
        "filters.agent_response.first",
        ParamType.BOOLEAN,
        help="Whether the criteria apply to the first response only.",
    ),
    *nested_values_filter("filters.agent_response.agents", "responding agents", ParamType.STRINGS),
    *nested_values_filter(
        "filters.agent_response.groups", "groups of responding agents", ParamType.INTEGERS
    ),
    Param("filters.agent_types", ParamType.OBJECT, help="Criteria for types of agents."),
    *(
        Param(
            f"filters.agent_types.{name}",
            ParamType.STRINGS,
            choices=_AGENT_TYPES,
            help=f"Match threads in which {quantity} of these types took part.",
        )
        for name, quantity in (
            ("all_values", "all"),
            ("any_values", "any"),
            ("exclude_values", "none"),
        )
    ),
    *general_filter("filters.customer_countries", "country codes"),
    Param("filters.customer_id", ParamType.STRING, help="Match this customer."),
    Param("filters.customer_email", ParamType.STRING, help="Match this e-mail address."),
)
_TOP_LEVEL_FILTERS = tuple(param.path for param in _ARCHIVE_FILTERS if param.path.count(".") == 1)

_LIST_ARCHIVES = Method(
    action="list_archives",
    summary="List active and closed threads with their chats.",
    scopes=CHATS_RO,
    scope_conditions=CONDITIONS_RO,
    retry=Retry.READ_ONLY,
    params=(
        *_ARCHIVE_FILTERS,
        PAGE_ID,
        SORT_ORDER,
        LIMIT._replace(min_severity=None),
        Param("highlights", ParamType.OBJECT, help="Mark the matches of filters.query."),
        Param(
            "highlights.pre_tag",
            ParamType.STRING,
            default="<em>",
            help="The HTML tag before a match.",
        ),
        Param(
            "highlights.post_tag",
            ParamType.STRING,
            default="</em>",
            help="The HTML tag after a match.",
        ),
    ),
    rules=(
        PAGE_ID_RULE,
        Rule(
            Constraint.EXCLUDES,
            (
                "filters.thread_ids",
                *(path for path in _TOP_LEVEL_FILTERS if path != "filters.thread_ids"),
                "page_id",
            ),
            message="filters.thread_ids excludes all other filters and page_id",
        ),
        Rule(
            Constraint.EXCLUDES,
            ("filters.thread_ids", "limit", "sort_order"),
            message="filters.thread_ids should not be combined with limit or sort_order",
            severity=Severity.WARNING,
        ),
        *(
            rule
            for name in ("agents", "tags", "sales", "goals", "customer_countries")
            for rule in operator_rules(f"filters.{name}", "exists", "values", "exclude_values")
        ),
        *operator_rules("filters.event_types", "values", "exclude_values"),
        # B15: how the members of greetings and agent_response combine is not documented.
        *map(
            exclusive_lists_rule,
            (
                "filters.greetings",
                "filters.greetings.groups",
                "filters.agent_response.agents",
                "filters.agent_response.groups",
            ),
        ),
        Rule(
            Constraint.DISJOINT,
            (
                "filters.agent_types.all_values",
                "filters.agent_types.any_values",
                "filters.agent_types.exclude_values",
            ),
            message="filters.agent_types may contain each type of agents only once",
        ),
        Rule(
            Constraint.ALL_OR_NONE,
            ("highlights.pre_tag", "highlights.post_tag"),
            message="highlights requires both pre_tag and post_tag, or neither",
        ),
        Rule(
            Constraint.REQUIRES,
            ("highlights", "filters.query"),
            message="highlights has no effect without filters.query",
            severity=Severity.NOTE,
        ),
    ),
    sandbox_overrides={"filters.query": "kettle"},
    example={
        "filters": {
            "query": "invoice",
            "from": "2026-05-01T00:00:00.000000+00:00",
            "agents": {"values": ["smith@example.com"]},
            "tags": {"exclude_values": ["spam"]},
            "event_types": {"values": ["message", "file"]},
            "agent_types": {"all_values": ["human"], "exclude_values": ["chatbot"]},
        },
        "limit": 50,
        "highlights": {},
    },
    response_fields=response_fields("chats", "found_chats"),
    columns=(
        "id",
        "thread.id",
        "thread.created_at",
        "thread.active",
        "users.name",
        "thread.tags",
    ),
    pagination=pagination("chats", "found_chats"),
    details=(
        "Each item is a chat with one thread; a chat is listed once for each matching thread."
        " Threads are sorted by their creation time. Country codes are ISO 3166-1 alpha-2. "
        + _PROPERTY_FILTER_DETAILS
    ),
)

_START_CHAT = Method(
    action="start_chat",
    summary="Start a chat.",
    scopes=CHATS_RW,
    scope_conditions=CONDITIONS_RW,
    push="incoming_chat",
    push_keys={"chat_id": "chat.id", "thread_id": "chat.thread.id"},
    retry=Retry.NEVER,
    retry_note="A second call starts another chat, or fails because the customer has one.",
    params=(
        Param("chat", ParamType.OBJECT, help="The initial data of the chat."),
        _PROPERTIES,
        _ACCESS,
        *_ACCESS_GROUP_IDS,
        _USERS,
        *_THREAD_PARAMS,
        _ACTIVE,
        Param(
            "continuous",
            ParamType.BOOLEAN,
            default="false",
            help="Whether to start the chat even if no group is online.",
        ),
    ),
    sandbox_overrides={"chat.access.group_ids": ["1"]},
    example={
        "chat": {
            "users": [{"id": "3f6c2f0e-8a51-4b7e-9d20-6c1f5a7b8e94", "type": "customer"}],
            "access": {"group_ids": [19]},
            "properties": {"test": {"string_property": "from-script"}},
            "thread": {
                "events": [{"type": "message", "text": "Hello from support", "custom_id": "s-1"}]
            },
        },
        "continuous": True,
    },
    response_fields=("chat_id", "thread_id", "event_ids?"),
    details=_NEW_THREAD_DETAILS,
)

_RESUME_CHAT = Method(
    action="resume_chat",
    summary="Start a new thread in an inactive chat.",
    scopes=CHATS_RW,
    scope_conditions=CONDITIONS_RW,
    push="incoming_chat",
    push_keys={"chat.id": "chat.id", "thread_id": "chat.thread.id"},
    retry=Retry.NEVER,
    retry_note="If the new thread is already closed, a second call starts another.",
    params=(
        Param("chat", ParamType.OBJECT, required=True, help="The chat, and its initial data."),
        Param("chat.id", ParamType.STRING, required=True, help="The id of the chat to resume."),
        _ACCESS,
        *_ACCESS_GROUP_IDS,
        _PROPERTIES,
        _USERS,
        *_THREAD_PARAMS,
        _ACTIVE,
        Param(
            "continuous",
            ParamType.BOOLEAN,
            default="unchanged",
            help="Whether the chat stays active while no agent is available.",
        ),
    ),
    sandbox_overrides={"chat.id": "UK6J5H4G3F"},
    example={
        "chat": {
            "id": "QCH4N1AB2C",
            "thread": {"events": [{"type": "message", "text": "We found your parcel"}]},
        },
        "continuous": False,
    },
    response_fields=("thread_id", "event_ids?"),
    details=_NEW_THREAD_DETAILS,
)

_DEACTIVATE_CHAT = Method(
    action="deactivate_chat",
    summary="Close the active thread of a chat.",
    scopes=CHATS_RW,
    scope_conditions=CONDITIONS_RW,
    requires_presence=True,
    presence_param="ignore_requester_presence",
    push="chat_deactivated",
    push_keys={"id": "chat_id"},
    other_pushes={"incoming_event": "with the system message manual_archived_agent"},
    retry=Retry.NEVER,
    retry_note="The payload names no thread: a late second call closes the next thread.",
    params=(_ID, _IGNORE_REQUESTER_PRESENCE),
    sandbox_overrides={"id": "PJ0MRSHTDG"},
    example={"id": "QCH4N1AB2C", "ignore_requester_presence": True},
    details="No event can be added to a closed thread.",
)

_FOLLOW_CHAT = Method(
    action="follow_chat",
    summary="Follow a chat to receive its pushes.",
    scopes=CHATS_RO,
    scope_conditions=CONDITIONS_RO,
    push="incoming_chat",
    push_condition="the requester is neither a follower nor a member of the chat",
    push_keys={"id": "chat.id"},
    retry=Retry.IDEMPOTENT,
    params=(_ID,),
    sandbox_overrides={"id": "QX5T2L9WAB"},
    example={"id": "QCH4N1AB2C"},
    details=(
        "It lasts until the chat is resumed or unfollowed. Members of a chat receive all its pushes"
        " without following it."
    ),
)

_UNFOLLOW_CHAT = Method(
    action="unfollow_chat",
    summary="Stop following a chat.",
    push="chat_unfollowed",
    push_keys={"id": "chat_id"},
    retry=Retry.IDEMPOTENT,
    retry_note="A second call may fail although the first one succeeded.",
    params=(_ID,),
    sandbox_overrides={"id": "QX5T2L9WAB"},
    example={"id": "QCH4N1AB2C"},
    response_fields=("chat_id?",),  # C7: the Web API's response is empty.
    details=(
        "Afterwards, only key changes such as transfers and closed threads are pushed. Members of a"
        " chat cannot unfollow it."
    ),
)

CHAPTER = Chapter(
    "chats",
    (
        _LIST_CHATS,
        _LIST_THREADS,
        _GET_CHAT,
        _LIST_ARCHIVES,
        _START_CHAT,
        _RESUME_CHAT,
        _DEACTIVATE_CHAT,
        _FOLLOW_CHAT,
        _UNFOLLOW_CHAT,
    ),
)
