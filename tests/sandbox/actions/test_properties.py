"""Properties of chats, threads and events: set, shown wrapped, deleted."""

from typing import Any

import pytest
from asking import CHAT, EVENT, THREAD, Asker

PLACES = {
    "chat": {"chat_id": CHAT},
    "chat_thread": {"chat_id": CHAT, "thread_id": THREAD},
    "event": {"chat_id": CHAT, "thread_id": THREAD, "event_id": EVENT},
}
every_place = pytest.mark.parametrize("place", PLACES)


def shown(asker: Asker, place: str) -> Any:
    """Fetch the properties of a place."""
    if place == "chat":
        return asker.chat()["properties"]
    thread = asker.thread()
    if place == "chat_thread":
        return thread["properties"]
    [event] = [each for each in thread["events"] if each["id"] == EVENT]
    return event.get("properties", {})


@every_place
def test_what_is_set_is_shown_wrapped(place: str) -> None:
    """The push tells what was set only, wrapped; what was there besides stays."""
    asker = Asker()
    before = shown(asker, place)
    properties = {"test": {"int_property": 7, "bool_property": {"value": False}}}
    told = asker.push(f"update_{place}_properties", {**PLACES[place], "properties": properties})
    wrapped = {"test": {"int_property": {"value": 7}, "bool_property": {"value": False}}}

    assert (told.push, told.payload) == (
        f"{place}_properties_updated",
        {**PLACES[place], "properties": wrapped},
    )
    assert shown(asker, place) == {**before, **wrapped}


@every_place
def test_what_is_deleted_is_gone(place: str) -> None:
    """Names are deleted by lists; a namespace without names goes with them."""
    asker = Asker()
    before = shown(asker, place)
    names = {"rating": ["score", "comment"]}
    told = asker.push(f"delete_{place}_properties", {**PLACES[place], "properties": names})

    assert (told.push, told.payload) == (
        f"{place}_properties_deleted",
        {**PLACES[place], "properties": names},
    )
    assert "rating" in before
    del before["rating"]
    assert shown(asker, place) == before


@every_place
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_unknown_places_and_properties_are_refused(place: str, verb: str) -> None:
    """A place that is not there, and a name that is not defined, is refused; nothing changes."""
    asker = Asker()
    action = f"{verb}_{place}_properties"
    good: Any = {"rating": {"score": 1} if verb == "update" else ["score"]}
    bad: Any = {**good, "x": {"y": 1} if verb == "update" else ["y"]}
    before = shown(asker, place)

    for name in PLACES[place]:
        refusal = asker.refused(action, {**PLACES[place], name: "NOWHERE", "properties": good})
        assert "NOWHERE not found" in refusal
    refusal = asker.refused(action, {**PLACES[place], "properties": bad})
    assert refusal == "validation: property namespace x not found"
    assert shown(asker, place) == before


def test_deletion_takes_lists_only() -> None:
    """A map of names, as another document has it, is refused."""
    refusal = Asker().refused(
        "delete_chat_properties", chat_id=CHAT, properties={"rating": {"score": ["x"]}}
    )
    assert refusal.startswith("validation: properties must be {namespace: [name, …]}")
