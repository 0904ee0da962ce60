"""Lists and chats in other formats than JSON, on real terminals, pipes and full disks."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from rich.cells import cell_len
from support.fault_server import FaultServer, Request, respond
from support.process import RTM, environment, run_shell
from support.terminal import Terminal

COLOR = re.compile("\x1b\\[[0-9;]*m")
CUSTOMERS = [
    {
        "id": f"b7eff798-f8df-4364-8059-649c35c9ed{number:02}",
        "name": "日本 Jane \x1b[2J",
        "email": "jane@example.com",
        "created_at": "2017-10-11T15:19:21.010200Z",
    }
    for number in range(3)
]


def customers_page(request: Request) -> dict[str, Any]:
    """Answer with one of many pages."""
    number = int(request.payload.get("page_id", "0"))
    more = {"next_page_id": str(number + 1)} if number < 40 else {}
    return {"customers": CUSTOMERS * 30, "total_customers": 3600, **more}


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """Serve a list."""
    with FaultServer() as server:
        server.on("get_customers", respond({"customers": CUSTOMERS, "total_customers": 3}))
        yield server


def show(server: FaultServer, columns: int, *arguments: str, **env: str) -> list[str]:
    """Return the lines that a terminal shows."""
    command = ("get-customers", "--output", "table", *arguments)
    with Terminal(columns) as terminal:
        overrides = {"TERM": "xterm", **env}
        terminal.run(RTM, *command, env=environment(server.url, overrides=overrides))
        return terminal.read_to_end().splitlines()


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_table_fits_the_terminal(columns: int, server: FaultServer) -> None:
    """The header is bold; no id is cut, but continues below."""
    lines = show(server, columns)
    assert lines[0].startswith("\x1b[1mid ")
    plain = [COLOR.sub("", line) for line in lines]
    assert max(map(cell_len, plain)) <= columns
    ids = "".join(line.split("  ")[0] for line in plain if line[:1] != " ")
    assert all(customer["id"] in ids for customer in CUSTOMERS)
    assert "\x1b" not in "".join(plain)


@pytest.mark.parametrize(
    ("arguments", "env"), [((), {"NO_COLOR": "1"}), (("--color", "never"), {})]
)
def test_colors_can_be_turned_off(
    arguments: tuple[str, ...], env: dict[str, str], server: FaultServer
) -> None:
    """As for JSON."""
    assert "\x1b" not in "".join(show(server, 200, *arguments, **env))


def test_a_pipe_that_is_closed_ends_a_list_quietly(server: FaultServer) -> None:
    """`| head -1` gets the header; the rest is not fetched."""
    server.on("get_customers", respond(customers_page))
    script = '"$RTM" get-customers --all --output csv | head -1; echo ${PIPESTATUS[0]}'
    result = run_shell(script, url=server.url)
    assert result.stdout == b"id,name,email,statistics.chats_count,created_at\n141\n"
    assert result.stderr == b""
    assert server.count("get_customers") < 40


@pytest.mark.parametrize("output_format", ["csv", "table"])
def test_a_full_disk_is_reported(output_format: str, server: FaultServer) -> None:
    """Status 74; the message says that the call was executed."""
    result = run_shell(f'"$RTM" get-customers --output {output_format} >/dev/full', url=server.url)
    assert result.returncode == 74
    assert result.stderr == (
        b"rtm: get_customers: not written: get_customers was executed, but its response is lost:"
        b" standard output not written: no space left on device\n"
    )
