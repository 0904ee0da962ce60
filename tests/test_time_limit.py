"""The time limit of the process."""

from math import inf
from typing import Any

import pytest

from rtmcli import time_limit
from rtmcli.catalogue.v3_0 import API
from rtmcli.cli.connection import settings_from_options


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read no settings from outside."""
    monkeypatch.setenv("RTM_CONFIG", "/dev/null")
    monkeypatch.delenv("RTM_MAX_TIME", raising=False)


@pytest.mark.parametrize(
    ("options", "is_unlimited", "input_limit", "output_limit"),
    [
        ({}, False, 60, inf),  # a person may read a long output at leisure
        ({"max_time": "5s"}, False, 5, 5),
        ({"payload": "-"}, False, inf, inf),  # a stream
        ({"payload": "-", "max_time": "5s"}, False, 5, 5),
        ({}, True, inf, inf),  # a listener
        ({"length": 3.0}, True, 3, inf),
        ({"length": 3.0, "max_time": "5s"}, True, 3, 5),
        ({"length": 9.0, "max_time": "5s"}, True, 5, 5),
    ],
)
def test_a_limit_that_is_not_the_default_is_for_output_too(
    options: dict[str, Any], is_unlimited: bool, input_limit: float, output_limit: float
) -> None:
    """T124: a stream and a listener have no default."""
    settings_from_options(API, options, is_unlimited=is_unlimited)
    assert time_limit.remaining() == pytest.approx(input_limit, abs=1)
    assert time_limit.output_remaining() == pytest.approx(output_limit, abs=1)


def test_poll_gets_milliseconds() -> None:
    """None is for ever; poll takes no more than 31 bits."""
    assert [time_limit.poll_timeout(each) for each in (inf, 1e9, 0.0001)] == [None, 2**31 - 1, 1]
