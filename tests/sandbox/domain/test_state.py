"""The state: IDs and lookups."""

import re

import pytest
from support.license_client import (
    CHAT,
    GROUP2_CHAT,
    THREAD,
)

from rtmcli.sandbox.domain.errors import DomainError
from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.domain.state import State


def test_generated_ids_have_the_documented_formats() -> None:
    """Chat and thread IDs have ten letters or digits, customers UUIDs, tokens a region prefix."""
    state = State(1, lambda: 0.0)

    assert re.fullmatch("[A-Z0-9]{10}", state.new_id())
    assert re.fullmatch(
        "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", state.new_uuid()
    )
    assert re.fullmatch("dal:[A-Za-z0-9_-]{32}", state.new_token())
    assert len({state.new_uuid() for _ in range(100)}) == 100


@pytest.mark.parametrize("resource", ["chat", "customer", "agent", "group"])
def test_an_unknown_id_is_rejected(resource: str) -> None:
    """An unknown ID is rejected the message names it."""
    with pytest.raises(DomainError, match=f"^{resource} X not found"):
        getattr(License(seed=1).state, resource)("X")


def test_threads_and_events_are_found_in_their_parent_only() -> None:
    """A thread is looked up in its chat, an event in its thread."""
    state = License(seed=1).state
    chat = state.chat(CHAT)

    assert state.event(state.thread(chat, THREAD), "2_EW2WQSA8").number == 1
    with pytest.raises(
        DomainError, match=f"event 2_EW2WQSA8 not found in thread {chat.threads[0].id}"
    ):
        state.event(chat.threads[0], "2_EW2WQSA8")
    with pytest.raises(DomainError, match=f"thread {THREAD} not found in chat {GROUP2_CHAT}"):
        state.thread(state.chat(GROUP2_CHAT), THREAD)
