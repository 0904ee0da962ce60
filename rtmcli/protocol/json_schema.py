"""The payloads that the validation accepts, as JSON Schema 2020-12.

All keywords mean the same in draft-07. A value that only causes a warning is valid: it is sent.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from rtmcli.catalogue.model import Constraint, Method, Param, ParamType, Rule, Severity
from rtmcli.protocol.value_types import FORMAT_PATTERNS

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
# Patterns mean the same in Python and JavaScript: `$` and `\s` do not.
_END = r"(?![\s\S])"
_NOT_SPACE = r"[^\t-\r\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
# Not blank, and without a line end at its end.
_SELECTION = rf"{_NOT_SPACE}([\s\S]*[^\r\n])?{_END}"

_STRING: Schema = {"type": "string"}
_INTEGER: Schema = {"type": "integer"}
_BOOLEAN: Schema = {"type": "boolean"}
_OBJECT: Schema = {"type": "object"}
_ID: Schema = {"type": ["integer", "string"]}
_SINGLE_MEMBER = {"minProperties": 1, "maxProperties": 1}


def _array_of(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _object_of(values: Schema) -> Schema:
    return {"type": "object", "additionalProperties": values}


_PROPERTY_FILTER: Schema = {
    **_OBJECT,
    **_SINGLE_MEMBER,
    "properties": {
        "exists": _BOOLEAN,
        "values": {"type": "array", "minItems": 1},
        "exclude_values": {"type": "array", "minItems": 1},
    },
    "additionalProperties": False,
}

_TYPE_SCHEMAS: dict[ParamType, Schema] = {
    ParamType.STRING: _STRING,
    ParamType.INTEGER: _INTEGER,
    ParamType.NUMBER: {"type": "number"},
    ParamType.BOOLEAN: _BOOLEAN,
    ParamType.OPTIONAL_BOOLEAN: {"type": ["boolean", "null"]},
    ParamType.OBJECT: _OBJECT,
    ParamType.ANY: {},
    ParamType.ID: _ID,
    ParamType.STRINGS: _array_of(_STRING),
    ParamType.INTEGERS: _array_of(_INTEGER),
    ParamType.IDS: _array_of(_ID),
    ParamType.OBJECTS: _array_of(_OBJECT),
    ParamType.PAIRS: _array_of({**_OBJECT, **_SINGLE_MEMBER}),
    ParamType.STRING_MAP: _object_of(_STRING),
    ParamType.INTEGER_MAP: _object_of(_INTEGER),
    ParamType.PROPERTIES: _object_of(_OBJECT),
    ParamType.PROPERTY_NAMES: _object_of(_array_of(_STRING)),
    # Only filters have this type, and filters must not be empty.
    ParamType.PROPERTY_FILTERS: _object_of({**_object_of(_PROPERTY_FILTER), "minProperties": 1}),
    ParamType.PUSH_NAMES: {**_object_of(_array_of(_STRING)), "minProperties": 1},
}


def payload_schema(method: Method) -> Schema:
    """Return the schema of a method's payload; members that the session sets are optional."""
    schema: Schema = {
        "title": method.action,
        "description": f"{method.summary} {method.details}".strip(),
        **_object_schema(method.params),
        "examples": [dict(method.example)],
    }
    rules = [_rule_schema(rule) for rule in method.rules if rule.severity is Severity.ERROR]
    if rules:
        schema["allOf"] = rules
    return schema


def fields_schema(fields: Iterable[str], kind: ParamType = ParamType.OBJECT) -> Schema:
    """Return the schema of a value with known member names; `?` marks optional ones."""
    names = tuple(fields)
    members: Schema = dict(_OBJECT)
    if names:
        members["properties"] = {name.removesuffix("?"): {} for name in names}
    required = [name for name in names if not name.endswith("?")]
    if required:
        members["required"] = required
    if kind is ParamType.OBJECT:
        return members
    return _array_of(members) if kind is ParamType.OBJECTS else dict(_TYPE_SCHEMAS[kind])


def _object_schema(
    params: tuple[Param, ...], parent: str = "", *, in_filter: bool = False
) -> Schema:
    """Return the schema of the object at the path `parent`."""
    members = {
        param.path.rpartition(".")[2]: param
        for param in params
        if param.path.rpartition(".")[0] == parent
    }
    if not members:
        return dict(_OBJECT)
    schema: Schema = {
        **_OBJECT,
        "properties": {
            name: _value_schema(param, params, in_filter=in_filter or param.is_filter)
            for name, param in members.items()
        },
    }
    required = [
        name for name, param in members.items() if param.required and not param.set_by_session
    ]
    return {**schema, "required": required} if required else schema


