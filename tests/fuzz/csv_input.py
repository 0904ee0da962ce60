"""The user's CSV: rows as spreadsheets write them, and any bytes.

Not named `csv`, because `run.py` makes this folder the first of the import path.
"""

import csv
import io
from itertools import pairwise

from fuzz.data_provider import DataProvider

from rtmcli.catalogue.model import Method, Param, ParamType
from rtmcli.catalogue.v3_0 import API
from rtmcli.protocol import json_codec
from rtmcli.protocol.csv_payloads import CSVParser
from rtmcli.protocol.escaping import escape_text, guard_formula
from rtmcli.protocol.json_stream import StreamItem, UnreadableInput

METHODS = tuple(method for method in API.methods.values() if method.params)
TEXTS = Method("act", "Act.", params=tuple(Param(path, ParamType.STRING) for path in "abc"))
SEEDS = (
    b"\x00\x03chat_id,text\r\nPJ0MRSHTDG,hello\r\n",
    b'\x00\x03\xef\xbb\xbfchat_id;event.text\n7;"a\n""b"""\n;\n"c"d\n',
    b"\x01\x03\x02\x01\x05\x02\x03=1+2\x03\x04'a\"\n",
    b"\x00\x00\xff\xfea\x00",
)
DICTIONARY = (
    b"\xef\xbb\xbf",
    b"\r\n",
    b'"',
    b'""',
    b",",
    b";",
    b"\t",
    b"'=",
    b"\xff",
    b"\x00",
    b"chat_id",
    b"ban.days",
    b"--text",
    b"true",
    b"[]",
    b'{"a":1}',
)


def check(data: bytes) -> None:
    """Test one input of the fuzzer."""
    provider = DataProvider(data)
    if provider.boolean():
        check_written_rows(provider)
    else:
        method = provider.choice(METHODS)
        cuts = provider.binary(8)
        stream = provider.remaining_bytes()
        edges = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
        slices = [stream[start:end] for start, end in pairwise(edges)]
        check_any_bytes(method, stream, slices)


def check_any_bytes(method: Method, stream: bytes, slices: list[bytes]) -> None:
    """However a stream is sliced, its items are the same; each is sendable or an error."""
    items, error = parse(method, [stream])
    assert parse(method, slices) == (items, error)
    assert escape_text(error) == error
    assert not (items and error)
    assert [item.number for item in items] == list(range(1, len(items) + 1))
    for item in items:
        assert escape_text(item.error) == item.error
        assert bool(item.error) != isinstance(item.value, dict)
        assert item.error or json_codec.loads_strict(json_codec.dumps(item.value)) == item.value
    assert len(items) <= stream.count(b"\n") + 1


def check_written_rows(provider: DataProvider) -> None:
    """Texts that were written as CSV with a guard before formulas are read back unchanged."""
    rows = [[provider.text() for _ in TEXTS.params] for _ in range(provider.integer(4))]
    file = io.StringIO()
    writer = csv.writer(file, delimiter=provider.choice((",", ";", "\t")), quoting=csv.QUOTE_ALL)
    writer.writerow(param.path for param in TEXTS.params)
    writer.writerows(map(guard_formula, row) for row in rows)
    items, error = parse(TEXTS, provider.split(file.getvalue().encode()))
    assert not error
    assert len(items) == len(rows)
    for item, row in zip(items, rows, strict=True):
        assert bool(item.error) is not any(row)
        if any(row):
            assert item.value == {
                param.path: cell for param, cell in zip(TEXTS.params, row, strict=True) if cell
            }


def parse(method: Method, slices: list[bytes]) -> tuple[list[StreamItem], str]:
    """Parse a stream that arrives in slices; return its items, and why it cannot be read."""
    parser, items = CSVParser(method), list[StreamItem]()
    try:
        for chunk in slices:
            parser.feed(chunk)
            while item := parser.next_item():
                items.append(item)
        parser.feed_eof()
        while item := parser.next_item():
            items.append(item)
    except UnreadableInput as error:
        return items, str(error)
    return items, ""
