"""`-`: one call for each value of standard input, one record for each on standard output.

The exit status is that of the most severe record (`EXIT_CODES`).
"""

import gc
import os
import select
from collections import Counter
from collections.abc import Mapping
from math import inf
from typing import Any

from rtmcli import signals, time_limit
from rtmcli.catalogue.api import Api
from rtmcli.cli.connection import make_connector
from rtmcli.cli.io import stderr
from rtmcli.cli.io.progress import Progress, ProgressLine, is_watched
from rtmcli.cli.io.records import RecordWriter, call_error_record
from rtmcli.cli.io.stdout import check_stdout_open
from rtmcli.cli.io.stream_input import ItemParser, StdinReader
from rtmcli.errors import CallId, Interrupted, NotWritten, UsageError
from rtmcli.flows.stream.call_tracker import OK
from rtmcli.flows.stream.flow import Stream, StreamOptions
from rtmcli.protocol.escaping import truncate
from rtmcli.protocol.pipeline import Pipeline
from rtmcli.session.deadline import NEVER, Deadline
from rtmcli.settings.resolve import DEFAULT, Resolved

# The exit status by the status of a record, the most severe first.
EXIT_CODES = {
    "unknown": 7,
    "auth": 4,
    "not_sent": 5,
    "usage": 2,
    "refused": 9,
    "busy": 9,
}


def run(
    api: Api, options: Mapping[str, Any], settings: Mapping[str, Resolved], parse_item: ItemParser
) -> int:
    """Make a call for each value, or print its request (--dry-run); return the exit status."""
    return (
        _dry_run(options, parse_item)
        if options["dry_run"]
        else _run_calls(api, options, settings, parse_item)
    )


def _dry_run(options: Mapping[str, Any], parse_item: ItemParser) -> int:
    """Print the requests that would be sent."""
    check_stdout_open()
    source = StdinReader(parse_item)
    counts: Counter[str] = Counter()
    with RecordWriter(options, os.environ) as writer:
        while True:
            while parsed := source.next_call():
                call, problem = parsed
                counts[problem.status if problem else OK] += 1
                writer.write(
                    writer.format_record(call, problem) if problem else writer.format_request(call)
                )
            writer.drain_within_limit()
            if source.exhausted:
                break
            timeout = time_limit.poll_timeout(time_limit.remaining())
            if not signals.wait_for(source, select.POLLIN, timeout):
                raise UsageError(f"standard input did not end within {time_limit.source_name()}")
            source.read()
    _print_input_error(source, counts, options)
    return exit_code_for(counts)


def _run_calls(
    api: Api, options: Mapping[str, Any], settings: Mapping[str, Resolved], parse_item: ItemParser
) -> int:
    """Make a call for each value."""
    check_stdout_open()
    source, writer = StdinReader(parse_item), RecordWriter(options, os.environ)
    max_time = settings["max_time"]
    stream_options = StreamOptions(
        retry_idempotent=settings["retry_idempotent"].value,
        fail_fast=bool(options["fail_fast"]),
        deadline=NEVER if max_time.origin == DEFAULT else Deadline(time_limit.end()),
    )
    pipeline = Pipeline(settings["window"].value, rate=settings["rate"].value or inf)
    stream = Stream(make_connector(api, settings), pipeline, source, writer, options=stream_options)
    # A stream may run for weeks, so the garbage collector is needed; what is loaded stays.
    gc.freeze()
    gc.enable()
    interrupted = _run_with_progress(stream, source, options)
    return _finish(stream, source, writer, interrupted, options)


