"""`rtm call`: any action, known or not, with an unchecked payload."""

import os
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.model import Method, Retry
from rtmcli.cli.command import Command, make_command
from rtmcli.cli.connection import settings_from_options
from rtmcli.cli.io import stderr, stdin
from rtmcli.cli.io.stdout import ResultPrinter, check_stdout_open
from rtmcli.cli.options import (
    CONNECTION_OPTIONS,
    DRY_RUN_OPTION,
    JSON_ONLY_OPTION,
    OUTPUT_OPTIONS,
    PAYLOAD_ARGUMENT,
    SET_OPTIONS,
    STREAM_OPTIONS,
    WAIT_FOR_OPTIONS,
    Argument,
    Option,
    check_stream_options,
    known_options,
)
from rtmcli.errors import RtmError, UsageError
from rtmcli.protocol import payload as payloads
from rtmcli.protocol.json_codec import is_encodable
from rtmcli.protocol.messages import Request
from rtmcli.settings import types
from rtmcli.settings.resolve import Resolved, request_fields

if TYPE_CHECKING:
    from rtmcli.cli.help.formatting import HelpText

_DESCRIPTION = (
    "The action is sent as it is spelled, and the payload, which may be any JSON value, is not"
    ' checked. Without ACTION the payload is a whole request: {"action", "payload", ...}, whose'
    " other members are sent, too. A call whose outcome is unknown is sent again only if the"
    " reference lists its action among those that change nothing."
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
        *SET_OPTIONS,
        DRY_RUN_OPTION,
        *STREAM_OPTIONS,
        *WAIT_FOR_OPTIONS,
        JSON_ONLY_OPTION,
        *OUTPUT_OPTIONS,
        *known_options(api, CONNECTION_OPTIONS),
    )
    return make_command(api, "call", cli_params, run, partial(_help_text, api))


def _help_text(api: Api) -> "HelpText":
    from rtmcli.cli.help.formatting import HelpText  # only for help

    return HelpText((f"rtm call {api.list_action} '{{\"limit\": 5}}' --dry-run",), _DESCRIPTION)


def run(api: Api, options: Mapping[str, Any]) -> int | None:
    """Send one request, or each request of standard input, as the user wrote it.

    Returns:
        The exit status of a stream, else None.

    """
    printer = ResultPrinter(options, os.environ)
    is_stream = "-" in (options["action"], options["payload"])
    check_stream_options(options, is_stream=is_stream)
    settings = settings_from_options(api, options)
    if is_stream:
        return _run_stream(api, options, settings)
    request, caller_fields = _read_request(api, options)
    if options["payload"] is None and request.payload is None and stdin.has_waiting_input():
        stderr.write_warning(
            "standard input is not read; add - to read the payload from it", "call"
        )
    request = request._replace(fields={**request_fields(api, settings), **request.fields})
    if options["dry_run"]:
        printer.quiet = False  # printing is all that it does
        printer.print_value(request.envelope())
        return None
    method = api.methods.get(request.action) or Method(request.action, "", retry=Retry.NEVER)
    run_request = _select_runner(api, method, options)
    check_stdout_open()
    try:
        run_request(request, settings, printer, caller_fields=caller_fields)
    except RtmError as error:
        error.action = error.action or request.action
        raise
    return None


def _select_runner(api: Api, method: Method, options: Mapping[str, Any]) -> Callable[..., None]:
    """Choose how to make the call: alone, or with the push that the user wants to wait for."""
    envelope = bool(options["envelope"])
    if options["wait_for"] or options["wait_timeout"] is not None:
        from rtmcli.cli.calls import wait  # only to connect

        waiter = wait.make_waiter(api, method, options)
        return partial(wait.run_and_wait, api=api, method=method, waiter=waiter, envelope=envelope)
    from rtmcli.cli.calls.single_call import run_call  # only to connect

    return partial(run_call, api, method, envelope=envelope)


