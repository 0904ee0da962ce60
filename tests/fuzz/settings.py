"""The user's settings: configuration files, durations, tokens, URLs, sandbox options."""

import copy
import re
from collections.abc import Callable
from typing import Any

from fuzz.data_provider import DataProvider

from rtmcli.catalogue.v3_0 import API
from rtmcli.errors import UsageError
from rtmcli.protocol import durations
from rtmcli.sandbox.server import fault_specs
from rtmcli.sandbox.server.options import parse_latency
from rtmcli.session import endpoint
from rtmcli.settings import tokens, toml

SECONDS_PER_YEAR = 366 * 86400.0
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
DICTIONARY = (
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
    """Check the laws with the given bytes."""
    provider = DataProvider(data)
    match provider.integer(8):
        case 0:
            check_toml(provider.remaining_bytes().decode("utf-8", "replace"))
        case 1:
            check_edit(provider)
        case 2 | 3:
            check_duration(provider.remaining_bytes().decode("utf-8", "replace"))
        case 4:
            check_token(provider.remaining_bytes().decode("utf-8", "surrogateescape"))
        case 5:
            check_url(provider.remaining_bytes().decode("utf-8", "surrogateescape"))
        case 6:
            check_proxy(provider.remaining_bytes().decode("utf-8", "surrogateescape"))
        case 7:
            check_fault_spec(provider.remaining_bytes().decode("utf-8", "surrogateescape"))
        case _:
            check_latency(provider.remaining_bytes().decode("utf-8", "surrogateescape"))


def check_toml(text: str) -> None:
    """A syntax error names its line, and each key is found on its line."""
    try:
        document = toml.loads(text)
    except toml.TOMLError as error:
        assert 1 <= error.line <= text.count("\n") + 1
        return
    for name in document:
        line = toml.line_of(text, [name])
        assert 1 <= line <= text.count("\n") + 1


def check_edit(provider: DataProvider) -> None:
    """An edit changes one value and no other."""
    keys = provider.choice(KEYS)
    value = provider.choice((None, True, "wss://x", 'a "quoted"\n\\ text', 20.5, 7, ["a", "b"]))
    text = provider.remaining_bytes().decode("utf-8", "replace")
    try:
        document = toml.loads(text)
    except toml.TOMLError:
        return
    if not _is_settable(document, keys) or (
        value is None and toml.get_path(document, keys) is None
    ):
        return
    edited = toml.with_value(text, keys, value)
    expected = copy.deepcopy(document)
    table: Any = expected
    for key in keys[:-1]:
        table = table.setdefault(key, {})
    if value is None:
        del table[keys[-1]]
    else:
        table[keys[-1]] = value
    assert _comparable(toml.loads(edited)) == _comparable(expected)


def check_duration(text: str) -> None:
    """A duration is at most a year, and its formatted text can be parsed again."""
    seconds = _parse_or_none(durations.parse, text)
    if seconds is not None:
        assert 0 <= seconds <= SECONDS_PER_YEAR
        if seconds == 0 or 0.001 <= seconds < 1e5:  # the usual range
            reparsed = durations.parse(durations.format_seconds(seconds))
            assert abs(reparsed - seconds) <= 1e-5 * seconds


def check_token(text: str) -> None:
    """A token has one scheme and no spaces; an invalid one is never quoted."""
    try:
        token = tokens.parse_token(text, "S")
    except UsageError as error:
        _check_not_quoted(error.message, text)
    else:
        assert re.fullmatch(r"(Bearer|Basic) [!-~]+", token)
        assert token.split(" ")[1] in text
        assert tokens.parse_token(token, "S") == token
        region = endpoint.region_from_token(token)
        assert region is None or region in token


def check_url(text: str) -> None:
    """A URL uses TLS unless the host is a loopback address; an invalid one is never quoted."""
    try:
        target = endpoint.parse_url(text)
    except ValueError as error:
        _check_not_quoted(str(error), text)
        return
    assert target.secure or target.is_loopback
    assert re.fullmatch(r"[a-z0-9._:-]+", target.host)
    assert 1 <= target.port < 1 << 16
    assert re.fullmatch(r"/[!-~]*", endpoint.for_api(target, API).resource)
    assert "@" not in target.address
    reparsed = endpoint.parse_url(
        f"{'wss' if target.secure else 'ws'}://{target.address}{target.resource}"
    )
    assert reparsed == target
    endpoint.proxy_from_environ(target, {"https_proxy": "x", "no_proxy": text})


def check_proxy(text: str) -> None:
    """A proxy is a host and a port; its address never contains the password."""
    try:
        proxy = endpoint.parse_proxy(text)
    except ValueError as error:
        _check_not_quoted(str(error), text)
        return
    assert re.fullmatch(r"[a-z0-9._:-]+", proxy.host)
    assert 1 <= proxy.port < 1 << 16
    assert "@" not in proxy.address
    assert proxy.password is None or proxy.user is not None


def check_fault_spec(text: str) -> None:
    """A fault is parsed, or refused with a one-line reason."""
    spec = _parse_or_none(fault_specs.parse_fault, text)
    if spec is not None:
        assert spec.name in fault_specs.FAULT_TYPES
        assert spec.first_request >= 1
        assert spec.last_request >= spec.first_request
        assert 0 <= spec.probability <= 1


def check_latency(text: str) -> None:
    """A latency has a mean and a jitter."""
    latency = _parse_or_none(parse_latency, text)
    assert latency is None or (latency.mean >= 0 and latency.jitter >= 0)


def _parse_or_none(parse: Callable[[str], Any], text: str) -> Any:
    try:
        return parse(text)
    except ValueError as error:
        assert str(error)
        return None


def _check_not_quoted(message: str, text: str) -> None:
    """Check that no eight characters of a possible secret are quoted."""
    for start in range(len(text) - 7):
        substring = text[start : start + 8]
        assert substring not in message or not re.search("[0-9@]", substring)


def _is_settable(document: dict[str, Any], keys: list[str]) -> bool:
    """Return whether a path leads through tables only, and does not end at a table."""
    table: Any = document
    for key in keys[:-1]:
        table = table.get(key, {})
        if not isinstance(table, dict):
            return False
    return not isinstance(table.get(keys[-1]), dict)


def _comparable(value: Any) -> Any:
    """Replace NaN, which differs from itself, by its text."""
    if isinstance(value, dict):
        return {key: _comparable(member) for key, member in value.items()}
    if isinstance(value, list):
        return list(map(_comparable, value))
    return value if value == value else repr(value)  # noqa: PLR0124  # NaN
