"""Login and logout: tokens, the initial state, routing status, connections that come and go."""

from typing import Any

import pytest
from asking import (
    AGENT1,
    AGENT2,
    CHAT,
    CLOSED_CHAT,
    FOREIGN_CHAT,
    OTHERS_CHAT,
    SUPERVISOR,
    THREAD,
    Asker,
    normal,
    pushes,
)

from rtmcli.sandbox.licence import Licence
from rtmcli.sandbox.seam import Refusal


def test_login_answers_the_initial_state() -> None:
    """Licence, own profile, and the active chats within reach, the latest first."""
    answer = Asker().welcome.answer

    assert answer["license"]["id"] == "104130623"
    assert answer["license"]["expiration_timestamp"] > answer["license"]["creation_timestamp"]
    assert answer["my_profile"] == {
        "id": AGENT1,
        "type": "agent",
        "name": "Agent One",
        "email": AGENT1,
        "avatar": "cdn.example.com/avatars/agent1.png",
        "routing_status": "accepting_chats",
        "present": True,
        "last_seen_timestamp": answer["license"]["expiration_timestamp"] - 365 * 86_400,
        "permission": "owner",
    }
    listed = [each["id"] for each in answer["chats_summary"]]
    assert {CHAT, OTHERS_CHAT, FOREIGN_CHAT} <= set(listed)
    assert CLOSED_CHAT not in listed
    orders = [each["order"] for each in answer["chats_summary"]]
    assert orders == sorted(orders, reverse=True)


def test_login_lists_only_chats_within_reach() -> None:
    """What the scopes do not reach is not listed."""
    listed = [each["id"] for each in normal("chats--my:rw").welcome.answer["chats_summary"]]

    assert CHAT in listed
    assert OTHERS_CHAT not in listed


@pytest.mark.parametrize(
    ("shape", "region"), [("Bearer {}", "dal:"), ("bearer {}", ""), ("Bearer {}", "fra-")]
)
def test_a_token_may_have_a_region(shape: str, region: str) -> None:
    """The scheme is needed; the prefix of a region is not, and any is taken."""
    licence = Licence(seed=1)
    secret = licence.tokens[0].token.removeprefix("dal:")
    caller, _ = licence.login(shape.format(region + secret), {}, 5)

    assert (caller.agent_id, caller.connection) == (AGENT1, 5)


@pytest.mark.parametrize(
    ("token", "message"),
    [
        (None, "validation: token is required, a string"),
        ("", "validation: token is required, a string"),
        (7, "validation: token is required, a string"),
        ("dal:abc", "authentication: the token lacks its scheme: Bearer <access_token>"),
        ("Bearer ", "authentication: the token lacks its scheme: Bearer <access_token>"),
        ("Bearer dal:abc", "authentication: Invalid access token"),
        ("Basic abc", "authentication: Invalid access token"),
    ],
)
def test_other_tokens_are_refused(token: Any, message: str) -> None:
    """A missing token is validation, one without scheme or unknown is authentication."""
    with pytest.raises(Refusal) as refusal:
        Licence(seed=1).login(token, {}, 1)

    assert str(refusal.value) == message


def test_a_known_token_with_another_scheme_is_refused() -> None:
    """Only Bearer tokens are known."""
    licence = Licence(seed=1)
    with pytest.raises(Refusal, match="Invalid access token"):
        licence.login(f"Basic {licence.tokens[0].token}", {}, 1)


@pytest.mark.parametrize(
    "payload",
    [
        {"reconnect": "yes"},
        {"push_notifications": {"firebase_token": "abc"}},
        {"push_notifications": {"platform": "windows"}},
        {"application": "rtm"},
    ],
)
def test_a_malformed_login_is_refused(payload: dict[str, Any]) -> None:
    """The members of a login are checked; a platform only where there are notifications."""
    licence = Licence(seed=1)
    with pytest.raises(Refusal, match="validation: "):
        licence.login(f"Bearer {licence.tokens[0].token}", payload, 1)

    assert not licence.state.agents[AGENT1].online


