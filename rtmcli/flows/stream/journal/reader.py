"""Read a journal: what is known of each value, and where a line is torn.

A run may end at any byte that it writes. A line that is not readable, with nothing readable behind
it, was never finished: it is left out, and `end` says where to cut. An unreadable line before a
readable one is damage. It takes 25 bytes of memory per value.
"""

from array import array

from rtmcli.flows.stream.journal.entries import (
    MAGIC,
    STATUSES,
    EntryError,
    Header,
    Intent,
    OutcomeEntry,
    UnreadableEntry,
    parse_entry,
)

NEVER_SENT, SENT = "", "sent"  # the states of a value without an outcome
_STATES = (NEVER_SENT, SENT, *STATUSES)
_DIGEST_SIZE = 16  # bytes kept of each hash: enough to notice another value


class DamagedJournal(Exception):
    """The file is not a journal, or an entry is damaged; the text completes "FILE …"."""


class JournalState:
    """What a journal says of each value; the number of a value counts from 1."""

    def __init__(self) -> None:
        self.last_input = 0  # the largest number with an entry
        self._states = bytearray()
        self._digests = bytearray()
        self._offsets = array("Q")  # of the last intents

    def status_of(self, number: int) -> str:
        """Return the status of a value: `NEVER_SENT`, `SENT` or one of `STATUSES`."""
        return _STATES[self._states[number - 1]] if number <= self.last_input else NEVER_SENT

    def offset_of(self, number: int) -> int:
        """Return where the last intent of a value begins in the file."""
        return self._offsets[number - 1]

    def matches(self, number: int, digest: bytes) -> bool:
        """Return whether a value is the one that the journal has under this number."""
        end = number * _DIGEST_SIZE
        return self._digests[end - _DIGEST_SIZE : end] == digest[:_DIGEST_SIZE]

    def add_intent(self, intent: Intent, offset: int) -> None:
        """Note an intent; raise `EntryError` if another value has its number."""
        number = intent.input
        if self.status_of(number) == NEVER_SENT:
            self._grow(number)
            self._digests[(number - 1) * _DIGEST_SIZE : number * _DIGEST_SIZE] = intent.digest[
                :_DIGEST_SIZE
            ]
        elif not self.matches(number, intent.digest):
            raise EntryError(f"has another payload for input {number} than a line before")
        self._states[number - 1] = _STATES.index(SENT)
        self._offsets[number - 1] = offset

    def add_outcome(self, outcome: OutcomeEntry) -> None:
        """Note an outcome; raise `EntryError` if there is no intent."""
        if self.status_of(outcome.input) == NEVER_SENT:
            raise EntryError(f"has an outcome of input {outcome.input}, which was not sent before")
        self._states[outcome.input - 1] = _STATES.index(outcome.status)

    def _grow(self, number: int) -> None:
        missing = number - self.last_input
        if missing > 0:
            self._states += bytes(missing)
            self._digests += bytes(missing * _DIGEST_SIZE)
            self._offsets.frombytes(bytes(missing * self._offsets.itemsize))
            self.last_input = number


class JournalReader:
    """Feed it a file, then call `finish`; both raise `DamagedJournal`."""

    def __init__(self) -> None:
        self.state = JournalState()
        self.header: Header | None = None  # None: a new journal
        self.size = 0  # bytes of the file
        self.end = 0  # bytes of them that count
        self.lacks_newline = False  # the last line that counts is not ended
        self._rest = bytearray()  # the beginning of a line
        self._line_number = 0
        self._torn_line = 0  # the first unreadable line
        self._offset = 0

    def feed(self, data: bytes) -> None:
        """Read the next piece of the file."""
        self.size += len(data)
        self._rest += data
        if not self.header and not _may_begin_journal(self._rest):
            raise DamagedJournal("is not a journal")
        if b"\n" in data:
            *lines, self._rest = self._rest.split(b"\n")
            for line in lines:
                self._read_line(bytes(line), len(line) + 1)

    def finish(self) -> None:
        """Read the last line, which may lack its end."""
        if self._rest:
            self._read_line(bytes(self._rest), len(self._rest))
            self.lacks_newline = not self._torn_line

    def _read_line(self, line: bytes, size: int) -> None:
        self._line_number += 1
        if line.strip():
            self._read_entry(line)
        self._offset += size
        if not self._torn_line:
            self.end = self._offset

    def _read_entry(self, line: bytes) -> None:
        try:
            entry = parse_entry(line)
        except UnreadableEntry:
            self._torn_line = self._torn_line or self._line_number
            return
        except EntryError as error:
            self._check_not_torn()
            raise DamagedJournal(f"line {self._line_number} {error}") from None
        self._check_not_torn()
        try:
            self._add(entry)
        except EntryError as error:
            raise DamagedJournal(f"line {self._line_number} {error}") from None

    def _check_not_torn(self) -> None:
        """Refuse an unreadable line before one that is readable."""
        if self._torn_line:
            raise DamagedJournal(
                f"line {self._torn_line} is damaged, but later lines are not; repair that line"
            )

    def _add(self, entry: Header | Intent | OutcomeEntry) -> None:
        if isinstance(entry, Header):
            if self.header:
                raise EntryError("is a second header")
            self.header = entry
        elif isinstance(entry, Intent):
            self.state.add_intent(entry, self._offset)
        else:
            self.state.add_outcome(entry)


def _may_begin_journal(data: bytearray) -> bool:
    """Return whether a journal may begin so, even one whose first line was not finished."""
    beginning = data[: len(MAGIC)].rstrip(b"\0")
    return MAGIC.startswith(beginning)