def _run_stream(api: Api, options: Mapping[str, Any], settings: Mapping[str, Resolved]) -> int:
    """Make a call for each payload or whole request of standard input."""
    from rtmcli.cli.calls import stream  # only to connect
    from rtmcli.cli.io.stream_input import InputFormat, request_parser  # only for streams

    action = options["action"]
    if options["wait_for"]:
        raise UsageError("--wait-for needs a single payload; it cannot be used with -")
    if action == "-" and options["payload"] is not None:
        raise UsageError("a whole request takes no PAYLOAD")

    def make_request(value: Any) -> Request:
        request = parse_request(api, value) if action == "-" else _make_request(api, action, value)
        return _with_assignments(request, options)

    fields = request_fields(api, settings)
    parse_item = request_parser(api, fields, make_request, "" if action == "-" else action)
    assignments = [*(options["sets"] or ()), *(options["set_strings"] or ())]
    added, _ = payloads.build(Method("", ""), {}, assignments)
    calls = stream.StreamCalls(None if action == "-" else action, added, fields)
    return stream.run(api, options, settings, InputFormat(parse_item), calls)


def _read_request(api: Api, options: Mapping[str, Any]) -> tuple[Request, dict[str, Any]]:
    """Return the request, and the fields of its envelope that the printed response repeats."""
    action, payload = options["action"], options["payload"]
    if action is None:
        raise UsageError("which action? rtm call ACTION [PAYLOAD], or a whole request: rtm call -")
    if not action.startswith(("{", "@")):
        request = (
            _check_request(api, Request(action))
            if payload is None
            else _make_request(api, action, stdin.read_value(payload))
        )
        return _with_assignments(request, options), {}
    if payload is not None:
        raise UsageError("a whole request takes no PAYLOAD")
    envelope = stdin.read_value(action)
    request = _with_assignments(parse_request(api, envelope), options)
    return request, {"request_id": envelope["request_id"]} if "request_id" in envelope else {}


def parse_request(api: Api, value: Any) -> Request:
    """Parse a whole request `{"action", "payload", ...}`; the caller's id is not sent."""
    if not isinstance(value, dict) or not isinstance(value.get("action"), str):
        hint = stdin.array_hint(value)
        raise UsageError(f'a whole request must be an object with a string "action"{hint}')
    fields = {
        name: member
        for name, member in value.items()
        if name not in ("action", "payload", "request_id")
    }
    if "payload" not in value:
        return _check_request(api, Request(value["action"], fields=fields))
    return _make_request(api, value["action"], value["payload"], fields)


def _make_request(api: Api, action: str, payload: Any, fields: Mapping[str, Any] = {}) -> Request:
    if payload is None:  # a request without a payload has None
        fields = {**fields, "payload": None}
    return _check_request(api, Request(action, payload, fields=fields))


def _with_assignments(request: Request, options: Mapping[str, Any]) -> Request:
    """Set the values of --set and --set-string in the payload."""
    assignments = [*(options["sets"] or ()), *(options["set_strings"] or ())]
    if not assignments:
        return request
    if not isinstance(request.payload, dict | None):
        raise UsageError("--set needs a payload that is an object")
    method = Method(request.action, "")
    payload, problems = payloads.build(method, request.payload or {}, assignments)
    if problems:
        raise UsageError("; ".join(map(str, problems)))
    fields = {name: value for name, value in request.fields.items() if name != "payload"}
    return request._replace(payload=payload, fields=fields)


def _check_request(api: Api, request: Request) -> Request:
    if request.action == api.login_action:
        raise UsageError("every connection logs in by itself; use rtm login, and RTM_TOKEN")
    if request.action == api.refresh_action:
        raise UsageError(
            "its token comes from the token source alone; "
            f"use rtm {request.action.replace('_', '-')}"
        )
    if not is_encodable(request.action):
        raise UsageError("ACTION is not UTF-8")
    return request
