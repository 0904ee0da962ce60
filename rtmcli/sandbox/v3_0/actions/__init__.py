"""Action handlers: a function per method, in modules named after the reference's chapters.

A handler gets a `RequestContext` and a payload that `PayloadValidator` has accepted. It validates
the rest, changes the state and returns the response payload and what happened; or it raises
`DomainError` and changes nothing.
"""

from rtmcli.sandbox.dialect import ActionHandler
from rtmcli.sandbox.v3_0.actions import (
    chat_access,
    chat_users,
    chats,
    customers,
    events,
    other,
    properties,
    session,
    thread_tags,
)

HANDLERS: dict[str, ActionHandler] = {
    action.__name__: action
    for action in (
        chats.activate_chat,
        chats.follow_chat,
        chats.get_chats_summary,
        chats.start_chat,
        chats.transfer_chat,
        chats.unfollow_chat,
        chat_access.grant_access,
        chat_access.revoke_access,
        chat_access.set_access,
        chat_users.add_user_to_chat,
        chat_users.update_agent,
        chat_users.remove_user_from_chat,
        chat_users.set_away_status,
        customers.ban_customer,
        customers.create_customer,
        customers.get_customers,
        customers.update_customer,
        events.send_event,
        session.logout,
        properties.delete_chat_properties,
        properties.delete_chat_thread_properties,
        properties.delete_event_properties,
        properties.update_chat_thread_properties,
        properties.update_chat_properties,
        properties.update_event_properties,
        thread_tags.tag_chat_thread,
        thread_tags.untag_chat_thread,
        other.get_archives,
        other.get_chat_threads,
        other.get_chat_threads_summary,
        other.close_thread,
        other.multicast,
        other.update_last_seen_timestamp,
        other.send_typing_indicator,
        other.send_rich_message_postback,
        other.change_push_notifications,
    )
}
