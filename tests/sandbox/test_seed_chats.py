"""The rows of what was said."""

from rtmcli.sandbox import seed_chats
from rtmcli.sandbox.events import _OWN_FIELDS
from rtmcli.sandbox.seed import AGENTS


def test_only_the_last_thread_of_a_chat_is_active() -> None:
    """A chat has at most one active thread, always the last one."""
    for chat in seed_chats.CHATS:
        assert not any(thread.active for thread in chat.threads[:-1])


def test_events_have_fields_of_their_type() -> None:
    """What was said has nothing that could not be sent, but for ids and what servers add."""
    for chat in seed_chats.CHATS:
        for said in (each for thread in chat.threads for each in thread.events):
            kind = said.event["type"]
            known = {*_OWN_FIELDS[kind], "type", "id", "recipients", "properties"}
            assert said.event.keys() <= known
            assert said.by == "customer" or said.by in {each.id for each in AGENTS}


def test_a_note_is_for_agents() -> None:
    """Text goes to all, a note to agents only."""
    assert seed_chats.text("a", "b").event == {"type": "message", "text": "b"}
    assert seed_chats.note("a", "b").event["recipients"] == "agents"
