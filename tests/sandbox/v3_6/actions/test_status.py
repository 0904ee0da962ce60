"""Login, connections and routing statuses of v3.6."""

from collections.abc import Callable
from typing import Any

import pytest
from support.independent_client import Client, connected_client
from support.sample_ids import AGENT1, AGENT2, AGENT4, BOT, CHAT, SUPERVISOR

from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.server_thread import Sandbox, run_sandbox

Connect = Callable[..., Client]
MULTICAST = {"recipients": {"agents": {"all": True}}, "content": {"deploy": "done"}, "type": "ci"}


def login(sandbox: Sandbox, client: Client, **fields: Any) -> Any:
    """Log the first agent in."""
    return client.result("login", token=f"Bearer {sandbox.token}", **fields)


def test_the_login_shows_the_initial_state(sandbox: Sandbox) -> None:
    """The latest chats are first; then incoming_customers is pushed, without request_id."""
    with connected_client(sandbox.urls["3.6"]) as client:
        response = login(sandbox, client, customer_monitoring_level="online", timezone="UTC")
        push = client.wait_for_push("incoming_customers")

    license_, profile = response["license"], response["my_profile"]
    assert license_.keys() == {
        "id",
        "organization_id",
        "plan",
        "expiration_timestamp",
        "creation_timestamp",
        "in_trial",
        "website_last_activity",
    }
    assert (profile["id"], profile["permission"]) == (AGENT1, "owner")
    assert profile["routing_status"] == "accepting_chats"
    created = [each["last_thread_summary"]["created_at"] for each in response["chats_summary"]]
    assert created == sorted(created, reverse=True)
    assert all(each["last_thread_summary"]["active"] for each in response["chats_summary"])
    assert push.keys() == {"version", "action", "type", "payload"}
    assert push["version"] == "3.6"
    assert push["payload"]["customer_monitoring_level"] == "online"
    assert all(
        each["online"] or each["state"] == "chatting" for each in push["payload"]["customers"]
    )


def test_responses_have_no_version_and_pushes_have_one(agent: Client) -> None:
    """The requester's copy of a push has the request_id."""
    agent.send({"version": "3.6", "request_id": "7", "action": "multicast", "payload": MULTICAST})
    response = agent.wait_for_response("7")
    push = agent.wait_for_push("incoming_multicast")

    assert response.keys() == {"request_id", "action", "type", "success", "payload"}
    assert push == {
        "version": "3.6",
        "request_id": "7",
        "action": "incoming_multicast",
        "type": "push",
        "payload": {"author_id": AGENT1, "content": {"deploy": "done"}, "type": "ci"},
    }


@pytest.mark.parametrize(
    ("version", "error_type"),
    [
        ("3.6", None),
        ("3.5", "validation"),
        ("3.0", "validation"),
        ("3.7", "unsupported_version"),
        ("v3.6", "validation"),
        (3.6, "validation"),
    ],
)
def test_a_request_may_name_its_version(
    agent: Client, version: Any, error_type: str | None
) -> None:
    """A lower version is prohibited, a higher one is not served; author_id is ignored."""
    response = agent.call("get_chat", {"chat_id": CHAT}, version=version, author_id="x")

    assert response["success"] is (error_type is None)
    assert response["payload"].get("error", {}).get("type") == error_type


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("", None),
        ("?organization_id={}", None),
        ("?organization_id={}&region=fra", None),
        ("?region=fra", None),
        ("?organization_id=wrong", "license_not_found"),
        ("?organization_id={}&organization_id=wrong", "license_not_found"),
    ],
)
def test_the_organization_must_be_that_of_the_license(
    sandbox: Sandbox, query: str, reason: str | None
) -> None:
    """It may be missing; another one is disconnected at once."""
    organization = sandbox.license.state.organization_id
    with connected_client(sandbox.urls["3.6"] + query.format(organization)) as client:
        if reason is None:
            assert login(sandbox, client)["license"]["organization_id"] == organization
        else:
            messages, code = client.read_until_closed()
            assert [each["payload"] for each in messages] == [{"reason": reason}]
            assert (messages[0]["version"], code) == ("3.6", 1000)


