"""The chats of the sample data."""

from rtmcli.sandbox.domain import seed_chats
from rtmcli.sandbox.domain.seed_data import AGENTS
from rtmcli.sandbox.v3_0.events import FIELDS_BY_TYPE


def test_only_the_last_thread_of_a_chat_is_active() -> None:
    """A chat has at most one active thread, the last one."""
    for chat in seed_chats.CHATS:
        assert not any(thread.active for thread in chat.threads[:-1])


def test_events_have_fields_of_their_type() -> None:
    """Events have only fields that can be sent, besides those that the server adds."""
    for chat in seed_chats.CHATS:
        for event in (each for thread in chat.threads for each in thread.events):
            own_fields = FIELDS_BY_TYPE[event.fields["type"]]
            assert event.fields.keys() <= {*own_fields, "type", "id", "visibility", "properties"}
            assert event.author == "customer" or event.author in {each.id for each in AGENTS}


def test_a_message_may_be_for_agents_only() -> None:
    """A message goes to all by default."""
    assert seed_chats.message("a", "b").fields == {"type": "message", "text": "b"}
    assert seed_chats.agents_only_message("a", "b").fields["visibility"] == "agents"
