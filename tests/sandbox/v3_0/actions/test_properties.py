"""Properties of chats, threads and events: update and delete."""

from typing import Any

import pytest
from support.license_client import CHAT, EVENT, THREAD, LicenseClient

TARGETS = {
    "chat": {"chat_id": CHAT},
    "chat_thread": {"chat_id": CHAT, "thread_id": THREAD},
    "event": {"chat_id": CHAT, "thread_id": THREAD, "event_id": EVENT},
}
every_target = pytest.mark.parametrize("target", TARGETS)


def get_properties(client: LicenseClient, target: str) -> Any:
    """Fetch the properties of a target."""
    if target == "chat":
        return client.fetch_chat()["properties"]
    thread = client.fetch_thread()
    if target == "chat_thread":
        return thread["properties"]
    [event] = [each for each in thread["events"] if each["id"] == EVENT]
    return event.get("properties", {})


@every_target
def test_updated_properties_are_wrapped(target: str) -> None:
    """The push has the updated properties only; other properties stay."""
    client = LicenseClient()
    before = get_properties(client, target)
    properties = {"test": {"int_property": 7, "bool_property": {"value": False}}}
    delivery = client.first_push(
        f"update_{target}_properties", {**TARGETS[target], "properties": properties}
    )
    wrapped = {"test": {"int_property": {"value": 7}, "bool_property": {"value": False}}}

    assert (delivery.name, delivery.payload) == (
        f"{target}_properties_updated",
        {**TARGETS[target], "properties": wrapped},
    )
    assert get_properties(client, target) == {**before, **wrapped}


@every_target
def test_deleted_properties_are_removed(target: str) -> None:
    """The request lists names; a namespace that becomes empty is removed, too."""
    client = LicenseClient()
    before = get_properties(client, target)
    names = {"rating": ["score", "comment"]}
    delivery = client.first_push(
        f"delete_{target}_properties", {**TARGETS[target], "properties": names}
    )

    assert (delivery.name, delivery.payload) == (
        f"{target}_properties_deleted",
        {**TARGETS[target], "properties": names},
    )
    assert "rating" in before
    del before["rating"]
    assert get_properties(client, target) == before


@every_target
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_unknown_targets_and_properties_are_rejected(target: str, verb: str) -> None:
    """Unknown IDs and undefined properties are rejected; nothing changes."""
    client = LicenseClient()
    action = f"{verb}_{target}_properties"
    defined: Any = {"rating": {"score": 1} if verb == "update" else ["score"]}
    undefined: Any = {**defined, "x": {"y": 1} if verb == "update" else ["y"]}
    before = get_properties(client, target)

    for name in TARGETS[target]:
        error = client.expect_error(
            action, {**TARGETS[target], name: "UNKNOWN", "properties": defined}
        )
        assert "UNKNOWN not found" in error
    error = client.expect_error(action, {**TARGETS[target], "properties": undefined})
    assert error == "validation: property namespace x not found"
    assert get_properties(client, target) == before


def test_delete_requires_lists_of_names() -> None:
    """An object instead of a list of names is rejected."""
    error = LicenseClient().expect_error(
        "delete_chat_properties", chat_id=CHAT, properties={"rating": {"score": ["x"]}}
    )
    assert error.startswith("validation: properties must be {namespace: [name, …]}")
