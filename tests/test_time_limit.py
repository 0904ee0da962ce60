"""The time limit of the process."""

import os
from math import inf
from pathlib import Path
from typing import Any

import pytest

from rtmcli import files, time_limit
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


@pytest.mark.parametrize(
    "source",
    [
        ({"max_time": "10ms"}, "", "", "--max-time"),
        ({}, "10ms", "", "RTM_MAX_TIME"),
        ({}, "", "10ms", "max_time of the profile default"),
        ({"length": 0.01}, "", "", "--for"),
    ],
)
def test_the_message_names_what_set_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: tuple[dict[str, Any], str, str, str]
) -> None:
    """T118: a variable or a profile is named, not the flag that was not given."""
    options, variable, profile, name = source
    config, fifo = tmp_path / "config.toml", tmp_path / "fifo"
    config.write_text(f"[profiles.default]\nmax_time = '{profile}'\n" if profile else "")
    os.mkfifo(fifo)
    monkeypatch.setenv("RTM_CONFIG", str(config))
    monkeypatch.setenv("RTM_MAX_TIME", variable)
    settings_from_options(API, options, is_unlimited="length" in options)
    with pytest.raises(OSError, match=f"no data within {name}$"):
        files.read_file(fifo, 9)
