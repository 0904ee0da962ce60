"""The input of a stream: values in any layout, invalid, incomplete, or unreadable."""

import os
import subprocess
from pathlib import Path

import pytest
from support.fault_server import FaultServer, push, respond, respond_error
from support.process import RTM, environment, require_program, run, run_shell, start
from support.stream_data import record_statuses


@pytest.mark.parametrize("stdin", [b"", b" \n\r\n\t", b"\xef\xbb\xbf"])
def test_an_empty_input_does_nothing(stdin: bytes) -> None:
    """T51: status 0, no connection, no output."""
    with FaultServer() as server:
        result = run("send-event", "-", url=server.url, stdin=stdin)
        assert server.connection_count == 0
    assert result[:3] == (0, "", "")


@pytest.mark.parametrize(
    "stdin",
    [
        b'{"chat_id":"a"}\n{"chat_id":"b"}\n',
        b'{"chat_id":"a"}{"chat_id":"b"}',
        b'{\n  "chat_id": "a"\n}\n{\n  "chat_id": "b"\n}',
        b'\xef\xbb\xbf{"chat_id":"a"}\r\n\r\n{"chat_id":"b"}\r\n',
    ],
)
def test_values_may_have_any_layout(stdin: bytes) -> None:
    """T87: JSON Lines, back to back, pretty-printed; BOM, CRLF, blank lines, no final newline."""
    with FaultServer() as server:
        result = run("follow-chat", "-", url=server.url, stdin=stdin)
    assert (result.exit_code, result.stdout) == (0, "{}\n{}\n")
    assert [request.payload["chat_id"] for request in server.requests] == ["a", "b"]


def test_a_malformed_line_is_a_record_between_the_others() -> None:
    """T49: values 1 and 2 are sent, 3 is reported with its position, 4 is sent, status 2."""
    lines = [b'{"chat_id":"a"}', b'{"chat_id":"b"}', b"{bad", b'{"chat_id":"d"}']
    with FaultServer() as server:
        result = run("follow-chat", "-", url=server.url, stdin=b"\n".join(lines))
    assert result.exit_code == 2
    assert result.stderr.startswith("rtm: 3 ok, 1 usage (input 3: invalid JSON: ")
    assert record_statuses(result.stdout.encode()) == ["ok", "ok", "usage", "ok"]
    assert "line 3 column 2" in result.stdout
    assert server.count("*") == 3


@pytest.mark.parametrize("end", [b'{"chat_id":"c"', b'{"chat_id":', b"{", b'{"chat_id":"c'])
def test_an_incomplete_value_is_never_sent(end: bytes) -> None:
    """T50: the values before it are sent, and the status is 2."""
    with FaultServer() as server:
        result = run("follow-chat", "-", url=server.url, stdin=b'{"chat_id":"a"}\n' + end)
    assert (result.exit_code, record_statuses(result.stdout.encode())) == (2, ["ok", "usage"])
    assert server.count("*") == 1


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b'{"chat_id":"\xff"}', "not UTF-8: line 2 column 13 (byte 29)"),
        (b'{"chat_id":"\\ud800"}', "invalid Unicode in a string"),
        (b'{"chat_id":"a","chat_id":"b"}', 'duplicate key \\"chat_id\\"'),
        (b'{"chat_id":"a\x00"}', "invalid control character in a string"),
        (b'{"chat_id":NaN}', "expected a value"),
        (b'{"chat_id":"a","x":' + b"[" * 9999 + b"]" * 9999 + b"}", "nested too deeply"),
        ('{"chat_id":"a"}'.encode("utf-16"), "(byte 17)"),
    ],
)
def test_invalid_json_is_not_sent(line: bytes, why: str) -> None:
    """T87: it is reported with its position, after the records of earlier values."""
    with FaultServer() as server:
        result = run("follow-chat", "-", url=server.url, stdin=b'{"chat_id":"a"}\n' + line + b"\n")
    assert (result.exit_code, record_statuses(result.stdout.encode())) == (2, ["ok", "usage"])
    assert why in result.stdout
    assert server.count("*") == 1


