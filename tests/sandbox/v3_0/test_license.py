"""The license: the response, the pushes and the scopes of every method of the catalogue."""

import gc
import sys
from typing import Any

import pytest
from support.license_client import (
    AGENT1,
    AGENT2,
    BOT,
    CHAT,
    CLOSED_CHAT,
    GROUP3_CHAT,
    LicenseClient,
    RenderedVisitors,
    normal_agent,
)

from rtmcli.catalogue.model import Method
from rtmcli.catalogue.v3_0 import API
from rtmcli.protocol.paths import MISSING, get_path
from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.interface import PushDelivery, RequestError
from rtmcli.sandbox.v3_0.actions import HANDLERS

every_method = pytest.mark.parametrize(
    "method",
    [method for method in API.methods.values() if method.action != API.login_action],
    ids=lambda method: method.action,
)
# Requests that must precede an example.
PREPARATIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "activate_chat": ("close_thread", {"chat_id": CHAT}),
    "follow_chat": (
        "remove_user_from_chat",
        {"chat_id": CHAT, "user_id": AGENT1, "user_type": "agent"},
    ),
    "unfollow_chat": (
        "remove_user_from_chat",
        {"chat_id": CHAT, "user_id": AGENT1, "user_type": "agent"},
    ),
}
# Pushes in addition to the push of the method.
EXTRA_PUSHES = {
    "remove_user_from_chat": {"incoming_event"},
    "ban_customer": {"customer_visit_ended"},
    "transfer_chat": {"chat_user_removed", "chat_user_added", "incoming_event"},
    "close_thread": {"incoming_event"},
    "send_rich_message_postback": {"event_updated"},
    "set_away_status": {"agent_updated"},
    "send_typing_indicator": {"incoming_typing_indicator"},
}
PUSH_TYPES = {push.name: push for push in API.pushes}


def prepare_example(method: Method) -> LicenseClient:
    """Log in and send the request that must precede a method's example, if any."""
    client = LicenseClient()
    if method.action in PREPARATIONS:
        client.call(*PREPARATIONS[method.action])
    return client


def required_members(members: tuple[str, ...]) -> set[str]:
    """Return the members that are always present."""
    return {each for each in members if not each.endswith("?")}


def known_members(members: tuple[str, ...]) -> set[str]:
    """Return all members, including optional ones."""
    return {each.removesuffix("?") for each in members}


@every_method
def test_a_response_has_the_documented_members(method: Method) -> None:
    """The example of each method succeeds; its response has the documented members only."""
    response = prepare_example(method).call(method.action, dict(method.example)).payload
    members = method.response_fields

    assert required_members(members) <= response.keys() <= known_members(members)


@every_method
def test_an_example_causes_the_documented_push(method: Method) -> None:
    """Each method causes its documented push once, and no pushes that do not belong to it."""
    push_names = prepare_example(method).push_names(method.action, dict(method.example))

    assert [each for each in push_names if each == method.push] == [method.push] * bool(method.push)
    assert set(push_names) - {method.push} <= EXTRA_PUSHES.get(method.action, set())


@every_method
def test_a_push_has_the_documented_members(method: Method) -> None:
    """Each push that an example causes has the documented members only."""
    client = prepare_example(method)
    for push, payload, *_ in client.call(method.action, dict(method.example)).deliveries:
        members = PUSH_TYPES[push].payload_fields
        assert required_members(members) <= payload.keys() <= known_members(members), push


@every_method
def test_a_push_has_the_documented_keys(method: Method) -> None:
    """The keys that match a push to its request are equal in the request or response."""
    request = dict(method.example)
    result = prepare_example(method).call(method.action, request)
    if method.push:
        [push] = [each.payload for each in result.deliveries if each.name == method.push]
        for request_key, push_key in method.push_keys.items():
            values = [get_path(each, request_key) for each in (request, result.payload)]
            if values != [MISSING, MISSING]:
                assert get_path(push, push_key) in values, request_key


@every_method
def test_the_requester_gets_the_documented_push(method: Method) -> None:
    """The push of a method is sent to its requester, too."""
    result = prepare_example(method).call(method.action, dict(method.example))

    assert all(
        each.to_requester or AGENT1 in each.agent_ids
        for each in result.deliveries
        if each.name == method.push
    )