def _finish(
    stream: Stream,
    source: StdinReader,
    writer: RecordWriter,
    interrupted: Interrupted | None,
    options: Mapping[str, Any],
) -> int:
    """Print the summary on standard error; return the exit status or raise the error."""
    unknown = [
        CallId(call.request.request_id, call.request.action, call.number)
        for call in stream.unknown_calls
    ]
    counts = _status_counts(stream)
    if interrupted:
        interrupted.unknown_calls += unknown
    else:
        stderr.print_unknown_calls(unknown, exit_code_for(counts))
    _print_input_error(source, counts, options)
    exit_code = exit_code_for(counts)
    if stream.unexpected_error:
        stderr.print_error(stream.unexpected_error, as_json=_wants_json_errors(options))
        exit_code = exit_code if counts["unknown"] else stream.unexpected_error.exit_code
    if not writer.write_error:
        _print_summary(stream, source, exit_code, options)
    if interrupted:
        raise interrupted
    if isinstance(writer.write_error, NotWritten):
        summary = _summary_text(stream, source)
        raise NotWritten(
            f"{writer.write_error.message}; {summary}; {writer.pending_writes} records are lost"
        )
    if writer.write_error:
        raise writer.write_error
    if writer.buffered_bytes:
        raise NotWritten(f"standard output was not read within {time_limit.source_name()}")
    return exit_code


def _status_counts(stream: Stream) -> Counter[str]:
    """Count what decides the exit status."""
    counts = Counter(stream.tracker.status_counts)
    if stream.failed_fast:  # calls were not sent because of --fail-fast, not of the network
        del counts["not_sent"]
    elif not stream.input_exhausted:
        counts["not_sent"] += 1
    return counts


def _print_input_error(
    source: StdinReader, counts: Counter[str], options: Mapping[str, Any]
) -> None:
    """Print and count the error that ended the reading of the input, if any."""
    if source.read_error:
        counts[source.read_error.status] += 1
        stderr.print_error(source.read_error, as_json=_wants_json_errors(options))


def exit_code_for(counts: Counter[str]) -> int:
    """Return the exit status for a stream, from how many calls ended with each status."""
    return next((code for status, code in EXIT_CODES.items() if counts[status]), 0)


def _run_with_progress(
    stream: Stream, source: StdinReader, options: Mapping[str, Any]
) -> Interrupted | None:
    """Run the stream with a progress line; return the signal that ended it, if any."""
    counts = stream.tracker.status_counts

    def get_progress() -> Progress:
        count = counts.total()
        return Progress(source.bytes_parsed, source.size, count, count - counts[OK])

    progress = ProgressLine("calls", get_progress)
    if is_watched(with_output=False) and not options["quiet"]:
        stream.on_loop = progress
    try:
        stream.run()
    except Interrupted as interrupted:
        return interrupted
    finally:
        progress.stop()
    return None


def _print_summary(
    stream: Stream, source: StdinReader, exit_code: int, options: Mapping[str, Any]
) -> None:
    """Print the number of calls for each status, unless it is a single call that succeeded."""
    counts = stream.tracker.status_counts
    is_trivial = not counts or (exit_code == 0 and (options["quiet"] or counts.total() == 1))
    if is_trivial and not stream.timed_out:
        return
    if _wants_json_errors(options):
        first = stream.tracker.first_failure
        record = call_error_record(*first)["error"] if first else None
        summary = {"summary": _printed_counts(counts), "first_failure": record}
        stderr.write_json({**summary, "exit": exit_code})
        return
    prefix = f"timed out ({time_limit.source_name()}): " if stream.timed_out else ""
    stderr.write_line(f"rtm: {prefix}{_summary_text(stream, source)}")


def _printed_counts(counts: Counter[str]) -> dict[str, int]:
    return {
        status: counts[status] for status in (OK, *EXIT_CODES) if counts[status] or status == OK
    }


def _summary_text(stream: Stream, source: StdinReader) -> str:
    """Return the number of calls for each status, the first failure, and where the input ended."""
    counts = stream.tracker.status_counts
    text = ", ".join(
        f"{count} {status.replace('_', ' ')}" for status, count in _printed_counts(counts).items()
    )
    if stream.tracker.first_failure:
        call, error = stream.tracker.first_failure
        error_type = "" if error.type == error.status else f"{error.type}: "
        text += f" (input {call.number}: {error_type}{truncate(error.message, 200)})"
    has_read_everything = stream.input_exhausted and not source.read_error
    return text + f"; the input was not read beyond value {counts.total()}" * (
        not has_read_everything
    )


def _wants_json_errors(options: Mapping[str, Any]) -> bool:
    error_format = options["error_format"]
    return stderr.wants_json_errors(
        ("--error-format", error_format) if error_format else (), os.environ
    )
