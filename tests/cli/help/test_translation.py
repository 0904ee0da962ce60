"""Examples in the names of another version."""

import pytest

from rtmcli.catalogue.versions import load
from rtmcli.cli.help.translation import translate

EXAMPLES = {
    "rtm tag-chat-thread -": "rtm tag-thread -",
    "rtm ban-customer --customer-id b7ef --ban-days 5": "rtm ban-customer --id b7ef --ban-days 5",
    'rtm ban-customer \'{"customer_id": "b7ef"}\'': 'rtm ban-customer \'{"id": "b7ef"}\'',
    "rtm close-thread --chat-id A | rtm tag-chat-thread --chat-id A": (
        "rtm deactivate-chat --id A | rtm tag-thread --chat-id A"
    ),
    "the push thread_closed": "the push chat_deactivated",
    "rtm create-customer --name x": "rtm create-customer --name x",  # it has no counterpart
    "rtm listen --action incoming_event": "rtm listen --action incoming_event",
}


@pytest.mark.parametrize(("text", "translated"), EXAMPLES.items())
def test_names_of_the_default_version_are_translated(text: str, translated: str) -> None:
    """Commands with their flags and JSON members, actions and pushes; other words stay."""
    assert translate(load("3.6"), text) == translated
    assert translate(load("3.0"), text) == text
