"""Invariants of the maps of names between versions."""

import pytest
from support.reference import REFERENCES

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.model import Renames

PAIRS = [
    pytest.param(reference.api, renames, id=f"{renames.version}-{version}")
    for version, reference in REFERENCES.items()
    for renames in reference.api.load_renames()
]
both_directions = pytest.mark.parametrize(("api", "renames"), PAIRS)


def other_version(renames: Renames) -> Api:
    """Return the version whose names are mapped."""
    return REFERENCES[renames.version].api


def push_names(api: Api) -> set[str]:
    """Return the names of a version's pushes."""
    return {push.name for push in api.pushes}


def paths(api: Api, action: str) -> set[str]:
    """Return the paths of a method's parameters."""
    return {param.path for param in api.methods[action].params}


def test_every_version_knows_the_names_of_the_others() -> None:
    """Each pair of versions is mapped in both directions."""
    assert {
        version: [renames.version for renames in reference.api.load_renames()]
        for version, reference in REFERENCES.items()
    } == {"3.0": ["3.6"], "3.6": ["3.0"]}


@both_directions
def test_all_names_that_the_other_version_alone_has_are_mapped(api: Api, renames: Renames) -> None:
    """The map contains them and, with a note, names with a different meaning."""
    other = other_version(renames)
    assert set(renames.actions) == set(other.methods) - set(api.methods)
    assert push_names(other) - push_names(api) <= set(renames.pushes) <= push_names(other)
    for name in set(renames.pushes) & push_names(api):
        assert renames.pushes[name].note


@both_directions
def test_replacements_exist_in_this_version(api: Api, renames: Renames) -> None:
    """Actions, pushes and parameters."""
    for renamed in renames.actions.values():
        assert set(renamed.names) <= set(api.methods)
    for renamed in renames.pushes.values():
        assert set(renamed.names) <= push_names(api)
    for action, params in renames.params.items():
        for path, renamed in params.items():
            assert set(renamed.names) <= paths(api, action)
            assert path not in paths(api, action) or renamed.note


@pytest.mark.parametrize("renames", [param.values[1] for param in PAIRS])
def test_mapped_parameters_exist_in_the_other_version(renames: Renames) -> None:
    """In the method of the same name, or in one that this method replaces."""
    other = other_version(renames)
    for action, params in renames.params.items():
        for path in params:
            assert any(path in paths(other, each) for each in counterparts(action, renames))


def counterparts(action: str, renames: Renames) -> list[str]:
    """Return the other version's actions that a method of this version replaces."""
    replaced = [name for name, renamed in renames.actions.items() if action in renamed.names]
    return [action, *replaced] if action in other_version(renames).methods else replaced


def test_no_parameter_of_3_0_is_forgotten() -> None:
    """If a method of 3.6 alone replaces a method of 3.0, it has all its parameters or maps them."""
    api, other = REFERENCES["3.6"].api, REFERENCES["3.0"].api
    [renames] = api.load_renames()
    for action in other.methods:
        targets = (action,) if action in api.methods else renames.actions[action].names[:1]
        if action in ("grant_access", "set_access", "get_customers"):
            continue  # the replacement is only similar
        for target in targets:
            known = paths(api, target) | set(renames.params.get(target, {}))
            assert paths(other, action) <= known, action


def test_the_maps_are_inverse() -> None:
    """If a name of 3.0 has one replacement, that name leads back to it."""
    there, back = (REFERENCES[version].api.load_renames()[0] for version in ("3.6", "3.0"))
    for name, renamed in there.pushes.items():
        if len(renamed.names) == 1:
            assert name in back.pushes[renamed.names[0]].names
    for name, renamed in there.actions.items():
        if renamed.names and not renamed.note:
            assert back.actions[renamed.names[0]].names == (name,)
