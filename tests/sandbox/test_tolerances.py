"""Tolerances: forms of requests that other clients send."""

from typing import Any

import pytest
from asking import AGENT2, CHAT, Asker


def test_access_may_be_given_as_group_ids() -> None:
    """Access is taken as {group_ids} too, as the pushes spell it."""
    asker = Asker()
    [set_] = asker.ask(
        "set_access", resource="chat", id=CHAT, access={"group_ids": [1, 2]}
    ).deliveries

    assert set_.payload["access"] == {"group_ids": [1, 2]}
    assert asker.chat()["access"] == {"group_ids": [1, 2]}


@pytest.mark.parametrize("access", [None, [], {}, {"group_ids": ["1"]}, {"group_ids": 1}])
def test_any_other_form_of_access_is_refused(access: Any) -> None:
    """What is neither {type, id} nor {group_ids} is refused with validation."""
    refusal = Asker().refused("grant_access", resource="chat", id=CHAT, access=access)
    assert refusal.startswith("validation: access")


def test_groups_of_a_multicast_may_be_digits() -> None:
    """The reference types the groups as strings: digits are taken as numbers."""
    [told] = Asker().ask("multicast", scopes={"agents": {"groups": ["1"]}}, content=1).deliveries

    assert AGENT2 in told.agents


@pytest.mark.parametrize("scopes", [1, {"agents": 1}, {"agents": {"groups": ["one"]}}])
def test_other_strings_are_no_groups(scopes: Any) -> None:
    """What is no number and no digits is refused with validation."""
    assert Asker().refused("multicast", scopes=scopes, content=1).startswith("validation: scopes")
