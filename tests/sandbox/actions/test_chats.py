"""Chats: they start, are activated, followed, listed and transferred."""

from typing import Any

import pytest
from asking import (
    AGENT1,
    AGENT2,
    AGENT3,
    AGENT4,
    CHAT,
    CLOSED_CHAT,
    CUSTOMER,
    CUSTOMER_OF_CLOSED_CHAT,
    FOREIGN_CHAT,
    OTHERS_CHAT,
    SUPERVISOR,
    THREAD,
    UNTAKEN_CHAT,
    Asker,
    normal,
)

USERS = [{"id": CUSTOMER, "type": "customer"}]


def test_a_new_chat_starts_with_an_active_thread() -> None:
    """A chat that starts has one thread, active, of order 1; the requester takes part."""
    chat = Asker().ask("start_chat").answer["chat"]

    assert (chat["thread"]["active"], chat["thread"]["order"]) == (True, 1)
    assert [(each["id"], each["present"]) for each in chat["users"]] == [(AGENT1, True)]
    assert chat["thread"]["user_ids"] == [AGENT1]
    assert chat["access"] == {"group_ids": [0]}


def test_a_chat_starts_with_what_it_is_given() -> None:
    """Customer, access, properties, tags, events and following are those of the request."""
    asker = Asker()
    given: dict[str, Any] = {
        "users": USERS,
        "access": {"group_ids": [1]},
        "properties": {"source": {"type": "facebook"}},
        "is_followed": True,
        "thread": {
            "tags": ["bug_report", "bug_report"],
            "properties": {"rating": {"score": {"value": 1}}},
            "events": [{"type": "message", "text": "hi"}, {"type": "system_message", "text": "x"}],
        },
    }
    chat = asker.ask("start_chat", chat=given, continuous=True).answer["chat"]

    assert {each["id"] for each in chat["users"]} == {CUSTOMER, AGENT1}
    assert chat["properties"] == {
        "source": {"type": {"value": "facebook"}},
        "routing": {"continuous": {"value": True}},
    }
    assert chat["thread"]["access"] == chat["access"] == {"group_ids": [1]}
    assert chat["thread"]["tags"] == ["bug_report"]
    assert chat["thread"]["properties"] == {"rating": {"score": {"value": 1}}}
    assert [(each["order"], each.get("author_id")) for each in chat["thread"]["events"]] == [
        (1, AGENT1),
        (2, None),
    ]
    assert chat["is_followed"] is True


def test_the_push_of_a_new_chat_shows_the_whole_thread() -> None:
    """incoming_chat_thread carries the chat as answered: thread, users, is_followed."""
    outcome = Asker().ask("start_chat", chat={"users": USERS})

    assert outcome.deliveries[0].payload == outcome.answer


@pytest.mark.parametrize(
    ("chat", "message"),
    [
        ({"users": USERS * 2}, "chat.users takes one user at most, of type customer"),
        (
            {"users": [{"id": AGENT2, "type": "agent"}]},
            "chat.users takes one user at most, of type customer",
        ),
        ({"users": [{"id": "x", "type": "customer"}]}, "customer x not found"),
        (
            {"users": [{"id": CUSTOMER_OF_CLOSED_CHAT}]},
            f"customer {CUSTOMER_OF_CLOSED_CHAT} has a chat already: activate_chat {CLOSED_CHAT}",
        ),
        ({"access": {"group_ids": [9]}}, "group 9 not found"),
        ({"thread": {"events": [{"text": "hi"}]}}, "events[0]: an event needs a type"),
        (
            {"thread": {"events": [{"type": "message"}]}},
            "events[0]: an event of type message needs text",
        ),
        ({"properties": {"source": {"colour": "red"}}}, "property source.colour not found"),
    ],
)
def test_a_chat_that_cannot_start_is_refused(chat: dict[str, Any], message: str) -> None:
    """One customer at most, who has no other chat; known groups and properties; sound events."""
    asker = Asker()
    before = len(asker.licence.state.chats)
    refusal = asker.refused("start_chat", chat=chat)

    assert " ".join(refusal.split()) == f"validation: {message}"
    assert len(asker.licence.state.chats) == before


