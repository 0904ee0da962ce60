"""`--journal` from the command line: options, messages, exit statuses, what it never contains."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.fault_server import (
    FaultServer,
    drop,
    execute,
    respond,
    respond_error,
    wait_for_gate,
)
from support.journal import append_outcome, entries, statuses
from support.process import (
    TOKEN,
    CommandResult,
    require_program,
    run,
    run_shell,
    start,
)

from rtmcli.cli.help.topics.journal import LIST_UNKNOWN

STREAM = ("send-event", "-", "--chat-id", "A", "--window", "1", "--journal")


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """Run a server."""
    with FaultServer() as running:
        yield running


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a journal that does not exist yet."""
    return tmp_path / "journal"


def texts(*names: str) -> str:
    """Return payloads with these texts."""
    return "".join(
        json.dumps({"event": {"type": "message", "text": name}}) + "\n" for name in names
    )


def run_file(path: Path, *arguments: str, server: FaultServer, stdin: str) -> CommandResult:
    """Run with a file as standard input."""
    values = path.with_name("values.jsonl")
    values.write_text(stdin)
    with (
        values.open("rb") as file,
        start(*arguments, url=server.url, stdin=file) as process,
    ):
        out, err = process.communicate(timeout=60)
    return CommandResult(process.returncode, out.decode(), err.decode(), 0.0)


def test_summary_and_status_speak_of_the_whole_input(server: FaultServer, path: Path) -> None:
    """Standard output has the records of this run, with their numbers in the input."""
    server.on("send_event", respond(), respond_error("validation", "no"), respond())
    command = (*STREAM, str(path))
    first = run(*command, stdin=texts("a", "b"), url=server.url)
    assert (first.exit_code, first.stderr) == (
        9,
        "rtm: 1 ok, 1 refused (input 2: validation: no)\n",
    )
    again = run(*command, stdin=texts("a", "b") + "{}\n" + texts("d"), url=server.url)
    assert again.exit_code == 2
    records = [json.loads(line) for line in again.stdout.splitlines()]
    assert records[0]["error"]["input"] == 3
    assert records[1:] == [{}]
    assert again.stderr.startswith("rtm: 2 ok (1 before), 1 usage, 1 refused (1 before) (input 3: ")
    last = run(*command, "--error-format", "json", stdin=texts(*"abcd"), url=server.url)
    assert (last.exit_code, last.stdout) == (9, "{}\n")
    assert json.loads(last.stderr) == {
        "summary": {"ok": 3, "refused": 1},
        "before": {"ok": 2, "refused": 1},
        "first_failure": None,
        "exit": 9,
    }


def test_options_are_part_of_the_journal(server: FaultServer, path: Path) -> None:
    """Other ones are refused, before anything is sent."""
    run(*STREAM, str(path), "--set", "x.y=1", stdin=texts("a"), url=server.url)
    header = json.loads(path.read_text().splitlines()[0])
    assert header["options"] == {"payload": {"x": {"y": 1}, "chat_id": "A"}}
    assert header["method"] == "send_event"
    other = run(*STREAM, str(path), stdin=texts("a"), url=server.url)
    assert (other.exit_code, other.stdout, server.connection_count) == (2, "", 1)
    assert other.stderr == (
        f"rtm: send_event: usage: --journal: {path} belongs to the options"
        ' {"payload":{"x":{"y":1},"chat_id":"A"}}, not {"payload":{"chat_id":"A"}};'
        " use another file\n"
    )


