"""`--all`: how an interrupted list is continued. `tests/e2e/test_all_pages.py` tests the rest."""

import json
import re
import shlex
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.server.fault_specs import parse_fault
from rtmcli.sandbox.server.options import ServerOptions
from rtmcli.sandbox.server_thread import run_sandbox

LISTS = [  # with the parameter of the page size
    ("3.0", "get-archives", "pagination.limit"),
    ("3.0", "get-customers", "limit"),
    ("3.6", "list-archives", "limit"),
]
RunLine = Callable[..., Any]


def hint_in(message: str) -> list[str]:
    """Return the flags that a message says to continue with."""
    match = re.search(r"continue with (.*)\)$", message.strip())
    assert match, message
    return shlex.split(match[1])


@pytest.mark.parametrize(("version", "command", "limit"), LISTS)
def test_the_hint_gets_the_remaining_items(
    version: str, command: str, limit: str, run_line: RunLine
) -> None:
    """The flags are valid together, and the items before and after them are the whole list."""
    fault = parse_fault(f"{command.replace('-', '_')}:error=validation,nth=2")
    with run_sandbox(License(seed=1), ServerOptions(faults=(fault,))) as sandbox:
        run_list = partial(
            run_line, "--api", version, command, url=sandbox.urls[version], token=sandbox.token
        )
        first = run_list("--all", "--set", f"{limit}=2")
        rest = run_list("--all", *hint_in(first.stderr))
        whole = run_list("--all")
    assert (first.exit_code, rest.exit_code, rest.stderr) == (3, 0, "")
    assert first.stdout.count("\n") == 2
    assert first.stdout + rest.stdout == whole.stdout


def test_the_hint_names_no_page_size_that_was_not_sent(run_line: RunLine) -> None:
    """If the first request names a page by a cursor, which excludes the page size."""
    fault = parse_fault("list_archives:error=validation,nth=3")
    with run_sandbox(License(seed=1), ServerOptions(faults=(fault,))) as sandbox:
        run_list = partial(
            run_line, "--api", "3.6", "list-archives", url=sandbox.urls["3.6"], token=sandbox.token
        )
        page_id = json.loads(run_list("--limit", "2").stdout)["next_page_id"]
        second = run_list("--all", "--page-id", page_id)
        hint = hint_in(second.stderr)
        rest = run_list("--all", *hint)
    assert hint[::2] == ["--page-id"]
    assert (rest.exit_code, rest.stderr) == (0, "")
