"""The parts of a licence: access, agents, threads, chats."""

from asking import AGENT1, CHAT, THREAD, Asker

from rtmcli.sandbox.model import Access, Agent, Chat, Seat, Thread


def agent(*groups: int) -> Agent:
    """Make an agent of groups."""
    return Agent("a@b", "A", "normal", groups, scopes=frozenset(), granted=frozenset())


def test_access_lets_in_groups_and_agents() -> None:
    """Group 0 is everybody; an agent may be named itself; otherwise a group must be shared."""
    assert agent(1).is_in(Access())
    assert agent(1).is_in(Access((1, 2)))
    assert not agent(1).is_in(Access((2,)))
    assert agent(1).is_in(Access((2,), ("a@b",)))
    assert not agent().is_in(Access(()))


def test_access_shows_groups_and_agents_only_if_any() -> None:
    """group_ids are always there; agent_ids where agents have access."""
    assert Access((0, 2)).wire() == {"group_ids": [0, 2]}
    assert Access((), ("a@b",)).wire() == {"group_ids": [], "agent_ids": ["a@b"]}


def test_a_thread_finds_and_replaces_its_events() -> None:
    """Events are found by id; a replaced one keeps its place."""
    thread = Thread("T", 1, 0, Access())
    for event_id in "abc":
        thread.append({"id": event_id})
    thread.replace({"id": "b", "text": "new"})

    assert thread.events == [{"id": "a"}, {"id": "b", "text": "new"}, {"id": "c"}]
    assert thread.find("b") == {"id": "b", "text": "new"}
    assert thread.find("d") is None


def test_a_chats_agents_are_those_present() -> None:
    """Customers and former users are not among them."""
    chat = Chat("C", Access())
    chat.users = {
        "a": Seat("agent"),
        "b": Seat("agent", present=False),
        "c": Seat("customer"),
    }

    assert chat.agents() == ["a"]
    assert [chat.has(each) for each in "abcd"] == [True, False, True, False]


def test_only_the_last_thread_may_be_active() -> None:
    """active_thread is the last thread or nothing."""
    asker = Asker()
    chat = asker.licence.state.chats[CHAT]
    before = chat.active_thread
    asker.ask("close_thread", chat_id=CHAT)

    assert before is chat.last_thread is chat.index[THREAD]
    assert chat.active_thread is None
    assert chat.has(AGENT1)