@pytest.mark.parametrize(
    ("pushes", "received"),
    [
        (None, True),
        ({"3.6": ["all"]}, True),
        ({"3.6": ["incoming_chat", "incoming_multicast"]}, True),
        ({"3.6": ["incoming_chat"]}, False),
        ({"3.6": []}, False),
        ({"3.7": ["all"]}, False),
        ({"3.6": ["incoming_multicast"], "3.7": ["canned_response_created"]}, True),
    ],
)
def test_a_login_chooses_its_pushes(sandbox: Sandbox, pushes: Any, received: bool) -> None:
    """What is not named is not sent, to the requester neither."""
    with connected_client(sandbox.urls["3.6"]) as client:
        login(sandbox, client, **({} if pushes is None else {"pushes": pushes}))
        names = [name for name, _ in client.drain()]
        assert ("incoming_customers" in names) is (pushes in (None, {"3.6": ["all"]}))
        client.result("multicast", **MULTICAST)
        assert ("incoming_multicast" in [name for name, _ in client.drain()]) is received


def test_a_disconnect_is_always_announced(connect_as: Connect) -> None:
    """agent_disconnected cannot be muted."""
    quiet, owner = connect_as("agent2", pushes={"3.6": []}), connect_as("supervisor")
    owner.result("logout", agent_id=AGENT2)
    messages, _ = quiet.read_until_closed()

    assert messages[-1]["payload"] == {"reason": "agent_logged_out_remotely"}
    assert owner.result("ping") == {}


@pytest.mark.parametrize(
    ("fields", "error_type"),
    [
        ({"pushes": {}}, "validation"),
        ({"pushes": {"3.0": ["all"]}}, "validation"),
        ({"pushes": {"3.6": ["incoming_chat_thread"]}}, "validation"),
        ({"pushes": {"new": ["all"]}}, "validation"),
        ({"pushes": {"3.6": "all"}}, "validation"),
        ({"customer_monitoring_level": "all"}, "validation"),
        ({"away": "no"}, "validation"),
        ({"token": "Bearer wrong"}, "authentication"),
        ({"token": "Basic abc"}, "authentication"),
        ({"token": 7}, "validation"),
    ],
)
def test_a_wrong_login_is_refused(
    sandbox: Sandbox, fields: dict[str, Any], error_type: str
) -> None:
    """The connection stays open for another try."""
    with connected_client(sandbox.urls["3.6"]) as client:
        payload = {"token": f"Bearer {sandbox.token}", **fields}
        assert client.error_type("login", **payload) == error_type
        login(sandbox, client)
        assert client.error_type("login", token=sandbox.token) == "validation"


def test_before_login_only_ping_is_defined(sandbox: Sandbox) -> None:
    """A ping is not answered then; other actions fail with authentication."""
    with connected_client(sandbox.urls["3.6"]) as client:
        client.send_request("ping")
        assert client.error_type("list_chats") == "authentication"
        assert client.pushes == []


def test_the_token_of_a_session_can_be_replaced(agent: Client, sandbox: Sandbox) -> None:
    """Another agent's token is refused."""
    tokens = {each.agent_id: each.token for each in sandbox.license.tokens}

    assert agent.result("update_session", token=f"Bearer {tokens[AGENT1]}") == {}
    error = agent.error_type("update_session", token=f"Bearer {tokens[AGENT2]}")
    assert error == "authentication"


def test_a_logout_closes_the_connection(agent: Client, connect_as: Connect) -> None:
    """The agent's other connections stay, unless the request names the agent."""
    second, third = connect_as(), connect_as(version="3.0")
    second.result("logout")
    assert second.read_until_closed()[1] == 1000
    agent.result("logout", agent_id=AGENT1)
    assert agent.read_until_closed()[1] == 1000
    messages, _ = third.read_until_closed()
    assert messages[-1]["payload"] == {"reason": "agent_logged_out_remotely"}


