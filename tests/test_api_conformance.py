"""Invariants of the whole catalogue, and its conformance to the documentation.

The tables here and in `wire/` were typed by hand from the documentation, independently of the
catalogue, so that a mistake in either shows.
"""

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import rtmcli
from rtmcli.catalogue import API, v3_0
from rtmcli.catalogue.model import Constraint, Method, Param, ParamType
from rtmcli.protocol.validation import PayloadValidator

WIRE_DIR = Path(__file__).parent / "wire"
METHODS: dict[str, dict[str, str]] = json.loads((WIRE_DIR / "methods.json").read_text())
REQUESTS: dict[str, dict[str, Any]] = json.loads((WIRE_DIR / "requests.json").read_text())
PARAMETERS: dict[str, dict[str, str]] = json.loads((WIRE_DIR / "parameters.json").read_text())
CATALOGUE_DIR = Path(v3_0.__file__).parent
PUSHES = {push.name: push for push in API.pushes}

# Parameters that are in no table of the reference.
UNDOCUMENTED_PARAMS = {
    "activate_chat": ("chat.access.group_ids chat.thread.tags chat.is_followed continuous"),
    "start_chat": "chat.access.group_ids chat.thread.tags chat.is_followed continuous",
    "close_thread": "require_requester_presence",
    "send_event": (
        "event.type event.text event.recipients event.custom_id event.properties event.postback"
        " event.postback.id event.postback.thread_id event.postback.event_id event.postback.type"
        " event.postback.value event.template_id event.elements event.form_id event.fields"
        " event.content event.system_message_type event.text_vars event.annotation_type"
        " event.name event.url event.content_type event.size event.width event.height"
        " event.thumbnail_url event.thumbnail2x_url"
    ),
}

# The options that all commands, or all commands for methods, have.
COMMON_FLAGS = (
    "--profile --url --region --token-file --author-id --timeout --max-time --ca-file --proxy"
    " --retry-idempotent --reconnect --no-reconnect -v --verbose --set --set-string --no-validate"
    " --dry-run -n --skeleton --compact --pretty --color --envelope --quiet -q --error-format"
    " --all --max-items --wait --wait-timeout --window --rate --fail-fast --help"
)

DISCREPANCIES = (
    "A1 A2 A3 A4 A5 A6 A9 A11 B1 B2 B3 B4 B5 B6 B7 B8 B9 B10 B11 B12 B13 B14 B15 B16 B17 B18 B19"
    " B20 B21 B22 B23 B24 B25 B26 B27 B28 B29 B30 B31 B33 B34 B35 B36 C2 C3 C4 C5 C6 C8 C11 C16"
    " C17 D12"
)

JSON_TYPES = {
    ParamType.STRING: "string",
    ParamType.INTEGER: "number",
    ParamType.BOOLEAN: "bool",
    ParamType.OBJECT: "object",
    ParamType.ANY: "any",
    ParamType.ID: "number",
    ParamType.STRINGS: "array",
    ParamType.INTEGERS: "array",
    ParamType.IDS: "array",
    ParamType.OBJECTS: "array",
    ParamType.STRING_MAP: "object",
    ParamType.PROPERTIES: "object",
    ParamType.PROPERTY_NAMES: "object",
    ParamType.PROPERTY_FILTERS: "object",
}

# Literals that are also names of the API: the files in which they may occur, and their meaning.
ALLOWED_LITERALS = {
    "type": ("cli/ flows/listen/ protocol/ session/", "a member of envelopes and records"),
    "name": ("cli/", "a member of records, an attribute of entries"),
    "scopes": ("cli/", "a member of records, an option of the sandbox"),
    "chat_id": ("cli/commands/listen.py", "an option"),
    "token": ("settings/ cli/", "a setting, and a check of the doctor"),
    "timezone": ("settings/", "a setting"),
    "reconnect": ("settings/ session/recovery.py", "a setting, and a step of recovery"),
    "login": ("flows/doctor.py session/login.py cli/commands/doctor.py", "a check of the doctor"),
    "ping": ("flows/doctor.py cli/commands/doctor.py", "a check of the doctor"),
    "internal": ("errors.py", "a bug in this program"),
    "limit": ("cli/commands/methods.py", "a key of `rtm methods --json`"),
}

every_method = pytest.mark.parametrize("method", API.methods.values(), ids=list(API.methods))


