"""`-`: one call for each value of standard input, one record for each on standard output.

The exit status is that of the most severe record (`stream_summary`).
"""

import gc
import os
import select
from collections import Counter
from collections.abc import Mapping
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

from rtmcli import signals, time_limit
from rtmcli.catalogue.api import Api
from rtmcli.cli.calls.stream_summary import (
    exit_code_for,
    print_input_error,
    print_summary,
    status_counts,
    summary_text,
    wants_json_errors,
)
from rtmcli.cli.connection import make_connector
from rtmcli.cli.io import stderr
from rtmcli.cli.io.progress import Progress, ProgressLine, is_watched
from rtmcli.cli.io.records import RecordWriter
from rtmcli.cli.io.stdout import check_stdout_open
from rtmcli.cli.io.stream_input import InputFormat, StdinReader
from rtmcli.errors import CallId, Interrupted, NotWritten, UsageError
from rtmcli.flows.stream.call_tracker import OK
from rtmcli.flows.stream.flow import Stream, StreamOptions
from rtmcli.flows.stream.interfaces import Decision
from rtmcli.protocol.pipeline import Pipeline
from rtmcli.session.deadline import NEVER, Deadline
from rtmcli.settings.resolve import DEFAULT, Resolved

if TYPE_CHECKING:
    from rtmcli.flows.stream.journal.journal import Journal


class StreamCalls(NamedTuple):
    """What the calls of a stream have in common."""

    method: str | None  # the action; None: each value is a whole request
    added_payload: Mapping[str, Any]  # by the command line, without secrets
    added_fields: Mapping[str, Any]  # to the envelope


def run(
    api: Api,
    options: Mapping[str, Any],
    settings: Mapping[str, Resolved],
    input_format: InputFormat,
    calls: StreamCalls,
) -> int:
    """Make a call for each value, or print its request (--dry-run); return the exit status."""
    check_stdout_open()
    journal = None
    if options["journal"]:
        from rtmcli.cli.calls import stream_journal  # loads hashlib

        added = {"payload": calls.added_payload} if calls.added_payload else {}
        added.update(calls.added_fields)
        journal = stream_journal.open_journal(api, options, settings, calls.method, added)
        stream_journal.check_input(journal, input_format)
    return (
        _dry_run(options, input_format, journal)
        if options["dry_run"]
        else _run_calls(api, options, settings, input_format, journal)
    )


def _dry_run(
    options: Mapping[str, Any], input_format: InputFormat, journal: "Journal | None"
) -> int:
    """Print the requests that would be sent."""
    source, input_refused = StdinReader(input_format), False
    counts: Counter[str] = Counter()
    with RecordWriter(options, os.environ) as writer:
        while True:
            while not input_refused and (parsed := source.next_call()):
                call, problem = parsed
                if journal:
                    decision, problem = journal.decide(call, problem)
                    if decision is Decision.SKIP:
                        continue
                    input_refused = decision is Decision.STOP
                counts[problem.status if problem else OK] += 1
                writer.write(
                    writer.format_record(call, problem) if problem else writer.format_request(call)
                )
            writer.drain_within_limit()
            if source.exhausted or input_refused:
                break
            timeout = time_limit.poll_timeout(time_limit.remaining())
            if not signals.wait_for(source, select.POLLIN, timeout):
                raise UsageError(f"standard input did not end within {time_limit.source_name()}")
            source.read()
    print_input_error(source, counts, options, journal)
    return exit_code_for(counts)


def _run_calls(
    api: Api,
    options: Mapping[str, Any],
    settings: Mapping[str, Resolved],
    input_format: InputFormat,
    journal: "Journal | None",
) -> int:
    """Make a call for each value."""
    source, writer = StdinReader(input_format), RecordWriter(options, os.environ)
    max_time = settings["max_time"]
    stream_options = StreamOptions(
        retry_idempotent=settings["retry_idempotent"].value,
        fail_fast=bool(options["fail_fast"]),
        deadline=NEVER if max_time.origin == DEFAULT else Deadline(time_limit.end()),
    )
    pipeline = Pipeline(settings["window"].value, rate=settings["rate"].value or inf)
    stream = Stream(
        make_connector(api, settings),
        pipeline,
        source,
        writer,
        options=stream_options,
        journal=journal,
    )
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
    counts = status_counts(stream)
    if interrupted:
        interrupted.unknown_calls += unknown
    else:
        stderr.print_unknown_calls(unknown, exit_code_for(counts))
    print_input_error(source, counts, options, stream.journal)
    exit_code = exit_code_for(counts)
    if stream.unexpected_error:
        stderr.print_error(stream.unexpected_error, as_json=wants_json_errors(options))
        exit_code = exit_code if counts["unknown"] else stream.unexpected_error.exit_code
    journal_error = _journal_error(stream, source)
    if not writer.write_error and not journal_error:
        print_summary(stream, source, exit_code, options)
    if interrupted:
        if journal_error:
            stderr.print_error(journal_error, as_json=wants_json_errors(options))
        raise interrupted
    if journal_error:
        raise journal_error
    if isinstance(writer.write_error, NotWritten):
        summary = summary_text(stream, source)
        raise NotWritten(
            f"{writer.write_error.message}; {summary}; {writer.pending_writes} records are lost"
        )
    if writer.write_error:
        raise writer.write_error
    if writer.buffered_bytes:
        raise NotWritten(f"standard output was not read within {time_limit.source_name()}")
    return exit_code


def _journal_error(stream: Stream, source: StdinReader) -> NotWritten | None:
    """Return why the journal could not be written, with the inputs whose outcomes it lacks."""
    journal = stream.journal
    if not journal or not journal.write_error:
        return None
    inputs = ", ".join(map(str, journal.missing_inputs))
    missing = f"it may lack the outcome of input {inputs}; " if inputs else ""
    return NotWritten(f"journal {journal.write_error}; {missing}{summary_text(stream, source)}")


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
