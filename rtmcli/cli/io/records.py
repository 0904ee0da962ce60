"""The records of a stream of calls: how an outcome is written, one line each."""

import os
from collections.abc import Mapping
from typing import Any

from rtmcli.cli.io import stderr
from rtmcli.cli.io.stdout import colorize
from rtmcli.cli.io.terminal import use_color
from rtmcli.cli.io.writer import STDOUT, StdoutWriter
from rtmcli.errors import RtmError, UsageError
from rtmcli.protocol import escaping, json_codec
from rtmcli.protocol.messages import Response
from rtmcli.protocol.pipeline import NO_REQUEST_ID, PendingCall


class RecordWriter(StdoutWriter):
    """Standard output with a record, one line, for each value of the input."""

    def __init__(self, options: Mapping[str, Any], environ: Mapping[str, str]) -> None:
        """Read the options of the group `OUTPUT`."""
        if options["compact"] and options["pretty"]:
            raise UsageError("--compact and --pretty exclude each other")
        super().__init__(STDOUT)
        self._dumps = json_codec.dumps_pretty if options["pretty"] else json_codec.dumps
        is_tty = os.isatty(STDOUT)
        self._use_color = use_color(options["color"], environ, is_tty=is_tty)
        self._quiet = bool(options["quiet"])
        self._envelope = bool(options["envelope"])

    def format_record(self, call: PendingCall, outcome: Response | RtmError) -> bytes:
        """Format an outcome; with --quiet, a success is empty."""
        if isinstance(outcome, RtmError):
            return self._format(call_error_record(call, outcome))
        if self._quiet:
            return b""
        if not self._envelope:
            return self._format(outcome.payload)
        if call.caller_request_id is not NO_REQUEST_ID:
            return self._format({**outcome.envelope, "request_id": call.caller_request_id})
        return self._format(outcome.envelope)

    def format_request(self, call: PendingCall) -> bytes:
        """Format the request that would be sent."""
        return self._format(call.request._replace(request_id="").envelope())

    def _format(self, value: Any) -> bytes:
        text = stderr.redactor.redact_json(escaping.escape_json(self._dumps(value)))
        return (colorize(text) if self._use_color else text) + b"\n"


def call_error_record(call: PendingCall, error: RtmError) -> dict[str, Any]:
    """Return the record of a failed call, with the caller's own request id if there is one."""
    record = stderr.error_record(error, call.number)
    request_id = (
        call.request.request_id or None
        if call.caller_request_id is NO_REQUEST_ID
        else call.caller_request_id
    )
    record["error"] |= {"action": call.request.action or None, "request_id": request_id}
    return record
