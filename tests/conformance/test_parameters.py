"""Invariants of the parameters, rules and samples of every version."""

import copy
import re
from collections.abc import Iterator
from typing import Any

from support.reference import (
    REFERENCES,
    Reference,
    every_documented_method,
    every_method,
    every_version,
    flatten,
    qualified_params,
)

from rtmcli.catalogue.model import Constraint, Method, Param, ParamType, Severity
from rtmcli.protocol import json_codec
from rtmcli.protocol.paths import MISSING, get_path, set_path
from rtmcli.protocol.payload import FlagValue, build
from rtmcli.protocol.validation import PayloadValidator

# The options that all commands, or all commands for methods, have.
COMMON_FLAGS = (
    "--profile --url --region --token-file --author-id --timeout --max-time --ca-file --proxy"
    " --retry-idempotent --reconnect --no-reconnect -v --verbose --set --set-string --no-validate"
    " --dry-run -n --skeleton --compact --pretty --color --envelope --quiet -q --error-format"
    " --all --max-items --wait --wait-timeout --window --rate --fail-fast --help"
)


def expected_flags(param: Param) -> list[str]:
    """Return all flags of a parameter."""
    if param.set_by_session:
        return []
    negation = [f"--no-{param.flag[2:]}"] if param.type.is_boolean else []
    return [param.flag, *negation, *filter(None, [param.alias, param.file_flag])]


def ancestors(path: str) -> list[str]:
    """Return the paths of the objects around a path, up to an array's item."""
    start = path.rfind("[].") + 3 if "[]." in path else 0
    return [path[: start + dot.start()] for dot in re.finditer(r"\.", path[start:])]


def table_rows(reference: Reference, method: Method) -> dict[str, str]:
    """Return a method's table; a placeholder stands for its object, or for members listed here."""
    rows = {}
    for path, text in reference.table("parameters")[method.action].items():
        parent = path.partition(".<")[0]
        if parent == path or (text == "any" and parent.endswith("properties")):
            rows[parent] = text
    return rows


def is_in_condition(method: Method, path: str) -> bool:
    """Return whether a rule requires the path, or a member of it, among others."""
    return any(
        rule.constraint is Constraint.AT_LEAST_ONE
        and any(f"{other}.".startswith(f"{path}.") for other in rule.paths)
        for rule in method.rules
    )


# --- parameters ---


def test_the_tables_of_3_6_have_241_rows() -> None:
    """40 methods have a table, except logout."""
    tables = REFERENCES["3.6"].table("parameters")
    assert (len(tables), sum(map(len, tables.values()))) == (40, 241)
    assert [action for action, rows in tables.items() if not rows] == ["logout"]


@every_documented_method
def test_parameters_match_the_reference(reference: Reference, method: Method) -> None:
    """Paths and order are equal, apart from objects that the tables name only in longer paths."""
    table = table_rows(reference, method)
    others = {
        *reference.undocumented_params.get(method.action, "").split(),
        *reference.structure_params.get(method.action, "").split(),
    }
    paths = []
    for path, param in flatten(method.params):
        is_implied = param.type is ParamType.OBJECT and any(
            row.startswith(f"{path}.") for row in table
        )
        if path in others:
            others.remove(path)
        elif path in table or not is_implied:
            paths.append(path)
    assert paths == list(table)
    assert not others


@every_documented_method
def test_types_and_needs_match_the_reference(reference: Reference, method: Method) -> None:
    """A member of an optional object is required only if the object is present."""
    table, params = table_rows(reference, method), dict(flatten(method.params))
    for path, text in table.items():
        type_name, _, need = text.partition(", ")
        param = params[path]
        is_member = any(not params[parent].required for parent in ancestors(path))
        expected = reference.required_members if is_member else "required"
        assert type_name in reference.json_types[param.type].split() or (
            type_name == reference.json_types[param.type]
        ), path
        if param.required:
            assert need == expected, path
        else:
            assert not need or (need == "conditional" and is_in_condition(method, path)), path


@every_documented_method
def test_undocumented_parameters_are_marked(reference: Reference, method: Method) -> None:
    """These are in a sample or in another document."""
    assert [
        param.path for param in method.params if not param.documented
    ] == reference.undocumented_params.get(method.action, "").split()


@every_documented_method
def test_flags_are_unique(reference: Reference, method: Method) -> None:
    """No two parameters of a method have the same flag, and none has that of a common option."""
    flags = [flag for param in method.params for flag in expected_flags(param)]
    shared = set(COMMON_FLAGS.split()) & set(flags)
    assert len(flags) == len(set(flags))
    # --reconnect is both a common option and a parameter of the login.
    assert shared == (
        {"--reconnect", "--no-reconnect"} if method.action == reference.api.login_action else set()
    )


