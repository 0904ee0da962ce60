"""Laws over the whole catalogue.

Every table here and in `wire/` was typed by hand from the documents, not taken from the rows: two
readings have to agree.
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

# Rows that no table of the reference has.
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

# The options that every command, or one that calls a method, has anyway.
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

# Words of our own that are also names of the API: where they may stand, and as what.
ALLOWED_LITERALS = {
    "type": ("cli/ flows/listen/ protocol/ session/", "the member of every envelope and record"),
    "name": ("cli/", "a member of records, an attribute of rows"),
    "scopes": ("cli/", "a member of records, an option of the sandbox"),
    "chat_id": ("cli/listen.py", "an option"),
    "token": ("settings/ cli/", "a setting, and a step of the doctor"),
    "timezone": ("settings/rows.py", "a setting"),
    "reconnect": ("settings/rows.py", "a setting"),
    "login": ("flows/doctor.py session/login.py cli/doctor.py", "a step of the doctor"),
    "ping": ("flows/doctor.py cli/doctor.py", "a step of the doctor"),
    "internal": ("errors.py", "a bug of ours"),
}

every_method = pytest.mark.parametrize("method", API.methods.values(), ids=list(API.methods))


def expected_flags(param: Param) -> list[str]:
    """Spell everything that the command line would offer for a parameter."""
    if param.set_by_session:
        return []
    negation = [f"--no-{param.flag[2:]}"] if param.type is ParamType.BOOLEAN else []
    return [param.flag, *negation, *filter(None, [param.alias])]


def member_names(names: tuple[str, ...]) -> set[str]:
    """Drop the marks of optional members."""
    return {name.removesuffix("?") for name in names}


def has_path(payload: Any, path: str) -> bool:
    """Tell whether a payload has a value at a path; the empty path is the payload."""
    for part in filter(None, path.split(".")):
        if not isinstance(payload, dict) or part not in payload:
            return False
        payload = payload[part]
    return True


def row_texts(row: Any) -> Iterator[str]:
    """Walk the texts of a catalogue's row."""
    if isinstance(row, str):
        yield row
    elif isinstance(row, tuple):
        for part in row:
            yield from row_texts(part)


# --- what there is ---


def test_the_chapters_and_their_methods_are_those_of_the_reference_in_its_order() -> None:
    """All 37 methods stand under the index's chapters, in the order of the sections."""
    assert [
        (method.action, chapter.title)
        for chapter in API.methods.chapters
        for method in chapter.methods
    ] == [(action, facts["chapter"]) for action, facts in METHODS.items()]


def test_there_are_37_methods_and_31_pushes_each_once() -> None:
    """No action and no push is named twice."""
    actions = [method.action for chapter in API.methods.chapters for method in chapter.methods]
    assert (len(actions), len(set(actions))) == (37, 37)
    assert (len(API.pushes), len(PUSHES)) == (31, 31)


def test_no_action_is_also_an_action_of_the_protocol_or_a_name_to_avoid() -> None:
    """What is no method is not in the list; what the protocol needs of it, is."""
    assert not {API.ping_action, *API.replacements} & set(API.methods)
    assert {API.login_action, API.logout_action, *sum(API.replacements.values(), ())} <= set(
        API.methods
    )
    assert API.disconnect_push in PUSHES


# --- what a method takes ---


@every_method
def test_the_documented_parameters_are_those_of_the_reference(method: Method) -> None:
    """Paths, their order, need and JSON type agree with the reference's tables."""
    assert [
        (param.path, JSON_TYPES[param.type] + (", required" if param.required else ""))
        for param in method.params
        if param.documented
    ] == list(PARAMETERS[method.action].items())


@every_method
def test_the_undocumented_parameters_are_known_ones(method: Method) -> None:
    """A row that the reference's tables lack is marked as such."""
    assert [
        param.path for param in method.params if not param.documented
    ] == UNDOCUMENTED_PARAMS.get(method.action, "").split()


@every_method
def test_every_flag_is_unique(method: Method) -> None:
    """No two parameters of a method share a spelling, and none takes that of a common option."""
    spelled = [flag for param in method.params for flag in expected_flags(param)]
    shared = set(COMMON_FLAGS.split()) & set(spelled)
    assert len(spelled) == len(set(spelled))
    # The option that every connection has is login's own parameter.
    assert shared == (
        {"--reconnect", "--no-reconnect"} if method.action == API.login_action else set()
    )