def test_whole_requests_are_identified_by_all_that_is_sent(server: FaultServer, path: Path) -> None:
    """With `rtm call -`, the action is part of a value; the author of all is an option."""
    line = '{"action": "%s", "payload": {}, "request_id": 7}\n'
    command = ("call", "-", "--author-id", "bot", "--journal", str(path))
    assert run(*command, stdin=line % "x", url=server.url).exit_code == 0
    header = json.loads(path.read_text().splitlines()[0])
    assert (header["method"], header["options"]) == (None, {"author_id": "bot"})
    assert run(*command, stdin=line.replace("7", "8") % "x", url=server.url).stdout == ""
    other = run(*command, stdin=line % "y", url=server.url)
    assert other.exit_code == 2
    assert "input 1 is not the one that" in other.stderr
    assert server.count("x") + server.count("y") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("send-event", "{}", "--journal", "j"), "--journal needs a stream of payloads: add - to"),
        (("call", "x", "{}", "--journal", "j"), "--journal needs a stream of payloads: add - to"),
        (("login", "-", "--journal", "j"), "--journal needs a stream of payloads: add - to"),
        (("send-event", "-", "--journal-answers"), "--journal-answers needs --journal"),
        (("call", "-", "--retry-unknown"), "--retry-unknown needs --journal"),
        (("call", "-", "--journal", ""), "--journal must not be empty"),
    ],
)
def test_options_without_their_condition_are_refused(
    tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    """Not ignored."""
    result = run(*arguments, cwd=tmp_path)
    assert (result.exit_code, list(tmp_path.iterdir())) == (2, [])
    assert message in result.stderr


def test_a_dry_run_prints_what_would_be_called(server: FaultServer, path: Path) -> None:
    """It reads only: no file is created, and a lock does not matter."""
    server.on("send_event", respond(), [execute(), drop()])
    command = (*STREAM, str(path))
    dry = run(*command, "-n", stdin=texts("a"), url=server.url)
    assert (dry.exit_code, dry.stdout.count("\n"), path.exists()) == (0, 1, False)
    run(*command, stdin=texts("a", "b"), url=server.url)
    text = path.read_bytes()
    dry = run(*command, "-n", stdin=texts("a", "b", "c"), url=server.url)
    unknown, called = map(json.loads, dry.stdout.splitlines())
    assert (dry.exit_code, unknown["error"]["input"], unknown["error"]["status"]) == (
        7,
        2,
        "unknown",
    )
    assert called["payload"]["event"]["text"] == "c"
    dry = run(*command, "-n", "--retry-unknown", stdin=texts("a", "b", "c"), url=server.url)
    assert [json.loads(line)["payload"]["event"]["text"] for line in dry.stdout.splitlines()] == [
        "b",
        "c",
    ]
    assert "request_id" not in dry.stdout
    assert path.read_bytes() == text
    assert run(*command, "-n", stdin=texts("b"), url=server.url).exit_code == 2


def test_a_file_is_compared_before_anything_is_sent(server: FaultServer, path: Path) -> None:
    """Up to the last value of the journal; a pipe is compared as it comes."""
    command = (*STREAM, str(path))
    run(*command, stdin=texts(*"abcd"), url=server.url)
    append_outcome(path, 1, "not_sent")
    before = server.connection_count
    changed = run_file(path, *command, server=server, stdin=texts(*"abXd"))
    assert (changed.exit_code, changed.stdout) == (2, "")
    assert changed.stderr == (
        f"rtm: send_event: usage: input 3 is not the one that {path} has an entry of:"
        " a journal belongs to one input\n"
    )
    short = run_file(path, *command, server=server, stdin=texts(*"abc"))
    assert (short.exit_code, short.stdout) == (2, "")
    assert "the input ended after 3 values" in short.stderr
    assert server.connection_count == before
    same = run_file(path, *command, server=server, stdin=texts(*"abcde"))
    assert (same.exit_code, same.stdout) == (0, "{}\n{}\n")
    pipe = run(*command, stdin=texts(*"abc"), url=server.url)
    assert (pipe.exit_code, pipe.stdout) == (2, "")
    assert "the input ended after 3 values" in pipe.stderr


def test_two_runs_at_once_are_refused(server: FaultServer, path: Path) -> None:
    """The second one, before it connects."""
    gate = server.make_gate()
    server.on("send_event", [wait_for_gate(gate), respond()])
    command = (*STREAM, str(path))
    with start(*command, url=server.url) as process:
        assert process.stdin
        process.stdin.write(texts("a").encode())
        process.stdin.flush()
        server.wait_for("send_event")
        second = run(*command, stdin=texts("a"), url=server.url)
        assert (second.exit_code, second.stdout) == (2, "")
        assert second.stderr == (
            f"rtm: send_event: usage: --journal: {path} is in use by another run\n"
        )
        gate.open()
        process.communicate()
    assert server.connection_count == 1


def test_a_journal_that_strangers_can_write_is_refused(server: FaultServer, path: Path) -> None:
    """They could make `rtm` skip or repeat calls."""
    path.write_text("")
    path.chmod(0o666)
    result = run(*STREAM, str(path), stdin=texts("a"), url=server.url)
    assert (result.exit_code, server.connection_count) == (2, 0)
    assert f"{path} can be written by others; run chmod go-w {path}" in result.stderr


@pytest.mark.parametrize("redirection", ['< "$J"', '> "$J"'])
def test_a_journal_must_not_be_standard_input_or_output(
    server: FaultServer, path: Path, redirection: str
) -> None:
    """Both would be mixed."""
    path.write_text("")
    path.chmod(0o600)
    script = f'$RTM call - --journal "$J" {redirection}'
    result = run_shell(script, url=server.url, env={"J": str(path)})
    assert result.returncode == 2
    assert b" is also standard " in result.stderr


def test_neither_tokens_nor_secret_parameters_enter(server: FaultServer, path: Path) -> None:
    """Not as an option, and not in a response."""
    secret = "firebase-Secret-998877"
    server.on("*", respond({"echo": TOKEN}))
    command = ("change-push-notifications", "-", "--firebase-token", secret, "--journal-answers")
    payload = '{"platform": "ios", "enabled": true}\n'
    result = run(*command, "--journal", str(path), stdin=payload, url=server.url)
    assert result.exit_code == 0
    text = path.read_text()
    assert secret not in text
    assert TOKEN not in text
    assert TOKEN.removeprefix("dal:") not in text
    assert entries(path)[1]["answer"] == {"echo": "***"}
    again = run(*command, "--journal", str(path), stdin=payload, url=server.url)
    assert (again.exit_code, again.stdout, server.count("*")) == (0, "", server.count("*"))


@pytest.mark.parametrize("blocks", [1, 2])
def test_a_full_disk_ends_the_run_with_74(server: FaultServer, path: Path, blocks: int) -> None:
    """Nothing more is sent; the message names the inputs whose outcome may be missing."""
    set_up = f"unset COVERAGE_PROCESS_START COVERAGE_PROCESS_CONFIG; ulimit -f {blocks}"
    script = f'{set_up}; exec $RTM {" ".join(STREAM)} "$J" --window 3'
    values = texts(*map(str, range(40))).encode()
    env = {"J": str(path), "PYTHONDONTWRITEBYTECODE": "1"}  # a limited module would be broken
    result = run_shell(script, url=server.url, env=env, stdin=values)
    assert result.returncode == 74
    message = result.stderr.decode()
    assert message.startswith(f"rtm: send_event: not written: journal {path}: file too large; ")
    executed = {int(request.payload["event"]["text"]) + 1 for request in server.executed}
    known = {number for number, status in statuses(path).items() if status == "ok"}
    for number in executed - known:
        assert f"{number}" in message.partition("outcome of input")[2].partition(";")[0]
    assert set(statuses(path)) == executed
    again = run(*STREAM, str(path), stdin=values, url=server.url)
    assert again.exit_code == (7 if executed - known else 0)
    assert len(server.executed) == 40


@pytest.mark.parametrize(
    ("syscall", "error", "problem"),
    [
        ("fdatasync", "EIO", "input/output error"),
        ("write", "ENOSPC", "no space left on device"),
        ("write", "EDQUOT", "disk quota exceeded"),
    ],
)
def test_calls_that_the_disk_does_not_confirm_are_not_sent(
    server: FaultServer, path: Path, syscall: str, error: str, problem: str
) -> None:
    """Here the second; its intent is removed, and the next run makes the call."""
    strace = (require_program("strace"), "-f", "-qq", "-o", "/dev/null", "-e", "signal=none")
    inject = f"inject={syscall}:error={error}:when=2+"
    fault = ("-P", str(path), "-e", f"trace={syscall}", "-e", inject)
    command = (*STREAM, str(path))
    result = run(*command, stdin=texts(*"abc"), url=server.url, wrapper=(*strace, *fault))
    assert result.exit_code == 74
    assert f"{problem}; it may lack the outcome of input 1; " in result.stderr
    assert [
        json.loads(line).get("error", {}).get("status") for line in result.stdout.splitlines()
    ] == [
        None,
        "not_sent",
        *(["not_sent"] * (result.stdout.count("\n") - 2)),
    ]
    assert len(server.executed) == 1
    again = run(*command, stdin=texts(*"abc"), url=server.url)
    # What a sync did not confirm is still there, unless the power is lost.
    is_known = syscall == "fdatasync"
    assert (again.exit_code, len(server.executed)) == (0 if is_known else 7, 3)


def test_the_recipe_settles_unknown_calls(server: FaultServer, path: Path) -> None:
    """The help's jq program lists them; after a look, one is appended and the other repeated."""
    require_program("jq")
    server.on("send_event", respond(), [execute(), drop()], drop(), respond())
    command = (*STREAM, str(path))
    assert run(*command, stdin=texts(*"abc"), url=server.url).exit_code == 7
    program = "\n".join(LIST_UNKNOWN).replace("bans.journal", str(path))
    listed = subprocess.run(["sh", "-c", program], capture_output=True, check=True, text=True)
    ids = {request.payload["event"]["text"]: request.request_id for request in server.requests}
    expected: list[Any] = [
        {"input": 2, "request_id": ids["b"]},
        {"input": 3, "request_id": ids["c"]},
    ]
    assert [json.loads(line) for line in listed.stdout.splitlines()] == expected
    append_outcome(path, 2)
    result = run(*command, "--retry-unknown", stdin=texts(*"abc"), url=server.url)
    assert (result.exit_code, result.stdout) == (0, "{}\n")
    assert result.stderr == "rtm: 3 ok (2 before)\n"
    assert statuses(path) == {1: "ok", 2: "ok", 3: "ok"}


def test_a_signal_leaves_a_journal_that_continues(server: FaultServer, path: Path) -> None:
    """The call in flight is unknown; the rest is called by the next run."""
    server.on("send_event", respond(), execute(), respond())
    command = (*STREAM, str(path))
    with start(*command, url=server.url) as process:
        assert process.stdin
        process.stdin.write(texts(*"abc").encode())
        process.stdin.flush()
        server.wait_for("send_event", 2)
        process.terminate()
        process.communicate()
    assert statuses(path) == {1: "ok", 2: "unknown"}
    result = run(*command, stdin=texts(*"abc"), url=server.url)
    assert (result.exit_code, len(server.executed)) == (7, 3)