def statuses(agent: Client, **filters: Any) -> dict[str, str]:
    """Return the routing status of each agent and bot."""
    listed = agent.result("list_routing_statuses", filters=filters)
    return {each["agent_id"]: each["status"] for each in listed}


def test_routing_statuses_are_listed(agent: Client) -> None:
    """Logged-out agents are offline; groups limit the list."""
    assert (
        statuses(agent).items()
        >= {
            AGENT1: "accepting_chats",
            BOT: "accepting_chats",
            SUPERVISOR: "offline",
        }.items()
    )
    assert statuses(agent, group_ids=[3]) == {AGENT4: "offline", SUPERVISOR: "offline"}


def test_routing_statuses_are_set(agent: Client) -> None:
    """Bots may be offline; the groups' statuses follow their best agent."""
    pushes = agent.pushes_of("set_routing_status", status="not_accepting_chats")
    assert pushes == [("routing_status_set", {"agent_id": AGENT1, "status": "not_accepting_chats"})]
    pushes = agent.pushes_of("set_routing_status", status="offline", agent_id=BOT)
    assert pushes[0] == ("routing_status_set", {"agent_id": BOT, "status": "offline"})
    assert statuses(agent)[BOT] == "offline"
    names = agent.pushes_of(
        "set_routing_status", status="not_accepting_chats", agent_id="agent3@example.com"
    )
    assert names[1:] == [
        ("groups_status_updated", {"groups": [{"id": 2, "status": "not_accepting_chats"}]})
    ]


def test_away_on_all_connections_stops_new_chats(agent: Client, connect_as: Connect) -> None:
    """A connection may start away; coming back on one restores the status."""
    second = connect_as(away=True)
    agent.drain()
    agent.result("set_away_status", away=True)
    away = ("routing_status_set", {"agent_id": AGENT1, "status": "not_accepting_chats"})
    assert away in agent.drain()
    second.result("set_away_status", away=False)
    back = ("routing_status_set", {"agent_id": AGENT1, "status": "accepting_chats"})
    assert back in agent.drain()


def test_kinds_are_listed_by_scope() -> None:
    """Agents need agents--all:ro, bots agents-bot--all:ro."""
    for scope, expected in (("agents-bot--all:ro", {BOT}), ("agents--all:ro", None)):
        with (
            run_sandbox(License(scopes=[scope])) as limited,
            connected_client(limited.urls["3.6"], limited.token) as client,
        ):
            listed = statuses(client).keys()
            assert listed == expected if expected else BOT not in listed


def test_a_multicast_goes_to_the_named_agents(agent: Client, connect_as: Connect) -> None:
    """Groups may be digit strings; all connections of an agent get it."""
    others = [connect_as("agent2"), connect_as("agent2"), connect_as("agent4")]
    agent.drain()
    for client in others:
        client.drain()
    agent.result("multicast", recipients={"agents": {"groups": ["1"]}}, content=[1, None])
    received = [
        [push for name, push in client.drain() if name == "incoming_multicast"] for client in others
    ]

    expected = {"author_id": AGENT1, "content": [1, None]}
    assert received == [[expected], [expected], []]


def test_agents_for_a_transfer_are_sorted(agent: Client, connect_as: Connect) -> None:
    """Those who are online and not in the chat, the least busy first."""
    connect_as("agent2").result("set_routing_status", status="not_accepting_chats")
    connect_as("supervisor")

    assert agent.result("list_agents_for_transfer", chat_id=CHAT) == [
        {"agent_id": AGENT2, "active_chats": 0},
        {"agent_id": SUPERVISOR, "active_chats": 0},
        {"agent_id": "agent3@example.com", "active_chats": 1},
    ]
