"""The pushes of v3.6.

Of a chat, members and followers receive all pushes, other agents with access only key changes.
The connection whose request caused a push receives it with the `request_id` of that request.
"""

from rtmcli.catalogue.model import Audience, ParamType, PushType

_CHAT_FIELDS = ("chat_id",)
_THREAD_FIELDS = ("chat_id", "thread_id")
_EVENT_FIELDS = ("chat_id", "thread_id", "event_id")
_EVENT_TEXT = ("event.author_id", "event.text", "event.name", "event.template_id")
_AGENT_FIELDS = (
    "id",
    "name",
    "role",
    "awaiting_approval",
    "groups",
    "notifications",
    "email_subscriptions",
    "work_scheduler",
    "login_status?",
    "job_title?",
    "mobile?",
    "max_chats_count?",
)
_BOT_FIELDS = (
    "id",
    "name",
    "default_group_priority",
    "groups",
    "owner_client_id",
    "avatar?",
    "max_chats_count?",
    "job_title?",
    "type?",
    "work_scheduler?",
)
_GROUP_FIELDS = ("id", "name", "language_code", "agent_priorities")

_CUSTOMERS = (Audience.CUSTOMERS,)
_AGENTS = (Audience.AGENTS,)
_BOTS = (Audience.BOTS,)
_LICENSE = (Audience.LICENSE,)
_CONNECTION = (Audience.CONNECTION,)
_REQUESTER = (Audience.REQUESTER,)


def _changed(fields: tuple[str, ...]) -> tuple[str, ...]:
    """Return the members of a push that contains the id and what changed."""
    return (fields[0], *(f"{field.removesuffix('?')}?" for field in fields[1:]))


_CHATS = (
    # Only transfers and closed threads are documented as key changes; new chats and changes of
    # access are as important.
    PushType(
        "incoming_chat",
        ("requester_id?", "chat", "transferred_from?"),
        "A chat or thread was started, or a chat was followed or transferred to the agent.",
        text=("chat.users.name", "chat.thread.events.text"),
        is_key_change=True,
    ),
    PushType(
        "chat_deactivated",
        (*_THREAD_FIELDS, "user_id?"),
        "A thread was closed by a user, a ban or the router (without user_id).",
        text=("user_id",),
        is_key_change=True,
    ),
    PushType("chat_deleted", _CHAT_FIELDS, "A chat was deleted."),
    PushType("thread_deleted", _THREAD_FIELDS, "A thread was deleted.", text=("thread_id",)),
    PushType(
        "threads_deleted",
        ("date_from?", "date_to?", "tag?"),
        "All threads of a range of dates, or with a tag, were deleted.",
        text=("date_from", "date_to", "tag"),
    ),
)

_CHAT_ACCESS = (
    PushType(
        "chat_access_updated",
        ("id", "access"),
        "The groups with access to a chat changed.",
        text=("access.group_ids",),
        is_key_change=True,
    ),
    PushType(
        "chat_transferred",
        ("chat_id", "thread_id?", "requester_id?", "reason", "transferred_to", "queue?"),
        "A chat was transferred to groups or agents, or was queued.",
        text=(
            "requester_id",
            "reason",
            "transferred_to.agent_ids",
            "transferred_to.group_ids",
            "queue.position",
        ),
        is_key_change=True,
    ),
)

_CHAT_USERS = (
    PushType(
        "user_added_to_chat",
        # D13: no user_type, although a page on webhooks lists it.
        ("chat_id", "thread_id?", "user", "reason", "requester_id?"),
        "An agent or a customer joined a chat or was added to it.",
        text=("user.name", "reason", "requester_id"),
    ),
    PushType(
        "user_removed_from_chat",
        ("chat_id", "thread_id?", "user_id", "reason", "requester_id?"),
        "An agent or a customer left a chat or was removed from it.",
        text=("user_id", "reason", "requester_id"),
    ),
)

_EVENTS = (
    # D19: system messages have other types than the documented ones.
    # B23: `deleted` and other optional members are not listed for every type of event.
    # C22: the details of a system event are JSON in a string, of several forms.
    PushType(
        "incoming_event",
        (*_THREAD_FIELDS, "event"),
        "An event was sent, which may be a system message or a system event.",
        text=_EVENT_TEXT,
    ),
    # C12: a deleted event may lack its visibility.
    PushType("event_deleted", _EVENT_FIELDS, "An event was deleted.", text=("event_id",)),
    PushType(
        "event_updated",
        (*_THREAD_FIELDS, "event"),
        "The server updated an event.",
        text=_EVENT_TEXT,
    ),
    PushType(
        "incoming_rich_message_postback",
        ("user_id", *_EVENT_FIELDS, "postback"),
        "A user pressed or released a button of a rich message.",
        text=("user_id", "postback.id", "postback.toggled"),
    ),
)

