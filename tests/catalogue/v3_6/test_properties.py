"""Test the chapter "Properties"."""

import pytest

from rtmcli.catalogue.model import Method
from rtmcli.catalogue.v3_6.properties import CHAPTER
from rtmcli.protocol.validation import PayloadValidator

METHODS = {method.action: method for method in CHAPTER.methods}
ID_PARAMS = {
    "chat": {"id": "chat_id"},
    "thread": {"chat_id": "chat_id", "thread_id": "thread_id"},
    "event": {"chat_id": "chat_id", "thread_id": "thread_id", "event_id": "event_id"},
}


@pytest.mark.parametrize("location", ID_PARAMS)
@pytest.mark.parametrize(("verb", "participle"), [("update", "updated"), ("delete", "deleted")])
def test_a_location_is_identified_by_all_its_ids(verb: str, participle: str, location: str) -> None:
    """The push calls a chat's id chat_id."""
    method = METHODS[f"{verb}_{location}_properties"]
    assert [param.path for param in method.params] == [*ID_PARAMS[location], "properties"]
    assert all(param.required for param in method.params)
    assert method.push == f"{location}_properties_{participle}"
    assert method.push_keys == ID_PARAMS[location]


@pytest.mark.parametrize("method", CHAPTER.methods, ids=list(METHODS))
def test_updates_take_values_and_deletions_take_names(method: Method) -> None:
    """The formats are {namespace: {name: value}} and {namespace: [name, ...]}."""
    ids = {param.path: "X" for param in method.params[:-1]}
    accepted = [
        not PayloadValidator(method).validate({**ids, "properties": properties})
        for properties in ({"rating": {"score": 2}}, {"rating": ["score"]})
    ]
    assert accepted == ([True, False] if "update" in method.action else [False, True])