def example_error_type(client: LicenseClient, method: Method) -> str:
    """Send an example; return the type of its error, or an empty string."""
    try:
        client.call(method.action, dict(method.example))
    except RequestError as error:
        return error.type
    return ""


@every_method
def test_a_method_that_requires_a_scope_is_rejected_without_scopes(method: Method) -> None:
    """Without scopes an agent may only call methods without scopes and leave its chats."""
    client = LicenseClient(License(seed=1, scopes=[]))
    requires_no_scope = not method.scopes or method.action == "remove_user_from_chat"

    assert (example_error_type(client, method) != "authorization") is requires_no_scope


@every_method
def test_any_one_of_its_scopes_is_sufficient_for_a_method(method: Method) -> None:
    """Each scope of a method permits it for a chat in which the agent is present."""
    for scope in method.conditional_scopes[1] if method.conditional_scopes else method.scopes:
        client = prepare_example(method)
        client.caller = client.caller._replace(scopes=frozenset({scope}))
        if method.action == "follow_chat" and "--my" in scope:
            continue  # the agent is not present in the chat
        assert isinstance(client.call(method.action, dict(method.example)).deliveries, list)


@every_method
def test_a_rejected_request_changes_nothing(method: Method) -> None:
    """A request without its required members is rejected with validation."""
    if any(param.required and "." not in param.path for param in method.params):
        client = LicenseClient()
        before = client.fetch_chat()
        assert client.expect_error(method.action, {"unknown": 1}).startswith("validation: ")
        assert client.fetch_chat() == before


def test_every_documented_method_has_a_handler() -> None:
    """All methods except login have a handler."""
    assert {*HANDLERS, API.login_action} == API.methods.keys()


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (
            "set_customers",
            "unknown action 'set_customers'; did you mean get_customers or update_customer?",
        ),
        ("ban_custommer", "unknown action 'ban_custommer'; did you mean ban_customer?"),
        (
            "untag_chat_thread\t",
            "unknown action 'untag_chat_thread\\t'; did you mean untag_chat_thread?",
        ),
        ("dance", "unknown action 'dance'"),
        ("login", "this connection is already logged in"),
    ],
)
def test_an_unknown_action_is_rejected(action: str, message: str) -> None:
    """Unknown actions and a second login are rejected with validation."""
    assert LicenseClient().expect_error(action) == f"validation: {message}"


def test_a_ping_has_an_empty_response() -> None:
    """The action ping succeeds and causes no push."""
    assert LicenseClient().call("ping") == ({}, [], False)


def test_all_validation_errors_are_reported_together() -> None:
    """A validation error names every invalid member."""
    error = LicenseClient().expect_error("tag_chat_thread", chat_id=1, tag=True)

    assert "chat_id must be a string" in error
    assert "thread_id is required" in error
    assert "tag must be a string" in error


def test_a_payload_must_be_an_object() -> None:
    """A payload of another type is rejected."""
    payload: Any = [1]
    assert (
        LicenseClient().expect_error("close_thread", payload)
        == "validation: payload must be an object"
    )


def test_unknown_members_are_ignored() -> None:
    """An unknown member of a payload has no effect."""
    push_names = LicenseClient().push_names("close_thread", chat_id=CHAT, unknown="x")
    assert push_names[-1] == "thread_closed"


def test_a_chat_that_the_scopes_do_not_cover_is_rejected() -> None:
    """A chat that exists but that the scopes do not cover is rejected with authorization."""
    error = normal_agent().expect_error("close_thread", chat_id=GROUP3_CHAT)

    assert error == f"authorization: the token's scopes do not cover chat {GROUP3_CHAT}"


def test_a_missing_scope_is_named() -> None:
    """The error for a missing scope names the sufficient scopes."""
    error = normal_agent("customers:ro").expect_error("create_customer")

    assert error == "authorization: create_customer requires one of the scopes customers:rw"


def test_starting_a_chat_with_users_requires_other_scopes() -> None:
    """chat.users requires chats--*:rw; otherwise chats.conversation--*:rw is sufficient."""
    client = normal_agent("chats.conversation--all:rw")
    users = [{"id": "b7eff798-f8df-4364-8059-649c35c9ed0c", "type": "customer"}]

    assert "chats--all:rw" in client.expect_error("start_chat", chat={"users": users})
    assert client.push_names("start_chat", chat={}) == ["incoming_chat_thread"]


