"""Whatever the layout, and however the bytes come, the values are the same."""

import json
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.protocol.json_codec import RawNumber
from rtmcli.protocol.json_stream import StreamItem, StreamParser

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text('aé\n"\\{}[]😀', max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)
LAYOUTS = st.sampled_from(
    [
        {"separators": (",", ":"), "ensure_ascii": False},
        {"separators": (",", ":")},
        {},
        {"indent": 2},
        {"indent": 0},
    ]
)


def parse_stream(
    data: bytes, chunk_size: int = 1 << 16, max_size: int = 1 << 26
) -> list[StreamItem]:
    """Split data that comes in pieces of a size."""
    parser = StreamParser(max_size)
    items: list[StreamItem] = []

    def drain() -> Iterator[StreamItem]:
        while item := parser.next_item():
            yield item

    for start in range(0, len(data), chunk_size):
        parser.feed(data[start : start + chunk_size])
        items += drain()
    parser.feed_eof()
    items += drain()
    assert parser.item_count == len(items)
    return items


def values_or_errors(data: bytes, chunk_size: int = 1 << 16) -> list[object]:
    """Return the values, and for a malformed one its problem as the text `!…`."""
    return [
        f"!{item.error}" if item.error else item.value for item in parse_stream(data, chunk_size)
    ]


@given(
    st.lists(
        st.tuples(json_values, LAYOUTS, st.sampled_from(["\n", "\r\n", " ", "\n\n \t", "\n\ufeff"]))
    ),
    st.integers(1, 50),
    st.booleans(),
)
def test_values_survive_any_layout_and_any_cut(
    rows: list[tuple[object, dict[str, object], str]], size: int, has_mark: bool
) -> None:
    """One a line, indented, with blanks, blank lines and byte order marks between them."""
    text = "".join(json.dumps(value, **layout) + blank for value, layout, blank in rows)  # type: ignore[arg-type]  # layouts are options of dumps
    data = text.encode("utf-8-sig" if has_mark else "utf-8")
    assert values_or_errors(data, size) == [value for value, _, _ in rows]


@given(
    st.lists(json_values.filter(lambda value: isinstance(value, dict | list | str))),
    st.integers(1, 9),
)
def test_values_may_stand_back_to_back(values: list[object], size: int) -> None:
    """Brackets and quotes are all the separation that is needed."""
    assert values_or_errors("".join(map(json.dumps, values)).encode(), size) == values


@pytest.mark.parametrize("data", [b"", b" \r\n\t", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
def test_nothing_is_no_value(data: bytes) -> None:
    """T51: an empty input, or one of blanks or a byte order mark, holds no value."""
    assert parse_stream(data, 1) == []


def test_an_object_is_handed_over_with_its_last_bracket() -> None:
    """Nobody waits for the end of a line."""
    parser = StreamParser()
    parser.feed(b'{"a":1')
    assert parser.next_item() is None
    parser.feed(b"}")
    assert parser.next_item() == StreamItem(1, {"a": 1})


def test_a_number_is_handed_over_with_what_follows_it() -> None:
    """12 might become 123."""
    parser = StreamParser()
    parser.feed(b"12")
    assert parser.next_item() is None
    parser.feed(b"3 ")
    assert parser.next_item() == StreamItem(1, 123)


@pytest.mark.parametrize(
    ("digits", "value"),
    [
        (b"18446744073709551617", RawNumber("18446744073709551617")),
        (b"1e400", RawNumber("1e400")),
        (b"0.1", 0.1),
        (b"9007199254740993", 9007199254740993),
    ],
)
def test_no_digit_is_lost(digits: bytes, value: object) -> None:
    """A number that no double holds keeps its digits, on a line as anywhere else."""
    assert values_or_errors(b'{"a":%s}\n{ "a": %s }' % (digits, digits)) == [
        {"a": value},
        {"a": value},
    ]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"{bad}", "no JSON: a key or } should stand here: line 2 column 2 (byte 10)"),
        (b'{"a":1}}', None),
        (b'{"a":1,"a":2}', 'duplicate key "a": line 2 column 1 (byte 9)'),
        (b'{"a":"\xff"}', "not UTF-8: line 2 column 7 (byte 15)"),
        (b'{"a":"\\ud800"}', "broken Unicode in a string: line 2 column 1 (byte 9)"),
        (b'{"a":"x', "a bad control character in a string: line 2 column 8 (byte 16)"),
        (b'{"a":NaN}', "no JSON: a value should stand here: line 2 column 6 (byte 14)"),
        (b'{"a":1,', "no JSON: a key should stand here: line 3 column 1 (byte 17)"),
        (b"\x00", "no JSON: a value should stand here: line 2 column 1 (byte 9)"),
        (b"[" * 9999 + b"]" * 9999, "nested too deeply: line 2 column 1 (byte 9)"),
        (
            b'{"a":' + b"[" * 300 + b"]" * 300 + b"}",
            "nested too deeply: line 2 column 1 (byte 9)",
        ),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 1 << 16])
