"""Customers of v3.6: their data, monitoring levels, subscriptions and pushes."""

from collections.abc import Callable
from typing import Any

import pytest
from support.independent_client import Client, connected_client
from support.sample_ids import (
    AGENT1,
    CHAT,
    CUSTOMER,
    CUSTOMER_OF_CLOSED_CHAT,
    GROUP2_CHAT,
    THREAD,
)

from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.server.limits import Limits
from rtmcli.sandbox.server.options import ServerOptions
from rtmcli.sandbox.server_thread import Sandbox, run_sandbox

Connect = Callable[..., Client]


def visit(sandbox: Sandbox, action: str, *args: Any) -> None:
    """Let a customer of the website do something."""

    def act(server: Any) -> None:
        result = getattr(sandbox.license.visitors, action)(*args)
        server.send_facts(result[1] if isinstance(result, tuple) else result)

    sandbox.call_threadsafe(act)


def test_a_customer_has_the_documented_members(agent: Client) -> None:
    """Only what is set is present; times are RFC 3339."""
    customer = agent.result("get_customer", id=CUSTOMER_OF_CLOSED_CHAT)

    assert customer["session_fields"] == [{"score": "high"}]
    assert customer["chat_ids"] == ["UK6J5H4G3F"]
    assert customer["created_at"] == "2018-03-04T19:20:30.000000Z"
    assert customer["visit"].keys() == {
        "started_at",
        "ended_at",
        "ip",
        "user_agent",
        "geolocation",
        "last_pages",
    }
    assert "chat_ids" not in agent.result("get_customer", id=CUSTOMER)
    assert "ended_at" not in agent.result("get_customer", id=CUSTOMER)["visit"]


def test_an_update_is_pushed_with_what_changed(agent: Client) -> None:
    """It takes effect at once; omnichannel is read in another form than it is written."""
    changes = {
        "name": "Thomas",
        "phone_number": "+48123456789",
        "session_fields": [{"b": "1"}, {"a": "2"}],
        "address": {"city": "Gdansk"},
    }
    omnichannel = {"fbmessenger": {"id": "7"}, "twilio": {"phone_number": "+1"}}
    read = {"fb_messenger": [{"id": "7"}], "twilio": [{"phone_number": "+1"}]}
    pushes = agent.pushes_of("update_customer", id=CUSTOMER, **changes, omnichannel=omnichannel)

    expected = {"id": CUSTOMER, "type": "customer", **changes, "omnichannel": read}
    assert pushes == [("customer_updated", expected)]
    assert agent.result("get_customer", id=CUSTOMER).items() >= expected.items()


def test_a_new_name_is_announced_in_an_active_chat(agent: Client) -> None:
    """A system message follows; other changes bring none."""
    users = agent.result("get_chat", chat_id=CHAT)["users"]
    [customer_id] = [user["id"] for user in users if user["type"] == "customer"]

    updated, (name, push) = agent.pushes_of("update_customer", id=customer_id, name="Ada N.")
    assert (updated[0], name) == ("customer_updated", "incoming_event")
    assert push["event"]["system_message_type"] == "customer_updated"
    names = agent.push_names("update_customer", id=customer_id, avatar="https://example.org/a")
    assert names == ["customer_updated"]


def test_a_ban_closes_the_chat(agent: Client) -> None:
    """The customer leaves the website."""
    users = agent.result("get_chat", chat_id=CHAT)["users"]
    [customer_id] = [user["id"] for user in users if user["type"] == "customer"]
    pushes = agent.pushes_of("ban_customer", id=customer_id, ban={"days": 3})

    assert pushes[0] == ("customer_banned", {"customer_id": customer_id, "ban": {"days": 3}})
    assert [name for name, _ in pushes[1:]] == ["incoming_event", "chat_deactivated"]
    assert agent.error_type("resume_chat", chat={"id": CHAT}) == "authorization"
    fresh = {"users": [{"id": CUSTOMER, "type": "customer"}]}
    agent.result("ban_customer", id=CUSTOMER, ban={"days": 1})
    assert agent.error_type("start_chat", chat=fresh) == "authorization"


