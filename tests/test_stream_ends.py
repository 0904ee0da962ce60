"""The two ends of a stream: what comes in, who reads what goes out, and who interrupts."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO

import pytest
from faults import CLOSE, PING, FaultServer, answer, execute, message, push, refuse, silence
from running import PATIENCE, RTM, environment, memory, program, run, shell, start
from terminals import Terminal

LINE = '{"action":"x","payload":{"n":%d}}\n'
ECHO = str(Path(__file__).parent / "benchmarks" / "echo.py")


def values(count: int) -> bytes:
    """Write whole requests, one a line, each with its number."""
    return "".join(LINE % n for n in range(1, count + 1)).encode()


def mirror(server: FaultServer) -> None:
    """Have the server answer with the payload it was sent."""
    server.on("*", answer(lambda request: request.payload))


def statuses(out: bytes) -> list[str]:
    """Name the statuses of the records, in order; every line must be whole."""
    lines = [json.loads(line) for line in out.splitlines()]
    return [line["error"]["status"] if "error" in line else "ok" for line in lines]


# What comes in


@pytest.mark.parametrize("stdin", [b"", b" \n\r\n\t", b"\xef\xbb\xbf"])
def test_an_empty_input_is_no_work(stdin: bytes) -> None:
    """T51: status 0, no connection, not a word."""
    with FaultServer() as server:
        done = run("send-event", "-", url=server.url, stdin=stdin)
        assert server.connections == 0
    assert done[:3] == (0, "", "")


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
        done = run("follow-chat", "-", url=server.url, stdin=stdin)
    assert (done.status, done.out) == (0, "{}\n{}\n")
    assert [request.payload["chat_id"] for request in server.requests] == ["a", "b"]


def test_a_malformed_line_is_a_record_between_the_others() -> None:
    """T49: values 1 and 2 are sent, 3 is told with its place, 4 is sent, status 2."""
    lines = [b'{"chat_id":"a"}', b'{"chat_id":"b"}', b"{bad", b'{"chat_id":"d"}']
    with FaultServer() as server:
        done = run("follow-chat", "-", url=server.url, stdin=b"\n".join(lines))
    assert (done.status, done.err) == (2, "rtm: 3 ok, 1 usage\n")
    assert statuses(done.out.encode()) == ["ok", "ok", "usage", "ok"]
    assert "line 3 column 2" in done.out
    assert server.count("*") == 3


@pytest.mark.parametrize("end", [b'{"chat_id":"c"', b'{"chat_id":', b"{", b'{"chat_id":"c'])
def test_a_value_that_is_cut_off_is_never_sent(end: bytes) -> None:
    """T50: what came before it counts, and the status is not 0."""
    with FaultServer() as server:
        done = run("follow-chat", "-", url=server.url, stdin=b'{"chat_id":"a"}\n' + end)
    assert (done.status, statuses(done.out.encode())) == (2, ["ok", "usage"])
    assert server.count("*") == 1


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b'{"chat_id":"\xff"}', "not UTF-8: line 2 column 13 (byte 29)"),
        (b'{"chat_id":"\\ud800"}', "broken Unicode in a string"),
        (b'{"chat_id":"a","chat_id":"b"}', 'duplicate key \\"chat_id\\"'),
        (b'{"chat_id":"a\x00"}', "a bad control character in a string"),
        (b'{"chat_id":NaN}', "a value should stand here"),
        (b'{"chat_id":"a","x":' + b"[" * 9999 + b"]" * 9999 + b"}", "nested too deeply"),
        ('{"chat_id":"a"}'.encode("utf-16"), "(byte 17)"),
    ],
)
def test_what_is_no_json_is_not_sent(line: bytes, why: str) -> None:
    """T87: the place is told, and earlier values stay reported."""
    with FaultServer() as server:
        done = run("follow-chat", "-", url=server.url, stdin=b'{"chat_id":"a"}\n' + line + b"\n")
    assert (done.status, statuses(done.out.encode())) == (2, ["ok", "usage"])
    assert why in done.out
    assert server.count("*") == 1


def test_no_digit_is_lost_on_the_way() -> None:
    """T82: a number that no double holds goes out, and comes back, as it is."""
    digits = '{"n":18446744073709551617,"x":[1e400,-0.0,1.0]}'
    with FaultServer() as server:
        done = run("call", "x", "-", url=server.url, stdin=digits)
        [frame] = [each.payload for each in server.frames if digits.encode() in each.payload]
    assert done.status == 0
    assert frame.endswith(b'"payload":' + digits.encode() + b"}")


def test_an_input_that_cannot_be_read_is_told() -> None:
    """T91: a closed standard input is status 2, and nothing is sent."""
    done = shell('"$RTM" call - <&-', url="ws://127.0.0.1:9/")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"standard input" in done.stderr


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
        assert server.connections == 0
    assert (process.returncode, out, err.count(b"\n")) == (2, b"", 1)
    assert f"standard input cannot be read: {why}".encode() in err


def test_jq_feeds_a_stream_and_reads_it() -> None:
    """`jq … | rtm METHOD - | jq …`, in compact form and as jq prints by itself."""
    jq = program("jq")
    script = f"""
        set -o pipefail
        printf '%s' '["a","b","c"]' | "{jq}" $1 '.[] | {{chat_id: .}}' \
            | "$RTM" follow-chat - | "{jq}" -c 'if .error then .error.input else "ok" end'
    """
    for layout in ("-c", "--tab"):
        with FaultServer() as server:
            server.on("*", answer(), refuse("validation"), answer())
            done = shell(f"set -- {layout}; {script}", url=server.url)
        assert done.stdout == b'"ok"\n2\n"ok"\n'
        assert (done.returncode, done.stderr) == (9, b"rtm: 2 ok, 1 refused\n")


def test_pushes_become_calls() -> None:
    """`rtm listen | jq … | rtm METHOD -` is a robot: it acts on each push as it comes."""
    jq = program("jq")
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
            server.wait_for(lambda: 1 in server.live)
            server.play(push("incoming_event", {"chat_id": chat}), connection=1)
            server.wait_for("follow_chat", number)
        out, err = robot.communicate()
    assert (robot.returncode, out, err) == (0, b"{}\n{}\n", b"rtm: 2 ok\n")
    assert [request.payload["chat_id"] for request in server.requests] == ["a", "b"]


def test_what_was_not_sent_can_be_found_again() -> None:
    """The number of the input joins records and values: a second run takes what the first left."""
    jq = program("jq")
    script = f"""
        printf '%s\\n' '{{"chat_id":"a"}}' '{{"chat_id":"b"}}' '{{"chat_id":"c"}}' > in.jsonl
        "$RTM" follow-chat - < in.jsonl > out.jsonl
        "{jq}" -c --slurpfile in in.jsonl \
            'select(.error.status == "busy") | $in[.error.input - 1]' out.jsonl
    """
    with FaultServer() as server:
        server.on("*", answer(), *[refuse("too_many_requests")] * 3, answer())
        script = f'cd "$(mktemp -d)"; {script}'
        done = shell(script, url=server.url, env={"RTM_WINDOW": "1"})
    assert done.stdout == b'{"chat_id":"b"}\n'


# Who reads what goes out


def test_a_reader_that_stops_reading_stops_nobody_else() -> None:
    """Pings go on, memory is bounded, and every record is there once somebody reads."""
    with (
        FaultServer() as server,
        start("call", "-", "--ping-interval", "0.05s", url=server.url) as process,
    ):
        server.on("*", answer({"text": "x" * 10_000}))
        assert process.stdin
        process.stdin.write(values(500))
        process.stdin.flush()
        server.wait_for("x", 20)
        before = server.count(PING)
        server.wait_for(PING, before + 5)
        assert server.count("x") < 500
        out, err = process.communicate()
    assert (len(statuses(out)), err, process.returncode) == (500, b"rtm: 500 ok\n", 0)


def test_a_reader_that_stops_reading_does_not_stop_the_clock() -> None:
    """--max-time counts for the output, too: status 74 where it could not be written by then."""
    with (
        FaultServer() as server,
        start("call", "-", "--max-time", "1s", url=server.url) as process,
    ):
        server.on("*", answer({"text": "x" * 10_000}))
        assert process.stdin
        process.stdin.write(values(500))
        process.stdin.flush()
        assert process.wait(6) == 74
        assert process.stderr
        assert b"was not read before the time was over" in process.stderr.read()


def test_a_reader_that_is_gone_stops_the_stream() -> None:
    """Status 141, silent where nothing is unknown, and no call is sent after that."""
    with FaultServer() as server, start("call", "-", "--window", "1", url=server.url) as process:
        mirror(server)
        assert process.stdin
        assert process.stdout
        process.stdin.write(values(1))
        process.stdin.flush()
        assert process.stdout.readline()
        process.stdout.close()
        process.wait()  # although its input is open
        assert process.stderr
        assert (process.returncode, process.stderr.read()) == (141, b"")
    assert server.count("*") == 1


def test_a_reader_that_goes_leaves_the_names_of_what_is_unknown() -> None:
    """What was in flight is awaited for a moment, and then named on standard error."""
    with FaultServer() as server, start("call", "-", url=server.url) as process:
        server.on("*", answer(), execute())
        assert process.stdin
        assert process.stdout
        process.stdin.write(values(3))
        process.stdin.flush()
        server.wait_for("x", 3)
        process.stdout.close()
        process.wait()
        assert process.stderr
        err = process.stderr.read().decode()
    assert process.returncode == 141
    assert all(request.request_id in err for request in server.requests[1:])
    assert "(input 2)" in err
    assert "outcome unknown" in err


def test_a_full_disk_stops_the_stream() -> None:
    """T89: status 74, no more than the window is sent, and it is told what is lost."""
    with FaultServer() as server:
        mirror(server)
        done = shell('"$RTM" call - > /dev/full', url=server.url, stdin=values(1000))
    assert done.returncode == 74
    assert server.count("*") <= 16
    [line] = done.stderr.decode().splitlines()
    assert "no space left on device; " in line
    assert " ok; nothing was read beyond value" in line
    assert line.endswith(" records are lost")


def test_a_closed_standard_output_sends_nothing() -> None:
    """T91: status 74 before the first value is read."""
    with FaultServer() as server:
        done = shell('"$RTM" call - >&-', url=server.url, stdin=values(1))
        assert server.connections == 0
    assert done.returncode == 74


def test_memory_does_not_grow_with_the_input() -> None:
    """T56: fifteen thousand values take no more than a thousand, give or take."""
    early, late = peaks(1_000, 15_000)
    assert late < early + 10


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("size", [40, 2_000])
def test_memory_is_flat_over_a_million_values(size: int) -> None:
    """T56: 40 MB and 2 GB of input take no more at the end than after a hundredth."""
    early, late = peaks(10_000, 1_000_000, size)
    assert late < early + 20


def peaks(few: int, many: int, size: int = 40) -> tuple[float, float]:
    """Stream so many values of that many bytes; return the most memory after few, and after all.

    In MiB. It is read while the process waits for more, so that it is the process's own.
    """
    value = b'{"action":"x","payload":{"text":"%s"}}\n'
    value %= b"x" * (size + 2 - len(value))
    with (
        subprocess.Popen([sys.executable, ECHO], stdout=subprocess.PIPE) as server,
        subprocess.Popen([RTM, "call", "-"], env=environment(first_line(server)),
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process,
    ):  # fmt: skip
        assert process.stdin
        assert process.stdout
        found = []
        for count in (few, many - few):
            feeding = threading.Thread(target=feed, args=(process.stdin, value, count))
            feeding.start()
            for _ in range(count):
                assert process.stdout.readline() == b"{}\n"
            feeding.join()
            found.append(memory(process.pid)[1])
        process.stdin.close()
        assert process.wait(PATIENCE) == 0
        server.terminate()
    return found[0], found[1]


def first_line(process: subprocess.Popen[bytes]) -> str:
    """Read what a process prints first."""
    assert process.stdout
    return process.stdout.readline().decode().strip()


def feed(stdin: IO[bytes], value: bytes, count: int) -> None:
    """Write a value so many times."""
    for fed in range(0, count, 100):
        stdin.write(value * min(100, count - fed))
    stdin.flush()


# Who interrupts


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_stream_with_everything_told(number: int) -> None:
    """T92: what was answered is printed, what is not is named, and the signal is died of."""
    with FaultServer() as server, start("call", "-", url=server.url) as process:
        server.on("*", answer(), execute())
        assert process.stdin
        process.stdin.write(values(3))
        process.stdin.flush()
        server.wait_for("x", 3)
        process.send_signal(number)
        assert process.wait(4) == -number  # although its input is open
        assert process.stdout
        assert process.stderr
        out, err = process.stdout.read(), process.stderr.read().decode()
    assert statuses(out) == ["ok", "unknown", "unknown"]
    assert "rtm: 1 ok, 2 unknown; nothing was read beyond value 3" in err
    assert all(request.request_id in err for request in server.requests[1:])


def test_answers_that_come_soon_after_a_signal_count() -> None:
    """What is in flight is awaited for a moment; nothing more is sent."""
    with FaultServer() as server, start("call", "-", "--window", "2", url=server.url) as process:
        server.on("*", silence())
        assert process.stdin
        process.stdin.write(values(9))
        process.stdin.flush()
        server.wait_for("x", 2)
        process.terminate()
        for request in server.requests:
            own = {"request_id": request.request_id, "payload": request.payload}
            server.play(message({"type": "response", "action": "x", "success": True, **own}))
        out, err = process.communicate()
    assert (statuses(out), process.returncode) == (["ok", "ok"], -signal.SIGTERM)
    assert b"unknown" not in err
    assert server.count("x") == 2


@pytest.mark.parametrize("moment", ["idle", "login"])
def test_a_signal_with_nothing_in_flight_ends_at_once(moment: str) -> None:
    """T92: while waiting for input, or for the login's answer."""
    with FaultServer() as server, start("call", "-", url=server.url) as process:
        server.on("login", silence() if moment == "login" else answer())
        assert process.stdin
        process.stdin.write(values(1))
        process.stdin.flush()
        server.wait_for("x" if moment == "idle" else "login")
        if moment == "idle":
            assert process.stdout
            assert process.stdout.readline() == b"{}\n"
        process.terminate()
        assert process.wait(4) == -signal.SIGTERM