def test_a_banned_customer_gets_no_chat() -> None:
    """Neither a new chat nor a new thread for a customer who is banned."""
    asker = Asker()
    for customer_id in (CUSTOMER, CUSTOMER_OF_CLOSED_CHAT):
        asker.ask("ban_customer", customer_id=customer_id, ban={"days": 1})

    banned = "authorization: customer {} is banned"
    assert asker.refused("start_chat", chat={"users": USERS}) == banned.format(CUSTOMER)
    refusal = asker.refused("activate_chat", chat={"id": CLOSED_CHAT})
    assert refusal == banned.format(CUSTOMER_OF_CLOSED_CHAT)


def test_activating_opens_the_next_thread() -> None:
    """A closed chat gets a new thread, of the next order; the answer has this one only."""
    asker = Asker()
    chat = asker.ask("activate_chat", chat={"id": CLOSED_CHAT}).answer["chat"]

    assert [(each["active"], each["order"]) for each in chat["threads"]] == [(True, 3)]
    summary = asker.chat(CLOSED_CHAT)["threads_summary"]
    assert [each["order"] for each in summary] == [1, 2, 3]


def test_an_active_chat_cannot_be_activated() -> None:
    """A chat has at most one active thread."""
    refusal = Asker().refused("activate_chat", chat={"id": CHAT})
    assert refusal == f"validation: chat {CHAT} is active already: thread {THREAD}"


def test_a_chat_keeps_its_customer_when_activated() -> None:
    """Activating with another customer is refused: one customer per chat."""
    refusal = Asker().refused("activate_chat", chat={"id": CLOSED_CHAT, "users": USERS})
    assert "has its customer already" in refusal


def test_activating_brings_a_customer_in_who_has_no_chat() -> None:
    """A chat without a customer takes one; not one who has a chat."""
    asker = Asker()
    chat_id = asker.ask("start_chat").answer["chat"]["id"]
    asker.ask("close_thread", chat_id=chat_id)
    taken = [{"id": CUSTOMER_OF_CLOSED_CHAT, "type": "customer"}]

    refusal = asker.refused("activate_chat", chat={"id": chat_id, "users": taken})
    assert "has a chat already" in refusal
    chat = asker.ask("activate_chat", chat={"id": chat_id, "users": USERS}).answer["chat"]
    assert CUSTOMER in {each["id"] for each in chat["users"]}


def test_following_brings_all_pushes_of_a_chat() -> None:
    """A follower is told of the chat as it is, and from then on of everything."""
    asker, other = Asker(), {"type": "message", "text": "hi"}
    second = Asker(asker.licence, AGENT3, connection=2)
    before = second.push("send_event", chat_id=OTHERS_CHAT, event=other)
    [shown] = asker.ask("follow_chat", chat_id=OTHERS_CHAT).deliveries
    after = second.push("send_event", chat_id=OTHERS_CHAT, event=other)

    assert (shown.push, shown.payload["chat"]["is_followed"]) == ("incoming_chat_thread", True)
    assert shown.agents == {AGENT1}
    assert before.agents == {AGENT3}
    assert after.agents == {AGENT1, AGENT3}


@pytest.mark.parametrize("chat_id", [CHAT, OTHERS_CHAT])
def test_following_what_one_gets_already_pushes_nothing(chat_id: str) -> None:
    """Who follows a chat or takes part in it hears nothing new."""
    asker = Asker()
    asker.ask("follow_chat", chat_id=chat_id)

    assert asker.ask("follow_chat", chat_id=chat_id) == ({}, [], False)


def test_following_ends_when_the_chat_is_activated() -> None:
    """With a new thread nobody follows; those who did are told of it all the same."""
    asker = Asker()
    asker.ask("follow_chat", chat_id=OTHERS_CHAT)
    second = Asker(asker.licence, AGENT3, connection=2)
    second.ask("close_thread", chat_id=OTHERS_CHAT)
    told = second.push("activate_chat", chat={"id": OTHERS_CHAT})

    assert AGENT1 in told.agents
    assert told.payload["chat"]["is_followed"] is False
    assert asker.chat(OTHERS_CHAT)["is_followed"] is False


