"""Names of v3.0 that v3.6 spells differently, uses differently or no longer has."""

from rtmcli.catalogue.model import Renamed, Renames

_GONE = Renamed()
_CHAT_ID = {"chat_id": Renamed(("id",))}
_CUSTOMER_ID = {"customer_id": Renamed(("id",))}
_ORDER = {"order": Renamed(("sort_order",))}
_NEW_THREAD = {
    "chat.thread.tags": Renamed(note="call tag_thread"),
    "chat.is_followed": Renamed(note="call follow_chat"),
}
_PRESENCE_NOTE = "it has the opposite meaning"

_ACTIONS = {
    "activate_chat": Renamed(("resume_chat",)),
    "get_chats_summary": Renamed(("list_chats",)),
    "grant_access": Renamed(("transfer_chat",), "transfer the chat to the group"),
    "revoke_access": _GONE,
    "set_access": Renamed(("transfer_chat",), "transfer the chat to the group"),
    "update_agent": Renamed(("set_routing_status",)),
    "create_customer": _GONE,
    "get_customers": Renamed(
        ("get_customer", "subscribe_customers"),
        "get_customer returns one customer, subscribe_customers those on the website",
    ),
    "delete_chat_thread_properties": Renamed(("delete_thread_properties",)),
    "update_chat_thread_properties": Renamed(("update_thread_properties",)),
    "tag_chat_thread": Renamed(("tag_thread",)),
    "untag_chat_thread": Renamed(("untag_thread",)),
    "get_archives": Renamed(("list_archives",)),
    "get_chat_threads": Renamed(
        ("get_chat", "list_threads"), "get_chat returns one thread, list_threads several"
    ),
    "get_chat_threads_summary": Renamed(("list_threads",)),
    "close_thread": Renamed(("deactivate_chat",)),
    "update_last_seen_timestamp": Renamed(("mark_events_as_seen",)),
    "change_push_notifications": _GONE,
}

_PUSHES = {
    "incoming_chat_thread": Renamed(("incoming_chat",)),
    "thread_closed": Renamed(("chat_deactivated",)),
    "access_granted": Renamed(("chat_access_updated",)),
    "access_revoked": Renamed(("chat_access_updated",)),
    "access_set": Renamed(("chat_access_updated",)),
    "chat_user_added": Renamed(("user_added_to_chat",)),
    "chat_user_removed": Renamed(("user_removed_from_chat",)),
    "chat_thread_properties_updated": Renamed(("thread_properties_updated",)),
    "chat_thread_properties_deleted": Renamed(("thread_properties_deleted",)),
    "chat_thread_tagged": Renamed(("thread_tagged",)),
    "chat_thread_untagged": Renamed(("thread_untagged",)),
    "customer_created": Renamed(("incoming_customer",)),
    "customer_visit_started": Renamed(("incoming_customer",)),
    "customer_visit_ended": Renamed(("customer_left", "customer_transferred")),
    "agent_updated": Renamed(
        ("routing_status_set",), "agent_updated means a change of an agent's configuration"
    ),
    "last_seen_timestamp_updated": Renamed(("events_marked_as_seen",)),
}

_PARAMS = {
    "list_chats": {
        **_ORDER,
        "filters.include_active": Renamed(
            ("filters.active",), "false matches only inactive chats; leave it out to match all"
        ),
    },
    "list_threads": _ORDER,
    "get_chat": {"thread_ids": Renamed(("thread_id",), "it takes one thread")},
    "list_archives": {
        "filters.date_from": Renamed(("filters.from",), "it takes a time (RFC 3339)"),
        "filters.date_to": Renamed(("filters.to",), "it takes a time (RFC 3339)"),
        "filters.agent_ids": Renamed(("filters.agents.values",)),
        "pagination": Renamed(("page_id", "limit")),
        "pagination.page": Renamed(("page_id",), "it takes the id of a page"),
        "pagination.limit": Renamed(("limit",)),
    },
    "start_chat": _NEW_THREAD,
    "resume_chat": _NEW_THREAD,
    "deactivate_chat": {
        **_CHAT_ID,
        "require_requester_presence": Renamed(("ignore_requester_presence",), _PRESENCE_NOTE),
    },
    "follow_chat": _CHAT_ID,
    "unfollow_chat": _CHAT_ID,
    "transfer_chat": {**_CHAT_ID, "force": Renamed(("ignore_agents_availability",))},
    "send_event": {
        "event.recipients": Renamed(("event.visibility",)),
        "event.annotation_type": Renamed(note="events of the type annotation do not exist"),
        **dict.fromkeys(
            (
                "event.name",
                "event.content_type",
                "event.size",
                "event.width",
                "event.height",
                "event.thumbnail_url",
                "event.thumbnail2x_url",
            ),
            Renamed(note="the server sets it"),
        ),
        "attach_to_last_thread": Renamed(note="call resume_chat if no thread is active"),
        "require_active_thread": Renamed(note="a thread must always be active"),
    },
    "update_chat_properties": _CHAT_ID,
    "delete_chat_properties": _CHAT_ID,
    "update_customer": {**_CUSTOMER_ID, "fields": Renamed(("session_fields",), "[{name: value}]")},
    "ban_customer": _CUSTOMER_ID,
    "login": dict.fromkeys(
        (
            "push_notifications",
            "push_notifications.firebase_token",
            "push_notifications.platform",
        ),
        _GONE,
    ),
    "set_routing_status": {"routing_status": Renamed(("status",))},
    "mark_events_as_seen": {
        "timestamp": Renamed(("seen_up_to",), "it takes a time (RFC 3339)"),
    },
    "send_typing_indicator": {"recipients": Renamed(("visibility",))},
    "multicast": {
        "scopes": Renamed(("recipients",)),
        "scopes.agents": Renamed(("recipients.agents",)),
        "scopes.agents.all": Renamed(("recipients.agents.all",)),
        "scopes.agents.ids": Renamed(("recipients.agents.ids",)),
        "scopes.agents.groups": Renamed(("recipients.agents.groups",)),
        "scopes.customers": _GONE,
        "scopes.customers.ids": _GONE,
    },
}

RENAMES = (Renames("3.0", _ACTIONS, _PUSHES, _PARAMS),)