@every_method
def test_every_path_stands_after_its_parent_which_is_an_object(method: Method) -> None:
    """A member has a row of its own only below a row for its object."""
    seen: dict[str, ParamType] = {}
    for param in method.params:
        parent, _, _ = param.path.rpartition(".")
        assert not parent or seen[parent] is ParamType.OBJECT
        seen[param.path] = param.type


@every_method
def test_limits_fit_their_kind(method: Method) -> None:
    """Choices and formats belong to strings, ranges to whole numbers; a default is a choice."""
    for param in method.params:
        if param.choices or param.format or param.secret:
            assert param.type is ParamType.STRING
        if param.at_least is not None or param.at_most is not None:
            assert param.type is ParamType.INTEGER
        if param.choices and param.default:
            assert param.default in param.choices


@every_method
def test_every_rule_speaks_of_parameters_that_there_are(method: Method) -> None:
    """A rule's paths, and the value it waits for, are in the rows."""
    rows = {param.path: param for param in method.params}
    for rule in method.rules:
        assert rule.paths
        assert set(rule.paths) <= set(rows)
        assert len(rule.paths) > 1 or rule.constraint in {
            Constraint.AT_LEAST_ONE,
            Constraint.FORBIDDEN,
        }
        if rule.when:
            path, value = rule.when
            assert value in rows[path].choices
        assert (rule.constraint is Constraint.FORBIDDEN) <= bool(rule.when)


@every_method
def test_what_an_implies_is_possible(method: Method) -> None:
    """An alias sets another parameter of the same method, to a value that it may have."""
    rows = {param.path: param for param in method.params}
    for param in method.params:
        if param.implies:
            path, value = param.implies
            assert param.alias
            assert path != param.path
            assert value in rows[path].choices


# --- samples ---


@every_method
def test_the_sample_is_the_references(method: Method) -> None:
    """The row's sample equals the one read from the reference and mended by hand."""
    assert method.example == REQUESTS[method.action]


@every_method
def test_the_sample_carries_every_required_parameter(method: Method) -> None:
    """Where the object around it is there, a required parameter is too."""
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
    """A sample is something to start from: it breaks no rule, not even a lenient one."""
    assert PayloadValidator(method).validate(method.example) == []


@every_method
def test_the_sample_has_no_member_without_a_row(method: Method) -> None:
    """Every member of a sample has a row, down to the first value that is free in shape."""
    rows = {param.path: param.type for param in method.params}

    def strangers(value: dict[str, Any], prefix: str = "") -> Iterator[str]:
        for name, inner in value.items():
            path = f"{prefix}{name}"
            if path not in rows:
                yield path
            elif rows[path] is ParamType.OBJECT:
                yield from strangers(inner, f"{path}.")

    assert list(strangers(dict(method.example))) == []


# --- who may call it, and what may be sent again ---


def test_the_retry_classes_are_the_agreed_ones() -> None:
    """What may be sent again is decided for each method: 5, 20, 8, 3 and 1 of them."""
    found = {action: method.retry.value for action, method in API.methods.items()}
    assert found == {action: facts["retry"] for action, facts in METHODS.items()}
    assert Counter(found.values()) == {
        "read": 5,
        "idempotent": 20,
        "never": 8,
        "connection": 3,
        "ephemeral": 1,
    }


@every_method
def test_the_scopes_are_those_of_the_reference(method: Method) -> None:
    """Scopes are the reference's alternatives, in its order."""
    assert method.scopes == tuple(METHODS[method.action]["scopes"].split())


def test_only_known_customers_change_the_scopes() -> None:
    """Only the two methods that begin a chat ask for other scopes, where they bring in a user."""
    assert {
        action: method.conditional_scopes
        for action, method in API.methods.items()
        if method.conditional_scopes
    } == dict.fromkeys(
        ("activate_chat", "start_chat"),
        ("chat.users", ("chats--all:rw", "chats--access:rw", "chats--my:rw")),
    )


def test_the_web_api_lacks_what_belongs_to_a_connection() -> None:
    """Four methods have no counterpart in the Web API."""
    assert {action for action, method in API.methods.items() if not method.in_web_api} == {
        "login",
        "logout",
        "set_away_status",
        "change_push_notifications",
    }


def test_secrets_are_the_tokens() -> None:
    """The access token and the Firebase tokens are never shown; only the former is supplied."""
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
def test_the_push_is_that_of_the_reference(method: Method) -> None:
    """Each method names the push that the reference documents, or none."""
    assert method.push == METHODS[method.action]["push"]
    assert not method.push or method.push in PUSHES
    assert not method.alternative_push or method.alternative_push in PUSHES