def _value_schema(param: Param, params: tuple[Param, ...], *, in_filter: bool) -> Schema:
    schema = dict(_TYPE_SCHEMAS[param.type])
    if param.type is ParamType.OBJECT:
        schema = _object_schema(params, param.path, in_filter=in_filter)
    elif param.items:
        schema["items"] = _object_schema(param.items, in_filter=in_filter)
    if param.severity is Severity.ERROR:
        schema |= _limits(param)
        if param.choices:
            choices = {"enum": list(param.choices)}
            schema |= {"items": {**_STRING, **choices}} if param.type.is_array else choices
    if in_filter or param.is_identifier:
        schema |= _selection_keywords(param.type, schema)
    default = f" Default: {param.default}." if param.default else ""
    return {"description": f"{param.help}{default}", **schema}


def _limits(param: Param) -> Schema:
    keywords = {
        "minimum": None if param.min_severity else param.at_least,
        "maximum": param.at_most,
        "maxItems": param.max_items,
        "maxLength": param.max_bytes,  # characters; no keyword counts bytes
        "pattern": f"^{FORMAT_PATTERNS[param.format]}{_END}" if param.format else None,
    }
    return {keyword: value for keyword, value in keywords.items() if value is not None}


def _selection_keywords(kind: ParamType, schema: Schema) -> Schema:
    """Return keywords that refuse the empty values of an id, a tag or a filter."""
    if kind.is_array:
        items = schema["items"]
        is_text = kind in (ParamType.STRINGS, ParamType.IDS)
        return {"minItems": 1, "items": {**items, "pattern": _SELECTION} if is_text else items}
    if kind in (ParamType.STRING, ParamType.ID):
        # A format is stricter than the pattern that it replaces.
        return {"pattern": schema.get("pattern", _SELECTION)}
    return {"minProperties": 1} if schema.get("type") == "object" else {}


def _rule_schema(rule: Rule) -> Schema:
    constraint = _CONSTRAINT_SCHEMAS[rule.constraint](rule.paths)
    if rule.when:
        condition = {"allOf": [_at(path, {"const": value}) for path, value in rule.when.items()]}
        constraint = {"if": condition, "then": constraint}
    return {"description": rule.message, **constraint}


def _at(path: str, schema: Schema) -> Schema:
    """Return the schema of an object that has a value with a schema at a path."""
    for name in reversed(path.split(".")):
        schema = {**_OBJECT, "required": [name], "properties": {name: schema}}
    return schema


def _any_present(paths: Iterable[str]) -> Schema:
    return {"anyOf": [_at(path, {}) for path in paths]}


def _all_present(paths: Iterable[str]) -> Schema:
    return {"allOf": [_at(path, {}) for path in paths]}


def _at_most_one(paths: tuple[str, ...]) -> Schema:
    return {
        "allOf": [
            {"not": {"allOf": [_at(path, {}), _any_present(paths[index:])]}}
            for index, path in enumerate(paths[:-1], 1)
        ]
    }


# Each takes the paths of a rule.
_CONSTRAINT_SCHEMAS: Mapping[Constraint, Callable[[tuple[str, ...]], Schema]] = {
    Constraint.AT_LEAST_ONE: _any_present,
    Constraint.ALL_OR_NONE: lambda paths: {
        "anyOf": [_all_present(paths), {"not": _any_present(paths)}]
    },
    Constraint.AT_MOST_ONE: _at_most_one,
    Constraint.NOT_ALL_TRUE: lambda paths: {
        "not": {"allOf": [_at(path, {"const": True}) for path in paths]}
    },
    Constraint.EXCLUDES: lambda paths: {
        "not": {"allOf": [_at(paths[0], {}), _any_present(paths[1:])]}
    },
    Constraint.REQUIRES: lambda paths: {
        "anyOf": [{"not": _at(paths[0], {})}, _any_present(paths[1:])]
    },
    Constraint.DISJOINT: lambda _: {},  # no keyword compares two arrays
    Constraint.FORBIDDEN: lambda _: {"not": {}},
}