def test_after_unfollowing_only_key_changes_are_told() -> None:
    """Who has access hears of transfers and closed threads, and of nothing else."""
    asker = Asker()
    asker.ask("follow_chat", chat_id=OTHERS_CHAT)
    asker.ask("unfollow_chat", chat_id=OTHERS_CHAT)
    second = Asker(asker.licence, AGENT3, connection=2)
    deliveries = second.ask("close_thread", chat_id=OTHERS_CHAT).deliveries

    heard = {each.push: AGENT1 in each.agents for each in deliveries}
    assert heard == {"incoming_event": False, "thread_closed": True}


def test_members_cannot_unfollow() -> None:
    """Who takes part in a chat cannot unfollow it; who neither follows nor does, may."""
    asker = Asker()

    assert "cannot unfollow" in asker.refused("unfollow_chat", chat_id=CHAT)
    assert asker.ask("unfollow_chat", chat_id=OTHERS_CHAT) == ({}, [], False)


def summaries(asker: Asker, **payload: Any) -> list[str]:
    """List chats by id."""
    listed = asker.ask("get_chats_summary", payload).answer["chats_summary"]
    return [each["id"] for each in listed]


def test_summaries_come_by_their_last_event() -> None:
    """The chat with the latest event comes first; last with order asc."""
    asker = Asker()
    asker.ask("send_event", chat_id=OTHERS_CHAT, event={"type": "message", "text": "hi"})
    listed = summaries(asker)

    assert listed[0] == OTHERS_CHAT
    assert summaries(asker, order="asc") == listed[::-1]


def test_summaries_can_leave_active_chats_out() -> None:
    """With include_active false only closed chats are listed."""
    closed = summaries(Asker(), filters={"include_active": False})

    assert CLOSED_CHAT in closed
    assert not {CHAT, OTHERS_CHAT, FOREIGN_CHAT, UNTAKEN_CHAT} & set(closed)


def test_summaries_can_be_found_by_properties() -> None:
    """A property filter looks at the properties of chats."""
    asker = Asker()
    scored = {"properties": {"rating": {"score": {"exists": True}}}}

    assert summaries(asker, filters=scored) == [CHAT]
    refusal = asker.refused(
        "get_chats_summary", filters={"properties": {"x": {"y": {"exists": True}}}}
    )
    assert refusal == "validation: property x.y not found"


def test_summaries_are_within_reach() -> None:
    """chats--access lists what is shared with the agent's groups, chats--my where it takes part."""
    reached = set(summaries(normal("chats--access:ro")))

    assert {CHAT, OTHERS_CHAT, UNTAKEN_CHAT} <= reached
    assert FOREIGN_CHAT not in reached
    mine = set(summaries(normal("chats--my:ro")))
    assert CHAT in mine
    assert OTHERS_CHAT not in mine


def test_a_summary_shows_the_last_event_of_each_type() -> None:
    """last_event_per_type maps types to where their last event is, and to the event."""
    asker = Asker()
    sent = asker.ask("send_event", chat_id=CHAT, event={"type": "message", "text": "hi"}).answer
    [summary] = asker.ask("get_chats_summary", limit=1).answer["chats_summary"]
    last = summary["last_event_per_type"]

    assert last["message"] == {"thread_id": THREAD, "thread_order": 3, "event": sent["event"]}
    assert set(last) == {"message", "rich_message", "file", "system_message"}
    assert summary["last_thread_summary"]["id"] == THREAD


def test_the_pages_of_other_documents_are_refused() -> None:
    """Summaries take page_id, not pagination: the refusal names the right members."""
    refusal = Asker().refused("get_chats_summary", pagination={"page": 1})
    assert refusal == ("validation: pagination is not taken: use page_id, limit, order and filters")


def transfer(asker: Asker, **payload: Any) -> list[str]:
    """Transfer the sample chat; name who is present afterwards."""
    asker.ask("transfer_chat", {"chat_id": CHAT, **payload})
    return [
        each["id"] for each in asker.chat()["users"] if each["present"] and each["type"] == "agent"
    ]


def test_a_transfer_to_a_group_finds_an_agent_there() -> None:
    """The chat gets the access of the group, and an agent of it who accepts chats."""
    asker = Asker()

    assert transfer(asker, target={"type": "group", "ids": [2]}) == [AGENT3]
    assert asker.chat()["access"] == {"group_ids": [2]}


