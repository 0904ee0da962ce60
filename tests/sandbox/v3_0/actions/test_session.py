"""Login and logout: tokens, initial state, routing status and connections."""

from typing import Any

import pytest
from support.license_client import (
    AGENT1,
    AGENT2,
    CHAT,
    CLOSED_CHAT,
    GROUP2_CHAT,
    GROUP3_CHAT,
    SUPERVISOR,
    THREAD,
    LicenseClient,
    normal_agent,
    push_names,
)

from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.interface import RequestError
from rtmcli.sandbox.v3_0 import DIALECT


def test_login_returns_the_initial_state() -> None:
    """The response has the license, the agent's profile and its active chats, latest first."""
    response = LicenseClient().login_response.payload

    assert response["license"]["id"] == "104130623"
    assert response["license"]["expiration_timestamp"] > response["license"]["creation_timestamp"]
    assert response["my_profile"] == {
        "id": AGENT1,
        "type": "agent",
        "name": "Agent One",
        "email": AGENT1,
        "avatar": "cdn.example.com/avatars/agent1.png",
        "routing_status": "accepting_chats",
        "present": True,
        "last_seen_timestamp": response["license"]["expiration_timestamp"] - 365 * 86_400,
        "permission": "owner",
    }
    listed = [each["id"] for each in response["chats_summary"]]
    assert {CHAT, GROUP2_CHAT, GROUP3_CHAT} <= set(listed)
    assert CLOSED_CHAT not in listed
    orders = [each["order"] for each in response["chats_summary"]]
    assert orders == sorted(orders, reverse=True)


def test_login_lists_only_accessible_chats() -> None:
    """Chats that the scopes do not cover are not listed."""
    listed = [
        each["id"] for each in normal_agent("chats--my:rw").login_response.payload["chats_summary"]
    ]

    assert CHAT in listed
    assert GROUP2_CHAT not in listed


@pytest.mark.parametrize(
    ("authorization", "region"), [("Bearer {}", "dal:"), ("bearer {}", ""), ("Bearer {}", "fra-")]
)
def test_a_token_may_have_a_region_prefix(authorization: str, region: str) -> None:
    """The scheme is required; the region prefix is optional and may be any region."""
    license_ = License(seed=1)
    secret = license_.tokens[0].token.removeprefix("dal:")
    caller, _ = DIALECT.login(license_, {"token": authorization.format(region + secret)}, 5)

    assert (caller.agent_id, caller.connection_id) == (AGENT1, 5)


@pytest.mark.parametrize(
    ("token", "message"),
    [
        (None, "validation: token must be a string, not null"),
        ("", "validation: token is required and must be a string"),
        (7, "validation: token must be a string, not 7"),
        ("dal:abc", "authentication: token must have the form: Bearer <access_token>"),
        ("Bearer ", "authentication: token must have the form: Bearer <access_token>"),
        ("Bearer dal:abc", "authentication: Invalid access token"),
        ("Basic abc", "authentication: Invalid access token"),
    ],
)
def test_invalid_tokens_are_rejected(token: Any, message: str) -> None:
    """A missing token is a validation error, a malformed or unknown one authentication."""
    with pytest.raises(RequestError) as error:
        DIALECT.login(License(seed=1), {"token": token}, 1)

    assert str(error.value) == message


def test_a_known_token_with_another_scheme_is_rejected() -> None:
    """Only the scheme Bearer is supported."""
    license_ = License(seed=1)
    with pytest.raises(RequestError, match="Invalid access token"):
        DIALECT.login(license_, {"token": f"Basic {license_.tokens[0].token}"}, 1)


@pytest.mark.parametrize(
    "payload",
    [
        {"reconnect": "yes"},
        {"push_notifications": {"firebase_token": "abc"}},
        {"push_notifications": {"platform": "windows"}},
        {"application": "rtm"},
    ],
)
def test_a_malformed_login_is_rejected(payload: dict[str, Any]) -> None:
    """The members of a login are validated; the agent stays offline."""
    license_ = License(seed=1)
    with pytest.raises(RequestError, match="validation: "):
        DIALECT.login(license_, {**payload, "token": f"Bearer {license_.tokens[0].token}"}, 1)

    assert not license_.state.agents[AGENT1].is_online


