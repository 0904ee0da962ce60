"""Lists as table and CSV, chats as text: laws over every method, against the real sandbox."""

import csv
import io
import json
import os
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from support.fault_server import FaultServer, respond
from support.sample_ids import CHAT, OLD_THREAD, THREAD

from rtmcli.catalogue.model import Method
from rtmcli.catalogue.versions import VERSIONS, load
from rtmcli.cli.app import run
from rtmcli.cli.calls.formatted_call import more_flags
from rtmcli.cli.io.formats.cells import item_cells
from rtmcli.cli.io.formats.table import short_names
from rtmcli.flows.paginate import list_items
from rtmcli.protocol.escaping import guard_formula
from rtmcli.protocol.messages import Request, Response
from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.server_thread import Sandbox, run_sandbox

LISTS = [
    (version, method)
    for version in VERSIONS
    for method in load(version).methods.values()
    if method.columns
]


def parametrize(lists: list[tuple[str, Method]]) -> pytest.MarkDecorator:
    """Run a test for each of the lists."""
    ids = [f"{version}-{method.command}" for version, method in lists]
    return pytest.mark.parametrize(("version", "method"), lists, ids=ids)


every_list = parametrize(LISTS)
every_paged_list = parametrize([each for each in LISTS if each[1].pagination])
HEADER = "id,name,email,statistics.chats_count,created_at\n"


class Output(NamedTuple):
    """The result of a command line."""

    exit_code: int
    stdout: str
    stderr: str


