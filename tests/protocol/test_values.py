"""JSON in and out: no digit is changed, and nothing that nobody could send on gets in."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.protocol.values import BadJson, Number, dump, dump_indented, is_unicode, load, parse

numbers = st.from_regex(
    r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][-+]?[0-9]{1,4})?", fullmatch=True
)
integers = st.integers(-(1 << 63), (1 << 64) - 1)
floats = st.floats(allow_nan=False, allow_infinity=False)
ordinary = st.recursive(
    st.none() | st.booleans() | integers | floats | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
)
both = pytest.mark.parametrize("read", [load, parse])
Read = Callable[[bytes], Any]


@both
@given(value=ordinary)
def test_what_is_written_reads_the_same(read: Read, value: Any) -> None:
    """Whoever reads what `dump` and `dump_indented` write has the value again."""
    for text in (dump(value), dump_indented(value)):
        assert as_plain(read(text)) == value
        assert json.loads(text) == value


@given(ordinary)
def test_reading_agrees_with_the_library(value: Any) -> None:
    """Of ordinary values `load` makes what the library makes of them."""
    text = orjson.dumps(value)
    assert as_plain(load(text)) == orjson.loads(text)


@both
@given(digits=numbers)
def test_no_digit_of_a_number_is_changed(read: Read, digits: str) -> None:
    """Whatever number comes in, the very same number goes out, however many digits it has."""
    alone, among = dump(read(digits.encode())), dump(read(f'{{"n": [{digits}, 1]}}'.encode()))
    assert among == b'{"n":[%s,1]}' % alone
    assert Decimal(alone.decode()) == Decimal(digits)


@both
@given(digits=st.from_regex(r"-?[1-9][0-9]{18,30}(\.[0-9]{1,9})?", fullmatch=True))
def test_a_number_beyond_the_machine_keeps_its_spelling(read: Read, digits: str) -> None:
    """What fits no machine number goes out as it was spelled."""
    assert dump(read(digits.encode())) == digits.encode()


@both
@pytest.mark.parametrize("digits", ["8953298.671862057", "-8953298.671862057", "0.1", "1e5"])
def test_a_double_is_trusted_with_15_digits_only(read: Read, digits: str) -> None:
    """A number whose nearest double reads otherwise keeps its digits."""
    assert dump(read(digits.encode())) == digits.encode()


@both
@given(number=integers)
def test_an_integer_of_64_bits_is_an_integer(read: Read, number: int) -> None:
    """An integer that the machine holds is one, for whoever checks its range."""
    value = read(str(number).encode())
    assert (type(value), value) == (int, number)


@both
@pytest.mark.parametrize("number", [-(1 << 63) - 1, 1 << 64])
def test_an_integer_beyond_64_bits_is_kept_as_digits(read: Read, number: int) -> None:
    """The first integers that do not fit are numbers of digits."""
    assert read(str(number).encode()) == Number(str(number))


@given(ordinary, st.sampled_from([None, "\t", 3]))
def test_what_is_written_is_one_line(value: Any, indent: Any) -> None:
    """However a value was laid out, it is written on one line."""
    text = dump(parse(json.dumps(value, indent=indent, ensure_ascii=False).encode()))
    assert len(text.splitlines()) == 1


def test_indented_output_has_two_spaces_a_level() -> None:
    """A person reads one member a line."""
    assert dump_indented({"a": [1, Number("1e400")]}) == (b'{\n  "a": [\n    1,\n    1e400\n  ]\n}')


@pytest.mark.parametrize("write", [dump, dump_indented])
@pytest.mark.parametrize("levels", [100, 254, 255, 600, 1000])
def test_what_can_be_read_can_be_written(write: Callable[[Any], bytes], levels: int) -> None:
    """Objects and arrays in each other are written as deep as they are read."""
    text = b'[{"a":[],"b":' * (levels // 2) + b'{"c":1.5}' + b',"d":null},2]' * (levels // 2)
    assert b"".join(write(load(text)).split()) == text


@both
@pytest.mark.parametrize("levels", [20_000, 100_000])  # Python 3.13 still reads 9,000
@pytest.mark.parametrize("inside", ["", "1e400"])
def test_what_is_too_deep_is_refused(read: Read, levels: int, inside: str) -> None:
    """Depth without measure is bad JSON, no crash."""
    with pytest.raises(BadJson):
        read(("[" * levels + inside + "]" * levels).encode())


def test_a_user_may_nest_as_deep_as_can_be_sent() -> None:
    """The limit of what a user writes is that of what the library writes, in any version."""
    assert parse(b"[" * 254 + b"]" * 254)
    with pytest.raises(BadJson, match=r"^nested too deeply$"):
        parse(b"[" * 260 + b"]" * 260)


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
    with pytest.raises(BadJson) as raised:
        parse(text)
    assert str(raised.value) == why


@pytest.mark.parametrize("text", [b"\xef\xbb\xbf[1]", b" [\r\n1 ]\r\n\r\n", b"\t[1]"])
def test_a_user_may_lay_a_value_out_as_editors_do(text: bytes) -> None:
    """A byte order mark, blanks and line ends of any kind mean nothing."""
    assert parse(text) == [1]


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
    with pytest.raises(BadJson):
        load(b"[" + text + b"," + wide + b"]" if wide else text)


def test_what_a_server_sent_wrongly_is_told_with_its_place() -> None:
    """In the library's words, and with the byte, counted from 1."""
    with pytest.raises(BadJson, match=r": byte 7$"):
        load(b'{"a": x}')


def test_of_two_equal_keys_of_a_server_the_last_counts() -> None:
    """A server's duplicate key is no error, with ordinary numbers or without."""
    assert load(b'{"a":1,"a":2}') == {"a": 2}
    assert load(b'{"a":1e400,"a":2}') == {"a": 2}


def test_a_number_is_its_digits() -> None:
    """Two numbers are equal where their digits are, and show as them."""
    assert Number("1e400") == Number("1e400") != Number("1E400")
    assert len({Number("1e400"), Number("1e400"), Number("10")}) == 2
    assert Number("10") != 10
    assert repr([Number("1e400")]) == "[1e400]"


@pytest.mark.parametrize("value", ["\ud800", {"\udfff": 1}, [object()]])
@pytest.mark.parametrize("write", [dump, dump_indented])
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
        assert not is_unicode(text)
    else:
        assert is_unicode(text)


def as_plain(value: Any) -> Any:
    """Turn each `Number` into the machine's number, to compare with what was written."""
    if isinstance(value, Number):
        return float(value.digits)
    if isinstance(value, dict):
        return {key: as_plain(member) for key, member in value.items()}
    return [as_plain(item) for item in value] if isinstance(value, list) else value


def test_digits_without_end_cost_no_more_than_other_text() -> None:
    """A message of digits is looked through once: each digit anew would take hours here."""
    digits = "1" * 2_000_000
    assert load(f'"{digits}x"'.encode()) == f"{digits}x"
