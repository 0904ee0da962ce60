"""Names of v3.6 that v3.0 spells differently, uses differently or does not have yet."""

from rtmcli.catalogue.model import Renamed, Renames

_ABSENT = Renamed()
_CHAT_ID = {"id": Renamed(("chat_id",))}
_CUSTOMER_ID = {"id": Renamed(("customer_id",))}
_ORDER = {"sort_order": Renamed(("order",))}
_NO_PRESENCE = Renamed(note="members and other agents may call the method")

_ACTIONS = {
    "list_chats": Renamed(("get_chats_summary",)),
    "list_threads": Renamed(("get_chat_threads_summary",)),
    "get_chat": Renamed(("get_chat_threads",)),
    "list_archives": Renamed(("get_archives",)),
    "resume_chat": Renamed(("activate_chat",)),
    "deactivate_chat": Renamed(("close_thread",)),
    "send_event_preview": _ABSENT,
    "update_thread_properties": Renamed(("update_chat_thread_properties",)),
    "delete_thread_properties": Renamed(("delete_chat_thread_properties",)),
    "tag_thread": Renamed(("tag_chat_thread",)),
    "untag_thread": Renamed(("untag_chat_thread",)),
    "get_customer": Renamed(("get_customers",), "filter by customer_id"),
    "subscribe_customers": Renamed(note="all pushes about customers are sent without it"),
    "unsubscribe_customers": _ABSENT,
    "set_routing_status": Renamed(("update_agent",)),
    "list_routing_statuses": _ABSENT,
    "update_session": Renamed(note="log in again with the new token"),
    "mark_events_as_seen": Renamed(("update_last_seen_timestamp",)),
    "send_thinking_indicator": _ABSENT,
    "list_agents_for_transfer": _ABSENT,
    "request_thread_summary": _ABSENT,
}

_PUSHES = {
    "incoming_chat": Renamed(("incoming_chat_thread",)),
    "chat_deactivated": Renamed(("thread_closed",)),
    "chat_access_updated": Renamed(("access_granted", "access_revoked", "access_set")),
    "user_added_to_chat": Renamed(("chat_user_added",)),
    "user_removed_from_chat": Renamed(("chat_user_removed",)),
    "thread_properties_updated": Renamed(("chat_thread_properties_updated",)),
    "thread_properties_deleted": Renamed(("chat_thread_properties_deleted",)),
    "thread_tagged": Renamed(("chat_thread_tagged",)),
    "thread_untagged": Renamed(("chat_thread_untagged",)),
    "incoming_customer": Renamed(("customer_created", "customer_visit_started")),
    "customer_left": Renamed(("customer_visit_ended",)),
    "customer_transferred": Renamed(("customer_visit_ended",)),
    "routing_status_set": Renamed(("agent_updated",)),
    "agent_updated": Renamed(note="agent_updated means a change of the routing status"),
    "events_marked_as_seen": Renamed(("last_seen_timestamp_updated",)),
    **dict.fromkeys(
        (
            "chat_deleted",
            "thread_deleted",
            "threads_deleted",
            "event_deleted",
            "incoming_customers",
            "customer_statistics_updated",
            "subscribed_customers_totals_updated",
            "ticket_created",
            "ticket_deleted",
            "agent_created",
            "agent_approved",
            "agent_suspended",
            "agent_unsuspended",
            "agent_deleted",
            "auto_accesses_updated",
            "bot_created",
            "bot_updated",
            "bot_deleted",
            "group_created",
            "group_deleted",
            "group_updated",
            "tag_created",
            "tag_deleted",
            "tag_updated",
            "groups_status_updated",
            "license_properties_updated",
            "group_properties_updated",
            "incoming_thinking_indicator",
            "chat_unfollowed",
            "queue_positions_updated",
            "thread_summary_set",
            "incoming_error",
        ),
        _ABSENT,
    ),
}

_PARAMS = {
    "get_chats_summary": {**_ORDER, "filters.active": Renamed(("filters.include_active",))},
    "get_chat_threads_summary": _ORDER,
    "get_chat_threads": {"thread_id": Renamed(("thread_ids",), "it takes an array")},
    "get_archives": {
        "filters.from": Renamed(("filters.date_from",), "it takes a day (YYYY-MM-DD)"),
        "filters.to": Renamed(("filters.date_to",), "it takes a day (YYYY-MM-DD)"),
        "filters.agents.values": Renamed(("filters.agent_ids",)),
        "page_id": Renamed(("pagination.page",), "it takes a number"),
        "limit": Renamed(("pagination.limit",)),
    },
    "close_thread": {
        **_CHAT_ID,
        "ignore_requester_presence": Renamed(
            ("require_requester_presence",), "it has the opposite meaning"
        ),
    },
    "follow_chat": _CHAT_ID,
    "unfollow_chat": _CHAT_ID,
    "transfer_chat": {
        **_CHAT_ID,
        "ignore_agents_availability": Renamed(("force",)),
        "ignore_requester_presence": _NO_PRESENCE,
    },
    "add_user_to_chat": {"visibility": _ABSENT, "ignore_requester_presence": _NO_PRESENCE},
    "remove_user_from_chat": {"ignore_requester_presence": _NO_PRESENCE},
    "send_event": {"event.visibility": Renamed(("event.recipients",))},
    "update_chat_properties": _CHAT_ID,
    "delete_chat_properties": _CHAT_ID,
    "update_customer": {
        **_CUSTOMER_ID,
        "session_fields": Renamed(("fields",), "{name: value}"),
    },
    "ban_customer": _CUSTOMER_ID,
    "update_agent": {"status": Renamed(("routing_status",))},
    "update_last_seen_timestamp": {
        "seen_up_to": Renamed(("timestamp",), "it takes seconds since 1970"),
    },
    "send_typing_indicator": {"visibility": Renamed(("recipients",))},
    "multicast": {
        "recipients": Renamed(("scopes",)),
        "recipients.agents": Renamed(("scopes.agents",)),
        "recipients.agents.all": Renamed(("scopes.agents.all",)),
        "recipients.agents.ids": Renamed(("scopes.agents.ids",)),
        "recipients.agents.groups": Renamed(("scopes.agents.groups",)),
    },
}

RENAMES = (Renames("3.6", _ACTIONS, _PUSHES, _PARAMS),)
