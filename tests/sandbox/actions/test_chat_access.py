"""Chat access: granting adds, revoking removes, setting replaces."""

from typing import Any

import pytest
from asking import AGENT1, AGENT2, AGENT4, CHAT, CUSTOMER, FOREIGN_CHAT, SUPERVISOR, Asker, normal
from hypothesis import given
from hypothesis import strategies as st


def change(asker: Asker, action: str, group: int, **more: Any) -> Any:
    """Change the sample chat's access; return the access that the push tells."""
    access = {"type": "group", "id": group}
    payload = {"resource": "chat", "id": CHAT, "access": access, **more}
    return asker.push(action, payload).payload["access"]


def test_a_grant_adds() -> None:
    """The access that was there stays; the push names what was added."""
    asker = Asker()

    assert change(asker, "grant_access", 1) == {"group_ids": [1]}
    assert asker.chat()["access"] == {"group_ids": [0, 1]}


def test_a_revocation_removes() -> None:
    """Other access stays; the push names what was taken away."""
    asker = Asker()
    change(asker, "grant_access", 1)

    assert change(asker, "revoke_access", 0) == {"group_ids": [0]}
    assert asker.chat()["access"] == {"group_ids": [1]}


def test_a_setting_replaces() -> None:
    """Nothing of what was there stays; the push names the new access."""
    asker = Asker()

    assert change(asker, "set_access", 2) == {"group_ids": [2]}
    assert asker.chat()["access"] == asker.thread()["access"] == {"group_ids": [2]}


def test_closed_threads_keep_their_access() -> None:
    """A change of access concerns the chat and its active thread."""
    asker = Asker()
    change(asker, "set_access", 2)

    assert asker.thread(CHAT, "PT039DS6IP")["access"] == {"group_ids": [0]}


@given(st.sampled_from([1, 2, 3]), st.lists(st.sampled_from([0, 1, 2, 3]), unique=True))
def test_a_grant_taken_back_restores_what_was_there(group: int, before: list[int]) -> None:
    """Granting and revoking a group leaves the others as they were."""
    asker = Asker()
    asker.ask("set_access", resource="chat", id=CHAT, access={"group_ids": before})
    change(asker, "grant_access", group)
    change(asker, "revoke_access", group)

    assert asker.chat()["access"] == {"group_ids": [each for each in before if each != group]}


def test_access_decides_who_reaches_a_chat() -> None:
    """With access for its group an agent reaches the chat, without it no longer."""
    agent = normal("chats--access:ro")
    owner = Asker(agent.licence, SUPERVISOR, connection=2)
    access = {"type": "group", "id": 2}
    assert "do not reach" in agent.refused("get_chat_threads", chat_id=FOREIGN_CHAT)

    owner.ask("grant_access", resource="chat", id=FOREIGN_CHAT, access=access)
    assert agent.chat(FOREIGN_CHAT)["id"] == FOREIGN_CHAT
    owner.ask("revoke_access", resource="chat", id=FOREIGN_CHAT, access=access)
    assert "do not reach" in agent.refused("get_chat_threads", chat_id=FOREIGN_CHAT)


def test_those_who_lose_and_those_who_gain_access_are_told() -> None:
    """A push about access goes to all who had or have it."""
    told = Asker().push(
        "set_access", resource="chat", id=FOREIGN_CHAT, access={"type": "group", "id": 1}
    )

    assert told.agents == {AGENT1, AGENT2, AGENT4, SUPERVISOR, "5c9871d5372c824cbf22d860a707a578"}


def test_an_agent_may_get_access() -> None:
    """Access of type agent takes an e-mail; it is shown beside the groups."""
    asker = Asker()
    told = asker.push(
        "grant_access", resource="chat", id=CHAT, access={"type": "agent", "id": AGENT4}
    )

    assert told.payload["access"] == {"group_ids": [], "agent_ids": [AGENT4]}
    assert asker.chat()["access"] == {"group_ids": [0], "agent_ids": [AGENT4]}


def test_customers_have_access_too() -> None:
    """The resource customer takes the same access; only who shares it may change it."""
    agent = normal("chats--access:rw")
    access = {"type": "group", "id": 3}
    told = agent.push("set_access", resource="customer", id=CUSTOMER, access=access)

    assert told.payload == {"resource": "customer", "id": CUSTOMER, "access": {"group_ids": [3]}}
    refusal = agent.refused("grant_access", resource="customer", id=CUSTOMER, access=access)
    assert refusal == f"authorization: the token's scopes do not reach customer {CUSTOMER}"


@pytest.mark.parametrize(
    ("resource", "resource_id", "access", "message"),
    [
        ("chat", "x", {"type": "group", "id": 1}, "chat x not found"),
        ("customer", "x", {"type": "group", "id": 1}, "customer x not found"),
        ("chat", CHAT, {"type": "group", "id": 9}, "group 9 not found"),
        ("chat", CHAT, {"type": "agent", "id": "x"}, "agent x not found"),
        ("chat", CHAT, {"type": "agent", "id": 1}, "access.id must be an agent's e-mail"),
        ("thread", CHAT, {"type": "group", "id": 1}, "resource must be chat or customer"),
    ],
)
def test_unknown_ids_are_refused(
    resource: str, resource_id: str, access: dict[str, Any], message: str
) -> None:
    """What is not there is refused with validation."""
    refusal = Asker().refused("grant_access", resource=resource, id=resource_id, access=access)
    assert refusal.startswith("validation: ")
    assert message in refusal
