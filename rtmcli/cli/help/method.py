"""The help of a method, made from the method's row."""

import shlex
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.model import Method, Pagination, Param, Retry
from rtmcli.cli.help.formatting import HelpEntry, HelpText, help_entry, name_version
from rtmcli.cli.method_options import has_own_flag, param_option, param_options
from rtmcli.cli.options import PAYLOAD_ARGUMENT
from rtmcli.protocol import json_codec
from rtmcli.protocol.paths import MISSING, get_path

_MAX_EXAMPLE_PARAMS = 3  # in an example, unless more are required
_MAX_COMBINED_LENGTH = 44  # characters in the braces of a combined flag

RETRY_DESCRIPTIONS = {
    Retry.READ_ONLY: "changes nothing, so it is sent again if the connection is lost",
    Retry.IDEMPOTENT: "harmless if repeated, but sent again only with --retry-idempotent",
    Retry.NEVER: "takes effect each time, so it is never sent twice",
    Retry.CONNECTION: "affects only its connection, so it is never sent twice",
    Retry.EPHEMERAL: "useless if late, so it is never sent twice",
}


def method_help_text(api: Api, method: Method) -> HelpText:
    """Describe a method: an example, its parameters, and its facts."""
    argument = help_entry(PAYLOAD_ARGUMENT)
    folded = [*_folded_entries(api, method)]
    return HelpText(
        ("rtm " + method.command, *example_flags(api, method)),
        method.details,
        (argument, *param_entries(api, method)),
        tuple(method_facts(method)),
        leading_title="Payload",
        replaces_own_options=True,
        folded_entries=[argument, *folded] if folded else (),
    )


def example_flags(api: Api, method: Method) -> Iterator[str]:
    """Yield flags with sample values: the required ones, and a few more.

    The example runs unchanged against a fresh sandbox.
    """
    for param in _example_params(api, method):
        value = method.sandbox_overrides.get(param.path, get_path(method.example, param.path))
        for item in value[:1] if isinstance(value, list) else [value]:
            yield _format_flag(param, item)


def _example_params(api: Api, method: Method) -> list[Param]:
    in_example = [
        param for param in method.params if get_path(method.example, param.path) is not MISSING
    ]
    leaves = [
        param
        for param in in_example
        if has_own_flag(api, method, param) and not _descendants(method, param)
    ]
    implied = {param.implies[0]: param for param in leaves if param.implies}
    required = [
        implied.get(param.path, param)  # --text stands for the type of the event, too
        for param in leaves
        if param.required and not _belongs_to_optional_secret(method, param)
    ]
    cursor = method.pagination.cursor_param if method.pagination else ""
    optional = [
        param
        for param in leaves
        if not (param.required or param.type.is_json or param.secret)
        and param.path not in implied
        and param.path != cursor
        and param not in required
    ]
    required = [param for index, param in enumerate(required) if param not in required[:index]]
    selected = required + optional[: max(0, _MAX_EXAMPLE_PARAMS - len(required))]
    return sorted(selected, key=method.params.index)


def _belongs_to_optional_secret(method: Method, param: Param) -> bool:
    """Return whether a parameter is an optional secret or shares its object with one."""
    parent = param.path.rpartition(".")[0]
    return bool(parent) and any(
        other.secret and not other.required and other.path.startswith(f"{parent}.")
        for other in method.params
    )


def _format_flag(param: Param, value: Any) -> str:
    flag = param.alias or param.flag
    if isinstance(value, bool) and param.type.is_boolean:
        return flag if value else f"--no-{flag[2:]}"
    text = value if isinstance(value, str) else json_codec.dumps(value).decode()
    return f"{flag} {shlex.quote(text)}"


def param_entries(
    api: Api, method: Method, params: Sequence[Param] | None = None
) -> Iterator[HelpEntry]:
    """Yield flags, by default all, in the reference's order; similar filters share a line."""
    similar = _similar_objects(method)
    for param in method.params if params is None else params:
        if not has_own_flag(api, method, param) or param.path.rpartition(".")[0] in similar:
            continue
        option, *others = param_options(param)
        yield help_entry(option, *param_notes(method, param))
        yield from map(help_entry, others)
        if param.path in similar:
            yield _combined_entry(method, similar[param.path])


def _folded_entries(api: Api, method: Method) -> Iterator[HelpEntry]:
    """Yield the method's flags, with one line for each filter and for what some events have.

    If there is neither, yield nothing.
    """
    filters = {
        param.path
        for param in method.params
        if param.is_filter and param.path.count(".") == 1 and _descendants(method, param)
    }
    groups = [(subject, [*group]) for subject, group in groupby(method.params, _subject_of)]
    if not filters and all(not subject for subject, _ in groups):
        return
    for subject, params in groups:
        if subject and len(params) > 1:
            yield from _subject_entries(subject, params)
            continue
        for param in params:
            if param.path in filters:
                yield help_entry(param_option(param))._replace(term=f"{param.flag}[-...]")
            elif ".".join(param.path.split(".")[:2]) not in filters:
                yield from param_entries(api, method, [param])
    if filters:
        unfolded = name_version(api, f"rtm help {method.command} --all")
        yield HelpEntry("[-...]", f"Flags of the members: {unfolded}")


