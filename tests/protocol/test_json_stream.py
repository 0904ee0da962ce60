"""The stream parser returns the same items for any layout and chunk size."""

import json
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.protocol.json_codec import UTF_16_ERROR, RawNumber
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
    """Parse data in chunks of a size."""
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
    """Return the values, with each error as the text `!…`."""
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
def test_values_are_parsed_in_any_layout_and_any_chunks(
    rows: list[tuple[object, dict[str, object], str]], chunk_size: int, has_bom: bool
) -> None:
    """Compact or indented, separated by white space, blank lines or byte order marks."""
    text = "".join(json.dumps(value, **layout) + separator for value, layout, separator in rows)  # type: ignore[arg-type]  # layouts are options of dumps
    data = text.encode("utf-8-sig" if has_bom else "utf-8")
    assert values_or_errors(data, chunk_size) == [value for value, _, _ in rows]


@given(
    st.lists(json_values.filter(lambda value: isinstance(value, dict | list | str))),
    st.integers(1, 9),
)
def test_objects_arrays_and_strings_need_no_separator(
    values: list[object], chunk_size: int
) -> None:
    """Their brackets and quotes separate them."""
    assert values_or_errors("".join(map(json.dumps, values)).encode(), chunk_size) == values


@pytest.mark.parametrize("data", [b"", b" \r\n\t", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
def test_an_empty_input_has_no_values(data: bytes) -> None:
    """T51: white space and a byte order mark are no values either."""
    assert parse_stream(data, 1) == []


def test_an_object_is_complete_with_its_last_bracket() -> None:
    """The parser does not wait for a line end."""
    parser = StreamParser()
    parser.feed(b'{"a":1')
    assert parser.next_item() is None
    parser.feed(b"}")
    assert parser.next_item() == StreamItem(1, {"a": 1})


def test_a_number_is_complete_with_the_byte_after_it() -> None:
    """After 12, more digits may follow."""
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
def test_wide_numbers_keep_their_digits(digits: bytes, value: object) -> None:
    """In an object that fills a line, and in any other layout."""
    assert values_or_errors(b'{"a":%s}\n{ "a": %s }' % (digits, digits)) == [
        {"a": value},
        {"a": value},
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"{bad}", "invalid JSON: expected a key or }: line 2 column 2 (byte 10)"),
        (b'{"a":1}}', None),
        (b'{"a":1,"a":2}', 'duplicate key "a": line 2 column 1 (byte 9)'),
        (b'{"a":"\xff"}', "not UTF-8: line 2 column 7 (byte 15)"),
        (b'{"a":"\\ud800"}', "invalid Unicode in a string: line 2 column 1 (byte 9)"),
        (b'{"a":"x', "invalid control character in a string: line 2 column 8 (byte 16)"),
        (b'{"a":NaN}', "invalid JSON: expected a value: line 2 column 6 (byte 14)"),
        (b'{"a":1,', "invalid JSON: expected a key: line 3 column 1 (byte 17)"),
        (b"\x00", "invalid JSON: expected a value: line 2 column 1 (byte 9)"),
        (b"[" * 9999 + b"]" * 9999, "nested too deeply: line 2 column 1 (byte 9)"),
        (
            b'{"a":' + b"[" * 300 + b"]" * 300 + b"}",
            "nested too deeply: line 2 column 1 (byte 9)",
        ),
    ],
)
@pytest.mark.parametrize("chunk_size", [1, 7, 1 << 16])
def test_a_malformed_line_is_one_error(line: bytes, message: str | None, chunk_size: int) -> None:
    """T49, T87: the values before and after it are returned; the error has its position."""
    first, *middle, last = values_or_errors(b'{"a":0}\n' + line + b'\n{"a":3}\n', chunk_size)
    assert (first, last) == ({"a": 0}, {"a": 3})
    assert middle[-1:] == [
        f"!{message or 'invalid JSON: expected a value: line 2 column 8 (byte 16)'}"
    ]


