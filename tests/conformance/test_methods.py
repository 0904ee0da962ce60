"""Invariants of the methods and pushes of every version: scopes, retries, pushes, lists."""

from collections import Counter

import pytest
from support.reference import (
    REFERENCES,
    Reference,
    every_documented_method,
    every_method,
    every_version,
    items_root,
    member_names,
)

from rtmcli.catalogue.model import Constraint, Method, ParamType, PushType

every_push = pytest.mark.parametrize(
    "push",
    [
        pytest.param(push, id=f"{version}-{push.name}")
        for version, reference in REFERENCES.items()
        for push in reference.api.pushes
    ],
)


@every_version
def test_chapters_and_methods_match_the_reference(reference: Reference) -> None:
    """All methods are in the chapters of the reference, in its order."""
    assert [
        (method.action, chapter.title)
        for chapter in reference.api.methods.chapters
        for method in chapter.methods
    ] == [(action, facts["chapter"]) for action, facts in reference.table("methods").items()]


@every_version
def test_the_numbers_of_methods_and_pushes(reference: Reference) -> None:
    """Their names are unique."""
    assert (len(reference.api.methods), len(reference.pushes)) == reference.counts
    assert len(reference.api.pushes) == len(reference.pushes)


@every_version
def test_the_actions_that_the_client_uses_are_methods_except_ping(reference: Reference) -> None:
    """Names that need a replacement are not methods, but their replacements are."""
    api = reference.api
    assert not {api.ping_action, *api.replacements} & set(api.methods)
    assert {
        api.login_action,
        api.logout_action,
        *filter(None, [api.refresh_action]),
        *sum(api.replacements.values(), ()),
    } <= set(api.methods)
    assert api.disconnect_push in reference.pushes


@every_version
def test_the_login_spec_matches_the_login(reference: Reference) -> None:
    """Its parameters and response paths exist; the method that refreshes takes the same token."""
    api, spec = reference.api, reference.api.login_spec
    login = api.methods[api.login_action]
    application, name, version = spec.application_params
    paths = [param.path for param in login.params]
    assert {
        spec.token_param,
        spec.reconnect_param,
        *spec.profile_params,
        f"{application}.{name}",
        f"{application}.{version}",
        *filter(None, [spec.away_param, spec.pushes_param, spec.monitoring_param]),
    } <= set(paths)
    assert {path.partition(".")[0] for path in spec.response_paths.values()} <= set(
        login.response_fields
    )
    if api.refresh_action:
        [token] = api.methods[api.refresh_action].params
        assert (token.path, token.set_by_session) == (spec.token_param, True)


# --- retries and scopes ---


@every_version
def test_the_retry_classes_match_the_table(reference: Reference) -> None:
    """The numbers of methods in each class are those of the documentation."""
    retries = {action: method.retry.value for action, method in reference.api.methods.items()}
    assert retries == {
        action: facts["retry"] for action, facts in reference.table("methods").items()
    }
    assert Counter(retries.values()) == reference.retry_counts


@every_documented_method
def test_the_scopes_match_the_reference(reference: Reference, method: Method) -> None:
    """In the same order; those that are not required are listed after the others."""
    assert (*method.scopes, *method.optional_scopes) == tuple(
        reference.table("methods")[method.action]["scopes"].split()
    )
    assert not (method.scopes and method.optional_scopes)


@every_method
def test_conditions_belong_to_scopes(method: Method) -> None:
    """If there are conditions, each scope has one; conditional scopes depend on a parameter."""
    assert tuple(method.scope_conditions) in ((), method.scopes)
    if method.conditional_scopes:
        path, _ = method.conditional_scopes
        assert path in [param.path for param in method.params]


def test_only_chat_users_change_the_scopes_of_3_0() -> None:
    """The two methods that start a thread require other scopes if they add a user."""
    assert {
        action: method.conditional_scopes
        for reference in REFERENCES.values()
        for action, method in reference.api.methods.items()
        if method.conditional_scopes
    } == dict.fromkeys(
        ("activate_chat", "start_chat"),
        ("chat.users", ("chats--all:rw", "chats--access:rw", "chats--my:rw")),
    )


@every_version
def test_the_login_lists_the_scopes_of_pushes(reference: Reference) -> None:
    """They are optional."""
    login = reference.api.methods[reference.api.login_action]
    assert tuple(login.optional_scopes) == tuple(reference.api.push_scopes.values())


def test_the_methods_that_are_not_in_the_web_api() -> None:
    """They concern a connection or a device."""
    assert {
        version: [
            action for action, method in reference.api.methods.items() if not method.in_web_api
        ]
        for version, reference in REFERENCES.items()
    } == {
        "3.0": ["set_away_status", "login", "logout", "change_push_notifications"],
        "3.6": [
            action
            for action, facts in REFERENCES["3.6"].table("methods").items()
            if facts["web_api"] == "no"
        ],
    }


