"""Kinds of values: what is read, from text and from a profile, and what is shown."""

from typing import Any

import pytest

from rtmcli.settings import kinds
from rtmcli.settings.kinds import Kind

SECRET = "s3cr3t-pw"


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (kinds.TEXT, "a b", "a b"),
        (kinds.SWITCH, "yes", True),
        (kinds.SWITCH, "TRUE", True),
        (kinds.SWITCH, "0", False),
        (kinds.SWITCH, "off", False),
        (kinds.DURATION, "1m", 60.0),
        (kinds.REGION, "fra", "fra"),
        (kinds.URL, "wss://example.com/x", "wss://example.com/x"),
        (kinds.PROXY, "none", "none"),
        (kinds.PROXY, "proxy:3128", "proxy:3128"),
        (kinds.REGION_URLS, "fra=ws://[::1]:1 dal=ws://127.0.0.1:2",
         {"fra": "ws://[::1]:1", "dal": "ws://127.0.0.1:2"}),
        (kinds.WHOLE, "12", 12),
        (kinds.WINDOW, "10", 10),
        (kinds.RATE, "0.5", 0.5),
        (kinds.COMMAND, "pass show x", "pass show x"),
    ],
)  # fmt: skip
def test_text_is_read(kind: Kind, text: str, value: Any) -> None:
    """What a flag or a variable holds becomes the value."""
    assert kind.read(text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (kinds.TEXT, ""),
        (kinds.TEXT, "a\udcff"),
        (kinds.SWITCH, "maybe"),
        (kinds.DURATION, "0"),
        (kinds.DURATION, "soon"),
        (kinds.REGION, "mars"),
        (kinds.URL, "http://example.com"),
        (kinds.URL, f"wss://user:{SECRET}@example.com"),
        (kinds.PROXY, f"http://user:{SECRET}@bad host"),
        (kinds.PROXY, f"http://user:{SECRET}@host:port"),
        (kinds.PROXY, f"socks5://user:{SECRET}@host"),
        (kinds.REGION_URLS, "mars=wss://example.com"),
        (kinds.REGION_URLS, "fra"),
        (kinds.WHOLE, "-1"),
        (kinds.WHOLE, "1.5"),
        (kinds.WHOLE, "9" * 5000),
        (kinds.WINDOW, "0"),
        (kinds.WINDOW, "11"),
        (kinds.WINDOW, "1_0"),
        (kinds.RATE, "0"),
        (kinds.RATE, "nan"),
        (kinds.RATE, "-1"),
    ],
)
def test_text_that_does_not_fit_is_an_error_that_never_quotes_it(kind: Kind, text: str) -> None:
    """The words complete a sentence which begins with the name, and hold no part of the value."""
    with pytest.raises(ValueError, match=r"^(must|is|has|holds|names|with) ") as caught:
        kind.read(text)
    assert SECRET not in str(caught.value)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("kind", "held", "value"),
    [
        (kinds.TEXT, "x", "x"),
        (kinds.SWITCH, False, False),
        (kinds.DURATION, 20, 20.0),
        (kinds.DURATION, 0.5, 0.5),
        (kinds.DURATION, "5m", 300.0),
        (kinds.WINDOW, 4, 4),
        (kinds.RATE, 2, 2.0),
        (kinds.RATE, 0.1, 0.1),
        (kinds.COMMAND, ["pass", "show"], ("pass", "show")),
        (kinds.COMMAND, "pass show", "pass show"),
    ],
)
def test_a_profile_holds_typed_values(kind: Kind, held: Any, value: Any) -> None:
    """TOML's own types count: numbers, booleans, lists of words."""
    assert kind.from_profile(held) == value


@pytest.mark.parametrize(
    ("kind", "held"),
    [
        (kinds.TEXT, 5),
        (kinds.TEXT, ["a"]),
        (kinds.TEXT, {"a": "b"}),
        (kinds.SWITCH, "true"),
        (kinds.SWITCH, 1),
        (kinds.DURATION, True),
        (kinds.DURATION, -1),
        (kinds.DURATION, float("inf")),
        (kinds.DURATION, 0),
        (kinds.WINDOW, True),
        (kinds.WINDOW, 1.0),
        (kinds.RATE, "1"),
        (kinds.COMMAND, []),
        (kinds.COMMAND, ["a", ""]),
        (kinds.COMMAND, ["a", 1]),
    ],
)
def test_another_type_in_a_profile_is_an_error(kind: Kind, held: Any) -> None:
    """A wrong type is told by what is wanted."""
    with pytest.raises(ValueError, match=r"^must "):
        kind.from_profile(held)


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (kinds.DURATION, 20.0, "20s"),
        (kinds.SWITCH, True, "true"),
        (kinds.RATE, 2.0, "2"),
        (kinds.COMMAND, ("pass", "show"), "pass show"),
        (kinds.COMMAND, "pass show", "pass show"),
        (kinds.REGION_URLS, {"fra": "ws://[::1]"}, "fra=ws://[::1]"),
        (kinds.PROXY, "none", "none"),
        (kinds.PROXY, "http://proxy:3128", "http://proxy:3128"),
        (kinds.PROXY, f"http://user:{SECRET}@proxy:3128", "http://***@proxy:3128"),
        (kinds.PROXY, f"user:{SECRET}@proxy", "http://***@proxy:80"),
        (kinds.SECRET, SECRET, "***"),
        (kinds.SECRET, "Bearer " + "a" * 15 + "wxyz", "***"),
        (kinds.SECRET, "Bearer " + "a" * 16 + "wxyz\n", "***wxyz"),
    ],
)
def test_a_value_is_shown_without_what_is_secret(kind: Kind, value: Any, shown: str) -> None:
    """A token shows its last four characters from twenty on; a proxy never its credentials."""
    assert kind.show(value) == shown
