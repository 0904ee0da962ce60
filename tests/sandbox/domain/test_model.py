"""The parts of a license: access, agents, threads, chats."""

from support.license_client import AGENT1, CHAT, THREAD, LicenseClient

from rtmcli.sandbox.domain.model import Access, Agent, Chat, Event, Membership, Thread


def make_agent(*group_ids: int) -> Agent:
    """Return an agent who belongs to groups."""
    return Agent("a@b", "A", "normal", group_ids)


def test_access_includes_groups_and_agents() -> None:
    """Group 0 includes all agents; others need a common group or their own ID in the access."""
    assert make_agent(1).is_allowed_by(Access())
    assert make_agent(1).is_allowed_by(Access((1, 2)))
    assert not make_agent(1).is_allowed_by(Access((2,)))
    assert make_agent(1).is_allowed_by(Access((2,), ("a@b",)))
    assert not make_agent().is_allowed_by(Access(()))


def test_a_thread_finds_and_replaces_its_events() -> None:
    """Events are found by ID; a replaced event keeps its position."""
    thread = Thread("T", 1, 0, Access())
    a, b, c = (Event("message", id=each) for each in "abc")
    for event in (a, b, c):
        thread.append_event(event)
    new = b._replace(fields={"text": "new"})
    thread.replace_event(new)

    assert thread.events == [a, new, c]
    assert thread.find_event("b") == new
    assert thread.find_event("d") is None


def test_present_agents_are_listed() -> None:
    """Customers and former users are not listed."""
    chat = Chat("C", Access())
    chat.users = {
        "a": Membership("agent"),
        "b": Membership("agent", is_present=False),
        "c": Membership("customer"),
    }

    assert chat.present_agents() == ["a"]
    assert [chat.is_present(each) for each in "abcd"] == [True, False, True, False]


def test_only_the_last_thread_may_be_active() -> None:
    """active_thread is the last thread or None."""
    client = LicenseClient()
    chat = client.license.state.chats[CHAT]
    before = chat.active_thread
    client.call("close_thread", chat_id=CHAT)

    assert before is chat.last_thread is chat.threads_by_id[THREAD]
    assert chat.active_thread is None
    assert chat.is_present(AGENT1)