def test_a_transfer_to_an_agent_keeps_the_access() -> None:
    """The chat goes to the agent and stays in its group."""
    asker = Asker()

    assert transfer(asker, target={"type": "agent", "ids": [AGENT2]}) == [AGENT2]
    assert asker.chat()["access"] == {"group_ids": [0]}


def test_a_transfer_without_target_stays_in_the_group() -> None:
    """Another agent of the chat's present group takes it."""
    assert transfer(Asker()) in ([AGENT2], [AGENT3])


def test_a_transfer_fails_where_no_agent_is_free() -> None:
    """Group 3 has nobody online: refused; with force the chat is left to nobody."""
    asker = Asker()
    target = {"type": "group", "ids": [3]}

    refusal = asker.refused("transfer_chat", chat_id=CHAT, target=target)
    assert refusal == "validation: no agent of group 3 can take the chat"
    assert transfer(asker, target=target, force=True) == []


def test_force_gives_a_chat_to_an_agent_who_accepts_none() -> None:
    """An agent who is offline gets the chat with force only."""
    asker = Asker()
    target = {"type": "agent", "ids": [SUPERVISOR]}

    assert "can take the chat" in asker.refused("transfer_chat", chat_id=CHAT, target=target)
    assert transfer(asker, target=target, force=True) == [SUPERVISOR]


def test_a_transfer_tells_who_it_concerns() -> None:
    """Transfer, parting, joining and system message, each to those who take part then."""
    asker = Asker()
    target = {"type": "agent", "ids": [AGENT2]}
    told = asker.ask("transfer_chat", chat_id=CHAT, target=target).deliveries

    assert told[0].payload == {
        "chat_id": CHAT,
        "thread_id": THREAD,
        "requester_id": AGENT1,
        **target,
    }
    assert {AGENT1, AGENT2, AGENT3, AGENT4, SUPERVISOR} <= told[0].agents
    assert [(each.push, sorted(each.agents)) for each in told[1:]] == [
        ("chat_user_removed", [AGENT1]),
        ("chat_user_added", [AGENT2]),
        ("incoming_event", [AGENT2]),
    ]
    event = told[-1].payload["event"]
    assert event["system_message_type"] == "chat_transferred"
    assert event["text_vars"] == {"initiator": "Agent One", "targets": "Agent Two"}


@pytest.mark.parametrize(
    ("chat_id", "target", "message"),
    [
        (CLOSED_CHAT, {"type": "group", "ids": [1]}, "has no active thread to transfer"),
        (CHAT, {"type": "group", "ids": []}, "target.ids must not be empty"),
        (CHAT, {"type": "group", "ids": [9]}, "group 9 not found"),
        (CHAT, {"type": "group", "ids": ["1"]}, "group 1 not found"),
        (CHAT, {"type": "agent", "ids": ["x"]}, "agent x not found"),
        (FOREIGN_CHAT, {"type": "agent", "ids": [AGENT2]}, "has no access"),
    ],
)
def test_a_transfer_that_leads_nowhere_is_refused(
    chat_id: str, target: dict[str, Any], message: str
) -> None:
    """Only active chats go, to known groups, or to agents who have access."""
    asker = Asker()
    before = asker.chat(chat_id)
    refusal = asker.refused("transfer_chat", chat_id=chat_id, target=target, force=True)

    assert message in refusal
    assert asker.chat(chat_id) == before


def test_the_least_busy_agent_takes_a_chat() -> None:
    """Of several free agents the one with the fewest active chats is chosen."""
    asker = Asker()
    second = Asker(asker.licence, AGENT2, connection=2)
    third = Asker(asker.licence, AGENT3, connection=3)
    third.ask("close_thread", chat_id=OTHERS_CHAT)
    second.ask("start_chat")

    assert transfer(asker) == [AGENT3]


def test_connected_agents_come_first() -> None:
    """An agent who is connected takes a chat before those who are said to work elsewhere."""
    asker = Asker()
    chat_id = Asker(asker.licence, AGENT2, connection=2).ask("start_chat").answer["chat"]["id"]
    asker.ask("transfer_chat", chat_id=chat_id)

    present = [each["id"] for each in asker.chat(chat_id)["users"] if each["present"]]
    assert present == [AGENT1]