def test_a_malformed_value_of_several_lines_ends_the_stream() -> None:
    """Its end is unknown, and a part of it must not become a value."""
    data = b'{\n"a": oops,\n"b":\n{"customer_id": "x"}\n}\n{"c":1}\n'
    [error] = values_or_errors(data)
    assert error == (
        "!invalid JSON: expected a value: line 2 column 6 (byte 8);"
        " the rest of the input is ignored"
    )


@pytest.mark.parametrize("data", [b'{"a":', b'{\n{"a":1}'[:2], b'[\n{"b":1}\n', b'"x', b"tru"])
def test_a_truncated_value_is_an_error(data: bytes) -> None:
    """T50: no part of it becomes a value."""
    *before, item = parse_stream(b'{"a":0}\n' + data)
    assert [other.value for other in before] == [{"a": 0}]
    assert item.error


def test_a_value_that_is_too_large_ends_the_stream() -> None:
    """So memory is bounded, and no part of the value becomes a value."""
    items = parse_stream(b'{"a":0}\n[\n' + b'{"b":1},\n' * 50, 16, max_size=100)
    assert [item.value for item in items] == [{"a": 0}, None]
    assert items[1].error == (
        "larger than 0 MiB: line 2 column 1 (byte 9); the rest of the input is ignored"
    )


@pytest.mark.parametrize(
    ("encoding", "position"),
    [
        ("utf-16", "line 1 column 1 (byte 1)"),
        ("utf-16-le", "line 1 column 1 (byte 1)"),
        ("utf-16-be", "line 1 column 1 (byte 1)"),
    ],
)
def test_utf_16_is_one_error(encoding: str, position: str) -> None:
    """T141, T87: with a byte order mark or without; the error says how to convert it."""
    data = '{"a":1}\n{"b":2}\n'.encode(encoding)
    expected = [f"!{UTF_16_ERROR}: {position}; the rest of the input is ignored"]
    assert values_or_errors(data) == expected
    assert values_or_errors(data, 1) == expected


@pytest.mark.parametrize("data", [b"\x00\x00{", b"\xff\x00", b"\xfe", b"\x01\x00{", b"a\x00"])
def test_other_bytes_are_not_utf_16(data: bytes) -> None:
    """T141: such as the end of a file that was not written completely; however it is cut."""
    assert "UTF-16" not in str(values_or_errors(data))
    assert values_or_errors(data, 1) == values_or_errors(data)


@given(st.lists(st.tuples(json_values, LAYOUTS)), st.integers(1, 9))
def test_each_value_may_follow_a_record_separator(
    rows: list[tuple[object, dict[str, object]]], chunk_size: int
) -> None:
    """T141: as RFC 7464 and jq --seq have it, in any layout and any chunks."""
    text = "".join(f"\x1e{json.dumps(value, **layout)}\n" for value, layout in rows)  # type: ignore[arg-type]  # layouts are options of dumps
    assert values_or_errors(text.encode(), chunk_size) == [value for value, _ in rows]


@pytest.mark.parametrize("chunk_size", [1, 2, 3, 1 << 16])
@pytest.mark.parametrize("line", [b"{bad}", b'{"a":', b'{"a":"x'])
def test_a_malformed_value_ends_at_the_next_record_separator(line: bytes, chunk_size: int) -> None:
    """T141: a line end is before it; the values after it are returned."""
    first, error, last = values_or_errors(
        b'\x1e{"a":0}\n\x1e' + line + b'\n\x1e{"a":3}\n', chunk_size
    )
    assert (first, last) == ({"a": 0}, {"a": 3})
    assert str(error).startswith("!invalid ")


def test_parsed_data_is_removed_from_the_buffer() -> None:
    """Memory does not grow with the input."""
    parser = StreamParser()
    for _ in range(1000):
        parser.feed(b'{"a":1}\n' * 10)
        while parser.next_item():
            pass
    assert len(parser._buffer) < 200


def test_many_values_on_one_line_take_linear_time() -> None:
    """Four times as many values take about four times as long, not sixteen times."""

    def parse_time(count: int) -> float:
        data = b'{"chat_id":"abcdef"}' * count + b"\n"
        start = time.process_time()
        assert len(parse_stream(data, len(data))) == count
        return time.process_time() - start

    parse_time(1000)
    assert parse_time(40_000) < 7 * parse_time(10_000)
