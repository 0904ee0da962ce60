"""Standard error: one true line for an error, in text or as JSON."""

import os
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from rtmcli.catalogue import API
from rtmcli.catalogue.model import Retry
from rtmcli.errors import Interrupted, NotConnected, OutcomeUnknown, RtmError
from rtmcli.protocol import escaping
from rtmcli.protocol.masking import Mask

STDERR = 2
HIDDEN = Mask()  # every secret that this process reads is added; all that it prints passes here


def wants_json(arguments: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Tell whether errors are to be JSON; asked before the command line is understood."""
    choice = environ.get("RTM_ERROR_FORMAT")
    for before, argument in pairwise(("", *arguments)):
        if before == "--error-format":
            choice = argument
        elif argument.startswith("--error-format="):
            choice = argument.removeprefix("--error-format=")
    return choice == "json"


def record(error: RtmError, place: int | None = None) -> dict[str, Any]:
    """Lay an error out as the record that scripts read; `place` counts inputs from 1."""
    return {
        "error": {
            "type": error.type,
            "message": error.message,
            "status": error.label,
            "input": place,
            "action": error.action or None,
            "request_id": error.request_id or None,
        }
    }


def sentence(error: RtmError) -> str:
    """Say in one line what failed, why, and what to do."""
    kind = error.label.replace("_", " ") if error.type == error.label else error.type
    if isinstance(error, NotConnected) and kind == "not sent" and not error.action:
        kind = "not connected"  # who listens had nothing to send
    where = error.action or error.command
    return ": ".join(["rtm", *([where] if where else []), kind, error.message]) + advice(error)


def advice(error: RtmError) -> str:
    """Say what to do, where the message does not."""
    method = API.methods.get(error.action)
    if isinstance(error, OutcomeUnknown):
        if method and method.retry is Retry.READ:
            return " (it changes nothing: ask again)"
        return (
            f" (sent as request {error.request_id}; it may have taken effect: "
            "look before you send it again)"
        )
    row = API.error_types.get(error.type)
    if row and row.lacks_scope and method and method.scopes and "scope" not in error.message:
        return f" (needs the scope {' or '.join(method.scopes)})"
    return f" ({row.advice})" if row and row.advice else ""


def write(line: str) -> None:
    """Write one line to standard error; what cannot be written is lost, and nothing else is."""
    _write(HIDDEN.hide_in_text(escaping.in_text(line).encode("utf-8", "backslashreplace")))


def write_json(value: Mapping[str, Any]) -> None:
    """Write an object to standard error, as one line of JSON."""
    from rtmcli.protocol import values  # noqa: PLC0415  # loads orjson

    _write(HIDDEN.hide_pieces(escaping.in_json(values.dump(_as_unicode(value)))))


def error(problem: RtmError, *, as_json: bool) -> None:
    """Report an error on one line."""
    if as_json:
        _write_json(problem, problem.status)
    else:
        write(sentence(problem))


def interruption(signal: Interrupted, *, as_json: bool) -> None:
    """Name the calls that a signal left in flight, and those whose answer nobody saw."""
    for ids, what in (
        (signal.unknown, "sent, outcome unknown (it may have taken effect)"),
        (signal.executed, "executed, but its answer was not printed"),
    ):
        for request_id in ids:
            cut_off = OutcomeUnknown(f"interrupted: {what}", request_id=request_id)
            if as_json:
                _write_json(cut_off, 128 + signal.number)
            else:
                write(f"rtm: {cut_off.message}: request {request_id}")


def _write_json(problem: RtmError, status: int) -> None:
    write_json({**record(problem, 1 if problem.action else None), "exit": status})


def _as_unicode(value: Any) -> Any:
    """Spell out what is no Unicode, such as the name of a file may be."""
    if isinstance(value, Mapping):
        return {name: _as_unicode(member) for name, member in value.items()}
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    return value


def _write(line: bytes) -> None:
    data = line + b"\n"
    try:
        while data:
            data = data[os.write(STDERR, data) :]
    except OSError:
        pass
