"""The pushes of v3.0.

A chat's pushes are sent to its members and followers. The connection whose request caused a push
receives it with the `request_id` of that request.
"""

from rtmcli.catalogue.model import PushType

_CHAT_FIELDS = ("chat_id",)
_THREAD_FIELDS = ("chat_id", "thread_id")
_EVENT_FIELDS = ("chat_id", "thread_id", "event_id")
_VISIT_FIELDS = ("customer_id", "visit_id")
_ACCESS_FIELDS = ("resource", "id", "access")

PUSHES = (
    PushType(
        "incoming_chat_thread", ("chat",), "A chat or thread was started, or a chat was followed."
    ),
    PushType(
        "thread_closed",
        (*_THREAD_FIELDS, "user_id?"),
        "A thread was closed by a user, a ban or the router (without user_id).",
        is_key_change=True,
    ),
    PushType("access_granted", _ACCESS_FIELDS, "Access to a chat or customer was granted."),
    PushType("access_revoked", _ACCESS_FIELDS, "Access to a chat or customer was revoked."),
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
        "An agent or a customer joined a chat or was added to it.",
    ),
    PushType(
        "chat_user_removed",
        ("chat_id", "thread_id?", "user_id", "user_type"),
        "An agent left a chat, was removed or transferred it.",
    ),
    PushType(
        "incoming_event",
        (*_THREAD_FIELDS, "event"),
        "An event was sent, which may be a system message.",
    ),
    PushType("event_updated", (*_THREAD_FIELDS, "event"), "The server updated an event."),
    PushType(
        "incoming_rich_message_postback",
        ("user_id", *_EVENT_FIELDS, "postback"),
        "A user pressed or released a button of a rich message.",
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
    PushType("chat_thread_tagged", (*_THREAD_FIELDS, "tag"), "A tag was added to a thread."),
    PushType("chat_thread_untagged", (*_THREAD_FIELDS, "tag"), "A tag was removed from a thread."),
    PushType(
        "customer_created", ("customer",), "A customer was created or visited for the first time."
    ),
    # D12: in other documents these are members of an object `customer`.
    PushType(
        "customer_updated",
        ("id", "name?", "email?", "avatar?", "type", "present?", "banned?", "fields?"),
        "A customer's data changed.",
    ),
    PushType("customer_banned", ("customer_id", "ban"), "A customer was banned."),
    PushType(
        "customer_visit_started",
        (*_VISIT_FIELDS, "started_at", "ip", "user_agent", "geolocation"),
        "A customer started a visit to the website.",
    ),
    PushType(
        "customer_page_updated",
        (*_VISIT_FIELDS, "opened_at", "url", "title", "referrer"),
        "A customer opened a page of the website.",
    ),
    PushType(
        "customer_visit_ended",
        (*_VISIT_FIELDS, "ended_at"),
        "A customer ended a visit to the website.",
    ),
    PushType("agent_updated", ("agent_id", "routing_status"), "An agent's routing status changed."),
    PushType(
        "agent_disconnected",
        ("reason", "data?"),
        "The server ends the session and will close the connection.",
    ),
    PushType(
        "last_seen_timestamp_updated",
        ("user_id", "chat_id", "timestamp"),
        "A user viewed a chat.",
    ),
    PushType(
        "incoming_typing_indicator",
        (*_THREAD_FIELDS, "typing_indicator"),
        "A user is typing, or has stopped typing.",
    ),
    PushType(
        "incoming_sneak_peek",
        (*_THREAD_FIELDS, "sneak_peek"),
        "A customer is typing; the push contains the text so far.",
    ),
    PushType(
        "incoming_multicast",
        ("content", "author_id?", "type?"),
        "An agent or the system (without author_id) sent a multicast.",
    ),
)