def expected_flags(param: Param) -> list[str]:
    """Return all flags of a parameter."""
    if param.set_by_session:
        return []
    negation = [f"--no-{param.flag[2:]}"] if param.type is ParamType.BOOLEAN else []
    return [param.flag, *negation, *filter(None, [param.alias])]


def member_names(names: tuple[str, ...]) -> set[str]:
    """Remove the marks of optional members."""
    return {name.removesuffix("?") for name in names}


def has_path(payload: Any, path: str) -> bool:
    """Return whether a payload has a value at a path; the empty path is the payload itself."""
    for part in filter(None, path.split(".")):
        if not isinstance(payload, dict) or part not in payload:
            return False
        payload = payload[part]
    return True


def texts_of(entry: Any) -> Iterator[str]:
    """Yield all texts of a catalogue entry."""
    if isinstance(entry, str):
        yield entry
    elif isinstance(entry, tuple):
        for part in entry:
            yield from texts_of(part)


# --- methods and pushes ---


def test_chapters_and_methods_match_the_reference() -> None:
    """All 37 methods are in the chapters of the index, in the order of the sections."""
    assert [
        (method.action, chapter.title)
        for chapter in API.methods.chapters
        for method in chapter.methods
    ] == [(action, facts["chapter"]) for action, facts in METHODS.items()]


def test_there_are_37_methods_and_31_pushes() -> None:
    """Their names are unique."""
    actions = [method.action for chapter in API.methods.chapters for method in chapter.methods]
    assert (len(actions), len(set(actions))) == (37, 37)
    assert (len(API.pushes), len(PUSHES)) == (31, 31)


def test_the_actions_that_the_client_uses_are_methods_except_ping() -> None:
    """Names that need a replacement are not methods, but their replacements are."""
    assert not {API.ping_action, *API.replacements} & set(API.methods)
    assert {API.login_action, API.logout_action, *sum(API.replacements.values(), ())} <= set(
        API.methods
    )
    assert API.disconnect_push in PUSHES


# --- parameters ---


@every_method
def test_documented_parameters_match_the_reference(method: Method) -> None:
    """Paths, order, JSON types and required parameters are equal."""
    assert [
        (param.path, JSON_TYPES[param.type] + (", required" if param.required else ""))
        for param in method.params
        if param.documented
    ] == list(PARAMETERS[method.action].items())


@every_method
def test_other_parameters_are_marked_as_undocumented(method: Method) -> None:
    """These are in a sample or in another document."""
    assert [
        param.path for param in method.params if not param.documented
    ] == UNDOCUMENTED_PARAMS.get(method.action, "").split()


@every_method
def test_flags_are_unique(method: Method) -> None:
    """No two parameters of a method have the same flag, and none has that of a common option."""
    flags = [flag for param in method.params for flag in expected_flags(param)]
    shared = set(COMMON_FLAGS.split()) & set(flags)
    assert len(flags) == len(set(flags))
    # --reconnect is both a common option and a parameter of the login.
    assert shared == (
        {"--reconnect", "--no-reconnect"} if method.action == API.login_action else set()
    )


@every_method
def test_members_follow_the_parameter_of_their_object(method: Method) -> None:
    """Each parent path is a parameter of type object."""
    seen: dict[str, ParamType] = {}
    for param in method.params:
        parent, _, _ = param.path.rpartition(".")
        assert not parent or seen[parent] is ParamType.OBJECT
        seen[param.path] = param.type


@every_method
def test_limits_match_the_type(method: Method) -> None:
    """Strings may have choices or a format, integers a range; a default is one of the choices."""
    for param in method.params:
        if param.choices or param.format or param.secret:
            assert param.type is ParamType.STRING
        if param.at_least is not None or param.at_most is not None:
            assert param.type is ParamType.INTEGER
        if param.choices and param.default:
            assert param.default in param.choices


@every_method
def test_rules_refer_to_existing_parameters(method: Method) -> None:
    """The value of a condition is one of the parameter's choices."""
    params = {param.path: param for param in method.params}
    for rule in method.rules:
        assert rule.paths
        assert set(rule.paths) <= set(params)
        assert len(rule.paths) > 1 or rule.constraint in {
            Constraint.AT_LEAST_ONE,
            Constraint.FORBIDDEN,
        }
        if rule.when:
            path, value = rule.when
            assert value in params[path].choices
        assert (rule.constraint is Constraint.FORBIDDEN) <= bool(rule.when)


