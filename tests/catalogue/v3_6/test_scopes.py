"""Test the scopes that several methods share."""

import re

import pytest

from rtmcli.catalogue.v3_6 import API, scopes

ALL_SCOPES = sorted(
    {
        scope
        for method in API.methods.values()
        for scope in (*method.scopes, *method.optional_scopes)
    }
)


@pytest.mark.parametrize("shared", [scopes.CHATS_RW, scopes.CHATS_RO])
def test_shared_scopes_go_from_all_to_access(shared: tuple[str, ...]) -> None:
    """They differ in nothing else."""
    assert [re.sub(r".*--|:.*", "", scope) for scope in shared] == ["all", "access"]
    assert len({re.sub(r"--\w+", "", scope) for scope in shared}) == 1


@pytest.mark.parametrize("scope", ALL_SCOPES)
def test_the_syntax_of_a_scope(scope: str) -> None:
    """It is a resource, optionally a reach, and an access right."""
    assert re.fullmatch(r"[a-z]+([.-][a-z]+)?(--(all|access|my))?:(ro|rw)", scope)


def test_conditions_name_every_shared_scope() -> None:
    """In the same order."""
    assert tuple(scopes.CONDITIONS_RO) == scopes.CHATS_RO
    assert tuple(scopes.CONDITIONS_RW) == scopes.CHATS_RW
