"""Test the scopes that methods share."""

import re

import pytest

from rtmcli.catalogue.v3_0 import API, scopes

ALL_SCOPES = sorted({scope for method in API.methods.values() for scope in method.scopes})


@pytest.mark.parametrize("shared", [scopes.CHATS_RW, scopes.CHATS_RO, scopes.CONVERSATION_RW])
def test_the_reach_goes_from_all_to_my(shared: tuple[str, ...]) -> None:
    """Three scopes, the widest first, with the same right to the same thing."""
    assert [re.sub(r".*--|:.*", "", scope) for scope in shared] == ["all", "access", "my"]
    assert len({re.sub(r"--\w+", "", scope) for scope in shared}) == 1


@pytest.mark.parametrize("scope", ALL_SCOPES)
def test_a_scope_is_spelled_like_one(scope: str) -> None:
    """Resource, reach where there is one, and right."""
    assert re.fullmatch(r"[a-z]+(\.[a-z]+)?(--(all|access|my))?:(ro|rw)", scope)
