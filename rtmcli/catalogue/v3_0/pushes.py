"""The pushes of v3.0.

A push goes to everybody who takes part in its chat or follows it. The connection whose request
caused it gets its copy with that request's `request_id`.
"""

from rtmcli.catalogue.model import PushType

_CHAT_FIELDS = ("chat_id",)
_THREAD_FIELDS = ("chat_id", "thread_id")
_EVENT_FIELDS = ("chat_id", "thread_id", "event_id")
_VISIT_FIELDS = ("customer_id", "visit_id")
_ACCESS_FIELDS = ("resource", "id", "access")

PUSHES = (
    PushType(
        "incoming_chat_thread", ("chat",), "A chat or a thread began, or a chat was followed."
    ),
    PushType(
        "thread_closed",
        (*_THREAD_FIELDS, "user_id?"),
        "A thread was closed by a user, a ban or the router (which has no user_id).",
        is_key_change=True,
    ),
    PushType("access_granted", _ACCESS_FIELDS, "Access to a chat or customer was added."),
    PushType("access_revoked", _ACCESS_FIELDS, "Access to a chat or customer was taken away."),
    PushType("access_set", _ACCESS_FIELDS, "Access to a chat or customer was replaced."),
    PushType(
        "chat_transferred",
        ("chat_id", "requester_id?", "type", "ids", "thread_id?"),
        "A chat was transferred to groups or agents.",
        is_key_change=True,
    ),
    PushType(
        "chat_user_added",
        (*_THREAD_FIELDS, "user", "user_type"),
        "An agent or a customer joined a chat or was added.",
    ),
    PushType(
        "chat_user_removed",
        ("chat_id", "thread_id?", "user_id", "user_type"),
        "An agent left a chat, was removed or handed it over.",
    ),
    PushType(
        "incoming_event", (*_THREAD_FIELDS, "event"), "An event arrived, system messages too."
    ),
    PushType("event_updated", (*_THREAD_FIELDS, "event"), "The server changed an event."),
    PushType(
        "incoming_rich_message_postback",
        ("user_id", *_EVENT_FIELDS, "postback"),
        "Somebody pressed or released a button of a rich message.",
    ),
    PushType(
        "chat_properties_updated", (*_CHAT_FIELDS, "properties"), "Properties of a chat were set."
    ),
    PushType(
        "chat_properties_deleted",
        (*_CHAT_FIELDS, "properties"),
        "Properties of a chat were deleted.",
    ),
    PushType(
        "chat_thread_properties_updated",
        (*_THREAD_FIELDS, "properties"),
        "Properties of a thread were set.",
    ),
    PushType(
        "chat_thread_properties_deleted",
        (*_THREAD_FIELDS, "properties"),
        "Properties of a thread were deleted.",
    ),
    PushType(
        "event_properties_updated",
        (*_EVENT_FIELDS, "properties"),
        "Properties of an event were set.",
    ),
    PushType(
        "event_properties_deleted",
        (*_EVENT_FIELDS, "properties"),
        "Properties of an event were deleted.",
    ),
    PushType("chat_thread_tagged", (*_THREAD_FIELDS, "tag"), "A thread got a tag."),
    PushType("chat_thread_untagged", (*_THREAD_FIELDS, "tag"), "A thread lost a tag."),
    PushType(
        "customer_created", ("customer",), "A customer was created or came for the first time."
    ),
    # D12: flat here; other documents put the members inside `customer`.
    PushType(
        "customer_updated",
        ("id", "name?", "email?", "avatar?", "type", "present?", "banned?", "fields?"),
        "A customer's data changed.",
    ),
    PushType("customer_banned", ("customer_id", "ban"), "A customer was banned."),
    PushType(
        "customer_visit_started",
        (*_VISIT_FIELDS, "started_at", "ip", "user_agent", "geolocation"),
        "A customer came to the website.",
    ),
    PushType(
        "customer_page_updated",
        (*_VISIT_FIELDS, "opened_at", "url", "title", "referrer"),
        "A customer opened a page of the website.",
    ),
    PushType("customer_visit_ended", (*_VISIT_FIELDS, "ended_at"), "A customer left the website."),
    PushType("agent_updated", ("agent_id", "routing_status"), "An agent's routing status changed."),
    PushType(
        "agent_disconnected",
        ("reason", "data?"),
        "The server ends this session and is about to close the connection.",
    ),
    PushType(
        "last_seen_timestamp_updated",
        ("user_id", "chat_id", "timestamp"),
        "A user saw a chat.",
    ),
    PushType(
        "incoming_typing_indicator",
        (*_THREAD_FIELDS, "typing_indicator"),
        "Somebody is typing, or has stopped.",
    ),
    PushType(
        "incoming_sneak_peek",
        (*_THREAD_FIELDS, "sneak_peek"),
        "A customer is typing: the text so far.",
    ),
    PushType(
        "incoming_multicast",
        ("content", "author_id?", "type?"),
        "An agent or the system (which has no author_id) sent a multicast.",
    ),
)
