"""What a setting may hold: how it is read from text and from a profile, and how it is shown.

A `read` raises ValueError with words that complete a sentence which begins with the setting's
name, and that never quote the value: it may hold a password.
"""

import re
from collections.abc import Callable
from typing import Any

from rtmcli.catalogue import API
from rtmcli.protocol import durations
from rtmcli.row import Row
from rtmcli.session.endpoint import parse_proxy, parse_url

_SWITCH = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}
_LONG = 20  # characters of a token, of which the last may be shown
_SHOWN = 4


class Kind(Row):
    """One kind of value."""

    read: Callable[[str], Any]
    wanted: str  # where a profile holds another type
    types: tuple[type, ...] = (str,)  # that a profile may hold
    show: Callable[[Any], str] = str
    hides: bool = False  # whether `show` leaves out what is secret

    def from_profile(self, value: Any) -> Any:
        """Read what a profile holds; raise ValueError where that is no such value."""
        if type(value) not in self.types:
            raise ValueError(self.wanted)
        if isinstance(value, list):
            if not value or not all(isinstance(item, str) and item for item in value):
                raise ValueError(self.wanted)
            return tuple(value)
        return value if isinstance(value, bool) else self.read(str(value))


def _text(text: str) -> str:
    if not text:
        raise ValueError("must not be empty")
    return text


def _word(text: str) -> str:
    try:
        _text(text).encode()
    except UnicodeEncodeError:
        raise ValueError("is not UTF-8") from None
    return text


def _switch(text: str) -> bool:
    if text.lower() not in _SWITCH:
        raise ValueError("must be true or false")
    return _SWITCH[text.lower()]


def _region(text: str) -> str:
    if text not in API.regions:
        raise ValueError(f"must be {' or '.join(API.regions)}")
    return text


def _url(text: str) -> str:
    parse_url(text)
    return text


def _proxy(text: str) -> str:
    if text != "none":
        parse_proxy(text)
    return text


def _region_urls(text: str) -> dict[str, str]:
    found = {}
    for pair in text.split():
        region, _, url = pair.partition("=")
        parse_url(url)
        found[_region(region)] = url
    return found


def _whole(text: str) -> int:
    if not re.fullmatch("[0-9]{1,12}", text):
        raise ValueError("must be a whole number")
    return int(text)


def _window(text: str) -> int:
    wanted = f"must be a whole number from 1 to {API.in_flight}"
    if not re.fullmatch("[0-9]{1,2}", text) or not 1 <= int(text) <= API.in_flight:
        raise ValueError(wanted)
    return int(text)


def _rate(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,20})?", text) or not float(text):
        raise ValueError("must be a number above zero")
    return float(text)


def _without_password(url: str) -> str:
    if url == "none":
        return url
    proxy = parse_proxy(url)
    return f"http://{proxy.address}" if proxy.user is None else f"http://***@{proxy.address}"


def _ending(token: str) -> str:
    bare = token.strip().rpartition(" ")[2]
    return f"***{bare[-_SHOWN:]}" if len(bare) >= _LONG else "***"


TEXT = Kind(_word, "must be a text")  # that goes to the server
PATH = Kind(_text, "must be the path of a file")
SECRET = Kind(_text, "must be a text", show=_ending, hides=True)
COMMAND = Kind(
    _text,
    "must be a list of words, or one text for the shell",
    (str, list),
    lambda command: command if isinstance(command, str) else " ".join(command),
)
SWITCH = Kind(_switch, "must be true or false", (bool,), lambda on: "true" if on else "false")
DURATION = Kind(durations.positive, durations.WANTED, (str, int, float), durations.spell)
REGION = Kind(_region, "must be a text")
URL = Kind(_url, "must be a text")
PROXY = Kind(_proxy, "must be a text", show=_without_password, hides=True)
REGION_URLS = Kind(
    _region_urls,
    "must be a text",
    show=lambda urls: " ".join(f"{region}={url}" for region, url in urls.items()),
)
WHOLE = Kind(_whole, "must be a whole number", (int,))
WINDOW = Kind(_window, "must be a whole number", (int,))
RATE = Kind(_rate, "must be a number", (int, float), lambda rate: f"{rate:g}")
