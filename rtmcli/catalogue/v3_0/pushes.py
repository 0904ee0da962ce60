"""The pushes of v3.0.

A chat's pushes are sent to its members and followers. The connection whose request caused a push
receives it with the `request_id` of that request.
"""

from rtmcli.catalogue.model import Audience, PushType

_CHAT_FIELDS = ("chat_id",)
_THREAD_FIELDS = ("chat_id", "thread_id")
_EVENT_FIELDS = ("chat_id", "thread_id", "event_id")
_VISIT_FIELDS = ("customer_id", "visit_id")
_ACCESS_FIELDS = ("resource", "id", "access")

PUSHES = (
    PushType(
        "incoming_chat_thread",
        ("chat",),
        "A chat or thread was started, or a chat was followed.",
        text=("chat.users.name",),
    ),
    PushType(
        "thread_closed",
        (*_THREAD_FIELDS, "user_id?"),
        "A thread was closed by a user, a ban or the router (without user_id).",
        is_key_change=True,
        text=("user_id",),
    ),
    PushType(
        "access_granted",
        _ACCESS_FIELDS,
        "Access to a chat or customer was granted.",
        text=("resource", "id", "access.group_ids"),
    ),
    PushType(
        "access_revoked",
        _ACCESS_FIELDS,
        "Access to a chat or customer was revoked.",
        text=("resource", "id", "access.group_ids"),
    ),
    PushType(
        "access_set",
        _ACCESS_FIELDS,
        "Access to a chat or customer was replaced.",
        text=("resource", "id", "access.group_ids"),
    ),
    PushType(
        "chat_transferred",
        ("chat_id", "requester_id?", "type", "ids", "thread_id?"),
        "A chat was transferred to groups or agents.",
        is_key_change=True,
        text=("requester_id", "type", "ids"),
    ),
    PushType(
        "chat_user_added",
        (*_THREAD_FIELDS, "user", "user_type"),
        "An agent or a customer joined a chat or was added to it.",
        text=("user.name", "user_type"),
    ),
    PushType(
        "chat_user_removed",
        ("chat_id", "thread_id?", "user_id", "user_type"),
        "An agent left a chat, was removed or transferred it.",
        text=("user_id", "user_type"),
    ),
    PushType(
        "incoming_event",
        (*_THREAD_FIELDS, "event"),
        "An event was sent, which may be a system message.",
        text=("event.author_id", "event.text", "event.name", "event.template_id"),
    ),
    PushType(
        "event_updated",
        (*_THREAD_FIELDS, "event"),
        "The server updated an event.",
        text=("event.author_id", "event.text", "event.name", "event.template_id"),
    ),
    PushType(
        "incoming_rich_message_postback",
        ("user_id", *_EVENT_FIELDS, "postback"),
        "A user pressed or released a button of a rich message.",
        text=("user_id", "postback.id", "postback.toggled"),
    ),
    PushType(
        "chat_properties_updated",
        (*_CHAT_FIELDS, "properties"),
        "Properties of a chat were set.",
        text=("properties",),
    ),
    PushType(
        "chat_properties_deleted",
        (*_CHAT_FIELDS, "properties"),
        "Properties of a chat were deleted.",
        text=("properties",),
    ),
    PushType(
        "chat_thread_properties_updated",
        (*_THREAD_FIELDS, "properties"),
        "Properties of a thread were set.",
        text=("properties",),
    ),
    PushType(
        "chat_thread_properties_deleted",
        (*_THREAD_FIELDS, "properties"),
        "Properties of a thread were deleted.",
        text=("properties",),
    ),
    PushType(
        "event_properties_updated",
        (*_EVENT_FIELDS, "properties"),
        "Properties of an event were set.",
        text=("event_id", "properties"),
    ),
    PushType(
        "event_properties_deleted",
        (*_EVENT_FIELDS, "properties"),
        "Properties of an event were deleted.",
        text=("event_id", "properties"),
    ),
    PushType(
        "chat_thread_tagged",
        (*_THREAD_FIELDS, "tag"),
        "A tag was added to a thread.",
        text=("tag",),
    ),
    PushType(
        "chat_thread_untagged",
        (*_THREAD_FIELDS, "tag"),
        "A tag was removed from a thread.",
        text=("tag",),
    ),
    PushType(
        "customer_created",
        ("customer",),
        "A customer was created or visited for the first time.",
        audience=(Audience.CUSTOMERS,),
        text=("customer.id", "customer.name", "customer.email"),
    ),
    # D12: in other documents these are members of an object `customer`.
    PushType(
        "customer_updated",
        ("id", "name?", "email?", "avatar?", "type", "present?", "banned?", "fields?"),
        "A customer's data changed.",
        audience=(Audience.CUSTOMERS,),
        text=("id", "name", "email"),
    ),
    PushType(
        "customer_banned",
        ("customer_id", "ban"),
        "A customer was banned.",
        audience=(Audience.CUSTOMERS,),
        text=("customer_id", "ban.days"),
    ),
    PushType(
        "customer_visit_started",
        (*_VISIT_FIELDS, "started_at", "ip", "user_agent", "geolocation"),
        "A customer started a visit to the website.",
        audience=(Audience.CUSTOMERS,),
        text=("customer_id", "geolocation.country", "geolocation.city"),
    ),
    PushType(
        "customer_page_updated",
        (*_VISIT_FIELDS, "opened_at", "url", "title", "referrer"),
        "A customer opened a page of the website.",
        audience=(Audience.CUSTOMERS,),
        text=("customer_id", "title", "url"),
    ),
    PushType(
        "customer_visit_ended",
        (*_VISIT_FIELDS, "ended_at"),
        "A customer ended a visit to the website.",
        audience=(Audience.CUSTOMERS,),
        text=("customer_id", "ended_at"),
    ),
    PushType(
        "agent_updated",
        ("agent_id", "routing_status"),
        "An agent's routing status changed.",
        audience=(Audience.AGENTS,),
        text=("agent_id", "routing_status"),
    ),
    PushType(
        "agent_disconnected",
        ("reason", "data?"),
        "The server ends the session and will close the connection.",
        audience=(Audience.CONNECTION,),
        text=("reason", "data.region"),
    ),
    PushType(
        "last_seen_timestamp_updated",
        ("user_id", "chat_id", "timestamp"),
        "A user viewed a chat.",
        text=("user_id", "timestamp"),
    ),
    PushType(
        "incoming_typing_indicator",
        (*_THREAD_FIELDS, "typing_indicator"),
        "A user is typing, or has stopped typing.",
        text=("typing_indicator.author_id", "typing_indicator.is_typing"),
    ),
    PushType(
        "incoming_sneak_peek",
        (*_THREAD_FIELDS, "sneak_peek"),
        "A customer is typing; the push contains the text so far.",
        text=("sneak_peek.author_id", "sneak_peek.text"),
    ),
    PushType(
        "incoming_multicast",
        ("content", "author_id?", "type?"),
        "An agent or the system (without author_id) sent a multicast.",
        audience=(Audience.RECIPIENTS,),
        text=("author_id", "type", "content"),
    ),
)
