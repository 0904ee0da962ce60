"""The pushes of v3.0.

A push goes to everybody who takes part in its chat or follows it. The connection whose request
caused it gets its copy with that request's `request_id`.
"""

from rtmcli.catalogue.model import Push

_CHAT = ("chat_id",)
_THREAD = ("chat_id", "thread_id")
_EVENT = ("chat_id", "thread_id", "event_id")
_VISIT = ("customer_id", "visit_id")
_ACCESS = ("resource", "id", "access")

PUSHES = (
    Push("incoming_chat_thread", ("chat",), "A chat or a thread began, or a chat was followed."),
    Push(
        "thread_closed",
        (*_THREAD, "user_id?"),
        "A thread was closed by a user, a ban or the router (which has no user_id).",
        key_change=True,
    ),
    Push("access_granted", _ACCESS, "Access to a chat or customer was added."),
    Push("access_revoked", _ACCESS, "Access to a chat or customer was taken away."),
    Push("access_set", _ACCESS, "Access to a chat or customer was replaced."),
    Push(
        "chat_transferred",
        ("chat_id", "requester_id?", "type", "ids", "thread_id?"),
        "A chat was transferred to groups or agents.",
        key_change=True,
    ),
    Push(
        "chat_user_added",
        (*_THREAD, "user", "user_type"),
        "An agent or a customer joined a chat or was added.",
    ),
    Push(
        "chat_user_removed",
        ("chat_id", "thread_id?", "user_id", "user_type"),
        "An agent left a chat, was removed or handed it over.",
    ),
    Push("incoming_event", (*_THREAD, "event"), "An event arrived, system messages too."),
    Push("event_updated", (*_THREAD, "event"), "The server changed an event."),
    Push(
        "incoming_rich_message_postback",
        ("user_id", *_EVENT, "postback"),
        "Somebody pressed or released a button of a rich message.",
    ),
    Push("chat_properties_updated", (*_CHAT, "properties"), "Properties of a chat were set."),
    Push("chat_properties_deleted", (*_CHAT, "properties"), "Properties of a chat were deleted."),
    Push(
        "chat_thread_properties_updated",
        (*_THREAD, "properties"),
        "Properties of a thread were set.",
    ),
    Push(
        "chat_thread_properties_deleted",
        (*_THREAD, "properties"),
        "Properties of a thread were deleted.",
    ),
    Push("event_properties_updated", (*_EVENT, "properties"), "Properties of an event were set."),
    Push(
        "event_properties_deleted",
        (*_EVENT, "properties"),
        "Properties of an event were deleted.",
    ),
    Push("chat_thread_tagged", (*_THREAD, "tag"), "A thread got a tag."),
    Push("chat_thread_untagged", (*_THREAD, "tag"), "A thread lost a tag."),
    Push("customer_created", ("customer",), "A customer was created or came for the first time."),
    # D12: flat here; other documents put the members inside `customer`.
    Push(
        "customer_updated",
        ("id", "name?", "email?", "avatar?", "type", "present?", "banned?", "fields?"),
        "A customer's data changed.",
    ),
    Push("customer_banned", ("customer_id", "ban"), "A customer was banned."),
    Push(
        "customer_visit_started",
        (*_VISIT, "started_at", "ip", "user_agent", "geolocation"),
        "A customer came to the website.",
    ),
    Push(
        "customer_page_updated",
        (*_VISIT, "opened_at", "url", "title", "referrer"),
        "A customer opened a page of the website.",
    ),
    Push("customer_visit_ended", (*_VISIT, "ended_at"), "A customer left the website."),
    Push("agent_updated", ("agent_id", "routing_status"), "An agent's routing status changed."),
    Push(
        "agent_disconnected",
        ("reason", "data?"),
        "The server ends this session and is about to close the connection.",
    ),
    Push(
        "last_seen_timestamp_updated",
        ("user_id", "chat_id", "timestamp"),
        "A user saw a chat.",
    ),
    Push(
        "incoming_typing_indicator",
        (*_THREAD, "typing_indicator"),
        "Somebody is typing, or has stopped.",
    ),
    Push(
        "incoming_sneak_peek",
        (*_THREAD, "sneak_peek"),
        "A customer is typing: the text so far.",
    ),
    Push(
        "incoming_multicast",
        ("content", "author_id?", "type?"),
        "An agent or the system (which has no author_id) sent a multicast.",
    ),
)
