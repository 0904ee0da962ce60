"""`rtm methods`: what there is to call, and all that is known of one method."""

import os
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rtmcli.catalogue import API
from rtmcli.catalogue.model import Method, Pages, Param
from rtmcli.cli.command import Command, make_command
from rtmcli.cli.method_page import facts, labels
from rtmcli.cli.options import Argument, Option
from rtmcli.cli.output import Output, write
from rtmcli.cli.page import COLUMN, WIDTH, Entry, Guide, Section, noted, write_facts, write_section
from rtmcli.errors import UsageError
from rtmcli.protocol import nearest, values
from rtmcli.protocol.escaping import shortened
from rtmcli.protocol.messages import Request

ROWS = (
    Argument(
        "method",
        "[METHOD]",
        "The method to show; without it a table of all.",
        choices=tuple(method.command for method in API.methods.values()),
    ),
    Option("json", ("--json",), "Print JSON, one line for each method."),
)


def command() -> Command:
    """Make the command."""
    about = "It needs no token and no network. See also the --help of each method."
    return make_command("methods", ROWS, run, lambda: Guide(("rtm methods send-event",), about))


def run(options: Mapping[str, Any]) -> None:
    """Print the table, or one method."""
    name = options["method"]
    if name is None:
        _print_all(as_json=options["json"])
        return
    method = API.methods.get(name.replace("-", "_"))
    if method is None:
        commands = [method.command for method in API.methods.values()]
        hint = nearest.hint(name, commands, "; see rtm methods")
        raise UsageError(f"there is no method {shortened(name)}{hint}")
    if options["json"]:
        Output({}, os.environ).value(record(method))
    else:
        write(describe(method).encode())


def _print_all(*, as_json: bool | None) -> None:
    if as_json:
        Output({}, os.environ).items(record(method) for method in API.methods.values())
    else:
        write("".join(f"{line}\n" for line in table()).encode())


def table() -> Iterator[str]:
    """Write one line for each method: command, retry class, push (a star: on a condition)."""
    width = max(len(method.command) for method in API.methods.values()) + 2
    yield f"{'METHOD':{width}}{'RETRY':12}PUSH (* on a condition)"
    for method in API.methods.values():
        push = method.push + ("*" if method.push_when or method.push_instead else "")
        yield f"{method.command:{width}}{method.retry.value:12}{push}".rstrip()


def describe(method: Method) -> str:
    """Write all that is known of a method, for people."""
    sample = values.dump_indented(Request(method.action, method.example).envelope()).decode()
    parts = [
        f"{method.action}: rtm {method.command}",
        textwrap.fill(f"{method.summary} {method.details}".strip(), WIDTH),
        *_listed("Parameters", [_parameter(method, param) for param in method.params]),
        *_listed("Rules", [Entry("-", rule.says) for rule in method.rules], 5),
        f"Sample request:\n{textwrap.indent(sample, '  ')}",
        *_listed("Pushes", list(_pushes(method))),
        write_facts([Entry("Chapter", _chapter(method)), *facts(method)]),
    ]
    return "\n\n".join(parts) + "\n"


def _listed(title: str, entries: Sequence[Entry], column: int = COLUMN) -> list[str]:
    return [write_section(Section(title, entries), column)] if entries else []


def _parameter(method: Method, param: Param) -> Entry:
    notes = list(labels(method, param))
    if param.choices:
        notes.append(" ".join(("one of", ", ".join(param.choices))))
    if param.supplied:
        notes.append("the session has it")
    if not param.documented:
        notes.append("undocumented")
    return Entry(f"{param.path} {param.kind.value}", noted(param.help, notes))


def _pushes(method: Method) -> Iterator[Entry]:
    for push in API.pushes:
        if push.name and push.name in (method.push, method.push_instead):
            yield Entry(push.name, f"{push.cause} Members: {', '.join(push.payload)}.")


def _chapter(method: Method) -> str:
    return API.methods.chapter_of(method.action).title


def record(method: Method) -> dict[str, Any]:
    """Lay all that is known of a method out as JSON; what does not apply is left out."""
    push = {
        "name": method.push,
        "instead": method.push_instead,
        "when": method.push_when,
        "keys": method.push_keys,
    }
    whole = {
        "action": method.action,
        "command": method.command,
        "chapter": _chapter(method),
        "summary": method.summary,
        "details": method.details,
        "scopes": method.scopes,
        "scopes_when": method.scopes_when,
        "scopes_note": method.scopes_note,
        "push": {name: value for name, value in push.items() if value},
        "retry": method.retry.value,
        "retry_note": method.retry_note,
        "parameters": [_row(param) for param in method.params],
        "rules": [rule.says for rule in method.rules],
        "example": method.example,
        "answer": method.answer,
        "pages": method.pages and _pages(method.pages),
        "web_api": method.web_api,
    }
    always = ("example", "web_api", "parameters")
    return {name: value for name, value in whole.items() if value or name in always}


def _row(param: Param) -> dict[str, Any]:
    row = {
        "path": param.path,
        "kind": param.kind.value,
        "required": param.required,
        "choices": param.choices,
        "at_least": param.at_least,
        "at_most": param.at_most,
        "default": param.default,
        "format": param.format and param.format.value,
        "help": param.help,
        "alias": param.alias,
        "implies": param.implies,
        "documented": param.documented,
        "secret": param.secret,
        "supplied": param.supplied,
        "flag": None if param.supplied else param.flag,
    }
    always = ("required", "documented", "at_least", "at_most")
    return {
        name: value
        for name, value in row.items()
        if value or (name in always and value is not None)
    }


def _pages(pages: Pages) -> dict[str, Any]:
    return {
        "items": pages.items,
        "cursor": pages.cursor,
        "next": pages.next,
        "number": pages.number,
        "limit": pages.limit,
        "largest": pages.largest,
        "total": pages.total,
        "last": pages.last,
    }
