"""`--all`: every item of a list on one connection, as a user sees it."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.fault_server import (
    CLOSE,
    FaultServer,
    Request,
    drop,
    flood,
    ignore,
    push,
    respond,
    respond_error,
)
from support.fds import terminal_at
from support.process import RTM, environment, run, start, startup_time
from support.terminal import Terminal

from rtmcli.catalogue.model import Method
from rtmcli.catalogue.v3_0 import API
from rtmcli.cli.calls import all_pages
from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.server_thread import Sandbox, run_sandbox

LIST_METHODS = [method for method in API.methods.values() if method.pagination]
PAGE_100 = b"--page-id 100 --limit 100"
ALL_CUSTOMERS = ("get-customers", "--all", "--backoff", "1ms")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Serve a new license."""
    with run_sandbox(License(seed=1)) as sandbox:
        yield sandbox


def customers_page(request: Request) -> dict[str, Any]:
    """Answer with a page of 250 customers, {"n": 0} to {"n": 249}."""
    start, limit = int(request.payload.get("page_id", "0")), request.payload["limit"]
    items = [{"n": number} for number in range(start, min(start + limit, 250))]
    more = {"next_page_id": str(start + limit)} if start + limit < 250 else {}
    return {"customers": items, "total_customers": 250, **more}


def output_lines(start: int, stop: int) -> str:
    """Return the output for customers from `start` to before `stop`."""
    return "".join(f'{{"n":{number}}}\n' for number in range(start, stop))


@pytest.mark.parametrize("method", LIST_METHODS, ids=[method.command for method in LIST_METHODS])
def test_every_list_is_printed_completely(method: Method, sandbox: Sandbox) -> None:
    """Page by page or at once: the same items, one JSON line each."""
    needed = {"chat_id": "VM9B7N5C3X"} if method.action == "get_chat_threads_summary" else {}
    pages = method.pagination
    assert pages
    words = [method.command, json.dumps(needed), "--all"]
    whole = run(*words, url=sandbox.url, token=sandbox.token)
    limit = "--" + pages.limit_param.replace(".", "-")
    single = run(*words, limit, "1", url=sandbox.url, token=sandbox.token)
    once = run(*words[:2], limit, "100", url=sandbox.url, token=sandbox.token)
    assert (whole.exit_code, whole.stderr) == (single.exit_code, single.stderr) == (0, "")
    items = json.loads(once.stdout)[pages.items_path]
    assert [json.loads(line) for line in whole.stdout.splitlines()] == items
    assert single.stdout == whole.stdout
    assert len(items) > 1


@pytest.mark.parametrize("method", API.methods.values(), ids=list(API.methods))
def test_only_lists_have_all(method: Method) -> None:
    """For other methods --all is an unknown option, and nothing is sent."""
    result = run(method.command, "--all", "--dry-run", "--no-validate", token=None)
    assert result.exit_code == (0 if method.pagination else 2)


def test_all_pages_use_one_connection() -> None:
    """One login, the fewest possible calls, and a close frame."""
    with FaultServer() as server:
        server.on("get_customers", respond(customers_page))
        result = run(*ALL_CUSTOMERS, url=server.url)
    assert result[:3] == (0, output_lines(0, 250), "")
    assert len(server.logins) == 1
    assert [request.payload for request in server.requests] == [
        {"limit": 100},
        {"limit": 100, "page_id": "100"},
        {"limit": 100, "page_id": "200"},
    ]
    assert server.close_codes == [1000]


def test_max_items_limits_the_items() -> None:
    """No page is requested that is not needed."""
    with FaultServer() as server:
        server.on("get_customers", respond(customers_page))
        result = run(*ALL_CUSTOMERS, "--max-items", "150", url=server.url)
        few = run(*ALL_CUSTOMERS, "--max-items", "7", url=server.url)
    assert result[:3] == (0, output_lines(0, 150), "")
    assert few[:3] == (0, output_lines(0, 7), "")
    assert [request.payload["limit"] for request in server.requests] == [100, 100, 7]


def test_an_empty_list_prints_nothing() -> None:
    """No item, no line."""
    with FaultServer() as server:
        server.on("get_customers", respond({"customers": [], "total_customers": 0}))
        result = run(*ALL_CUSTOMERS, url=server.url)
    assert result[:3] == (0, "", "")


