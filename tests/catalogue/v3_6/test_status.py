"""Test the chapter "Status"."""

from typing import Any

import pytest

from rtmcli.catalogue.model import ParamType
from rtmcli.catalogue.v3_6.status import CHAPTER, LOGIN_SPEC
from rtmcli.protocol.validation import PayloadValidator

METHODS = {method.action: method for method in CHAPTER.methods}


def problem_paths(action: str, **payload: object) -> list[str]:
    """Return the paths of a payload's problems."""
    return [problem.path for problem in PayloadValidator(METHODS[action]).validate(payload)]


@pytest.mark.parametrize("action", ["login", "update_session"])
def test_the_session_sets_the_token(action: str) -> None:
    """It is not expected in the payload."""
    assert [param.path for param in METHODS[action].params if param.set_by_session] == ["token"]
    assert problem_paths(action) == []


@pytest.mark.parametrize(
    ("pushes", "is_valid"),
    [
        ({"3.6": ["incoming_chat"], "3.7": ["all"]}, True),
        ({"3.6": []}, True),
        ({}, False),
        ({"3.6": "all"}, False),
        (["all"], False),
    ],
)
def test_pushes_are_named_by_version(pushes: Any, is_valid: bool) -> None:
    """At least one version is required."""
    assert problem_paths("login", pushes=pushes) == ([] if is_valid else ["pushes"])


def test_there_are_five_monitoring_levels() -> None:
    """Another one is invalid."""
    for level in ("my", "chatting", "invited", "online", "highest_available"):
        assert problem_paths("login", customer_monitoring_level=level) == []
    assert problem_paths("login", customer_monitoring_level="all") == ["customer_monitoring_level"]


def test_the_login_requires_no_scope() -> None:
    """Scopes decide which pushes are sent."""
    login = METHODS["login"]
    assert (login.scopes, len(login.optional_scopes)) == ((), 5)


def test_a_profile_may_set_the_parameters_of_the_login() -> None:
    """The monitoring level belongs to the agent, so only `listen` sets it."""
    assert LOGIN_SPEC.profile_params == ("away", "reconnect", "timezone")
    assert (LOGIN_SPEC.away_param, LOGIN_SPEC.pushes_param, LOGIN_SPEC.monitoring_param) == (
        "away",
        "pushes",
        "customer_monitoring_level",
    )


def test_the_statuses_are_an_array() -> None:
    """Each item names an agent or a bot."""
    method = METHODS["list_routing_statuses"]
    assert method.response_type is ParamType.OBJECTS
    assert method.response_fields == method.columns == ("agent_id", "status")


def test_each_scope_of_the_routing_status_has_a_condition() -> None:
    """Two are for agents, two for bots."""
    assert METHODS["set_routing_status"].scope_conditions == {
        "agents--my:rw": "the requester",
        "agents--all:rw": "any agent",
        "agents-bot--my:rw": "bots of the token's client",
        "agents-bot--all:rw": "any bot",
    }


def test_a_bot_may_be_offline() -> None:
    """The status is required."""
    assert problem_paths("set_routing_status", status="offline") == []
    assert problem_paths("set_routing_status") == ["status"]


def test_logging_another_agent_out_is_undocumented() -> None:
    """Only the vendor's SDK does it."""
    [param] = METHODS["logout"].params
    assert (param.path, param.documented) == ("agent_id", False)
