"""Invalid input: one line on standard error, status 2, and nothing is sent."""

import json
from pathlib import Path

import pytest
from support.fault_server import FaultServer
from support.process import CommandResult, run

CUSTOMER = "b7eff798-f8df-4364-8059-649c35c9ed0c"


def run_rejected(*arguments: str, stdin: str | bytes = b"") -> CommandResult:
    """Run a command against a normal server; nothing may reach it."""
    with FaultServer() as server:
        result = run(*arguments, url=server.url, stdin=stdin)
        assert server.connection_count == 0
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    return result


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("ban-custmer", "ban-customer"),
        ("tag_chat_thred", "tag-chat-thread"),
        ("set-customers", "get-customers or update-customer"),
        ("set_customers", "get-customers or update-customer"),
    ],
)
def test_an_unknown_command_suggests_similar_names(name: str, nearest: str) -> None:
    """The message names an existing command."""
    assert run_rejected(name).stderr.startswith(
        f"rtm: usage: unknown command {name}; did you mean "
    )
    assert nearest in run_rejected(name).stderr


def test_an_unknown_flag_suggests_a_similar_name() -> None:
    """The message names an existing flag."""
    assert "--customer-id" in run_rejected("ban-customer", "--custmer-id", "x").stderr


def test_all_missing_parameters_are_reported_together() -> None:
    """One message names every missing field with its path and its flag."""
    assert run_rejected("ban-customer").stderr == (
        "rtm: ban_customer: usage: customer_id is required (--customer-id); "
        "ban.days is required (--ban-days); add - to read the payload from standard input\n"
    )


def test_all_invalid_values_are_reported_together() -> None:
    """One message reports wrong types, ranges and choices."""
    payload = '{"chat_id":1,"target":{"type":"team","ids":"x"},"force":"yes"}'
    assert run_rejected("transfer-chat", payload).stderr == (
        "rtm: transfer_chat: usage: chat_id must be a string, not 1 (--chat-id); "
        'target.type must be group or agent, not "team" (--target-type); '
        'target.ids must be an array of integers or strings, not "x" (--target-ids); '
        'force must be true or false, not "yes" (--force)\n'
    )


def test_a_flag_value_of_the_wrong_type_is_reported() -> None:
    """The message names the expected type and the flag."""
    result = run_rejected("ban-customer", "--customer-id", CUSTOMER, "--ban-days", "five")
    assert result.stderr == (
        'rtm: ban_customer: usage: ban.days must be an integer, not "five" (--ban-days)\n'
    )


def test_a_range_is_checked() -> None:
    """A ban of 0 days is refused before it is sent."""
    result = run_rejected("ban-customer", "--customer-id", CUSTOMER, "--ban-days", "0")
    assert "ban.days must be at least 1, not 0 (--ban-days)" in result.stderr


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        ('{"a":1', "Expecting ',' delimiter: line 1 column 7"),
        ("{bad}", "line 1 column 2"),
        ('{"a":NaN}', "NaN is not a JSON value"),
        ('{"a":-Infinity}', "-Infinity is not a JSON value"),
        ('{"rating":1,"rating":2}', 'duplicate key "rating"'),
        ('{"a":"\\ud800"}', "invalid Unicode"),
        ('{"a":1} {"b":2}', "unexpected text after the value: line 1 column 9"),
        ("[" * 100_000, "nested too deeply"),
        ("[1]", "must be a JSON object"),
        ("null", "must be a JSON object"),
        ("", "line 1 column 1"),
        ('{"a":"\x01"}', "line 1 column 7"),
    ],
)
def test_bad_json_is_refused_with_its_position(payload: str, why: str) -> None:
    """T87: the message says what is wrong with the JSON, and where."""
    assert why in run_rejected("get-archives", payload).stderr


def test_a_number_of_any_length_keeps_its_digits() -> None:
    """T87: a number of 5,000 digits is sent unchanged."""
    payload = '{"n":' + "7" * 5000 + "}"
    result = run("call", "x", payload, "--dry-run", token=None)
    assert result[:3] == (0, '{"action":"x","payload":' + payload + "}\n", "")


