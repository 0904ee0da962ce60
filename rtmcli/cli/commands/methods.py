"""`rtm methods`: a table of all methods, everything about one, and standard formats."""

import os
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.model import Method, Pagination, Param
from rtmcli.cli.command import Command, make_command
from rtmcli.cli.help.formatting import (
    TEXT_COLUMN,
    HelpEntry,
    HelpSection,
    HelpText,
    fill,
    format_facts,
    format_section,
    with_notes,
)
from rtmcli.cli.help.method import describe_scopes, method_facts, param_notes
from rtmcli.cli.io.stdout import ResultPrinter, write
from rtmcli.cli.options import Argument, Option
from rtmcli.errors import UsageError
from rtmcli.protocol import asyncapi, json_codec, json_schema, suggestions
from rtmcli.protocol.escaping import truncate
from rtmcli.protocol.messages import Request
from rtmcli.settings import types

_FORMATS = ("json", "schema", "asyncapi", "scopes")  # options that exclude each other


def command(api: Api) -> Command:
    """Make the command."""
    cli_params = (
        Argument(
            "methods",
            types.any_text("[METHOD...]", [method.command for method in api.methods.values()]),
            "The method to show (several with --scopes); without it, a table of all.",
            multiple=True,
        ),
        Option("json", ("--json",), "Print JSON, one line per method."),
        Option("schema", ("--schema",), "Print the JSON Schema of the method's payload."),
        Option("asyncapi", ("--asyncapi",), "Print the whole API as an AsyncAPI 3.0 document."),
        Option("scopes", ("--scopes",), "Print the scopes that the methods need."),
    )
    description = "Needs no token and no network. See also the --help of each method."
    return make_command(
        api, "methods", cli_params, run, lambda: HelpText(("rtm methods send-event",), description)
    )


def run(api: Api, options: Mapping[str, Any]) -> None:
    """Print the table, one method, or the format that an option asks for."""
    names = options["methods"] or []
    output_format = _chosen_format(options, len(names))
    methods = [_find_method(api, name) for name in names]
    printer = ResultPrinter({}, os.environ)
    match output_format:
        case "schema":
            printer.print_value(
                {"$schema": json_schema.DIALECT, **json_schema.payload_schema(methods[0])}
            )
        case "asyncapi":
            printer.print_value(asyncapi.document(api))
        case "scopes":
            _print_lines(format_scopes(methods))
        case "json" if methods:
            printer.print_value(method_as_dict(api, methods[0]))
        case "json":
            printer.print_items(method_as_dict(api, method) for method in api.methods.values())
        case _ if methods:
            write(format_method(api, methods[0]).encode())
        case _:
            _print_lines(format_table(api))


def _chosen_format(options: Mapping[str, Any], name_count: int) -> str:
    """Return the format to print; empty: text. Refuse what cannot be combined."""
    formats = [name for name in _FORMATS if options[name]]
    if len(formats) > 1:
        raise UsageError(f"--{formats[0]} and --{formats[1]} exclude each other")
    output_format = formats[0] if formats else ""
    if output_format == "asyncapi" and name_count:
        raise UsageError("--asyncapi prints the whole API: omit METHOD, or use --schema")
    if output_format in ("schema", "scopes") and not name_count:
        raise UsageError(f"--{output_format} needs a METHOD; see rtm methods")
    if output_format != "scopes" and name_count > 1:
        raise UsageError("only --scopes takes more than one METHOD")
    return output_format


def _find_method(api: Api, name: str) -> Method:
    method = api.methods.get(name.replace("-", "_"))
    if method is None:
        commands = [method.command for method in api.methods.values()]
        hint = suggestions.did_you_mean(name, commands, "; see rtm methods")
        raise UsageError(f"there is no method {truncate(name)}{hint}")
    return method


def _print_lines(lines: Iterable[str]) -> None:
    write("".join(f"{line}\n" for line in lines).encode())


def format_scopes(methods: Iterable[Method]) -> Iterator[str]:
    """Yield one line for each requirement: the methods that have it, and their scopes."""
    commands_by_scopes: dict[str, dict[str, None]] = {}  # without duplicates, in order
    for method in methods:
        commands_by_scopes.setdefault(describe_scopes(method), {})[method.command] = None
    for scopes, commands in commands_by_scopes.items():
        yield f"{', '.join(commands)}: {scopes}"


