"""Scopes: what implies what, what roles have, how far a method reaches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.catalogue import API
from rtmcli.sandbox import scopes


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
def test_a_scope_implies_weaker_ones(scope: str, implied: set[str]) -> None:
    """Writing implies reading; all implies access, which implies my; chats their conversation."""
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
def test_a_scope_implies_nothing_stronger(scope: str, not_implied: str) -> None:
    """Nothing follows towards more rights, a wider reach or another resource."""
    assert not_implied not in scopes.with_implied(frozenset({scope}))


@given(st.frozensets(st.sampled_from(sorted(scopes.ADMINISTRATOR))))
def test_what_is_implied_implies_nothing_more(granted: frozenset[str]) -> None:
    """A closure is closed."""
    once = scopes.with_implied(granted)
    assert scopes.with_implied(once) == once
    assert granted <= once


def test_owners_and_administrators_may_do_everything() -> None:
    """Their default grants cover every method."""
    for role in ("owner", "administrator"):
        granted = scopes.with_implied(scopes.SCOPES_BY_ROLE[role])
        for method in API.methods.values():
            own = method.action == "set_away_status"
            expected_level = scopes.MY if own else scopes.ALL
            assert scopes.scope_level(granted, scopes.required_scopes(method)) == expected_level, (
                method.action
            )


@pytest.mark.parametrize(
    ("action", "reach"),
    [
        ("tag_chat_thread", scopes.MY),
        ("send_event", scopes.ALL),
        ("get_archives", scopes.ALL),
        ("set_away_status", scopes.MY),
        ("ban_customer", scopes.ALL),
    ],
)
def test_normal_agents_change_their_own_chats_only(action: str, reach: int) -> None:
    """The role normal reads and writes all conversations, but manages only chats of its own."""
    granted = scopes.with_implied(scopes.NORMAL)
    assert scopes.scope_level(granted, scopes.required_scopes(API.methods[action])) == reach


def test_following_takes_a_scope_to_read() -> None:
    """The documents differ, so reading all or shared chats suffices to follow; my does not."""
    required = scopes.required_scopes(API.methods["follow_chat"])

    assert (
        scopes.scope_level(scopes.with_implied(frozenset({"chats--access:ro"})), required)
        == scopes.ACCESS
    )
    assert (
        scopes.scope_level(scopes.with_implied(frozenset({"chats--my:ro"})), required)
        == scopes.NONE
    )


def test_a_method_without_scopes_reaches_everywhere() -> None:
    """Where none is documented none is needed."""
    assert scopes.scope_level(frozenset(), ()) == scopes.ALL