@every_method
def test_members_follow_the_parameter_of_their_object(method: Method) -> None:
    """Each parent path is a parameter of type object; items belong to arrays of objects."""
    seen: dict[str, ParamType] = {}
    for path, param in flatten(method.params):
        for parent in ancestors(path):
            assert seen[parent] is ParamType.OBJECT
        assert not param.items or param.type is ParamType.OBJECTS
        seen[path] = param.type


@every_method
def test_limits_match_the_type(method: Method) -> None:
    """Strings may have choices or a format, integers a range; a default is one of the choices."""
    for _, param in flatten(method.params):
        if param.format or param.secret or param.max_bytes:
            assert param.type is ParamType.STRING
        if param.choices:
            assert param.type in (ParamType.STRING, ParamType.STRINGS)
        if param.at_least is not None or param.at_most is not None:
            assert param.type is ParamType.INTEGER
        if param.max_items is not None:
            assert param.type.is_array
        if param.choices and param.default:
            assert param.default in param.choices
        assert not param.min_severity or param.at_least is not None


@every_method
def test_rules_refer_to_existing_parameters(method: Method) -> None:
    """The values of a condition are among the parameters' choices."""
    params = {param.path: param for param in method.params}
    for rule in method.rules:
        assert rule.paths
        assert len(set(rule.paths)) == len(rule.paths)
        assert set(rule.paths) <= set(params)
        assert len(rule.paths) > 1 or rule.constraint in {
            Constraint.AT_LEAST_ONE,
            Constraint.FORBIDDEN,
        }
        assert all(value in params[path].choices for path, value in rule.when.items())
        assert (rule.constraint is Constraint.FORBIDDEN) <= bool(rule.when)
        if rule.constraint is Constraint.DISJOINT:
            assert all(params[path].type.is_array for path in rule.paths)


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


@every_version
def test_secrets_are_the_tokens(reference: Reference) -> None:
    """The session sets the access token; other tokens are given by the caller."""
    params = list(qualified_params(reference.api))
    assert [path for path, param in params if param.secret] == reference.secrets.split()
    assert [
        path for path, param in params if param.set_by_session
    ] == reference.set_by_session.split()


# --- ids, tags and filters ---

EMPTY_VALUES: dict[ParamType, Any] = {
    ParamType.STRING: "",
    ParamType.ID: "",
    ParamType.STRINGS: [],
    ParamType.INTEGERS: [],
    ParamType.IDS: [],
    ParamType.OBJECTS: [],
    ParamType.OBJECT: {},
}


@every_method
def test_ids_and_tags_are_known_by_their_names(method: Method) -> None:
    """T142: of these, only the users who pressed a button may be empty, as state of the server."""
    for path, param in flatten(method.params):
        has_name = re.fullmatch(r"(.*\W)?((\w+_)?ids?|tags?|groups)", path)
        assert param.is_identifier == (bool(has_name) and not path.endswith(".user_ids")), path


@every_method
def test_ids_tags_and_filters_must_not_be_empty(method: Method) -> None:
    """T142, T143: an unset variable of a script is refused."""
    for param in method.params:
        if param.type in EMPTY_VALUES and (param.is_identifier or param.is_filter):
            payload = copy.deepcopy(dict(method.example))
            set_path(payload, param.path.split("."), EMPTY_VALUES[param.type])
            problems = {
                problem.path: problem for problem in PayloadValidator(method).validate(payload)
            }
            assert problems[param.path].message.startswith("must not be empty")
            assert problems[param.path].severity is Severity.ERROR


# --- samples ---


@every_documented_method
def test_the_sample_matches_the_reference(reference: Reference, method: Method) -> None:
    """The samples in `wire/` are the reference's, corrected; the session sets the token."""
    sample = reference.table("requests")[method.action]
    for param in method.params:
        if param.set_by_session:
            sample.pop(param.path, None)
    assert method.example == sample


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


def flag_value(param: Param, value: Any) -> FlagValue:
    """Return what the command line passes for a value."""
    if isinstance(value, bool) and not param.type.is_json:
        return value
    if param.type.is_array:
        return [_flag_text(param, item) for item in value]
    return _flag_text(param, value)


def _flag_text(param: Param, value: Any) -> str:
    is_text = isinstance(value, str) and not param.type.is_json
    return value if is_text else json_codec.dumps(value).decode()


@every_method
def test_flags_build_the_sample(method: Method) -> None:
    """Every value of the sample can be given by a flag."""
    values = {param: get_path(method.example, param.path) for param in method.params}
    present = [param for param in method.params if values[param] is not MISSING]
    flags = {
        param.path: flag_value(param, values[param])
        for param in present
        if not any(other.path.startswith(f"{param.path}.") for other in present)
    }
    assert build(method, {}, flags=flags) == (method.example, [])


@every_method
def test_the_sample_survives_json(method: Method) -> None:
    """Encoding and strict decoding return an equal value."""
    assert json_codec.loads_strict(json_codec.dumps(method.example)) == method.example
