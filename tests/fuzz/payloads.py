"""The user's input: payloads, streams of payloads, `--set`, flags and their validation."""

import copy
import json
import string
from typing import Any

from fuzz.data_provider import DataProvider
from fuzz.reference_json import InvalidJSON, has_surrogates, matches, parse, parse_at

from rtmcli.catalogue.model import Method
from rtmcli.catalogue.v3_0 import API
from rtmcli.protocol import json_codec
from rtmcli.protocol.json_stream import StreamItem, StreamParser
from rtmcli.protocol.paths import MISSING, get_path
from rtmcli.protocol.payload import FlagValue, build, parse_assignment
from rtmcli.protocol.validation import PayloadValidator

_TOKEN_CHARACTERS = tuple("+-.0123456789" + string.ascii_letters)  # of JSON numbers and words
METHODS = tuple(API.methods.values())
SEEDS = (
    b'\x00{"a":1,"b":[true,null,-0.5e3,"\\ud83d\\ude00"],"c":{}}',
    b'\x00{"a":1,"a":2}',
    b'\x00{"n":18446744073709551617,"s":"\\ud800"}',
    b'\x01\x03\x05\x09\x01\x02\x03\x04\x05\x06\x07\x08\x09{"a":1}\n{"b":2}\n{bad\n{"c":3}\n',
    b'\x01\x03\x05\x09\x01\x02\x03\x04\x05\x06\x07\x08\x09[1,\n2]12 true\xef\xbb\xbf"x"{}{}\r\n',
    b"\x02\x04\x03\x01\x00\x02\x05\x01\x00\x03\x00\x01\x04",
    b"\x03\x00a.b\\.c.0=[1,2]",
    b"\x03\x01=x",
    b"\x04\x05\x01ban.days=5\x01\x02\x03",
)
DICTIONARY = (
    b"true",
    b"false",
    b"null",
    b"NaN",
    b"-Infinity",
    b"\\u0000",
    b"\\ud83d\\ude00",
    b"\\ud800",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\n{",
    b'{"a":1}',
    b"}\n",
    b"[]",
    b'""',
    b"1e400",
    b"1E5",
    b"-0",
    b"18446744073709551617",
    b"0.1234567890123456789",
    b"\r\n",
    b"\x00",
    b"ban.days",
    b"event.type",
    b"=",
    b"\\.",
)


def check(data: bytes) -> None:
    """Check the laws with the given bytes."""
    provider = DataProvider(data)
    match provider.integer(4):
        case 0:
            check_value(provider.remaining_bytes())
        case 1:
            remaining = provider.remaining_bytes()
            check_stream(remaining[13:], DataProvider(remaining[:13]).split(remaining[13:]))
        case 2:
            check_valid_stream(provider)
        case 3:
            check_assignment(provider.remaining_bytes())
        case _:
            check_payload(provider)


def check_value(text: bytes) -> None:
    """A value equals that of the reference parser, or is refused with a one-line reason."""
    try:
        value = json_codec.loads_strict(text)
    except json_codec.JSONError as error:
        assert str(error).isprintable(), error
        try:
            expected = parse(_without_prefix(text))
        except InvalidJSON:
            return
        assert isinstance(error, json_codec.StrictJSONError), error
        assert (
            has_surrogates(expected)
            or _may_have_duplicate(text)
            or text.count(b"[") + text.count(b"{") > 200
        )
    else:
        assert matches(value, parse(_without_prefix(text)))
        assert json_codec.loads_strict(json_codec.dumps(value)) == value
        assert json_codec.dumps(json_codec.loads(json_codec.dumps(value))) == json_codec.dumps(
            value
        )
        assert json_codec.loads_strict(json_codec.dumps_pretty(value)) == value


def _without_prefix(text: bytes) -> bytes:
    """Remove a byte order mark and a record separator."""
    return text.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\x1e")


def check_stream(stream: bytes, slices: list[bytes]) -> None:
    """However a stream is sliced, its values are those of the reference parser."""
    items = parse_stream([stream])
    assert parse_stream(slices) == items
    assert [item.number for item in items] == list(range(1, len(items) + 1))
    assert all(item.error.isprintable() for item in items)
    expected, is_valid = read_values(stream)
    assert len(items) >= len(expected)
    for item, value in zip(items, expected, strict=False):
        if item.error:
            assert has_surrogates(value) or not _is_sendable(stream)
        else:
            assert matches(item.value, value), (item, value)
    if is_valid:
        assert len(items) == len(expected)
    else:
        assert items[len(expected)].error


def check_valid_stream(provider: DataProvider) -> None:
    """Values are separated correctly in any layout."""
    expected, stream = [], b""
    for _ in range(provider.integer(6)):
        value = provider.json_value()
        text = json.dumps(
            value,
            ensure_ascii=provider.boolean(),
            indent=provider.choice((None, None, 2, 0)),
            separators=provider.choice(((",", ":"), (", ", ": "), (" ,\t", " :\n"))),
        )
        expected.append(parse(text.encode()))
        stream += text.encode() + provider.choice((b"\n", b" ", b"\r\n", b"\n\n", b"\xef\xbb\xbf"))
    items = parse_stream(provider.split(stream))
    assert [item.error for item in items] == [""] * len(expected)
    assert all(map(matches, (item.value for item in items), expected))


def check_assignment(data: bytes) -> None:
    """`PATH=VALUE` gives the names of the path and a sendable value, or is refused."""
    text = data.decode("utf-8", "surrogateescape")
    try:
        parts, value = parse_assignment(text, as_string=True)
    except ValueError as error:
        assert str(error)
        path, separator, _ = text.partition("=")
        is_malformed = not separator or "" in path.replace("\\.", "_").split(".")
        assert is_malformed or not json_codec.is_encodable(text)
    else:
        assert ".".join(part.replace(".", "\\.") for part in parts) == text.partition("=")[0]
        assert value == text.partition("=")[2]
        try:
            again, parsed = parse_assignment(text, as_string=False)
        except ValueError as error:
            assert isinstance(error, json_codec.StrictJSONError)  # no other kind of error
        else:
            assert again == parts
            assert parsed == value or matches(parsed, parse(value.removeprefix("\ufeff").encode()))


def check_payload(provider: DataProvider) -> None:
    """The built payload can be sent; its inputs are not modified; the last one wins."""
    method = provider.choice(METHODS)
    base = dict(method.example) if provider.boolean() else _random_object(provider)
    sets = [
        (_random_path(provider, method), provider.json_value(2)) for _ in range(provider.integer(3))
    ]
    flags = {
        param.path: _random_flag(provider) for param in method.params if provider.integer(3) == 0
    }
    before = copy.deepcopy((base, sets, flags))
    payload, problems = build(method, base, sets, flags)
    assert (base, sets, flags) == before
    if sets and not flags and not problems:
        parts, value = sets[-1]
        found: Any = payload
        for part in parts:
            found = found[int(part)] if isinstance(found, list) else found[part]
        assert found == value
    if not any(problem.fatal for problem in problems):
        assert all(get_path(payload, path) is not MISSING for path in flags)
    check_problems(method, payload)


def check_problems(method: Method, payload: dict[str, Any]) -> None:
    """Problems depend only on the value, and unknown members are not a problem."""
    before = copy.deepcopy(payload)
    checker = PayloadValidator(method)
    problems = checker.validate(payload)
    assert payload == before
    assert checker.validate(json_codec.loads_strict(json_codec.dumps(payload))) == problems
    assert checker.validate({**payload, "member_of_tomorrow": 1}) == problems
    for problem in problems:
        assert "\n" not in str(problem)
        assert len(str(problem)) < 2000
    for param in method.params:
        if param.required and "." not in param.path and not param.set_by_session:
            child_paths = [
                row.path for row in method.params if row.path.startswith(f"{param.path}.")
            ]
            reported = {problem.path for problem in problems}
            assert param.path in payload or reported & {param.path, *child_paths}
    assert not checker.validate(method.example)


def parse_stream(slices: list[bytes]) -> list[StreamItem]:
    """Parse a stream that arrives in slices."""
    parser, items = StreamParser(), list[StreamItem]()

    def drain() -> None:
        while item := parser.next_item():
            items.append(item)

    for chunk in slices:
        parser.feed(chunk)
        drain()
    parser.feed_eof()
    drain()
    return items


def read_values(stream: bytes) -> tuple[list[Any], bool]:
    """Return the values of a stream up to the first invalid one, and whether all are valid."""
    text, found_values, position = stream.decode(errors="surrogateescape"), list[Any](), 0
    while True:
        while position < len(text) and text[position] in " \t\r\n\x1e\ufeff":
            position += 1
        if position == len(text):
            return found_values, True
        try:
            value, end = parse_at(text, position)
        except InvalidJSON:
            return found_values, False
        next_character = text[end : end + 1]
        is_cut = (
            text[position] not in '"{['
            and next_character.isascii()
            and next_character in _TOKEN_CHARACTERS
        )
        if is_cut or not json_codec.is_encodable(text[position:end]):
            return found_values, False
        found_values.append(value)
        position = end


def _is_sendable(stream: bytes) -> bool:
    """Return whether a stream certainly has no duplicate keys and no deep nesting."""
    return not _may_have_duplicate(stream) and stream.count(b"[") + stream.count(b"{") <= 200


def _may_have_duplicate(text: bytes) -> bool:
    """Return whether an object may have a duplicate key: there are at least two colons."""
    return text.count(b":") > 1


def _random_object(provider: DataProvider) -> dict[str, Any]:
    value = provider.json_value()
    return value if isinstance(value, dict) else {}


def _random_path(provider: DataProvider, method: Method) -> list[str]:
    if method.params and provider.boolean():
        return provider.choice(method.params).path.split(".")
    return [
        provider.choice(("0", "1", provider.text() or "a", "a"))
        for _ in range(provider.integer(2) + 1)
    ]


def _random_flag(provider: DataProvider) -> FlagValue:
    texts = [
        provider.text(),
        json_codec.dumps(provider.json_value(2)).decode(),
        provider.choice(("7", "-1", "\ud800")),
    ]
    flags: list[FlagValue] = [provider.choice(texts), texts, provider.boolean(), texts[:1]]
    return provider.choice(flags)
