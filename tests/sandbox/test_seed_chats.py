"""The seed data of chats."""

from rtmcli.sandbox import seed_chats
from rtmcli.sandbox.events import FIELDS_BY_TYPE
from rtmcli.sandbox.seed_data import AGENTS


def test_only_the_last_thread_of_a_chat_is_active() -> None:
    """A chat has at most one active thread, always the last one."""
    for chat in seed_chats.CHATS:
        assert not any(thread.active for thread in chat.threads[:-1])


def test_events_have_fields_of_their_type() -> None:
    """Events have no fields that a request could not set, except ids and server fields."""
    for chat in seed_chats.CHATS:
        for event in (each for thread in chat.threads for each in thread.events):
            event_type = event.fields["type"]
            allowed = {*FIELDS_BY_TYPE[event_type], "type", "id", "recipients", "properties"}
            assert event.fields.keys() <= allowed
            assert event.author == "customer" or event.author in {each.id for each in AGENTS}


def test_an_agents_only_message_has_recipients_agents() -> None:
    """Other messages have the default recipients."""
    assert seed_chats.message("a", "b").fields == {"type": "message", "text": "b"}
    assert seed_chats.agents_only_message("a", "b").fields["recipients"] == "agents"
