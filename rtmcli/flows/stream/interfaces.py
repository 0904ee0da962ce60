"""The interfaces of a stream's input and output."""

from enum import Enum
from typing import Protocol

from rtmcli.errors import RtmError
from rtmcli.protocol.messages import Response
from rtmcli.protocol.pipeline import PendingCall

Outcome = Response | RtmError


class Decision(Enum):
    """What a journal says to do with a value."""

    CALL = "call it"
    SKIP = "it is settled"
    REPORT = "report again that its outcome is unknown"
    STOP = "it is not the value of the journal: call neither it nor a later one"


class CallSource(Protocol):
    """The input: calls, as they arrive."""

    is_finite: bool  # a file: reading to the end does not wait
    exhausted: bool  # `next_call` has returned everything, and nothing more will arrive

    def fileno(self) -> int:
        """Return the descriptor to poll."""

    def read(self) -> None:
        """Read what has arrived, when the descriptor is ready."""

    def next_call(self) -> tuple[PendingCall, RtmError | None] | None:
        """Return the next call and what is wrong with it, or None if no value is complete."""


class RecordSink(Protocol):
    """The output: records, written as fast as they are read."""

    buffered_bytes: int  # not written yet
    write_error: Exception | None  # why nothing more can be written

    def fileno(self) -> int:
        """Return the descriptor to poll."""

    def format_record(self, call: PendingCall, outcome: Outcome) -> bytes:
        """Format an outcome; b"" if it is not to be printed."""

    def write(self, record: bytes) -> None:
        """Buffer a record."""

    def flush(self) -> None:
        """Write what is possible without waiting."""

    def reader_gone(self) -> None:
        """Record that the reader is gone."""