@every_method
def test_implied_values_are_valid(method: Method) -> None:
    """An alias implies one of the choices of another parameter."""
    params = {param.path: param for param in method.params}
    for param in method.params:
        if param.implies:
            path, value = param.implies
            assert param.alias
            assert path != param.path
            assert value in params[path].choices


# --- samples ---


@every_method
def test_the_sample_matches_the_reference(method: Method) -> None:
    """The samples in `wire/` are those of the reference, with their errors corrected."""
    assert method.example == REQUESTS[method.action]


@every_method
def test_the_sample_has_all_required_parameters(method: Method) -> None:
    """Except members of absent optional objects."""
    missing = [
        param.path
        for param in method.params
        if param.required
        and not param.set_by_session
        and has_path(method.example, param.path.rpartition(".")[0])
        and not has_path(method.example, param.path)
    ]
    assert not missing


@every_method
def test_the_sample_is_valid(method: Method) -> None:
    """It causes no problem of any severity."""
    assert PayloadValidator(method).validate(method.example) == []


@every_method
def test_every_member_of_the_sample_is_a_parameter(method: Method) -> None:
    """Down to the first value whose members are not parameters."""
    types = {param.path: param.type for param in method.params}

    def unknown_paths(value: dict[str, Any], prefix: str = "") -> Iterator[str]:
        for name, member in value.items():
            path = f"{prefix}{name}"
            if path not in types:
                yield path
            elif types[path] is ParamType.OBJECT:
                yield from unknown_paths(member, f"{path}.")

    assert list(unknown_paths(dict(method.example))) == []


# --- retries, scopes and secrets ---


def test_the_retry_classes_match_the_table() -> None:
    """The classes have 5, 20, 8, 3 and 1 methods."""
    retries = {action: method.retry.value for action, method in API.methods.items()}
    assert retries == {action: facts["retry"] for action, facts in METHODS.items()}
    assert Counter(retries.values()) == {
        "read": 5,
        "idempotent": 20,
        "never": 8,
        "connection": 3,
        "ephemeral": 1,
    }


@every_method
def test_the_scopes_match_the_reference(method: Method) -> None:
    """In the same order."""
    assert method.scopes == tuple(METHODS[method.action]["scopes"].split())


def test_only_chat_users_change_the_scopes() -> None:
    """The two methods that start a thread require other scopes if they add a user."""
    assert {
        action: method.conditional_scopes
        for action, method in API.methods.items()
        if method.conditional_scopes
    } == dict.fromkeys(
        ("activate_chat", "start_chat"),
        ("chat.users", ("chats--all:rw", "chats--access:rw", "chats--my:rw")),
    )


def test_four_methods_are_not_in_the_web_api() -> None:
    """They concern a connection or a device."""
    assert {action for action, method in API.methods.items() if not method.in_web_api} == {
        "login",
        "logout",
        "set_away_status",
        "change_push_notifications",
    }


def test_secrets_are_the_tokens() -> None:
    """These are the access token, which the session sets, and the Firebase tokens."""
    params = [(method, param) for method in API.methods.values() for param in method.params]
    assert {(method.action, param.path) for method, param in params if param.secret} == {
        ("login", "token"),
        ("login", "push_notifications.firebase_token"),
        ("change_push_notifications", "firebase_token"),
    }
    assert [(method.action, param.path) for method, param in params if param.set_by_session] == [
        ("login", "token")
    ]


# --- pushes ---


@every_method
def test_the_push_matches_the_reference(method: Method) -> None:
    """Each method has the push that the reference documents, or none."""
    assert method.push == METHODS[method.action]["push"]
    assert not method.push or method.push in PUSHES
    assert not method.alternative_push or method.alternative_push in PUSHES


@every_method
def test_push_keys_exist_on_both_sides(method: Method) -> None:
    """Each maps a path in request or response to one in the push."""
    fields, params = member_names(method.response_fields), {param.path for param in method.params}
    for push, keys in (
        (method.push, method.push_keys),
        (method.alternative_push, method.alternative_push_keys),
    ):
        assert bool(push) == bool(keys)
        for call_path, push_path in keys.items():
            assert call_path in params or call_path.partition(".")[0] in fields
            assert push_path.partition(".")[0] in member_names(PUSHES[push].payload_fields)


