"""The licence: every method of the catalogue, its answer, its pushes, its scopes."""

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
    normal_agent,
)

from rtmcli.catalogue import API
from rtmcli.catalogue.model import Method
from rtmcli.protocol.paths import MISSING, get_path
from rtmcli.sandbox.interface import PushDelivery, RequestError
from rtmcli.sandbox.license import License

every_method = pytest.mark.parametrize(
    "row",
    [row for row in API.methods.values() if row.action != API.login_action],
    ids=lambda row: row.action,
)
# What stands in a sample's way, and what clears it.
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
# What comes besides the push of the row.
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


def prepare_sample(row: Method) -> LicenseClient:
    """Log in and clear the way for a row's sample."""
    client = LicenseClient()
    if row.action in PREPARATIONS:
        client.call(*PREPARATIONS[row.action])
    return client


def required_members(members: tuple[str, ...]) -> set[str]:
    """Name the members that are always there."""
    return {each for each in members if not each.endswith("?")}


def known_members(members: tuple[str, ...]) -> set[str]:
    """Name all members there may be."""
    return {each.removesuffix("?") for each in members}


@every_method
def test_a_sample_is_answered_with_the_members_of_its_row(row: Method) -> None:
    """The sample of each method succeeds; its answer has the documented members and no other."""
    answer = prepare_sample(row).call(row.action, dict(row.example)).payload

    assert (
        required_members(row.response_fields) <= answer.keys() <= known_members(row.response_fields)
    )


@every_method
def test_a_sample_pushes_what_its_row_names(row: Method) -> None:
    """Each method pushes what its row names, once, and nothing but what belongs to that."""
    push_names = prepare_sample(row).push_names(row.action, dict(row.example))

    assert [each for each in push_names if each == row.push] == [row.push] * bool(row.push)
    assert set(push_names) - {row.push} <= EXTRA_PUSHES.get(row.action, set())


@every_method
def test_a_push_has_the_members_of_its_row(row: Method) -> None:
    """Each push that a sample causes has the documented members and no other."""
    for push, payload, *_ in prepare_sample(row).call(row.action, dict(row.example)).deliveries:
        members = PUSH_TYPES[push].payload_fields
        assert required_members(members) <= payload.keys() <= known_members(members), push


@every_method
def test_a_push_is_matched_by_the_keys_of_its_row(row: Method) -> None:
    """What a row says to match a push by is equal in the request (or answer) and in the push."""
    request = dict(row.example)
    outcome = prepare_sample(row).call(row.action, request)
    if row.push:
        [push] = [each.payload for each in outcome.deliveries if each.name == row.push]
        for ours, theirs in row.push_keys.items():
            given = [get_path(each, ours) for each in (request, outcome.payload)]
            if given != [MISSING, MISSING]:
                assert get_path(push, theirs) in given, ours


@every_method
def test_the_requester_gets_the_push_of_its_row(row: Method) -> None:
    """Who causes a push gets it too."""
    outcome = prepare_sample(row).call(row.action, dict(row.example))

    assert all(
        each.to_requester or AGENT1 in each.agent_ids
        for each in outcome.deliveries
        if each.name == row.push
    )


def rejection_type(client: LicenseClient, row: Method) -> str:
    """Try a sample; return the type of its refusal, or nothing."""
    try:
        client.call(row.action, dict(row.example))
    except RequestError as error:
        return error.type
    return ""


@every_method
def test_without_scopes_a_method_that_needs_one_is_refused(row: Method) -> None:
    """A token without scopes may do what needs none, and leave its chats, and nothing else."""
    client = LicenseClient(License(seed=1, scopes=[]))
    free = not row.scopes or row.action == "remove_user_from_chat"

    assert (rejection_type(client, row) != "authorization") is free


@every_method
def test_any_one_of_its_scopes_suffices_for_a_method_everywhere(row: Method) -> None:
    """A scope that a row lists opens the method for a chat in which the agent is present."""
    for scope in row.conditional_scopes[1] if row.conditional_scopes else row.scopes:
        client = prepare_sample(row)
        client.caller = client.caller._replace(scopes=frozenset({scope}))
        if row.action == "follow_chat" and "--my" in scope:
            continue  # it takes a chat in which the agent is not present
        assert isinstance(client.call(row.action, dict(row.example)).deliveries, list)


@every_method
def test_a_refused_request_changes_nothing(row: Method) -> None:
    """A request whose required members are missing is refused with validation."""
    if any(param.required and "." not in param.path for param in row.params):
        client = LicenseClient()
        before = client.fetch_chat()
        assert client.expect_error(row.action, {"unknown": 1}).startswith("validation: ")
        assert client.fetch_chat() == before


def test_every_documented_method_is_there() -> None:
    """The licence performs all 37 methods: 36 here, and the login."""
    from rtmcli.sandbox.actions import HANDLERS  # only this test looks inside

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
        ("login", "this connection is logged in already"),
    ],
)
def test_an_unknown_action_is_refused(action: str, message: str) -> None:
    """What is no action, or not now, is refused with validation."""
    assert LicenseClient().expect_error(action) == f"validation: {message}"


def test_a_ping_is_answered_with_nothing() -> None:
    """The action ping succeeds, and nobody hears of it."""
    assert LicenseClient().call("ping") == ({}, [], False)


def test_wrong_types_are_told_all_at_once() -> None:
    """A refusal by validation names every member that is wrong."""
    error = LicenseClient().expect_error("tag_chat_thread", chat_id=1, tag=True)

    assert "chat_id must be a string" in error
    assert "thread_id is required" in error
    assert "tag must be a string" in error


