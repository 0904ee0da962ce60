"""JSON in and out: no digit is changed, and nothing that nobody could send on gets in."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.protocol.json_codec import (
    JSONError,
    RawNumber,
    dumps,
    dumps_pretty,
    is_encodable,
    loads,
    loads_strict,
)

numbers = st.from_regex(
    r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][-+]?[0-9]{1,4})?", fullmatch=True
)
integers = st.integers(-(1 << 63), (1 << 64) - 1)
floats = st.floats(allow_nan=False, allow_infinity=False)
ordinary = st.recursive(
    st.none() | st.booleans() | integers | floats | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
)
both_loads = pytest.mark.parametrize("read", [loads, loads_strict])
Loads = Callable[[bytes], Any]


@both_loads
@given(value=ordinary)
def test_what_is_written_reads_the_same(read: Loads, value: Any) -> None:
    """Whoever reads what `dump` and `dump_indented` write has the value again."""
    for text in (dumps(value), dumps_pretty(value)):
        assert to_machine_numbers(read(text)) == value
        assert json.loads(text) == value


@given(ordinary)
def test_reading_agrees_with_the_library(value: Any) -> None:
    """Of ordinary values `load` makes what the library makes of them."""
    text = orjson.dumps(value)
    assert to_machine_numbers(loads(text)) == orjson.loads(text)


@both_loads
@given(digits=numbers)
def test_no_digit_of_a_number_is_changed(read: Loads, digits: str) -> None:
    """Whatever number comes in, the very same number goes out, however many digits it has."""
    alone, among = dumps(read(digits.encode())), dumps(read(f'{{"n": [{digits}, 1]}}'.encode()))
    assert among == b'{"n":[%s,1]}' % alone
    assert Decimal(alone.decode()) == Decimal(digits)


@both_loads
@given(digits=st.from_regex(r"-?[1-9][0-9]{18,30}(\.[0-9]{1,9})?", fullmatch=True))
def test_a_number_beyond_the_machine_keeps_its_spelling(read: Loads, digits: str) -> None:
    """What fits no machine number goes out as it was spelled."""
    assert dumps(read(digits.encode())) == digits.encode()


@both_loads
@pytest.mark.parametrize("digits", ["8953298.671862057", "-8953298.671862057", "0.1", "1e5"])
def test_a_double_is_trusted_with_15_digits_only(read: Loads, digits: str) -> None:
    """A number whose nearest double reads otherwise keeps its digits."""
    assert dumps(read(digits.encode())) == digits.encode()


@both_loads
@given(number=integers)
def test_an_integer_of_64_bits_is_an_integer(read: Loads, number: int) -> None:
    """An integer that the machine holds is one, for whoever checks its range."""
    value = read(str(number).encode())
    assert (type(value), value) == (int, number)


@both_loads
@pytest.mark.parametrize("number", [-(1 << 63) - 1, 1 << 64])
def test_an_integer_beyond_64_bits_is_kept_as_digits(read: Loads, number: int) -> None:
    """The first integers that do not fit are numbers of digits."""
    assert read(str(number).encode()) == RawNumber(str(number))


@given(ordinary, st.sampled_from([None, "\t", 3]))
def test_what_is_written_is_one_line(value: Any, indent: Any) -> None:
    """However a value was laid out, it is written on one line."""
    text = dumps(loads_strict(json.dumps(value, indent=indent, ensure_ascii=False).encode()))
    assert len(text.splitlines()) == 1


def test_indented_output_has_two_spaces_a_level() -> None:
    """A person reads one member a line."""
    assert dumps_pretty({"a": [1, RawNumber("1e400")]}) == (
        b'{\n  "a": [\n    1,\n    1e400\n  ]\n}'
    )


@pytest.mark.parametrize("write", [dumps, dumps_pretty])
@pytest.mark.parametrize("levels", [100, 254, 255, 600, 1000])
def test_what_can_be_read_can_be_written(write: Callable[[Any], bytes], levels: int) -> None:
    """Objects and arrays in each other are written as deep as they are read."""
    text = b'[{"a":[],"b":' * (levels // 2) + b'{"c":1.5}' + b',"d":null},2]' * (levels // 2)
    assert b"".join(write(loads(text)).split()) == text


@both_loads
@pytest.mark.parametrize("levels", [20_000, 100_000])  # Python 3.13 still reads 9,000
@pytest.mark.parametrize("inside", ["", "1e400"])
def test_what_is_too_deep_is_refused(read: Loads, levels: int, inside: str) -> None:
    """Depth without measure is bad JSON, no crash."""
    with pytest.raises(JSONError):
        read(("[" * levels + inside + "]" * levels).encode())


def test_a_user_may_nest_as_deep_as_can_be_sent() -> None:
    """The limit of what a user writes is that of what the library writes, in any version."""
    assert loads_strict(b"[" * 254 + b"]" * 254)
    with pytest.raises(JSONError, match=r"^nested too deeply$"):
        loads_strict(b"[" * 260 + b"]" * 260)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "Expecting value: line 1 column 1"),
        (b"\xef\xbb\xbf", "Expecting value: line 1 column 1"),
        (b'{\r\n "a": x}', "Expecting value: line 2 column 7"),
        (b"{} {}", "something follows the value: line 1 column 4"),
        (b"1\n2", "something follows the value: line 2 column 1"),
        (b'{"b":2,"a":1,"a":1}', 'duplicate key "a"'),
        (b'{"\\ud800":1,"\\ud800":1}', "duplicate key ?"),
        (b"[NaN]", "NaN is no JSON value"),
        (b"-Infinity", "-Infinity is no JSON value"),
        (b'["\\ud800"]', "broken Unicode in a string"),
        (b'{"\\udfff":1}', "broken Unicode in a string"),
        (b'"a\x00b"', "Invalid control character at: line 1 column 3"),
        (b'["a", \xff]', "not UTF-8: byte 7"),
        (b'\xef\xbb\xbf"\xff"', "not UTF-8: byte 5"),
        ("{}".encode("utf-16"), "not UTF-8: byte 1"),
    ],
)
def test_what_a_user_wrote_wrongly_is_told_with_its_position(text: bytes, why: str) -> None:
    """A user learns what is wrong, and where."""
    with pytest.raises(JSONError) as raised:
        loads_strict(text)
    assert str(raised.value) == why


@pytest.mark.parametrize("text", [b"\xef\xbb\xbf[1]", b" [\r\n1 ]\r\n\r\n", b"\t[1]"])
def test_a_user_may_lay_a_value_out_as_editors_do(text: bytes) -> None:
    """A byte order mark, blanks and line ends of any kind mean nothing."""
    assert loads_strict(text) == [1]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{bad",
        b"[1,]",
        b"NaN",
        b'"\xff"',
        b'"\\ud800"',
        b'{"\\ud800": 1}',
        b"\xef\xbb\xbf{}",
        b"01",
        b"{}{}",
    ],
)
@pytest.mark.parametrize("wide", [b"", b"12345678901234567890", b"1e400"])
def test_what_a_server_sent_wrongly_is_bad_json(text: bytes, wide: bytes) -> None:
    """No breach passes, also not beside a number that the library cannot hold."""
    with pytest.raises(JSONError):
        loads(b"[" + text + b"," + wide + b"]" if wide else text)


def test_what_a_server_sent_wrongly_is_told_with_its_place() -> None:
    """In the library's words, and with the byte, counted from 1."""
    with pytest.raises(JSONError, match=r": byte 7$"):
        loads(b'{"a": x}')


