"""Laws over all methods of v3.6: responses, pushes, scopes and refusals."""

import json
from contextlib import suppress
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.license_client import (
    AGENT1,
    AGENT2,
    CHAT,
    CLOSED_CHAT,
    CUSTOMER,
    EVENT,
    THREAD,
    LicenseClient36,
)

from rtmcli.catalogue.model import Method, ParamType
from rtmcli.catalogue.v3_6 import API
from rtmcli.protocol.paths import MISSING, PathError, get_path, set_path
from rtmcli.sandbox.domain.chats import queues
from rtmcli.sandbox.domain.facts import AccessChanged, ChatUnfollowed, Fact, GroupStatusSet
from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.domain.model import Access
from rtmcli.sandbox.domain.website import subscriptions
from rtmcli.sandbox.interface import PushDelivery, RequestError
from rtmcli.sandbox.v3_6.actions import HANDLERS
from rtmcli.sandbox.versions import load

RICH_MESSAGE = "a0c22fdd-fb71-40b5-bfc6-a8a0bc3117f7"
NEW_CUSTOMER = {"id": CUSTOMER, "type": "customer"}
# The examples of the catalogue, with IDs of the sample data.
EXAMPLES: dict[str, dict[str, Any]] = {
    "list_chats": {"filters": {"active": True, "group_ids": [0, 1]}, "limit": 25},
    "list_threads": {"chat_id": CHAT, "limit": 10},
    "get_chat": {"chat_id": CHAT, "thread_id": THREAD},
    "list_archives": {"filters": {"query": "kettle"}, "limit": 50, "highlights": {}},
    "start_chat": {
        "chat": {
            "users": [NEW_CUSTOMER],
            "access": {"group_ids": [1]},
            "properties": {"test": {"string_property": "from-script"}},
            "thread": {"events": [{"type": "message", "text": "Hello", "custom_id": "s-1"}]},
        },
        "continuous": True,
    },
    "resume_chat": {
        "chat": {"id": CLOSED_CHAT, "thread": {"events": [{"type": "message", "text": "Hi"}]}},
        "continuous": False,
    },
    "deactivate_chat": {"id": CHAT},
    "follow_chat": {"id": "QX5T2L9WAB"},
    "unfollow_chat": {"id": "QX5T2L9WAB"},
    "transfer_chat": {"id": CHAT, "target": {"type": "group", "ids": [2]}},
    "add_user_to_chat": {
        "chat_id": CHAT,
        "user_id": AGENT2,
        "user_type": "agent",
        "visibility": "agents",
    },
    "remove_user_from_chat": {"chat_id": CHAT, "user_id": AGENT1, "user_type": "agent"},
    "send_event_preview": {"chat_id": CHAT, "event": {"type": "message", "text": "Wait"}},
    "send_event": {"chat_id": CHAT, "event": {"type": "message", "text": "hello"}},
    "send_rich_message_postback": {
        "chat_id": CHAT,
        "thread_id": THREAD,
        "event_id": RICH_MESSAGE,
        "postback": {
            "id": "action_yes",
            "toggled": True,
            "button_type": "message",
            "button_value": "Yes",
            "ecommerce": {"product_id": "p-100", "quantity": 2},
        },
    },
    "update_chat_properties": {"id": CHAT, "properties": {"test": {"int_property": 3}}},
    "delete_chat_properties": {"id": CHAT, "properties": {"test": ["int_property"]}},
    "get_customer": {"id": CUSTOMER},
    "update_customer": {"id": CUSTOMER, "name": "Thomas", "session_fields": [{"plan": "gold"}]},
    "ban_customer": {"id": CUSTOMER, "ban": {"days": 3}},
    "subscribe_customers": {"group_ids": [0, 1], "limit": 100},
    "set_away_status": {"away": True},
    "set_routing_status": {"status": "not_accepting_chats", "agent_id": AGENT2},
    "list_routing_statuses": {"filters": {"group_ids": [0]}},
    "logout": {},
    "mark_events_as_seen": {"chat_id": CHAT, "seen_up_to": "2026-05-04T09:31:00.000000Z"},
    "send_thinking_indicator": {"chat_id": CHAT, "title": "Thinking", "custom_id": "t-1"},
    "send_typing_indicator": {"chat_id": CHAT, "is_typing": True},
    "multicast": {"recipients": {"agents": {"ids": [AGENT1], "groups": [1]}}, "content": {"a": 1}},
    "list_agents_for_transfer": {"chat_id": CHAT},
    "request_thread_summary": {"chat_id": CHAT, "thread_id": THREAD},
    **{
        f"{verb}_thread": {"chat_id": CHAT, "thread_id": THREAD, "tag": "support"}
        for verb in ("tag", "untag")
    },
    **{
        f"{verb}_{target}_properties": {
            "chat_id": CHAT,
            "thread_id": THREAD,
            **({"event_id": EVENT} if target == "event" else {}),
            "properties": {"test": value},
        }
        for target in ("thread", "event")
        for verb, value in (("update", {"int_property": 3}), ("delete", ["int_property"]))
    },
}
# Requests that must precede an example.
PREPARATIONS = {
    "untag_thread": ("tag_thread", EXAMPLES["tag_thread"]),
    "unfollow_chat": ("follow_chat", EXAMPLES["follow_chat"]),
}
# Pushes in addition to those that the catalogue names.
EXTRA_PUSHES = {
    "start_chat": {"customer_statistics_updated"},
    "resume_chat": {"customer_statistics_updated"},
    "deactivate_chat": {"incoming_event"},
    "transfer_chat": {
        "incoming_event",
        "incoming_chat",
        "chat_access_updated",
        "user_added_to_chat",
        "user_removed_from_chat",
    },
    "remove_user_from_chat": {"incoming_event"},
    "add_user_to_chat": {"incoming_event"},
    "send_rich_message_postback": {"event_updated"},
    "ban_customer": {"customer_left"},
    "set_away_status": {"routing_status_set", "groups_status_updated"},
}
PUSH_TYPES = {push.name: push for push in API.pushes}