def test_a_second_signal_ends_at_once() -> None:
    """T94: nobody waits for the answers then."""
    with FaultServer() as server, start("call", "-", url=server.url) as process:
        server.on("*", execute())
        assert process.stdin
        process.stdin.write(values(1))
        process.stdin.flush()
        server.wait_for("x")
        process.send_signal(signal.SIGINT)
        asked = time.monotonic()
        while process.poll() is None:  # two within a microsecond count as one
            process.send_signal(signal.SIGTERM)
        assert time.monotonic() - asked < 1
        assert process.returncode in (-signal.SIGINT, -signal.SIGTERM)


def test_a_signal_while_nobody_reads_leaves_whole_lines() -> None:
    """T70: within five seconds, and the last line is whole."""
    with FaultServer() as server, start("call", "-", url=server.url) as process:
        server.on("*", answer({"text": "x" * 1000}))
        assert process.stdin
        process.stdin.write(values(500))
        process.stdin.flush()
        server.wait_for("x", 100)
        process.terminate()
        assert process.wait(5) == -signal.SIGTERM
        assert process.stdout
        out = process.stdout.read()
    assert out.endswith(b"\n")
    assert set(statuses(out)) == {"ok"}


def test_a_signal_while_nobody_reads_or_says_goodbye_ends_within_two_seconds() -> None:
    """T92: the wait for the reader and that for the server's goodbye have one bound."""
    with FaultServer() as server, start("call", "-", url=server.url) as process:
        server.on("*", answer({"text": "x" * 10_000}))
        server.on(CLOSE, silence())
        assert process.stdin
        process.stdin.write(values(500))
        process.stdin.flush()
        server.wait_for("x", 20)
        process.terminate()
        asked = time.monotonic()
        assert process.wait(5) == -signal.SIGTERM
        assert time.monotonic() - asked < 2.5  # a busy machine has half a second to itself


# What a person sees


def test_a_person_sees_how_it_goes(tmp_path: Path) -> None:
    """On a terminal a line tells count, rate and failures, and is gone in the end.

    Not so where the records go into a pipe: at its end they may come to the same terminal.
    """
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(values(20))
    script = f'"{RTM}" call - --rate 40 <"{source}" '
    with FaultServer() as server, Terminal() as terminal:
        env = {**environment(server.url), "TERM": "xterm", "PYTHONWARNINGS": "error"}
        process = terminal.run(program("bash"), "-c", f'{script} >"{target}"', env=env)
        shown = terminal.rest()
        assert process.wait(PATIENCE) == 0
        assert len(statuses(target.read_bytes())) == 20
        with Terminal() as other:
            other.run(program("bash"), "-c", f"{script} | head -1", env=env)
            assert other.rest() == "{}\n"
    assert " calls, " in shown
    assert " 0 failed" in shown
    assert shown.endswith("rtm: 20 ok\n")
    assert "\x1b[2K" in shown  # the line was wiped
