"""The objects of v3.6 that have members of their own: events, rich messages, filters and others."""

from rtmcli.catalogue.objects import EventType, Objects

_POSTBACK = "postback {id, thread_id, event_id, type?, value?, ecommerce?}?"

OBJECTS = Objects(
    event=(
        ("id", "The id; the server sets it."),
        ("type", "One of the types below."),
        ("custom_id?", "The id that the sender chose."),
        ("created_at", "When it was sent, to the microsecond; the server sets it."),
        ("author_id?", "The agent's e-mail address, or the customer's id."),
        ("visibility", "all, or agents if the customer does not see it."),
        ("properties?", "{namespace: {name: value}}."),
        ("deleted?", "true if it was deleted."),
    ),
    event_types=(
        EventType("message", "Text, up to 16 KB", ("text", _POSTBACK)),
        EventType(
            "file",
            "A file or an image that was uploaded with the Web API",
            ("url", "alternative_text?"),
            (
                *("name", "content_type", "size?", "width?", "height?", "thumbnail_url?"),
                "thumbnail2x_url?",
            ),
        ),
        EventType(
            "rich_message",
            "Cards, quick replies, a sticker or products",
            ("template_id", "elements?"),
        ),
        EventType(
            "form", "A form to fill in", ("form_id", "fields [{type, id, label}]"), ("form_type?",)
        ),
        EventType(
            "filled_form",
            "A form with its answers",
            ("form_id", "fields [{type, id, label, answer? or answers?}]"),
            ("form_type?",),
        ),
        EventType("custom", "Any JSON object, for programs", ("content?",)),
        EventType(
            "system_message",
            "What happened in the chat",
            ("system_message_type", "text?", "text_vars?"),
        ),
        EventType(
            "system",
            "What happened, for programs; it cannot be sent",
            (),
            ("source", "subtype", "version", "details"),
            can_be_sent=False,
        ),
    ),
    elements=(
        ("title?", "The title."),
        ("subtitle?", "The text below the title."),
        ("image?", "{url, name?, content_type?, size?, width?, height?, alternative_text?}."),
        ("buttons?", "Up to 13 buttons, each with the members below."),
        ("buttons.text", "The label."),
        ("buttons.postback_id", "The id that a press sends; equal ones are pressed together."),
        ("buttons.user_ids", "The users who pressed it; [] in requests."),
        ("buttons.type?", "webview, message, url or phone."),
        ("buttons.value?", "The message, URL or phone number; required with type."),
        ("buttons.webview_height?", "compact, full or tall; required for webview."),
        ("buttons.target?", "new or current window; of type url."),
        ("ecommerce?", "The product: {view_type, product_id, label?, options?, addons?}."),
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
        ("exists", "true: there is a value; false: there is none."),
        ("require_every_value", "All of the listed values must match, not any."),
        ("from, to", "The earliest and the latest time, both included."),
        ("first", "The criteria are about the first response only."),
        ("agents, groups", "Which agents or groups it is about: {values or exclude_values}."),
        ("all_values, any_values", "Matches if all of these took part, or any of them."),
    ),
    filter_note=(
        "A filter takes one of exists, values and exclude_values; require_every_value needs one of"
        " the lists. All filters must match."
    ),
    others={
        "chat": ("id", "users", "thread?", "properties?", "access?", "is_followed"),
        "thread": (
            *("id", "active", "user_ids", "created_at", "events?", "restricted_access?"),
            *("properties?", "access?", "tags?", "queue?", "previous_thread_id?"),
            *("next_thread_id?", "customer_visit?", "summary?"),
        ),
        "agent": (
            *("id", "type", "name", "email?", "avatar", "present", "events_seen_up_to?"),
            "visibility",
        ),
        "customer": (
            *("id", "type", "name?", "email?", "email_verified?", "avatar?", "phone_number?"),
            *("session_fields?", "visit?", "statistics?", "agent_last_event_created_at?"),
            *("customer_last_event_created_at?", "created_at?", "present?", "events_seen_up_to?"),
            *("followed?", "online?", "group_ids?", "state?", "chat_ids?", "tickets?", "carts?"),
            *("omnichannel?", "address?"),
        ),
        "access": ("group_ids",),
    },
)
