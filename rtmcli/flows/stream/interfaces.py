"""What a stream needs of the world around it: where values come from, and where outcomes go."""

from typing import Protocol

from rtmcli.errors import RtmError
from rtmcli.protocol.messages import Response
from rtmcli.protocol.pipeline import PendingCall

Outcome = Response | RtmError


class CallSource(Protocol):
    """The values of the input, read as they come."""

    is_finite: bool  # whether its end is certain to come without waiting: a file
    exhausted: bool  # everything is handed over, and nothing more will come

    def fileno(self) -> int:
        """Return the descriptor to be polled."""

    def read(self) -> None:
        """Take in what has come; called where the descriptor is ready."""

    def next_call(self) -> tuple[PendingCall, RtmError | None] | None:
        """Return the next call, with what is wrong with it; None where none is complete."""


class RecordSink(Protocol):
    """The records of the output, written as fast as they are read."""

    buffered_bytes: int  # not written yet
    write_error: Exception | None  # why nothing more can be written

    def fileno(self) -> int:
        """Return the descriptor to be polled."""

    def format_record(self, call: PendingCall, outcome: Outcome) -> bytes:
        """Lay an outcome out as it will be written; nothing where it is not to be told."""

    def write(self, record: bytes) -> None:
        """Buffer a record."""

    def flush(self) -> None:
        """Write what can be written without waiting."""

    def reader_gone(self) -> None:
        """Record that the reader is gone."""
