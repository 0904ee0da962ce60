"""Invariants of the objects that help describes, compared with the parameters of requests."""

import re
from collections.abc import Iterable

from support.reference import Reference, every_version

from rtmcli.catalogue.model import Param


def names(members: Iterable[str]) -> set[str]:
    """Return the names of members: `postback {id, type?}?` is `postback`."""
    return {re.split(r"[? ]", member)[0] for member in members}


def event_params(reference: Reference) -> list[Param]:
    """Return the members of an event in a request."""
    params = reference.api.methods["send_event"].params
    return [
        param._replace(path=param.path.removeprefix("event."))
        for param in params
        if param.path.startswith("event.")
    ]


@every_version
def test_every_member_of_an_event_that_can_be_sent_is_described(reference: Reference) -> None:
    """And each type that can be sent."""
    objects = reference.api.load_objects()
    sent_types = [row for row in objects.event_types if row.can_be_sent]
    described = names(
        [name for name, _ in objects.event] + [each for row in sent_types for each in row.members]
    )
    params = event_params(reference)
    assert {param.path for param in params if "." not in param.path} <= described
    [choices] = [param.choices for param in params if param.path == "type"]
    assert {row.name for row in sent_types} == set(choices)


@every_version
def test_the_required_members_of_a_type_are_not_marked_as_optional(reference: Reference) -> None:
    """As the rules of `send_event` say."""
    required = {
        (rule.when["event.type"], path.removeprefix("event."))
        for rule in reference.api.methods["send_event"].rules
        if "event.type" in rule.when and rule.message.startswith("an event of type")
        for path in rule.paths
    }
    optional = {
        (row.name, name)
        for row in reference.api.load_objects().event_types
        for member in row.members
        for name in names([member])
        if member.endswith("?")
    }
    assert len(required) > 4
    assert required & optional == set()


@every_version
def test_every_member_of_an_element_is_described(reference: Reference) -> None:
    """Of those that validation knows."""
    objects = reference.api.load_objects()
    [elements] = [param.items for param in event_params(reference) if param.path == "elements"]
    described = names(name for name, _ in objects.elements)
    for param in elements:
        if "." not in param.path:
            assert param.path in described
        assert {f"{param.path}.{item.path}" for item in param.items} <= described


@every_version
def test_every_member_of_a_filter_is_described(reference: Reference) -> None:
    """The operators of all lists."""
    described = {
        name
        for term, _ in reference.api.load_objects().filter_operators
        for name in term.split(", ")
    }
    for method in reference.api.methods.values():
        paths = [param.path.split(".") for param in method.params if param.is_filter]
        assert {name for path in paths for name in path[2:]} <= described


@every_version
def test_texts_of_members_are_sentences(reference: Reference) -> None:
    """They end with a period."""
    objects = reference.api.load_objects()
    for _, text in (*objects.event, *objects.elements, *objects.filter_operators):
        assert text.endswith(".")
    assert not any(row.summary.endswith(".") for row in objects.event_types)