every_method = pytest.mark.parametrize(
    "method",
    [
        method
        for method in API.methods.values()
        if method.action not in (API.login_action, "unsubscribe_customers", "update_session")
    ],
    ids=lambda method: method.action,
)


def prepare(method: Method) -> LicenseClient36:
    """Log in and send the request that must precede a method's example, if any."""
    client = LicenseClient36()
    if method.action in PREPARATIONS:
        client.call(*PREPARATIONS[method.action])
    return client


def assert_members(payload: Any, fields: tuple[str, ...]) -> None:
    """Check that a payload has the documented members only, and all required ones."""
    required = {each for each in fields if not each.endswith("?")}
    known = {each.removesuffix("?") for each in fields}
    for item in payload if isinstance(payload, list) else [payload]:
        assert required <= item.keys() <= known


def test_every_documented_method_has_a_handler() -> None:
    """All methods except login have a handler."""
    assert {*HANDLERS, API.login_action} == API.methods.keys()


@every_method
def test_a_response_has_the_documented_members(method: Method) -> None:
    """The example of each method succeeds; its response has the documented members only."""
    response = prepare(method).call(method.action, EXAMPLES[method.action]).payload

    assert isinstance(response, list) is (method.response_type is ParamType.OBJECTS)
    assert_members(response, method.response_fields)


@every_method
def test_an_example_causes_the_documented_pushes(method: Method) -> None:
    """Each method causes its push once, and no pushes that do not belong to it."""
    deliveries = prepare(method).call(method.action, EXAMPLES[method.action]).deliveries
    names = [each.name for each in deliveries]
    expected = {method.push, *method.other_pushes, *EXTRA_PUSHES.get(method.action, set())}

    if method.push and method.push != "thread_summary_set":  # sent later
        assert names.count(method.push) == 1
    assert set(names) <= expected


