"""Test the list of pushes against a table typed from the documentation."""

import re

import pytest

from rtmcli.catalogue.model import PushType
from rtmcli.catalogue.v3_0.pushes import PUSHES

PAYLOAD_FIELDS = {
    "incoming_chat_thread": "chat",
    "thread_closed": "chat_id thread_id user_id?",
    "access_granted": "resource id access",
    "access_revoked": "resource id access",
    "access_set": "resource id access",
    "chat_transferred": "chat_id requester_id? type ids thread_id?",
    "chat_user_added": "chat_id thread_id user user_type",
    "chat_user_removed": "chat_id thread_id? user_id user_type",
    "incoming_event": "chat_id thread_id event",
    "event_updated": "chat_id thread_id event",
    "incoming_rich_message_postback": "user_id chat_id thread_id event_id postback",
    "chat_properties_updated": "chat_id properties",
    "chat_properties_deleted": "chat_id properties",
    "chat_thread_properties_updated": "chat_id thread_id properties",
    "chat_thread_properties_deleted": "chat_id thread_id properties",
    "event_properties_updated": "chat_id thread_id event_id properties",
    "event_properties_deleted": "chat_id thread_id event_id properties",
    "chat_thread_tagged": "chat_id thread_id tag",
    "chat_thread_untagged": "chat_id thread_id tag",
    "customer_created": "customer",
    "customer_updated": "id name? email? avatar? type present? banned? fields?",
    "customer_banned": "customer_id ban",
    "customer_visit_started": "customer_id visit_id started_at ip user_agent geolocation",
    "customer_page_updated": "customer_id visit_id opened_at url title referrer",
    "customer_visit_ended": "customer_id visit_id ended_at",
    "agent_updated": "agent_id routing_status",
    "agent_disconnected": "reason data?",
    "last_seen_timestamp_updated": "user_id chat_id timestamp",
    "incoming_typing_indicator": "chat_id thread_id typing_indicator",
    "incoming_sneak_peek": "chat_id thread_id sneak_peek",
    "incoming_multicast": "content author_id? type?",
}


def test_the_pushes_match_the_documentation() -> None:
    """Names, order and payload members are equal."""
    assert len(PUSHES) == 31
    assert [(push.name, " ".join(push.payload_fields)) for push in PUSHES] == list(
        PAYLOAD_FIELDS.items()
    )


def test_two_pushes_are_key_changes() -> None:
    """They are also sent to agents with access who are not members or followers."""
    assert [push.name for push in PUSHES if push.is_key_change] == [
        "thread_closed",
        "chat_transferred",
    ]


@pytest.mark.parametrize("push", PUSHES, ids=[push.name for push in PUSHES])
def test_the_summary_is_one_sentence(push: PushType) -> None:
    """It fits on a line."""
    assert re.fullmatch(r"[A-Z][^.\n]{10,90}\.", push.summary)
