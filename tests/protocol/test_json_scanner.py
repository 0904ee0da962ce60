"""The scanner finds the end of a value, or its first error, in chunks of any size."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.protocol.json_scanner import JSONSyntaxError, Scanner

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def find_end(text: bytes, chunk_size: int = 1, *, final: bool = True) -> int | None:
    """Scan text in chunks; return the end of the value, or None if it is incomplete."""
    scanner, data = Scanner(), bytearray()
    for start in range(0, len(text), chunk_size):
        data += text[start : start + chunk_size]
        is_last = final and start + chunk_size >= len(text)
        if scanner.scan(data, final=is_last):
            return scanner.position
    return None


@given(json_values, st.booleans(), st.sampled_from([None, 1]), st.integers(1, 9))
def test_the_end_of_every_value_is_found(
    value: object, ascii_only: bool, indent: int | None, chunk_size: int
) -> None:
    """For all output of the standard library, with and without text after it."""
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode("utf-8", "replace")
    assert find_end(text, chunk_size) == len(text)
    assert find_end(text + b" 1", chunk_size) == len(text)


@pytest.mark.parametrize("text", [b"1", b"tru", b'"a', b'"a\\u00', b"[1", b'{"a"', b'{"a":1', b"-"])
def test_an_incomplete_value_has_no_end(text: bytes) -> None:
    """A number is incomplete, as more digits may follow."""
    assert find_end(text, final=False) is None


@pytest.mark.parametrize("text", [b"{}", b"[]", b'""', b'{"a":[{}]}'])
def test_a_bracket_or_a_quote_completes_a_value(text: bytes) -> None:
    """No more data is needed."""
    assert find_end(text, final=False) == len(text)


@pytest.mark.parametrize(
    ("text", "message", "index"),
    [
        (b"}", "a value", 0),
        (b"{bad}", "a key or }", 1),
        (b'{"a" 1}', "a colon", 5),
        (b'{"a":1 "b":2}', "a comma or a closing bracket", 7),
        (b'{"a":1,}', "a key", 7),
        (b"{1:2}", "a key or }", 1),
        (b"[1,]", "a value", 3),
        (b"[1}", "a comma or a closing bracket", 2),
        (b'{"a":1]', "a comma or a closing bracket", 6),
        (b"[,1]", "a value or ]", 1),
        (b"[01]", "a value or ]", 1),
        (b"[1.]", "a value or ]", 1),
        (b"[+1]", "a value or ]", 1),
        (b"[NaN]", "a value or ]", 1),
        (b"[truefalse]", "a value or ]", 1),
        (b"[\xff]", "a value or ]", 1),
        (b"['a']", "a value or ]", 1),
        (b'["a\nb"]', "control character", 3),
        (b'["a\\x"]', "escape", 3),
        (b'["\\u12g4"]', "escape", 2),
        (b'["\\u12', "escape", 2),
        (b"[" + b"1" * 1_100_000, "too long", 1),
    ],
)
def test_a_malformed_value_is_detected_at_its_first_wrong_byte(
    text: bytes, message: str, index: int
) -> None:
    """The message says what was expected there."""
    with pytest.raises(JSONSyntaxError, match=message) as raised:
        find_end(text, 4096)
    assert raised.value.index == index


def test_a_scanner_can_be_reset() -> None:
    """One scanner scans several values."""
    scanner, data = Scanner(), bytearray(b"{}[1]")
    ends = []
    for _ in range(2):
        assert scanner.scan(data, final=True)
        ends.append(scanner.position)
        scanner.reset(scanner.position)
    assert ends == [2, 5]
