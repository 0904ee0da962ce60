"""The types of options and settings: how a value is parsed, described, completed and shown.

`parse` raises ValueError with the rest of a sentence that begins with the name of the option or
setting. The message never quotes the value, which may hold a password.
"""

import os
import re
from collections.abc import Callable, Sequence
from enum import Enum
from math import inf
from typing import Any, NamedTuple

from rtmcli.catalogue.service import REGIONS
from rtmcli.catalogue.versions import VERSIONS
from rtmcli.protocol import durations, suggestions
from rtmcli.session.endpoint import Endpoint, Proxy, parse_proxy, parse_url

NO_PROXY = "none"  # the value of a proxy setting that turns the usual variables off
_BOOLEANS = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}
_MIN_LENGTH_FOR_SUFFIX = 20  # characters of a token whose end may be shown
_SUFFIX_LENGTH = 4


class Completion(Enum):
    """What a shell can offer for a value; the completion scripts use these words."""

    NONE = "nothing"  # a switch has no value
    TEXT = "text"  # the shell cannot know it
    CHOICES = "words"
    FILE = "file"
    JSON = "json"  # JSON text, or a file after @
    PROFILE = "profile"
    COMMAND = "command"  # another command line
    PARTS = "parts"  # one of the choices, which end with a colon, and one of `second_choices`


def _identity(value: Any) -> Any:
    return value


class ValueType(NamedTuple):
    """A type of value."""

    parse: Callable[[str], Any]
    metavar: str = ""  # empty: a switch
    completion: Completion = Completion.TEXT
    choices: tuple[str, ...] = ()  # the words to offer; only `choice()` accepts no others
    second_choices: tuple[str, ...] = ()  # the words to offer after a choice
    profile_types: tuple[type, ...] = (str,)  # the TOML types that a profile may hold
    expected: str = "must be a string"  # if a profile holds another type
    format: Callable[[Any], str] = str  # without secrets
    to_json: Callable[[Any], Any] = _identity  # without secrets

    def from_profile(self, value: Any) -> Any:
        """Parse the value that a profile holds; raise ValueError if it does not fit."""
        if type(value) not in self.profile_types:
            raise ValueError(self.expected)
        if isinstance(value, list):
            if not value or not all(isinstance(item, str) and item for item in value):
                raise ValueError(self.expected)
            return tuple(value)
        return value if isinstance(value, bool) else self.parse(str(value))

    def to_profile(self, texts: Sequence[str]) -> Any:
        """Return the TOML value for texts of the command line; raise ValueError if none fits."""
        if list in self.profile_types and len(texts) > 1:
            return list(texts)
        if len(texts) != 1:
            raise ValueError("takes one VALUE")
        value = self.parse(texts[0])
        return texts[0] if str in self.profile_types else value


class ServerUrl(NamedTuple):
    """A server's URL as the user wrote it, and the endpoint that it names."""

    text: str
    endpoint: Endpoint

    def __str__(self) -> str:
        return self.text


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


def _parse_path(text: str) -> str:
    path = _parse_non_empty(text)
    # The shell leaves ~ as it is in --token-file=~/x and in the files of systemd and Docker.
    return os.path.expanduser(path) if path.startswith("~/") else path  # noqa: PTH111  # may raise


def _parse_url(text: str) -> ServerUrl:
    if text[:1] in ("'", '"'):
        raise ValueError("is in quotes; remove them")
    return ServerUrl(text, parse_url(text))


def _parse_proxy(text: str) -> Proxy | str:
    return text if text == NO_PROXY else parse_proxy(text)


def _format_proxy(proxy: Proxy | str) -> str:
    if isinstance(proxy, str):
        return proxy
    return f"http://{'' if proxy.user is None else '***@'}{proxy.address}"


def _parse_region_urls(text: str) -> dict[str, ServerUrl]:
    pairs = [pair.partition("=") for pair in text.split()]
    return {REGION.parse(region): _parse_url(url) for region, _, url in pairs}


def _format_token(token: str) -> str:
    credentials = token.strip().rpartition(" ")[2]
    is_long = len(credentials) >= _MIN_LENGTH_FOR_SUFFIX
    return f"***{credentials[-_SUFFIX_LENGTH:]}" if is_long else "***"


