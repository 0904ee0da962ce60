"""The parts of a licence: access, agents, threads, chats."""

from support.license_client import AGENT1, CHAT, THREAD, LicenseClient

from rtmcli.sandbox.model import Access, Agent, Chat, Membership, Thread


def make_agent(*group_ids: int) -> Agent:
    """Make an agent of groups."""
    return Agent("a@b", "A", "normal", group_ids, scopes=frozenset(), effective_scopes=frozenset())


def test_access_lets_in_groups_and_agents() -> None:
    """Group 0 is everybody; an agent may be named itself; otherwise a group must be shared."""
    assert make_agent(1).is_allowed_by(Access())
    assert make_agent(1).is_allowed_by(Access((1, 2)))
    assert not make_agent(1).is_allowed_by(Access((2,)))
    assert make_agent(1).is_allowed_by(Access((2,), ("a@b",)))
    assert not make_agent().is_allowed_by(Access(()))


def test_access_shows_groups_and_agents_only_if_any() -> None:
    """group_ids are always there; agent_ids where agents have access."""
    assert Access((0, 2)).to_json() == {"group_ids": [0, 2]}
    assert Access((), ("a@b",)).to_json() == {"group_ids": [], "agent_ids": ["a@b"]}


def test_a_thread_finds_and_replaces_its_events() -> None:
    """Events are found by id; a replaced one keeps its place."""
    thread = Thread("T", 1, 0, Access())
    for event_id in "abc":
        thread.append_event({"id": event_id})
    thread.replace_event({"id": "b", "text": "new"})

    assert thread.events == [{"id": "a"}, {"id": "b", "text": "new"}, {"id": "c"}]
    assert thread.find_event("b") == {"id": "b", "text": "new"}
    assert thread.find_event("d") is None


def test_a_chats_agents_are_those_present() -> None:
    """Customers and former users are not among them."""
    chat = Chat("C", Access())
    chat.users = {
        "a": Membership("agent"),
        "b": Membership("agent", is_present=False),
        "c": Membership("customer"),
    }

    assert chat.present_agents() == ["a"]
    assert [chat.is_present(each) for each in "abcd"] == [True, False, True, False]


def test_only_the_last_thread_may_be_active() -> None:
    """active_thread is the last thread or nothing."""
    client = LicenseClient()
    chat = client.license.state.chats[CHAT]
    before = chat.active_thread
    client.call("close_thread", chat_id=CHAT)

    assert before is chat.last_thread is chat.threads_by_id[THREAD]
    assert chat.active_thread is None
    assert chat.is_present(AGENT1)