_PROPERTIES = (
    PushType(
        "chat_properties_updated",
        (*_CHAT_FIELDS, "properties"),
        "Properties of a chat were set.",
        text=("properties",),
    ),
    # C2: the samples of the three pushes about deleted properties have a surplus brace.
    PushType(
        "chat_properties_deleted",
        (*_CHAT_FIELDS, "properties"),
        "Properties of a chat were deleted.",
        text=("properties",),
    ),
    PushType(
        "thread_properties_updated",
        (*_THREAD_FIELDS, "properties"),
        "Properties of a thread were set.",
        text=("properties",),
    ),
    PushType(
        "thread_properties_deleted",
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
)

_THREAD_TAGS = (
    PushType(
        "thread_tagged", (*_THREAD_FIELDS, "tag"), "A tag was added to a thread.", text=("tag",)
    ),
    PushType(
        "thread_untagged",
        (*_THREAD_FIELDS, "tag"),
        "A tag was removed from a thread.",
        text=("tag",),
    ),
)

_CUSTOMER_PUSHES = (
    PushType(
        "incoming_customers",
        ("customer_monitoring_level", "customers"),
        "After the login: the customers that the agent can see.",
        audience=_CONNECTION,
        text=("customer_monitoring_level", "customers.name"),
    ),
    # The payload is a customer.
    PushType(
        "incoming_customer",
        (
            "id",
            "type",
            "name?",
            "email?",
            "avatar?",
            "phone_number?",
            "email_verified?",
            "session_fields?",
            "visit?",
            "statistics?",
            "agent_last_event_created_at?",
            "customer_last_event_created_at?",
            "created_at?",
            "present?",
            "events_seen_up_to?",
            "followed?",
            "online?",
            "group_ids?",
            "state?",
            "omnichannel?",
            "address?",
            "carts?",
        ),
        "A customer entered the website, or became visible to the agent.",
        audience=_CUSTOMERS,
        text=("id", "name", "email"),
    ),
    # C17: a customer has `carts`, this push a single `cart`.
    PushType(
        "customer_updated",
        (
            "id",
            "type?",
            "name?",
            "email?",
            "avatar?",
            "phone_number?",
            "session_fields?",
            "omnichannel?",
            "address?",
            "cart?",
        ),
        "A customer's data changed; the push contains only what changed.",
        audience=_CUSTOMERS,
        text=("id", "name", "email"),
    ),
    PushType(
        "customer_page_updated",
        ("customer_id", "visit_id", "opened_at", "url", "title"),
        "A customer opened a page of the website.",
        audience=_CUSTOMERS,
        text=("customer_id", "title", "url"),
    ),
    PushType(
        "customer_statistics_updated",
        ("customer_id", "statistics"),
        "Counters of a customer changed.",
        audience=_CUSTOMERS,
        text=("customer_id", "statistics"),
    ),
    PushType(
        "customer_banned",
        ("customer_id", "ban"),
        "A customer was banned.",
        audience=_CUSTOMERS,
        text=("customer_id", "ban.days"),
    ),
    PushType(
        "customer_transferred",
        ("id", "transferred_to", "followed"),
        "A customer is no longer visible to the agent.",
        audience=_CUSTOMERS,
        text=("id", "transferred_to.group_ids"),
    ),
    PushType(
        "customer_left",
        ("id", "left_at"),
        "A customer left the website.",
        audience=_CUSTOMERS,
        text=("id", "left_at"),
    ),
    # The payload maps ids of subscriptions to numbers of customers.
    PushType(
        "subscribed_customers_totals_updated",
        (),
        "More customers match a subscription than its limit; sent periodically.",
        audience=_CONNECTION,
        payload_type=ParamType.INTEGER_MAP,
    ),
    PushType(
        "ticket_created",
        ("customer_id", "ticket_id", "silo", "created_at"),
        "A ticket of a customer was created.",
        audience=_CUSTOMERS,
        text=("customer_id", "ticket_id", "silo"),
    ),
    PushType(
        "ticket_deleted",
        ("customer_id", "ticket_id"),
        "A ticket of a customer was deleted.",
        audience=_CUSTOMERS,
        text=("customer_id", "ticket_id"),
    ),
)

_STATUS = (
    PushType(
        "routing_status_set",
        ("agent_id", "status"),
        "The routing status of an agent or a bot changed.",
        audience=(Audience.AGENTS, Audience.BOTS),
        text=("agent_id", "status"),
    ),
    PushType(
        "agent_disconnected",
        ("reason", "data?"),
        "The server ends the session and will close the connection.",
        audience=_CONNECTION,
        text=("reason", "data.region"),
    ),
)

_CONFIGURATION = (
    # A6: the reference links the agent of a chat, but the sample is the configured agent.
    PushType(
        "agent_created",
        _AGENT_FIELDS,
        "An agent's account was created.",
        audience=_AGENTS,
        text=("id", "name", "role"),
    ),
    PushType(
        "agent_approved",
        ("id",),
        "An agent's account was approved.",
        audience=_AGENTS,
        text=("id",),
    ),
    # Its name meant a change of the routing status in v3.0.
    PushType(
        "agent_updated",
        _changed(_AGENT_FIELDS),
        "An agent's configuration changed; the push contains only what changed.",
        audience=_AGENTS,
        text=("id", "name", "role", "job_title"),
    ),
    PushType(
        "agent_suspended",
        ("id",),
        "An agent's account was suspended.",
        audience=_AGENTS,
        text=("id",),
    ),
    PushType(
        "agent_unsuspended",
        ("id",),
        "An agent's account is no longer suspended.",
        audience=_AGENTS,
        text=("id",),
    ),
    PushType(
        "agent_deleted",
        ("id",),
        "An agent's account was deleted.",
        audience=_AGENTS,
        text=("id",),
    ),
    # D9: v3.4 had three pushes instead.
    PushType(
        "auto_accesses_updated",
        ("id", "next_id?", "status", "description?", "access?", "conditions?"),
        "Rules of automatic access were added, updated or deleted.",
        audience=_LICENSE,
        text=("id", "status", "description"),
        payload_type=ParamType.OBJECTS,
    ),
    PushType("bot_created", _BOT_FIELDS, "A bot was created.", audience=_BOTS, text=("id", "name")),
    PushType(
        "bot_updated",
        _changed(_BOT_FIELDS),
        "A bot's configuration changed; the push contains only what changed.",
        audience=_BOTS,
        text=("id", "name"),
    ),
    PushType("bot_deleted", ("id",), "A bot was deleted.", audience=_BOTS, text=("id",)),
    PushType(
        "group_created",
        _GROUP_FIELDS,
        "A group was created.",
        audience=_LICENSE,
        text=("id", "name"),
    ),
    PushType("group_deleted", ("id",), "A group was deleted.", audience=_LICENSE, text=("id",)),
    PushType(
        "group_updated",
        _changed(_GROUP_FIELDS),
        "A group changed; the push contains only what changed.",
        audience=_LICENSE,
        text=("id", "name"),
    ),
    PushType(
        "tag_created",
        ("name", "group_ids", "created_at", "author_id"),
        "A tag was created.",
        audience=_LICENSE,
        text=("name", "group_ids", "author_id"),
    ),
    PushType("tag_deleted", ("name",), "A tag was deleted.", audience=_LICENSE, text=("name",)),
    PushType(
        "tag_updated",
        ("name", "group_ids"),
        "A tag's groups changed.",
        audience=_LICENSE,
        text=("name", "group_ids"),
    ),
    PushType(
        "groups_status_updated",
        ("groups",),
        "The routing status of groups changed.",
        audience=(Audience.GROUP,),
        text=("groups.id", "groups.status"),
    ),
    PushType(
        "license_properties_updated",
        ("properties",),
        "Properties of the license were set.",
        audience=_LICENSE,
        text=("properties",),
    ),
    PushType(
        "group_properties_updated",
        ("group_id", "properties"),
        "Properties of a group were set.",
        audience=_LICENSE,
        text=("group_id", "properties"),
    ),
)

_OTHER = (
    PushType(
        "incoming_thinking_indicator",
        (*_THREAD_FIELDS, "author_id", "sent_at", "title?", "description?", "custom_id?"),
        "An agent or a bot is working on a reply.",
        text=("author_id", "title", "description"),
    ),
    PushType(
        "incoming_typing_indicator",
        (*_THREAD_FIELDS, "typing_indicator"),
        "An agent or a bot is typing, or has stopped typing.",
        text=("typing_indicator.author_id", "typing_indicator.is_typing"),
    ),
    PushType(
        "incoming_sneak_peek",
        (*_THREAD_FIELDS, "sneak_peek"),
        "A customer is typing; the push contains the text so far.",
        text=("sneak_peek.author_id", "sneak_peek.text"),
    ),
    PushType(
        "events_marked_as_seen",
        ("user_id", "chat_id", "seen_up_to"),
        "A user has seen the events of a chat up to a time.",
        text=("user_id", "seen_up_to"),
    ),
    PushType(
        "incoming_multicast",
        ("content", "author_id?", "type?"),
        "An agent or the system (without author_id) sent a multicast.",
        audience=(Audience.RECIPIENTS,),
        text=("author_id", "type", "content"),
    ),
    PushType(
        "chat_unfollowed",
        _CHAT_FIELDS,
        "The agent stopped following a chat.",
        audience=_REQUESTER,
    ),
    PushType(
        "queue_positions_updated",
        (*_THREAD_FIELDS, "queue"),
        "The positions of queued chats changed.",
        text=("queue.position", "queue.wait_time"),
        payload_type=ParamType.OBJECTS,
    ),
    PushType(
        "thread_summary_set",
        (*_THREAD_FIELDS, "summary"),
        "A generated summary of a thread was stored.",
        text=("summary.status", "summary.text"),
    ),
    # C21: the sample's action is not a method, and it has no text.
    PushType(
        "incoming_error",
        ("action", "chat_id?", "thread_id?"),
        "A job that a request started has failed.",
        audience=_REQUESTER,
        text=("action", "thread_id"),
    ),
)

PUSHES = (
    *_CHATS,
    *_CHAT_ACCESS,
    *_CHAT_USERS,
    *_EVENTS,
    *_PROPERTIES,
    *_THREAD_TAGS,
    *_CUSTOMER_PUSHES,
    *_STATUS,
    *_CONFIGURATION,
    *_OTHER,
)
