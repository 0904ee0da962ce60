"""Implied scopes, the scopes of roles, and access levels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.catalogue.v3_0 import API
from rtmcli.sandbox import scopes as levels
from rtmcli.sandbox.v3_0 import scopes


@pytest.mark.parametrize(
    ("scope", "implied"),
    [
        ("customers:rw", {"customers:ro"}),
        ("agents--all:rw", {"agents--all:ro", "agents--my:rw"}),
        ("chats--access:ro", {"chats--my:ro"}),
        (
            "chats--access:rw",
            {"chats--my:rw", "chats.conversation--access:rw", "chats--access:ro", "chats--my:ro"},
        ),
        (
            "chats.conversation--all:rw",
            {"chats.conversation--my:rw", "chats--all:ro", "chats--access:ro"},
        ),
    ],
)
def test_a_scope_implies_weaker_scopes(scope: str, implied: set[str]) -> None:
    """Mode rw implies ro; all implies access, which implies my; chats imply chats.conversation."""
    assert {scope} | implied <= scopes.with_implied(frozenset({scope}))


@pytest.mark.parametrize(
    ("scope", "not_implied"),
    [
        ("customers:ro", "customers:rw"),
        ("customers:rw", "customers.ban:rw"),
        ("chats--my:rw", "chats--access:ro"),
        ("chats--all:ro", "chats.conversation--my:rw"),
        ("chats.conversation--all:rw", "chats--my:rw"),
        ("agents--all:rw", "chats--my:ro"),
    ],
)
def test_a_scope_does_not_imply_stronger_scopes(scope: str, not_implied: str) -> None:
    """It implies no higher mode, wider level or other resource."""
    assert not_implied not in scopes.with_implied(frozenset({scope}))


@given(st.frozensets(st.sampled_from(sorted(scopes.ADMINISTRATOR))))
def test_with_implied_is_idempotent(granted: frozenset[str]) -> None:
    """It is also a superset of the granted scopes."""
    once = scopes.with_implied(granted)
    assert scopes.with_implied(once) == once
    assert granted <= once


def test_owners_and_administrators_may_call_every_method() -> None:
    """Their default scopes cover all methods."""
    for role in ("owner", "administrator"):
        granted = scopes.with_implied(scopes.SCOPES_BY_ROLE[role])
        for method in API.methods.values():
            own = method.action == "set_away_status"
            expected_level = levels.MY if own else levels.ALL
            assert levels.scope_level(granted, scopes.RULES.required(method)) == expected_level, (
                method.action
            )


@pytest.mark.parametrize(
    ("action", "reach"),
    [
        ("tag_chat_thread", levels.MY),
        ("send_event", levels.ALL),
        ("get_archives", levels.ALL),
        ("set_away_status", levels.MY),
        ("ban_customer", levels.ALL),
    ],
)
def test_normal_agents_manage_their_own_chats_only(action: str, reach: int) -> None:
    """The role normal may read and write all conversations."""
    granted = scopes.with_implied(scopes.NORMAL)
    assert levels.scope_level(granted, scopes.RULES.required(API.methods[action])) == reach


def test_follow_chat_needs_a_read_scope() -> None:
    """The documents differ, so chats--all:ro or chats--access:ro suffices; my does not."""
    required = scopes.RULES.required(API.methods["follow_chat"])

    assert (
        levels.scope_level(scopes.with_implied(frozenset({"chats--access:ro"})), required)
        == levels.ACCESS
    )
    assert (
        levels.scope_level(scopes.with_implied(frozenset({"chats--my:ro"})), required)
        == levels.NONE
    )


def test_a_method_without_scopes_needs_none() -> None:
    """Its level is ALL."""
    assert levels.scope_level(frozenset(), ()) == levels.ALL
