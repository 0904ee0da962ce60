"""The licence: every method of the catalogue, its answer, its pushes, its scopes."""

import gc
import sys
from typing import Any

import pytest
from asking import AGENT1, AGENT2, BOT, CHAT, CLOSED_CHAT, FOREIGN_CHAT, Asker, normal

from rtmcli.catalogue import API
from rtmcli.catalogue.model import Method
from rtmcli.protocol.validation import MISSING, find
from rtmcli.sandbox.licence import Licence
from rtmcli.sandbox.seam import Delivery, Refusal

every_method = pytest.mark.parametrize(
    "row",
    [row for row in API.methods.values() if row.action != API.login],
    ids=lambda row: row.action,
)
# What stands in a sample's way, and what clears it.
FIRST: dict[str, tuple[str, dict[str, Any]]] = {
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
BESIDES = {
    "remove_user_from_chat": {"incoming_event"},
    "ban_customer": {"customer_visit_ended"},
    "transfer_chat": {"chat_user_removed", "chat_user_added", "incoming_event"},
    "close_thread": {"incoming_event"},
    "send_rich_message_postback": {"event_updated"},
    "set_away_status": {"agent_updated"},
    "send_typing_indicator": {"incoming_typing_indicator"},
}
PUSHES = {push.name: push for push in API.pushes}


def sample(row: Method) -> Asker:
    """Log in and clear the way for a row's sample."""
    asker = Asker()
    if row.action in FIRST:
        asker.ask(*FIRST[row.action])
    return asker


def required(members: tuple[str, ...]) -> set[str]:
    """Name the members that are always there."""
    return {each for each in members if not each.endswith("?")}


def known(members: tuple[str, ...]) -> set[str]:
    """Name all members there may be."""
    return {each.removesuffix("?") for each in members}


@every_method
def test_a_sample_is_answered_with_the_members_of_its_row(row: Method) -> None:
    """The sample of each method succeeds; its answer has the documented members and no other."""
    answer = sample(row).ask(row.action, dict(row.example)).answer

    assert required(row.answer) <= answer.keys() <= known(row.answer)


@every_method
def test_a_sample_pushes_what_its_row_names(row: Method) -> None:
    """Each method pushes what its row names, once, and nothing but what belongs to that."""
    told = sample(row).told(row.action, dict(row.example))

    assert [each for each in told if each == row.push] == [row.push] * bool(row.push)
    assert set(told) - {row.push} <= BESIDES.get(row.action, set())


@every_method
def test_a_push_has_the_members_of_its_row(row: Method) -> None:
    """Each push that a sample causes has the documented members and no other."""
    for push, payload, *_ in sample(row).ask(row.action, dict(row.example)).deliveries:
        members = PUSHES[push].payload
        assert required(members) <= payload.keys() <= known(members), push


@every_method
def test_a_push_is_matched_by_the_keys_of_its_row(row: Method) -> None:
    """What a row says to match a push by is equal in the request (or answer) and in the push."""
    request = dict(row.example)
    outcome = sample(row).ask(row.action, request)
    if row.push:
        [push] = [each.payload for each in outcome.deliveries if each.push == row.push]
        for ours, theirs in row.push_keys.items():
            given = [find(each, ours) for each in (request, outcome.answer)]
            if given != [MISSING, MISSING]:
                assert find(push, theirs) in given, ours


@every_method
def test_the_requester_gets_the_push_of_its_row(row: Method) -> None:
    """Who causes a push gets it too."""
    outcome = sample(row).ask(row.action, dict(row.example))

    assert all(
        each.requester or AGENT1 in each.agents
        for each in outcome.deliveries
        if each.push == row.push
    )


def verdict(asker: Asker, row: Method) -> str:
    """Try a sample; return the type of its refusal, or nothing."""
    try:
        asker.ask(row.action, dict(row.example))
    except Refusal as refusal:
        return refusal.type
    return ""


@every_method
def test_without_scopes_a_method_that_needs_one_is_refused(row: Method) -> None:
    """A token without scopes may do what needs none, and leave its chats, and nothing else."""
    asker = Asker(Licence(seed=1, scopes=[]))
    free = not row.scopes or row.action == "remove_user_from_chat"

    assert (verdict(asker, row) != "authorization") is free


@every_method
def test_any_one_of_its_scopes_suffices_for_a_method_everywhere(row: Method) -> None:
    """A scope that a row lists opens the method for a chat in which the agent is present."""
    for scope in row.scopes_when[1] if row.scopes_when else row.scopes:
        asker = sample(row)
        asker.caller = asker.caller._replace(scopes=frozenset({scope}))
        if row.action == "follow_chat" and "--my" in scope:
            continue  # it takes a chat in which the agent is not present
        assert isinstance(asker.ask(row.action, dict(row.example)).deliveries, list)


@every_method
def test_a_refused_request_changes_nothing(row: Method) -> None:
    """A request whose required members are missing is refused with validation."""
    if any(param.required and "." not in param.path for param in row.params):
        asker = Asker()
        before = asker.chat()
        assert asker.refused(row.action, {"unknown": 1}).startswith("validation: ")
        assert asker.chat() == before


def test_every_documented_method_is_there() -> None:
    """The licence performs all 37 methods: 36 here, and the login."""
    from rtmcli.sandbox.actions import ACTIONS  # noqa: PLC0415  # only this test looks inside

    assert {*ACTIONS, API.login} == API.methods.keys()


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
    assert Asker().refused(action) == f"validation: {message}"


def test_a_ping_is_answered_with_nothing() -> None:
    """The action ping succeeds, and nobody hears of it."""
    assert Asker().ask("ping") == ({}, [], False)


def test_wrong_types_are_told_all_at_once() -> None:
    """A refusal by validation names every member that is wrong."""
    refusal = Asker().refused("tag_chat_thread", chat_id=1, tag=True)

    assert "chat_id must be a string" in refusal
    assert "thread_id is required" in refusal
    assert "tag must be a string" in refusal


def test_a_payload_must_be_an_object() -> None:
    """A payload of another type is refused."""
    payload: Any = [1]
    assert Asker().refused("close_thread", payload) == "validation: payload must be an object"


def test_members_that_nobody_knows_are_ignored() -> None:
    """An extra member of a payload changes nothing."""
    assert Asker().told("close_thread", chat_id=CHAT, colour="red")[-1] == "thread_closed"


def test_beyond_the_reach_of_the_scopes_is_authorization() -> None:
    """A chat that exists but that the scopes do not reach is refused with authorization."""
    refusal = normal().refused("close_thread", chat_id=FOREIGN_CHAT)

    assert refusal == f"authorization: the token's scopes do not reach chat {FOREIGN_CHAT}"


def test_a_missing_scope_is_named() -> None:
    """A refusal for a missing scope names the scopes of which one would do."""
    refusal = normal("customers:ro").refused("create_customer")

    assert refusal == "authorization: create_customer takes one of the scopes customers:rw"


def test_with_users_a_chat_takes_other_scopes() -> None:
    """chat.users asks for chats--*:rw where chats.conversation--*:rw would do otherwise."""
    asker = normal("chats.conversation--all:rw")
    users = [{"id": "b7eff798-f8df-4364-8059-649c35c9ed0c", "type": "customer"}]

    assert "chats--all:rw" in asker.refused("start_chat", chat={"users": users})
    assert asker.told("start_chat", chat={}) == ["incoming_chat_thread"]


def test_a_request_may_be_made_in_a_bots_name() -> None:
    """author_id makes the bot the author; no one else may be named."""
    asker = Asker()
    asker.caller = asker.caller._replace(author_id=BOT)
    event = asker.ask("send_event", chat_id=CHAT, event={"type": "message", "text": "beep"}).answer
    asker.caller = asker.caller._replace(author_id=AGENT2)

    assert event["event"]["author_id"] == BOT
    assert "no bot" in asker.refused(
        "send_event", chat_id=CHAT, event={"type": "message", "text": "a"}
    )


def play(licence: Licence) -> list[Any]:
    """Let some things happen."""
    asker = Asker(licence)
    guest, came = licence.visitors.arrive()
    played: list[Any] = [came, licence.visitors.start_chat(guest, "hello")]
    played += [asker.ask("start_chat", chat={}), asker.ask("create_customer", name="Zoe")]
    return [licence.tokens, played, asker.ask("get_customers"), asker.ask("get_archives")]


def test_with_a_seed_everything_repeats() -> None:
    """Two licences with the same seed give the same ids, times and tokens; another seed others."""
    assert play(Licence(seed=7)) == play(Licence(seed=7))
    assert play(Licence(seed=7)) != play(Licence(seed=8))


def test_without_a_seed_the_clock_is_the_wall_clock() -> None:
    """A licence without a seed and with its own clock tells that clock's time."""
    asker = Asker(Licence(clock=lambda: 1_600_000_000.5))

    answer = asker.ask("update_last_seen_timestamp", chat_id=CHAT).answer
    assert answer == {"timestamp": 1_600_000_000}


@pytest.mark.parametrize("role", ["owner", "administrator", "normal"])
def test_the_role_is_that_of_the_first_agent(role: str) -> None:
    """The first token's agent has the role; there is always one owner."""
    tokens = Licence(seed=1, role=role).tokens

    assert (tokens[0].agent_id, tokens[0].permission) == (AGENT1, role)
    assert [each.permission for each in tokens].count("owner") == 1


def test_answers_stay_as_they_were_given() -> None:
    """What was answered once does not change with what happens later."""
    asker = Asker()
    before = asker.thread()
    shown = repr(before)
    asker.ask("send_rich_message_postback", dict(API.methods["send_rich_message_postback"].example))
    asker.ask("update_event_properties", dict(API.methods["update_event_properties"].example))
    asker.ask("tag_chat_thread", dict(API.methods["tag_chat_thread"].example))
    asker.ask("send_event", dict(API.methods["send_event"].example))
    asker.ask("close_thread", chat_id=CHAT)

    assert repr(before) == shown


def test_all_pushes_of_the_catalogue_can_be_caused() -> None:
    """Requests and customers together cause every push but the server's own."""
    licence = Licence(seed=1)
    caused: set[str] = set()
    for row in API.methods.values():
        if row.action != API.login:
            caused |= set(sample(row).told(row.action, dict(row.example)))
    guest, came = licence.visitors.arrive()
    acts: list[list[Delivery]] = [
        came,
        licence.visitors.start_chat(guest, "hello"),
        licence.visitors.peek(guest, "how"),
        licence.visitors.type(guest),
        licence.visitors.leave(guest),
    ]
    caused |= {each.push for told in acts for each in told}

    assert caused == PUSHES.keys() - {API.disconnected}


def test_closed_chats_can_be_read_by_who_took_part() -> None:
    """An agent of the role normal sees the threads of a chat in which it is present."""
    assert normal("chats--access:ro").chat(CLOSED_CHAT)["id"] == CLOSED_CHAT


def test_requests_that_create_nothing_leave_nothing_behind() -> None:
    """Memory does not grow with tags, last-seen times, indicators and lists."""
    asker = Asker()
    simple = ("tag_chat_thread", "untag_chat_thread", "update_last_seen_timestamp",
              "send_typing_indicator", "get_chat_threads_summary", "set_away_status",
              "update_chat_properties", "send_rich_message_postback")  # fmt: skip
    rounds = [dict(API.methods[action].example) for action in simple]

    def play() -> int:
        for _ in range(100):
            for action, payload in zip(simple, rounds, strict=True):
                asker.ask(action, payload)
        gc.collect()
        return sys.getallocatedblocks()

    play()
    first = play()
    assert play() - first < 400  # of 800 requests
