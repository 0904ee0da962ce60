"""A journal that was cut off at any byte is read; damage elsewhere is an error.

Any journal here is what some runs write: for each value of a run an intent, then perhaps an
outcome, interleaved as they come.
"""

from hashlib import sha256
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.flows.stream.journal.entries import (
    MAGIC,
    STATUSES,
    Header,
    Intent,
    encode_header,
    encode_intent,
    encode_outcome,
)
from rtmcli.flows.stream.journal.reader import NEVER_SENT, SENT, DamagedJournal, JournalReader

HEADER = Header("3.0", "send_event", "1", "a@example.com", {})
MAX_INPUT = 9


class JournalLines(NamedTuple):
    """The lines of a journal, and the status of each value after each number of lines."""

    lines: list[bytes]
    statuses: list[dict[int, str]]

    @property
    def text(self) -> bytes:
        """The file."""
        return b"".join(self.lines)


def digest_of(number: int) -> bytes:
    """Return the digest of a value."""
    return sha256(b"%d" % number).digest()


def build(entries: list[tuple[int, str]]) -> JournalLines:
    """Build a journal of intents (`SENT`) and outcomes; an outcome without an intent gets one."""
    journal = JournalLines([encode_header(HEADER)], [{}, {}])
    current: dict[int, str] = {}
    for number, status in entries:
        if status == SENT or number not in current:
            journal.lines.append(encode_intent(Intent(number, digest_of(number), f"id-{number}")))
            current = {**current, number: SENT}
            journal.statuses.append(current)
        if status != SENT:
            details = {"type": "validation"} if status == "refused" else {}
            journal.lines.append(encode_outcome(number, status, **details))
            current = {**current, number: status}
            journal.statuses.append(current)
    return journal


journals = st.lists(
    st.tuples(st.integers(1, MAX_INPUT), st.sampled_from((SENT, *STATUSES))), max_size=20
).map(build)


def read(data: bytes, chunk_size: int = 1 << 20) -> JournalReader:
    """Read a file in pieces."""
    reader = JournalReader()
    for start in range(0, len(data), chunk_size):
        reader.feed(data[start : start + chunk_size])
    reader.finish()
    return reader


def statuses_of(reader: JournalReader) -> dict[int, str]:
    """Return the status of every value that has one."""
    statuses = {number: reader.state.status_of(number) for number in range(1, MAX_INPUT + 2)}
    return {number: status for number, status in statuses.items() if status != NEVER_SENT}


@given(journals, st.integers(1, 200))
def test_the_last_line_of_a_value_counts(journal: JournalLines, chunk_size: int) -> None:
    """However the file is cut into pieces."""
    reader = read(journal.text, chunk_size)
    assert statuses_of(reader) == journal.statuses[-1]
    assert (reader.header, reader.end) == (HEADER, len(journal.text))
    assert not reader.lacks_newline
    for number in journal.statuses[-1]:
        line = journal.text[reader.state.offset_of(number) :].split(b"\n")[0] + b"\n"
        assert line == encode_intent(Intent(number, digest_of(number), f"id-{number}"))
        assert reader.state.matches(number, digest_of(number))
        assert not reader.state.matches(number, digest_of(number + 1))


@given(
    journals,
    st.data(),
    st.sampled_from([b"", b"\0", b"\0" * 5000, b'{"inp\0\0', b"\xff\xfe\n{bad\n", b"\n\n \n"]),
)
def test_every_prefix_of_a_journal_is_read(
    journal: JournalLines, data: st.DataObject, tail: bytes
) -> None:
    """Up to the last whole line; NUL bytes and other garbage behind it do not count."""
    cut = data.draw(st.integers(0, len(journal.text)))
    if cut < len(MAGIC):  # other garbage would be another file
        tail = tail.strip(b'{"inp\xff\xfe\nbad ')
    prefix = journal.text[:cut]
    reader = read(prefix + tail)
    line_count, size = 0, 0
    for line in journal.lines:
        # A line that lacks only its end is whole, unless something else follows it.
        whole = len(line) if tail.strip() else len(line) - 1
        if size + whole > cut:
            break
        line_count, size = line_count + 1, size + len(line)
    assert statuses_of(reader) == journal.statuses[line_count]
    assert (reader.header is None) == (line_count == 0)
    assert reader.end in (size, cut, cut + len(tail))
    assert reader.lacks_newline == (size == cut + 1 and not tail)
    if reader.end < len(prefix + tail) and not reader.lacks_newline:
        assert statuses_of(read((prefix + tail)[: reader.end])) == statuses_of(reader)


@given(journals, st.data())
def test_damage_before_a_readable_line_is_an_error(
    journal: JournalLines, data: st.DataObject
) -> None:
    """Its line is named: an intent may be lost, and the call would be made again."""
    if len(journal.lines) < 2:
        return
    damaged = data.draw(st.integers(0, len(journal.lines) - 2))
    line = journal.lines[damaged]
    start = data.draw(st.integers(0, len(line) - 2))
    torn = line[:start] + b"\0" * (len(line) - 1 - start) + b"\n"
    text = b"".join([*journal.lines[:damaged], torn, *journal.lines[damaged + 1 :]])
    with pytest.raises(DamagedJournal, match=f"^line {damaged + 1} is damaged"):
        read(text)


@pytest.mark.parametrize(
    "data",
    [
        b'{"customer_id":"b7eff798"}\n',
        b'{"customer_id":"b7eff798"}',
        b"x",
        b"\n" + encode_header(HEADER),
        encode_intent(Intent(1, digest_of(1), "id")),
        b'{"format":"other"}',
        b"\xef\xbb\xbf",
    ],
)
def test_another_file_is_not_a_journal(data: bytes) -> None:
    """It is neither read nor cut off."""
    with pytest.raises(DamagedJournal, match=r"^is not a journal"):
        read(data)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([encode_header(HEADER)], "line 2 is a second header"),
        ([encode_outcome(1, "ok")], "line 2 has an outcome of input 1, which was not sent before"),
        (
            [
                encode_intent(Intent(1, digest_of(1), "a")),
                encode_intent(Intent(1, digest_of(2), "b")),
            ],
            "line 3 has another payload for input 1 than a line before",
        ),
        ([b"{}\n"], 'line 2 has no valid "input"'),
        ([b"{torn\n", b"{}\n"], "line 2 is damaged, but later lines are not; repair that line"),
    ],
)
def test_entries_that_contradict_each_other_are_damage(lines: list[bytes], message: str) -> None:
    """No crash leaves them."""
    with pytest.raises(DamagedJournal) as caught:
        read(encode_header(HEADER) + b"".join(lines))
    assert str(caught.value) == message


def test_values_take_little_memory() -> None:
    """At most 40 bytes each."""
    import tracemalloc

    count = 20_000
    lines = [encode_intent(Intent(number, digest_of(number), "id")) for number in range(1, count)]
    reader = JournalReader()
    reader.feed(encode_header(HEADER))
    tracemalloc.start()
    for line in lines:
        reader.feed(line)
    current, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert current / count < 40
    assert peak / count < 80
    assert reader.state.status_of(count - 1) == SENT
