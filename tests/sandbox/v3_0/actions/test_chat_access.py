"""Chat access: grant, revoke and set."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.license_client import (
    AGENT1,
    AGENT2,
    AGENT4,
    CHAT,
    CUSTOMER,
    GROUP3_CHAT,
    SUPERVISOR,
    LicenseClient,
    normal_agent,
)


def change_access(client: LicenseClient, action: str, group: int) -> Any:
    """Change the sample chat's access; return the access in the push."""
    access = {"type": "group", "id": group}
    payload = {"resource": "chat", "id": CHAT, "access": access}
    return client.first_push(action, payload).payload["access"]


def test_grant_adds_access() -> None:
    """Existing access stays; the push has the added access."""
    client = LicenseClient()

    assert change_access(client, "grant_access", 1) == {"group_ids": [1]}
    assert client.fetch_chat()["access"] == {"group_ids": [0, 1]}


def test_revoke_removes_access() -> None:
    """Other access stays; the push has the removed access."""
    client = LicenseClient()
    change_access(client, "grant_access", 1)

    assert change_access(client, "revoke_access", 0) == {"group_ids": [0]}
    assert client.fetch_chat()["access"] == {"group_ids": [1]}


def test_set_replaces_access() -> None:
    """Existing access is removed; the push has the new access."""
    client = LicenseClient()

    assert change_access(client, "set_access", 2) == {"group_ids": [2]}
    assert client.fetch_chat()["access"] == client.fetch_thread()["access"] == {"group_ids": [2]}


def test_closed_threads_keep_their_access() -> None:
    """A change of access applies to the chat and its active thread only."""
    client = LicenseClient()
    change_access(client, "set_access", 2)

    assert client.fetch_thread(CHAT, "PT039DS6IP")["access"] == {"group_ids": [0]}


@given(st.sampled_from([1, 2, 3]), st.lists(st.sampled_from([0, 1, 2, 3]), unique=True))
def test_revoking_a_granted_group_keeps_the_others(group: int, before: list[int]) -> None:
    """Granting and then revoking a group does not change the other groups."""
    client = LicenseClient()
    client.call("set_access", resource="chat", id=CHAT, access={"group_ids": before})
    change_access(client, "grant_access", group)
    change_access(client, "revoke_access", group)

    assert client.fetch_chat()["access"] == {
        "group_ids": [each for each in before if each != group]
    }


def test_access_permits_an_agent_to_read_a_chat() -> None:
    """An agent can read a chat only while its group has access."""
    agent = normal_agent("chats--access:ro")
    owner = LicenseClient(agent.license, SUPERVISOR, connection=2)
    access = {"type": "group", "id": 2}
    assert "do not cover" in agent.expect_error("get_chat_threads", chat_id=GROUP3_CHAT)

    owner.call("grant_access", resource="chat", id=GROUP3_CHAT, access=access)
    assert agent.fetch_chat(GROUP3_CHAT)["id"] == GROUP3_CHAT
    owner.call("revoke_access", resource="chat", id=GROUP3_CHAT, access=access)
    assert "do not cover" in agent.expect_error("get_chat_threads", chat_id=GROUP3_CHAT)


def test_agents_with_old_or_new_access_get_the_push() -> None:
    """The push goes to all agents who had or have access."""
    delivery = LicenseClient().first_push(
        "set_access", resource="chat", id=GROUP3_CHAT, access={"type": "group", "id": 1}
    )

    assert delivery.agent_ids == {
        AGENT1,
        AGENT2,
        AGENT4,
        SUPERVISOR,
        "5c9871d5372c824cbf22d860a707a578",
    }


def test_access_can_be_granted_to_an_agent() -> None:
    """Access of type agent takes an email; agent_ids is shown in addition to group_ids."""
    client = LicenseClient()
    delivery = client.first_push(
        "grant_access", resource="chat", id=CHAT, access={"type": "agent", "id": AGENT4}
    )

    assert delivery.payload["access"] == {"group_ids": [], "agent_ids": [AGENT4]}
    assert client.fetch_chat()["access"] == {"group_ids": [0], "agent_ids": [AGENT4]}


def test_customers_have_access_too() -> None:
    """Customers have the same access; only agents with access may change it."""
    agent = normal_agent("chats--access:rw")
    access = {"type": "group", "id": 3}
    delivery = agent.first_push("set_access", resource="customer", id=CUSTOMER, access=access)

    assert delivery.payload == {
        "resource": "customer",
        "id": CUSTOMER,
        "access": {"group_ids": [3]},
    }
    error = agent.expect_error("grant_access", resource="customer", id=CUSTOMER, access=access)
    assert error == f"authorization: the token's scopes do not cover customer {CUSTOMER}"


@pytest.mark.parametrize(
    ("resource", "resource_id", "access", "message"),
    [
        ("chat", "x", {"type": "group", "id": 1}, "chat x not found"),
        ("customer", "x", {"type": "group", "id": 1}, "customer x not found"),
        ("chat", CHAT, {"type": "group", "id": 9}, "group 9 not found"),
        ("chat", CHAT, {"type": "agent", "id": "x"}, "agent x not found"),
        ("chat", CHAT, {"type": "agent", "id": 1}, "access.id must be an agent's email"),
        ("thread", CHAT, {"type": "group", "id": 1}, "resource must be chat or customer"),
    ],
)
def test_invalid_access_is_rejected(
    resource: str, resource_id: str, access: dict[str, Any], message: str
) -> None:
    """Unknown IDs and wrong types are rejected with validation."""
    error = LicenseClient().expect_error(
        "grant_access", resource=resource, id=resource_id, access=access
    )
    assert error.startswith("validation: ")
    assert message in error
