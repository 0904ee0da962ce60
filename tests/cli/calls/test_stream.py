"""Streams without a server: dry runs. `tests/e2e/test_stream.py` tests the calls."""

import json
from collections.abc import Callable
from typing import Any

RunLine = Callable[..., Any]
BAN = ("ban-customer", "-", "--ban-days", "5", "--dry-run")
VALID, INVALID = '{"customer_id":"b7eff798-f8df-4364-8059-649c35c9ed0c"}', '{"customer_id":7}'


def test_a_dry_run_prints_requests_and_errors_in_input_order(run_line: RunLine) -> None:
    """Status 2 if a value is invalid; the others are printed as they would be sent."""
    result = run_line(*BAN, stdin=f"{VALID}\n{INVALID}\n{VALID}\n")
    first, second, third = map(json.loads, result.stdout.splitlines())
    assert result.exit_code == 2
    assert first["payload"] == {**json.loads(VALID), "ban": {"days": 5}}
    assert (second["error"]["input"], second["error"]["status"]) == (2, "usage")
    assert third["payload"] == first["payload"]


def test_an_empty_input_makes_no_call(run_line: RunLine) -> None:
    """Nothing is printed, with status 0."""
    result = run_line(*BAN, stdin="")
    assert (result.exit_code, result.stdout) == (0, "")


def test_a_malformed_value_of_several_lines_ends_the_input(run_line: RunLine) -> None:
    """What follows it is not read."""
    result = run_line(*BAN, stdin=f'{VALID}\n{{"customer_id":\n"a" "b"}}\n{VALID}\n')
    assert result.exit_code == 2
    assert [list(json.loads(line))[-1] for line in result.stdout.splitlines()] == [
        "payload",
        "error",
    ]
