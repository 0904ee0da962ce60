"""Decide from a journal what to do with each value, and write what this run does.

============================  ==========================================================
journal                       this run
============================  ==========================================================
no entry, not_sent, busy,     calls
auth
ok, refused                   skips
an intent only, unknown       calls if that is safe or `--retry-unknown` says so, else
                              reports it again
============================  ==========================================================

The intents of a turn are on the disk before the calls are sent. Outcomes are written as they come,
and are on the disk with the next intents or at the end.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.model import Retry
from rtmcli.errors import OutcomeUnknown, RtmError, UsageError
from rtmcli.flows.stream.interfaces import Decision, Outcome
from rtmcli.flows.stream.journal.entries import (
    STATUSES,
    Header,
    Intent,
    encode_header,
    encode_intent,
    encode_outcome,
    parse_entry,
    request_digest,
)
from rtmcli.flows.stream.journal.file import JournalFile
from rtmcli.flows.stream.journal.reader import NEVER_SENT, SENT, DamagedJournal, JournalReader
from rtmcli.flows.stream.journal.writer import JournalWriter
from rtmcli.protocol import json_codec
from rtmcli.protocol.paths import MISSING, get_path
from rtmcli.protocol.pipeline import PendingCall
from rtmcli.protocol.retry_policy import FailureKind, may_retry

_OK, _UNKNOWN = "ok", "unknown"
_SETTLED = (_OK, "refused")


class JournalOptions(NamedTuple):
    """What the user wants of a journal."""

    retry_idempotent: bool = False
    retry_unknown: bool = False  # repeat all calls whose outcome is unknown
    keep_answers: bool = False


class Journal:
    """The journal of one run; `run` of the stream writes it."""

    def __init__(
        self,
        file: JournalFile,
        header: Header,
        options: JournalOptions,
        redact: Callable[[bytes], bytes],
    ) -> None:
        """Read the file and compare its header, except for license and agent.

        `redact` removes secrets from lines of JSON.

        Raises:
            UsageError: it is not a journal, or one of other calls.

        """
        self.before: Counter[str] = Counter()  # settled by earlier runs, by status
        self._file = file
        self._header = _redacted(header, redact)
        self._options = options
        self._redact = redact
        reader = self._read()
        self._state = reader.state
        self._is_new = reader.header is None
        self._writer = JournalWriter(file, reader)
        self.flush, self.close = self._writer.flush, self._writer.close

    @property
    def write_error(self) -> str:
        """Return why nothing more can be written."""
        return self._writer.error

    @property
    def missing_inputs(self) -> list[int]:
        """Return the values that were called, and whose outcomes may not have been written."""
        return self._writer.missing_inputs

    @property
    def last_input(self) -> int:
        """Return the largest number of a value that was ever sent."""
        return self._state.last_input

    def decide(self, call: PendingCall, error: RtmError | None) -> tuple[Decision, RtmError | None]:
        """Decide what to do with the next value, which is not valid if there is an error.

        Returns:
            The decision, and the error to report for the value, if any.

        """
        status = self._state.status_of(call.number)
        if status == NEVER_SENT:
            return Decision.CALL, error
        if error or not self._is_same_value(call):
            return Decision.STOP, UsageError(
                f"input {call.number} is not the one that {self._file.path} has an entry of:"
                " a journal belongs to one input"
            )
        if status in _SETTLED:
            self.before[status] += 1
            return Decision.SKIP, None
        if status not in (SENT, _UNKNOWN):
            return Decision.CALL, None
        return self._decide_unknown(call)

    def input_ended(self, value_count: int) -> UsageError | None:
        """Return what is wrong if the input ended after so many values."""
        if value_count >= self.last_input:
            return None
        return UsageError(
            f"the input ended after {value_count} values, but {self._file.path} has an entry of"
            f" input {self.last_input}: a journal belongs to one input"
        )

    def prepare(self) -> None:
        """Create the file, unless it exists; raise `UsageError`."""
        self._file.create()

    def check_login(self, api: Api, payload: Any) -> UsageError | None:
        """Compare license and agent with the response of a login; return what is wrong."""
        license_, agent = (
            None if value is MISSING else value
            for value in (
                get_path(payload, api.login_spec.response_paths[name])
                for name in ("license", "agent")
            )
        )
        found = _redacted(self._header._replace(license=license_, agent=agent), self._redact)
        if self._is_new:
            self._header = found
            return None
        return self._difference(found, "license") or self._difference(found, "agent")

    def record_intents(self, calls: Iterable[PendingCall]) -> bool:
        """Put the intents of calls on the disk; return False if that fails: do not send them."""
        intents = b"".join(
            encode_intent(Intent(call.number, self._digest(call), call.request.request_id))
            for call in calls
        )
        header = encode_header(self._header) if self._is_new else b""
        if not self._writer.write_intents(header, intents):
            return False
        self._is_new = False
        return True

    def record_outcome(self, call: PendingCall, outcome: Outcome) -> None:
        """Note the outcome of a call that was sent; `flush` writes it."""
        if isinstance(outcome, RtmError):
            is_known = not outcome.maybe_executed and outcome.status in STATUSES
            status = outcome.status if is_known else _UNKNOWN
            error_type = None if outcome.type == status else outcome.type
            line = encode_outcome(call.number, status, type=error_type)
        else:
            answer = outcome.payload if self._options.keep_answers else None
            line = encode_outcome(call.number, _OK, answer=answer)
        self._writer.add_outcome(call.number, self._redact(line))

    def _read(self) -> JournalReader:
        reader = JournalReader()
        if not self._file.exists:
            return reader
        try:
            for chunk in self._file.read():
                reader.feed(chunk)
            reader.finish()
        except DamagedJournal as error:
            raise UsageError(f"--journal: {self._file.path} {error}") from None
        if reader.header:
            found, self._header = self._header, reader.header
            for name in ("api", "method", "options"):
                if difference := self._difference(found, name):
                    raise difference
        return reader

    def _difference(self, found: Header, name: str) -> UsageError | None:
        """Compare a field of the header with that of this run."""
        expected, actual = getattr(self._header, name), getattr(found, name)
        if expected == actual:
            return None
        return UsageError(
            f"--journal: {self._file.path} belongs to {_LABELS[name]} {_show(expected)}, not"
            f" {_show(actual)}; use another file"
        )

    def _decide_unknown(self, call: PendingCall) -> tuple[Decision, RtmError | None]:
        intent = parse_entry(self._file.read_line(self._state.offset_of(call.number)))
        assert isinstance(intent, Intent)
        call.request = call.request._replace(request_id=intent.request_id)
        error = OutcomeUnknown(
            "an earlier run sent it, and its outcome is unknown; find out, and append its status to"
            " the journal, or repeat it with --retry-unknown",
            action=call.request.action,
            request_id=intent.request_id,
        )
        if self._options.retry_unknown or call.retry is Retry.READ_ONLY:
            return Decision.CALL, None
        retry_idempotent = self._options.retry_idempotent
        if may_retry(call.retry, FailureKind.AMBIGUOUS, retry_idempotent=retry_idempotent):
            call.last_error = error  # a refused repetition does not show what became of the first
            return Decision.CALL, None
        return Decision.REPORT, error

    def _digest(self, call: PendingCall) -> bytes:
        return request_digest(call.request, self._header.method)

    def _is_same_value(self, call: PendingCall) -> bool:
        return self._state.matches(call.number, self._digest(call))


_LABELS = {
    "api": "API version",
    "method": "method",
    "options": "the options",
    "license": "license",
    "agent": "agent",
}


def _show(value: Any) -> str:
    return "(any)" if value is None else json_codec.dumps(value).decode()


def _redacted(header: Header, redact: Callable[[bytes], bytes]) -> Header:
    """Return a header as it is written and read."""
    parsed = parse_entry(redact(encode_header(header)))
    assert isinstance(parsed, Header)
    return parsed
