"""Which format a command prints, by flag, variable and profile."""

from typing import Any

import pytest

from rtmcli.catalogue.model import Method
from rtmcli.catalogue.versions import load
from rtmcli.cli.calls.output_format import select_format
from rtmcli.errors import UsageError
from rtmcli.settings.resolve import DEFAULT, ENVVAR, FLAG, PROFILE, Resolved

LIST = load("3.0").methods["get_customers"]
CHAT = load("3.6").methods["get_chat"]
OTHER = load("3.0").methods["ban_customer"]


@pytest.mark.parametrize(
    ("method", "value", "output_format"),
    [
        (LIST, None, "json"),
        (LIST, "json", "json"),
        (LIST, "table", "table"),
        (LIST, "csv", "csv"),
        (LIST, "text", "json"),
        (CHAT, "text", "text"),
        (CHAT, "csv", "json"),
        (OTHER, "table", "json"),
    ],
)
@pytest.mark.parametrize("origin", [ENVVAR, PROFILE])
def test_a_form_for_other_commands_is_ignored(
    method: Method, value: str | None, output_format: str, origin: str
) -> None:
    """RTM_OUTPUT and profiles hold for every command that has the format."""
    assert select_format(method, {}, Resolved(value, origin), is_stream=False) == output_format


@pytest.mark.parametrize(
    ("options", "is_stream", "flag"),
    [
        ({"envelope": True}, False, "--envelope"),
        ({"wait": True}, False, "--wait"),
        ({"wait_for": "x"}, False, "--wait-for"),
        ({"wait_timeout": 1.0}, False, "--wait-timeout"),
        ({"pretty": True}, False, "--pretty"),
        ({"compact": True}, False, "--compact"),
        ({}, True, "-"),
    ],
)
def test_some_options_have_json_only(options: dict[str, Any], is_stream: bool, flag: str) -> None:
    """The flag is an error that says what to use; a variable or profile is ignored."""
    with pytest.raises(UsageError) as caught:
        select_format(LIST, options, Resolved("csv", FLAG, "--output"), is_stream=is_stream)
    assert caught.value.message == f"--output csv cannot be used with {flag}; use --output json"
    for output in (Resolved("csv", ENVVAR), Resolved("json", FLAG), Resolved(None, DEFAULT)):
        assert select_format(LIST, options, output, is_stream=is_stream) == "json"
