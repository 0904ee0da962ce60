"""What a setting may hold: how it is read from text and from a profile, and how it is shown.

A `read` raises ValueError with words that complete a sentence which begins with the setting's
name, and that never quote the value: it may hold a password.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from rtmcli.catalogue import API
from rtmcli.protocol import durations
from rtmcli.session.endpoint import parse_proxy, parse_url

_BOOLEANS = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}
_MIN_LENGTH_FOR_SUFFIX = 20  # characters of a token, of which the last may be shown
_SUFFIX_LENGTH = 4


class SettingType(NamedTuple):
    """One kind of value."""

    parse: Callable[[str], Any]
    expected: str  # where a profile holds another type
    profile_types: tuple[type, ...] = (str,)  # that a profile may hold
    format: Callable[[Any], str] = str
    is_secret: bool = False  # whether `show` leaves out what is secret

    def from_profile(self, value: Any) -> Any:
        """Read what a profile holds; raise ValueError where that is no such value."""
        if type(value) not in self.profile_types:
            raise ValueError(self.expected)
        if isinstance(value, list):
            if not value or not all(isinstance(item, str) and item for item in value):
                raise ValueError(self.expected)
            return tuple(value)
        return value if isinstance(value, bool) else self.parse(str(value))


def _parse_non_empty(text: str) -> str:
    if not text:
        raise ValueError("must not be empty")
    return text


def _parse_string(text: str) -> str:
    try:
        _parse_non_empty(text).encode()
    except UnicodeEncodeError:
        raise ValueError("is not UTF-8") from None
    return text


def _parse_boolean(text: str) -> bool:
    if text.lower() not in _BOOLEANS:
        raise ValueError("must be true or false")
    return _BOOLEANS[text.lower()]


def _parse_region(text: str) -> str:
    if text not in API.regions:
        raise ValueError(f"must be {' or '.join(API.regions)}")
    return text


def _validate_url(text: str) -> str:
    parse_url(text)
    return text


def _validate_proxy(text: str) -> str:
    if text != "none":
        parse_proxy(text)
    return text


def _parse_region_urls(text: str) -> dict[str, str]:
    urls = {}
    for pair in text.split():
        region, _, url = pair.partition("=")
        parse_url(url)
        urls[_parse_region(region)] = url
    return urls


def _parse_integer(text: str) -> int:
    if not re.fullmatch("[0-9]{1,12}", text):
        raise ValueError("must be a whole number")
    return int(text)


def _parse_window(text: str) -> int:
    expected = f"must be a whole number from 1 to {API.max_pending_requests}"
    if not re.fullmatch("[0-9]{1,2}", text) or not 1 <= int(text) <= API.max_pending_requests:
        raise ValueError(expected)
    return int(text)


def _parse_rate(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,20})?", text) or not float(text):
        raise ValueError("must be a number above zero")
    return float(text)


def _redact_proxy(url: str) -> str:
    if url == "none":
        return url
    proxy = parse_proxy(url)
    return f"http://{proxy.address}" if proxy.user is None else f"http://***@{proxy.address}"


def _redact_token(token: str) -> str:
    credentials = token.strip().rpartition(" ")[2]
    return (
        f"***{credentials[-_SUFFIX_LENGTH:]}"
        if len(credentials) >= _MIN_LENGTH_FOR_SUFFIX
        else "***"
    )


STRING = SettingType(_parse_string, "must be a text")  # that goes to the server
PATH = SettingType(_parse_non_empty, "must be the path of a file")
SECRET = SettingType(_parse_non_empty, "must be a text", format=_redact_token, is_secret=True)
COMMAND = SettingType(
    _parse_non_empty,
    "must be a list of words, or one text for the shell",
    (str, list),
    lambda command: command if isinstance(command, str) else " ".join(command),
)
BOOLEAN = SettingType(
    _parse_boolean, "must be true or false", (bool,), lambda on: "true" if on else "false"
)
DURATION = SettingType(
    durations.parse_positive, durations.EXPECTED, (str, int, float), durations.format_seconds
)
REGION = SettingType(_parse_region, "must be a text")
URL = SettingType(_validate_url, "must be a text")
PROXY = SettingType(_validate_proxy, "must be a text", format=_redact_proxy, is_secret=True)
REGION_URLS = SettingType(
    _parse_region_urls,
    "must be a text",
    format=lambda urls: " ".join(f"{region}={url}" for region, url in urls.items()),
)
INTEGER = SettingType(_parse_integer, "must be a whole number", (int,))
WINDOW = SettingType(_parse_window, "must be a whole number", (int,))
RATE = SettingType(_parse_rate, "must be a number", (int, float), lambda rate: f"{rate:g}")
