"""The invariants accept correct runs and reject every violation."""

import ast
import base64
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from support import invariants

TOKEN = "dal:a+secret/of-many_characters"
ENV = {"RTM_TOKEN": f"Bearer {TOKEN}"}
CALL = ("send-event", "--text", "hello")
TESTS_DIR = Path(__file__).parent.parent

# Tests that start the tool without `process`, `listen_process` and `terminal`, with the reason.
ALLOWED_DIRECT_STARTS = {
    "e2e/test_max_time.py::test_standard_error_that_is_not_read_ends_at_max_time",
    "e2e/test_max_time.py::unread_result",  # its last line may be incomplete
    "e2e/test_locale.py::test_bytes_that_are_not_utf8_are_never_guessed",  # bytes as arguments
    # They need another umask, a full pipe, or Python as the started program.
    "cli/commands/test_config.py::test_file_and_directory_are_private",
    "cli/commands/test_sandbox.py::test_a_signal_ends_it_while_its_first_line_is_not_read",
    "cli/commands/test_sandbox.py::test_an_ignored_hangup_does_not_end_it",
    "cli/commands/test_sandbox.py::test_as_a_module_it_finds_the_script_too",
    "test___main__.py::test_output_is_complete_without_teardown",
    "e2e/test_help.py::test_help_imports_no_network_libraries",
    # They need other standard streams, or run a shell pipeline.
    "e2e/test_listen_output.py::test_ignored_signals_stay_ignored",
    "e2e/test_listen_output.py::test_standard_output_stays_blocking",
    "e2e/test_listen_output.py::test_the_pings_go_on_if_a_terminal_or_socket_is_not_read",
    "e2e/test_signals.py::test_a_signal_ends_the_wait_for_a_reader_of_standard_error",
    "e2e/test_stream_input.py::test_pushes_become_calls",
    "e2e/test_stream_output.py::peak_memory",
}


@pytest.mark.parametrize(
    ("out", "err"),
    [
        (b"", b""),
        (b"{}\n", b"rtm: a warning\n"),
        (b'{"n":1e400}\n[' + b"7" * 5000 + b"]\n", b""),
        (b"", TOKEN[-7:].encode()),
    ],
)
def test_correct_output_passes(out: bytes, err: bytes) -> None:
    """Complete lines of JSON, any warning, and fewer than eight characters of the token."""
    invariants.check_output(CALL, ENV, out, err)


@pytest.mark.parametrize(
    ("out", "err"),
    [
        (b"", b"Traceback (most recent call last):\n"),
        (b"Traceback", b""),
        (b"", TOKEN.encode()),
        (b'"%s"\n' % TOKEN[3:11].encode(), b""),
        (b"", quote(TOKEN, safe="").encode()),
        (b"", base64.b64encode(b"x" + TOKEN.encode())),
        (b"", base64.urlsafe_b64encode(TOKEN.encode())),
        (b"{}", b""),
        (b"{}\n{", b""),
        (b"hello\n", b""),
        (b"{\n}\n", b""),
    ],
)
def test_violations_are_detected(out: bytes, err: bytes) -> None:
    """Tracebacks, eight characters of the token in any encoding, incomplete lines, invalid JSON."""
    with pytest.raises((AssertionError, ValueError)):
        invariants.check_output(CALL, ENV, out, err)


@pytest.mark.parametrize("arguments", [("--help",), ("get-archives", "--pretty"), ("doctor",)])
def test_output_for_people_need_not_be_json(arguments: tuple[str, ...]) -> None:
    """Help, tables and pretty-printed JSON are not checked."""
    invariants.check_output(arguments, ENV, b"{\n}\n", b"")


def test_a_leftover_file_is_detected() -> None:
    """A file in the shared home folder fails the check."""
    left = Path(invariants.SHARED_HOME.name) / "left"
    left.touch()
    try:
        with pytest.raises(AssertionError, match="left behind"):
            invariants.check_output((), {}, b"", b"")
    finally:
        left.unlink()


@pytest.mark.parametrize(
    ("arguments", "env", "limit"),
    [
        (CALL, {}, 60.0),
        ((*CALL, "--max-time", "500ms"), {"RTM_MAX_TIME": "9"}, 0.5),
        (CALL, {"RTM_MAX_TIME": "2m"}, 120.0),
        (("call", "-"), {}, None),
        (("listen",), {}, None),
        ((*CALL, "--max-time", "soon"), {}, None),
    ],
)
def test_the_time_limit_of_a_run_is_known(
    arguments: tuple[str, ...], env: dict[str, str], limit: float | None
) -> None:
    """The option takes precedence over the variable; streams and listeners have no default."""
    assert invariants.time_limit(arguments, env) == limit
    if limit is not None:
        invariants.check_duration(arguments, env, limit + 1.4, lambda: 0.5)
        with pytest.raises(AssertionError, match="too long"):
            invariants.check_duration(arguments, env, limit + 1.6, lambda: 0.5)


def direct_process_starts() -> Iterator[str]:
    """Name the functions in test files that start the tool with `subprocess`."""
    for path in TESTS_DIR.rglob("test_*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
                calls = [each.func for each in ast.walk(node) if isinstance(each, ast.Call)]
                is_direct = any(ast.unparse(call).startswith("subprocess.") for call in calls)
                if is_direct and "RTM" in names:
                    yield f"{path.relative_to(TESTS_DIR)}::{node.name}"


def test_all_runs_are_checked() -> None:
    """Only the listed tests start the tool without the checks of the test support."""
    assert set(direct_process_starts()) == ALLOWED_DIRECT_STARTS
