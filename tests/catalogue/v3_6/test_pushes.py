"""Test the list of pushes against tables typed from the documentation."""

from rtmcli.catalogue.model import Audience, ParamType
from rtmcli.catalogue.v3_6.pushes import PUSHES

PAYLOAD_FIELDS = {
    "incoming_chat": "requester_id? chat transferred_from?",
    "chat_deactivated": "chat_id thread_id user_id?",
    "chat_deleted": "chat_id",
    "thread_deleted": "chat_id thread_id",
    "threads_deleted": "date_from? date_to? tag?",
    "chat_access_updated": "id access",
    "chat_transferred": "chat_id thread_id? requester_id? reason transferred_to queue?",
    "user_added_to_chat": "chat_id thread_id? user reason requester_id?",
    "user_removed_from_chat": "chat_id thread_id? user_id reason requester_id?",
    "incoming_event": "chat_id thread_id event",
    "event_deleted": "chat_id thread_id event_id",
    "event_updated": "chat_id thread_id event",
    "incoming_rich_message_postback": "user_id chat_id thread_id event_id postback",
    "chat_properties_updated": "chat_id properties",
    "chat_properties_deleted": "chat_id properties",
    "thread_properties_updated": "chat_id thread_id properties",
    "thread_properties_deleted": "chat_id thread_id properties",
    "event_properties_updated": "chat_id thread_id event_id properties",
    "event_properties_deleted": "chat_id thread_id event_id properties",
    "thread_tagged": "chat_id thread_id tag",
    "thread_untagged": "chat_id thread_id tag",
    "incoming_customers": "customer_monitoring_level customers",
    "incoming_customer": (
        "id type name? email? avatar? phone_number? email_verified? session_fields? visit?"
        " statistics? agent_last_event_created_at? customer_last_event_created_at? created_at?"
        " present? events_seen_up_to? followed? online? group_ids? state? omnichannel?"
        " address? carts?"
    ),
    "customer_updated": (
        "id type? name? email? avatar? phone_number? session_fields? omnichannel? address? cart?"
    ),
    "customer_page_updated": "customer_id visit_id opened_at url title",
    "customer_statistics_updated": "customer_id statistics",
    "customer_banned": "customer_id ban",
    "customer_transferred": "id transferred_to followed",
    "customer_left": "id left_at",
    "subscribed_customers_totals_updated": "",
    "ticket_created": "customer_id ticket_id silo created_at",
    "ticket_deleted": "customer_id ticket_id",
    "routing_status_set": "agent_id status",
    "agent_disconnected": "reason data?",
    "agent_created": (
        "id name role awaiting_approval groups notifications email_subscriptions"
        " work_scheduler login_status? job_title? mobile? max_chats_count?"
    ),
    "agent_approved": "id",
    "agent_updated": (
        "id name? role? awaiting_approval? groups? notifications? email_subscriptions?"
        " work_scheduler? login_status? job_title? mobile? max_chats_count?"
    ),
    "agent_suspended": "id",
    "agent_unsuspended": "id",
    "agent_deleted": "id",
    "auto_accesses_updated": "id next_id? status description? access? conditions?",
    "bot_created": (
        "id name default_group_priority groups owner_client_id avatar? max_chats_count?"
        " job_title? type? work_scheduler?"
    ),
    "bot_updated": (
        "id name? default_group_priority? groups? owner_client_id? avatar? max_chats_count?"
        " job_title? type? work_scheduler?"
    ),
    "bot_deleted": "id",
    "group_created": "id name language_code agent_priorities",
    "group_deleted": "id",
    "group_updated": "id name? language_code? agent_priorities?",
    "tag_created": "name group_ids created_at author_id",
    "tag_deleted": "name",
    "tag_updated": "name group_ids",
    "groups_status_updated": "groups",
    "license_properties_updated": "properties",
    "group_properties_updated": "group_id properties",
    "incoming_thinking_indicator": (
        "chat_id thread_id author_id sent_at title? description? custom_id?"
    ),
    "incoming_typing_indicator": "chat_id thread_id typing_indicator",
    "incoming_sneak_peek": "chat_id thread_id sneak_peek",
    "events_marked_as_seen": "user_id chat_id seen_up_to",
    "incoming_multicast": "content author_id? type?",
    "chat_unfollowed": "chat_id",
    "queue_positions_updated": "chat_id thread_id queue",
    "thread_summary_set": "chat_id thread_id summary",
    "incoming_error": "action chat_id? thread_id?",
}
AUDIENCES = {
    (Audience.CONNECTION,): (
        "incoming_customers subscribed_customers_totals_updated agent_disconnected"
    ),
    (Audience.CUSTOMERS,): (
        "incoming_customer customer_updated customer_page_updated customer_statistics_updated"
        " customer_banned customer_transferred customer_left ticket_created ticket_deleted"
    ),
    (Audience.AGENTS, Audience.BOTS): ("routing_status_set"),
    (Audience.AGENTS,): (
        "agent_created agent_approved agent_updated agent_suspended agent_unsuspended agent_deleted"
    ),
    (Audience.LICENSE,): (
        "auto_accesses_updated group_created group_deleted group_updated tag_created"
        " tag_deleted tag_updated license_properties_updated group_properties_updated"
    ),
    (Audience.BOTS,): ("bot_created bot_updated bot_deleted"),
    (Audience.GROUP,): ("groups_status_updated"),
    (Audience.RECIPIENTS,): ("incoming_multicast"),
    (Audience.REQUESTER,): ("chat_unfollowed incoming_error"),
}


def test_the_pushes_match_the_documentation() -> None:
    """There are 62; names, order and payload members are equal."""
    assert len(PUSHES) == 62
    assert [(push.name, " ".join(push.payload_fields)) for push in PUSHES] == list(
        PAYLOAD_FIELDS.items()
    )


def test_the_audiences_match_the_documentation() -> None:
    """Pushes about a chat are sent to its members and followers."""
    special = {name: audience for audience, names in AUDIENCES.items() for name in names.split()}
    assert {push.name: push.audience for push in PUSHES} == {
        name: special.get(name, (Audience.CHAT,)) for name in PAYLOAD_FIELDS
    }


def test_key_changes_are_sent_to_other_agents() -> None:
    """They have access, but are not members or followers."""
    assert [push.name for push in PUSHES if push.is_key_change] == [
        "incoming_chat",
        "chat_deactivated",
        "chat_access_updated",
        "chat_transferred",
    ]


def test_three_payloads_are_not_objects() -> None:
    """Two are arrays, one maps ids to numbers."""
    types = {push.name: push.payload_type for push in PUSHES}
    assert {name: type_ for name, type_ in types.items() if type_ is not ParamType.OBJECT} == {
        "subscribed_customers_totals_updated": ParamType.INTEGER_MAP,
        "auto_accesses_updated": ParamType.OBJECTS,
        "queue_positions_updated": ParamType.OBJECTS,
    }