def _subject_of(param: Param) -> str:
    """Return what only has the parameter, as its help says: "File: its name."."""
    subject, colon, _ = param.help.partition(": ")
    return subject if colon and not (param.alias or param.is_filter) else ""


def _subject_entries(subject: str, params: Sequence[Param]) -> Iterator[HelpEntry]:
    """Combine the flags of one subject: `--event-{name,url,size}`."""
    prefix = f"--{params[0].path.partition('.')[0]}-"
    suffixes = [param.flag.removeprefix(prefix) for param in params]
    lines = textwrap.wrap(" ".join(suffixes), _MAX_COMBINED_LENGTH, break_on_hyphens=False)
    for index, line in enumerate(lines):
        text = f"{subject}: see rtm help events." if index == len(lines) - 1 else ""
        yield HelpEntry(f"{prefix}{{{','.join(line.split())}}}", text)


def param_notes(method: Method, param: Param) -> Iterator[str]:
    """Yield the constraints of a parameter: required, format, range, default."""
    members = _descendants(method, param)
    if param.required and not any(other.required for other in members):
        parent = _optional_parent(method, param)
        alternative = ", as JSON or by the flags below" if members else ""
        yield f"required with {parent}" if parent else f"required{alternative}"
    if param.format:
        yield param.format.value
    if param.at_least is not None and param.at_most is not None:
        yield f"{param.at_least} to {param.at_most}"
    elif param.at_least is not None:
        yield f"at least {param.at_least}"
    elif param.at_most is not None:
        yield f"at most {param.at_most}"
    if param.default:
        yield f"default: {param.default}"


def _descendants(method: Method, param: Param) -> list[Param]:
    return [other for other in method.params if other.path.startswith(f"{param.path}.")]


def _optional_parent(method: Method, param: Param) -> str:
    """Return the path of the innermost optional object around a parameter, or an empty string."""
    ancestors = [other for other in method.params if param.path.startswith(f"{other.path}.")]
    return next((other.path for other in reversed(ancestors) if not other.required), "")


def _similar_objects(method: Method) -> Mapping[str, Sequence[Param]]:
    """Return the objects that share the shape of another object, with their members.

    The members of each have one type, so that one entry can describe their flags.
    """
    members = {param.path: _descendants(method, param) for param in method.params}
    shapes = {
        path: tuple(member.path.removeprefix(path) for member in inner)
        for path, inner in members.items()
        if len({member.type for member in inner}) == 1
    }
    count = Counter(shape for shape in shapes.values() if shape)
    return {path: members[path] for path, shape in shapes.items() if count[shape] > 1}


def _combined_entry(method: Method, members: Sequence[Param]) -> HelpEntry:
    """Combine flags in one entry: `--filters-created-at-{lte,lt,gte,gt,eq} TIME`."""
    first = members[0]
    prefix = first.flag.removesuffix(first.path.rpartition(".")[2].replace("_", "-"))
    suffixes = ",".join(member.flag.removeprefix(prefix) for member in members)
    option = param_option(first)._replace(flags=(f"{prefix}{{{suffixes}}}",), help="")
    return help_entry(option, *param_notes(method, first))


def method_facts(method: Method) -> Iterator[HelpEntry]:
    """Yield the response, scopes, push and retry class of a method."""
    yield HelpEntry("Response", ", ".join(method.response_fields) or "{}")
    if method.columns:
        yield HelpEntry("Columns", ", ".join(method.columns))
    yield HelpEntry("Scopes", describe_scopes(method))
    yield HelpEntry("Push", describe_push(method))
    if method.pagination:
        yield HelpEntry("Pages", _describe_pages(method, method.pagination))
    note = f". {method.retry_note}" if method.retry_note else ""
    yield HelpEntry("Retry", RETRY_DESCRIPTIONS[method.retry] + note)


def _describe_pages(method: Method, pagination: Pagination) -> str:
    flag = next(param.flag for param in method.params if param.path == pagination.limit_param)
    return f"--all requests {pagination.max_limit} items at once; {flag} N changes that"


def describe_scopes(method: Method) -> str:
    """Describe the scopes that a method requires."""
    text = _any_of(method.scopes) if method.scopes else "none"
    if method.conditional_scopes:
        path, others = method.conditional_scopes
        text += f"; with {path}: {_any_of(others)}"
    return f"{text}. {method.scopes_note}" if method.scopes_note else text


def _any_of(scopes: Sequence[str]) -> str:
    return scopes[0] if len(scopes) == 1 else "any of " + ", ".join(scopes)


def describe_push(method: Method) -> str:
    """Describe the push that a method causes."""
    if not method.push:
        return "none"
    text = f"{method.push} or {method.alternative_push}" if method.alternative_push else method.push
    condition = f", if {method.push_condition}" if method.push_condition else ""
    return f"{text}{condition} (--wait waits for it)"