@every_method
def test_a_push_has_the_documented_members(method: Method) -> None:
    """Each push that an example causes has the documented members only."""
    for delivery in prepare(method).call(method.action, EXAMPLES[method.action]).deliveries:
        if PUSH_TYPES[delivery.name].payload_type is not ParamType.INTEGER_MAP:
            assert_members(delivery.payload, PUSH_TYPES[delivery.name].payload_fields)


@every_method
def test_a_push_has_the_documented_keys(method: Method) -> None:
    """The keys that match a push to its request are equal in the request or response."""
    request = EXAMPLES[method.action]
    result = prepare(method).call(method.action, request)
    for push in [each.payload for each in result.deliveries if each.name == method.push]:
        for request_key, push_key in method.push_keys.items():
            values = [get_path(each, request_key) for each in (request, result.payload)]
            if values != [MISSING, MISSING]:
                assert get_path(push, push_key) in values, request_key


def example_error_type(client: LicenseClient36, method: Method) -> str:
    """Send an example; return the type of its error, or an empty string."""
    try:
        client.call(method.action, EXAMPLES[method.action])
    except RequestError as error:
        return error.type
    return ""


@every_method
def test_a_method_that_requires_a_scope_is_refused_without_scopes(method: Method) -> None:
    """Without scopes an agent may only call methods without scopes."""
    client = LicenseClient36(License(seed=1, scopes=[]))
    needs_scope = bool(method.scopes or method.action == "list_routing_statuses")

    assert (example_error_type(client, method) == "authorization") is needs_scope


@every_method
def test_the_scopes_of_own_chats_do_not_suffice(method: Method) -> None:
    """Tokens with chats--my and chats.conversation scopes alone suffice for no chat method."""
    scopes = ["chats--my:rw", "chats.conversation--all:rw", "customers.ban:rw"]
    client = LicenseClient36(License(seed=1, scopes=scopes))
    is_chat_method = any(scope.startswith("chats--") for scope in method.scopes)

    if is_chat_method:
        assert example_error_type(client, method) == "authorization"


@every_method
def test_any_one_of_its_scopes_is_sufficient_for_a_method(method: Method) -> None:
    """Each scope of a method permits it for a chat of the agent's groups."""
    for scope in method.scopes if method.action != "set_routing_status" else ():
        client = prepare(method)
        client.caller = client.caller._replace(scopes=frozenset({scope}))
        assert example_error_type(client, method) == "", scope


@every_method
def test_a_refused_request_changes_nothing(method: Method) -> None:
    """A request without its required members is refused with validation."""
    if any(param.required and "." not in param.path for param in method.params):
        client = LicenseClient36()
        before = client.call("get_chat", chat_id=CHAT).payload
        assert client.expect_error(method.action, {"unknown": 1}).startswith("validation: ")
        assert client.call("get_chat", chat_id=CHAT).payload == before


@pytest.mark.parametrize(
    "action", ["activate_chat", "get_archives", "close_thread", "create_customer", "dance"]
)
def test_actions_of_other_versions_are_unknown(action: str) -> None:
    """An unknown action fails with validation."""
    error = LicenseClient36().expect_error(action)
    assert error.startswith(f"validation: unknown action '{action}'")


def test_owners_may_call_everything() -> None:
    """The default scopes of an administrator cover all methods."""
    for method in API.methods.values():
        if method.action in EXAMPLES:
            assert example_error_type(prepare(method), method) == "", method.action


EDGE_VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [
        "",
        CHAT,
        THREAD,
        AGENT2,
        CUSTOMER,
        "all",
        0,
        1,
        -1,
        2**63 - 1,
        1.5,
        [],
        [0],
        [{}],
        {},
        None,
        True,
    ]
).map(deepcopy)


