"""Standard error: one true line for an error, in text or as JSON."""

import contextlib
import os
import select
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from rtmcli import signals
from rtmcli.catalogue import API
from rtmcli.catalogue.model import Retry
from rtmcli.errors import Interrupted, NotConnected, OutcomeUnknown, RtmError
from rtmcli.protocol import escaping
from rtmcli.protocol.redaction import Redactor

STDERR = 2
_TIMEOUT_AFTER_SIGNAL = 500  # milliseconds
redactor = (
    Redactor()
)  # every secret that this process reads is added; all that it prints passes here


def wants_json_errors(arguments: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Tell whether errors are to be JSON; asked before the command line is understood."""
    error_format = environ.get("RTM_ERROR_FORMAT")
    for previous, argument in pairwise(("", *arguments)):
        if previous == "--error-format":
            error_format = argument
        elif argument.startswith("--error-format="):
            error_format = argument.removeprefix("--error-format=")
    return error_format == "json"


def error_record(error: RtmError, input_number: int | None = None) -> dict[str, Any]:
    """Lay an error out as the record that scripts read; `place` counts inputs from 1."""
    return {
        "error": {
            "type": error.type,
            "message": error.message,
            "status": error.status,
            "input": input_number,
            "action": error.action or None,
            "request_id": error.request_id or None,
        }
    }


def format_error(error: RtmError) -> str:
    """Say in one line what failed, why, and what to do."""
    error_type = error.status.replace("_", " ") if error.type == error.status else error.type
    if isinstance(error, NotConnected) and error_type == "not sent" and not error.action:
        error_type = "not connected"  # who listens had nothing to send
    subject = error.action or error.command
    return ": ".join(["rtm", *([subject] if subject else []), error_type, error.message]) + advice(
        error
    )


def advice(error: RtmError) -> str:
    """Say what to do, where the message does not."""
    method = API.methods.get(error.action)
    if isinstance(error, OutcomeUnknown):
        if method and method.retry is Retry.READ_ONLY:
            return " (it changes nothing: ask again)"
        return (
            f" (sent as request {error.request_id}; it may have taken effect: "
            "look before you send it again)"
        )
    error_type = API.error_types_by_name.get(error.type)
    if (
        error_type
        and error_type.means_missing_scope
        and method
        and method.scopes
        and "scope" not in error.message
    ):
        return f" (needs the scope {' or '.join(method.scopes)})"
    return f" ({error_type.advice})" if error_type and error_type.advice else ""


def write_line(line: str) -> None:
    """Write one line to standard error; what cannot be written is lost, and nothing else is."""
    _write_bytes(
        redactor.redact_text(escaping.escape_text(line).encode("utf-8", "backslashreplace"))
    )


def write_unformatted(text: str) -> None:
    """Write one line that contains neither secrets nor a word of the server, and cannot fail."""
    with contextlib.suppress(OSError):
        os.write(STDERR, f"rtm: {text}\n".encode("ascii", "replace"))


def write_json(value: Mapping[str, Any]) -> None:
    """Write an object to standard error, as one line of JSON."""
    from rtmcli.protocol import json_codec  # loads orjson

    _write_bytes(
        redactor.redact_fragments_in_json(
            escaping.escape_json(json_codec.dumps(_escape_surrogates(value)))
        )
    )


def print_error(error: RtmError, *, as_json: bool) -> None:
    """Report an error on one line."""
    if as_json:
        _print_json_error(error, error.exit_code)
    else:
        write_line(format_error(error))


def print_interruption(interrupted: Interrupted, *, as_json: bool) -> None:
    """Name the calls that a signal left in flight, and those whose answer nobody saw."""
    for request_ids, outcome in (
        (interrupted.unknown_request_ids, "sent, outcome unknown (it may have taken effect)"),
        (interrupted.executed_request_ids, "executed, but its answer was not printed"),
    ):
        for request_id in request_ids:
            call_error = OutcomeUnknown(f"interrupted: {outcome}", request_id=request_id)
            if as_json:
                _print_json_error(call_error, 128 + interrupted.signum)
            else:
                write_line(f"rtm: {call_error.message}: request {request_id}")


def _print_json_error(error: RtmError, exit_code: int) -> None:
    write_json({**error_record(error, 1 if error.action else None), "exit": exit_code})


def _escape_surrogates(value: Any) -> Any:
    """Spell out what is no Unicode, such as the name of a file may be."""
    if isinstance(value, Mapping):
        return {name: _escape_surrogates(member) for name, member in value.items()}
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    return value


def _write_bytes(line: bytes) -> None:
    data = line + b"\n"
    try:
        while data and _wait_until_writable():
            data = data[os.write(STDERR, data[: select.PIPE_BUF]) :]
    except OSError:
        pass


def _wait_until_writable() -> bool:
    """Wait for a reader, but not beyond a signal; after one, only for a moment."""
    timeout = _TIMEOUT_AFTER_SIGNAL if signals.received() else None
    try:
        return signals.wait_for(STDERR, select.POLLOUT, timeout)
    except Interrupted as interrupted:
        # What is being reported may be half done, so that is not the place to raise it.
        signals.postpone(interrupted)
        return False
