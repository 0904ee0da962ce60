"""What is asked of every run can be failed, and by nothing that is sound."""

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

# Who starts the tool by other means than `running`, `hearing` and `terminals`, and looks at what
# only that shows.
ALLOWED_DIRECT_STARTS = {
    "cli/commands/test_config.py::test_file_and_folder_are_for_their_owner_only",  # umask
    "cli/commands/test_sandbox.py::test_a_signal_ends_it_while_nobody_reads_its_first_line",  # a full pipe
    "cli/commands/test_sandbox.py::test_a_hangup_that_is_ignored_does_not_end_it",  # Python goes before
    "cli/commands/test_sandbox.py::test_as_a_module_it_finds_the_script_too",  # it is Python that is started
    "test___main__.py::test_output_is_whole_though_there_is_no_teardown",
    "e2e/test_help.py::test_help_loads_nothing_heavy",  # it is Python that is started
    "e2e/test_listen_output.py::test_ignored_signals_stay_ignored",
    "e2e/test_listen_output.py::test_standard_output_stays_blocking",
    "e2e/test_stream_input.py::test_pushes_become_calls",  # two of them
    "e2e/test_stream_output.py::peak_memory",  # a million lines
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
def test_what_is_sound_passes(out: bytes, err: bytes) -> None:
    """Whole lines of JSON, any words, and less of the token than gives it away."""
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
def test_what_is_not_sound_is_found(out: bytes, err: bytes) -> None:
    """Tracebacks, eight characters of the token however encoded, torn lines, and no JSON."""
    with pytest.raises((AssertionError, ValueError)):
        invariants.check_output(CALL, ENV, out, err)


@pytest.mark.parametrize("arguments", [("--help",), ("get-archives", "--pretty"), ("doctor",)])
def test_who_speaks_to_people_need_not_print_json(arguments: tuple[str, ...]) -> None:
    """Help, tables and what is laid out for reading."""
    invariants.check_output(arguments, ENV, b"{\n}\n", b"")


def test_a_file_that_is_left_behind_is_found() -> None:
    """In the home of all runs that have no other."""
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
def test_the_limit_of_a_run_is_known(
    arguments: tuple[str, ...], env: dict[str, str], limit: float | None
) -> None:
    """The option goes before the variable; streams and listeners have none of their own."""
    assert invariants.time_limit(arguments, env) == limit
    if limit is not None:
        invariants.check_duration(arguments, env, limit + 2.4, lambda: 0.5)
        with pytest.raises(AssertionError, match="too long"):
            invariants.check_duration(arguments, env, limit + 2.6, lambda: 0.5)


def direct_process_starts() -> Iterator[str]:
    """Name the functions of all test files that start the tool as a process by hand."""
    for path in TESTS_DIR.rglob("test_*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
                calls = [each.func for each in ast.walk(node) if isinstance(each, ast.Call)]
                by_hand = any(ast.unparse(call).startswith("subprocess.") for call in calls)
                if by_hand and "RTM" in names:
                    yield f"{path.relative_to(TESTS_DIR)}::{node.name}"


def test_all_runs_are_examined() -> None:
    """But for those few whose streams are elsewhere."""
    assert set(direct_process_starts()) == ALLOWED_DIRECT_STARTS