def test_a_missing_file_is_reported() -> None:
    """The message names the file of @FILE."""
    result = run_rejected("get-archives", "@/nowhere/payload.json")
    assert result.stderr == (
        "rtm: get_archives: usage: /nowhere/payload.json: no such file or directory\n"
    )


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ('{"filters":{}}'.encode("utf-16"), "it is UTF-16; convert it to UTF-8"),
        (b'{"filters":"\xff"}', "not UTF-8: byte 13"),
    ],
)
def test_a_file_that_is_not_utf8_is_reported(data: bytes, problem: str, tmp_path: Path) -> None:
    """T87: UTF-16 is named; of other encodings, the first wrong byte."""
    path = tmp_path / "payload.json"
    path.write_bytes(data)
    stderr = run_rejected("get-archives", f"@{path}").stderr
    assert f"{path} is not valid JSON: {problem}" in stderr


@pytest.mark.parametrize(
    ("option", "why"),
    [
        ("filters", "must be PATH=VALUE"),
        ("=1", "must be PATH=VALUE"),
        ("a..b=1", "must be PATH=VALUE"),
    ],
)
def test_an_invalid_set_option_is_reported(option: str, why: str) -> None:
    """--set needs a path and a value."""
    assert why in run_rejected("get-archives", "--set", option).stderr


def test_a_path_through_a_value_is_refused() -> None:
    """--set cannot set a member of a string."""
    result = run_rejected("tag-chat-thread", '{"chat_id":"a"}', "--set", "chat_id.x=1")
    assert "chat_id.x cannot be set: chat_id is not an object (--set)" in result.stderr


def test_exclusive_options_are_reported() -> None:
    """--compact and --pretty exclude each other."""
    assert "exclude each other" in run_rejected("get-archives", "--compact", "--pretty").stderr


@pytest.mark.parametrize("value", ["soon", "-1s", "0", "5 parsecs", "1e3"])
def test_a_duration_is_checked(value: str) -> None:
    """Durations are written 500ms, 10s, 5m, 1h, and must not be 0."""
    assert "--timeout must be" in run_rejected("get-archives", "--timeout", value).stderr


def test_a_token_is_never_taken_from_the_command_line() -> None:
    """T103: neither `login` nor `call` accepts a token, and the message does not quote it."""
    secret = "sesame-open-now"  # made up
    for arguments in (
        ("login", f'{{"token":"{secret}"}}'),
        ("login", "--set", f"token={secret}"),
        ("login", "--no-validate", f'{{"token":"{secret}"}}'),
        ("call", "login", f'{{"token":"{secret}"}}'),
        ("call", f'{{"action":"login","payload":{{"token":"{secret}"}}}}'),
    ):
        assert secret not in run_rejected(*arguments).stderr


def test_no_validate_sends_the_payload_unchecked() -> None:
    """With --no-validate the server decides."""
    with FaultServer() as server:
        result = run("ban-customer", '{"ban":{"days":"five"}}', "--no-validate", url=server.url)
    assert result[:3] == (0, "{}\n", "")
    assert server.requests[0].payload == {"ban": {"days": "five"}}


def test_standard_input_is_read_only_on_request() -> None:
    """A call without `-` does not read standard input."""
    with FaultServer() as server:
        result = run("get-archives", url=server.url, stdin="{broken")
    assert (result.exit_code, server.requests[0].payload) == (0, {})


@pytest.mark.parametrize(
    "text", ['{"chat_id":"a"}', '\ufeff{"chat_id":"a"}', '{\r\n "chat_id": "a"\r\n}\r\n\r\n']
)
def test_payload_files_may_have_any_common_layout(text: str, tmp_path: Path) -> None:
    """T87: a byte order mark, CRLF, or a missing final newline is accepted."""
    path = tmp_path / "payload.json"
    path.write_text(text, newline="")
    result = run("close-thread", f"@{path}", "-n")
    assert json.loads(result.stdout)["payload"] == {"chat_id": "a"}


def test_flags_override_set_options_which_override_the_payload() -> None:
    """PAYLOAD, then --set, then flags; other members are unchanged."""
    result = run(
        "tag-chat-thread",
        '{"chat_id":"a","thread_id":"b","tag":"c","more":{"x":1.10,"y":18446744073709551617}}',
        "--set",
        "thread_id=B2",
        "--set",
        "more.z=[1,2]",
        "--set-string",
        "more.s=5",
        "--tag",
        "C3",
        "--dry-run",
        token=None,
    )
    assert result[:3] == (
        0,
        (
            '{"action":"tag_chat_thread","payload":{"chat_id":"a","thread_id":"B2","tag":"C3",'
            '"more":{"x":1.1,"y":18446744073709551617,"z":[1,2],"s":"5"}}}\n'
        ),
        "",
    )
