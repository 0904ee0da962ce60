"""What a user writes: payloads, streams of them, `--set`, flags and their checks."""

import copy
import json
import string
from typing import Any

from fuzz.drawing import Draw
from fuzz.reference import NoValue, has_surrogates, is_same, read, read_at

from rtmcli.catalogue import API
from rtmcli.catalogue.model import Method
from rtmcli.protocol import values
from rtmcli.protocol.payload import Flag, assignment, build
from rtmcli.protocol.splitting import Item, Splitter
from rtmcli.protocol.validation import MISSING, Checker, find

_WORD = tuple("+-.0123456789" + string.ascii_letters)  # what a number or word may go on with
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
WORDS = (
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
    """Hold the laws against some bytes."""
    draw = Draw(data)
    match draw.number(4):
        case 0:
            check_value(draw.rest())
        case 1:
            rest = draw.rest()
            check_stream(rest[13:], Draw(rest[:13]).slices(rest[13:]))
        case 2:
            check_sound_stream(draw)
        case 3:
            check_assignment(draw.rest())
        case _:
            check_payload(draw)


def check_value(text: bytes) -> None:
    """A value is what the reference reads, or it is refused in one line, for a reason."""
    try:
        value = values.parse(text)
    except values.BadJson as error:
        assert str(error).isprintable(), error
        try:
            wanted = read(text.removeprefix(b"\xef\xbb\xbf"))
        except NoValue:
            return
        assert isinstance(error, values.Unsendable), error
        assert (
            has_surrogates(wanted) or _has_double(text) or text.count(b"[") + text.count(b"{") > 200
        )
    else:
        assert is_same(value, read(text.removeprefix(b"\xef\xbb\xbf")))
        assert values.parse(values.dump(value)) == value
        assert values.dump(values.load(values.dump(value))) == values.dump(value)
        assert values.parse(values.dump_indented(value)) == value


def check_stream(stream: bytes, slices: list[bytes]) -> None:
    """However a stream comes, its values are the same, and those of the reference."""
    whole = split([stream])
    assert split(slices) == whole
    assert [item.number for item in whole] == list(range(1, len(whole) + 1))
    assert all(item.problem.isprintable() for item in whole)
    wanted, is_sound = read_all(stream)
    assert len(whole) >= len(wanted)
    for item, value in zip(whole, wanted, strict=False):
        if item.problem:
            assert has_surrogates(value) or not _is_sendable(stream)
        else:
            assert is_same(item.value, value), (item, value)
    if is_sound:
        assert len(whole) == len(wanted)
    else:
        assert whole[len(wanted)].problem


def check_sound_stream(draw: Draw) -> None:
    """Whatever the layout of the values, they are told one by one."""
    wanted, stream = [], b""
    for _ in range(draw.number(6)):
        value = draw.value()
        text = json.dumps(
            value,
            ensure_ascii=draw.flag(),
            indent=draw.one_of((None, None, 2, 0)),
            separators=draw.one_of(((",", ":"), (", ", ": "), (" ,\t", " :\n"))),
        )
        wanted.append(read(text.encode()))
        stream += text.encode() + draw.one_of((b"\n", b" ", b"\r\n", b"\n\n", b"\xef\xbb\xbf"))
    items = split(draw.slices(stream))
    assert [item.problem for item in items] == [""] * len(wanted)
    assert all(map(is_same, (item.value for item in items), wanted))


def check_assignment(data: bytes) -> None:
    """`PATH=VALUE` gives each name of the path and a value that can be sent, or is refused."""
    text = data.decode("utf-8", "surrogateescape")
    try:
        parts, value = assignment(text, raw=True)
    except ValueError as error:
        assert str(error)
        path, equals, _ = text.partition("=")
        bad = not equals or "" in path.replace("\\.", "_").split(".")
        assert bad or not values.is_unicode(text)
    else:
        assert ".".join(part.replace(".", "\\.") for part in parts) == text.partition("=")[0]
        assert value == text.partition("=")[2]
        try:
            again, parsed = assignment(text, raw=False)
        except ValueError as error:
            assert isinstance(error, values.Unsendable)  # it is no error of a test
        else:
            assert again == parts
            assert parsed == value or is_same(parsed, read(value.removeprefix("\ufeff").encode()))


def check_payload(draw: Draw) -> None:
    """What is put together can be sent; its parts are left alone; the last of them wins."""
    method = draw.one_of(METHODS)
    base = dict(method.example) if draw.flag() else _object(draw)
    sets = [(_path(draw, method), draw.value(2)) for _ in range(draw.number(3))]
    flags = {param.path: _flag(draw) for param in method.params if draw.number(3) == 0}
    before = copy.deepcopy((base, sets, flags))
    payload, problems = build(method, base, sets, flags)
    assert (base, sets, flags) == before
    if sets and not flags and not problems:
        parts, value = sets[-1]
        here: Any = payload
        for part in parts:
            here = here[int(part)] if isinstance(here, list) else here[part]
        assert here == value
    if not any(problem.fatal for problem in problems):
        assert all(find(payload, path) is not MISSING for path in flags)
    check_problems(method, payload)


def check_problems(method: Method, payload: dict[str, Any]) -> None:
    """What is wrong depends on nothing but the value, and further members are not wrong."""
    before = copy.deepcopy(payload)
    checker = Checker(method)
    problems = checker.check(payload)
    assert payload == before
    assert checker.check(values.parse(values.dump(payload))) == problems
    assert checker.check({**payload, "member_of_tomorrow": 1}) == problems
    for problem in problems:
        assert "\n" not in str(problem)
        assert len(str(problem)) < 2000
    for param in method.params:
        if param.required and "." not in param.path and not param.supplied:
            below = [row.path for row in method.params if row.path.startswith(f"{param.path}.")]
            named = {problem.path for problem in problems}
            assert param.path in payload or named & {param.path, *below}
    assert not checker.check(method.example)


def split(slices: list[bytes]) -> list[Item]:
    """Split a stream that comes in slices."""
    splitter, found = Splitter(), list[Item]()

    def drain() -> None:
        while item := splitter.next():
            found.append(item)

    for piece in slices:
        splitter.feed(piece)
        drain()
    splitter.end()
    drain()
    return found


def read_all(stream: bytes) -> tuple[list[Any], bool]:
    """Read the values of a stream up to the first that is none; tell whether all were sound."""
    text, found, at = stream.decode(errors="surrogateescape"), list[Any](), 0
    while True:
        while at < len(text) and text[at] in " \t\r\n\ufeff":
            at += 1
        if at == len(text):
            return found, True
        try:
            value, end = read_at(text, at)
        except NoValue:
            return found, False
        follows = text[end : end + 1]
        is_cut = text[at] not in '"{[' and follows.isascii() and follows in _WORD
        if is_cut or not values.is_unicode(text[at:end]):
            return found, False
        found.append(value)
        at = end


def _is_sendable(stream: bytes) -> bool:
    """Tell whether nothing in a stream is what a user may not send, as far as one can see."""
    return not _has_double(stream) and stream.count(b"[") + stream.count(b"{") <= 200


def _has_double(text: bytes) -> bool:
    """Tell whether a member may stand twice in some object: there are two colons at least."""
    return text.count(b":") > 1


def _object(draw: Draw) -> dict[str, Any]:
    value = draw.value()
    return value if isinstance(value, dict) else {}


def _path(draw: Draw, method: Method) -> list[str]:
    if method.params and draw.flag():
        return draw.one_of(method.params).path.split(".")
    return [draw.one_of(("0", "1", draw.text() or "a", "a")) for _ in range(draw.number(2) + 1)]


def _flag(draw: Draw) -> Flag:
    words = [draw.text(), values.dump(draw.value(2)).decode(), draw.one_of(("7", "-1", "\ud800"))]
    flags: list[Flag] = [draw.one_of(words), words, draw.flag(), words[:1]]
    return draw.one_of(flags)