def test_a_malformed_line_costs_one_value(line: bytes, why: str | None, size: int) -> None:
    """T49, T87: the lines before and after it count, and the message says where it is."""
    first, *middle, last = values_or_errors(b'{"a":0}\n' + line + b'\n{"a":3}\n', size)
    assert (first, last) == ({"a": 0}, {"a": 3})
    assert middle[-1:] == [
        f"!{why or 'no JSON: a value should stand here: line 2 column 8 (byte 16)'}"
    ]


def test_a_part_of_a_broken_value_is_no_value() -> None:
    """Beyond a broken value of several lines nothing is taken: who knows where it ends."""
    data = b'{\n"a": oops,\n"b":\n{"customer_id": "x"}\n}\n{"c":1}\n'
    assert values_or_errors(data) == [
        "!no JSON: a value should stand here: line 2 column 6 (byte 8); nothing is read beyond it"
    ]


@pytest.mark.parametrize("data", [b'{"a":', b'{\n{"a":1}'[:2], b'[\n{"b":1}\n', b'"x', b"tru"])
def test_a_value_that_the_input_cuts_off_is_none(data: bytes) -> None:
    """T50: neither it nor a part of it is a value."""
    *before, item = parse_stream(b'{"a":0}\n' + data)
    assert [each.value for each in before] == [{"a": 0}]
    assert item.error


def test_a_value_that_is_too_large_ends_the_stream() -> None:
    """Memory is bounded, and what follows the limit may be a part of the value."""
    items = parse_stream(b'{"a":0}\n[\n' + b'{"b":1},\n' * 50, 16, max_size=100)
    assert [item.value for item in items] == [{"a": 0}, None]
    assert (
        items[1].error == "larger than 0 MiB: line 2 column 1 (byte 9); nothing is read beyond it"
    )


def test_utf_16_is_no_json() -> None:
    """T87: it is told at its first byte, and there is one record for all of it."""
    assert values_or_errors('{"a":1}\n{"b":2}\n'.encode("utf-16")) == [
        "!no JSON: a value should stand here: line 1 column 1 (byte 1)"
    ]


def test_what_was_taken_is_forgotten() -> None:
    """Memory does not grow with the input."""
    parser = StreamParser()
    for _ in range(1000):
        parser.feed(b'{"a":1}\n' * 10)
        while parser.next_item():
            pass
    assert len(parser._buffer) < 200


def test_values_on_one_line_cost_no_more_the_more_they_are() -> None:
    """Four times as many values back to back take about four times as long, not sixteen."""

    def cost(count: int) -> float:
        data = b'{"chat_id":"abcdef"}' * count + b"\n"
        before = time.process_time()
        assert len(parse_stream(data, len(data))) == count
        return time.process_time() - before

    cost(1000)
    assert cost(40_000) < 7 * cost(10_000)