def test_a_payload_must_be_an_object() -> None:
    """A payload of another type is refused."""
    payload: Any = [1]
    assert (
        LicenseClient().expect_error("close_thread", payload)
        == "validation: payload must be an object"
    )


def test_members_that_nobody_knows_are_ignored() -> None:
    """An extra member of a payload changes nothing."""
    assert (
        LicenseClient().push_names("close_thread", chat_id=CHAT, colour="red")[-1]
        == "thread_closed"
    )


def test_beyond_the_reach_of_the_scopes_is_authorization() -> None:
    """A chat that exists but that the scopes do not reach is refused with authorization."""
    error = normal_agent().expect_error("close_thread", chat_id=GROUP3_CHAT)

    assert error == f"authorization: the token's scopes do not reach chat {GROUP3_CHAT}"


def test_a_missing_scope_is_named() -> None:
    """A refusal for a missing scope names the scopes of which one would do."""
    error = normal_agent("customers:ro").expect_error("create_customer")

    assert error == "authorization: create_customer takes one of the scopes customers:rw"


def test_with_users_a_chat_takes_other_scopes() -> None:
    """chat.users asks for chats--*:rw where chats.conversation--*:rw would do otherwise."""
    client = normal_agent("chats.conversation--all:rw")
    users = [{"id": "b7eff798-f8df-4364-8059-649c35c9ed0c", "type": "customer"}]

    assert "chats--all:rw" in client.expect_error("start_chat", chat={"users": users})
    assert client.push_names("start_chat", chat={}) == ["incoming_chat_thread"]


def test_a_request_may_be_made_in_a_bots_name() -> None:
    """author_id makes the bot the author; no one else may be named."""
    client = LicenseClient()
    client.caller = client.caller._replace(author_id=BOT)
    event = client.call(
        "send_event", chat_id=CHAT, event={"type": "message", "text": "beep"}
    ).payload
    client.caller = client.caller._replace(author_id=AGENT2)

    assert event["event"]["author_id"] == BOT
    assert "no bot" in client.expect_error(
        "send_event", chat_id=CHAT, event={"type": "message", "text": "a"}
    )


def run_scenario(license_: License) -> list[Any]:
    """Let some things happen."""
    client = LicenseClient(license_)
    customer_id, arrival = license_.visitors.start_visit()
    results: list[Any] = [arrival, license_.visitors.start_chat(customer_id, "hello")]
    results += [client.call("start_chat", chat={}), client.call("create_customer", name="Zoe")]
    return [license_.tokens, results, client.call("get_customers"), client.call("get_archives")]


def test_with_a_seed_everything_repeats() -> None:
    """Two licences with the same seed give the same ids, times and tokens; another seed others."""
    assert run_scenario(License(seed=7)) == run_scenario(License(seed=7))
    assert run_scenario(License(seed=7)) != run_scenario(License(seed=8))


def test_without_a_seed_the_clock_is_the_wall_clock() -> None:
    """A licence without a seed and with its own clock tells that clock's time."""
    client = LicenseClient(License(clock=lambda: 1_600_000_000.5))

    answer = client.call("update_last_seen_timestamp", chat_id=CHAT).payload
    assert answer == {"timestamp": 1_600_000_000}


@pytest.mark.parametrize("role", ["owner", "administrator", "normal"])
def test_the_role_is_that_of_the_first_agent(role: str) -> None:
    """The first token's agent has the role; there is always one owner."""
    tokens = License(seed=1, role=role).tokens

    assert (tokens[0].agent_id, tokens[0].permission) == (AGENT1, role)
    assert [each.permission for each in tokens].count("owner") == 1


def test_answers_stay_as_they_were_given() -> None:
    """What was answered once does not change with what happens later."""
    client = LicenseClient()
    before = client.fetch_thread()
    shown = repr(before)
    client.call(
        "send_rich_message_postback", dict(API.methods["send_rich_message_postback"].example)
    )
    client.call("update_event_properties", dict(API.methods["update_event_properties"].example))
    client.call("tag_chat_thread", dict(API.methods["tag_chat_thread"].example))
    client.call("send_event", dict(API.methods["send_event"].example))
    client.call("close_thread", chat_id=CHAT)

    assert repr(before) == shown


def test_all_pushes_of_the_catalogue_can_be_caused() -> None:
    """Requests and customers together cause every push but the server's own."""
    license_ = License(seed=1)
    caused: set[str] = set()
    for row in API.methods.values():
        if row.action != API.login_action:
            caused |= set(prepare_sample(row).push_names(row.action, dict(row.example)))
    guest, came = license_.visitors.start_visit()
    acts: list[list[PushDelivery]] = [
        came,
        license_.visitors.start_chat(guest, "hello"),
        license_.visitors.sneak_peek(guest, "how"),
        license_.visitors.send_typing_indicator(guest),
        license_.visitors.end_visit(guest),
    ]
    caused |= {each.name for told in acts for each in told}

    assert caused == PUSH_TYPES.keys() - {API.disconnect_push}


def test_closed_chats_can_be_read_by_who_took_part() -> None:
    """An agent of the role normal sees the threads of a chat in which it is present."""
    assert normal_agent("chats--access:ro").fetch_chat(CLOSED_CHAT)["id"] == CLOSED_CHAT


def test_requests_that_create_nothing_leave_nothing_behind() -> None:
    """Memory does not grow with tags, last-seen times, indicators and lists."""
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
