"""Tolerances: forms of requests that other clients send."""

from typing import Any

import pytest
from support.license_client import AGENT2, CHAT, LicenseClient


def test_access_may_be_given_as_group_ids() -> None:
    """Access is taken as {group_ids} too, as the pushes spell it."""
    client = LicenseClient()
    [delivery] = client.call(
        "set_access", resource="chat", id=CHAT, access={"group_ids": [1, 2]}
    ).deliveries

    assert delivery.payload["access"] == {"group_ids": [1, 2]}
    assert client.fetch_chat()["access"] == {"group_ids": [1, 2]}


@pytest.mark.parametrize("access", [None, [], {}, {"group_ids": ["1"]}, {"group_ids": 1}])
def test_any_other_form_of_access_is_refused(access: Any) -> None:
    """What is neither {type, id} nor {group_ids} is refused with validation."""
    error_text = LicenseClient().expect_error(
        "grant_access", resource="chat", id=CHAT, access=access
    )
    assert error_text.startswith("validation: access")


def test_groups_of_a_multicast_may_be_digits() -> None:
    """The reference types the groups as strings: digits are taken as numbers."""
    [delivery] = (
        LicenseClient()
        .call("multicast", scopes={"agents": {"groups": ["1"]}}, content=1)
        .deliveries
    )

    assert AGENT2 in delivery.agent_ids


@pytest.mark.parametrize("scopes", [1, {"agents": 1}, {"agents": {"groups": ["one"]}}])
def test_other_strings_are_no_groups(scopes: Any) -> None:
    """What is no number and no digits is refused with validation."""
    assert (
        LicenseClient()
        .expect_error("multicast", scopes=scopes, content=1)
        .startswith("validation: scopes")
    )
