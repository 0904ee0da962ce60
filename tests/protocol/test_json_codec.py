"""Decoding and encoding of JSON: digits are kept, and invalid values are rejected."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.protocol.json_codec import (
    UTF_16_ERROR,
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
both_decoders = pytest.mark.parametrize("decode", [loads, loads_strict])
Decode = Callable[[bytes], Any]


@both_decoders
@given(value=ordinary)
def test_encoded_values_decode_to_the_same_values(decode: Decode, value: Any) -> None:
    """The standard library agrees."""
    for text in (dumps(value), dumps_pretty(value)):
        assert to_machine_numbers(decode(text)) == value
        assert json.loads(text) == value


@given(ordinary)
def test_loads_agrees_with_orjson(value: Any) -> None:
    """For values whose numbers fit in 64 bits."""
    text = orjson.dumps(value)
    assert to_machine_numbers(loads(text)) == orjson.loads(text)


@both_decoders
@given(digits=numbers)
def test_no_digit_of_a_number_is_changed(decode: Decode, digits: str) -> None:
    """A number of any length is encoded as the same number, alone and within other values."""
    alone = dumps(decode(digits.encode()))
    assert dumps(decode(f'{{"n": [{digits}, 1]}}'.encode())) == b'{"n":[%s,1]}' % alone
    assert Decimal(alone.decode()) == Decimal(digits)


@both_decoders
@given(digits=st.from_regex(r"-?[1-9][0-9]{18,30}(\.[0-9]{1,9})?", fullmatch=True))
def test_a_wide_number_keeps_its_literal(decode: Decode, digits: str) -> None:
    """Neither an integer of 64 bits nor a double represents it."""
    assert dumps(decode(digits.encode())) == digits.encode()


@both_decoders
@pytest.mark.parametrize("digits", ["8953298.671862057", "-8953298.671862057", "0.1", "1e5"])
def test_a_number_of_16_digits_keeps_its_literal(decode: Decode, digits: str) -> None:
    """A double would change its last digits."""
    assert dumps(decode(digits.encode())) == digits.encode()


@both_decoders
@given(number=integers)
def test_an_integer_of_64_bits_is_decoded_as_int(decode: Decode, number: int) -> None:
    """So its range can be validated."""
    value = decode(str(number).encode())
    assert (type(value), value) == (int, number)


@both_decoders
@pytest.mark.parametrize("number", [-(1 << 63) - 1, 1 << 64])
def test_a_larger_integer_is_decoded_as_raw_number(decode: Decode, number: int) -> None:
    """These are the first integers that do not fit."""
    assert decode(str(number).encode()) == RawNumber(str(number))


@given(ordinary, st.sampled_from([None, "\t", 3]))
def test_dumps_writes_one_line(value: Any, indent: Any) -> None:
    """The layout of the input does not matter."""
    text = dumps(loads_strict(json.dumps(value, indent=indent, ensure_ascii=False).encode()))
    assert len(text.splitlines()) == 1


def test_pretty_output_has_two_spaces_per_level() -> None:
    """And one member per line."""
    assert dumps_pretty({"a": [1, RawNumber("1e400")]}) == (
        b'{\n  "a": [\n    1,\n    1e400\n  ]\n}'
    )


@pytest.mark.parametrize("encode", [dumps, dumps_pretty])
@pytest.mark.parametrize("levels", [100, 254, 255, 600, 1000])
def test_deep_values_can_be_encoded(encode: Callable[[Any], bytes], levels: int) -> None:
    """Any value that can be decoded can be encoded."""
    text = b'[{"a":[],"b":' * (levels // 2) + b'{"c":1.5}' + b',"d":null},2]' * (levels // 2)
    assert b"".join(encode(loads(text)).split()) == text


@pytest.mark.parametrize(
    ("decode", "levels"), [(loads_strict, 20_000), (loads_strict, 100_000), (loads, 500_001)]
)
@pytest.mark.parametrize("inside", ["", "1e400"])
def test_excessive_depth_is_an_error(decode: Decode, levels: int, inside: str) -> None:
    """The interpreter does not crash."""
    with pytest.raises(JSONError):
        decode(("[" * levels + inside + "]" * levels).encode())


@pytest.mark.parametrize("levels", [1_100, 20_000])
def test_what_a_server_sends_may_be_deep_and_contain_lone_surrogates(levels: int) -> None:
    """T111: what follows the grammar is decoded and encoded again as it came."""
    inside = b'[1e400,{"\\ud83d":"a\\udc00\\n"},12345678901234567890123,null,"",{}]'
    text = b'[{"a":' * levels + inside + b"}]" * levels
    assert dumps(loads(text)) == text
    with pytest.raises(JSONError):
        loads(text[:-1])
    with pytest.raises(JSONError):
        loads(text.replace(b"null", b"nil"))


@pytest.mark.parametrize("part", [b"[],", b"0,", b'"ab",', b'{"k":[]},', b"{},"])
def test_too_many_values_are_an_error(part: bytes) -> None:
    """T129: memory is bounded by the number of values, not only by that of bytes."""
    with pytest.raises(JSONError, match="too many values"):
        loads(b"[" + part * (60 * 1024 * 1024 // len(part)) + b"0]")
    assert len(loads(b"[" + part * (3 * 1024 * 1024 // len(part)) + b"0]")) > 1


def test_the_strict_limit_of_depth_is_that_of_orjson() -> None:
    """It does not depend on the version of Python."""
    assert loads_strict(b"[" * 254 + b"]" * 254)
    with pytest.raises(JSONError, match=r"^nested too deeply$"):
        loads_strict(b"[" * 260 + b"]" * 260)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "Expecting value: line 1 column 1"),
        (b"\xef\xbb\xbf", "Expecting value: line 1 column 1"),
        (b'{\r\n "a": x}', "Expecting value: line 2 column 7"),
        (b"{} {}", "unexpected text after the value: line 1 column 4"),
        (b"1\n2", "unexpected text after the value: line 2 column 1"),
        (b'{"b":2,"a":1,"a":1}', 'duplicate key "a"'),
        (b'{"\\ud800":1,"\\ud800":1}', "duplicate key ?"),
        (b"[NaN]", "NaN is not a JSON value"),
        (b"-Infinity", "-Infinity is not a JSON value"),
        (b'["\\ud800"]', "invalid Unicode in a string"),
        (b'{"\\udfff":1}', "invalid Unicode in a string"),
        (b'"a\x00b"', "Invalid control character at: line 1 column 3"),
        (b'["a", \xff]', "not UTF-8: byte 7"),
        (b'\xef\xbb\xbf"\xff"', "not UTF-8: byte 5"),
        (b"\xff\xff", "not UTF-8: byte 1"),
        ("{}".encode("utf-16"), UTF_16_ERROR),
        ("{}".encode("utf-16-le"), UTF_16_ERROR),
        ("[]".encode("utf-16-be"), UTF_16_ERROR),
    ],
)
def test_strict_errors_have_a_message_and_a_position(text: bytes, message: str) -> None:
    """T141: the message says what is wrong, and where if the decoder knows."""
    with pytest.raises(JSONError) as raised:
        loads_strict(text)
    assert str(raised.value) == message


@pytest.mark.parametrize("text", [b"\xef\xbb\xbf[1]", b" [\r\n1 ]\r\n\r\n", b"\t[1]", b"\x1e[1]\n"])
def test_the_strict_decoder_ignores_white_space(text: bytes) -> None:
    """T141: and a byte order mark, a record separator, and line ends of any kind."""
    assert loads_strict(text) == [1]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{bad",
        b"[1,]",
        b"NaN",
        b'"\xff"',
        b"\xef\xbb\xbf{}",
        b"01",
        b"{}{}",
    ],
)
@pytest.mark.parametrize("wide", [b"", b"12345678901234567890", b"1e400"])
def test_invalid_json_of_a_server_is_an_error(text: bytes, wide: bytes) -> None:
    """Also next to a number that orjson cannot represent."""
    with pytest.raises(JSONError):
        loads(b"[" + text + b"," + wide + b"]" if wide else text)


def test_errors_of_loads_have_a_position() -> None:
    """The byte is counted from 1."""
    with pytest.raises(JSONError, match=r": byte 7$"):
        loads(b'{"a": x}')


def test_the_last_of_duplicate_keys_wins_in_loads() -> None:
    """With wide numbers, too."""
    assert loads(b'{"a":1,"a":2}') == {"a": 2}
    assert loads(b'{"a":1e400,"a":2}') == {"a": 2}


def test_raw_numbers_are_equal_if_their_literals_are() -> None:
    """The literal is also the representation."""
    assert RawNumber("1e400") == RawNumber("1e400") != RawNumber("1E400")
    assert len({RawNumber("1e400"), RawNumber("1e400"), RawNumber("10")}) == 2
    assert RawNumber("10") != 10
    assert repr([RawNumber("1e400")]) == "[1e400]"


@pytest.mark.parametrize("value", [object(), [object()]])
@pytest.mark.parametrize("encode", [dumps, dumps_pretty])
def test_unencodable_values_are_an_error(encode: Callable[[Any], bytes], value: Any) -> None:
    """What is no JSON value raises TypeError."""
    with pytest.raises(TypeError):
        encode(value)


@given(st.text(st.characters(exclude_categories=())))
def test_is_encodable_agrees_with_encode(text: str) -> None:
    """For any text, lone surrogates included."""
    try:
        text.encode()
    except UnicodeEncodeError:
        assert not is_encodable(text)
    else:
        assert is_encodable(text)


def to_machine_numbers(value: Any) -> Any:
    """Convert each `RawNumber` to a float."""
    if isinstance(value, RawNumber):
        return float(value.literal)
    if isinstance(value, dict):
        return {key: to_machine_numbers(member) for key, member in value.items()}
    return [to_machine_numbers(item) for item in value] if isinstance(value, list) else value


def test_a_long_run_of_digits_takes_linear_time() -> None:
    """Backtracking would take hours here."""
    digits = "1" * 2_000_000
    assert loads(f'"{digits}x"'.encode()) == f"{digits}x"
