"""The objects of v3.0 that have members of their own: events, rich messages, filters and others."""

from rtmcli.catalogue.objects import EventType, Objects

_POSTBACK = "postback {id, thread_id, event_id, type?, value?}?"

OBJECTS = Objects(
    event=(
        ("id", "The id; the server sets it."),
        ("type", "One of the types below."),
        ("custom_id?", "The id that the sender chose."),
        ("order", "The position in the thread; the server sets it."),
        ("timestamp", "When it was sent, in seconds since 1970; the server sets it."),
        ("author_id?", "The agent's e-mail address, or the customer's id."),
        ("recipients", "all, or agents if the customer does not see it."),
        ("properties?", "{namespace: {name: {value}}}; without {value} in requests."),
    ),
    event_types=(
        EventType("message", "Text, up to 16 KB", ("text", _POSTBACK)),
        EventType(
            "rich_message", "Cards, quick replies or a sticker", ("template_id", "elements?")
        ),
        EventType(
            "file",
            "A file or an image",
            (
                *("name", "url", "content_type", "size", "width?", "height?", "thumbnail_url?"),
                "thumbnail2x_url?",
            ),
        ),
        EventType(
            "filled_form",
            "A form with its answers",
            ("form_id", "fields [{type, id, label, answer? or answers?}]"),
        ),
        EventType("custom", "Any JSON value, for programs", ("content?",)),
        EventType(
            "system_message",
            "What happened in the chat",
            ("text", "system_message_type", "text_vars?"),
        ),
        EventType(
            "annotation",
            "A note in the last thread, which starts no thread",
            ("annotation_type", "text?"),
        ),
    ),
    elements=(
        ("title?", "The title."),
        ("subtitle?", "The text below the title."),
        ("image?", "{url, name?, content_type?, size?, width?, height?}."),
        ("buttons?", "Up to 11 buttons, each with the members below."),
        ("buttons.text", "The label."),
        ("buttons.postback_id", "The id that a press sends; equal ones are pressed together."),
        ("buttons.user_ids", "The users who pressed it; [] in requests."),
        ("buttons.type?", "webview, message, url or phone."),
        ("buttons.value?", "The message, URL or phone number; required with type."),
        ("buttons.webview_height?", "compact, full or tall; of type webview."),
    ),
    element_example={
        "title": "Delivery",
        "subtitle": "When do you need it?",
        "buttons": [
            {"text": "Tomorrow", "postback_id": "express", "user_ids": []},
            {"text": "This week", "postback_id": "standard", "user_ids": []},
        ],
    },
    filter_operators=(
        ("values", "Matches any of these values."),
        ("exclude_values", "Matches none of these values."),
        ("exists", "true: there is a value; false: there is none. Of properties only."),
        ("lte, lt, gte, gt, eq", "At most, less than, at least, more than, exactly."),
    ),
    filter_note=(
        "A filter takes either values or exclude_values; lte, lt, gte and gt may be combined to a"
        " range. All filters must match. A property takes one of exists, values and"
        " exclude_values."
    ),
    others={
        "chat": ("id", "users", "thread or threads?", "properties?", "access?", "is_followed?"),
        "thread": (
            *("id", "timestamp", "active", "user_ids", "order", "events?", "restricted_access?"),
            *("properties?", "access?", "tags?"),
        ),
        "agent": (
            *("id", "type", "name", "email?", "avatar", "present?", "last_seen_timestamp?"),
            "routing_status?",
        ),
        "customer": (
            *("id", "type?", "name?", "email?", "avatar?", "fields?", "last_visit?"),
            *("statistics?", "agent_last_event_created_at?", "customer_last_event_created_at?"),
            *("created_at?", "present?", "last_seen_timestamp?", "banned?"),
        ),
        "access": ("group_ids",),
    },
)