@every_method
def test_a_push_is_found_by_keys_that_both_sides_have(method: Method) -> None:
    """A key's path begins with a member of the call or its answer, and with one of the push."""
    answer, params = member_names(method.response_fields), {param.path for param in method.params}
    for push, keys in (
        (method.push, method.push_keys),
        (method.alternative_push, method.alternative_push_keys),
    ):
        assert bool(push) == bool(keys)
        for asked, pushed in keys.items():
            assert asked in params or asked.partition(".")[0] in answer
            assert pushed.partition(".")[0] in member_names(PUSHES[push].payload_fields)


@every_method
def test_a_condition_belongs_to_a_push(method: Method) -> None:
    """Only a method with a push tells when it comes, or of another instead."""
    assert method.push or not (method.push_condition or method.alternative_push)


# --- pages ---


def test_the_four_lists_are_paged() -> None:
    """All methods whose answer can be one page of many know how to get the next."""
    assert {action for action, method in API.methods.items() if method.pagination} == {
        "get_customers",
        "get_archives",
        "get_chats_summary",
        "get_chat_threads_summary",
    }


@every_method
def test_pages_speak_of_parameters_and_answers_that_there_are(method: Method) -> None:
    """What pages a list is a parameter, with the limits of its row; what is read is answered."""
    pages = method.pagination
    if pages is None:
        return
    rows = {param.path: param for param in method.params}
    answer = member_names(method.response_fields)
    assert bool(pages.cursor_param) != bool(pages.page_number_param)
    assert bool(pages.cursor_param) == bool(pages.next_cursor_path)
    assert (pages.cursor_param or pages.page_number_param) in rows
    assert rows[pages.limit_param].at_most == pages.max_limit
    assert {pages.items_path, pages.total_path.partition(".")[0]} <= answer
    assert not pages.next_cursor_path or f"{pages.next_cursor_path}?" in method.response_fields
    if pages.page_number_param:
        assert rows[pages.page_number_param].at_most == pages.max_page_number


# --- words ---


@every_method
def test_the_help_is_one_short_sentence_each(method: Method) -> None:
    """The summary and each parameter's help begin large, end with a full stop and fit a line."""
    for text in [method.summary, *(param.help for param in method.params)]:
        assert re.fullmatch(r"[A-Z1-9].*[^.]\.", text), text
        assert len(text) <= 70, text
        assert "\n" not in text


@every_method
def test_details_and_notes_are_whole_sentences(method: Method) -> None:
    """What is told beyond the summary is told in sentences."""
    for text in (method.details, method.retry_note, method.scopes_note):
        assert not text or re.fullmatch(r"[A-Z].*\.|[a-z]+[-_].*\.", text), text
    for rule in method.rules:
        assert not rule.message.endswith(".")


def test_an_action_and_its_command_are_spelled_alike() -> None:
    """A command is its action with hyphens, and nothing is lost on the way back."""
    for action, method in API.methods.items():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", action)
        assert method.command.replace("-", "_") == action


def test_no_text_has_stray_space() -> None:
    """No name, path or help begins or ends with white space, or has two spaces in a row."""
    for text in row_texts((API.methods.chapters, API.pushes, API.errors, API.reasons)):
        assert text == " ".join(text.split()), text


@pytest.mark.parametrize("number", DISCREPANCIES.split())
def test_a_decision_on_a_discrepancy_is_told_beside_its_row(number: str) -> None:
    """Where the documents disagree, a comment in the rows says so by number."""
    source = "".join(path.read_text() for path in CATALOGUE_DIR.glob("*.py"))
    comments = [line.partition("#")[2] for line in source.splitlines() if "#" in line]
    assert any(re.search(rf"\b{number}\b", comment) for comment in comments)


# --- the rest of the program ---


def api_names() -> set[str]:
    """Name everything that only the catalogue, and the sandbox, may call by its name."""
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


def foreign_literals() -> Iterator[tuple[str, str]]:
    """Walk the string literals of the other files: the file, and the text."""
    package = Path(rtmcli.__file__).parent
    for path in package.rglob("*.py"):
        relative_path = path.relative_to(package).as_posix()
        if not relative_path.startswith(("catalogue/", "sandbox/")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield relative_path, node.value


def test_only_the_catalogue_and_the_sandbox_call_the_api_by_its_names() -> None:
    """What the rest must know of an action, push, error or parameter is in its row."""
    names, used = api_names(), set()
    for place, text in foreign_literals():
        if text in names:
            assert place.startswith(tuple(ALLOWED_LITERALS.get(text, ("none",))[0].split())), (
                place,
                text,
            )
            used.add(text)
        assert f"v{API.version}" not in text, place
    assert used == ALLOWED_LITERALS.keys()
