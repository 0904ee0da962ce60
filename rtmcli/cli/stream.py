"""`-`: a call for each value of standard input, a record for each on standard output.

What the exit status says of the whole is the gravest of what the records say of each (`STATUSES`).
"""

import gc
import os
import select
import stat
from collections import Counter
from collections.abc import Mapping
from math import inf
from typing import Any

from rtmcli.cli import report
from rtmcli.cli.connection import connector_of
from rtmcli.cli.output import STDOUT, check_open, write
from rtmcli.cli.report import STDERR
from rtmcli.cli.shield import Shield
from rtmcli.cli.stream_input import Read, Values
from rtmcli.cli.stream_output import Records
from rtmcli.errors import Interrupted, NotWritten
from rtmcli.flows.stream.calls import OK
from rtmcli.flows.stream.flow import Rules, Stream
from rtmcli.protocol.pipeline import Pipeline
from rtmcli.session.deadline import NEVER, Deadline
from rtmcli.settings.resolve import DEFAULT, Value

# The status of a record, and the exit status, the gravest first.
STATUSES = {
    "unknown": 7,
    "auth": 4,
    "not_sent": 5,
    "usage": 2,
    "refused": 9,
    "busy": 9,
}


def run(options: Mapping[str, Any], settings: Mapping[str, Value], read: Read) -> int:
    """Do for each value what the command line asks; return the exit status."""
    return _rehearse(options, read) if options["dry_run"] else _make_calls(options, settings, read)


def _rehearse(options: Mapping[str, Any], read: Read) -> int:
    """Print the requests that would be sent."""
    source, records = Values(read), Records(options, os.environ)
    counts: Counter[str] = Counter()
    while True:
        while found := source.next():
            task, problem = found
            counts[problem.label if problem else OK] += 1
            write(records.record(task, problem) if problem else records.request(task))
        if source.over:
            break
        select.select([source], [], [])
        source.read()
    _tell_failure(source, counts, options)
    return status_of(counts)


def _make_calls(options: Mapping[str, Any], settings: Mapping[str, Value], read: Read) -> int:
    """Make a call of each value."""
    check_open()
    source, records = Values(read), Records(options, os.environ)
    limit = settings["max_time"]
    rules = Rules(
        idempotent_too=settings["retry_idempotent"].value,
        fail_fast=bool(options["fail_fast"]),
        deadline=NEVER if limit.origin == DEFAULT else Deadline.after(limit.value),
    )
    pipeline = Pipeline(settings["window"].value, rate=settings["rate"].value or inf)
    stream = Stream(connector_of(settings), pipeline, source, records, rules=rules, shield=Shield())
    # A stream may run for weeks, so the collector is needed; what was made so far stays.
    gc.freeze()
    gc.enable()
    interrupted = _run(stream, source, options)
    return _end(stream, source, records, interrupted, options)


def _end(
    stream: Stream,
    source: Values,
    records: Records,
    interrupted: Interrupted | None,
    options: Mapping[str, Any],
) -> int:
    """Tell on standard error what there is to tell, and return the exit status, or raise it."""
    unknown = [f"{task.request.request_id} (input {task.number})" for task in stream.unknown]
    if interrupted:
        interrupted.unknown += unknown
    elif unknown:
        report.write(f"rtm: sent, outcome unknown: request {', '.join(unknown)}")
    counts = _reckoning(stream)
    _tell_failure(source, counts, options)
    status = status_of(counts)
    if not records.failure:
        _summarise(stream, source, status, options)
    if interrupted:
        raise interrupted
    if isinstance(records.failure, NotWritten):
        lost = stream.calls.counts.total() - records.written
        told = _words(stream, source)
        raise NotWritten(f"{records.failure.message}; {told}; {lost} records are lost")
    if records.failure:
        raise records.failure
    if records.waiting:
        raise NotWritten("standard output was not read before the time was over (--max-time)")
    return status


def _reckoning(stream: Stream) -> Counter[str]:
    """Count what makes up the exit status."""
    counts = Counter(stream.calls.counts)
    if stream.failed_fast:  # what was not sent therefore is not held against the network
        del counts["not_sent"]
    elif not stream.has_read_all:
        counts["not_sent"] += 1
    return counts


def _tell_failure(source: Values, counts: Counter[str], options: Mapping[str, Any]) -> None:
    """Say why the input was not read to its end, and count that in."""
    if source.failure:
        counts[source.failure.label] += 1
        report.error(source.failure, as_json=_wants_json(options))


def status_of(counts: Counter[str]) -> int:
    """Return the exit status of a stream whose calls ended so."""
    return next((status for label, status in STATUSES.items() if counts[label]), 0)


def _run(stream: Stream, source: Values, options: Mapping[str, Any]) -> Interrupted | None:
    """Run the stream, and show how it goes; return the signal that ended it, if one did."""
    progress = None
    if _shows_progress(options):
        from rtmcli.cli.progress import Progressing  # noqa: PLC0415  # loads rich

        counts = stream.calls.counts
        progress = stream.tick = Progressing(
            source.size,
            lambda: source.bytes_in,
            lambda: (counts.total(), counts.total() - counts[OK]),
        )
    try:
        stream.run()
    except Interrupted as signal:
        return signal
    finally:
        if progress:
            progress.stop()
    return None


def _shows_progress(options: Mapping[str, Any]) -> bool:
    """Tell whether a person looks on who does not see the records, be it at the end of a pipe."""
    mode = os.fstat(STDOUT).st_mode
    others_see = os.isatty(STDOUT) or stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)
    return os.isatty(STDERR) and not others_see and not options["quiet"]


def _summarise(stream: Stream, source: Values, status: int, options: Mapping[str, Any]) -> None:
    """Say on standard error how many calls ended how, unless that is plain: one call, and well."""
    counts = stream.calls.counts
    plain = not counts or (status == 0 and (options["quiet"] or counts.total() == 1))
    if plain and not stream.is_overdue:
        return
    if _wants_json(options):
        report.write_json({"summary": _told(counts), "exit": status})
        return
    why = "the time was over (--max-time): " if stream.is_overdue else ""
    report.write(f"rtm: {why}{_words(stream, source)}")


def _told(counts: Counter[str]) -> dict[str, int]:
    return {label: counts[label] for label in (OK, *STATUSES) if counts[label] or label == OK}


def _words(stream: Stream, source: Values) -> str:
    """Say how many calls ended how, and what was not read."""
    counts = stream.calls.counts
    words = ", ".join(
        f"{count} {label.replace('_', ' ')}" for label, count in _told(counts).items()
    )
    is_whole = stream.has_read_all and not source.failure
    return words + f"; nothing was read beyond value {counts.total()}" * (not is_whole)


def _wants_json(options: Mapping[str, Any]) -> bool:
    given = options["error_format"]
    return report.wants_json(("--error-format", given) if given else (), os.environ)