def test_a_request_may_be_made_on_behalf_of_a_bot() -> None:
    """author_id makes a bot the author; other agents are rejected."""
    client = LicenseClient()
    client.members = {"author_id": BOT}
    event = client.call(
        "send_event", chat_id=CHAT, event={"type": "message", "text": "beep"}
    ).payload
    client.members = {"author_id": AGENT2}

    assert event["event"]["author_id"] == BOT
    assert "is not a bot" in client.expect_error(
        "send_event", chat_id=CHAT, event={"type": "message", "text": "a"}
    )


def run_scenario(license_: License) -> list[Any]:
    """Send some requests; return all results."""
    client = LicenseClient(license_)
    customer_id, arrival = RenderedVisitors(license_).start_visit()
    results: list[Any] = [arrival, RenderedVisitors(license_).start_chat(customer_id, "hello")]
    results += [client.call("start_chat", chat={}), client.call("create_customer", name="Zoe")]
    return [license_.tokens, results, client.call("get_customers"), client.call("get_archives")]


def test_a_seed_makes_results_reproducible() -> None:
    """The same seed gives the same IDs, times and tokens; another seed gives others."""
    assert run_scenario(License(seed=7)) == run_scenario(License(seed=7))
    assert run_scenario(License(seed=7)) != run_scenario(License(seed=8))


def test_the_clock_may_be_given() -> None:
    """A license without a seed uses the time of the given clock."""
    client = LicenseClient(License(clock=lambda: 1_600_000_000.5))
    response = client.call("update_last_seen_timestamp", chat_id=CHAT).payload

    assert response == {"timestamp": 1_600_000_000}


@pytest.mark.parametrize("role", ["owner", "administrator", "normal"])
def test_the_role_applies_to_the_first_agent(role: str) -> None:
    """The agent of the first token has the role; there is always one owner."""
    tokens = License(seed=1, role=role).tokens

    assert (tokens[0].agent_id, tokens[0].permission) == (AGENT1, role)
    assert [each.permission for each in tokens].count("owner") == 1


def test_later_requests_do_not_change_a_response() -> None:
    """A response that was returned is never changed afterwards."""
    client = LicenseClient()
    before = client.fetch_thread()
    snapshot = repr(before)
    for action in (
        "send_rich_message_postback",
        "update_event_properties",
        "tag_chat_thread",
        "send_event",
    ):
        client.call(action, dict(API.methods[action].example))
    client.call("close_thread", chat_id=CHAT)

    assert repr(before) == snapshot


def test_all_pushes_of_the_catalogue_can_be_caused() -> None:
    """Requests and customers cause every push except the disconnect push."""
    caused: set[str] = set()
    for method in API.methods.values():
        if method.action != API.login_action:
            client = prepare_example(method)
            caused |= set(client.push_names(method.action, dict(method.example)))
    visitors = RenderedVisitors(License(seed=1))
    customer_id, visit_started = visitors.start_visit()
    deliveries: list[PushDelivery] = [
        *visit_started,
        *visitors.start_chat(customer_id, "hello"),
        *visitors.sneak_peek(customer_id, "how"),
        *visitors.send_typing_indicator(customer_id),
        *visitors.end_visit(customer_id),
    ]
    caused |= {each.name for each in deliveries}

    assert caused == PUSH_TYPES.keys() - {API.disconnect_push}


def test_members_can_read_closed_chats() -> None:
    """An agent with the role normal can read the threads of a chat in which it is present."""
    assert normal_agent("chats--access:ro").fetch_chat(CLOSED_CHAT)["id"] == CLOSED_CHAT


def test_requests_that_create_nothing_do_not_leak_memory() -> None:
    """Memory does not grow with tags, last-seen times, typing indicators and lists."""
    client = LicenseClient()
    simple = ("tag_chat_thread", "untag_chat_thread", "update_last_seen_timestamp",
              "send_typing_indicator", "get_chat_threads_summary", "set_away_status",
              "update_chat_properties", "send_rich_message_postback")  # fmt: skip
    requests = [dict(API.methods[action].example) for action in simple]

    def allocated_blocks_after_run() -> int:
        for _ in range(100):
            for action, payload in zip(simple, requests, strict=True):
                client.call(action, payload)
        gc.collect()
        return sys.getallocatedblocks()

    allocated_blocks_after_run()
    first = allocated_blocks_after_run()
    assert allocated_blocks_after_run() - first < 400  # of 800 requests