def test_reconnecting_restores_the_last_routing_status() -> None:
    """With reconnect the status is the last known one, without it the default one."""
    first = Asker()
    first.ask("update_agent", routing_status="not_accepting_chats")
    first.licence.leave(first.caller)

    again = Asker(first.licence, reconnect=True).welcome.answer["my_profile"]
    assert again["routing_status"] == "not_accepting_chats"
    fresh = Asker(first.licence, connection=2).welcome.answer["my_profile"]
    assert fresh["routing_status"] == "accepting_chats"


def test_others_are_told_who_comes() -> None:
    """agent_updated tells those who may read agents, when a status changed."""
    licence = Licence(seed=1)
    first = Asker(licence).welcome.deliveries
    second = Asker(licence, connection=2).welcome.deliveries

    assert [(each.push, each.payload["routing_status"]) for each in first] == [
        ("agent_updated", "accepting_chats")
    ]
    assert first[0].agents == {AGENT1, SUPERVISOR}
    assert first[0].requester is False
    assert second == []


def test_the_last_connection_to_go_takes_the_agent_offline() -> None:
    """Only with its last connection an agent is offline; others are told."""
    first = Asker()
    second = Asker(first.licence, connection=2)

    assert first.licence.leave(first.caller) == []
    [told] = first.licence.leave(second.caller)
    assert told.payload == {"agent_id": AGENT1, "routing_status": "offline"}
    assert told.requester is False
    assert first.licence.leave(second.caller) == []


def test_an_agent_offline_shows_no_routing_status() -> None:
    """A user's routing status is shown only while the agent is logged in."""
    asker = Asker(agent=SUPERVISOR)
    [agent1] = [each for each in asker.chat()["users"] if each["id"] == AGENT1]

    assert "routing_status" not in agent1


def test_a_connection_that_goes_may_leave_only_those_away() -> None:
    """When the connection that was not away goes, the agent accepts no chats any longer."""
    first = Asker()
    second = Asker(first.licence, connection=2)
    first.ask("set_away_status", away=True)
    [told] = first.licence.leave(second.caller)

    assert told.payload["routing_status"] == "not_accepting_chats"
    assert Asker(first.licence, connection=3, reconnect=True).welcome.deliveries[0].payload == {
        "agent_id": AGENT1,
        "routing_status": "accepting_chats",
    }


def test_being_away_does_not_outlast_the_session() -> None:
    """After being away, reconnecting restores the status from before."""
    first = Asker()
    first.ask("set_away_status", away=True)
    first.licence.leave(first.caller)

    again = Asker(first.licence, reconnect=True).welcome.answer["my_profile"]
    assert again["routing_status"] == "accepting_chats"


def test_logging_in_moves_an_agent_from_elsewhere() -> None:
    """An agent who worked with another program is offline once its connection here is gone."""
    asker = Asker(agent=AGENT2)

    assert pushes(asker.licence.leave(asker.caller)) == ["agent_updated"]
    assert not asker.licence.state.agents[AGENT2].online


def test_a_device_may_be_named_at_login() -> None:
    """push_notifications enables a device like change_push_notifications does."""
    device = {"firebase_token": "abc", "platform": "android"}
    asker = Asker(push_notifications=device)

    assert asker.licence.state.devices == {(AGENT1, "abc"): "android"}


def test_logging_out_closes_the_connection() -> None:
    """The answer is empty, then the connection is to be closed."""
    assert Asker().ask("logout") == ({}, [], True)


def test_summaries_hide_what_is_restricted() -> None:
    """An event in a thread without access shows as restricted."""
    agent = normal("chats--access:ro")
    owner = Asker(agent.licence, SUPERVISOR, connection=2)
    owner.ask("set_access", resource="chat", id=OTHERS_CHAT, access={"type": "group", "id": 3})
    owner.ask("close_thread", chat_id=OTHERS_CHAT)
    owner.ask("set_access", resource="chat", id=OTHERS_CHAT, access={"type": "group", "id": 2})
    listed = agent.ask("get_chats_summary", limit=100).answer["chats_summary"]
    [summary] = [each for each in listed if each["id"] == OTHERS_CHAT]

    for last in summary["last_event_per_type"].values():
        assert last["event"] == {"restricted_access": True}
    assert THREAD not in str(summary)
