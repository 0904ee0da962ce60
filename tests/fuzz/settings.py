"""What a user sets: files, durations, tokens, addresses."""

import copy
import re
from collections.abc import Callable
from typing import Any

from fuzz.drawing import Draw

from rtmcli.errors import UsageError
from rtmcli.protocol import durations
from rtmcli.sandbox import specs
from rtmcli.sandbox.conduct import read_latency
from rtmcli.session import endpoint
from rtmcli.settings import tokens, toml

YEAR = 366 * 86400.0
KEYS = (["url"], ["profiles", "work", "url"], ["profiles", "a.b", "c d"], ["a"], ["a", "b"])
SEEDS = (
    b'\x00[profiles.work]\nurl = "wss://a" # why\n\n[profiles."a.b"]\n\'c d\' = """x\ny"""\n',
    b'\x01\x01\x00# top\nurl = "x"\n[profiles]\nwork = {url = "y"}\n',
    b"\x0210.5ms",
    b"\x031h",
    b"\x04Bearer dal:abc-DEF_123\n",
    b"\x05wss://user:pw@example.com:443/a?b=c#d",
    b"\x05ws://127.0.0.1:80/v3.0",
    b"\x06http://user:p%40w@[::1]:3128",
    b"\x07send_event,start_chat:error=internal,at=after,nth=2-4,p=0.5",
    b"\x0850ms\xc2\xb120",
)
WORDS = (
    b"wss://",
    b"ws://",
    b"http://",
    b"socks5://",
    b"127.0.0.1",
    b"localhost",
    b"[::1]",
    b"@",
    b"#",
    b"%40",
    b"[profiles.work]",
    b'"""',
    b"'''",
    b" = ",
    b"\r\n",
    b"1979-05-27T07:32:00Z",
    b"inf",
    b"nan",
    b"0x10",
    b"ms",
    b"Bearer ",
    b"basic ",
    b"*:drop=after",
    b"nth=",
    b"p=0.1",
    b"in=5s",
)


def check(data: bytes) -> None:
    """Hold the laws against some bytes."""
    draw = Draw(data)
    match draw.number(8):
        case 0:
            check_toml(draw.rest().decode("utf-8", "replace"))
        case 1:
            check_edit(draw)
        case 2 | 3:
            check_duration(draw.rest().decode("utf-8", "replace"))
        case 4:
            check_token(draw.rest().decode("utf-8", "surrogateescape"))
        case 5:
            check_url(draw.rest().decode("utf-8", "surrogateescape"))
        case 6:
            check_proxy(draw.rest().decode("utf-8", "surrogateescape"))
        case 7:
            check_spec(draw.rest().decode("utf-8", "surrogateescape"))
        case _:
            check_latency(draw.rest().decode("utf-8", "surrogateescape"))


def check_toml(text: str) -> None:
    """A mistake has its line, and each value is found where it is set."""
    try:
        document = toml.parse(text)
    except toml.NoToml as error:
        assert 1 <= error.line <= text.count("\n") + 1
        return
    for name in document:
        line = toml.line_of(text, [name])
        assert 1 <= line <= text.count("\n") + 1


def check_edit(draw: Draw) -> None:
    """A value is changed, and it alone."""
    keys = draw.one_of(KEYS)
    value = draw.one_of((None, True, "wss://x", 'a "quoted"\n\\ text', 20.5, 7, ["a", "b"]))
    text = draw.rest().decode("utf-8", "replace")
    try:
        document = toml.parse(text)
    except toml.NoToml:
        return
    if not _has_room(document, keys) or (value is None and toml.find(document, keys) is None):
        return
    edited = toml.with_value(text, keys, value)
    wanted = copy.deepcopy(document)
    here: Any = wanted
    for key in keys[:-1]:
        here = here.setdefault(key, {})
    if value is None:
        del here[keys[-1]]
    else:
        here[keys[-1]] = value
    assert _plain(toml.parse(edited)) == _plain(wanted)


def check_duration(text: str) -> None:
    """A duration is some time up to a year, and is spelled as it may be written."""
    length = _tried(durations.parse, text)
    if length is not None:
        assert 0 <= length <= YEAR
        if length == 0 or 0.001 <= length < 1e5:  # what people write
            again = durations.parse(durations.spell(length))
            assert abs(again - length) <= 1e-5 * length


def check_token(text: str) -> None:
    """A token gets one scheme and no blank; a wrong one is never quoted."""
    try:
        token = tokens.parse_token(text, "S")
    except UsageError as error:
        _check_words(error.message, text)
    else:
        assert re.fullmatch(r"(Bearer|Basic) [!-~]+", token)
        assert token.split(" ")[1] in text
        assert tokens.parse_token(token, "S") == token
        region = endpoint.region_of(token)
        assert region is None or region in token


def check_url(text: str) -> None:
    """A URL leads to a host over TLS, or to this machine; a wrong one is never quoted."""
    try:
        found = endpoint.parse_url(text)
    except ValueError as error:
        _check_words(str(error), text)
        return
    assert found.secure or found.is_loopback
    assert re.fullmatch(r"[a-z0-9._:-]+", found.host)
    assert 1 <= found.port < 1 << 16
    assert re.fullmatch(r"/[!-~]*", found.resource)
    assert "@" not in found.address
    again = endpoint.parse_url(
        f"{'wss' if found.secure else 'ws'}://{found.address}{found.resource}"
    )
    assert again == found
    endpoint.proxy_for(found, {"https_proxy": "x", "no_proxy": text})


def check_proxy(text: str) -> None:
    """A proxy is a host and a port, whose password is never shown."""
    try:
        found = endpoint.parse_proxy(text)
    except ValueError as error:
        _check_words(str(error), text)
        return
    assert re.fullmatch(r"[a-z0-9._:-]+", found.host)
    assert 1 <= found.port < 1 << 16
    assert "@" not in found.address
    assert found.password is None or found.user is not None


def check_spec(text: str) -> None:
    """A fault is read, or its mistake told in one line."""
    found = _tried(specs.parse, text)
    if found is not None:
        assert found.kind in specs.KINDS
        assert found.first >= 1
        assert found.last >= found.first
        assert 0 <= found.probability <= 1


def check_latency(text: str) -> None:
    """A latency has a mean and a spread."""
    found = _tried(read_latency, text)
    assert found is None or (found.mean >= 0 and found.spread >= 0)


def _tried(read: Callable[[str], Any], text: str) -> Any:
    try:
        return read(text)
    except ValueError as error:
        assert str(error)
        return None


def _check_words(words: str, text: str) -> None:
    """No eight characters of what may be a secret are quoted."""
    for start in range(len(text) - 7):
        piece = text[start : start + 8]
        assert piece not in words or not re.search("[0-9@]", piece)


def _has_room(document: dict[str, Any], keys: list[str]) -> bool:
    """Tell whether only tables lead to a value, which is none itself."""
    here: Any = document
    for key in keys[:-1]:
        here = here.get(key, {})
        if not isinstance(here, dict):
            return False
    return not isinstance(here.get(keys[-1]), dict)


def _plain(value: Any) -> Any:
    """Spell what differs from itself: a number that is none."""
    if isinstance(value, dict):
        return {key: _plain(member) for key, member in value.items()}
    if isinstance(value, list):
        return list(map(_plain, value))
    return value if value == value else repr(value)  # noqa: PLR0124  # that is the question