Run = Callable[..., Output]


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Remove the tester's settings; set a token and a time zone."""
    for name in [name for name in os.environ if name.startswith("RTM_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("RTM_CONFIG", os.devnull)
    monkeypatch.setenv("RTM_TOKEN", "dal:test-token-Zx81")
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Serve one license to all tests: lists change nothing."""
    with run_sandbox(License(seed=1)) as sandbox:
        yield sandbox


@pytest.fixture
def run_rtm(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Run:
    """Return a function that runs a command line in this process."""

    def run_command(version: str, *arguments: str) -> Output:
        monkeypatch.setenv("RTM_URL", sandbox.urls[version])
        monkeypatch.setenv("RTM_TOKEN", sandbox.token)
        exit_code = run(["--api", version, *arguments])
        return Output(exit_code, *capfd.readouterr())

    return run_command


@pytest.fixture
def run_against(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Callable[[Any], Run]]:
    """Return a function that makes `run_rtm` for a server with one answer."""
    with FaultServer() as server:

        def answer_with(payload: Any) -> Run:
            server.on("get_customers", respond(payload))
            monkeypatch.setenv("RTM_URL", server.url)
            return lambda *arguments: Output(run(list(arguments)), *capfd.readouterr())

        yield answer_with


def words(method: Method) -> list[str]:
    """Return a command line that lists something in the sandbox."""
    chat = [param for param in method.params if param.path == "chat_id"]
    return [method.command, *(["--chat-id", CHAT] if chat else [])]


def items_of(method: Method, text: str) -> list[Any]:
    """Return the items of a response that was printed as JSON."""
    items: list[Any] = list_items(method, json.loads(text))
    return items


def whole_list(method: Method) -> list[str]:
    """Return a command line that lists everything on one page."""
    return [*words(method), *([limit_flag(method), "100"] if method.pagination else [])]


def limit_flag(method: Method) -> str:
    """Return the flag of the page size."""
    assert method.pagination
    return "--" + method.pagination.limit_param.replace(".", "-")


@every_list
def test_csv_has_the_cells_of_the_items(version: str, method: Method, run_rtm: Run) -> None:
    """A reader of CSV gets the columns of the row, and each item's values."""
    answer = run_rtm(version, *whole_list(method))
    result = run_rtm(version, *whole_list(method), "--output", "csv")
    header, *records = csv.reader(io.StringIO(result.stdout))
    assert (result.exit_code, result.stderr) == (0, "")
    assert tuple(header) == method.columns
    assert records == [
        [guard_formula(cell) for cell in item_cells(item, method.columns)]
        for item in items_of(method, answer.stdout)
    ]
    assert len(records) > 1
    filled = {path for path, *column in zip(method.columns, *records, strict=True) if any(column)}
    assert set(method.columns) - filled <= {"total_active_chats"}  # which the sandbox leaves out


@every_list
def test_a_table_has_a_line_for_each_item(version: str, method: Method, run_rtm: Run) -> None:
    """Below the names of the columns, in the same order."""
    answer = run_rtm(version, *whole_list(method))
    result = run_rtm(version, *whole_list(method), "--output", "table")
    assert (result.exit_code, result.stderr) == (0, "")
    header, *lines = result.stdout.splitlines()
    assert header.split() == short_names(method.columns)
    items = items_of(method, answer.stdout)
    assert [" ".join(line.split()) for line in lines] == [
        " ".join(" ".join(item_cells(item, method.columns)).split()) for item in items
    ]


@every_paged_list
@pytest.mark.parametrize("output_format", ["csv", "table"])
def test_all_pages_are_one_table(
    version: str, method: Method, output_format: str, run_rtm: Run
) -> None:
    """Page by page or at once; --max-items limits the items, not the header."""
    whole = run_rtm(version, *whole_list(method), "--output", output_format)
    single = run_rtm(
        version, *words(method), "--all", limit_flag(method), "1", "--output", output_format
    )
    assert (single.exit_code, single.stderr) == (0, "")
    squeezed = [
        [" ".join(line.split()) for line in output.stdout.splitlines()]
        for output in (whole, single)
    ]
    assert squeezed[0] == squeezed[1]
    two = run_rtm(version, *words(method), "--all", "--max-items", "2", "--output", output_format)
    assert two.stdout.count("\n") == 3
    assert two.exit_code == 0


@every_paged_list
def test_standard_error_names_the_next_page(version: str, method: Method, run_rtm: Run) -> None:
    """Its flags continue the list; --quiet prints nothing at all."""
    command = [*words(method), "--output", "csv"]
    limit = [limit_flag(method), "1"]
    first = run_rtm(version, *command, *limit)
    assert first.stderr.startswith("rtm: more: --")
    flags = first.stderr.removeprefix("rtm: more: ").split()
    second = run_rtm(version, *command, *flags, *(limit if version == "3.0" else []))
    everything = run_rtm(version, *whole_list(method), "--output", "csv").stdout.splitlines()
    assert first.stdout.splitlines() == everything[:2]
    assert second.stdout.splitlines() == [everything[0], everything[2]]
    assert run_rtm(version, *command, *limit, "--quiet") == (0, "", "")


def test_the_hint_is_a_notice_if_errors_are_json(run_rtm: Run) -> None:
    """Like every other line of standard error."""
    result = run_rtm(
        "3.0",
        "get-archives",
        "--pagination-limit",
        "1",
        "--output",
        "csv",
        "--error-format",
        "json",
    )
    notice = {"type": "more", "message": "more: --pagination-page 2"}
    assert json.loads(result.stderr) == {"notice": notice}


def test_no_page_is_named_beyond_the_last_that_a_server_serves() -> None:
    """Pages by number are limited."""
    method = load("3.0").methods["get_archives"]
    payload = {"chats": [{}], "pagination": {"total": 10**6}}
    for page, expected in ((999, "--pagination-page 1000"), (1000, "")):
        request = Request(method.action, {"pagination": {"page": page, "limit": 1}})
        response = Response(method.action, "1", success=True, payload=payload, envelope={})
        assert more_flags(method, request, response) == expected


def test_a_chat_of_api_3_0_is_a_transcript(run_rtm: Run) -> None:
    """Threads in order, and the flags for those that are missing."""
    command = ("get-chat-threads", "--chat-id", CHAT, "--output", "text")
    result = run_rtm("3.0", *command, "--thread-ids", THREAD, "--thread-ids", OLD_THREAD)
    assert result.stdout.splitlines() == [
        "--- thread PT039DS6IP ---",
        "2016-09-15 10:12:00  Ada Nowak  Hello, I typed your search keyword and found nothing.",
        "2016-09-15 10:12:40  Agent One  Good morning! Which keyword was it?",
        "2016-09-15 10:13:20  Ada Nowak  kettle",
        "2016-09-15 10:14:00  system  Agent One archived the chat",
        "",
        *LAST_THREAD,
    ]
    assert (result.exit_code, result.stderr) == (0, "rtm: more: --thread-ids PT039ES4OG\n")
    assert run_rtm("3.0", *command) == (
        0,
        "",
        "rtm: more: --thread-ids PT039DS6IP --thread-ids PT039ES4OG --thread-ids K600PKZON8\n",
    )


LAST_THREAD = [
    "--- thread K600PKZON8 ---",
    "2019-09-02 07:48:00  Ada Nowak  The kettle does not boil.",
    "2019-09-02 07:48:40  Agent One  Is it plugged in? | We have to ask. | Yes | No",
    "2019-09-02 07:49:20  Ada Nowak  kettle.png | https://cdn.example.com/files/kettle.png",
    "2019-09-02 07:50:00  Agent One  [agents only] The plug is in the picture: it is not in the wall.",  # noqa: E501  # no line is cut
]


def test_a_chat_of_api_3_6_is_a_transcript(run_rtm: Run) -> None:
    """The last thread, and the flag for the one before it."""
    result = run_rtm("3.6", "get-chat", "--chat-id", CHAT, "--output", "text")
    assert result.stdout.splitlines() == LAST_THREAD
    assert (result.exit_code, result.stderr) == (0, "rtm: more: --thread-id PT039ES4OG\n")


@pytest.mark.parametrize("version", VERSIONS)
def test_every_method_with_a_transcript_holds_what_its_row_names(version: str) -> None:
    """The parameter exists, and the users have the API's fields."""
    methods = [method for method in load(version).methods.values() if method.transcript]
    assert len(methods) == 1
    for method in methods:
        assert method.transcript
        assert method.transcript.thread_param in [param.path for param in method.params]
        assert not method.columns  # a method has table and csv, or text


@pytest.mark.parametrize("output_format", ["csv", "table"])
def test_an_empty_list_is_the_header(output_format: str, run_against: Callable[[Any], Run]) -> None:
    """With and without --all."""
    run_list = run_against({"customers": [], "total_customers": 0})
    for options in ((), ("--all",)):
        result = run_list("get-customers", "--output", output_format, *options)
        assert (result.exit_code, result.stderr) == (0, "")
        assert len(result.stdout.splitlines()) == 1


def test_a_response_without_the_list_is_an_unknown_outcome(
    run_against: Callable[[Any], Run],
) -> None:
    """Nothing is printed on standard output."""
    result = run_against({"customers": "x"})("get-customers", "--output", "csv")
    assert (result.exit_code, result.stdout) == (7, "")
    assert "the response has no list customers" in result.stderr


def test_a_failed_call_prints_nothing(run_rtm: Run) -> None:
    """No header either."""
    result = run_rtm("3.0", "get-customers", "--page-id", "x", "--output", "csv")
    assert (result.exit_code, result.stdout) == (3, "")


def test_hostile_text_is_inert(run_against: Callable[[Any], Run]) -> None:
    """No control character, markup or formula."""
    name = "=cmd|'/c calc'\x1b[2J [red]\u202e"
    run_list = run_against({"customers": [{"id": "@1", "name": name}], "total_customers": 1})
    table = run_list("get-customers", "--output", "table").stdout
    assert table.splitlines()[1] == "@1  =cmd|'/c calc'\\u001b[2J [red]\\u202e"
    csv_text = run_list("get-customers", "--output", "csv").stdout
    assert csv_text == f"{HEADER}'@1,'{name.replace(chr(27), chr(92) + 'u001b')},,,\n"


def test_the_token_is_redacted(run_against: Callable[[Any], Run]) -> None:
    """As in JSON."""
    customers = [{"id": "1", "name": "dal:test-token-Zx81"}]
    run_list = run_against({"customers": customers, "total_customers": 1})
    for output_format in ("csv", "table"):
        stdout = run_list("get-customers", "--output", output_format).stdout
        assert "***" in stdout
        assert "Zx81" not in stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("get-customers --output text", "--output must be json, table or csv"),
        ("get-customers --output=xml", "--output must be json, table or csv"),
        ("get-chat-threads --chat-id A --output csv", "--output must be json or text"),
        ("ban-customer --output table", "--output must be json"),
        ("call get_customers --output csv", "--output must be json"),
        ("listen --output csv", "--output must be text or json"),
        (
            "get-customers --output csv --envelope",
            "--output csv cannot be used with --envelope; use --output json",
        ),
        (
            "get-customers - --output csv",
            "--output csv cannot be used with -; use --output json",
        ),
    ],
)
def test_a_form_that_a_command_does_not_have_is_refused(
    arguments: str, message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Status 2, and one line that names the formats it has; nothing is sent."""
    assert run(arguments.split()) == 2
    stdout, stderr = capfd.readouterr()
    assert (stdout, stderr.partition("usage: ")[2]) == ("", f"{message}\n")


def test_a_variable_chooses_a_form(run_rtm: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """For the commands that have it; the flag comes first."""
    monkeypatch.setenv("RTM_OUTPUT", "csv")
    command = ("get-customers", "--limit", "24")
    assert run_rtm("3.0", *command).stdout.startswith(HEADER)
    assert run_rtm("3.0", *command, "--output", "json").stdout.startswith("{")
    assert run_rtm("3.0", *command, "--compact").stdout.startswith("{")
    assert run_rtm("3.0", "get-chat-threads", "--chat-id", CHAT).stdout.startswith("{")
    assert run_rtm("3.0", "call", "get_customers").stdout.startswith("{")


def test_a_profile_chooses_a_form(
    run_rtm: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """As a variable does."""
    config = tmp_path / "config.toml"
    config.write_text('[profiles.people]\noutput = "table"\n')
    monkeypatch.setenv("RTM_CONFIG", str(config))
    result = run_rtm("3.0", "get-customers", "--profile", "people", "--limit", "24")
    assert result.stdout.split()[:3] == ["id", "name", "email"]


def test_a_dry_run_prints_the_request(capfd: pytest.CaptureFixture[str]) -> None:
    """The format is that of the result."""
    assert run(["get-customers", "--output", "csv", "--all", "--dry-run"]) == 0
    assert json.loads(capfd.readouterr().out)["action"] == "get_customers"
