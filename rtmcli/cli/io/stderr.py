"""Standard error: one line for an error, as text or JSON."""

import contextlib
import os
import select
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise, takewhile
from typing import Any

from rtmcli import signals, time_limit
from rtmcli.catalogue.api import Api
from rtmcli.catalogue.model import Retry
from rtmcli.cli.io.terminal import FAILURE_COLOR, RESET, WARNING_COLOR, use_color
from rtmcli.errors import CallId, Interrupted, NotConnected, OutcomeUnknown, RtmError
from rtmcli.protocol import escaping
from rtmcli.protocol.redaction import Redactor

STDERR = 2
_TIMEOUT_AFTER_SIGNAL = 0.5  # seconds
_SENT = "sent, outcome unknown (it may have taken effect)"
_as_json = False  # every line is a JSON object
_quiet = False  # no warnings
_api: Api | None = None  # which knows the methods and errors that messages are about
_transient = ""  # the line on the terminal that the next one replaces
redactor = Redactor()  # knows every secret that was read; all output passes through it


def wants_json_errors(arguments: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Return whether to print errors as JSON; works before the command line is parsed."""
    error_format = environ.get("RTM_ERROR_FORMAT")
    for previous, argument in pairwise(("", *takewhile(lambda word: word != "--", arguments))):
        if previous == "--error-format":
            error_format = argument
        elif argument.startswith("--error-format="):
            error_format = argument.removeprefix("--error-format=")
    return error_format == "json"


def error_record(error: RtmError, input_number: int | None = None) -> dict[str, Any]:
    """Return the JSON record of an error; inputs are counted from 1."""
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
    """Return one line: what failed, why, and what to do."""
    error_type = error.status.replace("_", " ") if error.type == error.status else error.type
    if isinstance(error, NotConnected) and error_type == "not sent" and not error.action:
        error_type = "not connected"  # `listen` has nothing to send
    subject = error.action or error.command
    return ": ".join(["rtm", *([subject] if subject else []), error_type, error.message]) + advice(
        error
    )


def advice(error: RtmError) -> str:
    """Return what to do, if the message does not say so."""
    method = _api.methods.get(error.action) if _api else None
    if isinstance(error, OutcomeUnknown):
        if method and method.retry is Retry.READ_ONLY:
            return " (it changes nothing; try again)"
        return (
            f" (sent as request {error.request_id}; it may have taken effect: "
            "check before you send it again)"
        )
    error_type = _api.error_types_by_name.get(error.type) if _api else None
    if error_type is None:
        return ""
    causes = [error_type.advice] if error_type.advice else []
    names_scope = "scope" in error.message
    if method and method.scopes and error_type.means_missing_scope and not names_scope:
        causes.append(f"needs the scope {' or '.join(method.scopes)}")
    if method and error_type.means_missing_presence and method.requires_presence:
        flag = f"--{method.presence_param.replace('_', '-')}"
        remedy = f" ({flag})" if method.presence_param else ""
        causes.append(f"the agent is not in this chat{remedy}")
    return f" ({', or '.join(causes)})" if causes else ""


def use_api(api: Api) -> None:
    """Let messages say what a version of the API knows about its methods and errors."""
    global _api  # noqa: PLW0603  # the version belongs to the process
    _api = api


def use_json(*, on: bool) -> None:
    """Make every line of standard error a JSON object, or text."""
    global _as_json  # noqa: PLW0603  # the format belongs to the process
    _as_json = on


def write_line(line: str, notice_type: str = "info") -> None:
    """Write one line, as JSON if errors are JSON; what cannot be written is lost."""
    if _as_json:
        write_json({"notice": {"type": notice_type, "message": line.removeprefix("rtm: ")}})
    else:
        _write_text(line, WARNING_COLOR if notice_type == "warning" else "")


def be_quiet(*, on: bool) -> None:
    """Print no warnings: what succeeds prints nothing."""
    global _quiet  # noqa: PLW0603  # as above
    _quiet = on


def write_warning(message: str, subject: str = "") -> None:
    """Write a warning, unless --quiet; `subject` is the action or the command."""
    if not _quiet:
        prefix = f"rtm: {subject}" if subject else "rtm"
        write_line(f"{prefix}: warning: {message}", "warning")


def write_help(text: str) -> None:
    """Write the help of a command that was called without what it needs; as JSON, nothing."""
    if not _as_json:
        _write_bytes(text.encode())


def write_escaped(line: bytes) -> None:
    """Write one line that is escaped and redacted already, and may have colors."""
    _write_bytes(line)


def write_transient(text: str) -> None:
    """Draw a line on the terminal that the next one replaces; "" erases it.

    It is left out if the terminal takes nothing now, and if every line is to be JSON.
    """
    global _transient  # noqa: PLW0603  # the terminal belongs to the process
    if _as_json or not (text or _transient):
        return
    line = f"\r{text:<{len(_transient)}}"
    if not text:
        line += "\r"
    poll = select.poll()
    poll.register(STDERR, select.POLLOUT)
    if poll.poll(0):
        with contextlib.suppress(OSError):
            os.write(STDERR, line.encode())
        _transient = text


def write_unformatted(text: str) -> None:
    """Write one line that contains neither secrets nor a word of the server, and cannot fail."""
    with contextlib.suppress(OSError):
        os.write(STDERR, f"rtm: {text}\n".encode("ascii", "replace"))


def write_json(value: Mapping[str, Any]) -> None:
    """Write an object to standard error as one line of JSON; ignore errors."""
    from rtmcli.protocol import json_codec  # loads orjson

    _write_bytes(
        redactor.redact_fragments_in_json(
            escaping.escape_json(json_codec.dumps(_escape_surrogates(value)))
        )
    )


def print_error(error: RtmError, *, as_json: bool) -> None:
    """Print an error on one line."""
    if as_json:
        _print_json_error(error, error.exit_code)
    else:
        _write_text(format_error(error), FAILURE_COLOR)


def print_interruption(interrupted: Interrupted, *, as_json: bool) -> None:
    """Name the calls that a signal left in flight, and those whose response was not printed."""
    use_json(on=as_json)
    exit_code = 128 + interrupted.signum
    if interrupted.resume_hint:
        write_line(f"rtm: {interrupted.resume_hint}", "interrupted")
    for call in interrupted.unknown_calls:
        outcome = "no response came" if _is_read_only(call) else _SENT
        _print_call(call, f"interrupted: {outcome}", exit_code)
    for call in interrupted.executed_calls:
        outcome = "" if _is_read_only(call) else "executed, but "
        _print_call(call, f"interrupted: {outcome}the response was not printed", exit_code)


def print_unknown_calls(calls: Iterable[CallId], exit_code: int) -> None:
    """Name the calls in flight when a stream was ended early."""
    for call in calls:
        _print_call(call, _SENT, exit_code)


def _write_text(line: str, color: str = "") -> None:
    """Write one line; on a terminal its first word, `rtm:`, may have a color."""
    data = redactor.redact_text(escaping.escape_text(line).encode("utf-8", "backslashreplace"))
    if color and use_color(None, os.environ, is_tty=os.isatty(STDERR), is_json=False):
        word, space, rest = data.partition(b" ")
        data = color.encode() + word + RESET.encode() + space + rest
    _write_bytes(data)


def _is_read_only(call: CallId) -> bool:
    method = _api.methods.get(call.action) if _api else None
    return method is not None and method.retry is Retry.READ_ONLY


def _print_call(call: CallId, message: str, exit_code: int) -> None:
    if _as_json:
        error = OutcomeUnknown(message, action=call.action, request_id=call.request_id)
        _print_json_error(error, exit_code, call.input_number)
    else:
        place = f" (input {call.input_number})" if call.input_number else ""
        write_line(f"rtm: {message}: request {call.request_id}{place}")


def _print_json_error(error: RtmError, exit_code: int, input_number: int | None = None) -> None:
    number = input_number or (1 if error.action else None)
    write_json({**error_record(error, number), "exit": exit_code})


def _escape_surrogates(value: Any) -> Any:
    """Escape surrogates, which a file name may contain."""
    if isinstance(value, Mapping):
        return {name: _escape_surrogates(member) for name, member in value.items()}
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    return value


def _write_bytes(line: bytes) -> None:
    write_transient("")
    data = line + b"\n"
    try:
        while data and _wait_until_writable():
            data = data[os.write(STDERR, data[: select.PIPE_BUF]) :]
    except OSError:
        pass


def _wait_until_writable() -> bool:
    """Wait for a reader, but not beyond the time limit or a signal; after one, for a moment."""
    timeout = time_limit.output_remaining()
    if signals.received():
        timeout = min(timeout, _TIMEOUT_AFTER_SIGNAL)
    try:
        return signals.wait_for(STDERR, select.POLLOUT, time_limit.poll_timeout(timeout))
    except Interrupted as interrupted:
        # The caller may be in the middle of a change, so it is not raised here.
        signals.postpone(interrupted)
        return False
