"""Undocumented request forms that other clients send."""

from typing import Any

import pytest
from support.license_client import AGENT2, CHAT, LicenseClient


def test_access_may_be_given_as_group_ids() -> None:
    """The member access may be {group_ids}, the form in pushes."""
    client = LicenseClient()
    [delivery] = client.call(
        "set_access", resource="chat", id=CHAT, access={"group_ids": [1, 2]}
    ).deliveries

    assert delivery.payload["access"] == {"group_ids": [1, 2]}
    assert client.fetch_chat()["access"] == {"group_ids": [1, 2]}


@pytest.mark.parametrize("access", [None, [], {}, {"group_ids": ["1"]}, {"group_ids": 1}])
def test_other_forms_of_access_are_rejected(access: Any) -> None:
    """Forms other than {type, id} and {group_ids} fail with validation."""
    error_text = LicenseClient().expect_error(
        "grant_access", resource="chat", id=CHAT, access=access
    )
    assert error_text.startswith("validation: access")


def test_multicast_groups_may_be_digit_strings() -> None:
    """The reference types the groups as strings: digits are converted to numbers."""
    [delivery] = (
        LicenseClient()
        .call("multicast", scopes={"agents": {"groups": ["1"]}}, content=1)
        .deliveries
    )

    assert AGENT2 in delivery.agent_ids


@pytest.mark.parametrize("scopes", [1, {"agents": 1}, {"agents": {"groups": ["one"]}}])
def test_other_group_strings_are_rejected(scopes: Any) -> None:
    """A group that is neither a number nor digits fails with validation."""
    assert (
        LicenseClient()
        .expect_error("multicast", scopes=scopes, content=1)
        .startswith("validation: scopes")
    )
