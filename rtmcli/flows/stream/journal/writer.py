"""Write a journal: outcomes as they come, intents before their calls are sent.

After an error nothing more is written, because it is not knowable what a failed sync wrote.
"""

from contextlib import suppress

from rtmcli.errors import os_error_text
from rtmcli.flows.stream.journal.file import JournalFile
from rtmcli.flows.stream.journal.reader import JournalReader


class JournalWriter:
    """Appends lines to a journal that was read."""

    def __init__(self, file: JournalFile, reader: JournalReader) -> None:
        """Continue where `reader` says that the file ends: a torn line is removed at first."""
        self.error = ""  # why nothing more can be written
        self.missing_inputs: list[int] = []  # their outcomes may not have been written
        self._file = file
        self._torn_at = reader.end if reader.size > reader.end else -1
        self._lacks_newline = reader.lacks_newline
        self._size = reader.end  # after the last write
        self._outcomes: list[bytes] = []  # not written yet
        self._unsynced_inputs: list[int] = []  # of outcomes

    def add_outcome(self, input_number: int, line: bytes) -> None:
        """Take the line of an outcome; `flush` writes it."""
        self._outcomes.append(line)
        (self.missing_inputs if self.error else self._unsynced_inputs).append(input_number)

    def write_intents(self, header: bytes, intents: bytes) -> bool:
        """Put lines on the disk, and the outcomes with them; return False if that fails."""
        if not self._write(header + self._take_outcomes() + intents):
            return False
        if not self._sync():
            with suppress(OSError):  # so that the next run makes the calls
                self._file.cut(self._size - len(intents))
            return False
        return True

    def flush(self) -> None:
        """Write the outcomes."""
        if self._outcomes:
            self._write(self._take_outcomes())

    def close(self) -> None:
        """Put the outcomes on the disk, and close the file."""
        self.flush()
        if self._unsynced_inputs and not self.error:
            self._sync()
        self._file.close()

    def _take_outcomes(self) -> bytes:
        lines = b"".join(self._outcomes)
        self._outcomes.clear()
        return lines

    def _write(self, lines: bytes) -> bool:
        if self.error:
            return False
        try:
            if self._torn_at >= 0:
                self._file.cut(self._torn_at)
            self._size = self._file.append(b"\n" * self._lacks_newline + lines)
        except OSError as error:
            self._fail(error)
            return False
        self._torn_at, self._lacks_newline = -1, False
        return True

    def _sync(self) -> bool:
        try:
            self._file.sync()
        except OSError as error:
            self._fail(error)
            return False
        self._unsynced_inputs.clear()
        return True

    def _fail(self, error: OSError) -> None:
        self.error = f"{self._file.path}: {os_error_text(error)}"
        self.missing_inputs += self._unsynced_inputs
        self._unsynced_inputs.clear()