def test_a_lost_connection_is_opened_again() -> None:
    """The page is requested again, and no item is printed twice."""
    with FaultServer() as server:
        server.on("get_customers", respond(customers_page), drop("rst"), respond(customers_page))
        result = run(*ALL_CUSTOMERS, url=server.url)
    assert result[:3] == (0, output_lines(0, 250), "")
    assert len(server.logins) == 2


def test_pushes_between_the_pages_do_not_matter() -> None:
    """A busy license sends many."""
    with FaultServer() as server:
        server.on("get_customers", [push("incoming_event"), respond(customers_page), flood(100)])
        result = run(*ALL_CUSTOMERS, url=server.url)
    assert result[:3] == (0, output_lines(0, 250), "")


def test_an_error_names_the_page_to_continue_with() -> None:
    """What was printed is kept; a second command continues with that page."""
    with FaultServer() as server:
        server.on(
            "get_customers",
            respond(customers_page),
            respond_error("validation"),
            respond(customers_page),
        )
        result = run(*ALL_CUSTOMERS, url=server.url)
        assert (result.exit_code, result.stdout) == (3, output_lines(0, 100))
        assert "(100 items were printed; continue with --page-id 100 --limit 100)" in result.stderr
        rest = run(*ALL_CUSTOMERS, "--page-id", "100", url=server.url)
    assert rest[:3] == (0, output_lines(100, 250), "")


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        ((), b"100 items; continue with " + PAGE_100),
        (
            ("--max-items", "130"),
            b"100 items; continue with --page-id 100 --limit 100 --max-items 30",
        ),
        (("--limit", "20"), b"20 items; continue with --page-id 20 --limit 20"),
    ],
)
def test_an_interrupted_list_says_how_to_continue(options: tuple[str, ...], hint: bytes) -> None:
    """T149: with the page size that was used, and without a word of effects."""
    with FaultServer() as server:
        server.on("get_customers", respond(customers_page), ignore())
        server.on(CLOSE, ignore())
        with start(*ALL_CUSTOMERS, *options, url=server.url) as process:
            server.wait_for("get_customers", 2)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate()
    assert process.returncode == -signal.SIGINT
    assert err == b"rtm: interrupted after " + hint + b"\n"


def test_a_list_interrupted_at_its_first_page_has_no_flags() -> None:
    """T149: with JSON errors, it is a notice (T115)."""
    with FaultServer() as server:
        server.on("get_customers", ignore())
        with start(*ALL_CUSTOMERS, "--error-format", "json", url=server.url) as process:
            server.wait_for("get_customers")
            process.send_signal(signal.SIGINT)
            _, err = process.communicate()
    notice = {"type": "interrupted", "message": "interrupted after 0 items"}
    assert [json.loads(line) for line in err.splitlines()] == [{"notice": notice}]


def test_a_server_that_repeats_a_page_is_an_error() -> None:
    """If a page names itself as the next one, the status is 7."""
    with FaultServer() as server:
        server.on("get_customers", respond({"customers": [{"n": 0}], "next_page_id": "A"}))
        result = run(*ALL_CUSTOMERS, url=server.url)
        assert server.count("get_customers") == 2
    assert (result.exit_code, result.stdout) == (7, output_lines(0, 1) * 2)
    assert "the server returned the same next page twice" in result.stderr
    assert "it changes nothing; try again" in result.stderr


def test_max_time_limits_all_pages_together() -> None:
    """If it is given; its default limits each call."""
    with FaultServer() as server:
        server.on("get_customers", respond(customers_page), ignore())
        result = run(*ALL_CUSTOMERS, "--max-time", "1s", url=server.url)
    assert (result.exit_code, result.stdout) == (7, output_lines(0, 100))
    assert result.duration < 5 + startup_time()