def test_a_ban_closes_all_chats(agent: Client) -> None:
    """A customer may have several if they are continuous."""
    users = [{"id": CUSTOMER, "type": "customer"}]
    for _ in range(2):
        agent.result("start_chat", chat={"users": users}, continuous=True)

    assert agent.push_names("ban_customer", id=CUSTOMER, ban={"days": 1}) == [
        "customer_banned",
        *(["incoming_event", "chat_deactivated"] * 2),
        "customer_left",
    ]


@pytest.mark.parametrize(
    ("level", "online", "chatting", "own"),
    [
        ("my", False, False, True),
        ("chatting", False, True, True),
        ("invited", False, True, True),
        ("online", True, True, True),
        ("highest_available", True, True, True),
    ],
)
def test_the_monitoring_level_decides_on_pushes(
    connect_as: Connect, level: str, online: bool, chatting: bool, own: bool
) -> None:
    """Each level includes those before it; the customers are listed after the login, too."""
    agent = connect_as("agent1", "3.6")
    changer = connect_as("agent2", "3.6")
    with_level = connect_as("agent1", customer_monitoring_level=level)
    ids = {}
    for chat_id in (CHAT, GROUP2_CHAT):
        users = agent.result("get_chat", chat_id=chat_id)["users"]
        [ids[chat_id]] = [user["id"] for user in users if user["type"] == "customer"]
    with_level.drain()
    for customer_id in (CUSTOMER, ids[GROUP2_CHAT], ids[CHAT]):
        changer.result("update_customer", id=customer_id, avatar="https://example.org/a")
    received = [push["id"] for name, push in with_level.drain() if name == "customer_updated"]

    assert (CUSTOMER in received) is online
    assert (ids[GROUP2_CHAT] in received) is chatting
    assert (ids[CHAT] in received) is own


def test_the_monitoring_level_belongs_to_the_agent(connect_as: Connect, sandbox: Sandbox) -> None:
    """The default is the present level, which is my at first."""
    agent = sandbox.license.state.agents["agent4@example.com"]
    for level, expected in ((None, "my"), ("online", "online"), (None, "online"), ("my", "my")):
        connect_as("agent4", **({"customer_monitoring_level": level} if level else {}))
        assert agent.monitoring_level == expected


def test_visits_are_pushed(sandbox: Sandbox, connect_as: Connect) -> None:
    """A customer comes, opens pages and leaves."""
    agent = connect_as("agent1", customer_monitoring_level="online")
    visit(sandbox, "start_visit", CUSTOMER_OF_CLOSED_CHAT)
    visit(sandbox, "open_page", CUSTOMER_OF_CLOSED_CHAT, ("/kettle", "Kettle"))
    visit(sandbox, "start_chat", CUSTOMER_OF_CLOSED_CHAT, "hello")
    visit(sandbox, "sneak_peek", CUSTOMER_OF_CLOSED_CHAT, "I w")
    visit(sandbox, "send_typing_indicator", CUSTOMER_OF_CLOSED_CHAT)
    visit(sandbox, "mark_as_seen", CUSTOMER_OF_CLOSED_CHAT)
    visit(sandbox, "rate_chat", CUSTOMER_OF_CLOSED_CHAT, 1, "Quick")
    visit(sandbox, "end_visit", CUSTOMER_OF_CLOSED_CHAT)
    pushes = agent.drain()

    assert [name for name, _ in pushes] == [
        "incoming_customer",
        "customer_page_updated",
        "customer_statistics_updated",
        "customer_page_updated",
        "customer_statistics_updated",
        "incoming_chat",
        "customer_statistics_updated",
        "incoming_sneak_peek",
        "events_marked_as_seen",
        "thread_properties_updated",
        "incoming_event",
        "incoming_event",
        "incoming_event",
        "chat_deactivated",
        "customer_left",
    ]
    by_name = dict(pushes)
    assert (
        by_name["incoming_customer"].items()
        >= {
            "id": CUSTOMER_OF_CLOSED_CHAT,
            "online": True,
            "state": "browsing",
            "group_ids": [0],
        }.items()
    )
    page = by_name["customer_page_updated"]
    assert page.keys() == {"customer_id", "visit_id", "opened_at", "url", "title"}
    assert isinstance(page["visit_id"], int)
    assert by_name["customer_left"].keys() == {"id", "left_at"}
    assert "requester_id" not in by_name["incoming_chat"]
    assert "user_id" not in by_name["chat_deactivated"]
    assert by_name["thread_properties_updated"]["properties"] == {
        "rating": {"score": 1, "comment": "Quick"}
    }


