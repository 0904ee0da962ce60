"""`rtm call`: any action, known or not, with an unchecked payload."""

import os
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.model import Method, Retry
from rtmcli.cli.command import Command, make_command
from rtmcli.cli.connection import settings_from_options
from rtmcli.cli.io import stdin
from rtmcli.cli.io.stdout import ResultPrinter, check_stdout_open
from rtmcli.cli.options import (
    CONNECTION_OPTIONS,
    DRY_RUN_OPTION,
    OUTPUT_OPTIONS,
    PAYLOAD_ARGUMENT,
    STREAM_OPTIONS,
    Argument,
    Option,
    known_options,
)
from rtmcli.errors import RtmError, UsageError
from rtmcli.protocol.json_codec import is_encodable
from rtmcli.protocol.messages import Request
from rtmcli.settings import types
from rtmcli.settings.resolve import Resolved

if TYPE_CHECKING:
    from rtmcli.cli.help.formatting import HelpText

_DESCRIPTION = (
    "The action is sent as it is spelled, and the payload is not checked. Without ACTION the"
    ' payload is a whole request: {"action", "payload", "author_id"?}. A call whose outcome is'
    " unknown is sent again only if the reference lists its action among those that change"
    " nothing."
)


def command(api: Api) -> Command:
    """Make the command."""
    cli_params: tuple[Option | Argument, ...] = (
        Argument(
            "action",
            types.any_text("[ACTION]", list(api.methods)),
            "The action; without it the payload is a whole request.",
        ),
        PAYLOAD_ARGUMENT,
        DRY_RUN_OPTION,
        *STREAM_OPTIONS,
        *OUTPUT_OPTIONS,
        *known_options(api, CONNECTION_OPTIONS),
    )
    return make_command(api, "call", cli_params, run, _help_text)


def _help_text() -> "HelpText":
    from rtmcli.cli.help.formatting import HelpText  # only for help

    return HelpText(("rtm call get_customers '{\"limit\": 5}' --dry-run",), _DESCRIPTION)


def run(api: Api, options: Mapping[str, Any]) -> int | None:
    """Send one request, or each request of standard input, as the user wrote it.

    Returns:
        The exit status of a stream, else None.

    """
    printer = ResultPrinter(options, os.environ)
    settings = settings_from_options(api, options)
    if "-" in (options["action"], options["payload"]):
        return _run_stream(api, options, settings)
    request, caller_fields = _read_request(api, options["action"], options["payload"])
    if request.author_id is None:
        request = request._replace(author_id=settings["author_id"].value)
    if options["dry_run"]:
        printer.quiet = False  # printing is all that it does
        printer.print_value(request.envelope())
        return None
    from rtmcli.cli.commands.single_call import run_call  # only to connect

    check_stdout_open()
    method = api.methods.get(request.action) or Method(request.action, "", retry=Retry.NEVER)
    try:
        run_call(
            api,
            method,
            request,
            settings,
            printer,
            envelope=bool(options["envelope"]),
            caller_fields=caller_fields,
        )
    except RtmError as error:
        error.action = error.action or request.action
        raise
    return None


def _run_stream(api: Api, options: Mapping[str, Any], settings: Mapping[str, Resolved]) -> int:
    """Make a call for each payload or whole request of standard input."""
    from rtmcli.cli.commands import stream  # only to connect
    from rtmcli.cli.io.stream_input import request_parser  # only for streams

    action = options["action"]
    if action == "-" and options["payload"] is not None:
        raise UsageError("a whole request takes no PAYLOAD")
    author_id = settings["author_id"].value
    if action == "-":
        parse_item = request_parser(api, author_id, partial(parse_request, api))
    else:
        parse_item = request_parser(
            api, author_id, lambda value: _check_request(api, Request(action, value)), action
        )
    return stream.run(api, options, settings, parse_item)


def _read_request(
    api: Api, action: str | None, payload: str | None
) -> tuple[Request, dict[str, Any]]:
    """Return the request, and the fields of its envelope that the printed response repeats."""
    if action is None:
        raise UsageError("which action? rtm call ACTION [PAYLOAD], or a whole request: rtm call -")
    if action.startswith(("{", "@")):
        if payload is not None:
            raise UsageError("a whole request takes no PAYLOAD")
        envelope = stdin.read_value(action)
        request = parse_request(api, envelope)
        return request, {"request_id": envelope["request_id"]} if "request_id" in envelope else {}
    value = None if payload is None else stdin.read_value(payload)
    return _check_request(api, Request(action, value)), {}


def parse_request(api: Api, value: Any) -> Request:
    """Parse a whole request `{"action", "payload", "request_id"?, "author_id"?}`."""
    if not isinstance(value, dict) or not isinstance(value.get("action"), str):
        raise UsageError('a whole request must be an object with a string "action"')
    author = value.get("author_id")
    if author is not None and not isinstance(author, str):
        raise UsageError("author_id must be a string")
    return _check_request(api, Request(value["action"], value.get("payload"), author_id=author))


def _check_request(api: Api, request: Request) -> Request:
    if request.action == api.login_action:
        raise UsageError("every connection logs in by itself; use rtm login, and RTM_TOKEN")
    if not is_encodable(request.action):
        raise UsageError("ACTION is not UTF-8")
    return request
