"""What the help of a method says: all of it out of the method's row."""

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rtmcli.catalogue.model import Format, Kind, Method, Param, Retry
from rtmcli.cli.methods import flag_of, has_flag
from rtmcli.cli.options import PAYLOAD
from rtmcli.cli.page import Entry, Guide, entry
from rtmcli.protocol import values
from rtmcli.protocol.validation import MISSING, find

_ENOUGH = 3  # parameters in an example, unless more are required

RETRIES = {
    Retry.READ: "changes nothing, so it is sent again when the connection is lost",
    Retry.IDEMPOTENT: "a repeat does no harm, but it is sent again only with --retry-idempotent",
    Retry.NEVER: "a repeat acts again, so it is never sent twice",
    Retry.CONNECTION: "belongs to its connection, so it is never sent twice",
    Retry.EPHEMERAL: "worthless when late, so it is never sent twice",
}


def guide(method: Method) -> Guide:
    """Describe a method: an example, its parameters, and what calling it entails."""
    return Guide(
        ("rtm " + method.command, *example(method)),
        method.details,
        (entry(PAYLOAD), *entries(method)),
        tuple(facts(method)),
        title="Payload",
        complete=True,
    )


def example(method: Method) -> Iterator[str]:
    """Yield flags with values of the sample: what is required, and a little more.

    It runs as it stands in a fresh sandbox.
    """
    for param in _chosen(method):
        value = method.tried_with.get(param.path, find(method.example, param.path))
        for item in value[:1] if isinstance(value, list) else [value]:
            yield _spelled(param, item)


def _chosen(method: Method) -> list[Param]:
    there = [param for param in method.params if find(method.example, param.path) is not MISSING]
    leaves = [param for param in there if has_flag(param) and not _below(method, param)]
    needed = [
        param for param in leaves if param.required and not _is_optional_secret(method, param)
    ]
    implied = {param.implies[0] for param in leaves if param.implies}
    cursor = method.pages.cursor if method.pages else ""
    others = [
        param
        for param in leaves
        if not (param.required or param.kind.is_json or param.secret)
        and param.path not in implied
        and param.path != cursor
    ]
    chosen = needed + others[: max(0, _ENOUGH - len(needed))]
    return sorted(chosen, key=method.params.index)


def _is_optional_secret(method: Method, param: Param) -> bool:
    """Tell whether a parameter lies beside or is a secret that nobody has to give."""
    parent = param.path.rpartition(".")[0]
    return bool(parent) and any(
        other.secret and not other.required and other.path.startswith(f"{parent}.")
        for other in method.params
    )


def _spelled(param: Param, value: Any) -> str:
    flag = param.alias or param.flag
    if isinstance(value, bool) and param.kind is Kind.BOOL:
        return flag if value else f"--no-{flag[2:]}"
    text = value if isinstance(value, str) else values.dump(value).decode()
    return f"{flag} {shlex.quote(text)}"


def entries(method: Method) -> Iterator[Entry]:
    """Yield the method's flags, in the reference's order; filters that are alike share lines."""
    alike = _alike(method)
    for param in method.params:
        if not has_flag(param) or param.path.rpartition(".")[0] in alike:
            continue
        yield entry(flag_of(param), *labels(method, param))
        if param.path in alike:
            yield _gathered(method, alike[param.path])


def labels(method: Method, param: Param) -> Iterator[str]:
    """Yield what holds for a parameter's value: need, choices, range, layout, default."""
    inner = _below(method, param)
    if param.required and not any(other.required for other in inner):
        parent = _optional_parent(method, param)
        whole = ", as JSON or by the flags below" if inner else ""
        yield f"required with {parent}" if parent else f"required{whole}"
    if param.format and param.format is not Format.TEXT:  # the help says the limit of a text
        yield param.format.value
    if param.at_least is not None and param.at_most is not None:
        yield f"{param.at_least} to {param.at_most}"
    elif param.at_least is not None:
        yield f"at least {param.at_least}"
    elif param.at_most is not None:
        yield f"at most {param.at_most}"
    if param.default:
        yield f"default: {param.default}"


def _below(method: Method, param: Param) -> list[Param]:
    return [other for other in method.params if other.path.startswith(f"{param.path}.")]


def _optional_parent(method: Method, param: Param) -> str:
    """Name the object around a parameter that need not be there itself."""
    around = [other for other in method.params if param.path.startswith(f"{other.path}.")]
    return next((other.path for other in reversed(around) if not other.required), "")


def _alike(method: Method) -> Mapping[str, Sequence[Param]]:
    """Find the objects whose members several others have too, with those members."""
    members = {param.path: _below(method, param) for param in method.params}
    shapes = {
        path: tuple(member.path.removeprefix(path) for member in inner)
        for path, inner in members.items()
    }
    count = Counter(shape for shape in shapes.values() if shape)
    return {path: members[path] for path, shape in shapes.items() if count[shape] > 1}


def _gathered(method: Method, members: Sequence[Param]) -> Entry:
    """Write the flags of members on one line: `--filters-created-at-{lte,lt,gte,gt,eq} TIME`."""
    first = members[0]
    stem = first.flag.removesuffix(first.path.rpartition(".")[2].replace("_", "-"))
    endings = ",".join(member.flag.removeprefix(stem) for member in members)
    row = flag_of(first)._replace(flags=(f"{stem}{{{endings}}}",), help="")
    return entry(row, *labels(method, first))


def facts(method: Method) -> Iterator[Entry]:
    """Yield what calling the method entails: answer, scopes, push, retry class."""
    yield Entry("Answer", ", ".join(method.answer) or "{}")
    yield Entry("Scopes", scopes(method))
    yield Entry("Push", push(method))
    note = f". {method.retry_note}" if method.retry_note else ""
    yield Entry("Retry", RETRIES[method.retry] + note)


def scopes(method: Method) -> str:
    """Say in words which scopes a method takes."""
    text = _any_of(method.scopes) if method.scopes else "none"
    if method.scopes_when:
        path, others = method.scopes_when
        text += f"; with {path}: {_any_of(others)}"
    return f"{text}. {method.scopes_note}" if method.scopes_note else text


def _any_of(scopes: Sequence[str]) -> str:
    return scopes[0] if len(scopes) == 1 else "any of " + ", ".join(scopes)


def push(method: Method) -> str:
    """Say in words which push a method causes, and when."""
    if not method.push:
        return "none"
    text = f"{method.push} or {method.push_instead}" if method.push_instead else method.push
    condition = f", where {method.push_when}" if method.push_when else ""
    return f"{text}{condition} (--wait waits for it)"
