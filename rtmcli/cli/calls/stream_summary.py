"""The end of a stream: its exit status, and the summary on standard error.

Both speak of the whole input: with a journal, of the values that earlier runs settled, too.
"""

import os
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rtmcli import time_limit
from rtmcli.cli.io import stderr
from rtmcli.cli.io.records import call_error_record
from rtmcli.cli.io.stream_input import StdinReader
from rtmcli.flows.stream.call_tracker import OK
from rtmcli.flows.stream.flow import Stream
from rtmcli.protocol.escaping import truncate

if TYPE_CHECKING:
    from rtmcli.flows.stream.journal.journal import Journal

# The exit status by the status of a record, the most severe first.
EXIT_CODES = {
    "unknown": 7,
    "auth": 4,
    "not_sent": 5,
    "usage": 2,
    "refused": 9,
    "busy": 9,
}


def exit_code_for(counts: Counter[str]) -> int:
    """Return the exit status for a stream, from how many calls ended with each status."""
    return next((code for status, code in EXIT_CODES.items() if counts[status]), 0)


def status_counts(stream: Stream) -> Counter[str]:
    """Count what decides the exit status."""
    counts = stream.status_counts
    if stream.failed_fast:  # calls were not sent because of --fail-fast, not of the network
        del counts["not_sent"]
    elif not stream.input_exhausted and not stream.input_refused:
        counts["not_sent"] += 1
    return counts


def print_input_error(
    source: StdinReader,
    counts: Counter[str],
    options: Mapping[str, Any],
    journal: "Journal | None" = None,
) -> None:
    """Print and count the error that ended the reading of the input too early, if any."""
    error = source.read_error
    if journal and source.exhausted and not error:
        error = journal.input_ended(source.value_count)
    if error:
        counts[error.status] += 1
        stderr.print_error(error, as_json=wants_json_errors(options))


def print_summary(
    stream: Stream, source: StdinReader, exit_code: int, options: Mapping[str, Any]
) -> None:
    """Print the number of calls for each status, unless it is a single call that succeeded."""
    counts = stream.status_counts
    is_trivial = not counts or (exit_code == 0 and (options["quiet"] or counts.total() == 1))
    if is_trivial and not stream.timed_out:
        return
    if wants_json_errors(options):
        first = stream.tracker.first_failure
        record = call_error_record(*first)["error"] if first else None
        summary = {"summary": _printed_counts(counts), "first_failure": record}
        if stream.journal:
            summary["before"] = dict(stream.journal.before)
        stderr.write_json({**summary, "exit": exit_code})
        return
    prefix = f"timed out ({time_limit.source_name()}): " if stream.timed_out else ""
    stderr.write_line(f"rtm: {prefix}{summary_text(stream, source)}")


def _printed_counts(counts: Counter[str]) -> dict[str, int]:
    return {
        status: counts[status] for status in (OK, *EXIT_CODES) if counts[status] or status == OK
    }


def summary_text(stream: Stream, source: StdinReader) -> str:
    """Return the number of calls for each status, the first failure, and where the input ended."""
    counts = stream.status_counts
    before = stream.journal.before if stream.journal else {}
    text = ", ".join(
        f"{count} {status.replace('_', ' ')}"
        + f" ({before.get(status)} before)" * bool(before.get(status))
        for status, count in _printed_counts(counts).items()
    )
    if stream.tracker.first_failure:
        call, error = stream.tracker.first_failure
        error_type = "" if error.type == error.status else f"{error.type}: "
        text += f" (input {call.number}: {error_type}{truncate(error.message, 200)})"
    has_read_everything = stream.input_exhausted and not source.read_error
    return text + f"; the input was not read beyond value {counts.total()}" * (
        not has_read_everything
    )


def wants_json_errors(options: Mapping[str, Any]) -> bool:
    """Return whether errors are JSON."""
    error_format = options["error_format"]
    return stderr.wants_json_errors(
        ("--error-format", error_format) if error_format else (), os.environ
    )