@every_method
def test_a_presence_parameter_lifts_a_requirement(method: Method) -> None:
    """It is a bool."""
    if method.presence_param:
        assert method.requires_presence
        types = {param.path: param.type for param in method.params}
        assert types[method.presence_param] is ParamType.BOOLEAN


def test_presence_is_required_by_six_methods_of_3_6() -> None:
    """Sending has no exception."""
    required = {
        (version, action): method.presence_param
        for version, reference in REFERENCES.items()
        for action, method in reference.api.methods.items()
        if method.requires_presence
    }
    assert required == {
        ("3.6", "deactivate_chat"): "ignore_requester_presence",
        ("3.6", "transfer_chat"): "ignore_requester_presence",
        ("3.6", "add_user_to_chat"): "ignore_requester_presence",
        ("3.6", "remove_user_from_chat"): "ignore_requester_presence",
        ("3.6", "send_event_preview"): "",
        ("3.6", "send_event"): "",
    }


# --- pushes ---


@every_documented_method
def test_the_push_matches_the_reference(reference: Reference, method: Method) -> None:
    """Each method has the push that the reference documents, or none; others are different."""
    assert method.push == reference.table("methods")[method.action]["push"]
    names = [*filter(None, [method.push, method.alternative_push]), *method.other_pushes]
    assert set(names) <= set(reference.pushes)
    assert len(set(names)) == len(names)


@every_documented_method
def test_push_keys_exist_on_both_sides(reference: Reference, method: Method) -> None:
    """Each maps a path in request or response to one in the push."""
    fields, params = member_names(method.response_fields), {param.path for param in method.params}
    for push, keys in (
        (method.push, method.push_keys),
        (method.alternative_push, method.alternative_push_keys),
    ):
        assert bool(push) == bool(keys)
        for call_path, push_path in keys.items():
            assert call_path in params or call_path.partition(".")[0] in fields
            assert push_path.partition(".")[0] in member_names(
                reference.pushes[push].payload_fields
            )


@every_method
def test_only_a_method_with_a_push_has_a_condition(method: Method) -> None:
    """Or an alternative push."""
    assert method.push or not (method.push_condition or method.alternative_push)


@every_push
def test_the_text_of_a_push_consists_of_its_members(push: PushType) -> None:
    """Only a push that names nothing but a chat, or that is a map, has no text."""
    assert {path.partition(".")[0] for path in push.text} <= member_names(push.payload_fields)
    is_chat_only = member_names(push.payload_fields) in (set(), {"chat_id"})
    assert bool(push.text) != is_chat_only


@every_push
def test_a_push_has_an_audience(push: PushType) -> None:
    """An array or a map may be its payload."""
    assert push.audience
    assert push.payload_type in (ParamType.OBJECT, ParamType.OBJECTS, ParamType.INTEGER_MAP)
    assert bool(push.payload_fields) == (push.payload_type is not ParamType.INTEGER_MAP)


# --- lists ---


@every_version
def test_the_methods_that_are_paginated(reference: Reference) -> None:
    """Their responses contain one page of a list."""
    assert {action for action, method in reference.api.methods.items() if method.pagination} == set(
        reference.paginated.split()
    )


@every_version
def test_every_list_has_columns(reference: Reference) -> None:
    """A list is paginated, or the response is an array."""
    methods = reference.api.methods
    assert {action for action, method in methods.items() if method.columns} == {
        *reference.paginated.split(),
        *reference.lists.split(),
    }
    for action in reference.lists.split():
        assert methods[action].response_type is ParamType.OBJECTS
        assert set(methods[action].columns) <= member_names(methods[action].response_fields)


@every_method
def test_pagination_refers_to_existing_parameters_and_fields(method: Method) -> None:
    """Its limits are those of the parameters; a rule says what a cursor excludes."""
    pagination = method.pagination
    if pagination is None:
        return
    params = {param.path: param for param in method.params}
    fields = member_names(method.response_fields)
    assert bool(pagination.cursor_param) != bool(pagination.page_number_param)
    assert bool(pagination.cursor_param) == bool(pagination.next_cursor_path)
    assert (pagination.cursor_param or pagination.page_number_param) in params
    assert params[pagination.limit_param].at_most == pagination.max_limit
    assert {items_root(method), pagination.total_path.partition(".")[0]} <= fields
    if pagination.next_cursor_path:
        assert f"{pagination.next_cursor_path}?" in method.response_fields
    if pagination.page_number_param:
        assert params[pagination.page_number_param].at_most == pagination.max_page_number
    if pagination.cursor_excludes:
        excluded = (pagination.cursor_param, *pagination.cursor_excludes)
        assert any(
            rule.constraint is Constraint.EXCLUDES and rule.paths == excluded
            for rule in method.rules
        )
