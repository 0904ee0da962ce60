"""The end of a JSON value is found, and a broken one where it breaks, however its bytes come."""

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
    """Return where the scanner finds the end, fed in pieces; None where it waits for more."""
    scanner, data = Scanner(), bytearray()
    for start in range(0, len(text), chunk_size):
        data += text[start : start + chunk_size]
        is_last = final and start + chunk_size >= len(text)
        if scanner.scan(data, final=is_last):
            return scanner.position
    return None


@given(json_values, st.booleans(), st.sampled_from([None, 1]), st.integers(1, 9))
def test_the_end_of_every_value_is_found(
    value: object, ascii_only: bool, indent: int | None, piece: int
) -> None:
    """What the standard library writes, and no more, is one value."""
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode("utf-8", "replace")
    assert find_end(text, piece) == len(text)
    assert find_end(text + b" 1", piece) == len(text)


@pytest.mark.parametrize("text", [b"1", b"tru", b'"a', b'"a\\u00', b"[1", b'{"a"', b'{"a":1', b"-"])
def test_an_incomplete_value_is_waited_for(text: bytes) -> None:
    """Nothing is said of a value before it is complete: 1 may become 12."""
    assert find_end(text, final=False) is None


@pytest.mark.parametrize("text", [b"{}", b"[]", b'""', b'{"a":[{}]}'])
def test_a_bracket_or_a_quote_completes_a_value(text: bytes) -> None:
    """No line end is needed."""
    assert find_end(text, final=False) == len(text)


@pytest.mark.parametrize(
    ("text", "why", "index"),
    [
        (b"}", "a value", 0),
        (b"{bad}", "a key or }", 1),
        (b'{"a" 1}', "a colon", 5),
        (b'{"a":1 "b":2}', "a comma or the end", 7),
        (b'{"a":1,}', "a key", 7),
        (b"{1:2}", "a key or }", 1),
        (b"[1,]", "a value", 3),
        (b"[1}", "a comma or the end", 2),
        (b'{"a":1]', "a comma or the end", 6),
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
def test_a_broken_value_is_noticed_where_it_breaks(text: bytes, why: str, index: int) -> None:
    """The message says what should stand at which place."""
    with pytest.raises(JSONSyntaxError, match=why) as raised:
        find_end(text, 4096)
    assert raised.value.index == index


def test_a_scanner_begins_again_behind_a_value() -> None:
    """One scanner reads value after value."""
    scanner, data = Scanner(), bytearray(b"{}[1]")
    ends = []
    for _ in range(2):
        assert scanner.scan(data, final=True)
        ends.append(scanner.position)
        scanner.reset(scanner.position)
    assert ends == [2, 5]
