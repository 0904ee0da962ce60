"""Test the chapter on properties of chats, threads and events."""

import pytest

from rtmcli.catalogue.model import Method
from rtmcli.catalogue.v3_0.properties import CHAPTER
from rtmcli.protocol.validation import PayloadValidator

METHODS = {method.action: method for method in CHAPTER.methods}
ID_PARAMS = {
    "chat": ["chat_id"],
    "chat_thread": ["chat_id", "thread_id"],
    "event": ["chat_id", "thread_id", "event_id"],
}


@pytest.mark.parametrize("place", ID_PARAMS)
@pytest.mark.parametrize(("verb", "done"), [("update", "updated"), ("delete", "deleted")])
def test_a_place_is_named_down_from_its_chat(verb: str, done: str, place: str) -> None:
    """Each place takes the ids above it, and its push is found by the same ids."""
    method = METHODS[f"{verb}_{place}_properties"]
    assert [param.path for param in method.params] == [*ID_PARAMS[place], "properties"]
    assert all(param.required for param in method.params)
    assert method.push == f"{place}_properties_{done}"
    assert method.push_keys == {path: path for path in ID_PARAMS[place]}


@pytest.mark.parametrize("method", CHAPTER.methods, ids=list(METHODS))
def test_values_are_set_and_names_are_deleted(method: Method) -> None:
    """Updates take {namespace: {name: value}}, deletions take {namespace: [name, ...]}."""
    ids = {param.path: "X" for param in method.params[:-1]}
    accepted = [
        not PayloadValidator(method).validate({**ids, "properties": properties})
        for properties in ({"rating": {"score": 2}}, {"rating": ["score"]})
    ]
    assert accepted == ([True, False] if "update" in method.action else [False, True])