def _parse_identifier(text: str) -> str:
    if text.endswith(("\r", "\n")):
        raise ValueError("must not end in a line end")
    return _parse_string(text)


def choice(choices: Sequence[str], metavar: str) -> ValueType:
    """Make a type that accepts these words only."""
    *others, last = choices
    expected = f"must be {', '.join(others)} or {last}" if others else f"must be {last}"

    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError(expected + suggestions.did_you_mean(text, choices))
        return text

    return ValueType(parse, metavar, Completion.CHOICES, tuple(choices))


def integer(metavar: str, at_least: int = 0, at_most: int | None = None) -> ValueType:
    """Make a type of whole numbers within bounds."""
    expected = "must be a whole number"
    if at_most is not None:
        expected += f" from {at_least} to {at_most}"
    elif at_least:
        expected += f", {at_least} or more"

    def parse(text: str) -> int:
        is_number = re.fullmatch("[0-9]{1,19}", text)
        if re.fullmatch("[0-9]{20,}", text):
            raise ValueError(f"is too large; it {expected}")
        if not is_number or not at_least <= int(text) <= (inf if at_most is None else at_most):
            raise ValueError(expected)
        return int(text)

    return ValueType(parse, metavar, profile_types=(int,), expected=expected)


def _parse_verbosity(text: str) -> int:
    """Parse a level, or a boolean: other programs' variables of this kind are switches."""
    if text.lower() in _BOOLEANS:
        return int(_BOOLEANS[text.lower()])
    level: int = integer("N").parse(text)
    return level


def rate(metavar: str, at_most: float = inf) -> ValueType:
    """Make a type of numbers above zero."""
    expected = f"must be a number above 0{'' if at_most == inf else f', at most {at_most:g}'}"

    def parse(text: str) -> float:
        is_number = re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,20})?", text)
        if not is_number or not 0 < float(text) <= at_most:
            raise ValueError(expected)
        return float(text)

    return ValueType(
        parse, metavar, profile_types=(int, float), expected=expected, format="{:g}".format
    )


def any_text(metavar: str, choices: Sequence[str] = ()) -> ValueType:
    """Make a type of any text, for which shells offer the choices; the command checks it."""
    completion = Completion.CHOICES if choices else Completion.TEXT
    return ValueType(_identity, metavar, completion, tuple(choices))


def string(metavar: str, choices: Sequence[str] = ()) -> ValueType:
    """Make a type of text that is not empty and that JSON can hold."""
    return any_text(metavar, choices)._replace(parse=_parse_string)


def identifier(metavar: str) -> ValueType:
    """Make a type of ids; a line end at its end comes from a file with CRLF."""
    return any_text(metavar)._replace(parse=_parse_identifier)


PROFILE_NAME = string("NAME")._replace(completion=Completion.PROFILE)
PATH = ValueType(_parse_path, "PATH", Completion.FILE, expected="must be the path of a file")
SECRET = ValueType(_parse_non_empty, "TOKEN", format=_format_token, to_json=_format_token)
COMMAND = ValueType(
    _parse_non_empty,
    "COMMAND",
    profile_types=(str, list),
    expected="must be a list of words, or a string for the shell",
    format=lambda command: command if isinstance(command, str) else " ".join(command),
)
BOOLEAN = ValueType(
    _parse_boolean,
    completion=Completion.NONE,
    profile_types=(bool,),
    expected="must be true or false",
    format=lambda on: "true" if on else "false",
)
DURATION = ValueType(
    durations.parse_positive,
    "DURATION",
    profile_types=(str, int, float),
    expected=durations.EXPECTED,
    format=durations.format_seconds,
)
VERBOSITY = integer("N")._replace(parse=_parse_verbosity, profile_types=(int, bool))
REGION = choice(tuple(REGIONS), "REGION")
API_VERSION = choice(tuple(VERSIONS), "VERSION")
URL = ValueType(_parse_url, "URL", to_json=str)
PROXY = ValueType(_parse_proxy, "URL", format=_format_proxy, to_json=_format_proxy)
REGION_URLS = ValueType(
    _parse_region_urls,
    "REGION=URL",
    format=lambda urls: " ".join(f"{region}={url}" for region, url in urls.items()),
    to_json=lambda urls: {region: url.text for region, url in urls.items()},
)
