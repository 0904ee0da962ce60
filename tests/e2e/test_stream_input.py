"""What comes in: the values of a stream in any layout, broken, cut off, or not to be read."""

import os
import subprocess
from pathlib import Path

import pytest
from support.fault_server import FaultServer, push, respond, respond_error
from support.process import RTM, environment, require_program, run, run_shell, start
from support.stream_data import record_statuses


@pytest.mark.parametrize("stdin", [b"", b" \n\r\n\t", b"\xef\xbb\xbf"])
def test_an_empty_input_is_no_work(stdin: bytes) -> None:
    """T51: status 0, no connection, not a word."""
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
def test_values_come_in_any_layout(stdin: bytes) -> None:
    """T87: one a line, back to back, pretty-printed; BOM, CRLF, blank lines, no last line end."""
    with FaultServer() as server:
        result = run("follow-chat", "-", url=server.url, stdin=stdin)
    assert (result.exit_code, result.stdout) == (0, "{}\n{}\n")
    assert [request.payload["chat_id"] for request in server.requests] == ["a", "b"]


def test_a_malformed_line_is_a_record_between_the_others() -> None:
    """T49: values 1 and 2 are sent, 3 is told with its place, 4 is sent, status 2."""
    lines = [b'{"chat_id":"a"}', b'{"chat_id":"b"}', b"{bad", b'{"chat_id":"d"}']
    with FaultServer() as server:
        result = run("follow-chat", "-", url=server.url, stdin=b"\n".join(lines))
    assert (result.exit_code, result.stderr) == (2, "rtm: 3 ok, 1 usage\n")
    assert record_statuses(result.stdout.encode()) == ["ok", "ok", "usage", "ok"]
    assert "line 3 column 2" in result.stdout
    assert server.count("*") == 3


@pytest.mark.parametrize("end", [b'{"chat_id":"c"', b'{"chat_id":', b"{", b'{"chat_id":"c'])
def test_a_value_that_is_cut_off_is_never_sent(end: bytes) -> None:
    """T50: what came before it counts, and the status is not 0."""
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
def test_what_is_no_json_is_not_sent(line: bytes, why: str) -> None:
    """T87: the place is told, and earlier values stay reported."""
    with FaultServer() as server:
        result = run("follow-chat", "-", url=server.url, stdin=b'{"chat_id":"a"}\n' + line + b"\n")
    assert (result.exit_code, record_statuses(result.stdout.encode())) == (2, ["ok", "usage"])
    assert why in result.stdout
    assert server.count("*") == 1


def test_no_digit_is_lost_on_the_way() -> None:
    """T82: a number that no double holds goes out, and comes back, as it is."""
    digits = '{"n":18446744073709551617,"x":[1e400,-0.0,1.0]}'
    with FaultServer() as server:
        result = run("call", "x", "-", url=server.url, stdin=digits)
        [frame] = [each.payload for each in server.frames if digits.encode() in each.payload]
    assert result.exit_code == 0
    assert frame.endswith(b'"payload":' + digits.encode() + b"}")


def test_an_input_that_cannot_be_read_is_told() -> None:
    """T91: a closed standard input is status 2, and nothing is sent."""
    result = run_shell('"$RTM" call - <&-', url="ws://127.0.0.1:9/")
    assert (result.returncode, result.stdout) == (2, b"")
    assert b"standard input" in result.stderr


@pytest.mark.parametrize("mode", [["--compact"], ["--dry-run"], ["--error-format", "json"]])
@pytest.mark.parametrize(
    ("path", "way", "why"),
    [
        # Our own memory, from the address 0 on, where nothing is.
        ("/proc/self/mem", "rb", "input/output error"),
        (os.devnull, "wb", "it is open for writing only"),
    ],
)
def test_an_input_that_fails_is_not_an_empty_one(
    path: str, way: str, why: str, mode: list[str]
) -> None:
    """T91: status 2, one line on standard error, and nothing is sent."""
    with FaultServer() as server, Path(path).open(way) as stdin:
        with start("send-event", "-", *mode, url=server.url, stdin=stdin) as process:
            out, err = process.communicate()
        assert server.connection_count == 0
    assert (process.returncode, out, err.count(b"\n")) == (2, b"", 1)
    assert f"standard input cannot be read: {why}".encode() in err


def test_jq_feeds_a_stream_and_reads_it() -> None:
    """`jq … | rtm METHOD - | jq …`, in compact form and as jq prints by itself."""
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
        assert (result.returncode, result.stderr) == (9, b"rtm: 2 ok, 1 refused\n")


def test_pushes_become_calls() -> None:
    """`rtm listen | jq … | rtm METHOD -` is a robot: it acts on each push as it comes."""
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
        ) as robot,
    ):
        server.wait_for("login")
        for number, chat in enumerate("ab", 1):
            server.wait_for(lambda: 1 in server.open_connections)
            server.run_steps(push("incoming_event", {"chat_id": chat}), connection=1)
            server.wait_for("follow_chat", number)
        out, err = robot.communicate()
    assert (robot.returncode, out, err) == (0, b"{}\n{}\n", b"rtm: 2 ok\n")
    assert [request.payload["chat_id"] for request in server.requests] == ["a", "b"]


def test_what_was_not_sent_can_be_found_again() -> None:
    """The number of the input joins records and values: a second run takes what the first left."""
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