def test_a_new_customer_is_shown_once(sandbox: Sandbox, connect_as: Connect) -> None:
    """The visit follows the creation; only one incoming_customer is sent."""
    agent = connect_as("agent1", customer_monitoring_level="online")
    visit(sandbox, "start_visit")

    assert [name for name, _ in agent.drain()].count("incoming_customer") == 1


def test_a_subscription_brings_pushes(sandbox: Sandbox, agent: Client) -> None:
    """It lists those who are online, and lasts until it is ended."""
    subscribed = agent.result("subscribe_customers", group_ids=[1], limit=3)
    subscription_id = subscribed["subscription_id"]

    assert len(subscription_id) == 32
    assert len(subscribed["customers"]) == 3
    assert all(each["online"] for each in subscribed["customers"])
    visit(sandbox, "open_page", CUSTOMER, ("/", "Home"))
    assert [name for name, _ in agent.drain()] == [
        "customer_page_updated",
        "customer_statistics_updated",
    ]
    assert agent.result("unsubscribe_customers", subscription_id=subscription_id) == {}
    visit(sandbox, "open_page", CUSTOMER, ("/", "Home"))
    assert agent.drain() == []
    error = agent.error_type("unsubscribe_customers", subscription_id=subscription_id)
    assert error == "not_found"


def test_a_subscription_belongs_to_its_connection(agent: Client, connect_as: Connect) -> None:
    """Another connection can neither end it nor does it get its pushes."""
    second = connect_as()
    subscription_id = agent.result("subscribe_customers")["subscription_id"]

    error = second.error_type("unsubscribe_customers", subscription_id=subscription_id)
    assert error == "not_found"


def test_totals_are_sent_while_the_limit_is_exceeded() -> None:
    """They come to the subscribed connection only."""
    options = ServerOptions(Limits(totals_interval=0.05))
    with (
        run_sandbox(options=options) as sandbox,
        connected_client(sandbox.urls["3.6"], sandbox.token) as agent,
    ):
        exceeded = agent.result("subscribe_customers", limit=1)["subscription_id"]
        agent.result("subscribe_customers", limit=100)
        totals = agent.wait_for_push("subscribed_customers_totals_updated")["payload"]
    assert totals == {exceeded: len(sandbox.license.state.visits)}


def test_a_customer_out_of_reach_is_transferred(connect_as: Connect) -> None:
    """Access of customers changes in v3.0 only; v3.6 shows who can still see the customer."""
    changer = connect_as("supervisor", "3.0")
    losing = connect_as("agent1", customer_monitoring_level="online")
    gaining = connect_as("agent4", customer_monitoring_level="online")
    losing.drain()
    access = {"type": "group", "id": 3}
    changer.result("set_access", resource="customer", id=CUSTOMER, access=access)
    lost = {"id": CUSTOMER, "transferred_to": {"group_ids": [3]}, "followed": False}

    assert losing.drain() == [("customer_transferred", lost)]
    assert gaining.drain() == []
    changer.result("set_access", resource="customer", id=CUSTOMER, access={"group_ids": [1]})
    assert [name for name, _ in losing.drain()] == ["incoming_customer"]
    assert [name for name, _ in gaining.drain()] == ["customer_transferred"]


def test_customers_need_a_scope() -> None:
    """Without customers:ro there are neither incoming_customers nor other pushes."""
    with (
        run_sandbox(License(scopes=["chats--access:rw"])) as sandbox,
        connected_client(sandbox.urls["3.6"], sandbox.token) as agent,
    ):
        assert "incoming_customers" not in [name for name, _ in agent.drain()]
        assert agent.error_type("subscribe_customers") == "authorization"
        assert agent.result("get_chat", chat_id=CHAT)["thread"]["id"] == THREAD
        assert AGENT1 in agent.result("get_chat", chat_id=CHAT)["thread"]["user_ids"]