def test_numbers_keep_all_digits() -> None:
    """T82: numbers beyond the range of a double are sent unchanged."""
    digits = '{"n":18446744073709551617,"x":[1e400,-0.0,1.0]}'
    with FaultServer() as server:
        result = run("call", "x", "-", url=server.url, stdin=digits)
        [frame] = [each.payload for each in server.frames if digits.encode() in each.payload]
    assert result.exit_code == 0
    assert frame.endswith(b'"payload":' + digits.encode() + b"}")


def test_a_closed_standard_input_is_reported() -> None:
    """T91: status 2, and nothing is sent."""
    result = run_shell('"$RTM" call - <&-', url="ws://127.0.0.1:9/")
    assert (result.returncode, result.stdout) == (2, b"")
    assert b"standard input" in result.stderr


@pytest.mark.parametrize("options", [["--compact"], ["--dry-run"], ["--error-format", "json"]])
@pytest.mark.parametrize(
    ("path", "mode", "why"),
    [
        # The memory of the process itself: there is nothing at address 0.
        ("/proc/self/mem", "rb", "input/output error"),
        (os.devnull, "wb", "it is open for writing only"),
    ],
)
def test_an_input_error_is_not_an_empty_input(
    path: str, mode: str, why: str, options: list[str]
) -> None:
    """T91: status 2, one line on standard error, and nothing is sent."""
    with FaultServer() as server, Path(path).open(mode) as stdin:
        with start("send-event", "-", *options, url=server.url, stdin=stdin) as process:
            out, err = process.communicate()
        assert server.connection_count == 0
    assert (process.returncode, out, err.count(b"\n")) == (2, b"", 1)
    assert f"standard input cannot be read: {why}".encode() in err


def test_jq_feeds_a_stream_and_reads_it() -> None:
    """`jq … | rtm METHOD - | jq …` works with compact and with indented output of jq."""
    jq = require_program("jq")
    script = f"""
        set -o pipefail
        printf '%s' '["a","b","c"]' | "{jq}" $1 '.[] | {{chat_id: .}}' \
            | "$RTM" follow-chat - | "{jq}" -c 'if .error then .error.input else "ok" end'
    """
    for layout in ("-c", "--tab"):
        with FaultServer() as server:
            server.on("*", respond(), respond_error("validation"), respond())
            result = run_shell(f"set -- {layout}; {script}", url=server.url)
        assert result.stdout == b'"ok"\n2\n"ok"\n'
        assert (result.returncode, result.stderr) == (
            9,
            b"rtm: 2 ok, 1 refused (input 2: validation: Validation)\n",
        )


def test_pushes_become_calls() -> None:
    """`rtm listen | jq … | rtm METHOD -` acts on each push as it arrives."""
    jq = require_program("jq")
    script = f"""
        set -o pipefail
        "{RTM}" listen --count 2 | "{jq}" -c --unbuffered '{{chat_id: .payload.chat_id}}' \
            | "{RTM}" follow-chat -
    """
    with (
        FaultServer() as server,
        subprocess.Popen(
            ["bash", "-c", script],
            env=environment(server.url),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as pipeline,
    ):
        server.wait_for("login")
        for number, chat in enumerate("ab", 1):
            server.wait_for(lambda: 1 in server.open_connections)
            server.run_steps(push("incoming_event", {"chat_id": chat}), connection=1)
            server.wait_for("follow_chat", number)
        out, err = pipeline.communicate()
    assert (pipeline.returncode, out, err) == (0, b"{}\n{}\n", b"rtm: 2 ok\n")
    assert [request.payload["chat_id"] for request in server.requests] == ["a", "b"]


def test_unsent_values_can_be_found_again() -> None:
    """Records name the number of their value: a second run can take the values left over."""
    jq = require_program("jq")
    script = f"""
        printf '%s\\n' '{{"chat_id":"a"}}' '{{"chat_id":"b"}}' '{{"chat_id":"c"}}' > in.jsonl
        "$RTM" follow-chat - < in.jsonl > out.jsonl
        "{jq}" -c --slurpfile in in.jsonl \
            'select(.error.status == "busy") | $in[.error.input - 1]' out.jsonl
    """
    with FaultServer() as server:
        server.on("*", respond(), *[respond_error("too_many_requests")] * 3, respond())
        script = f'cd "$(mktemp -d)"; {script}'
        result = run_shell(script, url=server.url, env={"RTM_WINDOW": "1"})
    assert result.stdout == b'{"chat_id":"b"}\n'