@every_method
def test_only_a_method_with_a_push_has_a_condition(method: Method) -> None:
    """Or an alternative push."""
    assert method.push or not (method.push_condition or method.alternative_push)


# --- pagination ---


def test_four_methods_are_paginated() -> None:
    """Their responses contain one page of a list."""
    assert {action for action, method in API.methods.items() if method.pagination} == {
        "get_customers",
        "get_archives",
        "get_chats_summary",
        "get_chat_threads_summary",
    }


@every_method
def test_pagination_refers_to_existing_parameters_and_fields(method: Method) -> None:
    """Its limits are those of the parameters."""
    pagination = method.pagination
    if pagination is None:
        return
    params = {param.path: param for param in method.params}
    assert bool(pagination.cursor_param) != bool(pagination.page_number_param)
    assert bool(pagination.cursor_param) == bool(pagination.next_cursor_path)
    assert (pagination.cursor_param or pagination.page_number_param) in params
    assert params[pagination.limit_param].at_most == pagination.max_limit
    assert {pagination.items_path, pagination.total_path.partition(".")[0]} <= member_names(
        method.response_fields
    )
    if pagination.next_cursor_path:
        assert f"{pagination.next_cursor_path}?" in method.response_fields
    if pagination.page_number_param:
        assert params[pagination.page_number_param].at_most == pagination.max_page_number


# --- texts ---


@every_method
def test_summary_and_help_are_one_short_sentence(method: Method) -> None:
    """They begin with a capital or a digit, end with a period and fit on a line."""
    for text in [method.summary, *(param.help for param in method.params)]:
        assert re.fullmatch(r"[A-Z1-9].*[^.]\.", text), text
        assert len(text) <= 70, text
        assert "\n" not in text


@every_method
def test_details_and_notes_are_sentences(method: Method) -> None:
    """The messages of rules are not, as they are parts of a message."""
    for text in (method.details, method.retry_note, method.scopes_note):
        assert not text or re.fullmatch(r"[A-Z].*\.|[a-z]+[-_].*\.", text), text
    for rule in method.rules:
        assert not rule.message.endswith(".")


def test_actions_and_commands_correspond() -> None:
    """A command is its action with hyphens, and the mapping is reversible."""
    for action, method in API.methods.items():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", action)
        assert method.command.replace("-", "_") == action


def test_texts_have_no_extra_white_space() -> None:
    """At the beginning, at the end or between words."""
    for text in texts_of((API.methods.chapters, API.pushes, API.errors, API.reasons)):
        assert text == " ".join(text.split()), text


@pytest.mark.parametrize("number", DISCREPANCIES.split())
def test_each_discrepancy_is_cited_in_a_comment(number: str) -> None:
    """The comment explains the decision next to the entry."""
    source = "".join(path.read_text() for path in CATALOGUE_DIR.glob("*.py"))
    comments = [line.partition("#")[2] for line in source.splitlines() if "#" in line]
    assert any(re.search(rf"\b{number}\b", comment) for comment in comments)


# --- the rest of the package ---


def api_names() -> set[str]:
    """Return all names that only the catalogue and the sandbox may use."""
    names = {
        API.version,
        API.path,
        API.ping_action,
        *API.error_types_by_name,
        *API.disconnect_reasons_by_name,
        *PUSHES,
    }
    for method in API.methods.values():
        names |= {
            method.action,
            *(param.path for param in method.params),
            *member_names(method.response_fields),
        }
    return names


def other_literals() -> Iterator[tuple[str, str]]:
    """Yield the file and text of each string literal in the rest of the package."""
    package = Path(rtmcli.__file__).parent
    for path in package.rglob("*.py"):
        relative_path = path.relative_to(package).as_posix()
        if not relative_path.startswith(("catalogue/", "sandbox/")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield relative_path, node.value


def test_only_the_catalogue_and_the_sandbox_use_names_of_the_api() -> None:
    """The rest reads its facts about an action, push, error or parameter from the catalogue."""
    names, used = api_names(), set()
    for path, text in other_literals():
        if text in names:
            allowed_paths, _ = ALLOWED_LITERALS.get(text, ("none", ""))
            assert path.startswith(tuple(allowed_paths.split())), (path, text)
            used.add(text)
        assert f"v{API.version}" not in text, path
    assert used == ALLOWED_LITERALS.keys()
