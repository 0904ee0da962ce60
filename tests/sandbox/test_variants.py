"""Behavior to choose, as clients observe it."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from support.independent_client import Client, connected_client
from support.sample_ids import AGENT2, CHAT, CLOSED_CHAT, THREAD
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.server_thread import Sandbox, run_sandbox
from rtmcli.sandbox.variants import HELP, Variant

NEW_USER = {"chat_id": CHAT, "user_id": AGENT2, "user_type": "agent", "visibility": "all"}


@contextmanager
def logged_in(*variants: Variant, version: str = "3.6") -> Iterator[tuple[Sandbox, Client]]:
    """Run a sandbox with variants, and log the first agent in."""
    with (
        run_sandbox(License(variants=variants)) as sandbox,
        connected_client(sandbox.urls[version], sandbox.token) as client,
    ):
        client.drain()
        yield sandbox, client


def test_each_variant_is_explained() -> None:
    """The help has a sentence for each."""
    assert list(HELP) == list(Variant)


def test_a_missing_organization_is_a_bad_request() -> None:
    """D1: the handshake is refused with HTTP 400, in the version that has the parameter only."""
    with run_sandbox(License(variants=[Variant.REQUIRE_ORGANIZATION])) as sandbox:
        url, organization = sandbox.urls["3.6"], sandbox.license.state.organization_id
        with pytest.raises(InvalidStatus) as refused:
            connect(url, proxy=None)
        response = refused.value.response
        assert response.status_code == 400
        assert response.body == b"Bad request: the URL has no organization_id\n"
        for accepted in (f"{url}?organization_id={organization}", sandbox.urls["3.0"]):
            with connected_client(accepted, sandbox.token):
                pass


def test_by_default_a_missing_organization_is_a_warning() -> None:
    """The observer gets it, and it is shown on a terminal; API 3.0 has no such parameter."""
    observed: list[tuple[Any, ...]] = []
    with run_sandbox(observer=lambda *request: observed.append(request)) as sandbox:
        organization = sandbox.license.state.organization_id
        urls = [sandbox.urls["3.6"], sandbox.urls["3.0"]]
        for url in (*urls, f"{urls[0]}?organization_id={organization}"):
            with connected_client(url, sandbox.token):
                pass
    warning = (1, "", "connect", "warning: the URL has no organization_id")
    assert [each for each in observed if each[2] == "connect"] == [warning]


@pytest.mark.parametrize("version", ["3.0", "3.6"])
def test_personal_access_tokens_may_be_accepted(version: str) -> None:
    """B20: the Base64 of an account ID and a token; by default only Bearer is accepted."""
    for variants, success in (((), False), ((Variant.BASIC_TOKENS,), True)):
        with logged_in(*variants, version=version) as (sandbox, _):
            pair = base64.b64encode(f"account:{sandbox.token}".encode()).decode()
            with connected_client(sandbox.urls[version]) as client:
                for wrong in (f"Basic {sandbox.token}", "Basic =", "Basic YTpi", "Basic /w=="):
                    assert client.error_type("login", token=wrong) == "authentication"
                assert client.call("login", {"token": f"Basic {pair}"})["success"] is success


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("add_user_to_chat", NEW_USER),
        ("start_chat", {"chat": {"users": [{"id": AGENT2, "type": "agent"}]}}),
        ("resume_chat", {"chat": {"id": CLOSED_CHAT, "users": [{"id": AGENT2, "type": "agent"}]}}),
    ],
)
def test_a_license_may_allow_one_agent_per_chat(action: str, payload: dict[str, Any]) -> None:
    """B25: a second one is refused; the only one may be added again."""
    with logged_in(Variant.ONE_AGENT) as (_, client):
        assert client.error_type(action, **payload) == "validation"
        client.result("add_user_to_chat", **{**NEW_USER, "user_id": "agent1@example.com"})
        client.result("start_chat")


def test_by_default_a_chat_may_have_several_agents() -> None:
    """B25: there is no limit."""
    with logged_in() as (_, client):
        client.result("add_user_to_chat", **NEW_USER)


def test_active_chats_may_have_both_names() -> None:
    """C6: active_chats is that of the sample, total_active_chats that of the text."""
    payload = {"chat_id": CHAT}
    for variants, names in (
        ((), {"agent_id", "active_chats"}),
        ((Variant.TOTAL_ACTIVE_CHATS,), {"agent_id", "active_chats", "total_active_chats"}),
    ):
        with logged_in(*variants) as (_, client):
            agents = client.result("list_agents_for_transfer", **payload)
            assert agents
            assert all(each.keys() == names for each in agents)


def test_summaries_may_fail() -> None:
    """The request succeeds, and incoming_error follows."""
    with logged_in(Variant.FAILING_SUMMARIES) as (_, client):
        client.result("request_thread_summary", chat_id=CHAT, thread_id=THREAD)
        push = client.wait_for_push("incoming_error")
        assert push["payload"]["thread_id"] == THREAD
