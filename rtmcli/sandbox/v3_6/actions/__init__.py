"""Action handlers: a function per method, in modules named after the reference's chapters.

A handler gets a `RequestContext` and a payload that `PayloadValidator` has accepted. It validates
the rest, changes the state and returns the response payload and what happened; or it raises
`DomainError` and changes nothing. It refuses in this order: unknown IDs, chats out of reach,
absence, inactive chats, then everything else.
"""

from rtmcli.sandbox.dialect import ActionHandler
from rtmcli.sandbox.v3_6.actions import (
    archives,
    chat_users,
    chats,
    customers,
    events,
    lists,
    other,
    properties,
    status,
)

HANDLERS: dict[str, ActionHandler] = {
    action.__name__: action
    for action in (
        lists.list_chats,
        lists.list_threads,
        lists.get_chat,
        archives.list_archives,
        chats.start_chat,
        chats.resume_chat,
        chats.deactivate_chat,
        chats.follow_chat,
        chats.unfollow_chat,
        chats.transfer_chat,
        chat_users.add_user_to_chat,
        chat_users.remove_user_from_chat,
        events.send_event_preview,
        events.send_event,
        events.send_rich_message_postback,
        properties.update_chat_properties,
        properties.delete_chat_properties,
        properties.update_thread_properties,
        properties.delete_thread_properties,
        properties.update_event_properties,
        properties.delete_event_properties,
        properties.tag_thread,
        properties.untag_thread,
        customers.get_customer,
        customers.update_customer,
        customers.ban_customer,
        customers.subscribe_customers,
        customers.unsubscribe_customers,
        status.set_away_status,
        status.set_routing_status,
        status.logout,
        status.list_routing_statuses,
        status.update_session,
        other.mark_events_as_seen,
        other.send_thinking_indicator,
        other.send_typing_indicator,
        other.multicast,
        other.list_agents_for_transfer,
        other.request_thread_summary,
    )
}