def test_reconnecting_restores_the_last_routing_status() -> None:
    """With reconnect the agent gets its last status, otherwise the default status."""
    first = LicenseClient()
    first.call("update_agent", routing_status="not_accepting_chats")
    first.disconnect()

    reconnected = LicenseClient(first.license, reconnect=True).login_response.payload["my_profile"]
    assert reconnected["routing_status"] == "not_accepting_chats"
    new = LicenseClient(first.license, connection=2).login_response.payload["my_profile"]
    assert new["routing_status"] == "accepting_chats"


def test_a_first_login_pushes_the_status() -> None:
    """agent_updated is sent to agents who may read agents, if the status changed."""
    license_ = License(seed=1)
    first = LicenseClient(license_).login_response.deliveries
    second = LicenseClient(license_, connection=2).login_response.deliveries

    assert [(each.name, each.payload["routing_status"]) for each in first] == [
        ("agent_updated", "accepting_chats")
    ]
    assert first[0].agent_ids == {AGENT1, SUPERVISOR}
    assert first[0].to_requester is False
    assert second == []


def test_an_agent_is_offline_after_its_last_connection_closes() -> None:
    """Closing the last connection pushes the status offline."""
    first = LicenseClient()
    second = LicenseClient(first.license, connection=2)

    assert first.disconnect() == []
    [delivery] = second.disconnect()
    assert delivery.payload == {"agent_id": AGENT1, "routing_status": "offline"}
    assert delivery.to_requester is False
    assert second.disconnect() == []


def test_an_offline_agent_has_no_routing_status() -> None:
    """A user has a routing_status only while the agent is logged in."""
    client = LicenseClient(agent_id=SUPERVISOR)
    [agent1] = [each for each in client.fetch_chat()["users"] if each["id"] == AGENT1]

    assert "routing_status" not in agent1


def test_closing_a_connection_may_leave_only_away_ones() -> None:
    """If the only connection that is not away closes, the agent stops accepting chats."""
    first = LicenseClient()
    second = LicenseClient(first.license, connection=2)
    first.call("set_away_status", away=True)
    [delivery] = second.disconnect()

    assert delivery.payload["routing_status"] == "not_accepting_chats"
    third = LicenseClient(first.license, connection=3, reconnect=True)
    assert third.login_response.deliveries[0].payload == {
        "agent_id": AGENT1,
        "routing_status": "accepting_chats",
    }


def test_away_status_does_not_outlast_the_session() -> None:
    """Reconnecting restores the status from before the agent was away."""
    first = LicenseClient()
    first.call("set_away_status", away=True)
    first.disconnect()

    profile = LicenseClient(first.license, reconnect=True).login_response.payload["my_profile"]
    assert profile["routing_status"] == "accepting_chats"


def test_login_replaces_the_external_connection() -> None:
    """An agent with an external connection is offline after its sandbox connection closes."""
    client = LicenseClient(agent_id=AGENT2)

    assert push_names(client.disconnect()) == ["agent_updated"]
    assert not client.license.state.agents[AGENT2].is_online


def test_a_device_can_be_registered_at_login() -> None:
    """push_notifications enables a device as change_push_notifications does."""
    device = {"firebase_token": "abc", "platform": "android"}
    client = LicenseClient(push_notifications=device)

    assert client.license.state.devices == {(AGENT1, "abc"): "android"}


def test_logout_closes_the_connection() -> None:
    """The response is empty; then the server closes the connection."""
    assert LicenseClient().call("logout") == ({}, [], True)


def test_summaries_hide_restricted_events() -> None:
    """An event of a thread without access is replaced by restricted_access."""
    agent = normal_agent("chats--access:ro")
    owner = LicenseClient(agent.license, SUPERVISOR, connection=2)
    owner.call("set_access", resource="chat", id=GROUP2_CHAT, access={"type": "group", "id": 3})
    owner.call("close_thread", chat_id=GROUP2_CHAT)
    owner.call("set_access", resource="chat", id=GROUP2_CHAT, access={"type": "group", "id": 2})
    listed = agent.call("get_chats_summary", limit=100).payload["chats_summary"]
    [summary] = [each for each in listed if each["id"] == GROUP2_CHAT]

    for last in summary["last_event_per_type"].values():
        assert last["event"] == {"restricted_access": True}
    assert THREAD not in str(summary)