def test_of_two_equal_keys_of_a_server_the_last_counts() -> None:
    """A server's duplicate key is no error, with ordinary numbers or without."""
    assert loads(b'{"a":1,"a":2}') == {"a": 2}
    assert loads(b'{"a":1e400,"a":2}') == {"a": 2}


def test_a_number_is_its_digits() -> None:
    """Two numbers are equal where their digits are, and show as them."""
    assert RawNumber("1e400") == RawNumber("1e400") != RawNumber("1E400")
    assert len({RawNumber("1e400"), RawNumber("1e400"), RawNumber("10")}) == 2
    assert RawNumber("10") != 10
    assert repr([RawNumber("1e400")]) == "[1e400]"


@pytest.mark.parametrize("value", ["\ud800", {"\udfff": 1}, [object()]])
@pytest.mark.parametrize("write", [dumps, dumps_pretty])
def test_what_is_no_json_value_is_not_written(write: Callable[[Any], bytes], value: Any) -> None:
    """Nothing is made up for a value that JSON does not have."""
    with pytest.raises(TypeError):
        write(value)


@given(st.text(st.characters(exclude_categories=())))
def test_unicode_is_what_can_be_encoded(text: str) -> None:
    """A text counts as Unicode where it can be written as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        assert not is_encodable(text)
    else:
        assert is_encodable(text)


def to_machine_numbers(value: Any) -> Any:
    """Turn each `Number` into the machine's number, to compare with what was written."""
    if isinstance(value, RawNumber):
        return float(value.literal)
    if isinstance(value, dict):
        return {key: to_machine_numbers(member) for key, member in value.items()}
    return [to_machine_numbers(item) for item in value] if isinstance(value, list) else value


def test_digits_without_end_cost_no_more_than_other_text() -> None:
    """A message of digits is looked through once: each digit anew would take hours here."""
    digits = "1" * 2_000_000
    assert loads(f'"{digits}x"'.encode()) == f"{digits}x"