@st.composite
def changed_examples(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """Generate an example with some odd values."""
    action = draw(st.sampled_from(sorted(EXAMPLES)))
    payload = deepcopy(EXAMPLES[action])
    for param in API.methods[action].params:
        if draw(st.integers(0, 5)) == 0:
            with suppress(PathError):
                set_path(payload, param.path.split("."), draw(EDGE_VALUES))
    return action, payload


@given(changed_examples(), st.sampled_from(["owner", "normal"]))
def test_a_changed_example_is_executed_or_refused(
    example: tuple[str, dict[str, Any]], role: str
) -> None:
    """It has a documented result, or a refusal that changes nothing."""
    client = LicenseClient36(License(seed=1, role=role))
    action, payload = example
    before = client.call("get_chat", chat_id=CHAT).payload
    try:
        result = client.call(action, payload)
    except RequestError:
        assert client.call("get_chat", chat_id=CHAT).payload == before
    else:
        json.dumps([result.payload, [each.payload for each in result.deliveries]])


# Nothing in the sandbox deletes chats or events, makes tickets or changes the configuration.
WITHOUT_CAUSE = {
    "chat_deleted",
    "thread_deleted",
    "threads_deleted",
    "event_deleted",
    "ticket_created",
    "ticket_deleted",
    "agent_created",
    "agent_approved",
    "agent_updated",
    "agent_suspended",
    "agent_unsuspended",
    "agent_deleted",
    "auto_accesses_updated",
    "bot_created",
    "bot_updated",
    "bot_deleted",
    "group_created",
    "group_deleted",
    "group_updated",
    "tag_created",
    "tag_deleted",
    "tag_updated",
    "license_properties_updated",
    "group_properties_updated",
}


def test_all_other_pushes_can_be_caused() -> None:
    """Requests, customers, the router and the clock cause them, with documented members."""
    deliveries: list[PushDelivery] = []
    for action, payload in EXAMPLES.items():
        deliveries += prepare(API.methods[action]).call(action, payload).deliveries
    client = LicenseClient36()
    license_, visitors = client.license, client.license.visitors
    customer_id, visit_started = visitors.start_visit()
    dialect = load(API.version)
    token = license_.tokens[0].token
    _, login = dialect.login(license_, {"token": f"Bearer {token}"}, 2)
    deliveries += login.own_pushes
    facts: list[Fact] = [
        *visit_started,
        *visitors.start_chat(customer_id),
        *visitors.sneak_peek(customer_id, "a"),
    ]
    for thread in (CHAT, "empty"):
        ids = {"chat_id": CHAT, "thread_id": THREAD}
        if thread == "empty":
            ids = dialect.execute(license_, client.caller, "start_chat", {}).payload
        result = dialect.execute(license_, client.caller, "request_thread_summary", ids)
        facts += [fact for later in result.later for fact in later.happen()]
    for chat_id in (CHAT, "QX5T2L9WAB"):
        queues.join(license_.state, license_.state.chats[chat_id])
    facts += queues.leave(license_.state, license_.state.chats[CHAT])
    access = Access((3,))
    customer = license_.state.customers[CUSTOMER]
    license_.state.agents[AGENT1].monitoring_level = "online"
    facts.append(AccessChanged("set", customer, access, customer.access, access))
    facts.append(GroupStatusSet(1, "offline"))
    subscriptions.subscribe(license_.state, 1, frozenset({0}), 1)
    facts += subscriptions.exceeded(license_.state)
    deliveries += client.render(facts) + client.render(visitors.end_visit(customer_id))
    deliveries += LicenseClient36().render([ChatUnfollowed(license_.state.chats[CHAT], AGENT1)])

    for each in deliveries:
        if PUSH_TYPES[each.name].payload_type is not ParamType.INTEGER_MAP:
            assert_members(each.payload, PUSH_TYPES[each.name].payload_fields)
    caused = {each.name for each in deliveries}
    assert PUSH_TYPES.keys() - caused == WITHOUT_CAUSE | {API.disconnect_push}
