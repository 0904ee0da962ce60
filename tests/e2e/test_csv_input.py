"""`--csv`: a stream of calls from rows, as a user sees it; in this process, to be fast."""

import json
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from support.fault_server import FaultServer
from support.journal import statuses
from support.standard_input import standard_input

from rtmcli.cli import app
from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.server_thread import run_sandbox

Capture = pytest.CaptureFixture[str]


class Result(NamedTuple):
    """The result of one command."""

    exit_code: int
    records: list[Any]
    stderr: str


Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the tester's settings; restore standard output."""
    for name in [name for name in os.environ if name.startswith("RTM_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("RTM_CONFIG", os.devnull)
    monkeypatch.setenv("RTM_TOKEN", "dal:test-token-Zx81")
    monkeypatch.setattr(sys, "stdout", sys.stdout)


@pytest.fixture
def run(tmp_path: Path, capfd: Capture) -> Run:
    """Return a function that runs one command with a file as standard input."""

    def run_command(*arguments: str, stdin: str | bytes) -> Result:
        path = tmp_path / "rows.csv"
        path.write_bytes(stdin.encode() if isinstance(stdin, str) else stdin)
        with standard_input(os.open(path, os.O_RDONLY)):
            exit_code = app.run(arguments)
        out, err = capfd.readouterr()
        return Result(exit_code, [json.loads(line) for line in out.splitlines()], err)

    return run_command


def payloads(result: Result) -> list[Any]:
    """Return the payloads that --dry-run prints."""
    return [record["payload"] for record in result.records]


@pytest.mark.parametrize(("version", "id_path"), [("3.0", "customer_id"), ("3.6", "id")])
def test_customers_of_a_spreadsheet_are_banned(
    version: str, id_path: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Excel writes it where the comma is the decimal sign: semicolons, BOM, CRLF."""
    with run_sandbox(License(seed=1)) as sandbox:
        customers = list(sandbox.license.state.customers.values())[:3]
        rows = [f"{customer.id};{days}" for days, customer in enumerate(customers, 1)]
        text = "\r\n".join([f"\ufeff{id_path};ban.days", *rows, ""])
        monkeypatch.setenv("RTM_URL", sandbox.urls[version])
        monkeypatch.setenv("RTM_TOKEN", sandbox.token)
        result = run("--api", version, "ban-customer", "-", "--csv", stdin=text)
        now = sandbox.license.state.now
        days = [round((customer.banned_until - now) / 86_400_000_000) for customer in customers]
    assert result == (0, [{}, {}, {}], "rtm: 3 ok\n")
    assert days == [1, 2, 3]


def test_flags_complete_and_override_each_row(run: Run) -> None:
    """And --set; an empty cell leaves what they set."""
    result = run(
        *(
            "send-event",
            "-",
            "--csv",
            "--dry-run",
            "--chat-id",
            "B",
            "--set-string",
            "event.custom_id=7",
        ),
        stdin='chat_id,text,--event-recipients,event.custom_id\nA,"hi,\nyou",agents,x\nA,007,,\n',
    )
    event = {"type": "message", "text": "hi,\nyou", "custom_id": "7", "recipients": "agents"}
    other = {"type": "message", "text": "007", "custom_id": "7"}
    assert result.exit_code == 0
    assert payloads(result) == [{"chat_id": "B", "event": each} for each in (event, other)]


def test_a_bad_row_is_a_record_between_the_others(run: Run) -> None:
    """Its input counts rows of data; the message names the line of the file."""
    with FaultServer() as server:
        result = run(
            *("ban-customer", "-", "--csv", "--no-validate", "--url", server.url),
            stdin="customer_id\tban.days\na\t1\nb\n\nc\t3\n",
        )
    assert result.exit_code == 2
    assert [record.get("error", {}).get("input") for record in result.records] == [None, 2, None]
    assert (
        result.records[1]["error"]["message"] == "line 3: the number of cells is 1, in the header 2"
    )
    assert result.records[1]["error"]["status"] == "usage"
    assert [request.payload["customer_id"] for request in server.requests] == ["a", "c"]


def test_the_checks_of_a_payload_name_the_line(run: Run) -> None:
    """A missing parameter, a value out of range."""
    result = run("ban-customer", "-", "--csv", "--dry-run", stdin='ban.days\n"0"\n')
    [record] = result.records
    assert record["error"]["message"].startswith(
        "line 2: customer_id is required (--customer-id); "
    )
    assert "ban.days must be at least 1" in record["error"]["message"]


def test_a_column_without_a_parameter_sends_nothing(run: Run, tmp_path: Path) -> None:
    """Status 2, no connection, nothing on standard output, with a journal, too."""
    with FaultServer() as server:
        for options in ((), ("--journal", str(tmp_path / "journal")), ("--dry-run",)):
            result = run(
                *("ban-customer", "-", "--csv", "--url", server.url, *options),
                stdin="Name,customer_id,ban.days\nJane,a,5\n",
            )
            assert (result.exit_code, result.records) == (2, [])
            assert result.stderr == (
                "rtm: usage: standard input: line 1: the header has columns that are not "
                "parameters: Name; drop or rename them; "
                "the parameters are customer_id, ban, ban.days\n"
            )
        assert server.connection_count == 0


def test_a_journal_continues_a_file_of_rows(run: Run, tmp_path: Path) -> None:
    """Only the rest is called; the payloads count, so that JSON continues what CSV began."""
    journal = tmp_path / "journal"
    arguments = ("tag-chat-thread", "-", "--thread-id", "K600PKZON8", "--journal", str(journal))
    rows = ["chat_id,tag\n", "A1,x\n", "A2,[\n", "A3,x\n"]
    values = [{"chat_id": row[:2], "tag": row[3:-1]} for row in rows[1:]]
    with FaultServer() as server:
        options = (*arguments, "--url", server.url)
        first = run(*options, "--csv", stdin="".join(rows[:3]))
        second = run(*options, "--csv", stdin="".join(rows))
        third = run(*options, stdin="\n".join(map(json.dumps, values)))
    assert [result.exit_code for result in (first, second, third)] == [0, 0, 0]
    assert [len(result.records) for result in (first, second, third)] == [2, 1, 0]
    assert [request.payload["chat_id"] for request in server.requests] == ["A1", "A2", "A3"]
    assert statuses(journal) == {1: "ok", 2: "ok", 3: "ok"}


def test_rows_are_called_as_they_arrive(capfd: Capture) -> None:
    """`tail -f` never ends: a row is called when its line is complete."""
    reader, writer = os.pipe()
    with FaultServer() as server, standard_input(reader):
        arguments = ("follow-chat", "-", "--csv", "--url", server.url)
        codes: list[int] = []
        thread = threading.Thread(target=lambda: codes.append(app.run(arguments)))
        thread.start()
        os.write(writer, b'chat_id\na\n"b')
        server.wait_for("follow_chat")
        os.write(writer, b'c"\n')
        server.wait_for("follow_chat", 2)
        os.close(writer)
        thread.join(20)
    assert (codes, capfd.readouterr().out) == ([0], "{}\n{}\n")
    assert [request.payload["chat_id"] for request in server.requests] == ["a", "bc"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["ban-customer", "--csv"],
            "--csv needs a stream of payloads: add - to read standard input",
        ),
        (["ban-customer", "{}", "--csv"], "--csv needs a stream of payloads"),
        (["login", "-", "--csv"], "--csv needs a stream of payloads"),
        (["call", "ban_customer", "-", "--csv"], "unknown option --csv"),
    ],
)
def test_csv_needs_a_stream_and_a_method(arguments: list[str], message: str, run: Run) -> None:
    """Status 2; nothing is read."""
    result = run(*arguments, stdin="customer_id\na\n")
    assert (result.exit_code, result.records) == (2, [])
    assert message in result.stderr
