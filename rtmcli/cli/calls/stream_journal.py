"""`--journal`: open the journal of a stream, and compare a file of input with it."""

import os
import stat
from collections.abc import Mapping
from typing import Any

from rtmcli import signals, time_limit
from rtmcli.catalogue.api import Api
from rtmcli.cli.io import stderr
from rtmcli.cli.io.stdin import STDIN
from rtmcli.cli.io.stream_input import InputFormat, StdinReader
from rtmcli.cli.io.writer import STDOUT
from rtmcli.errors import UsageError
from rtmcli.files import FileContent
from rtmcli.flows.stream.interfaces import Decision
from rtmcli.flows.stream.journal.entries import Header
from rtmcli.flows.stream.journal.file import JournalFile
from rtmcli.flows.stream.journal.journal import Journal, JournalOptions
from rtmcli.protocol import escaping
from rtmcli.settings import permissions
from rtmcli.settings.resolve import Resolved


def open_journal(
    api: Api,
    options: Mapping[str, Any],
    settings: Mapping[str, Resolved],
    method: str | None,
    added: Mapping[str, Any],
) -> Journal:
    """Open the journal that the options name; raise `UsageError`.

    `method` and `added` are as in the header.
    """
    path = options["journal"]
    file = JournalFile(path, is_trusted=_is_trusted, read_only=bool(options["dry_run"]))
    for descriptor, name in ((STDIN, "standard input"), (STDOUT, "standard output")):
        if file.is_same_file(descriptor):
            raise UsageError(f"--journal: {path} is also {name}")
    journal_options = JournalOptions(
        retry_idempotent=settings["retry_idempotent"].value,
        retry_unknown=bool(options["retry_unknown"]),
        keep_answers=bool(options["journal_answers"]),
    )
    return Journal(file, Header(api.version, method, None, None, added), journal_options, _redact)


def check_input(journal: Journal, input_format: InputFormat) -> None:
    """Compare a file on standard input with the journal, before anything is sent.

    Raises:
        UsageError: a value is not the one of the journal, or values are missing.

    """
    if not journal.last_input or not stat.S_ISREG(os.fstat(STDIN).st_mode):
        return
    source = StdinReader(input_format)
    start = os.lseek(STDIN, 0, os.SEEK_CUR)
    while source.value_count < journal.last_input and not source.exhausted:
        signals.check()
        if time_limit.remaining() == 0:
            raise UsageError("standard input was not compared with the journal within --max-time")
        while source.value_count < journal.last_input and (item := source.next_call()):
            decision, error = journal.decide(*item)
            if decision is Decision.STOP and error:
                raise error
        source.read()
    journal.before.clear()
    if (
        source.exhausted
        and not source.read_error
        and (error := journal.input_ended(source.value_count))
    ):
        raise error
    os.lseek(STDIN, start, os.SEEK_SET)


def _is_trusted(file: FileContent) -> bool:
    is_ours = permissions.is_trusted_owner(file.uid)
    return is_ours and not permissions.is_writable_by_strangers(file)


def _redact(lines: bytes) -> bytes:
    return stderr.redactor.redact_json(escaping.escape_json(lines))