def test_a_reader_that_is_gone_ends_the_command() -> None:
    """`rtm get-customers --all | head -n 1` ends without a message."""
    with FaultServer() as server:
        endless = {"customers": [{"n": 0}] * 100, "next_page_id": "A"}
        count = iter(range(10**6))
        server.on("get_customers", respond(lambda _: {**endless, "next_page_id": str(next(count))}))
        with start(*ALL_CUSTOMERS, url=server.url) as process:
            assert process.stdout
            assert process.stderr
            assert process.stdout.readline() == b'{"n":0}\n'
            process.stdout.close()
            assert process.stderr.read() == b""
        assert process.returncode == 141


def test_a_dry_run_shows_the_first_request() -> None:
    """With the page size that would be requested."""
    result = run(*ALL_CUSTOMERS, "--dry-run", token=None)
    assert result[:3] == (0, '{"action":"get_customers","payload":{"limit":100}}\n', "")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--all", "--max-items", "0"], "--max-items must be a whole number, 1 or more"),
        (["--all", "--max-items", "many"], "--max-items must be a whole number, 1 or more"),
        (["--all", "--max-items", "-1"], "--max-items must be a whole number, 1 or more"),
        (["--max-items", "5"], "--max-items needs --all"),
        (
            ["--all", "--envelope"],
            "--all prints items; it cannot be used with --envelope",
        ),
    ],
)
def test_wrong_options_are_rejected_before_anything_is_sent(
    options: list[str], message: str
) -> None:
    """Exit status 2, without a token or a connection."""
    result = run("get-customers", *options, token=None)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_a_payload_in_which_the_page_size_cannot_be_set_is_rejected() -> None:
    """Even with --no-validate."""
    words = ("get-archives", '{"pagination": 5}', "--all", "--no-validate")
    result = run(*words, token=None)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "pagination.limit cannot be set: pagination is not an object" in result.stderr


def test_an_error_on_the_first_page_names_no_page() -> None:
    """Nothing was printed, so there is nothing to continue."""
    with FaultServer() as server:
        server.on("get_customers", respond_error("validation", "No"))
        result = run(*ALL_CUSTOMERS, url=server.url)
    assert result[:3] == (3, "", "rtm: get_customers: validation: No\n")


def test_items_are_indented_only_with_pretty() -> None:
    """Otherwise each item is one line."""
    with FaultServer() as server:
        server.on("get_customers", respond({"customers": [{"n": 0}]}))
        result = run(*ALL_CUSTOMERS, "--pretty", url=server.url)
    assert result.stdout == '{\n  "n": 0\n}\n'


def test_a_terminal_shows_the_progress_of_a_list_in_a_file(tmp_path: Path) -> None:
    """How many items of how many, at which rate; the line is erased at the end."""
    target = tmp_path / "out.jsonl"
    with FaultServer() as server, Terminal() as terminal, target.open("wb") as file:
        server.on("get_customers", respond(customers_page))
        terminal.run(RTM, *ALL_CUSTOMERS, env=environment(server.url), stdout=file)
        shown = terminal.read_to_end()
    lines = shown.rstrip("\r ").split("\r")
    assert [line.rpartition(", ")[0] for line in lines if line.strip()] == [
        "0 items",
        "[########------------] 40%, 100 items",
        "[################----] 80%, 200 items",
    ]
    assert shown.endswith(" \r")
    assert target.read_text() == output_lines(0, 250)


def test_a_slow_list_on_a_terminal_shows_its_progress_between_the_items(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not at first, and never beside an item."""
    monkeypatch.setattr(all_pages, "_SLOW", 0.0)
    with terminal_at(1, 2) as terminal:
        progress = all_pages.PageProgress(150, is_quiet=False)
        progress.show(100, 250)
        progress.erase()
        os.write(1, b"{}\n")
        shown = ""
        while not shown.endswith("\n"):
            shown += os.read(terminal, 4096).decode()
    assert shown.startswith("\r[#############-------] 66%, 100 items, ")
    assert shown.endswith(" \r{}\r\n")


def test_a_quick_list_on_a_terminal_shows_no_progress() -> None:
    """Nor does a quiet one."""
    with terminal_at(1, 2) as terminal:
        all_pages.PageProgress(None, is_quiet=False).show(100, 250)
        all_pages.PageProgress(None, is_quiet=True).show(100, 250)
        os.write(2, b"END")
        assert os.read(terminal, 4096) == b"END"