def format_table(api: Api) -> Iterator[str]:
    """Yield one line for each method: command, retry class, push."""
    width = max(len(method.command) for method in api.methods.values()) + 2
    yield f"{'METHOD':{width}}{'RETRY':12}PUSH (* conditional)"
    for method in api.methods.values():
        push = method.push + ("*" if method.push_condition or method.alternative_push else "")
        yield f"{method.command:{width}}{method.retry.value:12}{push}".rstrip()


def format_method(api: Api, method: Method) -> str:
    """Format everything about a method as text."""
    sample = json_codec.dumps_pretty(Request(method.action, method.example).envelope()).decode()
    parts = [
        f"{method.action}: rtm {method.command}",
        fill(f"{method.summary} {method.details}".strip()),
        *_section_unless_empty(
            "Parameters", [_param_entry(method, param) for param in method.params]
        ),
        *_section_unless_empty("Rules", [HelpEntry("-", rule.message) for rule in method.rules], 5),
        f"Sample request:\n{textwrap.indent(sample, '  ')}",
        *_section_unless_empty("Pushes", list(_push_entries(api, method))),
        format_facts([HelpEntry("Chapter", _chapter_title(api, method)), *method_facts(method)]),
    ]
    return "\n\n".join(parts) + "\n"


def _section_unless_empty(
    title: str, entries: Sequence[HelpEntry], column: int = TEXT_COLUMN
) -> list[str]:
    return [format_section(HelpSection(title, entries), column)] if entries else []


def _param_entry(method: Method, param: Param) -> HelpEntry:
    notes = list(param_notes(method, param))
    if param.choices:
        notes.append(f"one of {', '.join(param.choices)}")
    if param.set_by_session:
        notes.append("set by the session")
    if not param.documented:
        notes.append("undocumented")
    return HelpEntry(f"{param.path} {param.type.value}", with_notes(param.help, notes))


def _push_entries(api: Api, method: Method) -> Iterator[HelpEntry]:
    for push in api.pushes:
        if push.name and push.name in (method.push, method.alternative_push):
            yield HelpEntry(push.name, f"{push.summary} Fields: {', '.join(push.payload_fields)}.")


def _chapter_title(api: Api, method: Method) -> str:
    return api.methods.chapter_of(method.action).title


def method_as_dict(api: Api, method: Method) -> dict[str, Any]:
    """Return everything about a method as JSON; empty values are left out."""
    push = {
        "name": method.push,
        "instead": method.alternative_push,
        "when": method.push_condition,
        "keys": method.push_keys,
    }
    fields = {
        "api": api.version,
        "action": method.action,
        "command": method.command,
        "chapter": _chapter_title(api, method),
        "summary": method.summary,
        "details": method.details,
        "scopes": method.scopes,
        "scopes_when": method.conditional_scopes,
        "scopes_note": method.scopes_note,
        "push": {name: value for name, value in push.items() if value},
        "retry": method.retry.value,
        "retry_note": method.retry_note,
        "parameters": [_param_as_dict(param) for param in method.params],
        "rules": [rule.message for rule in method.rules],
        "example": method.example,
        "answer": method.response_fields,
        "columns": method.columns,
        "pages": method.pagination and _pages(method.pagination),
        "web_api": method.in_web_api,
    }
    always_present = ("example", "web_api", "parameters")
    return {name: value for name, value in fields.items() if value or name in always_present}


def _param_as_dict(param: Param) -> dict[str, Any]:
    fields = {
        "path": param.path,
        "kind": param.type.value,
        "required": param.required,
        "choices": param.choices,
        "at_least": param.at_least,
        "at_most": param.at_most,
        "default": param.default,
        "format": param.format.value if param.format else param.max_size,
        "help": param.help,
        "alias": param.alias,
        "file_flag": param.file_flag,
        "implies": param.implies,
        "documented": param.documented,
        "secret": param.secret,
        "supplied": param.set_by_session,
        "flag": None if param.set_by_session else param.flag,
    }
    always_present = ("required", "documented", "at_least", "at_most")
    return {
        name: value
        for name, value in fields.items()
        if value or (name in always_present and value is not None)
    }


def _pages(pages: Pagination) -> dict[str, Any]:
    return {
        "items": pages.items_path,
        "cursor": pages.cursor_param,
        "next": pages.next_cursor_path,
        "number": pages.page_number_param,
        "limit": pages.limit_param,
        "largest": pages.max_limit,
        "total": pages.total_path,
        "last": pages.max_page_number,
    }
