"""The table of dialects."""

import pytest

from rtmcli.catalogue import versions as catalogue_versions
from rtmcli.sandbox import versions
from rtmcli.sandbox.domain.errors import Refusal
from rtmcli.sandbox.domain.model import ROLES


def test_every_version_of_the_catalogue_is_spoken() -> None:
    """The sandbox knows the same versions, in the same order."""
    assert [*versions.VERSIONS] == [*catalogue_versions.VERSIONS]


@pytest.mark.parametrize("version", versions.VERSIONS)
def test_a_dialect_is_complete(version: str) -> None:
    """It has a handler for each method, a word for each refusal, and scopes for each role."""
    dialect = versions.load(version)
    error_types = {row.type for row in dialect.api.errors}

    assert dialect.api is catalogue_versions.load(version)
    assert {*dialect._specs, dialect.api.login_action} == dialect.api.methods.keys()
    assert dialect._error_types.keys() == {*Refusal}
    assert set(dialect._error_types.values()) <= error_types
    assert dialect.scope_rules.by_role.keys() == {*ROLES}


def test_paths_and_push_versions_differ() -> None:
    """The path picks the dialect; at most one has no version in its pushes."""
    dialects = versions.load_all()

    assert len({each.api.path for each in dialects}) == len(dialects)
    assert len({each.push_version for each in dialects}) == len(dialects)


def test_all_scopes_of_all_roles_are_known() -> None:
    """A token may have the scopes of any version."""
    assert {"chats.conversation--my:rw", "multicast:ro", "agents-bot--all:ro"} <= (
        versions.known_scopes()
    )
