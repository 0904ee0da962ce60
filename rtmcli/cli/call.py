"""`rtm call`: any action, known or not, with a payload that nobody checks."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rtmcli.catalogue import API
from rtmcli.catalogue.model import Method, Retry
from rtmcli.cli import inputs
from rtmcli.cli.calling import send
from rtmcli.cli.command import Command, make_command
from rtmcli.cli.connection import settings_of
from rtmcli.cli.options import CONNECTION, OUTPUT, PAYLOAD, STREAM, Argument, Option
from rtmcli.cli.output import Output, check_open
from rtmcli.errors import RtmError, UsageError
from rtmcli.protocol.messages import Request
from rtmcli.protocol.values import is_unicode
from rtmcli.settings.resolve import Value

if TYPE_CHECKING:
    from rtmcli.cli.page import Guide

_ACTION = Argument(
    "action",
    "[ACTION]",
    "The action; without it the payload is a whole request.",
    choices=tuple(API.methods),  # and any other
)
_DRY_RUN = Option("dry_run", ("--dry-run", "-n"), "Print the request and send nothing.")
_ABOUT = (
    "It knows no method: the action goes as it is spelled, and nobody checks the payload. Without"
    ' ACTION the payload is a whole request: {"action", "payload", "author_id"?}. Whatever it is,'
    " a call whose outcome is unknown is sent again only where the reference lists its action among"
    " those that change nothing."
)


def command() -> Command:
    """Make the command."""
    return make_command(
        "call", [_ACTION, PAYLOAD, _DRY_RUN, *STREAM, *OUTPUT, *CONNECTION], run, _guide
    )


def _guide() -> "Guide":
    from rtmcli.cli.page import Guide  # noqa: PLC0415  # only for those who ask

    return Guide(("rtm call get_customers '{\"limit\": 5}' --dry-run",), _ABOUT)


def run(options: Mapping[str, Any]) -> int | None:
    """Send one request, or those of standard input, as the user wrote them.

    Returns:
        The exit status of a stream, None otherwise.

    """
    output = Output(options, os.environ)
    settings = settings_of(options)
    if "-" in (options["action"], options["payload"]):
        return _stream(options, settings)
    request, own = _request(options["action"], options["payload"])
    if request.author_id is None:
        request = request._replace(author_id=settings["author_id"].value)
    if options["dry_run"]:
        output.quiet = False  # it was asked for to be seen
        output.value(request.envelope())
        return None
    check_open()
    method = API.methods.get(request.action) or Method(request.action, "", retry=Retry.NEVER)
    try:
        send(method, request, settings, output, envelope=bool(options["envelope"]), own=own)
    except RtmError as error:
        error.action = error.action or request.action
        raise
    return None


def _stream(options: Mapping[str, Any], settings: Mapping[str, Value]) -> int:
    """Make a call for each value of standard input: a payload, or a whole request."""
    from rtmcli.cli import stream  # noqa: PLC0415  # only who connects
    from rtmcli.cli.stream_input import requests  # noqa: PLC0415  # only for streams

    action = options["action"]
    if action == "-" and options["payload"] is not None:
        raise UsageError("a whole request takes no further PAYLOAD")
    author_id = settings["author_id"].value
    if action == "-":
        read = requests(author_id, whole_request)
    else:
        read = requests(author_id, lambda value: _allowed(Request(action, value)), action)
    return stream.run(options, settings, read)


def _request(action: str | None, payload: str | None) -> tuple[Request, dict[str, Any]]:
    """Read the request, and the members of its envelope that its answer is to have again."""
    if action is None:
        raise UsageError("which action? rtm call ACTION [PAYLOAD], or a whole request: rtm call -")
    if action.startswith(("{", "@")):
        if payload is not None:
            raise UsageError("a whole request takes no further PAYLOAD")
        whole = inputs.read_value(action)
        request = whole_request(whole)
        return request, {"request_id": whole["request_id"]} if "request_id" in whole else {}
    value = None if payload is None else inputs.read_value(payload)
    return _allowed(Request(action, value)), {}


def whole_request(value: Any) -> Request:
    """Read a whole request `{"action", "payload", "request_id"?, "author_id"?}`."""
    if not isinstance(value, dict) or not isinstance(value.get("action"), str):
        raise UsageError('a whole request is an object with an "action" that is a string')
    author = value.get("author_id")
    if author is not None and not isinstance(author, str):
        raise UsageError("author_id must be a string")
    return _allowed(Request(value["action"], value.get("payload"), author_id=author))


def _allowed(request: Request) -> Request:
    if request.action == API.login:
        raise UsageError("every connection logs in by itself: use rtm login, and RTM_TOKEN")
    if not is_unicode(request.action):
        raise UsageError("ACTION is not UTF-8")
    return request
